//! One line of the table, cell by cell.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::entry::Entry;
use super::names::{self, Flaw};
use crate::error::Fault;
use crate::recordings::workbook::Problems;

/// The cells of a line by their column, and whether all that were looked at are sound. What is wrong is reported.
pub(super) struct Line<'a> {
    number: u64,
    cells: BTreeMap<&'a str, &'a str>,
    problems: &'a mut Problems,
    sound: bool,
}

impl<'a> Line<'a> {
    /// A line of a number, from 1, with its cells without spaces around them.
    pub(super) const fn new(
        number: u64,
        cells: BTreeMap<&'a str, &'a str>,
        problems: &'a mut Problems,
    ) -> Self {
        Self { number, cells, problems, sound: true }
    }

    /// The recording of the line, or nothing if something is wrong with it.
    pub(super) fn entry(mut self, folder: &Path) -> Option<Entry> {
        let file = self.file(folder);
        let [participant_id, stimulus, label] =
            ["participant_id", "stimulus", "label"].map(|column| self.name(column));
        let [start_seconds, stop_seconds] = self.part();
        let (channels, is_column) = self.channels();
        let entry = Entry {
            line: self.number,
            file,
            participant_id,
            stimulus,
            label,
            channels,
            is_column,
            start_seconds,
            stop_seconds,
            order: self.number("order", "a whole number, as 3"),
            session: self.optional("session").map(|_| self.name("session")),
        };
        self.sound.then_some(entry)
    }

    fn refuse(&mut self, fault: Fault, column: &str, expected: &str, found: &str) {
        self.sound = false;
        self.problems.report_line(fault, (self.number, column), expected, found);
    }

    /// A cell, unless it is empty. BIDS writes n/a for what is not there.
    fn optional(&self, column: &str) -> Option<&'a str> {
        self.cells.get(column).copied().filter(|text| !["", "n/a"].contains(text))
    }

    /// A name. A missing column is one problem of the table, and not one in each line.
    fn name(&mut self, column: &str) -> String {
        let Some(name) = self.cells.get(column).copied() else { return String::new() };
        if let Err((fault, expected)) = names::check(name) {
            self.refuse(fault, column, expected, &format!("{name:?}"));
        }
        name.to_owned()
    }

    fn number<T: std::str::FromStr>(&mut self, column: &str, expected: &str) -> Option<T> {
        let text = self.optional(column)?;
        let number = text.parse().ok();
        if number.is_none() {
            self.refuse(Fault::BAD_TIME, column, expected, text);
        }
        number
    }

    /// Start and stop in seconds.
    fn part(&mut self) -> [Option<f64>; 2] {
        let part = ["start_seconds", "stop_seconds"].map(|column| {
            let expected = "seconds from the first sample, as 12.5";
            let seconds = self.number::<f64>(column, expected)?;
            if !(seconds.is_finite() && seconds >= 0.0) {
                self.refuse(Fault::BAD_TIME, column, expected, &seconds.to_string());
            }
            Some(seconds)
        });
        if let [Some(start), Some(stop)] = part
            && start >= stop
        {
            let expected = format!("more than start_seconds, {start}");
            self.refuse(Fault::BAD_TIME, "stop_seconds", &expected, &stop.to_string());
        }
        part
    }

    /// Names of channels, and whether `column` names the only one.
    fn channels(&mut self) -> (Vec<String>, bool) {
        let (column, channels) = (self.optional("column"), self.optional("channels"));
        let Some(text) = channels else {
            return (column.map(str::to_owned).into_iter().collect(), column.is_some());
        };
        if column.is_some() {
            self.refuse(Fault::CHANNELS_TWICE, "channels", "an empty cell, as column names one", text);
        }
        let names: Vec<String> = text.split([',', ';']).map(|name| name.trim().to_owned()).collect();
        let different: BTreeSet<&String> = names.iter().collect();
        if different.len() < names.len() || names.iter().any(String::is_empty) {
            self.refuse(Fault::CHANNELS_TWICE, "channels", "different names with commas between them", text);
        }
        (names, false)
    }

    fn file(&mut self, folder: &Path) -> PathBuf {
        let Some(name) = self.cells.get("file").copied() else { return PathBuf::new() };
        if let Err((fault, expected)) = check_file(folder, name) {
            self.refuse(fault, "file", expected, &format!("{name:?}"));
        }
        name.into()
    }
}

/// Whether a file is there and below the folder, also where links lead.
fn check_file(folder: &Path, name: &str) -> Result<(), Flaw> {
    let path = Path::new(name);
    if name.is_empty() {
        return Err((Fault::EMPTY_FIELD, "a file"));
    }
    let is_below = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !is_below {
        return Err((Fault::OUTSIDE_FOLDER, "a file in the folder of the table or below"));
    }
    let path = folder.join(path);
    if !path.is_file() {
        return Err((Fault::MISSING_FILE, "a file that is there"));
    }
    match (folder.canonicalize(), path.canonicalize()) {
        (Ok(folder), Ok(path)) if path.starts_with(&folder) => Ok(()),
        _ => Err((Fault::OUTSIDE_FOLDER, "a file, or a link to one, in the folder of the table or below")),
    }
}
