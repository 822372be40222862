//! Sorts the cells of a table of features into rows, and judges each on the way.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::INFINITE;
use crate::error::{self, Fault, cell_name};
use crate::features::{FeatureRow, FeatureTable};
use crate::recordings::workbook::{Cell, Problems, Sheet};
use crate::recordings::{Genre, Participant, published_participant};

/// The most columns that a table may have: forty times those of the published one.
const MAX_COLUMNS: u32 = 1024;

/// The first and the last heading.
const SUBJECT: &str = "subject no.";
const LABEL: &str = "label";

/// A table in the making.
#[derive(Default)]
pub(super) struct Table {
    headings: Option<Headings>,
    /// The row that cells come from, below the heading.
    row: Option<Row>,
    rows: Vec<FeatureRow>,
}

/// The row of names, and what stands in each column of it, from A.
struct Headings {
    row: u32,
    names: Vec<Option<String>>,
    checked: bool,
}

/// A row of values in the making.
struct Row {
    number: u32,
    participant: Option<Participant>,
    genre: Option<Genre>,
    /// By column, B first; a value that is infinite is none.
    values: Vec<Option<f64>>,
    next_column: u32,
    sound: bool,
}

impl Row {
    const fn new(number: u32) -> Self {
        Self { number, participant: None, genre: None, values: Vec::new(), next_column: 0, sound: true }
    }
}

impl Sheet for Table {
    type Contents = FeatureTable;
    const MAX_COLUMNS: u32 = MAX_COLUMNS;

    fn take(
        &mut self,
        (row, column): (u32, u32),
        cell: &Cell<'_>,
        problems: &mut Problems,
    ) -> ControlFlow<()> {
        if self.headings.is_none() && !(column == 0 && is_heading(cell, SUBJECT)) {
            let expected = format!("the heading {SUBJECT} in column A");
            problems.report_cell(
                cell.fault(Fault::NO_FEATURE_HEADER),
                (row, column),
                expected,
                cell.describe(),
            );
            return ControlFlow::Break(());
        }
        let headings = self.headings.get_or_insert(Headings { row, names: Vec::new(), checked: false });
        if row == headings.row {
            headings.names.resize(column as usize, None);
            let name = cell.text().filter(|name| !name.is_empty()).map(str::to_owned);
            if name.is_none() {
                let fault = cell.fault(Fault::UNREADABLE_HEADING);
                problems.report_cell(fault, (row, column), "a name", cell.describe());
            }
            // A heading that was reported is not reported as blank again.
            headings.names.push(Some(name.unwrap_or_default()));
            return ControlFlow::Continue(());
        }
        if !headings.checked {
            headings.checked = true;
            self.check_headings(problems);
        }
        if self.row.as_ref().is_none_or(|current| current.number != row) {
            self.finish_row(problems);
            self.check_for_blank_rows(row, problems);
            self.row = Some(Row::new(row));
        }
        self.take_value((row, column), cell, problems);
        ControlFlow::Continue(())
    }

    fn finish(&mut self, problems: &mut Problems) {
        self.finish_row(problems);
        if self.row.is_none() {
            self.check_headings(problems);
            let found = "a heading without a row below it";
            problems.report(Fault::EMPTY_SHEET, "a heading and values", found);
        }
    }

    /// The table, with a number of its own for the recording of each row.
    fn into_contents(self) -> error::Result<FeatureTable> {
        let names = self.headings.map(|headings| headings.names).unwrap_or_default();
        // Between the participant and the label, neither of which is there if there were problems.
        let features = names.get(1..names.len().saturating_sub(1)).unwrap_or_default();
        FeatureTable::new(numbered(features.iter().flatten()), self.rows)
    }
}

impl Table {
    /// The number of columns that have headings.
    fn columns(&self) -> u32 {
        self.headings.as_ref().map_or(0, |headings| headings.names.len() as u32)
    }

