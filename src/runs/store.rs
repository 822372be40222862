//! The folder of a series: one record a run, and nothing half written.
//!
//! ```text
//! configuration.json         what all records here depend on
//! run-03.json                the record; once it is there, the run is done
//! run-03.final.safetensors   weights after the last epoch
//! run-03.best.safetensors    weights of the epoch that was best on validation
//! run-03.look-back.json      how far back its network looks, trained and untrained
//! run-03.times.json          what may differ: seconds, threads, machine
//! run-03.checkpoint          where an unfinished run stands
//! .run-03.lock               held by the process that trains the run
//! ```

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde::Deserialize;
use serde_json::Value;

use super::course::Times;
use super::queue::side_by_side;
use super::{Configuration, Instructions, Record, Runs, Weights};
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::store::{
    Lock, create_folder, differences, lock_of, read_record, to_value, write_atomically, write_record,
};

/// What files of a store hold.
const RECORD: &str = "a record as training writes it";

/// Most records that are in memory at once while a store is read.
const AT_ONCE: usize = 256;

/// Number of runs, at most, whose times enter the mean.
const TIMED: usize = 10;

/// The fields of [`Times`] that an estimate needs.
#[derive(Deserialize)]
struct Seconds {
    seconds: f64,
    #[serde(default)]
    at_once: usize,
}

/// Records of one configuration.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
    configuration: Configuration,
    any_level: bool,
}

impl Store {
    /// A folder for records of this configuration, made if it is not there.
    ///
    /// # Errors
    /// [`Fault::FOREIGN_RECORDS`] for every setting in which the records that are there differ; [`Fault::BAD_RECORD`];
    /// [`Fault::UNWRITABLE`]; [`Fault::INTERRUPTED`] if `stop` becomes true while another process opens it.
    pub fn open(folder: impl AsRef<Path>, configuration: Configuration, stop: &AtomicBool) -> Result<Self> {
        let folder = folder.as_ref().to_owned();
        create_folder(&folder)?;
        let store = Self { folder, configuration, any_level: false };
        // Two processes may come here at once; one writes, the other compares.
        let _lock = Lock::wait(store.folder.join(".configuration.lock"), stop)?;
        let path = store.folder.join("configuration.json");
        match read_record::<Value>(&path, RECORD)? {
            None => write_record(&path, &store.configuration)?,
            Some(mut found) => {
                if let Value::Object(fields) = &mut found {
                    fields.remove("instructions");
                }
                let ours = to_value("configuration", &store.configuration.of_series())?;
                let mut problems = Vec::new();
                compare(&path, &ours, &found, &mut problems);
                Error::unless_none(problems)?;
            }
        }
        Ok(store)
    }

    /// All records of a folder, in the order of their runs; none if it is not there.
    ///
    /// # Errors
    /// [`Fault::BAD_RECORD`] for every file that cannot be read or holds another run than its name says;
    /// [`Fault::FOREIGN_RECORDS`] if two have not the same configuration.
    pub fn read(folder: impl AsRef<Path>) -> Result<Vec<Record>> {
        let mut records = Vec::new();
        Self::each(folder, |record| record, |record| records.push(record))?;
        Ok(records)
    }

    /// Hands on what `change` makes of each record of a folder, in the order of the runs; nothing if the folder is not there.
    /// Records are read and changed on all cores, and few of them are in memory at once.
    ///
    /// # Errors
    /// Those of [`Self::read`].
    pub(crate) fn each<T: Send>(
        folder: impl AsRef<Path>,
        change: impl Fn(Record) -> T + Sync,
        mut visit: impl FnMut(T),
    ) -> Result<()> {
        let folder = folder.as_ref();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let read = |(): &mut (), run: &u64| -> Result<Option<(u64, Configuration, T)>> {
            let record = record_of(folder, *run)?;
            Ok(record.map(|record| (*run, record.configuration.of_series(), change(record))))
        };
        let mut first: Option<Configuration> = None;
        let mut problems = Vec::new();
        let runs: Vec<u64> = Self::done(folder)?.into_iter().collect();
        for runs in runs.chunks(AT_ONCE) {
            for found in side_by_side(threads, runs, || false, || (), read).into_iter().flatten() {
                match found {
                    Ok(Some((run, series, changed))) => {
                        let first = first.get_or_insert_with(|| series.clone());
                        if *first == series {
                            visit(changed);
                        } else {
                            let [ours, found] =
                                [&*first, &series].map(|series| to_value("configuration", series));
                            compare(&path_of(folder, run, "json"), &ours?, &found?, &mut problems);
                        }
                    }
                    // Another process has removed it since.
                    Ok(None) => {}
                    Err(error) => problems.extend(error.problems().iter().cloned()),
                }
            }
        }
        Error::unless_none(problems)
    }

