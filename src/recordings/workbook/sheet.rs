//! The way from a file to the cells of its only sheet, whatever these mean.

use std::io::Cursor;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use calamine::{DataRef, Reader, SheetType, Xlsx, XlsxError};

use super::archive;
use super::cell::is_blank;
use crate::error::{Error, Fault, Place, Problem, Result};

/// A sheet in the making, of one kind or another.
pub(crate) trait Sheet {
    /// Before the first cell.
    fn new(place: Place) -> Self;
    /// Takes the cell at a zero-based row and column; breaks when the sheet is not of this kind at all.
    fn take(&mut self, position: (u32, u32), value: &DataRef<'_>) -> ControlFlow<()>;
    /// Ends reading early, for a reason that stands in the way of all later checks.
    fn break_off(&mut self, problem: Problem);
}

/// Reads the only sheet with data of a workbook. Gives its name and what `finish` makes of it.
pub(crate) fn read_only_sheet<S: Sheet, T>(
    path: &Path,
    finish: impl FnOnce(S) -> Result<T>,
) -> Result<(String, T)> {
    let stored = archive::read_stored(path)?;
    // The parser is not ours. Should it panic on a file that nobody thought of, that file is unreadable and the
    // others are still read.
    catch_unwind(AssertUnwindSafe(|| read_stored(stored, path, finish))).unwrap_or_else(|_| {
        let found = "contents that the spreadsheet reader stumbles over";
        Err(Error::new(Fault::NotAWorkbook, Place::file(path), "an .xlsx workbook", found))
    })
}

fn read_stored<S: Sheet, T>(
    stored: Cursor<Vec<u8>>,
    path: &Path,
    finish: impl FnOnce(S) -> Result<T>,
) -> Result<(String, T)> {
    let mut workbook = Xlsx::new(stored).map_err(|cause| not_a_workbook(Place::file(path), &cause))?;
    let name = the_sheet_with_data(&mut workbook, path)?;
    let place = Place::file(path).sheet(&name);
    let mut sheet = S::new(place.clone());
    let mut cells =
        workbook.worksheet_cells_reader(&name).map_err(|cause| not_a_workbook(place.clone(), &cause))?;
    let mut last = None;
    loop {
        match cells.next_cell() {
            Ok(Some(cell)) => {
                last = Some(cell.get_position());
                if sheet.take(cell.get_position(), cell.get_value()).is_break() {
                    break;
                }
            }
            Ok(None) => break,
            Err(cause) => {
                let place = last.map_or(place.clone(), |(row, column)| place.clone().cell(row, column));
                let problem = Problem::new(
                    Fault::NotAWorkbook,
                    place,
                    "a readable cell after this one",
                    format!("damaged XML ({cause})"),
                );
                sheet.break_off(problem);
                break;
            }
        }
    }
    Ok((name, finish(sheet)?))
}

/// The name of the only sheet that holds data.
fn the_sheet_with_data(workbook: &mut Xlsx<Cursor<Vec<u8>>>, path: &Path) -> Result<String> {
    let sheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<String> = sheets.map(|sheet| sheet.name.clone()).collect();
    if names.is_empty() {
        return Err(Error::new(Fault::NoSheet, Place::file(path), "one sheet", "no sheet"));
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
            Err(Error::new(Fault::EmptySheet, place, "a heading and values", "no filled cell"))
        }
        several => {
            let found = format!("data on {}: \"{}\"", several.len(), several.join("\", \""));
            let place = Place::file(path).sheet(&several[1]);
            Err(Error::new(Fault::SeveralSheets, place, "data on one sheet", found))
        }
    }
}

/// Whether a sheet has a cell that is not blank; reads no further than the first.
fn holds_data(workbook: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Result<bool, XlsxError> {
    let mut cells = workbook.worksheet_cells_reader(sheet)?;
    while let Some(cell) = cells.next_cell()? {
        if !is_blank(cell.get_value()) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn not_a_workbook(place: Place, cause: &XlsxError) -> Error {
    Error::new(
        Fault::NotAWorkbook,
        place,
        "an .xlsx workbook",
        format!("a zip archive of another kind ({cause})"),
    )
}
