//! Tables of features as text: `eegenre features --out` writes them, and anyone's own are read.
//!
//! | participant | stimulus | label | mean | maximum | … |
//! |---|---|---|---|---|---|
//! | P01 | S1 | classical | 2.31 | 4.02 | … |
//!
//! A line for each recording. Of several channels each has its columns: `C3 mean`, `Cz mean`. The stimulus may be left out; `S1/2` is a second recording of the participant and the stimulus; a feature that is left out has no value. Numbers are written so
//! that reading gives the same ones back.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord, Trim};

use super::{FeatureRow, FeatureTable};
use crate::error::{Error, Fault, Place, Result};
use crate::recordings::formats::Lines;
use crate::recordings::workbook::Problems;
use crate::recordings::{Label, Participant, Stimulus};
use crate::report::comma_separated;
use crate::store::write_atomically;

/// What the first columns hold.
const NAMES: [&str; 3] = ["participant", "stimulus", "label"];

/// The same as BIDS and this program's first tables name it.
const OTHER_NAMES: [&str; 3] = ["participant_id", "song", "genre"];

/// Writes a table of recordings: one row for each.
///
/// # Errors
/// [`Fault::UNWRITABLE`]
pub fn write(table: &FeatureTable, path: impl AsRef<Path>) -> Result<()> {
    write_atomically(&path, text(table).map_err(|error| error.placed(|_| Place::file(&path)))?.as_bytes())
}

/// The text of a table of recordings.
///
/// # Errors
/// [`Fault::UNWRITABLE`] if it does not fit into memory.
pub fn text(table: &FeatureTable) -> Result<String> {
    let heading = NAMES.into_iter().chain(table.names().iter().map(String::as_str));
    let lines = table.rows().iter().map(|row| {
        let stimulus = match (row.stimulus, row.take) {
            (None, _) => String::new(),
            (Some(stimulus), 1) => stimulus.to_string(),
            (Some(stimulus), take) => format!("{stimulus}/{take}"),
        };
        let names = [row.participant.to_string(), stimulus, row.label.to_string()];
        let values = row.values.iter().map(|value| value.map_or_else(String::new, |value| value.to_string()));
        names.into_iter().chain(values).collect::<Vec<String>>()
    });
    comma_separated(heading, lines)
}

/// Reads a table.
///
/// # Errors
/// All problems of the file, each with its cell, up to [`MAX_PROBLEMS`](crate::recordings::MAX_PROBLEMS);
/// [`Fault::UNREADABLE_FILE`].
pub fn read(path: impl AsRef<Path>) -> Result<FeatureTable> {
    let path = path.as_ref();
    let unreadable = |cause: String| {
        Error::new(Fault::UNREADABLE_FILE, Place::file(path), "a table of comma-separated values", cause)
    };
    let bytes = fs::read(path).map_err(|cause| unreadable(cause.to_string()))?;
    // What is no UTF-8 is replaced, and then found wherever it does harm.
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_start_matches('\u{feff}');
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).trim(Trim::All).from_reader(text.as_bytes());
    let mut table = Reading { problems: Problems::new(Place::file(path)), seen: BTreeSet::new() };
    let mut lines = reader.records().map(|line| line.map_err(|cause| unreadable(cause.to_string())));
    let heading = lines.next().transpose()?.unwrap_or_default();
    let names = table.heading(&heading);
    let mut places = Lines::of(text);
    let mut rows = Vec::new();
    let mut is_empty = true;
    for line in lines {
        is_empty = false;
        let line = line?;
        let number = u32::try_from(places.line_of(&line) - 1).unwrap_or(u32::MAX - 1);
        rows.extend(table.row(number, &line, names.len(), rows.len()));
    }
    if is_empty && names.len() > NAMES.len() {
        table.report(Fault::EMPTY_SHEET, 1, 0, "a line for each recording", "none");
    }
    table.problems.into_result()?;
    FeatureTable::new(names[NAMES.len()..].to_vec(), rows)
}

/// A file that is being read.
struct Reading {
    problems: Problems,
    seen: BTreeSet<(Participant, Stimulus, u32)>,
}

impl Reading {
    fn report(&mut self, fault: Fault, row: u32, column: usize, expected: &str, found: impl Into<String>) {
        self.problems.report_cell(fault, (row, column as u32), expected, found);
    }

