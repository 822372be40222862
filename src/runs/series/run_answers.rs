//! What a series needs of a run: its answers to the test recordings, and whether its record fits together.

use crate::recordings::{Labels, RecordingId};
use crate::runs::{Configuration, Instructions, Outcome, Prediction, Record, Weights};

/// What a series needs of a record.
#[derive(Debug)]
pub(crate) struct RunAnswers {
    pub(super) run: u64,
    pub(super) program: String,
    /// Without instructions.
    pub(super) configuration: Configuration,
    pub(super) instructions: Instructions,
    /// The test recordings, in the order of the predictions.
    pub(super) recordings: Vec<RecordingId>,
    /// Whether each is answered correctly.
    pub(super) is_right: Vec<bool>,
    pub(super) labels: Labels,
    /// Test recordings of each label.
    pub(super) label_counts: Vec<usize>,
    pub(super) right: usize,
    pub(super) accuracy: f64,
    /// Whether the confusion matrix counts the predictions.
    pub(super) is_counted: bool,
    pub(super) epoch: usize,
    /// On the training recordings: by recording and by example.
    pub(super) training: Option<[f64; 2]>,
}

impl RunAnswers {
    /// With these weights.
    pub(crate) fn of(record: &Record, weights: Weights) -> Self {
        let outcome = record.outcome(weights);
        let predictions = &outcome.predictions;
        let is_right = |prediction: &Prediction| prediction.predicted == prediction.label;
        Self {
            run: record.run,
            program: record.program.clone(),
            configuration: record.configuration.of_series(),
            instructions: record.configuration.instructions.clone(),
            recordings: predictions.iter().map(|prediction| prediction.recording).collect(),
            is_right: predictions.iter().map(is_right).collect(),
            labels: outcome.labels.clone(),
            label_counts: outcome.confusion.iter().map(|row| row.iter().sum()).collect(),
            right: outcome.right(),
            accuracy: outcome.accuracy(),
            is_counted: confusion(outcome).as_ref() == Some(&outcome.confusion),
            epoch: outcome.epoch,
            training: training_accuracy(record, weights),
        }
    }
}

/// On the training recordings after the epoch of these weights: by recording and by example.
fn training_accuracy(record: &Record, weights: Weights) -> Option<[f64; 2]> {
    let curve = &record.history.training;
    let place = curve.place(record.outcome(weights).epoch)?;
    Some([curve.accuracy().nth(place)?, curve.accuracy_by_example().nth(place)?])
}

/// Predictions by true class (row) and predicted class (column), if all labels are among the outcome's.
pub(super) fn confusion(outcome: &Outcome) -> Option<Vec<Vec<usize>>> {
    let labels = &outcome.labels;
    let mut confusion = vec![vec![0; labels.count()]; labels.count()];
    for prediction in &outcome.predictions {
        confusion[labels.find(prediction.label)?][labels.find(prediction.predicted)?] += 1;
    }
    Some(confusion)
}
