//! What the paper says of its training curves, held against ours.
//!
//! # The rule
//! A *level* of a curve is its mean over a hundredth of all epochs; its *end* is the mean over the last tenth, its *early
//! part* the first tenth.
//!
//! - **A value** ("accuracy stays at 45 %"): supported if the t interval over runs of the end lies within
//!   [`TRAINING_TOLERANCE`] of what is stated, contradicted if all of it lies further away.
//! - **A rise** ("the loss rises after 200 epochs"): a run says yes if the [trend] of its levels from that epoch on is upward.
//! - **A fall that goes on** ("the loss keeps going down"): a run says yes if the trend of its levels after the early part is
//!   downward, *and* the end lies below the lowest level of the early part. A loss that falls, rises above what it had, and
//!   falls again does not keep going down.
//!
//! A statement on a rise or a fall is supported if the exact sign test over runs finds significantly more runs that say yes
//! than no, contradicted if significantly fewer (5 %). Anything else is not decided. One split: other seeds are all that
//! these runs show. There is no verdict on fewer than [`FEWEST_RUNS`] runs or on another number of epochs than the paper's.
//!
//! # When it was written
//! After the runs were recorded, unlike the rule for averages and claims. The first rule for rises and falls (23 November
//! 2026) compared the end with one earlier level, the middle of training for falls. It called a loss falling that stands at
//! several times its minimum. This one (28 November 2026) was written after that was pointed out, before its own verdicts were
//! seen.

use std::ops::Range;

use serde::Serialize;

use super::{ClaimVerdict, FEWEST_RUNS, TRAINING_TOLERANCE};
use crate::evaluation::statistics::{Interval, binomial_test, mean, mean_interval, trend};
use crate::reproduction::paper::{Observation, Observed};
use crate::runs::series::Evidence;
use crate::runs::{Record, Settings};

/// A statement on curves, and what ours show.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestedObservation {
    /// The statement.
    pub observation: Observation,
    /// The verdict.
    pub verdict: ClaimVerdict,
    /// What was measured in each run: the end of the curve, or by how much it lies above the level that it is held against,
    /// that of the epoch of a statement or the lowest of the early part.
    pub runs: Vec<f64>,
    /// The mean of these.
    pub mean: f64,
    /// What it could be with other seeds.
    pub interval: Interval,
}

/// What a run shows of a statement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ObservedRun {
    settings: Settings,
    measured: f64,
    /// Whether it says yes to a rise or a fall.
    agrees: bool,
}

impl ObservedRun {
    /// Of a run of the statement's network.
    pub(crate) fn of(observation: Observation, record: &Record) -> Self {
        let observed = observation.observed;
        let loss = loss(observed, record);
        let agrees = match observed {
            Observed::ValidationAccuracyNear { .. } => false,
            Observed::ValidationLossRisesAfter { epoch } => rises_after(loss, epoch),
            Observed::TrainingLossFalls | Observed::ValidationLossFalls => keeps_falling(loss),
        };
        Self { settings: record.configuration.settings, measured: measured(observed, record), agrees }
    }
}

