//! The runs of one configuration in numbers, and two such series beside each other.
//!
//! ```text
//! records of one configuration ─► Series (final weights | best on validation)
//!                                   │
//!                     two of them ──┴──► Comparison: over runs, and over test recordings
//! ```

mod chance;
mod comparison;
mod reported_series;
#[cfg(test)]
pub(crate) mod testing;

pub use chance::Chance;
pub use comparison::{Comparison, Evidence};
pub use reported_series::ReportedSeries;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::{Error, Fault, Place, Problem, Result};
use crate::evaluation::statistics::{
    Interval, average, average_interval, clopper_pearson_of_mean, mean, trimmed_mean,
};
use crate::models::Model;
use crate::recordings::{Fingerprint, RecordingId};
use crate::runs::{Configuration, Instructions, Outcome, Record, Weights};
use crate::store::to_json;

/// The accuracies of all runs of one configuration. Accuracies are parts of 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Series {
    /// Its name in tables.
    pub label: String,
    /// The network.
    pub model: Model,
    /// Which of its weights.
    pub weights: Weights,
    /// What all its runs share, and the instructions that computed them.
    pub configuration: Configuration,
    /// SHA-256 of what its runs share, as JSON.
    pub digest: String,
    /// The programs that trained it.
    pub programs: BTreeSet<String>,
    /// The numbers of its runs, rising.
    pub runs: Vec<u64>,
    /// Test recordings.
    pub recordings: usize,
    /// Test recordings that each run answers rightly.
    pub right: Vec<usize>,
    /// Runs that answer each test recording rightly, of those that [the average keeps](Self::average).
    pub right_by_recording: BTreeMap<RecordingId, usize>,
    /// How many runs the average keeps: all but two, and all of fewer than three.
    pub kept_runs: usize,
    /// The test accuracy of each run.
    pub accuracies: Vec<f64>,
    /// The lowest of them.
    pub lowest: f64,
    /// The mean of all but the lowest and the highest, which the paper calls average; nothing for fewer than three runs.
    pub trimmed_mean: Option<f64>,
    /// The highest.
    pub highest: f64,
    /// The same, and for fewer than three runs the mean of all: what series are compared by.
    pub average: f64,
    /// Mean over runs of the accuracy on the training recordings, with the same weights; by vote for the CNN.
    pub training: f64,
    /// The same by slice, for the CNN.
    pub training_by_slice: Option<f64>,
    /// What the average could be with other seeds on the same split ([`average_interval`]); nothing for one run, nor for three.
    pub over_runs: Option<Interval>,
    /// What the average could be with another test set of this size: the exact binomial interval of one run with so many
    /// right answers.
    pub over_recordings: Interval,
    /// What can be had without looking at a signal.
    pub chance: Chance,
}

impl Series {
    /// Sums up the records of one configuration, in any order.
    ///
    /// # Errors
    /// - [`Fault::NO_RECORDS`] if there are none;
    /// - [`Fault::MIXED_RECORDS`] for every record of another configuration than the first;
    /// - [`Fault::REPEATED_RUN`] for every run that is there again;
    /// - [`Fault::INCONSISTENT_RECORD`] for every record whose numbers do not fit together, or that answers other test
    ///   recordings than the first.
    pub fn of(records: &[Record], weights: Weights) -> Result<Self> {
        let mut records: Vec<&Record> = records.iter().collect();
        records.sort_by_key(|record| record.run);
        check(&records, weights)?;
        let outcomes: Vec<&Outcome> = records.iter().map(|record| record.outcome(weights)).collect();
        let instructions =
            Instructions::of_all(records.iter().map(|record| &record.configuration.instructions));
        let configuration = Configuration { instructions, ..records[0].configuration.clone() };
        let model = configuration.settings.model;
        let recordings = outcomes[0].recordings();
        let right: Vec<usize> = outcomes.iter().map(|outcome| outcome.right()).collect();
        let kept = kept(&right);
        let mut right_by_recording = BTreeMap::new();
        for prediction in kept.iter().flat_map(|run| &outcomes[*run].predictions) {
            let is_right = prediction.predicted == prediction.label;
            *right_by_recording.entry(prediction.recording).or_insert(0) += usize::from(is_right);
        }
        let accuracies: Vec<f64> = outcomes.iter().map(|outcome| outcome.accuracy()).collect();
        let average = average(&accuracies);
        let training: Vec<[f64; 2]> =
            records.iter().filter_map(|record| training_accuracy(record, weights)).collect();
        let mean_training = |which: usize| mean(&training.iter().map(|both| both[which]).collect::<Vec<_>>());
        Ok(Self {
            label: label(model, weights),
            model,
            weights,
            digest: digest(&configuration)?,
            configuration,
            programs: records.iter().map(|record| record.program.clone()).collect(),
            runs: records.iter().map(|record| record.run).collect(),
            recordings,
            lowest: accuracies.iter().copied().fold(f64::INFINITY, f64::min),
            trimmed_mean: trimmed_mean(&accuracies),
            highest: accuracies.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            average,
            training: mean_training(0),
            training_by_slice: (model == Model::Cnn).then(|| mean_training(1)),
            over_runs: average_interval(&accuracies),
            over_recordings: clopper_pearson_of_mean(average * recordings as f64, recordings),
            kept_runs: kept.len(),
            chance: Chance::of(
                outcomes[0].confusion.iter().map(|row| row.iter().sum()).collect(),
                &outcomes[0].labels,
            ),
            right,
            right_by_recording,
            accuracies,
        })
    }

