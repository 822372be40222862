//! The one error type: where it went wrong, what was expected, what was found, what to do.
//!
//! An [`Error`] holds one or more [`Problem`]s, because a folder of recordings is checked as a whole and every
//! mistake in it is reported at once. Each rule that input must keep has one [`Fault`]; every room has its own in `faults.rs`,
//! those of all rooms are here.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

use crate::report::as_text;

/// The library's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A rule that was broken: its name, and what a user can do about it. Every rule has at least one test.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fault {
    name: &'static str,
    advice: &'static str,
    is_failed_check: bool,
}

impl Fault {
    /// A rule that input must keep.
    pub(crate) const fn rule(name: &'static str, advice: &'static str) -> Self {
        Self { name, advice, is_failed_check: false }
    }

    /// A check of ours, of sound input.
    pub(crate) const fn check(name: &'static str, advice: &'static str) -> Self {
        Self { name, advice, is_failed_check: true }
    }

    /// What a user can do about it.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        self.advice
    }

    /// Whether the input was sound and something that was checked is not: no bad input, but a failed check.
    #[must_use]
    pub const fn is_failed_check(self) -> bool {
        self.is_failed_check
    }
}

/// The rules of all rooms.
impl Fault {
    /// A file could not be opened or read.
    pub const UNREADABLE_FILE: Self =
        Self::rule("unreadable-file", "check that the file exists and that you may read it");
    /// A file or folder could not be written.
    pub const UNWRITABLE: Self = Self::rule(
        "unwritable",
        "check that the folder exists, that you may write to it and that the disk has room",
    );
    /// A setting lies outside what it may be.
    pub const BAD_SETTING: Self = Self::rule("bad-setting", "change the setting");
    /// A loss, a gradient, a weight or an output of a network became infinite or not a number.
    pub const NOT_FINITE: Self = Self::rule(
        "not-finite",
        "look for enormous samples there, or choose another normalisation or a smaller learning rate; other runs \
                 go on",
    );
    /// Training was asked to stop.
    pub const INTERRUPTED: Self =
        Self::rule("interrupted", "run the same command again; it goes on where it stopped");
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

/// Where a problem stands. Each part is given as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file or folder.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text")]
    pub file: Option<PathBuf>,
    /// The sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The line of a text file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The cell of a sheet, as a spreadsheet names it (`C14`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// The setting or field, where the problem is not in a file or is in a named field of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl Place {
    /// A file or folder.
    #[must_use]
    pub fn file(path: impl AsRef<Path>) -> Self {
        Self { file: Some(path.as_ref().to_owned()), ..Self::default() }
    }

    /// A setting or a field.
    #[must_use]
    pub fn field(name: impl Into<String>) -> Self {
        Self { field: Some(name.into()), ..Self::default() }
    }

    /// The same place, narrowed to a sheet.
    #[must_use]
    pub fn sheet(mut self, name: impl Into<String>) -> Self {
        self.sheet = Some(name.into());
        self
    }

    /// The same place, narrowed to a line of a text file, from 1.
    #[must_use]
    pub fn line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// The same place, narrowed to a named field of it.
    #[must_use]
    pub fn of_field(mut self, name: impl Into<String>) -> Self {
        self.field = Some(name.into());
        self
    }

    /// The same place, narrowed to the cell at a zero-based row and column.
    #[must_use]
    pub fn cell(mut self, row: u32, column: u32) -> Self {
        self.cell = Some(cell_name(row, column));
        self
    }
}

/// The name that a spreadsheet gives to the cell at a zero-based row and column: `(13, 2)` is `C14`.
#[must_use]
pub fn cell_name(row: u32, column: u32) -> String {
    format!("{}{}", column_name(column), u64::from(row) + 1)
}

/// Columns count in base 26 with the digits A to Z and no zero.
fn column_name(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.file.as_ref().map(|file| file.display().to_string()),
            self.sheet.as_ref().map(|sheet| format!("sheet \"{sheet}\"")),
            self.line.map(|line| format!("line {line}")),
            self.cell.as_ref().map(|cell| format!("cell {cell}")),
            self.field.clone(),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

/// One broken rule at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The rule that was broken.
    pub fault: Fault,
    /// Where.
    pub place: Place,
    /// What should have been there.
    pub expected: String,
    /// What was there.
    pub found: String,
}

