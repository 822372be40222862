//! Sorts a sheet's cells into the time column and the participants' columns, and judges each cell on the way.

use std::ops::ControlFlow;

use super::cell::Cell;
use super::column::Column;
use super::time::{self, Seconds};
use super::{Problems, Sheet};
use crate::error::{Fault, Result, cell_name};
use crate::recordings::{Participant, published};

/// The most participants that one sheet may hold.
pub const MAX_PARTICIPANTS: u32 = 1024;

/// A sheet in the making.
///
/// Memory grows with the cells that were seen, never with the positions that they claim.
#[derive(Default)]
pub(super) struct Columns {
    time: Column,
    /// By column, B first. Nothing where a column has neither heading nor numbers.
    participants: Vec<Option<ParticipantColumn>>,
    has_heading: bool,
    rate_hz: u32,
}

/// What a sheet of recordings holds.
pub(super) struct Signals {
    /// Samples per second.
    pub(super) rate_hz: u32,
    /// The samples of each participant, in column order.
    pub(super) samples: Vec<(Participant, Vec<f64>)>,
}

struct ParticipantColumn {
    /// Nothing if the heading could not be read, which is a problem already.
    participant: Option<Participant>,
    numbers: Column,
}

impl Sheet for Columns {
    type Contents = Signals;
    const MAX_COLUMNS: u32 = MAX_PARTICIPANTS + 1;

    fn take(
        &mut self,
        (row, column): (u32, u32),
        cell: &Cell<'_>,
        problems: &mut Problems,
    ) -> ControlFlow<()> {
        if !self.has_heading {
            let is_time = cell.text().is_some_and(|name| name.eq_ignore_ascii_case("time"));
            if (row, column) != (0, 0) || !is_time {
                let found = if (row, column) == (0, 0) {
                    cell.describe()
                } else {
                    format!("a blank cell; the first filled one is {}", cell_name(row, column))
                };
                problems.report_cell(cell.fault(Fault::NO_TIME_HEADER), (0, 0), "the heading Time", found);
                return ControlFlow::Break(());
            }
            self.has_heading = true;
        } else if row == 0 {
            self.take_header(column, cell, problems);
        } else {
            self.take_number((row, column), cell, problems);
        }
        ControlFlow::Continue(())
    }

    fn finish(&mut self, problems: &mut Problems) {
        self.rate_hz = self.check_whole(problems);
    }

    fn into_contents(self) -> Result<Signals> {
        let samples = self.participants.into_iter().flatten().filter_map(|column| {
            let mut samples = column.numbers.numbers;
            samples.shrink_to_fit();
            Some((column.participant?, samples))
        });
        Ok(Signals { rate_hz: self.rate_hz, samples: samples.collect() })
    }
}

impl Columns {
    fn take_header(&mut self, column: u32, cell: &Cell<'_>, problems: &mut Problems) {
        let participant = cell.text().and_then(|name| published::participant(name).ok());
        match participant {
            None => {
                let expected = "P and a number, as P01 or P1";
                let fault = cell.fault(Fault::UNREADABLE_PARTICIPANT);
                problems.report_cell(fault, (0, column), expected, cell.describe());
            }
            Some(participant) => {
                let mut earlier = (1..).zip(&self.participants);
                let is_the_same = |known: &ParticipantColumn| known.participant == Some(participant);
                if let Some((earlier, _)) = earlier.find(|(_, known)| known.as_ref().is_some_and(is_the_same))
                {
                    let found = format!("{participant}, who already has column {}", cell_name(0, earlier));
                    let expected = "a participant of its own in each column";
                    problems.report_cell(Fault::DUPLICATE_PARTICIPANT, (0, column), expected, found);
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

    fn take_number(&mut self, (row, column): (u32, u32), cell: &Cell<'_>, problems: &mut Problems) {
        if column > 0 && self.slot(column).is_none() {
            let found = format!("a blank heading above {}", cell_name(row, column));
            let expected = "P and a number, as P01 or P1";
            problems.report_cell(Fault::UNREADABLE_PARTICIPANT, (0, column), expected, found);
        }
        let slot = match column {
            0 => &mut self.time,
            _ => {
                let missing = || ParticipantColumn { participant: None, numbers: Column::from_row(row) };
                &mut self.slot(column).get_or_insert_with(missing).numbers
            }
        };
        slot.take((row, column), cell.number(), || cell.describe(), problems);
    }

    /// Checks what can only be seen once all cells are there, in the columns that are sound. Returns the rate in
    /// hertz, 0 if the time column is not.
    fn check_whole(&self, problems: &mut Problems) -> u32 {
        if self.participants.is_empty() || (self.time.sound && self.time.numbers.is_empty()) {
            let found = "a heading without a participant or without a time below it";
            problems.report(Fault::EMPTY_SHEET, "a heading and samples", found);
            return 0;
        }
        let rows = self.time.next_row;
        for (column, samples) in (1..).zip(&self.participants) {
            let Some(ParticipantColumn { numbers: samples, .. }) = samples else { continue };
            if samples.sound && samples.numbers.is_empty() {
                problems.report_cell(Fault::EMPTY_COLUMN, (1, column), "samples", "a blank column");
            } else if samples.next_row > rows {
                let end = cell_name(rows - 1, 0);
                let found = format!("a sample without a time: the Time column ends at {end}");
                problems.report_cell(Fault::BEYOND_TIME, (rows, column), "a blank cell", found);
            }
        }
        if !self.time.sound {
            return 0;
        }
        let Seconds { rate_hz, flaws } = time::seconds(&self.time.numbers);
        for flaw in flaws {
            problems.report_cell(flaw.fault, (flaw.index as u32 + 1, 0), flaw.expected, flaw.found);
        }
        rate_hz
    }
}
