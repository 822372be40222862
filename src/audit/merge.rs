//! Merges the record stores of several machines into one.
//!
//! A store is any folder with records below it: of runs, of audit cells, of trials. Merging copies a file that one store has.
//! Files that several stores have must agree. Two stores may hold different trainings of one cell; merging unites them.
//! Checkpoints and locks stay behind. Of two files of times, merging keeps the first.

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

/// Counts of what merging did with the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Merged {
    /// Files copied.
    pub copied: usize,
    /// Cells united from the trainings of several stores.
    pub joined: usize,
    /// Files that the target had before.
    pub present: usize,
}

/// What happens to one file of the target.
enum Outcome {
    Present,
    Copied(PathBuf),
    Joined(Box<CellRecord>),
}

/// Merges stores into the folder `into`, which may hold records already. If anything disagrees, nothing is written.
///
/// Runs of one series, and trainings of one cell, must have the same [instructions](Instructions). `any_level` lifts that rule;
/// each record still names its own instructions.
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

/// The records of a store and their weights, as paths below the store, sorted.
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

/// What happens to a file that these stores hold. The target comes first if it holds the file.
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

/// Whether two machines may leave different bytes in this file for the same record: times vary, and [`foreign`] compares the
/// instructions in the configuration of a series.
fn may_differ(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".times.json") || name == CONFIGURATION
}

/// The file with the configuration that all runs of a series share.
const CONFIGURATION: &str = "configuration.json";

/// An error that names the first field in which two files differ, if any does.
fn disagreement(first: &Path, own: &[u8], second: &Path, other: &[u8]) -> Result<()> {
    let trees =
        serde_json::from_slice::<Value>(own).and_then(|own| Ok((own, serde_json::from_slice(other)?)));
    let (field, expected, found) = match trees {
        Err(_) => (None, "the same bytes".to_owned(), "other bytes".to_owned()),
        Ok((own, other)) => match differences(&own, &other).into_iter().next() {
            // The same values in another layout.
            None => return Ok(()),
            Some((field, own, other)) => (Some(field), shown(&own), shown(&other)),
        },
    };
    let expected = format!("{expected}, as in {}", first.display());
    Err(Error::new(Fault::DISAGREEING_RECORDS, Place { field, ..Place::file(second) }, expected, found))
}

/// A value as an error shows it: of a list, its length.
fn shown(value: &Value) -> String {
    value.as_array().map_or_else(|| value.to_string(), |list| format!("{} entries", list.len()))
}

/// A problem for each run in a folder that is not of the same series as the folder's first run, whichever store holds it.
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

/// The configuration that a file of a series or of a run holds; `None` for other files.
fn configuration_of(path: &Path) -> Result<Option<Configuration>> {
    /// The one field of a run's record that matters here.
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
        write!(f, "{copied} files copied, {joined} cells united, {present} files unchanged")
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