    /// The series of the paper that it repeats, if the paper reports these weights of this network.
    #[must_use]
    pub const fn reported(&self) -> Option<ReportedSeries> {
        reported(self.model, self.weights)
    }

    /// Whether it is of the published recordings.
    #[must_use]
    pub fn is_published(&self) -> bool {
        self.configuration.data == Fingerprint::PUBLISHED
    }

    /// The part of the runs that the average keeps that answer each test recording rightly, in the order of the recordings.
    /// Their mean is the average.
    #[must_use]
    pub fn right_parts(&self) -> Vec<f64> {
        self.right_by_recording.values().map(|&right| right as f64 / self.kept_runs as f64).collect()
    }
}

/// The series of the paper that these weights of a network give, if it reports them.
pub(crate) const fn reported(model: Model, weights: Weights) -> Option<ReportedSeries> {
    match (model, weights) {
        (Model::Baseline, Weights::Final) => Some(ReportedSeries::Baseline),
        (Model::Multilayer, Weights::Final) => Some(ReportedSeries::MultilayerFinal),
        (Model::Multilayer, Weights::Best) => Some(ReportedSeries::MultilayerBest),
        (Model::Cnn, Weights::Final) => Some(ReportedSeries::Cnn),
        (Model::Baseline | Model::Cnn, Weights::Best) => None,
    }
}

/// The places of the runs that an average keeps: without one with the fewest and one with the most right answers, the first
/// and the last of such, where there are three or more.
fn kept(right: &[usize]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..right.len()).collect();
    places.sort_by_key(|place| right[*place]);
    let cut = usize::from(places.len() > 2);
    places[cut..places.len() - cut].to_vec()
}

fn label(model: Model, weights: Weights) -> String {
    reported(model, weights)
        .map_or_else(|| format!("{model}, best on validation"), |series| series.label().to_owned())
}

/// On the training recordings after the epoch of these weights: by recording and by example.
fn training_accuracy(record: &Record, weights: Weights) -> Option<[f64; 2]> {
    let curve = &record.history.training;
    let place = curve.place(record.outcome(weights).epoch)?;
    Some([curve.accuracy().nth(place)?, curve.accuracy_by_example().nth(place)?])
}

fn digest(configuration: &Configuration) -> Result<String> {
    let json = to_json("configuration", &configuration.of_series())?;
    Ok(Sha256::digest(json).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Refuses records, sorted by run, that do not make a series.
fn check(records: &[&Record], weights: Weights) -> Result<()> {
    let Some(first) = records.first() else {
        return Err(Error::new(Fault::NO_RECORDS, Place::field("records"), "at least one", "none"));
    };
    let tested: BTreeSet<RecordingId> = recordings(first.outcome(weights)).collect();
    let mut problems = Vec::new();
    for (index, record) in records.iter().enumerate() {
        let mut refuse = |fault, expected: &str, found: &str| {
            let place = Place::field(format!("run {}", record.run));
            problems.push(Problem::new(fault, place, expected, found));
        };
        if record.configuration.of_series() != first.configuration.of_series() {
            let [expected, found] = [digest(&first.configuration)?, digest(&record.configuration)?]
                .map(|digest| format!("configuration {}", &digest[..12]));
            refuse(Fault::MIXED_RECORDS, &expected, &found);
            continue;
        }
        if index > 0 && records[index - 1].run == record.run {
            refuse(Fault::REPEATED_RUN, "one record", "another one");
        }
        let outcome = record.outcome(weights);
        let own: BTreeSet<RecordingId> = recordings(outcome).collect();
        if own.is_empty() || own.len() != outcome.recordings() || own != tested {
            let expected =
                format!("one answer to each of the {} test recordings of the first run", tested.len());
            refuse(Fault::INCONSISTENT_RECORD, &expected, &format!("{} answers", outcome.recordings()));
        }
        if confusion(outcome).as_ref() != Some(&outcome.confusion) {
            refuse(Fault::INCONSISTENT_RECORD, "a confusion matrix that counts the predictions", "another");
        }
        let accuracies = training_accuracy(record, weights);
        if !accuracies.is_some_and(|both| both.iter().all(|part| (0.0..=1.0).contains(part))) {
            let expected = format!("a training accuracy after epoch {}", outcome.epoch);
            refuse(Fault::INCONSISTENT_RECORD, &expected, &format!("{accuracies:?}"));
        }
    }
    Error::unless_none(problems)
}

fn recordings(outcome: &Outcome) -> impl Iterator<Item = RecordingId> {
    outcome.predictions.iter().map(|prediction| prediction.recording)
}

/// Predictions by true class (row) and predicted class (column), if all labels are among the outcome's.
fn confusion(outcome: &Outcome) -> Option<Vec<Vec<usize>>> {
    let labels = &outcome.labels;
    let mut confusion = vec![vec![0; labels.count()]; labels.count()];
    for prediction in &outcome.predictions {
        confusion[labels.find(prediction.label)?][labels.find(prediction.predicted)?] += 1;
    }
    Some(confusion)
}

#[cfg(test)]
mod tests;
