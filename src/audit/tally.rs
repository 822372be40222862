//! Right answers by recording, and what they say of other participants and stimuli.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::record::Training;
use crate::evaluation::statistics::{Interval, Probability, cluster_interval, level_test, sign_flip_test};
use crate::evaluation::{Cell, crossed_interval};
use crate::recordings::{Participant, RecordingId, Stimulus};
use crate::runs::Weights;

/// Answers to test recordings. A recording that several trainings tested has several.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tally {
    counts: BTreeMap<RecordingId, Count>,
}

/// Answers to one recording.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Count {
    /// How many are right.
    right: usize,
    of: usize,
}

/// The unit within which answers are correlated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Those to recordings of one participant.
    Participant,
    /// Those to recordings of one stimulus.
    Stimulus,
}

/// A participant, or a stimulus.
type Group = (Option<Participant>, Option<Stimulus>);

impl Unit {
    fn of(self, id: RecordingId) -> Group {
        match self {
            Self::Participant => (Some(id.participant), None),
            Self::Stimulus => (None, Some(id.stimulus)),
        }
    }
}

impl FromIterator<(RecordingId, bool)> for Tally {
    /// From recordings and whether the answer to each is right.
    fn from_iter<T: IntoIterator<Item = (RecordingId, bool)>>(answers: T) -> Self {
        let mut tally = Self::default();
        for (recording, right) in answers {
            let count = tally.counts.entry(recording).or_default();
            count.right += usize::from(right);
            count.of += 1;
        }
        tally
    }
}

impl Tally {
    /// All answers of trainings with certain weights.
    #[must_use]
    pub fn of(trainings: &[Training], weights: Weights) -> Self {
        trainings.iter().flat_map(|training| training.right(weights)).collect()
    }

    /// Answers.
    #[must_use]
    pub fn answers(&self) -> usize {
        self.counts.values().map(|count| count.of).sum()
    }

    /// Recordings that were answered at least once.
    #[must_use]
    pub fn recordings(&self) -> usize {
        self.counts.len()
    }

    /// Right answers.
    #[must_use]
    pub fn right(&self) -> usize {
        self.counts.values().map(|count| count.right).sum()
    }

    /// Part of the answers that are right.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        self.right() as f64 / self.answers() as f64
    }

    /// What the accuracy could be with other participants, or with other stimuli, from 0 to 1; nothing for fewer than
    /// two.
    #[must_use]
    pub fn interval(&self, unit: Unit) -> Option<Interval> {
        let sums = self.clusters(unit).into_iter().map(|(right, of)| (right as f64, of));
        accuracy_interval(&sums.collect::<Vec<(f64, usize)>>())
    }

    /// What the accuracy could be with other participants and other stimuli at once, from 0 to 1; nothing for fewer than two
    /// of either.
    #[must_use]
    pub fn interval_over_both(&self) -> Option<Interval> {
        crossed_interval(&self.cells()).map(Interval::of_parts)
    }

    /// Right answers and answers of each recording.
    #[must_use]
    pub fn cells(&self) -> Vec<Cell> {
        self.counts.iter().map(|(id, count)| (*id, count.right as f64, count.of)).collect()
    }

    /// The same for the accuracy less that of other answers, each pair to the same recording; nothing unless both
    /// answered the same recordings equally often.
    #[must_use]
    pub fn difference(&self, other: &Self, unit: Unit) -> Option<Difference> {
        let same = self.counts.iter().map(|(id, count)| (id, count.of));
        if !same.eq(other.counts.iter().map(|(id, count)| (id, count.of))) {
            return None;
        }
        let (ours, theirs) = (self.by(unit), other.by(unit));
        let differences: Vec<(i64, usize)> = ours
            .iter()
            .map(|(unit, count)| (count.right as i64 - theirs[unit].right as i64, count.of))
            .collect();
        let sums: Vec<(f64, usize)> =
            differences.iter().map(|&(difference, of)| (difference as f64, of)).collect();
        let Probability { p, standard_error } =
            sign_flip_test(&differences.iter().map(|(difference, _)| *difference).collect::<Vec<i64>>());
        Some(Difference {
            points: 100.0 * (self.accuracy() - other.accuracy()),
            interval: cluster_interval(&sums)
                .map(|Interval { low, high }| Interval { low: 100.0 * low, high: 100.0 * high }),
            p,
            p_error: standard_error,
        })
    }

    /// The probability of an accuracy so far above a level or further `numerator / denominator`, participants, or stimuli, as the
    /// clusters of a [`level_test`].
    #[must_use]
    pub fn test_level(&self, unit: Unit, level: [usize; 2]) -> Probability {
        level_test(&self.clusters(unit), level)
    }

    /// Right answers and answers of each participant, or stimulus.
    fn clusters(&self, unit: Unit) -> Vec<(usize, usize)> {
        self.by(unit).values().map(|count| (count.right, count.of)).collect()
    }

    fn by(&self, unit: Unit) -> BTreeMap<Group, Count> {
        let mut units: BTreeMap<Group, Count> = BTreeMap::new();
        for (id, count) in &self.counts {
            let sum = units.entry(unit.of(*id)).or_default();
            sum.right += count.right;
            sum.of += count.of;
        }
        units
    }

    /// Participants, or stimuli, that were tested.
    #[must_use]
    pub fn units(&self, unit: Unit) -> usize {
        self.counts.keys().map(|id| unit.of(*id)).collect::<BTreeSet<Group>>().len()
    }
}

