//! What a cell leaves: its answers to every test recording, without the histories of its trainings.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::plan::Cell;
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::models::Model;
use crate::preparation::{Scheme, Split};
use crate::recordings::{Design, Fingerprint, Label, Labels, RecordingId};
use crate::runs::{Curve, Instructions, Prediction, Record, Settings, Weights, revision, significant};
use crate::store::{create_folder, differences, read_record, to_json, to_value, write_record};

/// The record of a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellRecord {
    /// What was trained, and on what.
    pub configuration: CellConfiguration,
    /// The program that made it.
    pub program: String,
    /// Those that are done, draw after draw, fold after fold.
    pub trainings: Vec<Training>,
}

/// Everything on which a cell's record depends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellConfiguration {
    /// The condition's name.
    pub condition: String,
    /// The scheme of splitting.
    pub scheme: Scheme,
    /// How the first draw is trained; the others differ in their seeds.
    pub settings: Settings,
    /// The recordings.
    pub data: Fingerprint,
    /// That of the network ([`revision`]).
    pub revision: u32,
    /// The instructions that computed its trainings.
    #[serde(default, skip_serializing_if = "Instructions::is_unrecorded")]
    pub instructions: Instructions,
}

/// One training of a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// The draw, which is its seed.
    pub draw: u64,
    /// The fold, counted from 1.
    pub fold: usize,
    /// The digest of the split.
    pub split: String,
    /// With the weights after the last epoch.
    #[serde(rename = "final")]
    pub last: Fit,
    /// With those of the epoch that was best on validation.
    pub best: Fit,
    /// For each test recording three classes ([`Labels`]): its own, which an ablation may have changed, and the answers
    /// with both weights.
    pub answers: BTreeMap<RecordingId, [usize; 3]>,
    /// The outputs behind the two answers, to four significant digits: one row for the whole recording, or for each of
    /// its slices. Records of version 0.1 have none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub logits: BTreeMap<RecordingId, [Vec<Vec<f32>>; 2]>,
}

/// How well certain weights know the recordings that made them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fit {
    /// Epochs behind them.
    pub epoch: usize,
    /// Right answers to training recordings, and their number.
    pub training: [usize; 2],
    /// The same for validation.
    pub validation: [usize; 2],
}

impl CellConfiguration {
    /// That of a cell on these recordings, without instructions.
    #[must_use]
    pub fn of(cell: &Cell, set: &Design) -> Self {
        Self {
            condition: cell.condition.name.to_owned(),
            scheme: cell.scheme,
            settings: cell.settings(set, 0),
            data: set.fingerprint(),
            revision: revision(cell.model),
            instructions: Instructions::default(),
        }
    }
}

impl Training {
    /// Sums up a run. `labels` are those of the test recordings.
    pub(super) fn of(draw: u64, fold: usize, record: &Record, labels: &BTreeMap<RecordingId, Label>) -> Self {
        let fit = |weights: Weights| {
            let epoch = record.outcome(weights).epoch;
            let right = |curve: &Curve| {
                let right = if curve.right_by_vote.is_empty() { &curve.right } else { &curve.right_by_vote };
                [curve.place(epoch).map_or(0, |place| right[place]), curve.recordings]
            };
            let history = &record.history;
            Fit { epoch, training: right(&history.training), validation: right(&history.validation) }
        };
        let pairs = || record.last.predictions.iter().zip(&record.best.predictions);
        let logits = pairs().map(|(last, best)| {
            (
                last.recording,
                [last, best].map(|one| {
                    one.logits
                        .iter()
                        .map(|row| row.iter().map(|output| significant(f64::from(*output)) as f32).collect())
                        .collect()
                }),
            )
        });
        let answers = pairs()
            .filter_map(|(last, best)| {
                let named = [*labels.get(&last.recording)?, last.predicted, best.predicted];
                Some((last.recording, named.map(|label| record.last.labels.class(label))))
            })
            .collect();
        Self {
            draw,
            fold,
            split: record.configuration.split.clone(),
            last: fit(Weights::Final),
            best: fit(Weights::Best),
            answers,
            logits: logits.collect(),
        }
    }

    /// Whether all classes and outputs are those of so many labels.
    fn is_of_labels(&self, count: usize) -> bool {
        let rows = || self.logits.values().flatten().flatten();
        self.answers.values().flatten().all(|class| *class < count) && rows().all(|row| row.len() == count)
    }

