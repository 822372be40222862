//! Sorts a sheet's cells into the time column and the participants' columns, and judges each cell on the way.

use std::ops::ControlFlow;

use calamine::DataRef;

use super::cell::{describe, is_blank, number, text};
use super::time::{self, Seconds};
use super::{Problems, Recording, Sheet};
use crate::error::{Fault, Place, Problem, Result, cell_name};
use crate::recordings::{Participant, Song};

/// The most participants that one sheet may hold.
pub const MAX_PARTICIPANTS: u32 = 1024;

/// A sheet in the making. Cells must come row by row, as the format demands.
///
/// Memory grows with the cells that were seen, never with the positions that they claim.
pub(super) struct Columns {
    place: Place,
    time: Column,
    /// By column, B first. Nothing where a column has neither heading nor numbers.
    participants: Vec<Option<ParticipantColumn>>,
    problems: Problems,
    last: Option<(u32, u32)>,
    /// Whether reading ended before the sheet did.
    broken_off: bool,
}

struct ParticipantColumn {
    /// Nothing if the heading could not be read, which is a problem already.
    participant: Option<Participant>,
    numbers: Column,
}

/// Numbers from row 2 downwards.
struct Column {
    numbers: Vec<f64>,
    /// Zero-based row in which the next number must stand.
    next_row: u32,
    /// Whether every cell so far was a number, without a gap.
    sound: bool,
}

impl Column {
    const fn from_row(next_row: u32) -> Self {
        Self { numbers: Vec::new(), next_row, sound: true }
    }
}

impl Sheet for Columns {
    fn new(place: Place) -> Self {
        Self {
            place,
            time: Column::from_row(1),
            participants: Vec::new(),
            problems: Problems::default(),
            last: None,
            broken_off: false,
        }
    }

    fn break_off(&mut self, problem: Problem) {
        self.problems.report(problem);
        self.broken_off = true;
    }

    /// Breaks when the sheet is not one of recordings at all.
    fn take(&mut self, (row, column): (u32, u32), value: &DataRef<'_>) -> ControlFlow<()> {
        if is_blank(value) {
            return ControlFlow::Continue(());
        }
        if let Some((fault, at, expected, found)) = self.not_a_recording_sheet((row, column), value) {
            let place = self.place.clone().cell(at.0, at.1);
            self.break_off(Problem::new(fault, place, expected, found));
            return ControlFlow::Break(());
        }
        self.last = Some((row, column));
        match (row, column) {
            (0, 0) => {}
            (0, _) => self.take_header(column, value),
            _ => self.take_number(row, column, value),
        }
        ControlFlow::Continue(())
    }
}

impl Columns {
    fn report_cell(&mut self, fault: Fault, row: u32, column: u32, expected: &str, found: impl Into<String>) {
        let place = self.place.clone().cell(row, column);
        self.problems.report(Problem::new(fault, place, expected, found));
    }

    /// Why a cell shows that this is no sheet of recordings: the rule, the cell, what was expected and found.
    fn not_a_recording_sheet(
        &self,
        (row, column): (u32, u32),
        value: &DataRef<'_>,
    ) -> Option<(Fault, (u32, u32), String, String)> {
        if self.last.is_some_and(|last| last >= (row, column)) {
            let (expected, found) = ("cells in order".to_owned(), "a cell out of order".to_owned());
            return Some((Fault::NotAWorkbook, (row, column), expected, found));
        }
        let is_time = text(value).is_some_and(|name| name.eq_ignore_ascii_case("time"));
        if self.last.is_none() && !((row, column) == (0, 0) && is_time) {
            let found = if (row, column) == (0, 0) {
                describe(value)
            } else {
                format!("a blank cell; the first filled one is {}", cell_name(row, column))
            };
            return Some((Fault::NoTimeHeader, (0, 0), "the heading Time".to_owned(), found));
        }
        if column > MAX_PARTICIPANTS {
            let expected = format!("at most {MAX_PARTICIPANTS} participants' columns");
            return Some((Fault::SheetTooLarge, (row, column), expected, describe(value)));
        }
        None
    }

