//! `recordings.tsv` or `recordings.csv`: one line for each recording.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord};

use super::entry::Entry;
use super::line::Line;
use crate::error::{Error, Fault, Place, Result};
use crate::recordings::MOST_LABELS;
use crate::recordings::formats::{Lines, delimiter, read_text};
use crate::recordings::workbook::Problems;

/// Names of the table. A folder has one of them.
pub const TABLES: [&str; 2] = ["recordings.tsv", "recordings.csv"];
/// How many labels a study may have.
pub const LABELS: RangeInclusive<usize> = 2..=MOST_LABELS;
/// The most recordings of a study.
pub const MAX_ENTRIES: usize = 100_000;

const REQUIRED: [&str; 4] = ["file", "participant_id", "stimulus", "label"];
const OPTIONAL: [&str; 6] = ["column", "channels", "start_seconds", "stop_seconds", "order", "session"];

/// Reads the table of a folder. Gives its path too.
///
/// # Errors
/// All problems of the table, up to [`MAX_PROBLEMS`](crate::recordings::MAX_PROBLEMS), each with its line and column.
pub(super) fn read(folder: &Path) -> Result<(PathBuf, Vec<Entry>)> {
    let path = the_table(folder)?;
    let text = read_text(&path)?;
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(&path, &text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut reading = Reading { folder, headings: Vec::new(), problems: Problems::new(Place::file(&path)) };
    let mut entries = Vec::new();
    let mut lines = Lines::of(&text);
    for (index, line) in reader.records().enumerate() {
        let line = line.map_err(|cause| {
            Error::new(Fault::UNREADABLE_FILE, Place::file(&path), "a table", cause.to_string())
        })?;
        if index == 0 {
            reading.headings(&line);
        } else if index > MAX_ENTRIES {
            reading.problems.report(
                Fault::SHEET_TOO_LARGE,
                format!("at most {MAX_ENTRIES} recordings"),
                "more",
            );
            break;
        } else {
            entries.extend(reading.entry(lines.line_of(&line), &line));
        }
    }
    if reading.headings.is_empty() {
        reading.problems.report(Fault::MISSING_COLUMN, REQUIRED.join(", "), "an empty table");
    }
    reading.whole(&entries);
    reading.problems.into_result()?;
    Ok((path, entries))
}

fn the_table(folder: &Path) -> Result<PathBuf> {
    let paths: Vec<PathBuf> =
        TABLES.iter().map(|name| folder.join(name)).filter(|path| path.is_file()).collect();
    match paths.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(Error::new(
            Fault::NO_DESCRIPTION,
            Place::file(folder),
            "recordings.tsv or recordings.csv",
            "neither",
        )),
        _ => Err(Error::new(
            Fault::TWO_TABLES,
            Place::file(folder),
            "recordings.tsv or recordings.csv",
            "both",
        )),
    }
}

struct Reading<'a> {
    folder: &'a Path,
    /// Names of the columns, once the first line is read.
    headings: Vec<String>,
    problems: Problems,
}

impl Reading<'_> {
    fn headings(&mut self, line: &StringRecord) {
        self.headings = line.iter().map(|heading| heading.trim().to_owned()).collect();
        let mut seen = BTreeSet::new();
        for heading in &self.headings {
            if !REQUIRED.iter().chain(&OPTIONAL).any(|known| known == heading) {
                let expected = format!("{}, {}", REQUIRED.join(", "), OPTIONAL.join(", "));
                self.problems.report_line(
                    Fault::UNKNOWN_COLUMN,
                    (1, heading),
                    expected,
                    format!("{heading:?}"),
                );
            } else if !seen.insert(heading) {
                self.problems.report_line(
                    Fault::DUPLICATE_COLUMN,
                    (1, heading),
                    "each column once",
                    "it twice",
                );
            }
        }
        for missing in REQUIRED.iter().filter(|name| !self.headings.iter().any(|heading| heading == *name)) {
            self.problems.report_line(
                Fault::MISSING_COLUMN,
                (1, missing),
                "this column",
                "none of this name",
            );
        }
    }

    /// The recording of a line, or nothing if something is wrong with it, which is reported.
    fn entry(&mut self, number: u64, line: &StringRecord) -> Option<Entry> {
        if line.len() > self.headings.len() {
            let expected = format!("{} cells, as there are columns", self.headings.len());
            self.problems.report_line(Fault::EXTRA_CELL, (number, "last"), expected, line.len().to_string());
            return None;
        }
        // Cells that are missing at the end of a line are empty.
        let texts = line.iter().map(str::trim).chain(std::iter::repeat(""));
        let cells = self.headings.iter().map(String::as_str).zip(texts).collect();
        Line::new(number, cells, &mut self.problems).entry(self.folder)
    }

    /// Checks what can only be seen once all lines are there.
    fn whole(&mut self, entries: &[Entry]) {
        if REQUIRED.iter().any(|name| !self.headings.iter().any(|heading| heading == name)) {
            return;
        }
        let mut lines = BTreeMap::new();
        for entry in entries {
            if let Some(earlier) = lines.insert(entry.key(), entry.line) {
                let expected = "another participant, stimulus, session or order in each line";
                let found = format!("those of line {earlier}");
                self.problems.report_line(
                    Fault::DUPLICATE_ROW,
                    (entry.line, "participant_id"),
                    expected,
                    found,
                );
            }
        }
        let labels: BTreeSet<&str> = entries.iter().map(|entry| entry.label.as_str()).collect();
        if self.problems.is_empty() && !LABELS.contains(&labels.len()) {
            let expected = format!("{} to {} different labels", LABELS.start(), LABELS.end());
            self.problems.report_field(Fault::LABEL_COUNT, "label", expected, labels.len().to_string());
        }
    }
}
