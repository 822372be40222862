//! A study in numbers: what `eegenre data check` prints.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use super::{Entry, Study, files};
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::recordings::formats::Signals;

/// A study in numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// The name of the study.
    pub name: String,
    /// Number of files.
    pub files: usize,
    /// Number of recordings.
    pub recordings: usize,
    /// Number of participants.
    pub participants: usize,
    /// Number of stimuli.
    pub stimuli: usize,
    /// What a label is called.
    pub label_name: String,
    /// Number of recordings of each label.
    pub labels: BTreeMap<String, usize>,
    /// Names of the channels of every recording. Nothing if each recording is a column.
    pub channels: Vec<String>,
    /// The unit of the samples.
    pub unit: String,
    /// The lowest rate of a file and the highest, as measured or stated, in hertz.
    pub rates_hz: [f64; 2],
    /// Seconds of the shortest recording and of the longest.
    pub seconds: [f64; 2],
    /// Seconds of all recordings together.
    pub total_seconds: f64,
}

/// A recording without its samples.
struct Outline {
    line: u64,
    channels: Vec<String>,
    rate_hz: f64,
    seconds: f64,
}

impl Outline {
    fn of(entry: &Entry, signals: &Signals) -> Self {
        let rate_hz = signals.rate_hz.unwrap_or(f64::NAN);
        let names = signals.channels.iter().map(|channel| channel.name.clone());
        let channels = if entry.is_column { Vec::new() } else { names.collect() };
        Self { line: entry.line, channels, rate_hz, seconds: signals.longest() as f64 / rate_hz }
    }
}

/// Reads all recordings of a study and sums them up.
pub(super) fn of(study: &Study) -> Result<Summary> {
    let outlines = files::each(study, |entry, signals| Outline::of(entry, &signals))?;
    Error::unless_none(differing(study, &outlines))?;
    let entries = study.entries();
    let count = |name: fn(&Entry) -> &str| entries.iter().map(name).collect::<BTreeSet<&str>>().len();
    let mut labels = BTreeMap::new();
    for entry in entries {
        *labels.entry(entry.label.clone()).or_insert(0) += 1;
    }
    let range = |value: fn(&Outline) -> f64| {
        let values = || outlines.iter().map(value);
        [values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max)]
    };
    Ok(Summary {
        name: study.settings.name.clone(),
        files: entries.iter().map(|entry| &entry.file).collect::<BTreeSet<&PathBuf>>().len(),
        recordings: entries.len(),
        participants: count(|entry| &entry.participant_id),
        stimuli: count(|entry| &entry.stimulus),
        label_name: study.settings.label_name.clone(),
        labels,
        channels: outlines.first().map_or_else(Vec::new, |first| first.channels.clone()),
        unit: study.settings.unit.clone(),
        rates_hz: range(|outline| outline.rate_hz),
        seconds: range(|outline| outline.seconds),
        total_seconds: outlines.iter().map(|outline| outline.seconds).sum(),
    })
}

/// Recordings whose channels or rate differ from those of the first one.
fn differing(study: &Study, outlines: &[Outline]) -> Vec<Problem> {
    let Some((first, others)) = outlines.split_first() else { return Vec::new() };
    let mut problems = Vec::new();
    for other in others {
        let mut report = |fault, column: &str, expected: String, found: String| {
            let place = Place::file(&study.table).line(other.line).of_field(column);
            problems.push(Problem::new(fault, place, expected, found));
        };
        if other.channels != first.channels {
            let expected = format!("{}, as in line {}", named(&first.channels), first.line);
            report(Fault::MIXED_CHANNELS, "channels", expected, named(&other.channels));
        }
        if (other.rate_hz / first.rate_hz - 1.0).abs() > files::RATE_TOLERANCE {
            let expected = format!("about {} Hz, as in line {}", first.rate_hz, first.line);
            report(Fault::MIXED_RATES, "file", expected, format!("{} Hz", other.rate_hz));
        }
    }
    problems
}

fn named(channels: &[String]) -> String {
    if channels.is_empty() { "a column".to_owned() } else { channels.join(", ") }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, files, recordings, participants, stimuli, label_name, unit, .. } = self;
        let range = |[low, high]: [f64; 2]| match low == high {
            true => format!("{low}"),
            false => format!("{low} to {high}"),
        };
        let hundredths = |seconds: f64| (seconds * 100.0).round() / 100.0;
        let labels: Vec<String> =
            self.labels.iter().map(|(label, count)| format!("{label} ({count})")).collect();
        writeln!(f, "{name}: {recordings} recordings in {files} files")?;
        writeln!(f, "participants {participants}, stimuli {stimuli}")?;
        writeln!(f, "{label_name}: {}", labels.join(", "))?;
        match self.channels.as_slice() {
            [] => writeln!(f, "one column a recording, in {unit}")?,
            [one] => writeln!(f, "channel {one}, in {unit}")?,
            channels => writeln!(f, "{} channels: {}, in {unit}", channels.len(), channels.join(", "))?,
        }
        writeln!(f, "rate {} Hz", range(self.rates_hz))?;
        let total = hundredths(self.total_seconds);
        write!(f, "length {} s, together {total} s", range(self.seconds.map(hundredths)))
    }
}
