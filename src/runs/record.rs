//! What a run leaves: how it went, and what its weights answer to the test recordings.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use super::Configuration;
use crate::error::Result;
use crate::recordings::{Label, Labels, RecordingId, Song};
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

/// Losses and right answers after each epoch, or [some](field@Curve::after), all in evaluation mode.
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
            self.right_by_vote.push(votes.iter().filter(|vote| vote.predicted == vote.class).count());
        }
    }

    /// What was measured after some epochs only.
    pub(super) fn of(evaluations: &BTreeMap<usize, &Evaluation>) -> Self {
        let mut curve = Self::default();
        evaluations.values().for_each(|evaluation| curve.push(evaluation));
        Self { after: evaluations.keys().copied().collect(), ..curve }
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
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// Epochs of training behind the weights.
    pub epoch: usize,
    /// Test recordings by true class (row) and predicted class (column).
    pub confusion: Vec<Vec<usize>>,
    /// The labels, class after class. Those of the published study are not written.
    #[serde(skip_serializing_if = "Labels::are_published")]
    pub labels: Labels,
    /// One for each test recording.
    pub predictions: Vec<Prediction>,
}

/// An outcome as a record has it, of any shape.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOutcome {
    epoch: usize,
    confusion: Vec<Vec<usize>>,
    #[serde(default = "Labels::published")]
    labels: Labels,
    predictions: Vec<Prediction>,
}

impl<'de> Deserialize<'de> for Outcome {
    /// Refuses a confusion matrix, or outputs, of another number of labels.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let WrittenOutcome { epoch, confusion, labels, predictions } =
            WrittenOutcome::deserialize(deserializer)?;
        let count = labels.count();
        let is_square = confusion.len() == count && confusion.iter().all(|row| row.len() == count);
        let fits = |prediction: &Prediction| prediction.logits.iter().all(|row| row.len() == count);
        if is_square && predictions.iter().all(fits) {
            return Ok(Self { epoch, confusion, labels, predictions });
        }
        Err(D::Error::custom(format_args!("counts or outputs of other than {count} labels")))
    }
}

/// The answer to one test recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "WrittenPrediction", into = "WrittenPrediction")]
pub struct Prediction {
    /// The recording.
    pub recording: RecordingId,
    /// Its label.
    pub label: Label,
    /// What was predicted.
    pub predicted: Label,
    /// The network's outputs, class after class: one row for the whole recording, or for each of its slices.
    pub logits: Vec<Vec<f32>>,
}

/// A prediction as a record has it: without the label, where a stimulus of the published study has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPrediction {
    recording: RecordingId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<Label>,
    predicted: Label,
    logits: Vec<Vec<f32>>,
}

/// The label of a stimulus of the published study.
fn known_label(recording: RecordingId) -> Option<Label> {
    Song::try_from(recording.stimulus).ok().map(|song| song.genre().into())
}

impl From<Prediction> for WrittenPrediction {
    fn from(Prediction { recording, label, predicted, logits }: Prediction) -> Self {
        let label = (known_label(recording) != Some(label)).then_some(label);
        Self { recording, label, predicted, logits }
    }
}

impl TryFrom<WrittenPrediction> for Prediction {
    type Error = String;

    fn try_from(written: WrittenPrediction) -> std::result::Result<Self, String> {
        let WrittenPrediction { recording, label, predicted, logits } = written;
        let label = label.or_else(|| known_label(recording));
        let label = label.ok_or_else(|| format!("no label of {recording}"))?;
        Ok(Self { recording, label, predicted, logits })
    }
}

impl Prediction {
    /// Whether the answer is the one that the outputs vote for. `labels` are those of the outputs.
    #[must_use]
    pub fn is_voted(&self, labels: &Labels) -> bool {
        let Some(predicted) = labels.find(self.predicted) else { return false };
        let fits = self.logits.iter().all(|row| row.len() == labels.count());
        // The true class does not matter.
        let answers = self.logits.iter().map(|logits| Answer::new(self.recording, 0, logits.clone()));
        let evaluation = answers.collect::<Result<_>>().and_then(Evaluation::from_answers);
        fits && evaluation.is_ok_and(|evaluation| evaluation.votes()[0].predicted == predicted)
    }
}

impl Outcome {
    /// From the answers to all test examples. `labels` are those of the classes.
    #[must_use]
    pub fn new(epoch: usize, evaluation: &Evaluation, labels: &Labels) -> Self {
        let mut confusion = vec![vec![0; labels.count()]; labels.count()];
        let predictions = (evaluation.votes().into_iter())
            .map(|vote| {
                confusion[vote.class][vote.predicted] += 1;
                let own = evaluation.answers().iter().filter(|answer| answer.recording == vote.recording);
                let logits = own.map(|answer| answer.logits.clone()).collect();
                let [label, predicted] = [vote.class, vote.predicted].map(|class| labels[class]);
                Prediction { recording: vote.recording, label, predicted, logits }
            })
            .collect();
        Self { epoch, confusion, labels: labels.clone(), predictions }
    }

    /// Test recordings.
    #[must_use]
    pub fn recordings(&self) -> usize {
        self.predictions.len()
    }

    /// Test recordings that were predicted rightly.
    #[must_use]
    pub fn right(&self) -> usize {
        self.confusion.iter().enumerate().filter_map(|(class, row)| row.get(class)).sum()
    }

    /// Part of the test recordings that were predicted rightly.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        self.right() as f64 / self.recordings() as f64
    }
}
