//! What a notebook has checked, as its last cell writes it and the runner reads it.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Place, Result};

/// The checks of one run of a notebook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checks {
    /// The notebook's file name without `.ipynb`.
    pub notebook: String,
    /// The checks, in the order in which they were made.
    pub checks: Vec<Check>,
}

/// One thing that must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was looked at.
    pub what: String,
    /// What should have been found.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// Whether it holds.
    pub passed: bool,
}

impl Checks {
    /// Reads the file that a notebook's last cell has written.
    ///
    /// # Errors
    /// [`Fault::NoChecks`] if it is not there or is not of the documented form.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let absent = |found: String| {
            Error::new(Fault::NoChecks, Place::file(path), "the checks that the last cell writes", found)
        };
        let bytes = fs::read(path).map_err(|cause| absent(cause.to_string()))?;
        serde_json::from_slice(&bytes).map_err(|cause| absent(cause.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_read_as_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checks.json");
        assert_eq!(Checks::read(&path).unwrap_err().problems()[0].fault, Fault::NoChecks);
        fs::write(&path, r#"{"notebook": "01-a", "checks": [{"what": "w", "expected": "e", "found": "f"}]}"#)
            .unwrap();
        assert!(Checks::read(&path).unwrap_err().problems()[0].found.contains("passed"));
        let check = Check { what: "w".into(), expected: "e".into(), found: "f".into(), passed: true };
        let checks = Checks { notebook: "01-a".into(), checks: vec![check] };
        fs::write(&path, serde_json::to_vec(&checks).unwrap()).unwrap();
        assert_eq!(Checks::read(&path), Ok(checks));
    }
}