    /// The runs of a folder that have records, from one listing of the folder; none if there is no folder.
    ///
    /// # Errors
    /// [`Fault::BAD_RECORD`] if it cannot be read.
    pub(crate) fn done(folder: &Path) -> Result<BTreeSet<u64>> {
        match fs::read_dir(folder) {
            Ok(entries) => runs_of(entries).map_err(|cause| bad_record(folder, &cause)),
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(BTreeSet::new()),
            Err(cause) => Err(bad_record(folder, &cause)),
        }
    }

    /// The mean seconds on one core of the first timed runs among these; `None` if none of them was timed.
    pub(crate) fn seconds(folder: &Path, done: &BTreeSet<u64>) -> Option<f64> {
        let times = done.iter().take(TIMED).filter_map(|run| {
            let path = path_of(folder, *run, "times.json");
            read_record::<Seconds>(path, "the times of a run").ok().flatten()
        });
        let seconds: Vec<f64> = times.map(|times| times.seconds / times.at_once.max(1) as f64).collect();
        (!seconds.is_empty()).then(|| seconds.iter().sum::<f64>() / seconds.len() as f64)
    }

    /// The number of the run whose record has this file name; `None` for other names.
    pub(crate) fn run_of(name: &OsStr) -> Option<u64> {
        name.to_str()?.strip_prefix("run-")?.strip_suffix(".json")?.parse().ok()
    }

    /// The file of a run's record in a folder.
    #[must_use]
    pub fn record_in(folder: &Path, run: u64) -> PathBuf {
        path_of(folder, run, "json")
    }

    /// Replaces all records of a folder by [condensed](Record::condensed) ones.
    ///
    /// # Errors
    /// Those of [`Self::read`]; [`Fault::UNWRITABLE`].
    pub fn condense(folder: impl AsRef<Path>) -> Result<()> {
        for record in Self::read(&folder)? {
            let condensed = record.condensed();
            if condensed != record {
                write_record(path_of(folder.as_ref(), record.run, "json"), &condensed)?;
            }
        }
        Ok(())
    }

    /// The same, and with `any_level` also for runs that other instructions began.
    #[must_use]
    pub(super) fn accepting(self, any_level: bool) -> Self {
        Self { any_level, ..self }
    }

    /// The instructions for which a folder of records was made; none if it is not there.
    ///
    /// # Errors
    /// [`Fault::BAD_RECORD`]
    pub(crate) fn instructions(folder: &Path) -> Result<Option<Instructions>> {
        let configuration: Option<Configuration> = read_record(folder.join("configuration.json"), RECORD)?;
        Ok(configuration.map(|configuration| configuration.instructions))
    }

    /// Refuses to add these runs to a series that other instructions computed. If all of them are done, nothing is added.
    ///
    /// # Errors
    /// [`Fault::FOREIGN_INSTRUCTIONS`] for the first file; [`Fault::BAD_RECORD`].
    pub(super) fn check_instructions(&self, runs: &Runs) -> Result<()> {
        if runs.iter().all(|run| self.path(run, "json").exists()) {
            return Ok(());
        }
        let field = Place::field("instructions").field;
        if let Some(found) = Self::instructions(&self.folder)? {
            let place = Place { field, ..Place::file(self.folder.join("configuration.json")) };
            self.accept(&found, place)?;
        }
        // A record that cannot be read is told when its run has its turn.
        let records = runs.iter().filter_map(|run| record_of(&self.folder, run).ok().flatten());
        for record in records {
            let field = Place::field("configuration.instructions").field;
            let place = Place { field, ..Place::file(self.path(record.run, "json")) };
            self.accept(&record.configuration.instructions, place)?;
        }
        Ok(())
    }

