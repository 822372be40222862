//! A study of one's own: a table of its recordings, and the settings of all of them.
//!
//! ```text
//! recordings.tsv  file            participant_id  stimulus  label      start_seconds  stop_seconds
//!                 sub-01_eeg.edf  sub-01          song-1    classical  12.5           220
//! study.toml      name, unit, rate_hz, label_name, may_be_negative
//! ```
//!
//! The words are those of BIDS where it has one. `data/README.md` has all columns. [`init`] drafts both files from the
//! files of a folder, and [`Study::check`] lists every problem of the table, the settings and the files.

mod data_set;
mod entry;
mod files;
pub mod init;
mod line;
mod names;
mod settings;
mod summary;
mod table;

use std::path::{Path, PathBuf};

pub use entry::Entry;
pub use files::RATE_TOLERANCE;
pub use names::UNFILLED;
pub use settings::{SETTINGS, Settings};
pub use summary::Summary;
pub use table::{LABELS, MAX_ENTRIES, TABLES};

use super::formats::Signals;
use crate::error::{Error, Result};

/// A study as it is described. Its files are read by [`check`](Self::check) and [`load`](Self::load).
#[derive(Debug, Clone, PartialEq)]
pub struct Study {
    folder: PathBuf,
    table: PathBuf,
    settings: Settings,
    entries: Vec<Entry>,
}

impl Study {
    /// Whether a folder holds a table of recordings.
    #[must_use]
    pub fn is_described(folder: &Path) -> bool {
        TABLES.iter().any(|name| folder.join(name).is_file())
    }

    /// Reads the description of a study, and not its recordings.
    ///
    /// # Errors
    /// All problems of `recordings.tsv` or `recordings.csv` and of `study.toml`, each with its line and column.
    pub fn read(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = folder.as_ref();
        let (settings, table) = (settings::read(folder), table::read(folder));
        match (settings, table) {
            (Ok(settings), Ok((table, entries))) => {
                Ok(Self { folder: folder.to_owned(), table, settings, entries })
            }
            (settings, table) => {
                let problems = [settings.err(), table.err()].into_iter().flatten();
                Err(Error::together(problems))
            }
        }
    }

    /// What holds for all recordings.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The recordings, in the order of the table.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Reads all recordings, in the order of the table and in the unit of the study.
    ///
    /// # Errors
    /// All problems of all files.
    pub fn load(&self) -> Result<Vec<(Entry, Signals)>> {
        files::each(self, |entry, signals| (entry.clone(), signals))
    }

    /// Reads all recordings and sums them up. Memory is that of the files that are read side by side.
    ///
    /// # Errors
    /// All problems of all files.
    pub fn check(&self) -> Result<Summary> {
        summary::of(self)
    }
}

#[cfg(test)]
mod tests;
