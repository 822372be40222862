//! Rules of the source that no lint of the compiler knows.

use std::fs;
use std::path::{Path, PathBuf};

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Where an error of JSON may be left out, and why.
const JUSTIFIED: [(&str, &str); 3] = [
    ("src/notebook/setup/stamp.rs", "an unreadable stamp is none: everything is made again"),
    ("src/notebook/committed/origin.rs", "a notebook whose origin cannot be read names none, and is stale"),
    ("src/recordings/synthetic/folder.rs", "a folder whose stamp cannot be read is not a synthetic one"),
];

/// What cannot be read or written as JSON is an error, never an empty text, a null or nothing.
#[test]
fn no_error_of_json_is_swallowed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    files_below(&root.join("src"), &mut files);
    assert!(files.len() > 100);
    let mut swallowed = Vec::new();
    for path in files {
        let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for (at, _) in code.match_indices("serde_json::") {
            let rest = &code[at..];
            // Up to the end of the statement, or of the block that it ends.
            let statement = &rest[..rest.find([';', '}']).unwrap_or(rest.len())];
            if [".unwrap_or_default", ".unwrap_or(", ".ok()", ".is_ok_and"]
                .iter()
                .any(|swallows| statement.contains(swallows))
            {
                swallowed.push((name.clone(), statement.to_owned()));
            }
        }
    }
    swallowed.retain(|(name, _)| JUSTIFIED.iter().all(|(justified, _)| justified != name));
    assert!(swallowed.is_empty(), "{swallowed:#?}");
}
