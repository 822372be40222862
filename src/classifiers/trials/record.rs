//! What a trial leaves: its answer to every tested row.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::division::TableFold;
use super::trial::{Exchanges, Trial};
use crate::classifiers::Trained;
use crate::error::{Error, Fault, Place, Result};
use crate::evaluation::NullDistribution;
use crate::features::FeatureTable;
use crate::recordings::{Design, Labels, Participant};
use crate::report::{Steps, comma_separated};
use crate::store::{create_folder, read_record, to_json, write_atomically, write_record};

/// Counts up when a classifier of the same table and recipe answers otherwise than before.
const REVISION: u32 = 1;

/// Exchanges that share all work without labels. Each holds a copy of the rows.
const TOGETHER: usize = 25;

/// What its files hold.
const EXPECTED: &str = "a record of a classification";

/// The record of a trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialRecord {
    /// What was tried, and on what.
    pub configuration: TrialConfiguration,
    /// The program that made it.
    pub program: String,
    /// The labels, class after class. Those of the published study are not written.
    #[serde(default = "Labels::published", skip_serializing_if = "Labels::are_published")]
    pub labels: Labels,
    /// Each row of the table: its participant, and the class of its label.
    pub rows: Vec<(Participant, usize)>,
    /// Draw after draw, fold after fold.
    pub folds: Vec<TestedFold>,
    /// What the trial reaches with exchanged labels, if that was tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub null: Option<TrialNull>,
}

/// What a trial reaches with exchanged labels, training included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialNull {
    /// Draws of each exchange, from the first.
    pub draws: u64,
    /// Right answers of each exchange.
    pub distribution: NullDistribution,
}

/// Everything on which a trial's record depends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialConfiguration {
    /// What was tried.
    pub trial: Trial,
    /// What identifies the table ([`FeatureTable::digest`]).
    pub table: String,
    /// That of the classifiers.
    pub revision: u32,
}

/// The answers to the rows that a fold tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestedFold {
    /// The draw, which is its seed.
    pub draw: u64,
    /// The fold, counted from 1.
    pub fold: usize,
    /// The number of neighbours that was chosen, if it is of neighbours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neighbours: Option<usize>,
    /// The features that were selected, if any were, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub selected: Vec<String>,
    /// Each tested row: its place in the table, and the class that was answered.
    pub answers: Vec<(usize, usize)>,
}

impl TrialConfiguration {
    /// That of a trial on the table of this digest.
    #[must_use]
    pub const fn of(trial: Trial, table: String) -> Self {
        Self { trial, table, revision: REVISION }
    }
}

impl TrialRecord {
    /// Tries: all draws and folds, on all cores.
    ///
    /// # Errors
    /// Those of [`Division::draw`](super::Division::draw) and [`Recipe::fit`](crate::classifiers::Recipe::fit).
    pub fn make(trial: Trial, table: &FeatureTable) -> Result<Self> {
        let folds: Vec<Result<TestedFold>> = (drawn(trial, trial.draws, table)?.par_iter())
            .map(|(draw, number, fold)| TestedFold::make(trial, table, *draw, *number, fold))
            .collect();
        let labels = table.labels();
        Ok(Self {
            configuration: TrialConfiguration::of(trial, table.digest()),
            program: concat!("eegenre ", env!("CARGO_PKG_VERSION")).to_owned(),
            rows: table.rows().iter().map(|row| (row.participant, labels.class(row.label))).collect(),
            labels,
            folds: Error::gather(folds)?,
            null: None,
        })
    }

