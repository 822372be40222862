//! JSON of the program's own values. That it cannot be made is an error, never an empty text.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::error::{Error, Fault, Place, Result};

/// A value as JSON on one line.
///
/// # Errors
/// [`Fault::UNWRITABLE`] with the name of what it is, for what JSON cannot hold: a path that is not UTF-8.
pub(crate) fn to_json(what: &str, value: &(impl Serialize + ?Sized)) -> Result<String> {
    serde_json::to_string(value).map_err(|cause| unwritable(what, &cause))
}

/// The same as a tree.
///
/// # Errors
/// As [`to_json`].
pub(crate) fn to_value(what: &str, value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|cause| unwritable(what, &cause))
}

/// Every leaf in which two trees differ: its path, as `settings.seed`, and both values; null for one that is not there.
pub(crate) fn differences(ours: &Value, found: &Value) -> Vec<(String, Value, Value)> {
    let (Value::Object(ours), Value::Object(found)) = (ours, found) else {
        let differing = (ours != found).then(|| (String::new(), ours.clone(), found.clone()));
        return differing.into_iter().collect();
    };
    let keys: BTreeSet<&String> = ours.keys().chain(found.keys()).collect();
    let below = |key: &String| {
        let absent = &Value::Null;
        let inner = differences(ours.get(key).unwrap_or(absent), found.get(key).unwrap_or(absent));
        let placed = |(field, ours, found): (String, _, _)| match field.as_str() {
            "" => (key.clone(), ours, found),
            field => (format!("{key}.{field}"), ours, found),
        };
        inner.into_iter().map(placed).collect::<Vec<_>>()
    };
    keys.into_iter().flat_map(below).collect()
}

fn unwritable(what: &str, cause: &serde_json::Error) -> Error {
    Error::new(Fault::UNWRITABLE, Place::field(what), "what JSON can hold", cause.to_string())
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    use super::*;

    #[test]
    fn what_json_cannot_hold_is_an_error() {
        let path = Path::new(OsStr::from_bytes(b"caf\xe9"));
        let problem = to_json("the path", path).unwrap_err().problems()[0].clone();
        assert_eq!((problem.fault, problem.place.to_string().as_str()), (Fault::UNWRITABLE, "the path"));
        assert!(to_value("the path", &path).is_err());
    }
}
