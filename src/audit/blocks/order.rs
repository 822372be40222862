//! Whether levels are further apart where stimulus numbers are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::level::Level;
use crate::evaluation::shuffle::Shuffler;
use crate::evaluation::statistics::mean;
use crate::recordings::{Label, Participant};

/// Which pairs of a participant's recordings are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pairs {
    All,
    Within,
    Between,
}

/// Mean distance of levels at one distance of stimulus numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Apart {
    /// The distance of stimulus numbers.
    pub stimuli: usize,
    /// Pairs of recordings of one label, and the mean distance of their levels.
    pub within: Option<(usize, f64)>,
    /// The same of two labels.
    pub between: Option<(usize, f64)>,
}

/// Distances of stimulus numbers and of levels of some pairs of each participant's recordings. `stimuli` are the numbers.
fn distances(levels: &[Level], stimuli: &[usize], pairs: Pairs) -> Vec<Vec<(usize, f64)>> {
    let mut own: BTreeMap<Participant, Vec<usize>> = BTreeMap::new();
    for (place, level) in levels.iter().enumerate() {
        own.entry(level.participant).or_default().push(place);
    }
    own.into_values()
        .map(|places| {
            let all = places.iter().flat_map(|one| places.iter().map(move |other| (*one, *other)));
            let kept = all.filter(|(one, other)| {
                let is_within = levels[*one].label == levels[*other].label;
                one < other && (pairs == Pairs::All || is_within == (pairs == Pairs::Within))
            });
            kept.map(|(one, other)| {
                (stimuli[one].abs_diff(stimuli[other]), (levels[one].median() - levels[other].median()).abs())
            })
            .collect()
        })
        .collect()
}

/// [`Statistic::Drift`](super::Statistic::Drift) of some pairs. Participants whose pairs do not vary are left out; nothing if
/// that leaves none.
pub(super) fn drift(levels: &[Level], stimuli: &[usize], pairs: Pairs) -> Option<f64> {
    let each = distances(levels, stimuli, pairs).into_iter().filter_map(|pairs| {
        let [stimuli, levels]: [Vec<f64>; 2] = [
            pairs.iter().map(|(stimuli, _)| *stimuli as f64).collect(),
            pairs.iter().map(|(_, level)| *level).collect(),
        ];
        correlation(&ranks(&stimuli), &ranks(&levels))
    });
    let each: Vec<f64> = each.collect();
    (!each.is_empty()).then(|| mean(&each))
}

/// The stimulus numbers of recordings that exchange them within each participant or, unless all pairs are looked at, within each
/// participant's label.
pub(super) fn exchanged_stimuli(levels: &[Level], pairs: Pairs, seed: u64) -> Vec<usize> {
    let mut own: BTreeMap<(Participant, Option<Label>), Vec<usize>> = BTreeMap::new();
    for (place, level) in levels.iter().enumerate() {
        let genre = (pairs != Pairs::All).then_some(level.label);
        own.entry((level.participant, genre)).or_default().push(place);
    }
    let mut stimuli: Vec<usize> = levels.iter().map(|level| level.place).collect();
    let mut chance = Shuffler::of_tests(seed);
    for places in own.into_values() {
        let mut dealt: Vec<usize> = places.iter().map(|place| stimuli[*place]).collect();
        chance.shuffle(&mut dealt);
        places.into_iter().zip(dealt).for_each(|(place, stimulus)| stimuli[place] = stimulus);
    }
    stimuli
}

/// Mean distances of levels, distance of stimulus numbers by distance.
pub(super) fn apart(levels: &[Level]) -> Vec<Apart> {
    let stimuli: Vec<usize> = levels.iter().map(|level| level.place).collect();
    let means = |pairs: Pairs| {
        let mut sums: BTreeMap<usize, (usize, f64)> = BTreeMap::new();
        for (stimuli, level) in distances(levels, &stimuli, pairs).concat() {
            let (count, sum) = sums.entry(stimuli).or_default();
            *count += 1;
            *sum += level;
        }
        sums.into_iter()
            .map(|(stimuli, (count, sum))| (stimuli, (count, sum / count as f64)))
            .collect::<BTreeMap<_, _>>()
    };
    let (within, between) = (means(Pairs::Within), means(Pairs::Between));
    let furthest = within.keys().chain(between.keys()).max().copied().unwrap_or(0);
    (1..=furthest)
        .map(|stimuli| Apart {
            stimuli,
            within: within.get(&stimuli).copied(),
            between: between.get(&stimuli).copied(),
        })
        .filter(|apart| apart.within.is_some() || apart.between.is_some())
        .collect()
}

/// Ranks from 1, ties sharing their mean.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|one, other| values[*one].total_cmp(&values[*other]));
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0;
    for equal in order.chunk_by(|one, other| values[*one] == values[*other]) {
        equal.iter().for_each(|place| ranks[*place] = below as f64 + (equal.len() as f64 + 1.0) / 2.0);
        below += equal.len();
    }
    ranks
}

/// The correlation of two lists of one length; nothing if one does not vary.
fn correlation(one: &[f64], other: &[f64]) -> Option<f64> {
    let (centre, middle) = (mean(one), mean(other));
    let sum = |product: &dyn Fn(f64, f64) -> f64| -> f64 {
        one.iter().zip(other).map(|(a, b)| product(a - centre, b - middle)).sum()
    };
    let scale = (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt();
    (scale > 0.0).then(|| sum(&|a, b| a * b) / scale)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rank_correlations_agree_with_scipy() {
        // scipy.stats.spearmanr([1, 2, 2, 5, 3], [0.2, 0.1, 0.4, 0.9, 0.4]).statistic
        let found =
            correlation(&ranks(&[1.0, 2.0, 2.0, 5.0, 3.0]), &ranks(&[0.2, 0.1, 0.4, 0.9, 0.4])).unwrap();
        assert!((found - 0.763_157_894_736_842_1).abs() < 1e-12, "{found}");
        assert_eq!(correlation(&[1.0, 1.0], &[1.0, 2.0]), None);
    }

    proptest! {
        #[test]
        fn ranks_count_the_values_below_and_share_ties(values in prop::collection::vec(-3..3_i8, 0..30)) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let count = |of: &dyn Fn(f64) -> bool| values.iter().filter(|value| of(**value)).count() as f64;
            let naive = |value: &f64| count(&|other| other < *value) + (count(&|other| other == *value) + 1.0) / 2.0;
            prop_assert_eq!(ranks(&values), values.iter().map(naive).collect::<Vec<_>>());
        }
    }

    #[test]
    fn hundreds_of_trials_of_one_participant_without_drift_show_none() {
        // 561 trials have 157 080 pairs.
        let levels: Vec<Level> = (1..=561)
            .map(|place| Level {
                participant: Participant::new(1),
                place,
                label: ["left", "right"][place % 2].parse().unwrap(),
                quantiles: [(place as f64 * 0.7).sin(); 5],
            })
            .collect();
        let stimuli: Vec<usize> = (1..=561).collect();
        assert!(drift(&levels, &stimuli, Pairs::All).unwrap().abs() < 0.1);
    }
}
