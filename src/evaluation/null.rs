//! Null distributions: what the same procedure reaches with labels exchanged as the design allows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::evaluation::statistics::{mean, quantile, standard_deviation};

/// Right answers of a whole procedure, training included, for each exchange of labels
/// ([`exchanged_labels`](crate::preparation::exchanged_labels)).
///
/// Its mean is chance under that design, that split and that procedure: an unequal balance of labels, or a held-out
/// participant's labels missing from what trains, are in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NullDistribution {
    /// Answers of each exchange.
    pub of: usize,
    /// Right ones among them, exchange after exchange.
    pub right: Vec<usize>,
}

/// The decimal logarithm of how many different ways there are to deal the labels of a group of `n` things anew, the labels as they
/// are included: `n! / ∏ n_l!` with `n_l` things of the label `l`.
pub(crate) fn log10_deals<L: Ord>(labels: impl IntoIterator<Item = L>) -> f64 {
    let mut counts: BTreeMap<L, usize> = BTreeMap::new();
    labels.into_iter().for_each(|label| *counts.entry(label).or_default() += 1);
    let all = counts.values().sum();
    log10_factorial(all) - counts.into_values().map(log10_factorial).sum::<f64>()
}

/// `log10(n!)`
pub(crate) fn log10_factorial(n: usize) -> f64 {
    (1..=n).map(|factor| (factor as f64).log10()).sum()
}

impl NullDistribution {
    /// How many exchanges there are.
    #[must_use]
    pub const fn exchanges(&self) -> usize {
        self.right.len()
    }

    /// Mean accuracy, from 0 to 1: chance. Not a number without exchanges.
    #[must_use]
    pub fn chance(&self) -> f64 {
        mean(&self.accuracies())
    }

    /// What 95 % of the exchanges stay within; nothing without exchanges.
    #[must_use]
    pub fn range(&self) -> Option<[f64; 2]> {
        let accuracies = self.accuracies();
        Some([quantile(&accuracies, 0.025)?, quantile(&accuracies, 0.975)?])
    }

    /// The probability of at least so many right answers: `(1 + exchanges that reach them) / (1 + exchanges)`.
    ///
    /// Reference: B. Phipson and G. K. Smyth, *Permutation p-values should never be zero*, Statistical Applications in
    /// Genetics and Molecular Biology 9, 2010.
    #[must_use]
    pub fn p(&self, right: usize) -> f64 {
        let reached = self.right.iter().filter(|own| **own >= right).count();
        (1 + reached) as f64 / (1 + self.right.len()) as f64
    }

    fn accuracies(&self) -> Vec<f64> {
        self.right.iter().map(|right| *right as f64 / self.of as f64).collect()
    }

    /// How many standard deviations of the exchanges a count lies above their mean.
    fn standardised(&self, right: usize) -> f64 {
        let counts: Vec<f64> = self.right.iter().map(|right| *right as f64).collect();
        let spread = standard_deviation(&counts);
        let above = right as f64 - mean(&counts);
        // Where nothing varies, what is found is the same or beyond all doubt.
        if spread > 0.0 {
            above / spread
        } else if above > 0.0 {
            f64::INFINITY
        } else {
            0.0
        }
    }
}

/// The part of the values of a null distribution that reach a value, the value included: `(1 + number) / (1 + all)`. What
/// differs by rounding alone counts as equal.
#[must_use]
pub fn exceedance(value: f64, null: &[f64]) -> f64 {
    let reached = null.iter().filter(|own| **own >= value - 1e-9).count();
    (1 + reached) as f64 / (1 + null.len()) as f64
}

/// The p value of each of several results, corrected for their number: the probability that the best of all, in standard
/// deviations of its own null distribution, is at least as far above chance. All have the same exchanges in the same order;
/// exchanges that one of them lacks are left out for all.
///
/// P. H. Westfall and S. S. Young, *Resampling-based multiple testing*, 1993: the maximum of statistics, which takes into
/// account that they depend on each other.
#[must_use]
pub fn corrected(results: &[(usize, &NullDistribution)]) -> Vec<f64> {
    let exchanges = results.iter().map(|(_, null)| null.exchanges()).min().unwrap_or(0);
    let best: Vec<f64> = (0..exchanges)
        .map(|exchange| {
            let each = results.iter().map(|(_, null)| null.standardised(null.right[exchange]));
            each.fold(f64::NEG_INFINITY, f64::max)
        })
        .collect();
    let p = |(right, null): &(usize, &NullDistribution)| {
        let found = null.standardised(*right);
        // Equal counts give equal values.
        (1 + best.iter().filter(|best| **best >= found).count()) as f64 / (1 + exchanges) as f64
    };
    results.iter().map(p).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::shuffle::Shuffler;

    #[test]
    fn chance_and_p_are_those_of_the_exchanges() {
        let null = NullDistribution { of: 10, right: vec![2, 3, 4, 5, 6, 3, 4, 5, 4] };
        assert!((null.chance() - 0.4).abs() < 1e-12);
        assert_eq!((null.p(6), null.p(7), null.p(0)), (0.2, 0.1, 1.0));
        let range = null.range().unwrap();
        assert!(range[0] < 0.25 && range[1] > 0.55);
        assert_eq!(NullDistribution { of: 10, right: vec![] }.p(3), 1.0);
        assert_eq!(NullDistribution { of: 10, right: vec![] }.range(), None);
    }

    /// Sums of coin tosses, one null distribution and one result each, all independent.
    fn coins(results: usize, key: u64) -> Vec<(usize, NullDistribution)> {
        let mut chance = Shuffler::new(key, 0);
        let mut toss = || (0..40).filter(|_| chance.below(2) == 1).count();
        (0..results)
            .map(|_| (toss(), NullDistribution { of: 40, right: (0..199).map(|_| toss()).collect() }))
            .collect()
    }

    #[test]
    fn the_best_of_many_is_significant_as_rarely_as_one_would_be() {
        let wrong = (0..200).filter(|key| {
            let coins = coins(20, *key);
            let results: Vec<_> = coins.iter().map(|(right, null)| (*right, null)).collect();
            corrected(&results).into_iter().any(|p| p < 0.05)
        });
        // Ten are expected; more than 20 have a probability of 0.1 %.
        let wrong = wrong.count();
        assert!(wrong <= 20, "{wrong}");
        // Uncorrected, nearly all are.
        let any = (0..200).filter(|key| coins(20, *key).iter().any(|(right, null)| null.p(*right) < 0.05));
        assert!(any.count() > 60);
    }

    #[test]
    fn a_clear_result_among_many_stays_significant() {
        let coins = coins(20, 3);
        let mut results: Vec<_> = coins.iter().map(|(right, null)| (*right, null)).collect();
        results[7].0 = 39;
        let corrected = corrected(&results);
        assert_eq!(corrected[7], 0.005);
        assert!(corrected.iter().zip(&results).all(|(p, (right, null))| *p >= null.p(*right) - 1e-12));
    }

    #[test]
    fn nothing_that_varies_decides_nothing() {
        let same = NullDistribution { of: 4, right: vec![2; 9] };
        assert_eq!(corrected(&[(2, &same)]), [1.0]);
        assert_eq!(corrected(&[(3, &same)]), [0.1]);
        assert!(corrected(&[]).is_empty());
    }
}
