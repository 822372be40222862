//! What is drawn of the records: one run's curve, and the lowest and highest of all.

use crate::error::{Error, Fault, Place, Problem, Result};
use crate::runs::{Curve, Record};

/// Epochs of a running median, the same number before and after its own.
pub(super) const WINDOW: usize = 51;

/// What a panel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::figures) enum Quantity {
    /// Part of the recordings that are predicted rightly.
    Accuracy,
    /// Mean cross-entropy over the examples.
    Loss,
}

/// One part of the recordings: a run's curve, and the lowest and highest of all runs in each epoch.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bundle {
    pub(super) line: Vec<f64>,
    pub(super) band: Vec<(f64, f64)>,
}

/// The values of a curve, as a panel shows them.
pub(super) fn values(curve: &Curve, quantity: Quantity) -> Vec<f64> {
    match quantity {
        Quantity::Accuracy => curve.accuracy().map(|part| 100.0 * part).collect(),
        Quantity::Loss => curve.loss.clone(),
    }
}

pub(super) fn bundle(records: &[Record], run: u64, values: impl Fn(&Record) -> Vec<f64>) -> Bundle {
    let mut bundle = Bundle { line: Vec::new(), band: Vec::new() };
    for record in records {
        let values = values(record);
        bundle.band.resize(values.len(), (f64::INFINITY, f64::NEG_INFINITY));
        for (band, value) in bundle.band.iter_mut().zip(&values) {
            *band = (band.0.min(*value), band.1.max(*value));
        }
        if record.run == run {
            bundle.line = values;
        }
    }
    bundle
}

/// The index of the median, the lower one of an even number; of equal values, the first.
pub(super) fn median(values: &[f64]) -> usize {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|one, other| values[*one].total_cmp(&values[*other]));
    let median = values[order[(order.len() - 1) / 2]];
    values.iter().position(|value| *value == median).unwrap_or(0)
}

/// The median of the values around each one; of fewer near the ends.
pub(super) fn running_median(values: &[f64]) -> Vec<f64> {
    let around = |index: usize| {
        let (first, last) = (index.saturating_sub(WINDOW / 2), (index + WINDOW / 2 + 1).min(values.len()));
        let mut window = values[first..last].to_vec();
        window.sort_by(f64::total_cmp);
        window[(window.len() - 1) / 2]
    };
    (0..values.len()).map(around).collect()
}

/// Refuses every record that has not one accuracy and one loss for each epoch.
pub(super) fn check(records: &[Record], epochs: usize) -> Result<()> {
    let is_curve = |curve: &Curve| {
        let accuracies: Vec<f64> = curve.accuracy().collect();
        accuracies.len() == epochs
            && curve.loss.len() == epochs
            && accuracies.iter().all(|part| (0.0..=1.0).contains(part))
            && curve.loss.iter().all(|loss| loss.is_finite() && *loss >= 0.0)
    };
    let problems = records.iter().filter_map(|record| {
        let history = &record.history;
        let is_sound = is_curve(&history.training) && is_curve(&history.validation);
        (!is_sound).then(|| {
            let place = Place::field(format!("run {}", record.run));
            let expected = format!("an accuracy and a loss after each of {epochs} epochs");
            Problem::new(Fault::INCONSISTENT_RECORD, place, expected, "curves of another length or kind")
        })
    });
    Error::unless_none(problems.collect())
}
