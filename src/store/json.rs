//! JSON of the program's own values. That it cannot be made is an error, never an empty text.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};

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

/// Every leaf in which two trees differ: its path, as `settings.seed` or `predictions[3].genre`, and both values. A missing
/// value is null. Two lists of different lengths are one leaf.
pub(crate) fn differences(ours: &Value, found: &Value) -> Vec<(String, Value, Value)> {
    match (ours, found) {
        (Value::Object(ours), Value::Object(found)) => {
            let keys: BTreeSet<&String> = ours.keys().chain(found.keys()).collect();
            let value = |tree: &Map<String, Value>, key| tree.get(key).cloned().unwrap_or_default();
            keys.into_iter().flat_map(|key| below(key, &value(ours, key), &value(found, key))).collect()
        }
        (Value::Array(ours), Value::Array(found)) if ours.len() == found.len() => {
            let pairs = ours.iter().zip(found).enumerate();
            pairs.flat_map(|(place, (ours, found))| below(&format!("[{place}]"), ours, found)).collect()
        }
        _ if ours == found => Vec::new(),
        _ => vec![(String::new(), ours.clone(), found.clone())],
    }
}

/// The differences of two values, with the step that leads to the values in front of each path.
fn below(step: &str, ours: &Value, found: &Value) -> Vec<(String, Value, Value)> {
    let mut inner = differences(ours, found);
    for (field, ..) in &mut inner {
        let dot = if field.is_empty() || field.starts_with('[') { "" } else { "." };
        *field = format!("{step}{dot}{field}");
    }
    inner
}

fn unwritable(what: &str, cause: &serde_json::Error) -> Error {
    Error::new(Fault::UNWRITABLE, Place::field(what), "what JSON can hold", cause.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_name_the_path_to_each_leaf() {
        let ours =
            json!({ "same": 1, "list": [0, { "genre": "pop", "inner": [[1]] }], "short": [1], "only": 2 });
        let found = json!({ "same": 1, "list": [0, { "genre": "rock", "inner": [[2]] }], "short": [1, 2] });
        let differing = differences(&ours, &found);
        let paths: Vec<&str> = differing.iter().map(|(path, ..)| path.as_str()).collect();
        assert_eq!(paths, ["list[1].genre", "list[1].inner[0][0]", "only", "short"]);
        assert_eq!(differing[2].2, Value::Null);
    }

    #[cfg(unix)]
    #[test]
    fn what_json_cannot_hold_is_an_error() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        use std::path::Path;

        let path = Path::new(OsStr::from_bytes(b"caf\xe9"));
        let problem = to_json("the path", path).unwrap_err().problems()[0].clone();
        assert_eq!((problem.fault, problem.place.to_string().as_str()), (Fault::UNWRITABLE, "the path"));
        assert!(to_value("the path", &path).is_err());
    }
}
