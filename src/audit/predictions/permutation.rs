//! The p value of each model: how often its predictions are as accurate on labels exchanged as the design allows.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::exchange::{Exchange, Level};
use super::predictions::{Model, Predictions};
use crate::evaluation::{NullDistribution, corrected};

/// Exchanges that are drawn, at most and at least; between them, as many as take about a second of shuffling.
const EXCHANGES: (usize, usize) = (9999, 999);
const UNITS_SHUFFLED: usize = 100_000_000;

/// What a design allows to exchange.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Exchanges {
    /// What is exchanged as a whole.
    pub level: Level,
    /// How many units there are.
    pub units: usize,
    /// Groups within which they are exchanged.
    pub groups: usize,
    /// Groups whose units all have one label, so that nothing is exchanged there.
    pub fixed_groups: usize,
    /// The decimal logarithm of the number of distinct exchanges.
    pub distinct_log10: f64,
    /// How many exchanges were drawn.
    pub drawn: usize,
    /// The least p that they can give.
    pub least_p: f64,
}

/// What predictions reach on exchanged labels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Permutation {
    /// Mean accuracy over the exchanges, from 0 to 1: chance for these predictions.
    pub chance: f64,
    /// What 95 % of the exchanges stay within.
    pub range: Option<[f64; 2]>,
    /// The part of the exchanges, and the labels as they are, that is at least as accurate.
    pub p: f64,
    /// The same, corrected for all models of the design (Westfall and Young); nothing for one model.
    pub p_corrected: Option<f64>,
}

/// The exchanges of a design, and what they say of each of its models.
pub(super) fn permutations(predictions: &Predictions, models: &[&Model]) -> (Exchanges, Vec<Permutation>) {
    let tested: BTreeSet<usize> =
        models.iter().flat_map(|model| predictions.all_answers(model)).map(|answer| answer.0).collect();
    let exchange = Exchange::of(predictions, &tested);
    let drawn = (UNITS_SHUFFLED / exchange.units().max(1)).clamp(EXCHANGES.1, EXCHANGES.0);
    permuted(predictions, models, &exchange, drawn)
}

/// The same with so many exchanges.
pub(super) fn permuted(
    predictions: &Predictions,
    models: &[&Model],
    exchange: &Exchange,
    drawn: usize,
) -> (Exchanges, Vec<Permutation>) {
    let rights: Vec<Vec<BTreeMap<usize, usize>>> =
        models.iter().map(|model| exchange.right(predictions, predictions.all_answers(model))).collect();
    let of = |right: &[BTreeMap<usize, usize>], classes: &[usize]| -> usize {
        right.iter().zip(classes).filter_map(|(own, class)| own.get(class)).sum()
    };
    let mut nulls: Vec<NullDistribution> = models
        .iter()
        .map(|model| NullDistribution {
            of: predictions.all_answers(model).count(),
            right: Vec::with_capacity(drawn),
        })
        .collect();
    exchange.draw(drawn, |classes| {
        nulls.iter_mut().zip(&rights).for_each(|(null, right)| null.right.push(of(right, classes)));
    });
    let found: Vec<usize> = models
        .iter()
        .map(|model| {
            predictions
                .all_answers(model)
                .filter(|(place, told)| predictions.recordings[*place].label == *told)
                .count()
        })
        .collect();
    let results: Vec<(usize, &NullDistribution)> = found.iter().copied().zip(&nulls).collect();
    let several = (models.len() > 1).then(|| corrected(&results));
    let distinct_log10 = exchange.distinct_log10();
    let least_p = 10_f64.powf(-distinct_log10).max(1.0 / (drawn as f64 + 1.0));
    let each = results.iter().enumerate().map(|(place, (right, null))| Permutation {
        chance: null.chance(),
        range: null.range(),
        // Of few distinct exchanges, those drawn may by chance hold fewer that are as good.
        p: null.p(*right).max(least_p),
        p_corrected: several.as_ref().map(|corrected| corrected[place].max(least_p)),
    });
    let exchanges = Exchanges {
        level: exchange.level,
        units: exchange.units(),
        groups: exchange.groups(),
        fixed_groups: exchange.fixed_groups(),
        distinct_log10,
        drawn,
        least_p,
    };
    (exchanges, each.collect())
}

impl Exchanges {
    /// The number of distinct exchanges in words: exact up to a million.
    #[must_use]
    pub fn distinct(&self) -> String {
        if self.distinct_log10 < 6.0 {
            format!("{:.0}", 10_f64.powf(self.distinct_log10))
        } else {
            format!("about 10^{:.0}", self.distinct_log10)
        }
    }
}
