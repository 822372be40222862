//! Stores of several machines, joined.
//!
//! A store is any folder with records below it: of runs, of an audit's cells, of trials. Files that are in one store are
//! copied, those that are in several must agree, and of a cell each store may have other trainings. What was not finished
//! (checkpoints) and what nobody needs (locks, times of the second of two) stays behind.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::record::CellRecord;
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::runs::{Configuration, Instructions, Store};
use crate::store::{
    create_folder, differences, files_below, read_record, to_value, write_atomically, write_record,
};

/// What became of the files of several stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Merged {
    /// Files that were copied.
    pub copied: usize,
    /// Cells whose trainings came from several stores.
    pub joined: usize,
    /// Files that were there before.
    pub present: usize,
}

/// A file of the joined store.
enum Outcome {
    Present,
    Copied(PathBuf),
    Joined(Box<CellRecord>),
}

/// Joins stores into one, which may hold records already. If anything disagrees, nothing is written.
///
/// Runs of a series, and trainings of a cell, must have been computed with the same [instructions](Instructions), or with any
/// if `any_level` says so: each record goes on saying what computed it.
///
/// # Errors
/// - [`Fault::UNREADABLE_FILE`] for a store that cannot be read; [`Fault::BAD_RECORD`];
/// - [`Fault::DISAGREEING_RECORDS`] for every file that differs between two stores, with the first field that does;
/// - [`Fault::FOREIGN_RECORDS`] for every run of another configuration than the first of its series;
/// - [`Fault::FOREIGN_INSTRUCTIONS`] for every run that other instructions computed than the first of its series;
/// - [`Fault::UNWRITABLE`].
pub fn merge(stores: &[PathBuf], into: &Path, any_level: bool) -> Result<Merged> {
    let own = into.is_dir().then(|| into.to_owned());
    let mut files: BTreeMap<PathBuf, Vec<&Path>> = BTreeMap::new();
    for store in own.iter().chain(stores) {
        for file in records_below(store)? {
            files.entry(file).or_default().push(store);
        }
    }
    let mut problems = Vec::new();
    let mut outcomes = BTreeMap::new();
    for (file, holders) in &files {
        match joined(file, holders, into, any_level) {
            Ok(outcome) => drop(outcomes.insert(file, outcome)),
            Err(error) => problems.extend(error.problems().iter().cloned()),
        }
    }
    problems.extend(foreign(&files, any_level)?);
    Error::unless_none(problems)?;

    let mut merged = Merged::default();
    for (file, outcome) in outcomes {
        let path = into.join(file);
        create_folder(path.parent().unwrap_or(into))?;
        match outcome {
            Outcome::Present => merged.present += 1,
            Outcome::Copied(from) => {
                write_atomically(path, &read(&from)?)?;
                merged.copied += 1;
            }
            Outcome::Joined(record) => {
                write_record(path, &*record)?;
                merged.joined += 1;
            }
        }
    }
    Ok(merged)
}

/// The records of a store, with what belongs to them, as paths below it.
fn records_below(store: &Path) -> Result<Vec<PathBuf>> {
    if !store.is_dir() {
        return Err(Error::new(Fault::UNREADABLE_FILE, Place::file(store), "a folder of records", "none"));
    }
    let mut files = files_below(store)?;
    files.sort();
    let is_kept = |file: &&Path| file.extension().is_some_and(|kind| kind == "json" || kind == "safetensors");
    let below = files.iter().filter_map(|file| file.strip_prefix(store).ok());
    Ok(below.filter(is_kept).map(Path::to_owned).collect())
}

/// What becomes of a file that these stores have, the joined one first if it is among them.
fn joined(file: &Path, holders: &[&Path], into: &Path, any_level: bool) -> Result<Outcome> {
    let (first, others) = (holders[0].join(file), &holders[1..]);
    let unchanged = if holders[0] == into { Outcome::Present } else { Outcome::Copied(first.clone()) };
    let bytes = read(&first)?;
    let mut cell: Option<CellRecord> = None;
    for store in others {
        let (path, other) = (store.join(file), read(&store.join(file))?);
        if bytes == other || may_differ(file) {
            continue;
        }
        let parsed = (serde_json::from_slice(&bytes), serde_json::from_slice(&other));
        if let (Ok(own), Ok(other)) = parsed {
            cell = Some(cell.unwrap_or(own).joined(other, &path, any_level)?);
            continue;
        }
        disagreement(&first, &bytes, &path, &other)?;
    }
    Ok(cell.map_or(unchanged, |cell| Outcome::Joined(Box::new(cell))))
}

/// Whether two machines leave other bytes there for the same record: its times, and the first of a series' instructions, which
/// [`foreign`] compares.
fn may_differ(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".times.json") || name == CONFIGURATION
}

/// The file of what the runs of a series share.
const CONFIGURATION: &str = "configuration.json";