    /// The names of all columns.
    fn heading(&mut self, heading: &StringRecord) -> Vec<String> {
        let names: Vec<String> = heading.iter().map(str::to_owned).collect();
        let mut own = NAMES.iter().zip(OTHER_NAMES).zip(&names);
        let is_table = names.len() > NAMES.len()
            && own.all(|((one, other), name)| [*one, other].contains(&name.as_str()));
        if !is_table {
            let expected = "participant,stimulus,label and features";
            self.report(Fault::NO_FEATURE_HEADER, 0, 0, expected, format!("{:?}", names.join(",")));
            return names;
        }
        for (column, name) in names.iter().enumerate() {
            if name.is_empty() {
                self.report(Fault::UNREADABLE_HEADING, 0, column, "a name", "none");
            } else if names[..column].contains(name) {
                self.report(Fault::UNREADABLE_HEADING, 0, column, "another name", format!("{name:?} again"));
            }
        }
        names
    }

    fn row(&mut self, number: u32, line: &StringRecord, columns: usize, index: usize) -> Option<FeatureRow> {
        if columns <= NAMES.len() {
            return None;
        }
        if line.len() != columns {
            let expected = format!("{columns} cells, as in the heading");
            self.report(Fault::RAGGED_ROW, number, line.len(), &expected, line.len().to_string());
            return None;
        }
        let participant = line[0].parse::<Participant>();
        // A name has no slash.
        let numbered = line[1].rsplit_once('/').and_then(|(name, take)| Some((name, take.parse().ok()?)));
        let (name, take) = numbered.filter(|(_, take)| *take > 1).unwrap_or((&line[1], 1));
        let stimulus = if name.is_empty() { Ok(None) } else { name.parse::<Stimulus>().map(Some) };
        let label = line[2].parse::<Label>();
        let errors = [participant.as_ref().err(), stimulus.as_ref().err(), label.as_ref().err()];
        for (column, error) in errors.into_iter().enumerate() {
            for problem in error.iter().flat_map(|error| error.problems()) {
                self.report(problem.fault, number, column, &problem.expected, &problem.found);
            }
        }
        let (participant, stimulus, label) = (participant.ok(), stimulus.ok(), label.ok());
        if let (Some(participant), Some(Some(stimulus))) = (participant, stimulus)
            && !self.seen.insert((participant, stimulus, take))
        {
            let found = format!("{stimulus}/{participant} again");
            self.report(Fault::DUPLICATE_RECORDING, number, 0, "one line", found);
        }
        let values = line.iter().enumerate().skip(NAMES.len());
        let values = values.map(|(column, cell)| self.value(number, column, cell)).collect();
        Some(FeatureRow {
            participant: participant?,
            label: label?,
            stimulus: stimulus?,
            take,
            band: None,
            recording: index,
            values,
        })
    }

