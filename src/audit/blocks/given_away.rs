//! What five quantiles of power reach under random splits, with and without the participant.

use super::level::Level;
use crate::error::{Error, Result};
use crate::evaluation::statistics::{mean, standard_deviation};
use crate::preparation::{Scheme, Split};
use crate::recordings::{DataSet, Label, Labels, RecordingId};

/// Random splits.
const DRAWS: u64 = 10;

/// Training recordings that decide.
const NEIGHBOURS: usize = 5;

/// A random split, with all that does not depend on labels: for each test recording its nearest training recordings, and the
/// training recordings of its participant.
pub(super) struct GivenAway {
    tested: Vec<(usize, Vec<usize>, Vec<usize>)>,
    labels: Labels,
    /// Quantiles of all recordings, in standard deviations of those that train.
    scaled: Vec<Vec<f64>>,
}

impl GivenAway {
    /// Those of all draws.
    ///
    /// # Errors
    /// Those of [`Scheme::draw`].
    pub(super) fn all(set: &DataSet, levels: &[Level]) -> Result<Vec<Self>> {
        let splits = Error::gather((0..DRAWS).map(|draw| Scheme::Random.draw(set, draw)))?.concat();
        Ok(splits.iter().map(|split| Self::of(set, levels, split)).collect())
    }

    fn of(set: &DataSet, levels: &[Level], split: &Split) -> Self {
        let place = |id: &RecordingId| set.recordings().binary_search_by_key(id, |one| one.id()).ok();
        let training: Vec<usize> =
            split.training().iter().chain(split.validation()).filter_map(place).collect();
        let scales = levels[0].quantiles.iter().enumerate().map(|(part, _)| {
            let values: Vec<f64> = training.iter().map(|place| levels[*place].quantiles[part]).collect();
            (
                mean(&values),
                Some(standard_deviation(&values)).filter(|own| *own > 0.0).unwrap_or(f64::INFINITY),
            )
        });
        let scales: Vec<(f64, f64)> = scales.collect();
        let scaled = |level: &Level| {
            let own = level.quantiles.iter().zip(&scales);
            own.map(|(value, (centre, spread))| (value - centre) / spread).collect()
        };
        let scaled: Vec<Vec<f64>> = levels.iter().map(scaled).collect();
        let tested = split.test().iter().filter_map(place).map(|tested| {
            let mut near = training.clone();
            near.sort_by(|one, other| {
                distance(&scaled[*one], &scaled[tested])
                    .total_cmp(&distance(&scaled[*other], &scaled[tested]))
            });
            near.truncate(NEIGHBOURS);
            let is_own = |other: &&usize| levels[**other].participant == levels[tested].participant;
            (tested, near, training.iter().filter(is_own).copied().collect())
        });
        Self { tested: tested.collect(), labels: set.labels(), scaled }
    }

    /// Right answers by the nearest recordings of anybody, those that share the first place counted in equal parts; and
    /// their number.
    fn by_quantiles(&self, labels: &[Label]) -> (f64, usize) {
        let right = self.tested.iter().map(|(tested, near, _)| {
            let score = |label: Label| near.iter().filter(|place| labels[**place] == label).count() as f64;
            self.share(score, labels[*tested])
        });
        (right.sum(), self.tested.len())
    }

    /// The same by the nearest mean of the participant's own recordings; by chance among all labels for a participant who
    /// does not train.
    fn by_own_means(&self, labels: &[Label]) -> (f64, usize) {
        let right = self.tested.iter().map(|(tested, _, own)| {
            let score = |genre: Label| {
                let members: Vec<usize> =
                    own.iter().copied().filter(|place| labels[*place] == genre).collect();
                if members.is_empty() {
                    return if own.is_empty() { 0.0 } else { f64::NEG_INFINITY };
                }
                let centre: Vec<f64> = (0..self.scaled[*tested].len())
                    .map(|part| {
                        mean(&members.iter().map(|place| self.scaled[*place][part]).collect::<Vec<f64>>())
                    })
                    .collect();
                -distance(&centre, &self.scaled[*tested])
            };
            self.share(score, labels[*tested])
        });
        (right.sum(), self.tested.len())
    }

    /// The part of a right answer that a label gets which shares the highest score.
    fn share(&self, score: impl Fn(Label) -> f64, label: Label) -> f64 {
        let highest = self.labels.iter().map(&score).fold(f64::NEG_INFINITY, f64::max);
        let best = self.labels.iter().filter(|other| score(*other) == highest).count();
        if score(label) == highest { 1.0 / best as f64 } else { 0.0 }
    }
}

/// The accuracy over all splits by the quantiles alone, and with the participant.
pub(super) fn accuracies(splits: &[GivenAway], labels: &[Label]) -> [f64; 2] {
    [GivenAway::by_quantiles, GivenAway::by_own_means].map(|by| {
        let sums = splits.iter().map(|split| by(split, labels));
        let (right, of) = sums.fold((0.0, 0), |(right, of), own| (right + own.0, of + own.1));
        right / of as f64
    })
}

fn distance(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum()
}