    /// Whether a run that these instructions began may go on.
    ///
    /// # Errors
    /// [`Fault::FOREIGN_INSTRUCTIONS`]
    pub(super) fn accept(&self, found: &Instructions, place: Place) -> Result<()> {
        let ours = &self.configuration.instructions;
        if self.any_level { Ok(()) } else { ours.check(found, place) }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the records depend on.
    #[must_use]
    pub const fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// The record of a run, if it is done.
    ///
    /// # Errors
    /// [`Fault::BAD_RECORD`]; [`Fault::FOREIGN_RECORDS`] if it has another configuration.
    pub fn record(&self, run: u64) -> Result<Option<Record>> {
        let Some(record) = record_of(&self.folder, run)? else { return Ok(None) };
        let ours = to_value("configuration", &self.configuration.of_series())?;
        let found = to_value("configuration", &record.configuration.of_series())?;
        let mut problems = Vec::new();
        compare(&self.path(run, "json"), &ours, &found, &mut problems);
        Error::unless_none(problems).map(|()| Some(record))
    }

    /// The file of a run's weights.
    #[must_use]
    pub fn weights(&self, run: u64, weights: Weights) -> PathBuf {
        Self::weights_in(&self.folder, run, weights)
    }

    /// The file of a run's weights in a folder of records.
    #[must_use]
    pub fn weights_in(folder: &Path, run: u64, weights: Weights) -> PathBuf {
        path_of(folder, run, &format!("{}.safetensors", weights.name()))
    }

    /// The file of how far back a run's network looks, in a folder of records.
    #[must_use]
    pub(super) fn look_back_in(folder: &Path, run: u64) -> PathBuf {
        path_of(folder, run, "look-back.json")
    }

    /// The right to train a run; none if another process has it.
    pub(super) fn try_lock(&self, run: u64) -> Result<Option<Lock>> {
        Lock::attempt(self.lock_path(run))
    }

    /// The right to train a run, once the process that has it gives it back.
    ///
    /// # Errors
    /// [`Fault::INTERRUPTED`] if this process is asked to stop before that.
    pub(super) fn wait_for_lock(&self, run: u64, stop: &AtomicBool) -> Result<Lock> {
        Lock::wait(self.lock_path(run), stop)
    }

    fn lock_path(&self, run: u64) -> PathBuf {
        lock_of(&self.path(run, "json"))
    }

    /// Where an unfinished run stands.
    pub(super) fn checkpoint(&self, run: u64) -> Result<Option<Vec<u8>>> {
        let path = self.checkpoint_path(run);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(bad_record(&path, &cause)),
        }
    }

    pub(super) fn write_checkpoint(&self, run: u64, bytes: &[u8]) -> Result<()> {
        write_atomically(self.checkpoint_path(run), bytes)
    }

    pub(super) fn checkpoint_path(&self, run: u64) -> PathBuf {
        self.path(run, "checkpoint")
    }

    /// Ends a run. The record comes last: where it is, everything else is.
    pub(super) fn finish(
        &self,
        record: &Record,
        weights: &[(Weights, Vec<u8>)],
        times: &Times,
    ) -> Result<()> {
        for (which, bytes) in weights {
            write_atomically(self.weights(record.run, *which), bytes)?;
        }
        write_record(self.path(record.run, "times.json"), times)?;
        write_record(self.path(record.run, "json"), record)?;
        self.remove_checkpoint(record.run);
        Ok(())
    }

    /// A checkpoint that stays behind does no harm: the record is asked for first.
    pub(super) fn remove_checkpoint(&self, run: u64) {
        let _ = fs::remove_file(self.checkpoint_path(run));
    }

    fn path(&self, run: u64, extension: &str) -> PathBuf {
        path_of(&self.folder, run, extension)
    }
}

/// The runs that files of records are named after. Other files may lie beside them.
fn runs_of(entries: fs::ReadDir) -> std::io::Result<BTreeSet<u64>> {
    let runs = entries.map(|entry| Ok(Store::run_of(&entry?.file_name())));
    runs.filter_map(Result::transpose).collect()
}

fn path_of(folder: &Path, run: u64, extension: &str) -> PathBuf {
    folder.join(format!("run-{run:02}.{extension}"))
}

fn record_of(folder: &Path, run: u64) -> Result<Option<Record>> {
    let path = path_of(folder, run, "json");
    let record: Option<Record> = read_record(&path, RECORD)?;
    match record {
        Some(record) if record.run != run => {
            let (expected, found) = (format!("run {run}, as the name says"), format!("run {}", record.run));
            Err(Error::new(Fault::BAD_RECORD, Place::file(path), expected, found))
        }
        record => Ok(record),
    }
}

fn bad_record(path: &Path, cause: &impl std::fmt::Display) -> Error {
    Error::new(Fault::BAD_RECORD, Place::file(path), RECORD, cause.to_string())
}

/// Names every leaf in which two values differ.
fn compare(path: &Path, ours: &Value, found: &Value, problems: &mut Vec<Problem>) {
    let problem = |(field, ours, found): (String, Value, Value)| {
        let place = Place { field: Some(field), ..Place::file(path) };
        Problem::new(Fault::FOREIGN_RECORDS, place, ours.to_string(), found.to_string())
    };
    problems.extend(differences(ours, found).into_iter().map(problem));
}