    /// Repeats the trial with [exchanged labels](FeatureTable::with_exchanged_labels), on all cores.
    ///
    /// # Errors
    /// As [`Self::make`].
    pub fn exchange(&mut self, table: &FeatureTable, exchanges: Exchanges) -> Result<()> {
        let trial = self.configuration.trial;
        let folds = drawn(trial, exchanges.draws, table)?;
        let seeds: Vec<u64> = (0..exchanges.number).collect();
        let blocks: Vec<&[u64]> = seeds.chunks(TOGETHER).collect();
        let steps = Mutex::new(Steps::on_terminal((blocks.len() * folds.len()) as u64));
        // For each fold, the right answers of each exchange.
        let right = |seeds: &&[u64]| -> Vec<Result<Vec<usize>>> {
            let tables: Vec<FeatureTable> =
                seeds.iter().map(|seed| table.with_exchanged_labels(*seed)).collect();
            let of_fold = |(draw, number, fold): &(u64, usize, TableFold)| {
                if let Ok(mut steps) = steps.lock() {
                    steps.begin("labels exchanged by chance");
                }
                let tested = TestedFold::make_each(trial, &tables, *draw, *number, fold)?;
                Ok(tables.iter().zip(tested).map(|(table, tested)| tested.right(table)).collect())
            };
            folds.par_iter().map(of_fold).collect()
        };
        let right: Vec<Vec<Result<Vec<usize>>>> = blocks.par_iter().map(right).collect();
        let of_block = |folds: Vec<Vec<usize>>| -> Vec<usize> {
            let exchanges = 0..folds.first().map_or(0, Vec::len);
            exchanges.map(|exchange| folds.iter().map(|fold| fold[exchange]).sum()).collect()
        };
        let right = Error::gather(right.into_iter().map(|folds| Error::gather(folds).map(of_block)))?;
        let of = folds.iter().map(|(_, _, fold)| fold.test.len()).sum();
        let distribution = NullDistribution { of, right: right.concat() };
        self.null = Some(TrialNull { draws: exchanges.draws, distribution });
        Ok(())
    }

    /// Whether it has the null distribution that was asked for.
    pub(super) fn has(&self, exchanges: Exchanges) -> bool {
        exchanges.number == 0
            || self.null.as_ref().is_some_and(|null| {
                null.draws == exchanges.draws && null.distribution.exchanges() as u64 >= exchanges.number
            })
    }

    /// The file of a trial below a folder.
    #[must_use]
    pub fn path(folder: &Path, trial: &Trial) -> PathBuf {
        folder.join(trial.origin.name()).join(format!("{}.json", trial.name()))
    }

    /// The record of a trial below a folder, if it is there, whatever its table.
    ///
    /// # Errors
    /// [`Fault::BAD_RECORD`]
    pub fn load(folder: &Path, trial: Trial) -> Result<Option<Self>> {
        let path = Self::path(folder, &trial);
        let Some(record) = read_record::<Self>(&path, EXPECTED)? else { return Ok(None) };
        if record.is_sound() {
            Ok(Some(record))
        } else {
            let found = "a row, a label or an exchange that there is not";
            Err(Error::new(Fault::BAD_RECORD, Place::file(path), EXPECTED, found))
        }
    }

    /// Whether every answer is one of the labels, to a row that there is, and exchanges have as many answers.
    fn is_sound(&self) -> bool {
        let answers = || self.folds.iter().flat_map(|fold| &fold.answers);
        let classes = self.rows.iter().map(|(_, class)| class).chain(answers().map(|(_, answer)| answer));
        let is_whole = |null: &TrialNull| {
            let tested = self.folds.iter().filter(|fold| fold.draw < null.draws);
            let answers: usize = tested.map(|fold| fold.answers.len()).sum();
            null.distribution.of == answers && null.distribution.right.iter().all(|right| *right <= answers)
        };
        classes.into_iter().all(|class| *class < self.labels.count())
            && answers().all(|(row, _)| *row < self.rows.len())
            && self.null.as_ref().is_none_or(is_whole)
    }

    /// Each answer with its draw: participant, label and answered label.
    pub(super) fn answers(&self) -> impl Iterator<Item = (u64, Participant, usize, usize)> {
        let of_fold =
            |fold: &TestedFold| fold.answers.iter().map(|answer| (fold.draw, *answer)).collect::<Vec<_>>();
        self.folds.iter().flat_map(of_fold).map(|(draw, (row, answer))| {
            let (participant, label) = self.rows[row];
            (draw, participant, label, answer)
        })
    }