/// What an accuracy from 0 to 1 could be with other clusters, each given by its right answers and its answers; nothing for
/// fewer than two.
pub(super) fn accuracy_interval(clusters: &[(f64, usize)]) -> Option<Interval> {
    cluster_interval(clusters).map(Interval::of_parts)
}

/// How much more accurate some answers are than others, in points of a hundred.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    /// The difference.
    pub points: f64,
    /// What it could be with other participants, or stimuli.
    pub interval: Option<Interval>,
    /// The probability of so large a difference if the two were equally good: each participant's, or stimulus's, could as soon
    /// have had the other sign.
    pub p: f64,
    /// The standard error of that, if it was estimated from draws.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_error: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(answers: &[(&str, bool)]) -> Tally {
        answers.iter().map(|(name, right)| (name.parse().unwrap(), *right)).collect()
    }

    #[test]
    fn a_recording_may_be_answered_several_times() {
        let tally = tally(&[("S1/P01", true), ("S1/P01", false), ("S5/P01", true), ("S5/P02", false)]);
        assert_eq!((tally.answers(), tally.recordings()), (4, 3));
        assert_eq!((tally.right(), tally.accuracy()), (2, 0.5));
        assert_eq!((tally.units(Unit::Participant), tally.units(Unit::Stimulus)), (2, 2));
    }

    #[test]
    fn intervals_are_over_participants_or_over_stimuli() {
        // P01: 2 of 2, P02: 1 of 2, P03: 0 of 2; each stimulus: 1 or 2 of 3.
        let names = ["S1/P01", "S2/P01", "S1/P02", "S2/P02", "S1/P03", "S2/P03"];
        let right = [true, true, true, false, false, false];
        let tally: Tally =
            names.iter().zip(right).map(|(name, right)| (name.parse().unwrap(), right)).collect();
        // Means 1, 0.5, 0: t(2) 0.5 / √3.
        let people = tally.interval(Unit::Participant).unwrap();
        assert_eq!(
            people,
            Interval { low: 0.0, high: 1.0 },
            "0.5 ± 4.30 · 0.5 / √3, held within what can be"
        );
        let stimuli = tally.interval(Unit::Stimulus).unwrap();
        assert_eq!(stimuli, Interval { low: 0.0, high: 1.0 });
        let four: Tally = tally
            .counts
            .iter()
            .flat_map(|(id, count)| {
                (0..4).map(move |extra| {
                    (
                        RecordingId {
                            participant: format!("{}-{extra}", id.participant).parse().unwrap(),
                            ..*id
                        },
                        count.right == 1,
                    )
                })
            })
            .collect();
        // Means of twelve participants 1, 0.5 and 0, four times each: s = √(2 / 11), t(11) = 2.200985.
        let people = four.interval(Unit::Participant).unwrap();
        let half_width = 2.200_985_16 * (2.0_f64 / 11.0).sqrt() / 12_f64.sqrt();
        assert!((people.high - 0.5 - half_width).abs() < 1e-6, "{people:?}");
    }

    #[test]
    fn differences_pair_the_answers_to_each_recording() {
        let names: Vec<String> = (1..=10).map(|who| format!("S1/P{who:02}")).collect();
        let all =
            |right: bool| -> Tally { names.iter().map(|name| (name.parse().unwrap(), right)).collect() };
        let (good, bad) = (all(true), all(false));
        let difference = good.difference(&bad, Unit::Participant).unwrap();
        assert_eq!(
            (difference.points, difference.interval),
            (100.0, Some(Interval { low: 100.0, high: 100.0 }))
        );
        assert!((difference.p - 2.0 / 1024.0).abs() < 1e-12);
        assert_eq!(good.difference(&good, Unit::Participant).unwrap().p, 1.0);
        assert_eq!(good.difference(&tally(&[("S1/P01", true)]), Unit::Participant), None);
    }

    #[test]
    fn a_level_is_tested_by_participant() {
        // Eight participants, each right in 2 of 3.
        let answers = (1..=8).flat_map(|who| {
            [(1, true), (2, true), (3, false)]
                .map(|(stimulus, right)| (format!("S{stimulus}/P{who:02}"), right))
        });
        let tally: Tally = answers.map(|(name, right)| (name.parse().unwrap(), right)).collect();
        assert!((tally.test_level(Unit::Participant, [1, 3]).p - 1.0 / 256.0).abs() < 1e-12);
        assert_eq!(tally.test_level(Unit::Participant, [2, 3]).p, 0.5);
    }
}