/// Says where two files differ.
fn disagreement(first: &Path, own: &[u8], second: &Path, other: &[u8]) -> Result<()> {
    let trees = serde_json::from_slice::<Value>(own).ok().zip(serde_json::from_slice::<Value>(other).ok());
    let found = match trees {
        None => None,
        Some((own, other)) => match differences(&own, &other).into_iter().next() {
            // The same in other words.
            None => return Ok(()),
            found => found,
        },
    };
    let of_first = |value: String| format!("{value}, as in {}", first.display());
    let (field, expected, found) = match found {
        Some((field, own, other)) => {
            let (field, own, other) = within(field, &own, &other);
            (Some(field), of_first(own), other)
        }
        None => (None, of_first("the same bytes".to_owned()), "others".to_owned()),
    };
    Err(Error::new(Fault::DISAGREEING_RECORDS, Place { field, ..Place::file(second) }, expected, found))
}

/// The first place in which two values differ, if they are lists, as `predictions[3].genre`.
fn within(field: String, own: &Value, other: &Value) -> (String, String, String) {
    if let (Value::Array(own), Value::Array(other)) = (own, other) {
        if own.len() != other.len() {
            return (field, format!("{} entries", own.len()), format!("{} entries", other.len()));
        }
        let pairs = own.iter().zip(other).enumerate();
        if let Some((place, (own, other))) = pairs.into_iter().find(|(_, (own, other))| own != other) {
            let inner = differences(own, other).into_iter().next();
            let (name, own, other) = inner.unwrap_or((String::new(), own.clone(), other.clone()));
            let dot = if name.is_empty() { "" } else { "." };
            return within(format!("{field}[{place}]{dot}{name}"), &own, &other);
        }
    }
    (field, own.to_string(), other.to_string())
}

/// Problems for runs that are in one folder and not of one series, wherever they come from.
fn foreign(files: &BTreeMap<PathBuf, Vec<&Path>>, any_level: bool) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    let mut series: BTreeMap<&Path, (PathBuf, Value, Instructions)> = BTreeMap::new();
    let folders: BTreeSet<&Path> =
        files.keys().filter(|file| file.ends_with(CONFIGURATION)).filter_map(|file| file.parent()).collect();
    for (file, holders) in files {
        let Some(folder) = file.parent().filter(|folder| folders.contains(folder)) else { continue };
        for store in holders {
            let path = store.join(file);
            let Some(configuration) = configuration_of(&path)? else { continue };
            let of_series = to_value("configuration", &configuration.of_series())?;
            let instructions = configuration.instructions;
            let Some((first, ours, by)) = series.get(folder) else {
                series.insert(folder, (path, of_series, instructions));
                continue;
            };
            for (field, ours, found) in differences(ours, &of_series) {
                let expected = format!("{ours}, as in {}", first.display());
                let place = Place { field: Some(field), ..Place::file(&path) };
                problems.push(Problem::new(Fault::FOREIGN_RECORDS, place, expected, found.to_string()));
            }
            if !any_level && !by.agree(&instructions) {
                let expected = format!("{by}, as in {}", first.display());
                let place = Place::file(&path);
                problems.push(Problem::new(
                    Fault::FOREIGN_INSTRUCTIONS,
                    place,
                    expected,
                    instructions.to_string(),
                ));
            }
        }
    }
    Ok(problems)
}

/// The configuration in the file of a series or of a run; none in other files.
fn configuration_of(path: &Path) -> Result<Option<Configuration>> {
    /// What is read of a run's record.
    #[derive(Deserialize)]
    struct Configured {
        configuration: Configuration,
    }
    let expected = "a configuration as training writes it";
    if path.ends_with(CONFIGURATION) {
        return read_record(path, expected);
    }
    if path.file_name().and_then(Store::run_of).is_none() {
        return Ok(None);
    }
    Ok(read_record::<Configured>(path, expected)?.map(|record| record.configuration))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|cause| {
        Error::new(Fault::UNREADABLE_FILE, Place::file(path), "a file of records", cause.to_string())
    })
}

