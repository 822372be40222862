//! One column of numbers, taken cell by cell from the top.

use super::Problems;
use crate::error::{Fault, cell_name};

/// Numbers of a column without a gap. The column may end before others do.
pub(in crate::recordings) struct Column {
    pub(in crate::recordings) numbers: Vec<f64>,
    /// Zero-based row in which the next number must stand.
    pub(in crate::recordings) next_row: u32,
    /// Whether every cell so far was a number, without a gap.
    pub(in crate::recordings) sound: bool,
}

impl Column {
    /// A column whose first number must stand in this zero-based row.
    pub(in crate::recordings) const fn from_row(next_row: u32) -> Self {
        Self { numbers: Vec::new(), next_row, sound: true }
    }

    /// Takes the number of the next filled cell, or reports the rule that the cell breaks. A gap above the cell is
    /// reported too.
    pub(in crate::recordings) fn take(
        &mut self,
        (row, column): (u32, u32),
        number: Result<f64, Fault>,
        describe: impl FnOnce() -> String,
        problems: &mut Problems,
    ) {
        let expected_row = std::mem::replace(&mut self.next_row, row + 1);
        if let Ok(number) = number {
            self.numbers.push(number);
        }
        self.sound &= number.is_ok() && row == expected_row;
        if row > expected_row {
            let found = format!("a blank cell above the filled cell {}", cell_name(row, column));
            problems.report_cell(Fault::BLANK_CELL, (expected_row, column), "a number", found);
        }
        if let Err(fault) = number {
            problems.report_cell(fault, (row, column), "a finite number", describe());
        }
    }
}

impl Default for Column {
    /// A column below one heading.
    fn default() -> Self {
        Self::from_row(1)
    }
}