    fn take_header(&mut self, column: u32, value: &DataRef<'_>) {
        let participant = text(value).and_then(|name| name.parse::<Participant>().ok());
        match participant {
            None => {
                let expected = "P and a number, as P01 or P1";
                self.report_cell(Fault::UnreadableParticipant, 0, column, expected, describe(value));
            }
            Some(participant) => {
                let mut earlier = (1..).zip(&self.participants);
                let is_the_same = |known: &ParticipantColumn| known.participant == Some(participant);
                if let Some((earlier, _)) = earlier.find(|(_, known)| known.as_ref().is_some_and(is_the_same))
                {
                    let found = format!("{participant}, who already has column {}", cell_name(0, earlier));
                    let expected = "a participant of its own in each column";
                    self.report_cell(Fault::DuplicateParticipant, 0, column, expected, found);
                }
            }
        }
        *self.slot(column) = Some(ParticipantColumn { participant, numbers: Column::from_row(1) });
    }

    /// The place of a participant's column, 1 for B.
    fn slot(&mut self, column: u32) -> &mut Option<ParticipantColumn> {
        let index = column as usize - 1;
        if self.participants.len() <= index {
            self.participants.resize_with(index + 1, || None);
        }
        &mut self.participants[index]
    }

    fn take_number(&mut self, row: u32, column: u32, value: &DataRef<'_>) {
        if column > 0 && self.slot(column).is_none() {
            let found = format!("a blank heading above {}", cell_name(row, column));
            self.report_cell(Fault::UnreadableParticipant, 0, column, "P and a number, as P01 or P1", found);
        }
        let slot = match column {
            0 => &mut self.time,
            _ => {
                let missing = || ParticipantColumn { participant: None, numbers: Column::from_row(row) };
                &mut self.slot(column).get_or_insert_with(missing).numbers
            }
        };
        let expected_row = std::mem::replace(&mut slot.next_row, row + 1);
        let number = number(value);
        if let Ok(number) = number {
            slot.numbers.push(number);
        }
        slot.sound &= number.is_ok() && row == expected_row;
        if row > expected_row {
            let found = format!("a blank cell above the filled cell {}", cell_name(row, column));
            self.report_cell(Fault::BlankCell, expected_row, column, "a number", found);
        }
        if let Err(fault) = number {
            self.report_cell(fault, row, column, "a finite number", describe(value));
        }
    }

    /// The recordings, in column order.
    pub(super) fn into_recordings(mut self, song: Song) -> Result<Vec<Recording>> {
        let rate_hz = if self.broken_off { 0 } else { self.check_whole() };
        self.problems.into_result(self.place)?;
        let recordings = self.participants.into_iter().flatten().filter_map(|column| {
            let (participant, samples) = (column.participant?, column.numbers.numbers);
            Some(Recording { song, genre: song.genre(), participant, rate_hz, samples, synthetic: None })
        });
        Ok(recordings.collect())
    }

    /// Checks what can only be seen once all cells are there, in the columns that are sound. Returns the rate in
    /// hertz, 0 if the time column is not.
    fn check_whole(&mut self) -> u32 {
        if self.participants.is_empty() || (self.time.sound && self.time.numbers.is_empty()) {
            let found = "a heading without a participant or without a time below it";
            let problem = Problem::new(Fault::EmptySheet, self.place.clone(), "a heading and samples", found);
            self.problems.report(problem);
            return 0;
        }
        let rows = self.time.next_row;
        let mut flaws = Vec::new();
        for (column, samples) in (1..).zip(&self.participants) {
            let Some(ParticipantColumn { numbers: samples, .. }) = samples else { continue };
            if samples.sound && samples.numbers.is_empty() {
                flaws.push((Fault::EmptyColumn, 1, column, "samples", "a blank column".to_owned()));
            } else if samples.next_row > rows {
                let end = cell_name(rows - 1, 0);
                let found = format!("a sample without a time: the Time column ends at {end}");
                flaws.push((Fault::BeyondTime, rows, column, "a blank cell", found));
            }
        }
        for (fault, row, column, expected, found) in flaws {
            self.report_cell(fault, row, column, expected, found);
        }
        if !self.time.sound {
            return 0;
        }
        let Seconds { rate_hz, flaws } = time::seconds(&self.time.numbers);
        for flaw in flaws {
            self.report_cell(flaw.fault, flaw.index as u32 + 1, 0, &flaw.expected, flaw.found);
        }
        rate_hz
    }
}
