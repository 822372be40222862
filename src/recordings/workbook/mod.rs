//! Reads one song's workbook: a sheet whose first column counts seconds and whose others hold one participant each.
//!
//! | | A | B | C | … |
//! |---|---|---|---|---|
//! | 1 | `Time` | `P01` | `P02` | … |
//! | 2 | 1 | 0.55 | 0.30 | … |
//! | 3 | 1 | 0.60 | 0.36 | … |
//!
//! The rows that share a second give the sampling rate: eight in the EEG workbooks. Columns may end before the
//! time does. A cell may have a formula if its result is stored beside it. Every mistake in the sheet is reported, up to
//! [`MAX_PROBLEMS`].
//!
//! # Memory
//! The file stays compressed in memory, and a sheet is inflated piece by piece while its cells are read, so memory is that
//! of the file and of the samples: under 90 MB for ten minutes of 24 participants at 256 Hz. The reader refuses parts that inflate
//! more than [`MAX_INFLATION`]-fold, and sheets that need more memory than a sheet full of recordings may.

mod archive;
mod cell;
mod column;
mod columns;
mod pieces;
mod problems;
mod sheet;
mod time;

use std::path::Path;

pub use archive::{MAX_INFLATION, MAX_WORKBOOK_BYTES};
pub(crate) use cell::Cell;
pub(in crate::recordings) use column::Column;
pub use columns::MAX_PARTICIPANTS;
use columns::{Columns, Signals};
pub use problems::MAX_PROBLEMS;
pub(crate) use problems::Problems;
pub(in crate::recordings) use sheet::{MAX_CELLS, read_only_sheet_as};
pub(crate) use sheet::{Read, Sheet, read_only_sheet};
pub(in crate::recordings) use time::Flaw;

use super::{Channels, Recording, Song};
use crate::error::Result;

/// What a workbook holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Workbook {
    /// The name of the sheet with the recordings.
    pub sheet: String,
    /// One recording a participant, in column order.
    pub recordings: Vec<Recording>,
    /// How many of its cells hold a formula whose stored result was read.
    pub formulas: usize,
}

/// Reads the workbook of a song.
///
/// # Errors
/// All problems of the file, each with its cell; see [`Fault`](crate::error::Fault) for the rules.
pub fn read(path: &Path, song: Song) -> Result<Workbook> {
    let Read { sheet, formulas, contents: Signals { rate_hz, samples } } = read_only_sheet::<Columns>(path)?;
    let recordings = samples.into_iter().map(|(participant, samples)| Recording {
        stimulus: song.into(),
        label: song.genre().into(),
        participant,
        take: 1,
        session: None,
        rate_hz: f64::from(rate_hz),
        channels: Channels::ONE,
        samples,
        synthetic: None,
    });
    Ok(Workbook { sheet, recordings: recordings.collect(), formulas })
}