impl Problem {
    /// A problem at a place.
    #[must_use]
    pub fn new(fault: Fault, place: Place, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { fault, place, expected: expected.into(), found: found.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fault, place, expected, found } = self;
        write!(f, "{place}: expected {expected}, found {found}; {}", fault.advice())
    }
}

/// One or more problems.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Error {
    problems: Vec<Problem>,
}

impl Error {
    /// An error with one problem.
    #[must_use]
    pub fn new(fault: Fault, place: Place, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Problem::new(fault, place, expected, found).into()
    }

    /// Work that was asked to stop before `expected` came about.
    #[must_use]
    pub fn interrupted(place: Place, expected: impl Into<String>) -> Self {
        Self::new(Fault::INTERRUPTED, place, expected, "a request to stop")
    }

    /// All problems, at least one.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The same problems, each at the place that `place` makes of its own.
    #[must_use]
    pub fn placed(mut self, place: impl Fn(Place) -> Place) -> Self {
        for problem in &mut self.problems {
            problem.place = place(std::mem::take(&mut problem.place));
        }
        self
    }

    /// The same problems in the order in which their fields come in a list; those of other fields stay behind.
    pub(crate) fn in_order(mut self, fields: &[String]) -> Self {
        let place =
            |problem: &Problem| fields.iter().position(|field| Some(field) == problem.place.field.as_ref());
        self.problems.sort_by_key(|problem| place(problem).unwrap_or(fields.len()));
        self
    }

    /// `Ok` if there are no problems, else the error that holds all of them.
    ///
    /// # Errors
    /// When `problems` is not empty.
    pub fn unless_none(problems: Vec<Problem>) -> Result<()> {
        if problems.is_empty() { Ok(()) } else { Err(Self { problems }) }
    }

    /// The problems of several errors.
    pub(crate) fn together(errors: impl IntoIterator<Item = Self>) -> Self {
        Self { problems: errors.into_iter().flat_map(|error| error.problems).collect() }
    }

    /// Gathers results: all values, or every problem of every failed one.
    ///
    /// # Errors
    /// When any result is an error.
    pub fn gather<T>(results: impl IntoIterator<Item = Result<T>>) -> Result<Vec<T>> {
        let mut values = Vec::new();
        let mut problems = Vec::new();
        for result in results {
            match result {
                Ok(value) => values.push(value),
                Err(error) => problems.extend(error.problems),
            }
        }
        Self::unless_none(problems).map(|()| values)
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.problems.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_where_what_was_expected_what_was_found_and_what_to_do() {
        let place = Place::file("S3.xlsx").sheet("Sheet1").cell(13, 2);
        let problem = Problem::new(Fault::TEXT_CELL, place, "a number", "the text \"n/a\"");
        assert_eq!(
            problem.to_string(),
            "S3.xlsx, sheet \"Sheet1\", cell C14: expected a number, found the text \"n/a\"; \
             replace the cell by the number that it should hold"
        );
    }

    #[test]
    fn cells_are_named_as_in_a_spreadsheet() {
        let names = [(0, 0), (0, 25), (0, 26), (99, 701), (0, 702), (1_048_575, 16_383)]
            .map(|(row, column)| cell_name(row, column));
        assert_eq!(names, ["A1", "Z1", "AA1", "ZZ100", "AAA1", "XFD1048576"]);
    }

    #[test]
    fn a_place_can_be_completed_later() {
        let error = Error::new(Fault::BAD_MANIFEST, Place::field("seed"), "a number", "text");
        let error = error.placed(|place| Place { field: place.field, ..Place::file("split.json") });
        assert_eq!(error.problems()[0].place.to_string(), "split.json, seed");
    }

    #[test]
    fn gathering_keeps_every_problem() {
        let bad = |name: &str| Err(Error::new(Fault::NOT_A_ZIP, Place::file(name), "a zip archive", "text"));
        let error = Error::gather([Ok(1), bad("S1.xlsx"), Ok(2), bad("S2.xlsx")]).unwrap_err();
        assert_eq!(error.problems().len(), 2);
        assert_eq!(Error::gather([Ok(1), Ok(2)]), Ok(vec![1, 2]));
    }
}
