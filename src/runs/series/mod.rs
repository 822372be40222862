//! The runs of one configuration in numbers, and two such series beside each other.
//!
//! ```text
//! records of one configuration ─► RunAnswers, one after the other ─► SeriesBuilder
//!   ─► Series (final weights | best on validation), two of them ─► Comparison: over runs, and over test recordings
//! ```

mod builder;
mod chance;
mod comparison;
mod reported_series;
mod run_answers;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use builder::SeriesBuilder;
pub use chance::Chance;
pub use comparison::{Comparison, Evidence};
pub use reported_series::ReportedSeries;
pub(crate) use run_answers::RunAnswers;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::Result;
use crate::evaluation::statistics::Interval;
use crate::models::Model;
use crate::recordings::{Fingerprint, RecordingId};
use crate::runs::{Configuration, Record, Weights};
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
    /// What the average could be with other seeds on the same split ([`average_interval`](crate::evaluation::statistics::average_interval)); nothing for one run, nor for three.
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
    /// - [`Fault::NO_RECORDS`](crate::error::Fault::NO_RECORDS) if there are none;
    /// - [`Fault::MIXED_RECORDS`](crate::error::Fault::MIXED_RECORDS) for every record of another configuration than the first;
    /// - [`Fault::REPEATED_RUN`](crate::error::Fault::REPEATED_RUN) for every run that is there again;
    /// - [`Fault::INCONSISTENT_RECORD`](crate::error::Fault::INCONSISTENT_RECORD) for every record whose numbers do not fit
    ///   together, or that answers other test recordings than the first.
    pub fn of(records: &[Record], weights: Weights) -> Result<Self> {
        let mut records: Vec<&Record> = records.iter().collect();
        records.sort_by_key(|record| record.run);
        let mut builder = SeriesBuilder::new(weights);
        records.into_iter().for_each(|record| builder.add(RunAnswers::of(record, weights)));
        builder.build()
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

fn label(model: Model, weights: Weights) -> String {
    reported(model, weights)
        .map_or_else(|| format!("{model}, best on validation"), |series| series.label().to_owned())
}

fn digest(configuration: &Configuration) -> Result<String> {
    let json = to_json("configuration", &configuration.of_series())?;
    Ok(Sha256::digest(json).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests;
