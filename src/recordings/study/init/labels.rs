//! A list of labels that stands beside the recordings.

use std::collections::BTreeMap;
use std::path::Path;

use super::lines::lines;
use super::proposal::Proposal;
use crate::error::{Error, Fault, Place, Result};
use crate::recordings::study::{UNFILLED, names};

/// Fills proposals with what a list says of their files: `file` and `label`, and `participant_id`, `stimulus` and `session` where
/// it has them. A file is named by its path from the folder, by its name, or by its name without the extension.
///
/// A recording that a list labels and of which nothing names a stimulus has its label as stimulus, as events of BIDS have.
///
/// # Errors
/// [`Fault::MISSING_COLUMN`] without `file` or `label`; [`Fault::NOTHING_TO_DESCRIBE`] if it names no file of the folder; those of
/// tables.
pub(super) fn fill(proposals: &mut [Proposal], list: &Path) -> Result<()> {
    let lines = lines(list)?;
    for column in ["file", "label"] {
        if lines.iter().any(|line| !line.contains_key(column)) {
            let place = Place::file(list).of_field(column);
            return Err(Error::new(Fault::MISSING_COLUMN, place, "this column", "none of this name"));
        }
    }
    let by_file: BTreeMap<&str, &BTreeMap<String, String>> =
        lines.iter().map(|line| (line["file"].as_str(), line)).collect();
    let mut filled = 0;
    for proposal in proposals {
        let path = proposal.file.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
        let [name, stem] = [proposal.file.file_name(), proposal.file.file_stem()]
            .map(|name| name.unwrap_or_default().to_string_lossy().into_owned());
        let Some(line) = [path, name, stem].iter().find_map(|name| by_file.get(name.as_str())) else {
            continue;
        };
        filled += 1;
        let cells = [
            ("label", &mut proposal.label),
            ("participant_id", &mut proposal.participant_id),
            ("stimulus", &mut proposal.stimulus),
            ("session", &mut proposal.session),
        ];
        for (column, cell) in cells {
            if let Some(text) = line.get(column).filter(|text| !["", "n/a"].contains(&text.as_str())) {
                *cell = names::made_of(text);
            }
        }
        if proposal.stimulus == UNFILLED {
            proposal.stimulus.clone_from(&proposal.label);
        }
    }
    if filled == 0 {
        let found = format!("{} lines of other files", lines.len());
        let expected = "labels of files of the folder";
        return Err(Error::new(Fault::NOTHING_TO_DESCRIBE, Place::file(list), expected, found));
    }
    Ok(())
}