    /// The record of a trial on the table of a digest below a folder, if it is there.
    ///
    /// # Errors
    /// Those of [`Self::load`]; [`Fault::FOREIGN_RECORDS`] if it is of another trial or table.
    pub fn read(folder: &Path, trial: Trial, table: &str) -> Result<Option<Self>> {
        let configuration = TrialConfiguration::of(trial, table.to_owned());
        match Self::load(folder, trial)? {
            Some(record) if record.configuration != configuration => {
                let expected = to_json("configuration", &configuration)?;
                let found = to_json("configuration", &record.configuration)?;
                let place = Place::file(Self::path(folder, &trial));
                Err(Error::new(Fault::FOREIGN_RECORDS, place, expected, found))
            }
            record => Ok(record),
        }
    }

    /// Writes the answers of its first draw as a table that [`audit predictions`](crate::audit::predictions) reads. The recordings
    /// are those whose features the trial classified.
    ///
    /// # Errors
    /// [`Fault::UNWRITABLE`]
    pub fn write_predictions(&self, design: &Design, path: impl AsRef<Path>) -> Result<()> {
        const HEADING: [&str; 7] =
            ["recording", "participant_id", "stimulus", "label", "predicted", "fold", "length"];
        let answers = self.folds.iter().filter(|fold| fold.draw == 0).flat_map(|fold| {
            fold.answers
                .iter()
                .filter_map(|(row, answer)| Some((fold.fold, design.outlines().get(*row)?, *answer)))
        });
        let lines = answers.map(|(fold, of, answer)| {
            let (id, predicted) = (of.id().to_string(), self.labels[answer].to_string());
            let names = [of.participant.to_string(), of.stimulus.to_string(), of.label.to_string()];
            let [participant, stimulus, label] = names;
            [id, participant, stimulus, label, predicted, fold.to_string(), of.samples.to_string()]
        });
        write_atomically(path, comma_separated(HEADING, lines)?.as_bytes())
    }

    /// Writes it below a folder.
    ///
    /// # Errors
    /// [`Fault::UNWRITABLE`]; [`Fault::UNREADABLE_RECORD`]
    pub fn write(&self, folder: &Path) -> Result<()> {
        let path = Self::path(folder, &self.configuration.trial);
        create_folder(path.parent().unwrap_or(folder))?;
        write_record(path, self)
    }
}

/// The folds of a trial's first draws, each with its draw and its number.
fn drawn(trial: Trial, draws: u64, table: &FeatureTable) -> Result<Vec<(u64, usize, TableFold)>> {
    let of_draw = |draw| {
        let folds = trial.division.draw(table, draw)?;
        Ok((1..).zip(folds).map(move |(number, fold)| (draw, number, fold)).collect::<Vec<_>>())
    };
    Ok(Error::gather((0..draws).map(of_draw))?.concat())
}

impl TestedFold {
    fn make(trial: Trial, table: &FeatureTable, draw: u64, number: usize, fold: &TableFold) -> Result<Self> {
        Ok(Self::make_each(trial, std::slice::from_ref(table), draw, number, fold)?.remove(0))
    }

    /// As [`Self::make`], for each of several tables that differ in labels alone.
    fn make_each(
        trial: Trial,
        tables: &[FeatureTable],
        draw: u64,
        number: usize,
        fold: &TableFold,
    ) -> Result<Vec<Self>> {
        let trained = trial.recipe.fit_each(tables, &fold.training, draw)?;
        let of = |(trained, table): (&Trained, &FeatureTable)| {
            let predicted = trained.predict(table, &fold.test)?;
            let names = trained.columns().iter().map(|column| table.names()[*column].clone());
            Ok(Self {
                draw,
                fold: number,
                neighbours: trained.neighbours(),
                selected: trial.recipe.selection.map_or_else(Vec::new, |_| names.collect()),
                answers: fold.test.iter().copied().zip(predicted).collect(),
            })
        };
        trained.iter().zip(tables).map(of).collect()
    }

    /// The number of answers that agree with the labels of a table.
    fn right(&self, table: &FeatureTable) -> usize {
        let labels = table.labels();
        let is_right = |(row, answer): &&(usize, usize)| labels.class(table.rows()[*row].label) == *answer;
        self.answers.iter().filter(is_right).count()
    }
}
