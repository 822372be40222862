//! Workbooks with any headings: the only sheet with data is a table of channels.

use std::ops::ControlFlow;
use std::path::Path;

use super::columns::{Columns, Filled, MAX_COLUMNS};
use super::signals::Signals;
use crate::error::{Fault, Result};
use crate::recordings::workbook::{Cell, Problems, Sheet, read_only_sheet_as};

/// Reads the wanted channels of a workbook.
///
/// # Errors
/// All problems of the file, each with its cell.
pub(super) fn read(path: &Path, wanted: &[String]) -> Result<Signals> {
    let table = Table { columns: Columns::new(wanted), signals: None };
    Ok(read_only_sheet_as(path, table)?.contents)
}

struct Table<'a> {
    columns: Columns<'a>,
    signals: Option<Signals>,
}

impl Sheet for Table<'_> {
    type Contents = Signals;
    const MAX_COLUMNS: u32 = MAX_COLUMNS;

    fn take(&mut self, position: (u32, u32), cell: &Cell<'_>, problems: &mut Problems) -> ControlFlow<()> {
        self.columns.take(position, cell, problems)
    }

    fn finish(&mut self, problems: &mut Problems) {
        self.signals = Some(std::mem::replace(&mut self.columns, Columns::new(&[])).finish(problems));
    }

    fn into_contents(self) -> Result<Signals> {
        Ok(self.signals.unwrap_or_default())
    }
}

impl Filled for Cell<'_> {
    fn text(&self) -> String {
        match (Cell::text(self), Cell::number(self)) {
            (Some(text), _) => text.to_owned(),
            (None, Ok(number)) => number.to_string(),
            (None, Err(_)) => self.describe(),
        }
    }

    fn number(&self) -> Result<f64, Fault> {
        Cell::number(self)
    }

    fn describe(&self) -> String {
        Cell::describe(self)
    }
}
