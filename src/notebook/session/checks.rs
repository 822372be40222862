//! What a notebook checks, and the file in which it says so.

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Place, Result};
use crate::report::Table;
use crate::store::{create_folder, write_atomically};

/// Everything that a notebook has checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checks {
    /// The notebook's file name, without its extension.
    pub notebook: String,
    /// In the order in which they were made.
    pub checks: Vec<Check>,
}

/// One statement that was held against what the program finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What was checked.
    pub what: String,
    /// What should be.
    pub expected: String,
    /// What is.
    pub found: String,
    /// Whether they agree.
    pub passed: bool,
}

impl Checks {
    /// None yet.
    #[must_use]
    pub fn of(notebook: impl Into<String>) -> Self {
        Self { notebook: notebook.into(), checks: Vec::new() }
    }

    /// The file of a notebook's checks in a folder.
    #[must_use]
    pub fn file(folder: &Path, notebook: &str) -> PathBuf {
        folder.join(format!("{notebook}.checks.json"))
    }

    /// Adds one that holds if the two are equal.
    pub fn equal<T: PartialEq<U> + Display, U: Display>(
        &mut self,
        what: impl Into<String>,
        expected: T,
        found: U,
    ) {
        let passed = expected == found;
        let (expected, found) = (expected.to_string(), found.to_string());
        self.checks.push(Check { what: what.into(), expected, found, passed });
    }

    /// Adds one that holds if the two numbers are at most `tolerance` apart.
    pub fn near(&mut self, what: impl Into<String>, expected: f64, found: f64, tolerance: f64) {
        let passed = (expected - found).abs() <= tolerance;
        let (expected, found) = (format!("{expected} ± {tolerance}"), found.to_string());
        self.checks.push(Check { what: what.into(), expected, found, passed });
    }

    /// Those that do not hold.
    pub fn failed(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.passed)
    }

    /// A row for each.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new(["check", "expected", "found", ""]);
        for Check { what, expected, found, passed } in &self.checks {
            let holds = if *passed { "holds" } else { "FAILS" };
            table.push([what.as_str(), expected, found, holds]);
        }
        table
    }

    /// Writes them as JSON.
    ///
    /// # Errors
    /// [`Fault::UNWRITABLE`]
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        if let Some(folder) = path.parent() {
            create_folder(folder)?;
        }
        let bytes = serde_json::to_vec_pretty(self)
            .map_err(|cause| Error::new(Fault::UNWRITABLE, Place::file(path), "JSON", cause.to_string()))?;
        write_atomically(path, &bytes)
    }

    /// Reads what [`Self::write`] wrote.
    ///
    /// # Errors
    /// [`Fault::NO_CHECKS`] if there is no such file, or it holds something else.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let expected = "the checks of a notebook, which its last cell writes";
        let unreadable = |found: String| Error::new(Fault::NO_CHECKS, Place::file(path), expected, found);
        let bytes = fs::read(path).map_err(|cause| unreadable(cause.to_string()))?;
        serde_json::from_slice(&bytes).map_err(|cause| unreadable(cause.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_as_expected_fails() {
        let mut checks = Checks::of("99-test");
        checks.equal("participants", 24, 24);
        checks.equal("genre", "pop", "classical");
        checks.near("mean", 0.5, 0.52, 0.05);
        checks.near("not a number", 0.5, f64::NAN, 0.05);
        let failed: Vec<&str> = checks.failed().map(|check| check.what.as_str()).collect();
        assert_eq!(failed, ["genre", "not a number"]);
        assert!(checks.table().to_string().contains("genre         pop         classical  FAILS"));
    }

    #[test]
    fn a_file_of_checks_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/99-test.json");
        let mut checks = Checks::of("99-test");
        checks.equal("participants", 24, 23);
        checks.write(&path).unwrap();
        assert_eq!(Checks::read(&path), Ok(checks));
    }

    #[test]
    fn a_missing_and_a_foreign_file_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checks.json");
        assert_eq!(Checks::read(&path).unwrap_err().problems()[0].fault, Fault::NO_CHECKS);
        fs::write(&path, "{}").unwrap();
        assert_eq!(Checks::read(&path).unwrap_err().problems()[0].fault, Fault::NO_CHECKS);
    }
}
