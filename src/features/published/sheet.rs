//! Sorts the cells of a table of features into rows, and judges each on the way.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use calamine::DataRef;

use super::INFINITE;
use crate::error::{Fault, Place, Problem, Result, cell_name};
use crate::features::{FeatureRow, FeatureTable};
use crate::recordings::workbook::cell::{describe, is_blank, number, text};
use crate::recordings::workbook::{self, Problems};
use crate::recordings::{Genre, Participant};

/// The most columns that a table may have: forty times those of the published one.
const MAX_COLUMNS: u32 = 1024;

/// The first and the last heading.
const SUBJECT: &str = "subject no.";
const LABEL: &str = "label";

/// A table in the making. Cells must come row by row, as the format demands.
pub(super) struct Sheet {
    place: Place,
    problems: Problems,
    headings: Option<Headings>,
    /// The row that cells come from, below the heading.
    row: Option<Row>,
    rows: Vec<FeatureRow>,
    last: Option<(u32, u32)>,
    broken_off: bool,
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

impl workbook::Sheet for Sheet {
    fn new(place: Place) -> Self {
        Self {
            place,
            problems: Problems::default(),
            headings: None,
            row: None,
            rows: Vec::new(),
            last: None,
            broken_off: false,
        }
    }

    fn break_off(&mut self, problem: Problem) {
        self.problems.report(problem);
        self.broken_off = true;
    }

    /// Breaks when the sheet is not a table of features at all.
    fn take(&mut self, (row, column): (u32, u32), value: &DataRef<'_>) -> ControlFlow<()> {
        if is_blank(value) {
            return ControlFlow::Continue(());
        }
        let flaw = if self.last.is_some_and(|last| last >= (row, column)) {
            Some((Fault::NotAWorkbook, "cells in order".to_owned(), "a cell out of order".to_owned()))
        } else if column >= MAX_COLUMNS {
            Some((Fault::SheetTooLarge, format!("at most {MAX_COLUMNS} columns"), describe(value)))
        } else if self.last.is_none() && !(column == 0 && is_heading(value, SUBJECT)) {
            Some((Fault::NoFeatureHeader, format!("the heading {SUBJECT} in column A"), describe(value)))
        } else {
            None
        };
        if let Some((fault, expected, found)) = flaw {
            self.break_off(Problem::new(fault, self.place.clone().cell(row, column), expected, found));
            return ControlFlow::Break(());
        }
        self.last = Some((row, column));
        let headings = self.headings.get_or_insert(Headings { row, names: Vec::new(), checked: false });
        if row == headings.row {
            headings.names.resize(column as usize, None);
            headings.names.push(text(value).map(str::to_owned));
            if text(value).is_none() {
                self.report(Fault::UnreadableHeading, row, column, "a name", describe(value));
            }
            return ControlFlow::Continue(());
        }
        if !headings.checked {
            headings.checked = true;
            self.check_headings();
        }
        if self.row.as_ref().is_none_or(|current| current.number != row) {
            self.finish_row();
            self.check_for_blank_rows(row);
            self.row = Some(Row::new(row));
        }
        self.take_value(row, column, value);
        ControlFlow::Continue(())
    }
}

impl Sheet {
    fn report(&mut self, fault: Fault, row: u32, column: u32, expected: &str, found: impl Into<String>) {
        let place = self.place.clone().cell(row, column);
        self.problems.report(Problem::new(fault, place, expected, found));
    }

    /// The number of columns that have headings.
    fn columns(&self) -> u32 {
        self.headings.as_ref().map_or(0, |headings| headings.names.len() as u32)
    }

    fn check_headings(&mut self) {
        let Some(Headings { row, names, .. }) = &self.headings else { return };
        let (row, end) = (*row, names.len() as u32 - 1);
        let blank: Vec<u32> = (0..=end).filter(|column| names[*column as usize].is_none()).collect();
        let last = names.last().cloned().flatten();
        let is_label = last.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(LABEL));
        for column in blank.into_iter().filter(|column| *column < end) {
            self.report(Fault::UnreadableHeading, row, column, "a name", "a blank cell among the headings");
        }
        if end < 2 || !is_label {
            let found = last.map_or("none".to_owned(), |name| format!("the text {name:?}"));
            let expected = format!("features and then the heading {LABEL}");
            self.report(Fault::NoFeatureHeader, row, end, &expected, found);
        }
    }

