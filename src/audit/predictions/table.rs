//! Reading a table of predictions.
//!
//! Every mistake is one problem with its file, cell and column, up to [`MAX_PROBLEMS`](crate::recordings::MAX_PROBLEMS).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use super::columns::{Column, Heading};
use super::predictions::{Part, Predictions, Row};
use crate::error::{Error, Fault, Place, Result};
use crate::recordings::formats::{Lines, delimiter};
use crate::recordings::workbook::Problems;
use crate::store::Digest;

/// The largest table that is read, in bytes.
pub const MAX_TABLE_BYTES: u64 = 256 << 20;

/// What rounding may take from a sum of probabilities, or add to it.
const ROUNDING: f64 = 0.02;

/// Reads a table of comma-, semicolon- or tab-separated values in UTF-8.
///
/// # Errors
/// All problems of the file; [`Fault::UNREADABLE_FILE`].
pub(super) fn read(path: &Path) -> Result<Predictions> {
    let unreadable = |cause: String| {
        Error::new(
            Fault::UNREADABLE_FILE,
            Place::file(path),
            "a table of comma-, semicolon- or tab-separated values",
            cause,
        )
    };
    let mut bytes = Vec::new();
    let opened = File::open(path).map_err(|cause| unreadable(cause.to_string()))?;
    opened
        .take(MAX_TABLE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|cause| unreadable(cause.to_string()))?;
    if bytes.len() as u64 > MAX_TABLE_BYTES {
        return Err(unreadable(format!("more than {} MiB", MAX_TABLE_BYTES >> 20)));
    }
    let digest = Digest::of_bytes(&bytes).to_string();
    let text = String::from_utf8(bytes).map_err(|cause| {
        unreadable(format!("bytes that are not UTF-8, at byte {}", cause.utf8_error().valid_up_to()))
    })?;
    let text = text.trim_start_matches('\u{feff}');
    let separator = delimiter(path, text);
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut problems = Problems::new(Place::file(path));
    let mut places = Lines::of(text);
    // Each row with its line, counted from 0.
    let mut lines = reader.records().map(|line| {
        let line = line.map_err(|cause| unreadable(cause.to_string()))?;
        Ok::<_, Error>((u32::try_from(places.line_of(&line) - 1).unwrap_or(u32::MAX - 1), line))
    });
    let (number, heading) = lines.next().transpose()?.unwrap_or_default();
    let heading = Heading::read(&heading, number, &mut problems);
    // Without its columns a table says nothing.
    problems.into_result()?;
    let mut reading = Reading {
        heading,
        problems: Problems::new(Place::file(path)),
        decimal_comma: separator != b',',
        recordings: BTreeMap::new(),
        rows: BTreeMap::new(),
        less_probable: 0,
    };
    let mut rows = Vec::new();
    for line in lines {
        let (number, line) = line?;
        rows.extend(reading.row(number, &line));
    }
    reading.problems.into_result()?;
    let Heading { not_read, .. } = reading.heading;
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let read = Predictions::of(
        rows,
        super::predictions::Source { name, digest, not_read, less_probable: reading.less_probable },
    );
    read.map_err(|error| error.placed(|_| Place::file(path)))
}

/// What a recording is, and the line that says so first.
type Known = (u32, [String; 4]);

/// A table that is being read.
struct Reading {
    heading: Heading,
    problems: Problems,
    /// Whether a comma may stand in a number.
    decimal_comma: bool,
    recordings: BTreeMap<String, Known>,
    /// The line of each recording in a model, seed and fold.
    rows: BTreeMap<[String; 4], u32>,
    /// Rows whose prediction is not the most probable label.
    less_probable: usize,
}

impl Reading {
    fn row(&mut self, number: u32, line: &StringRecord) -> Option<Row> {
        if line.len() != self.heading.columns {
            let expected = format!("{} cells, as in the heading", self.heading.columns);
            let place = (number, line.len() as u32);
            self.problems.report_cell(Fault::RAGGED_ROW, place, expected, line.len().to_string());
            return None;
        }
        let part = self.part(number, line)?;
        let [recording, participant, label] = [Column::Recording, Column::Participant, Column::Label]
            .map(|column| self.text(number, line, column));
        let optional = [Column::Stimulus, Column::Length, Column::Fold, Column::Seed, Column::Model];
        let [stimulus, length, fold, seed, model] = optional.map(|column| {
            if self.heading.has(column) { self.text(number, line, column) } else { Some(String::new()) }
        });
        let measured = match length.as_deref() {
            None | Some("") => Some(None),
            Some(text) => self.length(number, text).map(Some),
        };
        let predicted = self.predicted(number, line, part);
        let (recording, participant, label) = (recording?, participant?, label?);
        let (stimulus, length, predicted) = (stimulus?, length?, predicted?);
        let (fold, seed, model) = (fold?, seed?, model?);
        let own = [participant.clone(), stimulus.clone(), label.clone(), length];
        self.check_known(number, &recording, own);
        let key = [model.clone(), seed.clone(), fold.clone(), recording.clone()];
        if let Some(first) = self.rows.insert(key, number) {
            let found = format!("{recording:?} again, as in line {}", first + 1);
            let expected = "a recording once in each model, seed and fold";
            self.report(Fault::REPEATED_PREDICTION, number, Column::Recording, expected, found);
        }
        let stimulus = self.heading.has(Column::Stimulus).then_some(stimulus);
        Some(Row {
            recording,
            participant,
            stimulus,
            label,
            length: measured?,
            predicted,
            part,
            fold,
            seed,
            model,
        })
    }