impl fmt::Display for Merged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { copied, joined, present } = self;
        write!(f, "{copied} files copied, {joined} cells joined, {present} files there before")
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::sync::atomic::AtomicBool;

    use tempfile::{TempDir, tempdir};

    use super::*;
    use crate::audit::{Cell, measure, plan};
    use crate::models::Model;
    use crate::preparation::{Preparation, Scheme, Split};
    use crate::recordings::{DataSet, synthetic};
    use crate::runs::profile::Profile;
    use crate::runs::{Control, Runs, Settings, train};

    fn set() -> DataSet {
        synthetic::generate(&synthetic::Settings::default()).unwrap()
    }

    /// A store with some runs of a short series.
    fn store(set: &DataSet, runs: &str, epochs: usize) -> TempDir {
        let (folder, stop) = (tempdir().unwrap(), AtomicBool::new(false));
        let mut settings = Settings::paper(Model::Baseline);
        settings.preparation = Preparation { truncate: NonZeroUsize::new(16), ..Preparation::default() };
        settings.hyperparameters.epochs = epochs;
        let split = Split::random(set, 0).unwrap();
        let runs: Runs = runs.parse().unwrap();
        train(set, &split, settings, runs, &folder.path().join("baseline"), &Control::new(&stop)).unwrap();
        folder
    }

    fn merged(stores: &[&TempDir], into: &Path, any_level: bool) -> Result<Merged> {
        let stores: Vec<PathBuf> = stores.iter().map(|store| store.path().to_owned()).collect();
        merge(&stores, into, any_level)
    }

    fn faults(error: &Error) -> BTreeSet<String> {
        error.problems().iter().map(|problem| format!("{:?}", problem.fault)).collect()
    }

    /// Replaces a text in a file of a store.
    fn change(store: &TempDir, file: &str, from: &str, to: &str) {
        let path = store.path().join("baseline").join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    #[test]
    fn runs_of_two_stores_are_those_of_one() {
        let (set, into) = (set(), tempdir().unwrap());
        let [one, other, whole] = ["0..2", "1..3", "3"].map(|runs| store(&set, runs, 1));
        let done = merged(&[&one, &other], into.path(), false).unwrap();
        assert_eq!((done.joined, done.present), (0, 0));
        let bytes = |folder: &Path, file: &Path| fs::read(folder.join(file)).unwrap();
        let files = records_below(whole.path()).unwrap();
        assert_eq!(records_below(into.path()).unwrap(), files);
        for file in files.iter().filter(|file| !may_differ(file)) {
            assert_eq!(bytes(into.path(), file), bytes(whole.path(), file), "{}", file.display());
        }
        let again = merged(&[&other], into.path(), false).unwrap();
        assert_eq!(again, Merged { present: files.len(), ..Merged::default() });
    }

    #[test]
    fn what_disagrees_is_named_and_nothing_is_written() {
        let (set, into) = (set(), tempdir().unwrap());
        let (one, other, longer) = (store(&set, "2", 1), store(&set, "1..3", 1), store(&set, "4..5", 2));
        let error = merged(&[&one, &longer], into.path(), false).unwrap_err();
        assert_eq!(faults(&error), BTreeSet::from(["foreign-records".to_owned()]));
        assert!(error.to_string().contains("run-04.json, settings.hyperparameters.epochs"), "{error}");
        change(&other, "run-01.json", "\"epoch\":1", "\"epoch\":9");
        let error = merged(&[&one, &other], into.path(), false).unwrap_err();
        assert_eq!(faults(&error), BTreeSet::from(["disagreeing-records".to_owned()]));
        assert!(error.to_string().contains("run-01.json, final.epoch: expected 1, as in"), "{error}");
        assert_eq!(fs::read_dir(into.path()).unwrap().count(), 0);
    }

    #[test]
    fn other_instructions_are_told_apart_and_joined_only_if_that_is_asked_for() {
        let (set, into) = (set(), tempdir().unwrap());
        let (one, other) = (store(&set, "1", 1), store(&set, "1..2", 1));
        let own = format!("\"instructions\":[\"{}\"]", crate::nn::Level::detected().name());
        for file in ["configuration.json", "run-01.json"] {
            change(&other, file, &own, "\"instructions\":[\"CUDA\"]");
        }
        let error = merged(&[&one, &other], into.path(), false).unwrap_err();
        assert_eq!(faults(&error), BTreeSet::from(["foreign-instructions".to_owned()]));
        merged(&[&one, &other], into.path(), true).unwrap();
        let records = Store::read(into.path().join("baseline")).unwrap();
        let by: Vec<String> =
            records.iter().map(|record| record.configuration.instructions.to_string()).collect();
        assert!(by[0] != by[1] && by[1] == "CUDA", "{by:?}");
    }

    #[test]
    fn trainings_of_a_cell_come_together() {
        let (set, whole) = (set(), tempdir().unwrap());
        let (stop, stores) = (AtomicBool::new(false), [tempdir().unwrap(), tempdir().unwrap()]);
        let is_cell = |cell: &Cell| cell.condition.name == "whole" && cell.scheme == Scheme::Random;
        let cell = plan(Profile::Smoke).into_iter().find(is_cell).unwrap();
        measure(whole.path(), &set, &cell, &Control::new(&stop)).unwrap();
        let record = CellRecord::read(whole.path(), &cell, &set).unwrap().unwrap();
        for (draw, store) in (0..).zip(&stores) {
            let mut part = record.clone();
            part.trainings.retain(|training| training.draw == draw);
            part.write(store.path(), &cell).unwrap();
        }
        let into = tempdir().unwrap();
        let done = merged(&[&stores[0], &stores[1], &whole], into.path(), false).unwrap();
        assert_eq!(done, Merged { joined: 1, ..Merged::default() });
        assert_eq!(CellRecord::read(into.path(), &cell, &set).unwrap(), Some(record.clone()));
        let mut other = record;
        other.trainings[1].last.epoch += 1;
        other.write(stores[0].path(), &cell).unwrap();
        let error = merged(&[&stores[0], &stores[1]], into.path(), false).unwrap_err();
        assert_eq!(faults(&error), BTreeSet::from(["disagreeing-records".to_owned()]));
        assert!(error.to_string().contains("draw 1, fold 1"), "{error}");
    }
}
