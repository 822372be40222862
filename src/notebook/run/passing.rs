//! Whether a notebook that ran to its end has passed.

use std::path::Path;

use crate::error::{Error, Fault, Place, Problem, Result};
use crate::notebook::document::name;
use crate::notebook::session::Checks;

/// The checks that a notebook left in a file, if there are some and all hold.
pub(super) fn passed(notebook: &Path, file: &Path) -> Result<Checks> {
    let at = |field: String| Place { field: Some(field), ..Place::file(notebook) };
    let checks = Checks::read(file).map_err(|error| error.placed(|_| at(file.display().to_string())))?;
    let none =
        |expected: String, found: String| Error::new(Fault::NO_CHECKS, at("checks".into()), expected, found);
    if checks.notebook != name(notebook) {
        let expected = format!("those of {}", name(notebook));
        return Err(none(expected, format!("those of {}", checks.notebook)));
    }
    if checks.checks.is_empty() {
        return Err(none("at least one".into(), "none".into()));
    }
    let failed = checks.checks.iter().filter(|check| !check.passed).map(|check| {
        let place = at(format!("check \"{}\"", check.what));
        Problem::new(Fault::CHECK_FAILED, place, check.expected.clone(), check.found.clone())
    });
    Error::unless_none(failed.collect()).map(|()| checks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(contents: &str) -> Result<Checks> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("01-a.checks.json");
        std::fs::write(&file, contents).unwrap();
        passed(Path::new("notebooks/01-a.ipynb"), &file)
    }

    fn checks(notebook: &str, passed: &[bool]) -> String {
        let check = |passed: &bool| serde_json::json!({"what": "sum", "expected": "2", "found": "3", "passed": passed});
        let checks: Vec<_> = passed.iter().map(check).collect();
        serde_json::json!({"notebook": notebook, "checks": checks}).to_string()
    }

    #[test]
    fn checks_that_hold_pass() {
        assert_eq!(passes(&checks("01-a", &[true, true])).unwrap().checks.len(), 2);
    }

    #[test]
    fn damaged_foreign_and_empty_checks_are_none() {
        let (foreign, empty) = (checks("02-b", &[true]), checks("01-a", &[]));
        for (contents, found) in [("{", "EOF"), (foreign.as_str(), "those of 02-b"), (empty.as_str(), "none")]
        {
            let error = passes(contents).unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::NO_CHECKS);
            assert!(error.to_string().starts_with("notebooks/01-a.ipynb, "), "{error}");
            assert!(error.problems()[0].found.contains(found), "{error}");
        }
    }

    #[test]
    fn every_check_that_does_not_hold_is_told() {
        let error = passes(&checks("01-a", &[false, true, false])).unwrap_err();
        assert_eq!(error.problems().len(), 2);
        assert!(error.problems()[0].fault == Fault::CHECK_FAILED);
        assert!(error.to_string().starts_with("notebooks/01-a.ipynb, check \"sum\": expected 2, found 3;"));
    }
}
