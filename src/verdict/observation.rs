//! What the paper says of its training curves, held against ours.
//!
//! # The rule
//! The *end* of a curve is the mean over its last tenth of epochs; its level at an epoch is the mean over a tenth of all
//! epochs up to that one. The middle is half of all epochs.
//!
//! - **A level** ("accuracy stays at 45 %"): supported if the t interval over runs of the end lies within
//!   [`TRAINING_TOLERANCE`] of what is stated, contradicted if all of it lies further away.
//! - **A direction** ("the loss rises after 200 epochs"): each run says yes or no. Supported or contradicted if the exact
//!   sign test over runs is below 5 %.
//!
//! Anything else is not decided. One split: other seeds are all that these runs show. There is no verdict on fewer than
//! [`FEWEST_RUNS`] runs or on another number of epochs than the paper's.

use serde::Serialize;

use super::{ClaimVerdict, FEWEST_RUNS, TRAINING_TOLERANCE};
use crate::paper::{Observation, Observed};
use crate::protocol::{Curve, Record, Settings};
use crate::series::Evidence;
use crate::statistics::{Interval, binomial_test, mean, mean_interval};

/// A statement on curves, and what ours show.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestedObservation {
    /// The statement.
    pub observation: Observation,
    /// The verdict.
    pub verdict: ClaimVerdict,
    /// What was measured in each run: the end of the curve, or by how much it lies above the earlier level.
    pub runs: Vec<f64>,
    /// The mean of these.
    pub mean: f64,
    /// What it could be with other seeds.
    pub interval: Interval,
}

impl TestedObservation {
    /// Holds a statement against the records of its network.
    ///
    /// # Errors
    /// The reason why there is no verdict.
    pub fn of(observation: Observation, records: &[Record]) -> Result<Self, String> {
        let Some(settings) = records.first().map(|record| record.configuration.settings) else {
            return Err(format!("no runs of: {}", observation.series.label()));
        };
        let epochs = Settings::paper(settings.model).hyperparameters.epochs;
        if settings.hyperparameters.epochs != epochs {
            let found = settings.hyperparameters.epochs;
            return Err(format!("{found} epochs, in the paper {epochs}"));
        }
        let runs: Vec<f64> = records.iter().map(|record| measured(observation.observed, record)).collect();
        let interval = mean_interval(&runs).filter(|_| runs.len() >= FEWEST_RUNS);
        let interval =
            interval.ok_or_else(|| format!("{} runs; a verdict needs {FEWEST_RUNS}", runs.len()))?;
        let verdict = match observation.observed {
            Observed::ValidationAccuracyNear { percent } => {
                of_level(interval.shifted(-f64::from(percent) / 100.0))
            }
            Observed::ValidationLossRisesAfter { .. } => of_direction(runs.iter().copied()),
            Observed::TrainingLossFalls | Observed::ValidationLossFalls => {
                of_direction(runs.iter().map(|difference| -difference))
            }
        };
        Ok(Self { observation, verdict, mean: mean(&runs), interval, runs })
    }
}

impl TestedObservation {
    /// What was measured in each run, in words.
    #[must_use]
    pub const fn measured(&self) -> &'static str {
        match self.observation.observed {
            Observed::ValidationAccuracyNear { .. } => "percent at the end",
            Observed::ValidationLossRisesAfter { .. }
            | Observed::ValidationLossFalls
            | Observed::TrainingLossFalls => "change of the loss",
        }
    }

    /// Such a value as text.
    #[must_use]
    pub fn text(&self, value: f64) -> String {
        match self.observation.observed {
            Observed::ValidationAccuracyNear { .. } => format!("{:.1}", 100.0 * value),
            Observed::ValidationLossRisesAfter { .. }
            | Observed::ValidationLossFalls
            | Observed::TrainingLossFalls => format!("{value:+.3}"),
        }
    }
}

/// The end of the curve that a statement is on, or how far it lies above the earlier level.
fn measured(observed: Observed, record: &Record) -> f64 {
    let (training, validation) = (&record.history.training, &record.history.validation);
    let accuracy = |curve: &Curve| curve.accuracy().collect::<Vec<f64>>();
    let since = |loss: &[f64], epoch: usize| level(loss, loss.len()) - level(loss, epoch);
    match observed {
        Observed::ValidationAccuracyNear { .. } => level(&accuracy(validation), validation.epochs()),
        Observed::ValidationLossRisesAfter { epoch } => since(&validation.loss, epoch),
        Observed::ValidationLossFalls => since(&validation.loss, validation.epochs() / 2),
        Observed::TrainingLossFalls => since(&training.loss, training.epochs() / 2),
    }
}

