//! Small tables.

use std::fs;

use super::predictions::Predictions;
use super::table;

/// A table that is sound.
pub(super) fn table(text: &str) -> Predictions {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("predictions.csv");
    fs::write(&path, text).unwrap();
    table::read(&path).unwrap_or_else(|error| panic!("{error}"))
}

/// The text of a table of participants, labels and predicted labels, each participant a fold.
pub(super) fn rows(answers: &[(usize, usize, usize)]) -> String {
    let row = |(at, (participant, label, predicted)): (usize, &(usize, usize, usize))| {
        format!("r{at},p{participant},{label},{predicted},{participant}\n")
    };
    let rows: String = answers.iter().enumerate().map(row).collect();
    format!("recording,participant_id,label,predicted,fold\n{rows}")
}
