//! Units: what one process does alone, and what it leaves.
//!
//! A plan is a list of them. Engines that know files and commands, as Snakemake and Slurm, do the rest: units may be done in
//! any order, by any number of processes on any number of machines, into one store.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Runs, Settings, Store};
use crate::error::Result;
use crate::models::Model;
use crate::report::{Table, as_text, separated};

/// What one process does alone. It leaves one file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedUnit {
    /// Its name among those of its plan, in words: `baseline run-03`.
    pub name: String,
    /// The file that it leaves.
    #[serde(serialize_with = "as_text")]
    pub file: PathBuf,
    /// Whether what it does is done.
    pub done: bool,
    /// What it takes one core, in seconds; 0 if it is done.
    pub seconds: f64,
    /// The command that does it: the task and its arguments.
    pub command: Vec<String>,
}

impl PlannedUnit {
    /// A unit for each of some runs in a folder. `command` trains them; each unit adds `--run`.
    ///
    /// # Errors
    /// [`Fault::BAD_RECORD`](crate::error::Fault::BAD_RECORD) if the folder cannot be read.
    pub fn series(
        name: &str,
        settings: &Settings,
        runs: &Runs,
        folder: &Path,
        command: &[String],
    ) -> Result<Vec<Self>> {
        let done = Store::done(folder)?;
        let seconds = Store::seconds(folder, &done).unwrap_or_else(|| expected_seconds(settings));
        let of = |run: u64| {
            let (own, done) = (["--run".to_owned(), run.to_string()], done.contains(&run));
            Self {
                name: format!("{name} run-{run:02}"),
                file: Store::record_in(folder, run),
                done,
                seconds: if done { 0.0 } else { seconds },
                command: command.iter().cloned().chain(own).collect(),
            }
        };
        Ok(runs.iter().map(of).collect())
    }
}

/// What training a network takes one core, in seconds, where no run of it was timed.
///
/// One whole run of each network, with records and checkpoints, took 4.9, 147.6 and 132.3 s for 300, 600 and 3000 epochs
/// (README, Speed). Other recordings, frames and inputs take as many times longer as they have more samples, which is
/// not looked at here.
#[must_use]
pub fn expected_seconds(settings: &Settings) -> f64 {
    let of_epoch = match settings.model {
        Model::Baseline => 4.9 / 300.0,
        Model::Multilayer => 147.6 / 600.0,
        Model::Cnn => 132.3 / 3000.0,
    };
    of_epoch * settings.hyperparameters.epochs as f64
}

/// What there is to do. `Display` is the table of the command line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// All of it, whether it is done or not.
    pub units: Vec<PlannedUnit>,
}

impl Plan {
    /// As tab-separated values: name, file, done (`yes` or `no`), seconds, and the command as a shell reads it.
    ///
    /// # Errors
    /// [`Fault::UNWRITABLE`](crate::error::Fault::UNWRITABLE)
    pub fn tab_separated(&self) -> Result<String> {
        let line = |unit: &PlannedUnit| {
            let words: Vec<String> = unit.command.iter().map(|word| quoted(word)).collect();
            [
                unit.name.clone(),
                unit.file.display().to_string(),
                yes_or_no(unit.done),
                format!("{:.0}", unit.seconds),
                words.join(" "),
            ]
        };
        separated(b'\t', ["name", "file", "done", "seconds", "command"], self.units.iter().map(line))
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new(["unit", "done", "expected s", "file"]);
        for unit in &self.units {
            let seconds = if unit.done { String::new() } else { format!("{:.0}", unit.seconds) };
            table.push([unit.name.clone(), yes_or_no(unit.done), seconds, unit.file.display().to_string()]);
        }
        let done = self.units.iter().filter(|unit| unit.done).count();
        let hours = self.units.iter().map(|unit| unit.seconds).sum::<f64>() / 3600.0;
        let (all, open) = (self.units.len(), self.units.len() - done);
        write!(f, "{table}\n{all} units: {done} done, {open} to do, {hours:.1} h on one core")
    }
}

fn yes_or_no(done: bool) -> String {
    if done { "yes" } else { "no" }.to_owned()
}

/// A word as a POSIX shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=,+@%".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{set, settings, trained};
    use super::*;

    #[test]
    fn a_run_that_is_there_is_done_and_tells_what_the_others_take() {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(Model::Baseline, 2);
        let plan =
            || PlannedUnit::series("x", &settings, &4.into(), folder.path(), &["train".to_owned()]).unwrap();
        let before = plan();
        assert!(before.iter().all(|unit| !unit.done && unit.seconds == expected_seconds(&settings)));
        trained(&set(), settings, 2, folder.path(), 1);
        let after = plan();
        assert_eq!(after.iter().map(|unit| unit.done).collect::<Vec<_>>(), [true, true, false, false]);
        assert!(after[0].file.is_file() && after[0].seconds == 0.0 && after[3].seconds > 0.0);
        assert_ne!(after[3].seconds, before[3].seconds);
        assert_eq!(after[3].command, ["train", "--run", "3"]);
    }

    #[test]
    fn a_shell_reads_the_words_of_a_command_as_they_are() {
        for word in ["", "plain-1.json", "two words", "it's", "$HOME `x` \"y\"\\"] {
            let script = format!("printf %s {}", quoted(word));
            let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), word);
        }
    }
}
