//! Sorts the cells of a table into a time column and channels, wherever the table stands: on a sheet or in a text file.

use std::ops::ControlFlow;

use super::clock::{self, Clock};
use super::signals::{Channel, Signals};
use super::unit;
use crate::error::{Error, Fault, Place, Result};
use crate::recordings::workbook::{Column, Problems};

/// The most columns that a table may have.
pub(super) const MAX_COLUMNS: u32 = 4096;

/// How a time column may be called, and how many seconds its unit has. Other headings are those of channels.
const TIMES: [(&str, f64); 11] = [
    ("time", 1.0),
    ("times", 1.0),
    ("seconds", 1.0),
    ("timestamp", 1.0),
    ("timestamps", 1.0),
    ("time (s)", 1.0),
    ("time [s]", 1.0),
    ("time_s", 1.0),
    ("time (ms)", 1e-3),
    ("time [ms]", 1e-3),
    ("time_ms", 1e-3),
];

/// A filled cell of a table.
pub(super) trait Filled {
    /// What stands in it, as text.
    fn text(&self) -> String;
    /// Its number, or the rule that it breaks.
    fn number(&self) -> Result<f64, Fault>;
    /// The cell in words.
    fn describe(&self) -> String;
}

/// A table in the making. Memory grows with the cells that were seen, never with the positions that they claim.
pub(super) struct Columns<'a> {
    /// Names of the channels that are kept; all are if there is none.
    wanted: &'a [String],
    /// The cells of the first row, until it is known whether they are headings.
    first: Vec<First>,
    /// Whether the first row was complete and is sorted.
    begun: bool,
    /// By column. Nothing where a column has neither heading nor numbers.
    columns: Vec<Option<Kept>>,
}

/// A cell of the first row.
struct First {
    column: u32,
    text: String,
    number: Result<f64, Fault>,
    described: String,
}

/// A column with a heading, or without one if it is a problem already.
struct Kept {
    role: Role,
    numbers: Column,
}

enum Role {
    /// Times, in parts of a second.
    Time(f64),
    Channel(Channel),
    /// Not wanted; its cells may hold anything.
    Other,
    /// Its heading is missing, which is a problem already.
    Unnamed,
}

impl<'a> Columns<'a> {
    pub(super) const fn new(wanted: &'a [String]) -> Self {
        Self { wanted, first: Vec::new(), begun: false, columns: Vec::new() }
    }

    /// Takes the next filled cell, at a zero-based row and column. Cells come row by row. Breaks if the table is not one of
    /// recordings.
    pub(super) fn take(
        &mut self,
        (row, column): (u32, u32),
        cell: &impl Filled,
        problems: &mut Problems,
    ) -> ControlFlow<()> {
        if row == 0 {
            let (text, number) = (cell.text(), cell.number());
            self.first.push(First { column, text, number, described: cell.describe() });
            return ControlFlow::Continue(());
        }
        if !self.begun {
            self.begin(problems)?;
        }
        let all_are_wanted = self.wanted.is_empty();
        let kept = slot(&mut self.columns, column).get_or_insert_with(|| {
            if all_are_wanted {
                let expected = "the name of a channel, or Time";
                problems.report_cell(Fault::UNNAMED_CHANNEL, (0, column), expected, "a blank heading");
            }
            let role = if all_are_wanted { Role::Unnamed } else { Role::Other };
            Kept { role, numbers: Column::from_row(row) }
        });
        if !matches!(kept.role, Role::Other) {
            kept.numbers.take((row, column), cell.number(), || cell.describe(), problems);
        }
        ControlFlow::Continue(())
    }

    /// Sorts the first row: into headings, or into numbers of channels that are named by their column, from 1.
    fn begin(&mut self, problems: &mut Problems) -> ControlFlow<()> {
        self.begun = true;
        let first = std::mem::take(&mut self.first);
        if first.is_empty() {
            let expected = "headings or numbers in the first row";
            problems.report_cell(Fault::UNNAMED_CHANNEL, (0, 0), expected, "a blank row");
            return ControlFlow::Break(());
        }
        // A sample that is not a number is a problem, and makes no heading of the samples beside it.
        let is_heading = first.iter().any(|cell| cell.number == Err(Fault::TEXT_CELL));
        for First { column, text, number, described } in first {
            let (name, numbers) = match is_heading {
                true => (text, Column::default()),
                false => ((column + 1).to_string(), Column::from_row(0)),
            };
            let role = self.role(&name, column, problems);
            let kept = slot(&mut self.columns, column).insert(Kept { role, numbers });
            if !is_heading && !matches!(kept.role, Role::Other) {
                kept.numbers.take((0, column), number, || described, problems);
            }
        }
        ControlFlow::Continue(())
    }

