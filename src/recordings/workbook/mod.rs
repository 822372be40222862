//! Reads one song's workbook: a sheet whose first column counts seconds and whose others hold one participant each.
//!
//! | | A | B | C | … |
//! |---|---|---|---|---|
//! | 1 | `Time` | `P01` | `P02` | … |
//! | 2 | 1 | 0.55 | 0.30 | … |
//! | 3 | 1 | 0.60 | 0.36 | … |
//!
//! The rows that share a second give the sampling rate: eight in the EEG workbooks. Columns may end before the
//! time does. Every mistake in the sheet is reported, up to [`MAX_PROBLEMS`].

mod archive;
mod columns;
mod time;

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use calamine::{Reader, SheetType, Xlsx, XlsxError};

pub use archive::MAX_INFLATED_BYTES;
use columns::Columns;
pub use columns::MAX_PARTICIPANTS;

use super::recording::{Recording, Song};
use crate::error::{Error, Fault, Place, Problem, Result};

/// The most problems that are listed for one workbook.
pub const MAX_PROBLEMS: usize = 20;

/// What a workbook holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Workbook {
    /// The name of the sheet with the recordings.
    pub sheet: String,
    /// One recording a participant, in column order.
    pub recordings: Vec<Recording>,
}

/// Reads the workbook of a song.
///
/// # Errors
/// All problems of the file, each with its cell; see [`Fault`] for the rules.
pub fn read(path: &Path, song: Song) -> Result<Workbook> {
    let stored = archive::read_stored(path)?;
    // The parser is not ours. Should it panic on a file that nobody thought of, that file is unreadable and the
    // others are still read.
    catch_unwind(AssertUnwindSafe(|| read_stored(stored, path, song))).unwrap_or_else(|_| {
        let found = "contents that the spreadsheet reader stumbles over";
        Err(Error::new(Fault::NotAWorkbook, Place::file(path), "an .xlsx workbook", found))
    })
}

fn read_stored(stored: Cursor<Vec<u8>>, path: &Path, song: Song) -> Result<Workbook> {
    let mut workbook = Xlsx::new(stored).map_err(|cause| not_a_workbook(Place::file(path), &cause))?;
    let sheet = the_sheet_with_data(&mut workbook, path)?;
    let place = Place::file(path).sheet(&sheet);
    let mut columns = Columns::new(place.clone());
    let mut cells =
        workbook.worksheet_cells_reader(&sheet).map_err(|cause| not_a_workbook(place.clone(), &cause))?;
    let mut last = None;
    loop {
        match cells.next_cell() {
            Ok(Some(cell)) => {
                last = Some(cell.get_position());
                if columns.take(cell.get_position(), cell.get_value()).is_break() {
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
                columns.break_off(problem);
                break;
            }
        }
    }
    Ok(Workbook { recordings: columns.into_recordings(song)?, sheet })
}

/// The name of the only sheet that holds data.
fn the_sheet_with_data(workbook: &mut Xlsx<Cursor<Vec<u8>>>, path: &Path) -> Result<String> {
    let sheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<String> = sheets.map(|sheet| sheet.name.clone()).collect();
    if names.is_empty() {
        return Err(Error::new(Fault::NoSheet, Place::file(path), "one sheet with recordings", "no sheet"));
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
            Err(Error::new(Fault::EmptySheet, place, "a heading and samples", "no filled cell"))
        }
        several => {
            let found = format!("data on {}: \"{}\"", several.len(), several.join("\", \""));
            let place = Place::file(path).sheet(&several[1]);
            Err(Error::new(Fault::SeveralSheets, place, "recordings on one sheet", found))
        }
    }
}

/// Whether a sheet has a cell that is not blank; reads no further than the first.
fn holds_data(workbook: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Result<bool, XlsxError> {
    let mut cells = workbook.worksheet_cells_reader(sheet)?;
    while let Some(cell) = cells.next_cell()? {
        if !columns::is_blank(cell.get_value()) {
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