    /// What a cell says, on one line; empty without its column.
    fn cell(&self, line: &StringRecord, column: Column) -> String {
        let text = self.heading.place(column).map_or("", |place| line[place].trim());
        text.replace(char::is_control, " ")
    }

    fn text(&mut self, number: u32, line: &StringRecord, column: Column) -> Option<String> {
        let text = self.cell(line, column);
        if text.is_empty() {
            self.report(Fault::BLANK_CELL, number, column, "a value", "a blank cell");
        }
        (!text.is_empty()).then_some(text)
    }

    /// A length, in any unit.
    fn length(&mut self, number: u32, text: &str) -> Option<f64> {
        let length = parsed(text, self.decimal_comma).filter(|length| *length >= 0.0);
        if length.is_none() {
            let expected = "a finite number that is not negative";
            self.report(Fault::TEXT_CELL, number, Column::Length, expected, format!("{text:?}"));
        }
        length
    }

    fn part(&mut self, number: u32, line: &StringRecord) -> Option<Option<Part>> {
        if !self.heading.has(Column::Part) {
            return Some(None);
        }
        let text = self.text(number, line, Column::Part)?;
        let part = Part::named(&text);
        if part.is_none() {
            self.report(
                Fault::UNKNOWN_PART,
                number,
                Column::Part,
                "train, validation or test",
                format!("{text:?}"),
            );
        }
        part.map(Some)
    }

    /// The predicted label, which a row that is not tested need not have; nothing if the row has a problem.
    fn predicted(&mut self, number: u32, line: &StringRecord, part: Option<Part>) -> Option<Option<String>> {
        let told = Some(self.cell(line, Column::Predicted)).filter(|told| !told.is_empty());
        let probable = self.most_probable(number, line)?;
        if let (Some(told), Some(probable)) = (&told, &probable) {
            self.less_probable += usize::from(!probable.contains(told));
        }
        let predicted = told.or_else(|| probable.and_then(|probable| probable.into_iter().next()));
        let is_tested = part.is_none_or(|part| part == Part::Test);
        if is_tested && predicted.is_none() {
            let column = if self.heading.has(Column::Predicted) { Column::Predicted } else { Column::Label };
            self.report(Fault::BLANK_CELL, number, column, "a predicted label, or probabilities", "neither");
            return None;
        }
        Some(predicted)
    }

    /// The labels with the highest probability; `Some(None)` without probabilities, nothing if one is wrong.
    fn most_probable(&mut self, number: u32, line: &StringRecord) -> Option<Option<Vec<String>>> {
        let cells: Vec<(u32, &str, &str)> = self
            .heading
            .probabilities
            .iter()
            .map(|(place, label)| (*place as u32, label.as_str(), line[*place].trim()))
            .collect();
        if cells.iter().all(|(.., text)| text.is_empty()) {
            return Some(None);
        }
        let values: Vec<Option<f64>> = cells
            .iter()
            .map(|(.., text)| parsed(text, self.decimal_comma).filter(|value| (0.0..=1.0).contains(value)))
            .collect();
        for ((place, label, text), _) in cells.iter().zip(&values).filter(|(_, value)| value.is_none()) {
            let name = format!("probability_{label}");
            let place = (number, *place, name.as_str());
            self.problems.report_column(
                Fault::BAD_PROBABILITY,
                place,
                "a number from 0 to 1",
                format!("{text:?}"),
            );
        }
        let values: Vec<f64> = values.into_iter().collect::<Option<_>>()?;
        let sum: f64 = values.iter().sum();
        if (sum - 1.0).abs() > ROUNDING {
            let place = (number, cells[0].0, "probability_…");
            self.problems.report_column(
                Fault::BAD_PROBABILITY,
                place,
                "probabilities that add up to 1",
                format!("{sum:.3}"),
            );
            return None;
        }
        let highest = values.iter().copied().fold(0.0, f64::max);
        let best = cells.iter().zip(&values).filter(|(_, value)| **value == highest);
        Some(Some(best.map(|((_, label, _), _)| (*label).to_owned()).collect()))
    }

    /// Reports what another row has said of a recording in another way.
    fn check_known(&mut self, number: u32, recording: &str, own: [String; 4]) {
        let columns = [Column::Participant, Column::Stimulus, Column::Label, Column::Length];
        let Some((first, known)) = self.recordings.get(recording).cloned() else {
            self.recordings.insert(recording.to_owned(), (number, own));
            return;
        };
        for ((column, own), known) in
            columns.into_iter().zip(&own).zip(&known).filter(|((_, own), known)| own != known)
        {
            let expected = format!("{known:?}, as {recording:?} has in line {}", first + 1);
            self.report(Fault::INCONSISTENT_ROW, number, column, &expected, format!("{own:?}"));
        }
    }

    fn report(
        &mut self,
        fault: Fault,
        number: u32,
        column: Column,
        expected: &str,
        found: impl Into<String>,
    ) {
        let place = self.heading.place(column).unwrap_or(0) as u32;
        self.problems.report_column(fault, (number, place, column.name()), expected, found);
    }
}

/// A finite number; a decimal comma is read where commas do not separate cells.
fn parsed(text: &str, decimal_comma: bool) -> Option<f64> {
    let text = if decimal_comma { text.replace(',', ".") } else { text.to_owned() };
    text.parse::<f64>().ok().filter(|value| value.is_finite())
}