    fn check_headings(&self, problems: &mut Problems) {
        let Some(Headings { row, names, .. }) = &self.headings else { return };
        let (row, end) = (*row, names.len() as u32 - 1);
        let blank: Vec<u32> = (0..=end).filter(|column| names[*column as usize].is_none()).collect();
        let last = names.last().cloned().flatten();
        let is_label = last.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(LABEL));
        for column in blank.into_iter().filter(|column| *column < end) {
            problems.report_cell(
                Fault::UNREADABLE_HEADING,
                (row, column),
                "a name",
                "a blank cell among the headings",
            );
        }
        if end < 2 || !is_label {
            let found = last.map_or("none".to_owned(), |name| format!("the text {name:?}"));
            let expected = format!("features and then the heading {LABEL}");
            problems.report_cell(Fault::NO_FEATURE_HEADER, (row, end), expected, found);
        }
    }

    fn check_for_blank_rows(&self, row: u32, problems: &mut Problems) {
        let above = self.rows_end();
        if row > above {
            let found = format!("a blank row above the filled cell {}", cell_name(row, 0));
            problems.report_cell(Fault::BLANK_CELL, (above, 0), "a row of values", found);
        }
    }

    /// The row in which the next values must stand.
    fn rows_end(&self) -> u32 {
        match (&self.row, &self.headings) {
            (Some(row), _) => row.number + 1,
            (None, Some(headings)) => headings.row + 1,
            (None, None) => 0,
        }
    }

    fn take_value(&mut self, (row, column): (u32, u32), cell: &Cell<'_>, problems: &mut Problems) {
        let columns = self.columns();
        if column >= columns {
            let (fault, found) =
                (cell.fault(Fault::UNREADABLE_HEADING), format!("{} without a heading", cell.describe()));
            problems.report_cell(fault, (row, column), "a blank cell right of the labels", found);
            return;
        }
        let Some(current) = &mut self.row else { return };
        let gap = current.next_column..column;
        current.next_column = column + 1;
        current.sound &= gap.is_empty();
        let read = match column {
            0 => participant(cell).map(|participant| current.participant = Some(participant)),
            _ if column + 1 == columns => genre(cell).map(|genre| current.genre = Some(genre)),
            _ => cell
                .number()
                .map(|number| current.values.push((number != INFINITE).then_some(number)))
                .map_err(|fault| (fault, "a finite number")),
        };
        current.sound &= read.is_ok();
        for blank in gap {
            problems.report_cell(Fault::BLANK_CELL, (row, blank), "a number", "a blank cell in a filled row");
        }
        if let Err((fault, expected)) = read {
            problems.report_cell(cell.fault(fault), (row, column), expected, cell.describe());
        }
    }

    /// Puts the row that is done with the others, if nothing is wrong with it.
    fn finish_row(&mut self, problems: &mut Problems) {
        let Some(row) = &self.row else { return };
        let (number, end, columns) = (row.number, row.next_column, self.columns());
        for blank in end..columns {
            problems.report_cell(
                Fault::BLANK_CELL,
                (number, blank),
                "a number",
                "a blank cell in a filled row",
            );
        }
        let Some(Row { participant: Some(participant), genre: Some(genre), values, sound: true, .. }) =
            &mut self.row
        else {
            return;
        };
        self.rows.push(FeatureRow {
            participant: *participant,
            label: (*genre).into(),
            stimulus: None,
            take: 1,
            band: None,
            recording: self.rows.len(),
            values: std::mem::take(values),
        });
    }
}

fn is_heading(cell: &Cell<'_>, heading: &str) -> bool {
    cell.text().is_some_and(|name| name.eq_ignore_ascii_case(heading))
}

/// A participant's number, or `P` and a number.
fn participant(cell: &Cell<'_>) -> Result<Participant, (Fault, &'static str)> {
    let refused = (Fault::UNREADABLE_PARTICIPANT, "a participant's number from 1 up, as 1 or P01");
    if let Some(name) = cell.text() {
        return published_participant(name).map_err(|_| refused);
    }
    match cell.number() {
        Ok(number) if number.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(&number) => {
            Ok(Participant::new(number as u32))
        }
        _ => Err(refused),
    }
}

fn genre(cell: &Cell<'_>) -> Result<Genre, (Fault, &'static str)> {
    let known = [1.0, 2.0, 3.0].into_iter().zip(Genre::ALL);
    let found = cell.number().ok().and_then(|label| known.into_iter().find(|(known, _)| *known == label));
    found.map(|(_, genre)| genre).ok_or((Fault::UNKNOWN_LABEL, "a label: 1, 2 or 3"))
}

/// Names of which none comes twice: the second of a name has a 2 behind it.
fn numbered<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut counts = BTreeMap::new();
    let number = |name: &String| {
        let count = counts.entry(name.clone()).or_insert(0);
        *count += 1;
        if *count == 1 { name.clone() } else { format!("{name} {count}") }
    };
    names.map(number).collect()
}