    /// A test recording whose answer is not the one that the recorded outputs vote for. Outputs are rounded, so outputs
    /// that are equal by rounding say nothing.
    fn unvoted(&self, labels: &Labels) -> Option<RecordingId> {
        let is_tied = |row: &[f32]| {
            let mut sorted = row.to_vec();
            sorted.sort_by(|one, other| other.total_cmp(one));
            matches!(sorted[..], [first, second, ..] if first - second <= 1e-3 * first.abs())
        };
        self.logits.iter().find_map(|(recording, both)| {
            let answers = self.answers.get(recording)?;
            let is_wrong = both.iter().zip(&answers[1..]).any(|(rows, answer)| {
                let Some(predicted) = labels.get(*answer) else { return true };
                // Of slices, equally many votes are decided by probabilities, which rounding changes.
                let single = rows.len() == 1 && !is_tied(&rows[0]);
                let (recording, label) = (*recording, predicted);
                single && !Prediction { recording, label, predicted, logits: rows.clone() }.is_voted(labels)
            });
            is_wrong.then_some(*recording)
        })
    }

    /// How well certain weights know what made them.
    #[must_use]
    pub const fn fit(&self, weights: Weights) -> &Fit {
        match weights {
            Weights::Final => &self.last,
            Weights::Best => &self.best,
        }
    }

    /// Each test recording, and whether the answer of certain weights is correct.
    pub fn right(&self, weights: Weights) -> impl Iterator<Item = (RecordingId, bool)> {
        self.answers.iter().map(move |(recording, [label, last, best])| {
            let answer = if weights == Weights::Final { last } else { best };
            (*recording, answer == label)
        })
    }
}

impl CellRecord {
    /// The network.
    #[must_use]
    pub const fn model(&self) -> Model {
        self.configuration.settings.model
    }

    /// That of a cell of which nothing is trained.
    pub(super) fn empty(cell: &Cell, set: &Design) -> Self {
        let program = concat!("eegenre ", env!("CARGO_PKG_VERSION")).to_owned();
        Self { configuration: CellConfiguration::of(cell, set), program, trainings: Vec::new() }
    }

    /// Whether a training is done.
    pub(super) fn has(&self, draw: u64, fold: usize) -> bool {
        self.trainings.iter().any(|one| (one.draw, one.fold) == (draw, fold))
    }

    /// Adds trainings that it does not have, with what computed them.
    pub(super) fn add(&mut self, computed: Vec<(Training, Instructions)>) {
        let (trainings, mut instructions): (Vec<Training>, Vec<Instructions>) = computed.into_iter().unzip();
        if !self.trainings.is_empty() {
            instructions.push(self.configuration.instructions.clone());
        }
        self.configuration.instructions = Instructions::of_all(&instructions);
        self.trainings.extend(trainings);
        self.trainings.sort_by_key(|one| (one.draw, one.fold));
    }

    /// The union of this record's trainings with those of `other`, a record of the same cell read from `path`.
    ///
    /// # Errors
    /// [`Fault::FOREIGN_RECORDS`] if the configurations differ; [`Fault::FOREIGN_INSTRUCTIONS`] if the instructions differ and
    /// `any_level` is false; [`Fault::DISAGREEING_RECORDS`] for every training that both hold with different contents.
    pub(super) fn joined(mut self, other: Self, path: &Path, any_level: bool) -> Result<Self> {
        let instructions = other.configuration.instructions;
        if !any_level {
            self.configuration.instructions.check(&instructions, Place::file(path))?;
        }
        let configuration = CellConfiguration {
            instructions: self.configuration.instructions.clone(),
            ..other.configuration
        };
        if configuration != self.configuration {
            let expected = to_json("configuration", &self.configuration)?;
            let found = to_json("configuration", &configuration)?;
            return Err(Error::new(Fault::FOREIGN_RECORDS, Place::file(path), expected, found));
        }
        let (mut new, mut problems) = (Vec::new(), Vec::new());
        for training in other.trainings {
            let Training { draw, fold, .. } = training;
            match self.trainings.iter().find(|own| (own.draw, own.fold) == (draw, fold)) {
                None => new.push((training, instructions.clone())),
                Some(own) => {
                    let differing =
                        differences(&to_value("training", own)?, &to_value("training", &training)?);
                    problems.extend(differing.into_iter().next().map(|(field, ours, found)| {
                        let place = Place::file(path).of_field(format!("draw {draw}, fold {fold}, {field}"));
                        let expected = format!("{ours}, as in the other stores");
                        Problem::new(Fault::DISAGREEING_RECORDS, place, expected, found.to_string())
                    }));
                }
            }
        }
        Error::unless_none(problems)?;
        if !new.is_empty() {
            self.add(new);
        }
        Ok(self)
    }

