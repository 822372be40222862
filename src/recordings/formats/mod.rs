//! Reads recordings from the files that people have: one file a format, one plain result.
//!
//! | format | names | read by |
//! |---|---|---|
//! | workbook | `.xlsx` | the workbook reader, with any headings |
//! | text | `.csv`, `.tsv` | [`csv`], with decimal commas, semicolons, and UTF-16 that says so |
//! | EDF, EDF+, BDF, BDF+ | `.edf`, `.bdf` | a reader of our own |
//! | Parquet | `.parquet` | the `parquet` crate, if eegenre was built with `--features parquet` |
//!
//! `data/README.md` says how MNE converts other formats.
//!
//! # Memory
//! Samples take 8 bytes each, and at most [`MAX_SAMPLES`] are read from one file. EDF and BDF are read one data record
//! at a time, so that the file itself may have any size. Text of at most [`MAX_TEXT_BYTES`] is kept while it is read.

mod clock;
mod columns;
mod delimited;
pub mod edf;
mod format;
mod lines;
#[cfg(feature = "parquet")]
mod parquet;
mod signals;
mod text;
mod unit;
mod workbook;

use std::path::Path;

pub(crate) use delimited::delimiter;
pub use format::Format;
pub(crate) use lines::Lines;
pub use signals::{Channel, Signals};
pub use text::MAX_TEXT_BYTES;
pub(in crate::recordings) use text::read as read_text;
pub use unit::factor;

use crate::error::Result;
use crate::recordings::workbook::MAX_CELLS;

/// The most samples that are read from one file: 512 MiB of memory, or an hour of 72 channels at 256 Hz.
pub const MAX_SAMPLES: usize = MAX_CELLS;

/// Reads the wanted channels of a file in the order in which they are wanted, or all of them if none is named.
///
/// # Errors
/// All problems of the file; see [`Fault`](crate::error::Fault) for the rules. Files of other formats are
/// [`Fault::UNKNOWN_FORMAT`](crate::error::Fault::UNKNOWN_FORMAT).
pub fn read(path: impl AsRef<Path>, wanted: &[String]) -> Result<Signals> {
    let path = path.as_ref();
    match Format::of(path)? {
        Format::Workbook => workbook::read(path, wanted),
        Format::Text => delimited::read(path, wanted),
        Format::Edf => edf::read(path, wanted),
        #[cfg(feature = "parquet")]
        Format::Parquet => parquet::read(path, wanted),
    }
}
