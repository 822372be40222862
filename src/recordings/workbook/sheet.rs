//! The way from a file to the cells of its only sheet, whatever these mean.

use std::io::Cursor;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use calamine::{Reader, SheetType, Xlsx, XlsxCellReader, XlsxError};

use super::archive::{self, Archive};
use super::cell::Cell;
use super::problems::Problems;
use crate::error::{Error, Fault, Place, Result};

/// The most filled cells that a sheet may have: their numbers take 512 MiB. An hour of 24 participants at 256 Hz has a
/// third of them.
pub(in crate::recordings) const MAX_CELLS: usize = 1 << 26;

/// A sheet in the making, of one kind or another.
pub(crate) trait Sheet {
    /// What it becomes.
    type Contents;
    /// The most columns that it may have.
    const MAX_COLUMNS: u32;
    /// Takes the next filled cell, at a zero-based row and column. Cells come row by row. Breaks when the sheet is not of
    /// this kind at all.
    fn take(&mut self, position: (u32, u32), cell: &Cell<'_>, problems: &mut Problems) -> ControlFlow<()>;
    /// What all cells together are, and what can only be seen once all are there.
    fn finish(&mut self, problems: &mut Problems);
    /// What the sheet holds, if there were no problems.
    ///
    /// # Errors
    /// Those of the contents' own constructor.
    fn into_contents(self) -> Result<Self::Contents>;
}

/// A sheet that was read.
#[derive(Debug)]
pub(crate) struct Read<T> {
    /// Its name.
    pub(crate) sheet: String,
    /// How many of its cells hold the stored result of a formula.
    pub(crate) formulas: usize,
    /// What it holds.
    pub(crate) contents: T,
}

/// Reads the only sheet with data of a workbook.
pub(crate) fn read_only_sheet<S: Sheet + Default>(path: &Path) -> Result<Read<S::Contents>> {
    read_only_sheet_as(path, S::default())
}

/// The same, as a sheet of which something is known.
pub(in crate::recordings) fn read_only_sheet_as<S: Sheet>(
    path: &Path,
    sheet: S,
) -> Result<Read<S::Contents>> {
    let archive = archive::read(path)?;
    // The parser is not ours. Should it panic on a file that nobody thought of, that file is unreadable and the
    // others are still read.
    catch_unwind(AssertUnwindSafe(|| read_archive(archive, path, sheet))).unwrap_or_else(|_| {
        let found = "contents that the spreadsheet reader stumbles over";
        Err(Error::new(Fault::NOT_A_WORKBOOK, Place::file(path), "an .xlsx workbook", found))
    })
}

fn read_archive<S: Sheet>(archive: Archive, path: &Path, mut sheet: S) -> Result<Read<S::Contents>> {
    let mut workbook = Xlsx::new(archive.bytes).map_err(|cause| not_a_workbook(Place::file(path), &cause))?;
    let name = the_sheet_with_data(&mut workbook, path)?;
    let place = Place::file(path).sheet(&name);
    let mut cells =
        workbook.worksheet_cells_reader(&name).map_err(|cause| not_a_workbook(place.clone(), &cause))?;
    let mut problems = Problems::new(place);
    let formulas = take_cells(&mut cells, archive.calculated_on_opening, &mut sheet, &mut problems);
    if formulas.is_some() {
        sheet.finish(&mut problems);
    }
    problems.into_result()?;
    Ok(Read { sheet: name, formulas: formulas.unwrap_or(0), contents: sheet.into_contents()? })
}

/// Hands all filled cells to a sheet. Gives the number of stored results of formulas, or nothing if a problem stands in the
/// way of all later checks.
fn take_cells<S: Sheet>(
    cells: &mut XlsxCellReader<'_, Cursor<Vec<u8>>>,
    calculated_on_opening: bool,
    sheet: &mut S,
    problems: &mut Problems,
) -> Option<usize> {
    // The last cell of all, and the last that is filled.
    let (mut before, mut last) = (None, None);
    let (mut filled, mut formulas) = (0_usize, 0);
    loop {
        let record = match cells.next_cell_with_formula_metadata() {
            Ok(Some(record)) => record,
            Ok(None) => return Some(formulas),
            Err(cause) => {
                let (expected, found) = ("a readable cell after this one", format!("damaged XML ({cause})"));
                match before {
                    Some(before) => problems.report_cell(Fault::NOT_A_WORKBOOK, before, expected, found),
                    None => problems.report(Fault::NOT_A_WORKBOOK, "readable cells", found),
                }
                return None;
            }
        };
        let position = record.pos;
        before = Some(position);
        let cell = Cell::new(record.value, record.formula.is_some(), calculated_on_opening);
        if cell.is_blank() {
            continue;
        }
        filled += 1;
        formulas += usize::from(cell.is_result());
        let flaw = if last >= Some(position) {
            Some((Fault::NOT_A_WORKBOOK, "cells in order".to_owned(), "a cell out of order".to_owned()))
        } else if position.1 >= S::MAX_COLUMNS {
            Some((Fault::SHEET_TOO_LARGE, format!("at most {} columns", S::MAX_COLUMNS), cell.describe()))
        } else if filled > MAX_CELLS {
            Some((Fault::SHEET_TOO_LARGE, format!("at most {MAX_CELLS} filled cells"), cell.describe()))
        } else {
            None
        };
        if let Some((fault, expected, found)) = flaw {
            problems.report_cell(fault, position, expected, found);
            return None;
        }
        last = Some(position);
        if sheet.take(position, &cell, problems).is_break() {
            return None;
        }
    }
}

/// The name of the only sheet that holds data.
fn the_sheet_with_data(workbook: &mut Xlsx<Cursor<Vec<u8>>>, path: &Path) -> Result<String> {
    let sheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<String> = sheets.map(|sheet| sheet.name.clone()).collect();
    if names.is_empty() {
        return Err(Error::new(Fault::NO_SHEET, Place::file(path), "one sheet", "no sheet"));
    }
    let mut filled = Vec::new();
    for name in &names {
        let place = Place::file(path).sheet(name);
        if holds_data(workbook, name).map_err(|cause| not_a_workbook(place, &cause))? {
            filled.push(name.clone());
        }
    }
    match filled.as_slice() {
        [only] => Ok(only.clone()),
        [] => {
            let place = Place::file(path).sheet(names.join("\", \""));
            Err(Error::new(Fault::EMPTY_SHEET, place, "a heading and values", "no filled cell"))
        }
        several => {
            let found = format!("data on {}: \"{}\"", several.len(), several.join("\", \""));
            let place = Place::file(path).sheet(&several[1]);
            Err(Error::new(Fault::SEVERAL_SHEETS, place, "data on one sheet", found))
        }
    }
}

/// Whether a sheet has a cell that is not blank; reads no further than the first.
fn holds_data(workbook: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Result<bool, XlsxError> {
    let mut cells = workbook.worksheet_cells_reader(sheet)?;
    while let Some(record) = cells.next_cell_with_formula_metadata()? {
        if !Cell::new(record.value, record.formula.is_some(), false).is_blank() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn not_a_workbook(place: Place, cause: &XlsxError) -> Error {
    Error::new(
        Fault::NOT_A_WORKBOOK,
        place,
        "an .xlsx workbook",
        format!("a zip archive of another kind ({cause})"),
    )
}
