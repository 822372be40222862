//! Paths in JSON.

use std::path::PathBuf;

use serde::{Serialize, Serializer};

/// Writes paths as text, for `#[serde(serialize_with)]`. Letters that are not Unicode become U+FFFD, as where a path is
/// shown; serde's own way fails on them.
pub(crate) fn as_text<P, S>(path: &P, serializer: S) -> Result<S::Ok, S::Error>
where
    S: Serializer,
    for<'a> Text<'a, P>: Serialize,
{
    Text(path).serialize(serializer)
}

/// A path, or several, as text.
pub(crate) struct Text<'a, P>(&'a P);

impl Serialize for Text<'_, PathBuf> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.display())
    }
}

impl Serialize for Text<'_, Option<PathBuf>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_ref().map(Text).serialize(serializer)
    }
}

impl Serialize for Text<'_, Vec<PathBuf>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Text))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    #[derive(Serialize)]
    struct Paths {
        #[serde(serialize_with = "as_text")]
        one: PathBuf,
        #[serde(serialize_with = "as_text")]
        none: Option<PathBuf>,
        #[serde(serialize_with = "as_text")]
        several: Vec<PathBuf>,
    }

    #[test]
    fn what_is_not_unicode_is_replaced() {
        let one = PathBuf::from(OsString::from_vec(b"caf\xe9/b".to_vec()));
        let paths = Paths { several: vec![one.clone(), "ü b".into()], one, none: None };
        let text = serde_json::to_string(&paths).unwrap();
        assert_eq!(text, r#"{"one":"caf�/b","none":null,"several":["caf�/b","ü b"]}"#);
    }
}
