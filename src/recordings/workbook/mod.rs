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
pub(crate) mod cell;
mod columns;
mod problems;
mod sheet;
mod time;

use std::path::Path;

pub use archive::MAX_INFLATED_BYTES;
use columns::Columns;
pub use columns::MAX_PARTICIPANTS;
pub use problems::MAX_PROBLEMS;
pub(crate) use problems::Problems;
pub(crate) use sheet::{Sheet, read_only_sheet};

use super::recording::{Recording, Song};
use crate::error::Result;

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
/// All problems of the file, each with its cell; see [`Fault`](crate::error::Fault) for the rules.
pub fn read(path: &Path, song: Song) -> Result<Workbook> {
    let (sheet, recordings) = read_only_sheet(path, |columns: Columns| columns.into_recordings(song))?;
    Ok(Workbook { sheet, recordings })
}
