//! What is wrong with a table, as far as it is listed.

use crate::error::{Error, Fault, Place, Problem, Result};

/// The most problems that are listed for one workbook or table.
pub const MAX_PROBLEMS: usize = 20;

/// Problems of a sheet in the order in which they were found, and how many more there were.
#[derive(Debug)]
pub(crate) struct Problems {
    place: Place,
    listed: Vec<Problem>,
    unlisted: usize,
}

impl Problems {
    /// None yet. The place is that of the sheet, or of a file without sheets.
    pub(crate) const fn new(place: Place) -> Self {
        Self { place, listed: Vec::new(), unlisted: 0 }
    }

    /// A problem of the whole sheet.
    pub(crate) fn report(&mut self, fault: Fault, expected: impl Into<String>, found: impl Into<String>) {
        self.add(Problem::new(fault, self.place.clone(), expected, found));
    }

    /// A problem of the cell at a zero-based row and column.
    pub(crate) fn report_cell(
        &mut self,
        fault: Fault,
        (row, column): (u32, u32),
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        self.add(Problem::new(fault, self.place.clone().cell(row, column), expected, found));
    }

    /// A problem of a named field.
    pub(crate) fn report_field(
        &mut self,
        fault: Fault,
        field: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        self.add(Problem::new(fault, self.place.clone().of_field(field), expected, found));
    }

    /// A problem of a named column in a line of a text file, from 1.
    pub(crate) fn report_line(
        &mut self,
        fault: Fault,
        (line, column): (u64, &str),
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        self.add(Problem::new(fault, self.place.clone().line(line).of_field(column), expected, found));
    }

    /// The same, with the name of the column.
    pub(crate) fn report_column(
        &mut self,
        fault: Fault,
        (row, column, name): (u32, u32, &str),
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        let place = Place { field: Some(format!("column {name}")), ..self.place.clone() };
        self.add(Problem::new(fault, place.cell(row, column), expected, found));
    }

    fn add(&mut self, problem: Problem) {
        if self.listed.len() < MAX_PROBLEMS {
            self.listed.push(problem);
        } else {
            self.unlisted += 1;
        }
    }

    /// Whether there were none.
    pub(crate) fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// `Ok` if there were none.
    pub(crate) fn into_result(mut self) -> Result<()> {
        if self.unlisted > 0 {
            let expected = format!("at most {MAX_PROBLEMS} problems to list");
            let found = format!("{} more", self.unlisted);
            self.listed.push(Problem::new(Fault::MORE_PROBLEMS, self.place, expected, found));
        }
        Error::unless_none(self.listed)
    }
}