/// The mean over a tenth of all epochs up to one of them.
fn level(curve: &[f64], epoch: usize) -> f64 {
    let tenth = (curve.len() / 10).max(1);
    mean(&curve[epoch.saturating_sub(tenth)..epoch.min(curve.len())])
}

fn of_level(distance: Interval) -> ClaimVerdict {
    if distance.low >= -TRAINING_TOLERANCE && distance.high <= TRAINING_TOLERANCE {
        ClaimVerdict::Supported
    } else if distance.low > TRAINING_TOLERANCE || distance.high < -TRAINING_TOLERANCE {
        ClaimVerdict::Contradicted
    } else {
        ClaimVerdict::NotDecided
    }
}

/// Of runs that agree where their number is above 0.
fn of_direction(runs: impl ExactSizeIterator<Item = f64>) -> ClaimVerdict {
    let all = runs.len();
    let agree = runs.filter(|&difference| difference > 0.0).count();
    if binomial_test(agree, all, 0.5) >= Evidence::LEVEL {
        ClaimVerdict::NotDecided
    } else if 2 * agree > all {
        ClaimVerdict::Supported
    } else {
        ClaimVerdict::Contradicted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Model;
    use crate::paper::{OBSERVATIONS, baseline};
    use crate::series::testing::{BASELINE, records, scattered};

    /// Runs of the baseline whose curves on validation are given.
    fn baseline(loss: impl Fn(usize) -> f64, right: usize) -> Vec<Record> {
        let mut records = records(Model::Baseline, 0.7, &BASELINE, scattered);
        for record in &mut records {
            let epochs = baseline::EPOCHS;
            let (run, validation) = (record.run as f64, &mut record.history.validation);
            validation.recordings = 100;
            validation.examples = 100;
            validation.loss = (1..=epochs).map(|epoch| loss(epoch) + 0.001 * run).collect();
            validation.right = vec![right; epochs];
        }
        records
    }

    fn verdict(index: usize, records: &[Record]) -> ClaimVerdict {
        TestedObservation::of(OBSERVATIONS[index], records).unwrap().verdict
    }

    #[test]
    fn a_level_is_supported_near_it_and_contradicted_far_from_it() {
        assert_eq!(verdict(0, &baseline(|_| 1.0, 45)), ClaimVerdict::Supported);
        assert_eq!(verdict(0, &baseline(|_| 1.0, 49)), ClaimVerdict::Supported);
        assert_eq!(verdict(0, &baseline(|_| 1.0, 51)), ClaimVerdict::Contradicted);
        let mut wide = baseline(|_| 1.0, 45);
        wide.iter_mut().step_by(2).for_each(|record| record.history.validation.right.fill(60));
        assert_eq!(verdict(0, &wide), ClaimVerdict::NotDecided);
    }

    #[test]
    fn a_direction_is_what_most_runs_say() {
        assert_eq!(verdict(1, &baseline(|epoch| epoch as f64, 45)), ClaimVerdict::Supported);
        assert_eq!(verdict(1, &baseline(|epoch| -(epoch as f64), 45)), ClaimVerdict::Contradicted);
        let mut mixed = baseline(|epoch| epoch as f64, 45);
        mixed.iter_mut().step_by(2).for_each(|record| record.history.validation.loss.reverse());
        assert_eq!(verdict(1, &mixed), ClaimVerdict::NotDecided);
    }

    #[test]
    fn what_happens_before_the_epoch_of_a_statement_does_not_matter() {
        let falling_then_rising = |epoch: usize| (epoch as f64 - 200.0).abs();
        assert_eq!(verdict(1, &baseline(falling_then_rising, 45)), ClaimVerdict::Supported);
    }

    #[test]
    fn short_runs_and_few_runs_get_no_verdict() {
        let mut short = baseline(|_| 1.0, 45);
        assert!(TestedObservation::of(OBSERVATIONS[0], &short[..3]).unwrap_err().contains("3 runs"));
        for record in &mut short {
            record.configuration.settings.hyperparameters.epochs = 150;
        }
        let reason = TestedObservation::of(OBSERVATIONS[0], &short).unwrap_err();
        assert_eq!(reason, "150 epochs, in the paper 300");
        assert!(TestedObservation::of(OBSERVATIONS[0], &[]).is_err());
    }
}
