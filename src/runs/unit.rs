//! Units of work and plans.
//!
//! A unit is the work that one process does alone, and leaves one file. A plan lists units. Processes on any number of machines
//! may do the units of a plan in any order into one store, so that workflow engines (Snakemake, Slurm) need only the files and
//! commands of the plan.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Runs, Settings, Store};
use crate::error::Result;
use crate::models::Model;
use crate::report::{Table, as_text, separated};

/// The work that one process does alone. A unit leaves one file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedUnit {
    /// Words that name the unit within its plan: `baseline run-03`.
    pub name: String,
    /// The file that the unit leaves.
    #[serde(serialize_with = "as_text")]
    pub file: PathBuf,
    /// Whether the work is done.
    pub done: bool,
    /// Expected seconds on one core; 0 if the unit is done.
    pub seconds: f64,
    /// The arguments of `eegenre` that do the unit.
    pub command: Vec<String>,
}

impl PlannedUnit {
    /// One unit for each of these runs in a folder. `command` trains the series; each unit adds `--run`.
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

/// Expected seconds on one core of a training that was never timed.
///
/// The estimate scales one measured run of each network by the number of epochs: 4.9, 147.6 and 132.3 s for 300, 600 and 3000
/// epochs (`benches/README.md`, Training). The estimate ignores the number and length of the recordings,
/// and that trainings of the audit take about a quarter less ([`Control::training_curve`](super::Control::training_curve)).
#[must_use]
pub fn expected_seconds(settings: &Settings) -> f64 {
    let of_epoch = match settings.model {
        Model::Baseline => 4.9 / 300.0,
        Model::Multilayer => 147.6 / 600.0,
        Model::Cnn => 132.3 / 3000.0,
    };
    of_epoch * settings.hyperparameters.epochs as f64
}

/// A list of units. `Display` is the table of the command line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// All units, done or not.
    pub units: Vec<PlannedUnit>,
}

impl Plan {
    /// The plan as tab-separated values: name, file, done (`yes` or `no`), seconds, and the command, quoted for a POSIX shell.
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

/// A word, quoted for a POSIX shell.
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
    fn recorded_runs_are_done_and_their_times_give_the_expected_seconds_of_the_others() {
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
    fn a_shell_reads_quoted_words_unchanged() {
        for word in ["", "plain-1.json", "two words", "it's", "$HOME `x` \"y\"\\"] {
            let script = format!("printf %s {}", quoted(word));
            let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), word);
        }
    }
}
