//! What the spread of accuracies is made of: seeds, splits and choices.

use serde::Serialize;

use super::Splits;
use crate::evaluation::statistics::{mean, standard_deviation};
use crate::reproduction::paper::TEST_RECORDINGS;
use crate::reproduction::study::{Study, VARIATIONS};
use crate::runs::series::ReportedSeries;
use crate::runs::series::Series;

/// Standard deviations of a network's test accuracy, in points.
///
/// - **All**: over splits with one training each, every one with another seed.
/// - **Seeds**: over runs on one split, pooled over the splits of the [study](Study) that have several runs:
///   `s² = Σ (nᵢ - 1) sᵢ² / Σ (nᵢ - 1)`.
/// - **Splits**: what is left of the first, `√(all² - seeds²)`, 0 if nothing is.
/// - **Choices**: over the averages of the study's other choices on the main split, less what seeds make of an average:
///   `√(s² - mean(sᵢ² / nᵢ))`, 0 if nothing is left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Variance {
    /// The network, with its weights after the last epoch.
    pub series: ReportedSeries,
    /// Splits with one training each.
    pub splits: usize,
    /// Over those.
    pub all: f64,
    /// Degrees of freedom of the next.
    pub seed_freedom: usize,
    /// Over seeds on one split.
    pub seeds: f64,
    /// Over splits, seeds apart.
    pub between_splits: f64,
    /// Choices on the main split, the paper's included.
    pub choices: usize,
    /// Over choices, seeds apart; nothing for fewer than two.
    pub between_choices: Option<f64>,
    /// What 39 independent answers of this accuracy would spread by.
    pub of_answers: f64,
}

impl Variance {
    /// For each network of which several runs on one split are recorded.
    pub(super) fn all(splits: &Splits, study: &Study) -> Vec<Self> {
        let series = [ReportedSeries::Baseline, ReportedSeries::MultilayerFinal, ReportedSeries::Cnn];
        series.into_iter().filter_map(|series| Self::of(series, splits, study)).collect()
    }

    fn of(series: ReportedSeries, splits: &Splits, study: &Study) -> Option<Self> {
        let own = splits.series.iter().find(|own| own.series == series)?;
        let rows = || {
            study.rows.iter().filter_map(|row| {
                let variation = VARIATIONS.iter().find(|variation| variation.name == row.name)?;
                let own = row.series.iter().find(|own| own.reported() == Some(series))?;
                Some((variation, own)).filter(|(_, own)| own.runs.len() > 1)
            })
        };
        let as_paper: Vec<&Series> =
            rows().filter(|(variation, _)| !variation.is_choice()).map(|(_, own)| own).collect();
        let seed_freedom: usize = as_paper.iter().map(|own| own.runs.len() - 1).sum();
        let squares = as_paper.iter().map(|own| squared_spread(own) * (own.runs.len() - 1) as f64);
        let seeds = (squares.sum::<f64>() / seed_freedom as f64).sqrt();
        let all = 100.0 * standard_deviation(&own.accuracies);
        let choices: Vec<&Series> = rows()
            .filter(|(variation, _)| variation.is_choice() || variation.name == VARIATIONS[0].name)
            .map(|(_, own)| own)
            .collect();
        let averages: Vec<f64> = choices.iter().map(|own| 100.0 * own.average).collect();
        let by_seeds: Vec<f64> =
            choices.iter().map(|own| squared_spread(own) / own.kept_runs as f64).collect();
        let between = (standard_deviation(&averages).powi(2) - mean(&by_seeds)).max(0.0).sqrt();
        let accuracy = mean(&own.accuracies);
        (seed_freedom > 0 && splits.splits > 1).then(|| Self {
            series,
            splits: splits.splits,
            all,
            seed_freedom,
            seeds,
            between_splits: (all.powi(2) - seeds.powi(2)).max(0.0).sqrt(),
            choices: choices.len(),
            between_choices: (choices.len() > 1).then_some(between),
            of_answers: 100.0 * (accuracy * (1.0 - accuracy) / TEST_RECORDINGS as f64).sqrt(),
        })
    }
}

/// The variance over the runs of a series, in squared points.
fn squared_spread(series: &Series) -> f64 {
    (100.0 * standard_deviation(&series.accuracies)).powi(2)
}
