//! What is known of a recording by looking, and both files as text.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::recordings::formats::{self, Signals};
use crate::recordings::study::{UNFILLED, names};

/// A line of the table. What is not known is [`UNFILLED`].
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Proposal {
    pub(super) file: PathBuf,
    pub(super) participant_id: String,
    pub(super) stimulus: String,
    pub(super) label: String,
    pub(super) column: String,
    /// Start and stop in seconds, if it is a part of its file.
    pub(super) part: Option<[f64; 2]>,
    pub(super) order: Option<u32>,
    pub(super) session: String,
}

impl Proposal {
    /// A whole file of which nothing else is known.
    pub(super) fn of(file: &Path) -> Self {
        Self {
            file: file.to_owned(),
            participant_id: UNFILLED.into(),
            stimulus: UNFILLED.into(),
            label: UNFILLED.into(),
            column: String::new(),
            part: None,
            order: None,
            session: String::new(),
        }
    }

    fn cells(&self) -> [String; 9] {
        let [start, stop] =
            self.part.map_or([String::new(), String::new()], |part| part.map(|one| one.to_string()));
        [
            // Windows separates folders otherwise; a table should be read everywhere.
            self.file.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"),
            self.participant_id.clone(),
            self.stimulus.clone(),
            self.label.clone(),
            self.column.clone(),
            start,
            stop,
            self.order.map(|order| order.to_string()).unwrap_or_default(),
            self.session.clone(),
        ]
    }
}

const HEADINGS: [&str; 9] = [
    "file",
    "participant_id",
    "stimulus",
    "label",
    "column",
    "start_seconds",
    "stop_seconds",
    "order",
    "session",
];
/// Columns that every table has; others are left out if all their cells are empty.
const REQUIRED: usize = 4;

/// The table, with tabs between cells.
pub(super) fn table(proposals: &[Proposal]) -> Result<String> {
    let rows: Vec<[String; 9]> = proposals.iter().map(Proposal::cells).collect();
    let kept: Vec<usize> = (0..HEADINGS.len())
        .filter(|column| *column < REQUIRED || rows.iter().any(|row| !row[*column].is_empty()))
        .collect();
    let heading = kept.iter().map(|column| HEADINGS[*column]);
    let lines = rows.iter().map(|row| kept.iter().map(|column| row[*column].as_str()));
    crate::report::separated(b'\t', heading, lines)
}

/// The settings. Unit and rate are those of the first file. Voltages may be negative, and so may samples of which any file has a
/// negative one. What is wrong with a file is for the check to say: its rule may be kept by a line of the table that names
/// channels.
pub(super) fn settings(folder: &Path, proposals: &[Proposal]) -> String {
    let first = proposals.first().map_or_else(Signals::default, |first| {
        let wanted = Some(first.column.clone()).filter(|column| !column.is_empty());
        formats::read(folder.join(&first.file), wanted.as_slice()).unwrap_or_default()
    });
    let name =
        folder.canonicalize().ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    let name = quoted(&names::made_of(&name.unwrap_or_default()));
    let unit = quoted(&unit_of(&first).unwrap_or_else(|| UNFILLED.to_owned()));
    let rate = match first.rate_hz {
        Some(rate_hz) => format!("rate_hz = {rate_hz:?}"),
        None => "# rate_hz = 256.0".to_owned(),
    };
    let is_voltage = unit_of(&first).is_some_and(|unit| formats::factor(&unit, "V").is_some());
    let may_be_negative = is_voltage || has_negative(folder, proposals);
    format!(
        "# What holds for all recordings of recordings.tsv. Seen in its first file: unit and rate; in all: sign.\n\
         name = {name}\n\
         # The unit of the samples, as µV. Files in other units of voltage are converted.\n\
         unit = {unit}\n\
         # Samples per second. Files may differ from it by 1 %; files without a time column have it.\n\
         {rate}\n\
         # What a label is called, as genre.\n\
         label_name = \"label\"\n\
         # Voltages have both signs, power has not. The log scale takes no negative samples.\n\
         may_be_negative = {may_be_negative}\n"
    )
}

/// Whether any file has a sample below 0 in a column of the table. Files are read until one has.
fn has_negative(folder: &Path, proposals: &[Proposal]) -> bool {
    let mut columns: BTreeMap<&Path, Vec<String>> = BTreeMap::new();
    for proposal in proposals {
        columns
            .entry(&proposal.file)
            .or_default()
            .extend(Some(&proposal.column).filter(|one| !one.is_empty()).cloned());
    }
    columns.into_iter().any(|(file, wanted)| {
        let signals = formats::read(folder.join(file), &wanted).unwrap_or_default();
        signals.samples.iter().flatten().any(|sample| *sample < 0.0)
    })
}

/// The unit of the first channel that names one.
fn unit_of(signals: &Signals) -> Option<String> {
    signals.channels.iter().find_map(|channel| channel.unit.clone())
}

/// A basic string of TOML. Names hold no control characters.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Cells and values that are a question mark.
pub(super) fn unfilled(text: &str) -> usize {
    text.split(['\t', '\n', ' ']).filter(|part| part.trim_matches('"') == UNFILLED).count()
}