    fn check_for_blank_rows(&mut self, row: u32) {
        let above = self.rows_end();
        if row > above {
            let found = format!("a blank row above the filled cell {}", cell_name(row, 0));
            self.report(Fault::BlankCell, above, 0, "a row of values", found);
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

    fn take_value(&mut self, row: u32, column: u32, value: &DataRef<'_>) {
        let columns = self.columns();
        if column >= columns {
            let found = format!("{} without a heading", describe(value));
            self.report(Fault::UnreadableHeading, row, column, "a blank cell right of the labels", found);
            return;
        }
        let Some(current) = &mut self.row else { return };
        let gap = current.next_column..column;
        current.next_column = column + 1;
        current.sound &= gap.is_empty();
        let read = match column {
            0 => participant(value).map(|participant| current.participant = Some(participant)),
            _ if column + 1 == columns => genre(value).map(|genre| current.genre = Some(genre)),
            _ => number(value)
                .map(|number| current.values.push((number != INFINITE).then_some(number)))
                .map_err(|fault| (fault, "a finite number")),
        };
        current.sound &= read.is_ok();
        for blank in gap {
            self.report(Fault::BlankCell, row, blank, "a number", "a blank cell in a filled row");
        }
        if let Err((fault, expected)) = read {
            self.report(fault, row, column, expected, describe(value));
        }
    }

    /// Puts the row that is done with the others, if nothing is wrong with it.
    fn finish_row(&mut self) {
        let Some(row) = &self.row else { return };
        let (number, end, columns) = (row.number, row.next_column, self.columns());
        for blank in end..columns {
            self.report(Fault::BlankCell, number, blank, "a number", "a blank cell in a filled row");
        }
        let Some(Row { participant: Some(participant), genre: Some(genre), values, sound: true, .. }) =
            &mut self.row
        else {
            return;
        };
        self.rows.push(FeatureRow {
            participant: *participant,
            genre: *genre,
            song: None,
            band: None,
            recording: self.rows.len(),
            values: std::mem::take(values),
        });
    }

    /// The table, with a number of its own for the recording of each row.
    pub(super) fn into_table(mut self) -> Result<FeatureTable> {
        if !self.broken_off {
            self.finish_row();
            if self.row.is_none() {
                self.check_headings();
                let problem = Problem::new(
                    Fault::EmptySheet,
                    self.place.clone(),
                    "a heading and values",
                    "a heading without a row below it",
                );
                self.problems.report(problem);
            }
        }
        self.problems.into_result(self.place)?;
        let names = self.headings.map(|headings| headings.names).unwrap_or_default();
        let features = names.get(1..names.len().saturating_sub(1)).unwrap_or_default();
        Ok(FeatureTable::new(numbered(features.iter().flatten()), self.rows))
    }
}

fn is_heading(value: &DataRef<'_>, heading: &str) -> bool {
    text(value).is_some_and(|name| name.eq_ignore_ascii_case(heading))
}

/// A participant's number, or `P` and a number.
fn participant(value: &DataRef<'_>) -> Result<Participant, (Fault, &'static str)> {
    let refused = (Fault::UnreadableParticipant, "a participant's number from 1 up, as 1 or P01");
    if let Some(name) = text(value) {
        return name.parse().map_err(|_| refused);
    }
    match number(value) {
        Ok(number) if number.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(&number) => {
            Ok(Participant::new(number as u32))
        }
        _ => Err(refused),
    }
}

fn genre(value: &DataRef<'_>) -> Result<Genre, (Fault, &'static str)> {
    let known = [1.0, 2.0, 3.0].into_iter().zip(Genre::ALL);
    let found = number(value).ok().and_then(|label| known.into_iter().find(|(known, _)| *known == label));
    found.map(|(_, genre)| genre).ok_or((Fault::UnknownLabel, "a label: 1, 2 or 3"))
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
