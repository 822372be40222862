//! Drafts the description of a folder from its files.
//!
//! A value that the folder does not contain becomes a question mark, and [`Study::check`](super::Study::check) reports it as unfilled.

mod bids;
mod electrodes;
mod labels;
mod lines;
mod listing;
mod plain;
mod proposal;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{SETTINGS, TABLES};
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::report::as_text;
use crate::store::write_atomically;

/// What was written, and what is left to fill in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Begun {
    /// The table of recordings.
    #[serde(serialize_with = "as_text")]
    pub table: PathBuf,
    /// The settings of the study.
    #[serde(serialize_with = "as_text")]
    pub settings: PathBuf,
    /// Lines of the table.
    pub recordings: usize,
    /// Question marks in both files.
    pub unfilled: usize,
    /// Files that differ in their extension alone, as `P01.edf` and `P01.bdf`: perhaps one recording twice.
    #[serde(serialize_with = "as_text")]
    pub same_name: Vec<PathBuf>,
}

/// Writes `recordings.tsv` and `study.toml` into a folder that has neither.
///
/// - A BIDS folder (`sub-*`): each event with a duration and a `trial_type` is a recording with that label, from its onset
///   on. Files without such events are recordings as a whole; their label is the `group` of `participants.tsv`, if it
///   is there.
/// - Any other folder: each file is a recording. Participant and stimulus are the first two parts of its path, without
///   the extension. A table whose name has one part is a stimulus, and its columns are participants.
///
/// `labels` is a table with the label of each file, where there is one: `file`, `label`, and `participant_id`, `stimulus` and `session`
/// if it has them. Unit and rate are those of the first file, the sign that of all. Nothing is overwritten.
///
/// # Errors
/// [`Fault::MISSING_FOLDER`], [`Fault::ALREADY_DESCRIBED`], [`Fault::NOTHING_TO_DESCRIBE`], [`Fault::UNWRITABLE`], and
/// problems of the files that are looked at.
pub fn write(folder: impl AsRef<Path>, labels: Option<&Path>) -> Result<Begun> {
    let folder = folder.as_ref();
    if !folder.is_dir() {
        let found = if folder.exists() { "a file" } else { "nothing" };
        return Err(Error::new(
            Fault::NOTHING_TO_DESCRIBE,
            Place::file(folder),
            "a folder of recordings",
            found,
        ));
    }
    let described = [TABLES[0], TABLES[1], SETTINGS].map(|name| folder.join(name)).into_iter();
    let described = described.filter(|path| path.exists()).map(|path| {
        Problem::new(Fault::ALREADY_DESCRIBED, Place::file(path), "a folder without it", "such a file")
    });
    Error::unless_none(described.collect())?;
    let is_list = |file: &PathBuf| {
        let path = folder.join(file).canonicalize().ok();
        path.is_some() && path == labels.and_then(|list| list.canonicalize().ok())
    };
    let mut files = listing::recordings(folder)?;
    files.retain(|file| !is_list(file));
    let mut proposals =
        if bids::is_bids(folder) { bids::propose(folder, &files)? } else { plain::propose(folder, &files) };
    if let Some(list) = labels {
        labels::fill(&mut proposals, list)?;
    }
    let text = proposal::table(&proposals)?;
    let settings = proposal::settings(folder, &proposals);
    let (table, of_study) = (folder.join(TABLES[0]), folder.join(SETTINGS));
    write_atomically(&table, text.as_bytes())?;
    write_atomically(&of_study, settings.as_bytes())?;
    let unfilled = [&text, &settings].iter().map(|text| proposal::unfilled(text)).sum();
    Ok(Begun {
        table,
        settings: of_study,
        recordings: proposals.len(),
        unfilled,
        same_name: same_name(&files),
    })
}

/// Files that have one name but for its extension, in order.
fn same_name(files: &[PathBuf]) -> Vec<PathBuf> {
    let mut named: BTreeMap<PathBuf, Vec<&PathBuf>> = BTreeMap::new();
    for file in files {
        named.entry(file.with_extension("")).or_default().push(file);
    }
    named.into_values().filter(|files| files.len() > 1).flatten().cloned().collect()
}

impl fmt::Display for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, settings, recordings, unfilled, same_name } = self;
        writeln!(f, "{}: {recordings} recordings", table.display())?;
        writeln!(f, "{}: name, unit, rate, labels", settings.display())?;
        if !same_name.is_empty() {
            let files: Vec<String> = same_name.iter().map(|file| file.display().to_string()).collect();
            let files = files.join(", ");
            writeln!(
                f,
                "one name, several extensions: {files}; if they are one recording twice, keep one line of them"
            )?;
        }
        match unfilled {
            0 => write!(f, "look at both, then run eegenre data check"),
            1 => f.write_str("fill in 1 question mark, then run eegenre data check"),
            _ => write!(f, "fill in {unfilled} question marks, then run eegenre data check"),
        }
    }
}

#[cfg(test)]
mod tests;