    fn value(&mut self, row: u32, column: usize, cell: &str) -> Option<f64> {
        if cell.is_empty() {
            return None;
        }
        match cell.parse::<f64>() {
            Ok(value) if value.is_finite() => Some(value),
            Ok(_) => {
                self.report(Fault::NON_FINITE_CELL, row, column, "a finite number, or nothing", cell);
                None
            }
            Err(_) => {
                self.report(Fault::TEXT_CELL, row, column, "a number, or nothing", format!("{cell:?}"));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tempfile::tempdir;

    use super::*;
    use crate::preparation::split::testing::{any_data_set, data_set, recording};

    fn read_text(text: &[u8]) -> Result<FeatureTable> {
        let folder = tempdir().unwrap();
        let path = folder.path().join("table.csv");
        fs::write(&path, text).unwrap();
        read(path)
    }

    /// Faults, each with its cell.
    fn faults(text: &str) -> Vec<(Fault, String)> {
        let error = read_text(text.as_bytes()).unwrap_err();
        error.problems().iter().map(|problem| (problem.fault, problem.place.cell.clone().unwrap())).collect()
    }

    #[test]
    fn what_is_written_is_read() {
        let rows = vec![recording("S9/P02", &[4.0, 4.1, 0.1]), recording("S1/P01", &[1.0, 2.0, 1e-9])];
        let table = FeatureTable::of(&data_set(rows));
        let folder = tempdir().unwrap();
        let path = folder.path().join("table.csv");
        write(&table, &path).unwrap();
        assert_eq!(read(&path), Ok(table));
        assert!(fs::read_to_string(&path).unwrap().starts_with("participant,stimulus,label,mean,maximum,"));
    }

    #[test]
    fn further_recordings_of_a_stimulus_are_read_back() {
        let first = recording("S1/P01", &[1.0, 2.0, 4.0]);
        let second = crate::recordings::Recording { take: 2, ..first.clone() };
        let table = FeatureTable::of(&data_set(vec![first, second]));
        assert_eq!(read_text(text(&table).unwrap().as_bytes()), Ok(table));
    }

    #[test]
    fn stimuli_and_values_may_be_left_out() {
        let table =
            read_text(b"participant,stimulus,label,one,two\r\nP1,,pop,,2e3\r\nP02,S1,classical,-1,0\r\n")
                .unwrap();
        assert_eq!(table.rows()[0].stimulus, None);
        assert_eq!(table.rows()[0].values, [None, Some(2000.0)]);
        assert_eq!(table.rows()[1].stimulus, Some("S1".parse().unwrap()));
        assert_eq!(table.rows()[1].recording, 1);
    }

    #[test]
    fn the_first_columns_may_have_the_names_of_bids_and_of_songs() {
        let rows = "P1,S1,classical,1\nP2,S1,pop,2\n";
        let own = read_text(format!("participant,stimulus,label,one\n{rows}").as_bytes()).unwrap();
        for heading in ["participant,song,genre,one", "participant_id,stimulus,label,one"] {
            assert_eq!(read_text(format!("{heading}\n{rows}").as_bytes()).unwrap(), own, "{heading}");
        }
    }

    #[test]
    fn every_mistake_is_named_with_its_cell() {
        let heading = "participant,stimulus,label,one";
        for (text, fault, cell) in [
            (String::new(), Fault::NO_FEATURE_HEADER, "A1"),
            ("subject,one\n1,2".to_owned(), Fault::NO_FEATURE_HEADER, "A1"),
            ("participant,stimulus,label\nP1,S1,classical".to_owned(), Fault::NO_FEATURE_HEADER, "A1"),
            (format!("{heading},\nP1,S1,classical,1,2"), Fault::UNREADABLE_HEADING, "E1"),
            (format!("{heading},one\nP1,S1,classical,1,2"), Fault::UNREADABLE_HEADING, "E1"),
            (format!("{heading}\n"), Fault::EMPTY_SHEET, "A2"),
            (format!("{heading}\nP1,S1,classical"), Fault::RAGGED_ROW, "D2"),
            (format!("{heading}\nP1,S1,classical,1,2"), Fault::RAGGED_ROW, "F2"),
            (format!("{heading}\n,S1,classical,1"), Fault::UNREADABLE_NAME, "A2"),
            (format!("{heading}\nP1,S/a,pop,1"), Fault::UNREADABLE_NAME, "B2"),
            (format!("{heading}\nP1,S1,,1"), Fault::UNREADABLE_NAME, "C2"),
            (format!("{heading}\nP1,S1,classical,1\nP1,S1,classical,2"), Fault::DUPLICATE_RECORDING, "A3"),
            (format!("{heading}\nP1,S1,classical,much"), Fault::TEXT_CELL, "D2"),
            (format!("{heading}\r\n\r\nP1,S1,classical,much"), Fault::TEXT_CELL, "D3"),
            (format!("{heading}\nP1,S1,classical,inf"), Fault::NON_FINITE_CELL, "D2"),
        ] {
            assert_eq!(faults(&text), [(fault, cell.to_owned())], "{text:?}");
        }
        assert_eq!(read("no/such/file.csv").unwrap_err().problems()[0].fault, Fault::UNREADABLE_FILE);
    }

    proptest! {
        #[test]
        fn any_table_survives(set in any_data_set()) {
            let table = FeatureTable::of(&set);
            prop_assert_eq!(read_text(text(&table).unwrap().as_bytes()).unwrap(), table);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read_text(&bytes);
            let _ = read_text(&[b"participant,stimulus,label,one\n".to_vec(), bytes].concat());
        }
    }
}
