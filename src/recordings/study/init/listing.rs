//! The files of a folder that could be recordings.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Fault, Place, Result};
use crate::recordings::formats::Format;

/// How many folders deep files are looked for; BIDS needs four.
const MAX_DEPTH: usize = 6;
/// The most files that are listed.
const MAX_FILES: usize = 100_000;
/// Folders of BIDS that hold no original recordings.
const SKIPPED: [&str; 4] = ["derivatives", "sourcedata", "code", "stimuli"];
/// Ends of names of BIDS files that describe recordings.
const DESCRIBING: [&str; 5] =
    ["_events.tsv", "_channels.tsv", "_electrodes.tsv", "_scans.tsv", "_sessions.tsv"];

/// Files of the formats that are read, relative to the folder and sorted. Hidden ones and those that describe others are
/// left out.
///
/// # Errors
/// [`Fault::NOTHING_TO_DESCRIBE`] if there is none, [`Fault::UNREADABLE_FILE`] for a folder that cannot be listed.
pub(super) fn recordings(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    list(folder, Path::new(""), 0, &mut files)?;
    files.sort();
    if files.is_empty() {
        let expected = "at least one .edf, .bdf, .csv, .tsv or .xlsx file, or .parquet in a build with --features parquet";
        return Err(Error::new(Fault::NOTHING_TO_DESCRIBE, Place::file(folder), expected, "none"));
    }
    Ok(files)
}

fn list(folder: &Path, below: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<()> {
    let here = folder.join(below);
    let unreadable = |cause: std::io::Error| {
        let expected = "a folder that can be listed";
        Error::new(Fault::UNREADABLE_FILE, Place::file(&here), expected, cause.to_string())
    };
    for entry in fs::read_dir(&here).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        // A table is text, so a name that is not Unicode cannot stand in it.
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with(['.', '~']) || files.len() >= MAX_FILES {
            continue;
        }
        let (path, relative) = (entry.path(), below.join(&name));
        // A folder that is a link is left alone, as it may lead back here.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && depth < MAX_DEPTH && !SKIPPED.contains(&name.as_str()) {
            list(folder, &relative, depth + 1, files)?;
        } else if path.is_file() && is_recording(&relative, &name) {
            files.push(relative);
        }
    }
    Ok(())
}

fn is_recording(relative: &Path, name: &str) -> bool {
    let describes = DESCRIBING.iter().any(|end| name.ends_with(end)) || name == "participants.tsv";
    Format::of(relative).is_ok() && !describes
}
