//! The Python of data/README.md.

use std::fs;
use std::path::Path;

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A snippet by the name in the comment above it.
pub fn snippet(name: &str) -> String {
    let readme = fs::read_to_string(root().join("data/README.md")).unwrap();
    let (_, rest) = readme.split_once(&format!("<!-- python: {name} -->\n```python\n")).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}