    /// What the column of a heading holds.
    fn role(&self, heading: &str, column: u32, problems: &mut Problems) -> Role {
        let others = || self.columns.iter().flatten().map(|kept| &kept.role);
        if let Some((_, seconds)) = TIMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(heading)) {
            if others().any(|role| matches!(role, Role::Time(_))) {
                let found = format!("another one, {heading:?}");
                problems.report_cell(Fault::DUPLICATE_CHANNEL, (0, column), "one column of times", found);
            }
            return Role::Time(*seconds);
        }
        let (name, unit) = unit::in_heading(heading);
        if !self.wanted.is_empty() && !self.wanted.contains(&name) {
            return Role::Other;
        }
        if others().any(|role| matches!(role, Role::Channel(channel) if channel.name == name)) {
            let expected = "a name of its own for each channel";
            problems.report_cell(Fault::DUPLICATE_CHANNEL, (0, column), expected, format!("{name:?} again"));
        }
        Role::Channel(Channel { name, unit })
    }

    /// Checks what can only be seen once all cells are there, and makes signals of them.
    pub(super) fn finish(mut self, problems: &mut Problems) -> Signals {
        let is_blank = !self.begun && self.first.is_empty();
        if !is_blank && !self.begun {
            // The first row is never blank here.
            let _ = self.begin(problems);
        }
        let has_samples = self.channels().any(|(_, _, column)| !column.numbers.is_empty() || !column.sound);
        if is_blank || (self.wanted.is_empty() && !has_samples) {
            let found =
                if is_blank { "nothing" } else { "headings without a channel or without numbers below" };
            problems.report(Fault::NO_SAMPLES, "channels with samples", found);
            return Signals::default();
        }
        self.check_columns(problems);
        let rate_hz = self.rate_hz(problems);
        let mut signals = Signals { rate_hz, ..Signals::default() };
        for kept in self.columns.into_iter().flatten() {
            if let Role::Channel(channel) = kept.role {
                signals.channels.push(channel);
                let mut samples = kept.numbers.numbers;
                samples.shrink_to_fit();
                signals.samples.push(samples);
            }
        }
        signals.in_order(self.wanted)
    }

    /// Reports wanted channels that are missing, columns without samples, and samples without a time.
    fn check_columns(&self, problems: &mut Problems) {
        let is_there = |name: &String| self.channels().any(|(_, channel, _)| channel.name == *name);
        for missing in self.wanted.iter().filter(|name| !is_there(name)) {
            let expected = format!("a column {missing:?}");
            problems.report(Fault::UNKNOWN_CHANNEL, expected, "no heading of this name");
        }
        let end_of_time = self.time().map(|(_, _, times)| times.next_row);
        for (column, _, numbers) in self.channels() {
            if numbers.sound && numbers.numbers.is_empty() {
                problems.report_cell(Fault::EMPTY_COLUMN, (1, column), "samples", "a blank column");
            } else if let Some(end) = end_of_time.filter(|end| numbers.next_row > *end) {
                let (expected, found) = ("a blank cell, as the times end here", "a sample without a time");
                problems.report_cell(Fault::BEYOND_TIME, (end, column), expected, found);
            }
        }
    }

    /// Column, channel and numbers of each channel that is kept.
    fn channels(&self) -> impl Iterator<Item = (u32, &Channel, &Column)> {
        let columns = (0..).zip(&self.columns);
        columns.filter_map(|(column, kept)| {
            let kept = kept.as_ref()?;
            Some((column, kept.channel()?, &kept.numbers))
        })
    }

    /// The time column, if there is one: its place, the seconds of its unit, and the times.
    fn time(&self) -> Option<(u32, f64, &Column)> {
        (0..).zip(&self.columns).find_map(|(column, kept)| match kept {
            Some(Kept { role: Role::Time(seconds), numbers }) => Some((column, *seconds, numbers)),
            _ => None,
        })
    }

    /// The rate by the time column, if there is one.
    fn rate_hz(&self, problems: &mut Problems) -> Option<f64> {
        let (column, seconds, times) = self.time()?;
        if !times.sound {
            return None;
        }
        // Rows from the first number on: 1 below a heading.
        let first = times.next_row - times.numbers.len() as u32;
        let in_seconds: Vec<f64> = times.numbers.iter().map(|time| time * seconds).collect();
        let Clock { rate_hz, flaws } = clock::measure(&in_seconds);
        for flaw in flaws {
            problems.report_cell(flaw.fault, (flaw.index as u32 + first, column), flaw.expected, flaw.found);
        }
        Some(rate_hz)
    }
}

impl Kept {
    const fn channel(&self) -> Option<&Channel> {
        match &self.role {
            Role::Channel(channel) => Some(channel),
            _ => None,
        }
    }
}

/// The place of a column, from 0.
fn slot(columns: &mut Vec<Option<Kept>>, column: u32) -> &mut Option<Kept> {
    let index = column as usize;
    if columns.len() <= index {
        columns.resize_with(index + 1, || None);
    }
    &mut columns[index]
}

/// A table with more columns than allowed, or with more filled cells, is refused.
pub(super) fn too_large(place: Place, expected: String, found: impl Into<String>) -> Error {
    Error::new(Fault::SHEET_TOO_LARGE, place, expected, found)
}
