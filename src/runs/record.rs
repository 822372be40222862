//! What a run leaves: how it went, and what its weights answer to the test recordings.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Configuration;
use crate::error::Result;
use crate::models::GENRES;
use crate::recordings::{Genre, RecordingId};
use crate::training::{Answer, Evaluation};

/// Which weights of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weights {
    /// Those after the last epoch.
    Final,
    /// Those of the epoch that was best on validation; of equal ones, the earliest.
    Best,
}

impl Weights {
    /// The name, as in a file's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::Best => "best",
        }
    }
}

/// The record of one run. Nothing in it depends on the machine's speed, on threads or on other runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// What was trained, on what, and how.
    pub configuration: Configuration,
    /// Which run of the series it is, from 0.
    pub run: u64,
    /// The program that made it.
    pub program: String,
    /// How training went.
    pub history: History,
    /// With the weights after the last epoch.
    #[serde(rename = "final")]
    pub last: Outcome,
    /// With the weights of the epoch that was best on validation; of equal ones, the earliest.
    pub best: Outcome,
}

impl Record {
    /// What the run answers with certain weights.
    #[must_use]
    pub const fn outcome(&self, weights: Weights) -> &Outcome {
        match weights {
            Weights::Final => &self.last,
            Weights::Best => &self.best,
        }
    }

    /// The same with the history of the two epochs alone whose weights are tested, which is all that a summary needs.
    #[must_use]
    pub fn condensed(&self) -> Self {
        let epochs = BTreeSet::from([self.best.epoch, self.last.epoch]);
        let History { training, validation } = &self.history;
        let history = History { training: training.after(&epochs), validation: validation.after(&epochs) };
        Self { history, ..self.clone() }
    }
}

/// Losses and right answers after each epoch, all in evaluation mode.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// On the recordings that train.
    pub training: Curve,
    /// On those that validate.
    pub validation: Curve,
}

/// One part of the recordings over the epochs.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Curve {
    /// Recordings.
    pub recordings: usize,
    /// Examples: recordings, or for the CNN their slices.
    pub examples: usize,
    /// The epochs after which it was measured; none are named if it was after each, from the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<usize>,
    /// Mean cross-entropy over the examples, to four significant digits.
    pub loss: Vec<f64>,
    /// Examples that are predicted rightly.
    pub right: Vec<usize>,
    /// Recordings whose slices vote rightly; nothing where an example is a recording.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub right_by_vote: Vec<usize>,
}

impl Curve {
    /// Adds an epoch.
    pub(super) fn push(&mut self, evaluation: &Evaluation) {
        let votes = evaluation.votes();
        self.recordings = votes.len();
        self.examples = evaluation.answers().len();
        self.loss.push(significant(evaluation.loss()));
        self.right.push(evaluation.right());
        if self.examples > self.recordings {
            self.right_by_vote.push(votes.iter().filter(|vote| vote.predicted == vote.genre).count());
        }
    }

    /// Epochs that were measured.
    #[must_use]
    pub fn epochs(&self) -> usize {
        self.loss.len()
    }

    /// The place of an epoch, counted from 1, among those that were measured.
    #[must_use]
    pub fn place(&self, epoch: usize) -> Option<usize> {
        if self.after.is_empty() {
            return epoch.checked_sub(1).filter(|place| *place < self.epochs());
        }
        self.after.iter().position(|measured| *measured == epoch)
    }

    /// The same after some epochs only, as far as they were measured.
    fn after(&self, epochs: &BTreeSet<usize>) -> Self {
        let (after, places): (Vec<usize>, Vec<usize>) =
            epochs.iter().filter_map(|epoch| Some((*epoch, self.place(*epoch)?))).unzip();
        let right = |of: &[usize]| places.iter().filter_map(|place| of.get(*place).copied()).collect();
        Self {
            loss: places.iter().map(|place| self.loss[*place]).collect(),
            right: right(&self.right),
            right_by_vote: right(&self.right_by_vote),
            after,
            ..*self
        }
    }

    /// Part of the recordings that are predicted rightly after each epoch; by vote where there are slices.
    pub fn accuracy(&self) -> impl Iterator<Item = f64> {
        let right = if self.right_by_vote.is_empty() { &self.right } else { &self.right_by_vote };
        right.iter().map(|&right| right as f64 / self.recordings as f64)
    }

    /// Part of the examples that are predicted rightly after each epoch.
    pub fn accuracy_by_example(&self) -> impl Iterator<Item = f64> {
        self.right.iter().map(|&right| right as f64 / self.examples as f64)
    }
}

/// A number to four significant digits: enough for a curve, and a third of the characters.
pub(crate) fn significant(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

/// What certain weights answer to the test recordings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Epochs of training behind the weights.
    pub epoch: usize,
    /// Test recordings by true genre (row) and predicted genre (column), in label order.
    pub confusion: [[usize; GENRES]; GENRES],
    /// One for each test recording.
    pub predictions: Vec<Prediction>,
}

/// The answer to one test recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prediction {
    /// The recording.
    pub recording: RecordingId,
    /// What was predicted.
    pub genre: Genre,
    /// The network's outputs: one row for the whole recording, or for each of its slices.
    pub logits: Vec<[f32; GENRES]>,
}

impl Prediction {
    /// Whether the genre is the one that the outputs vote for.
    #[must_use]
    pub fn is_voted(&self) -> bool {
        let genre = self.recording.song.genre();
        let answers = self.logits.iter().map(|logits| Answer::new(self.recording, genre, *logits));
        let evaluation = answers.collect::<Result<_>>().and_then(Evaluation::from_answers);
        evaluation.is_ok_and(|evaluation| evaluation.votes()[0].predicted == self.genre)
    }
}

impl Outcome {
    /// From the answers to all test examples.
    #[must_use]
    pub fn new(epoch: usize, evaluation: &Evaluation) -> Self {
        let mut confusion = [[0; GENRES]; GENRES];
        let predictions = (evaluation.votes().into_iter())
            .map(|vote| {
                confusion[vote.genre.label()][vote.predicted.label()] += 1;
                let own = evaluation.answers().iter().filter(|answer| answer.recording == vote.recording);
                let logits = own.map(|answer| answer.logits).collect();
                Prediction { recording: vote.recording, genre: vote.predicted, logits }
            })
            .collect();
        Self { epoch, confusion, predictions }
    }

    /// Test recordings.
    #[must_use]
    pub fn recordings(&self) -> usize {
        self.predictions.len()
    }

    /// Test recordings that were predicted rightly.
    #[must_use]
    pub fn right(&self) -> usize {
        (0..GENRES).map(|genre| self.confusion[genre][genre]).sum()
    }

    /// Part of the test recordings that were predicted rightly.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        self.right() as f64 / self.recordings() as f64
    }
}
