//! Whether participants share the direction in which their labels differ.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::level::{Level, blocks};
use crate::evaluation::statistics::{binomial_test, holm, mean, mean_interval};
use crate::recordings::Label;

/// The difference between two labels over the participants who heard both.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Direction {
    /// The labels.
    pub labels: [Label; 2],
    /// Participants who heard both.
    pub participants: usize,
    /// In how many of them the level of the first is the higher one.
    pub first_higher: usize,
    /// Mean of the first's level less the second's, in logarithms of power.
    pub difference: f64,
    /// What that could be with other participants: its ends.
    pub over_participants: Option<[f64; 2]>,
    /// The sign test: the probability of so uneven a division if either direction is equally likely, corrected for all pairs
    /// (Holm).
    pub p: f64,
}

impl Direction {
    /// Those of all pairs of labels that some participant heard. Equal levels count as lower.
    pub(super) fn all(levels: &[Level]) -> Vec<Self> {
        let labels: Vec<Label> = levels.iter().map(|level| level.label).collect();
        let mut differences: BTreeMap<[Label; 2], Vec<f64>> = BTreeMap::new();
        for (_, pair_of, pair) in blocks(levels, &labels) {
            let [first, second] = pair.map(|places| {
                mean(&places.iter().map(|place| levels[*place].median()).collect::<Vec<f64>>())
            });
            differences.entry(pair_of).or_default().push(first - second);
        }
        let mut all: Vec<Self> = differences
            .into_iter()
            .map(|(labels, differences)| {
                let first_higher = differences.iter().filter(|difference| **difference > 0.0).count();
                let participants = differences.len();
                Self {
                    labels,
                    participants,
                    first_higher,
                    difference: mean(&differences),
                    over_participants: mean_interval(&differences).map(|own| [own.low, own.high]),
                    p: binomial_test(first_higher, participants, 0.5),
                }
            })
            .collect();
        let corrected = holm(&all.iter().map(|one| one.p).collect::<Vec<f64>>());
        all.iter_mut().zip(corrected).for_each(|(one, p)| one.p = p);
        all
    }
}