impl TestedObservation {
    /// Holds a statement against runs of its network.
    ///
    /// # Errors
    /// The reason why there is no verdict.
    pub(crate) fn of(observation: Observation, runs: &[ObservedRun]) -> Result<Self, String> {
        let Some(settings) = runs.first().map(|run| run.settings) else {
            return Err(format!("no runs of: {}", observation.series.label()));
        };
        let epochs = Settings::paper(settings.model).hyperparameters.epochs;
        if settings.hyperparameters.epochs != epochs {
            let found = settings.hyperparameters.epochs;
            return Err(format!("{found} epochs, in the paper {epochs}"));
        }
        let agree = runs.iter().filter(|run| run.agrees).count();
        let runs: Vec<f64> = runs.iter().map(|run| run.measured).collect();
        let interval = mean_interval(&runs).filter(|_| runs.len() >= FEWEST_RUNS);
        let interval =
            interval.ok_or_else(|| format!("{} runs; a verdict needs {FEWEST_RUNS}", runs.len()))?;
        let verdict = match observation.observed {
            Observed::ValidationAccuracyNear { percent } => {
                of_value(interval.shifted(-f64::from(percent) / 100.0))
            }
            Observed::ValidationLossRisesAfter { .. }
            | Observed::TrainingLossFalls
            | Observed::ValidationLossFalls => of_votes(agree, runs.len()),
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

/// The loss that a statement is on.
fn loss(observed: Observed, record: &Record) -> &[f64] {
    match observed {
        Observed::TrainingLossFalls => &record.history.training.loss,
        Observed::ValidationAccuracyNear { .. }
        | Observed::ValidationLossRisesAfter { .. }
        | Observed::ValidationLossFalls => &record.history.validation.loss,
    }
}

/// The end of the curve that a statement is on, or how far it lies above an earlier level.
fn measured(observed: Observed, record: &Record) -> f64 {
    let loss = loss(observed, record);
    match observed {
        Observed::ValidationAccuracyNear { .. } => {
            end(&record.history.validation.accuracy().collect::<Vec<f64>>())
        }
        Observed::ValidationLossRisesAfter { epoch } => {
            end(loss) - levels(loss, epoch..loss.len()).first().copied().unwrap_or(f64::NAN)
        }
        Observed::ValidationLossFalls | Observed::TrainingLossFalls => end(loss) - lowest_early(loss),
    }
}

/// The mean over the last tenth of all epochs.
fn end(curve: &[f64]) -> f64 {
    mean(&curve[curve.len().saturating_sub(tenth(curve))..])
}

/// A tenth of all epochs, at least one.
fn tenth(curve: &[f64]) -> usize {
    (curve.len() / 10).max(1)
}

/// The levels within some epochs, each over a hundredth of all.
fn levels(curve: &[f64], epochs: Range<usize>) -> Vec<f64> {
    let hundredth = (curve.len() / 100).max(1);
    let end = epochs.end.min(curve.len());
    curve[epochs.start.min(end)..end].chunks(hundredth).map(mean).collect()
}

/// The lowest level of the early part.
fn lowest_early(curve: &[f64]) -> f64 {
    levels(curve, 0..tenth(curve)).into_iter().fold(f64::INFINITY, f64::min)
}

/// Whether levels tend to rise from an epoch on.
fn rises_after(curve: &[f64], epoch: usize) -> bool {
    trend(&levels(curve, epoch..curve.len())) > 0
}

/// Whether levels tend to fall after the early part, to an end below all of it.
fn keeps_falling(curve: &[f64]) -> bool {
    trend(&levels(curve, tenth(curve)..curve.len())) < 0 && end(curve) < lowest_early(curve)
}

fn of_value(distance: Interval) -> ClaimVerdict {
    if distance.low >= -TRAINING_TOLERANCE && distance.high <= TRAINING_TOLERANCE {
        ClaimVerdict::Supported
    } else if distance.low > TRAINING_TOLERANCE || distance.high < -TRAINING_TOLERANCE {
        ClaimVerdict::Contradicted
    } else {
        ClaimVerdict::NotDecided
    }
}

/// Of so many runs, some of which say yes.
fn of_votes(agree: usize, all: usize) -> ClaimVerdict {
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
    use crate::models::paper::{baseline, cnn};
    use crate::reproduction::paper::OBSERVATIONS;
    use crate::runs::series::testing::{BASELINE, records, scattered};

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
        of(index, records).unwrap().verdict
    }

    fn of(index: usize, records: &[Record]) -> Result<TestedObservation, String> {
        let observation = OBSERVATIONS[index];
        let runs: Vec<ObservedRun> =
            records.iter().map(|record| ObservedRun::of(observation, record)).collect();
        TestedObservation::of(observation, &runs)
    }

    #[test]
    fn a_value_is_supported_near_it_and_contradicted_far_from_it() {
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

    /// What a rule says of runs of the CNN whose loss on validation is given.
    fn of_cnn(loss: impl Fn(usize) -> f64) -> ClaimVerdict {
        let mut records = records(Model::Cnn, 0.7, &BASELINE, scattered);
        for record in &mut records {
            record.history.validation.loss = (1..=cnn::EPOCHS).map(&loss).collect();
        }
        verdict(4, &records)
    }

    #[test]
    fn a_loss_that_keeps_going_down_falls_behind_its_early_part_and_below_it() {
        assert_eq!(of_cnn(|epoch| 1.0 / epoch as f64), ClaimVerdict::Supported);
        // Down for 40 epochs, up to epoch 1000, then down to far above what there was.
        let hill = |epoch: usize| match epoch {
            0..40 => 1.0 - 0.01 * epoch as f64,
            40..1000 => 0.6 + 0.002 * (epoch - 40) as f64,
            _ => 2.5 - 0.0003 * (epoch - 1000) as f64,
        };
        assert!(hill(3000) < hill(1500) && hill(3000) > 2.0 * hill(39));
        assert_eq!(of_cnn(hill), ClaimVerdict::Contradicted);
        // Below all of its early part, and rising for most of the time.
        let valley =
            |epoch: usize| if epoch < 600 { 5.0 - 0.005 * epoch as f64 } else { 2.0 + 0.0005 * epoch as f64 };
        assert_eq!(of_cnn(valley), ClaimVerdict::Contradicted);
    }

    #[test]
    fn short_runs_and_few_runs_get_no_verdict() {
        let mut short = baseline(|_| 1.0, 45);
        assert!(of(0, &short[..3]).unwrap_err().contains("3 runs"));
        for record in &mut short {
            record.configuration.settings.hyperparameters.epochs = 150;
        }
        let reason = of(0, &short).unwrap_err();
        assert_eq!(reason, "150 epochs, in the paper 300");
        assert!(of(0, &[]).is_err());
    }
}