    /// The draws of which all trainings that the cell asks for are done, and nothing else; `None` without such a draw.
    ///
    /// # Errors
    /// Those of [`Scheme::draw`].
    pub(super) fn whole_draws(mut self, cell: &Cell, set: &Design) -> Result<Option<Self>> {
        let folds = cell.scheme.draw(set, 0)?.len();
        let folds = cell.folds.unwrap_or(folds).min(folds);
        let count =
            |draw: u64| self.trainings.iter().filter(|one| one.draw == draw && one.fold <= folds).count();
        let whole: BTreeSet<u64> = (0..cell.draws).filter(|draw| count(*draw) == folds).collect();
        self.trainings.retain(|one| whole.contains(&one.draw) && one.fold <= folds);
        Ok((!whole.is_empty()).then_some(self))
    }

    /// Epochs of each training.
    #[must_use]
    pub const fn epochs(&self) -> usize {
        self.configuration.settings.hyperparameters.epochs
    }

    /// The file of a cell below a folder.
    #[must_use]
    pub fn path(folder: &Path, cell: &Cell) -> PathBuf {
        folder.join(cell.condition.name).join(format!(
            "{}-{}-{}.json",
            cell.scheme,
            cell.model,
            cell.extent('-')
        ))
    }

    /// The record of a cell below a folder, if it is there; trainings may be missing.
    ///
    /// # Errors
    /// [`Fault::BAD_RECORD`]; [`Fault::FOREIGN_RECORDS`] if it has another configuration than the cell on these recordings.
    pub fn read(folder: &Path, cell: &Cell, set: &Design) -> Result<Option<Self>> {
        let path = Self::path(folder, cell);
        let Some(record) = read_record::<Self>(&path, "a record of the audit")? else { return Ok(None) };
        let configuration = CellConfiguration::of(cell, set);
        let instructions = record.configuration.instructions.clone();
        let configuration = CellConfiguration { instructions, ..configuration };
        if record.configuration == configuration {
            let count = set.labels().count();
            return match record.trainings.iter().all(|training| training.is_of_labels(count)) {
                true => Ok(Some(record)),
                false => {
                    let expected = format!("classes and outputs of {count} labels");
                    Err(Error::new(Fault::BAD_RECORD, Place::file(path), expected, "others"))
                }
            };
        }
        let [expected, found] = [&configuration, &record.configuration]
            .map(|configuration| to_json("configuration", configuration));
        let (expected, found) = (expected?, found?);
        Err(Error::new(Fault::FOREIGN_RECORDS, Place::file(path), expected, found))
    }

    /// Refuses trainings that are not those of the cell's splits, or whose answers do not follow from their outputs.
    ///
    /// # Errors
    /// [`Fault::INCONSISTENT_RECORD`], with `path` and the first training that is wrong; those of [`Scheme::draw`].
    pub fn check(&self, cell: &Cell, design: &Design, path: &Path) -> Result<()> {
        let mut splits: BTreeMap<u64, Vec<Split>> = BTreeMap::new();
        for training in &self.trainings {
            let Training { draw, fold, .. } = *training;
            if let Entry::Vacant(drawn) = splits.entry(draw) {
                drawn.insert(cell.scheme.draw(design, draw)?);
            }
            let split = fold.checked_sub(1).and_then(|index| splits[&draw].get(index));
            let wrong = match split {
                None => Some(("a fold of the scheme", "another".to_owned())),
                Some(split) if split.digest() != training.split => {
                    Some(("the split of the scheme and the seed", format!("split {}", training.split)))
                }
                Some(split) if !split.test().iter().eq(training.answers.keys()) => {
                    Some(("one answer to each test recording", format!("{} answers", training.answers.len())))
                }
                Some(_) => training.unvoted(&design.labels()).map(|recording| {
                    ("the answers that the outputs vote for", format!("another for {recording}"))
                }),
            };
            if let Some((expected, found)) = wrong {
                let field = Some(format!("draw {draw}, fold {fold}"));
                let place = Place { field, ..Place::file(path) };
                return Err(Error::new(Fault::INCONSISTENT_RECORD, place, expected, found));
            }
        }
        Ok(())
    }

    /// Writes it below a folder.
    ///
    /// # Errors
    /// [`Fault::UNWRITABLE`]; [`Fault::UNREADABLE_RECORD`]
    pub fn write(&self, folder: &Path, cell: &Cell) -> Result<()> {
        let path = Self::path(folder, cell);
        create_folder(path.parent().unwrap_or(folder))?;
        write_record(path, self)
    }
}
