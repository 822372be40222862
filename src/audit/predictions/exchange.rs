//! Which labels may be exchanged: the level at which they vary.
//!
//! | labels | exchanged are | between |
//! |---|---|---|
//! | each participant has one (patients, controls) | whole participants | all participants |
//! | each participant met every stimulus | whole stimuli, for all participants at once | all stimuli |
//! | anything else | a participant's stimuli, or recordings where one stimulus has several labels or there are no stimuli | one participant's |
//!
//! Predictions that follow a participant's or a stimulus's habits alone stay as they are at the level of that participant or
//! stimulus, so habits do not pass for knowledge of labels.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::predictions::{Answer, Predictions, Recording};
use crate::evaluation::log10_deals;
use crate::evaluation::shuffle::Shuffler;

/// What is exchanged as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Participants.
    Participants,
    /// Stimuli, for all participants at once.
    Stimuli,
    /// Stimuli of each participant.
    StimuliWithinParticipants,
    /// Recordings of each participant.
    RecordingsWithinParticipants,
}

impl Level {
    /// In words.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Participants => "whole participants, because each has one label",
            Self::Stimuli => {
                "whole stimuli for all participants at once, because each participant met every stimulus"
            }
            Self::StimuliWithinParticipants => {
                "the stimuli of each participant, because participants met different stimuli"
            }
            Self::RecordingsWithinParticipants => {
                "the recordings of each participant, because labels vary within participants"
            }
        }
    }

    /// Whether exchanges stay within participants.
    #[must_use]
    pub const fn is_within_participants(self) -> bool {
        matches!(self, Self::StimuliWithinParticipants | Self::RecordingsWithinParticipants)
    }
}

/// What exchanges: units that carry a class each, in groups within which classes are dealt anew.
///
/// A class is a label; of whole stimuli, it is a list of labels, one for each participant.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) level: Level,
    /// Units of each group.
    groups: Vec<Vec<usize>>,
    /// The class of each unit.
    classes: Vec<usize>,
    /// The unit of each tested recording.
    units: BTreeMap<usize, usize>,
    /// Labels of each class by participant; empty where classes are labels.
    columns: Vec<BTreeMap<usize, usize>>,
}

impl Exchange {
    /// Of the recordings that are tested.
    pub(super) fn of(predictions: &Predictions, tested: &BTreeSet<usize>) -> Self {
        let recording = |place: &usize| &predictions.recordings[*place];
        // The labels under a key, and whether each key has one label.
        let single = |key: &dyn Fn(&usize) -> [usize; 2]| {
            let mut labels: BTreeMap<[usize; 2], usize> = BTreeMap::new();
            tested.iter().all(|place| {
                *labels.entry(key(place)).or_insert(recording(place).label) == recording(place).label
            })
        };
        let pair = |place: &usize| {
            let Recording { participant, stimulus, .. } = recording(place);
            [*participant, stimulus.unwrap_or(0)]
        };
        let has_stimuli = !predictions.stimuli.is_empty();
        let pairs: BTreeSet<[usize; 2]> = tested.iter().map(pair).collect();
        let [participants, stimuli] =
            [0, 1].map(|side| pairs.iter().map(|pair| pair[side]).collect::<BTreeSet<usize>>().len());
        if single(&|place| [pair(place)[0], 0]) {
            return Self::dealt(predictions, tested, Level::Participants, |place| pair(place)[0], |_| 0);
        }
        if has_stimuli && single(&pair) {
            if pairs.len() == participants * stimuli {
                return Self::of_stimuli(predictions, tested);
            }
            let places: BTreeMap<[usize; 2], usize> = pairs.into_iter().zip(0..).collect();
            let level = Level::StimuliWithinParticipants;
            return Self::dealt(
                predictions,
                tested,
                level,
                |place| places[&pair(place)],
                |place| pair(place)[0],
            );
        }
        Self::dealt(
            predictions,
            tested,
            Level::RecordingsWithinParticipants,
            |place| *place,
            |place| pair(place)[0],
        )
    }

    /// Units that carry one label each.
    fn dealt(
        predictions: &Predictions,
        tested: &BTreeSet<usize>,
        level: Level,
        unit: impl Fn(&usize) -> usize,
        group: impl Fn(&usize) -> usize,
    ) -> Self {
        // Groups and names of units in their order, then places of units.
        let mut labels: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for place in tested {
            labels.insert((group(place), unit(place)), predictions.recordings[*place].label);
        }
        let places: BTreeMap<(usize, usize), usize> = labels.keys().copied().zip(0..).collect();
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for ((group, _), place) in &places {
            groups.entry(*group).or_default().push(*place);
        }
        let units = tested.iter().map(|place| (*place, places[&(group(place), unit(place))])).collect();
        let groups = groups.into_values().collect();
        Self { level, groups, classes: labels.into_values().collect(), units, columns: Vec::new() }
    }

    /// Whole stimuli, each with its labels by participant.
    fn of_stimuli(predictions: &Predictions, tested: &BTreeSet<usize>) -> Self {
        let mut columns: BTreeMap<usize, BTreeMap<usize, usize>> = BTreeMap::new();
        for place in tested {
            let Recording { participant, stimulus, label, .. } = predictions.recordings[*place];
            columns.entry(stimulus.unwrap_or(0)).or_default().insert(participant, label);
        }
        let places: BTreeMap<usize, usize> = columns.keys().copied().zip(0..).collect();
        let units = tested
            .iter()
            .map(|place| (*place, places[&predictions.recordings[*place].stimulus.unwrap_or(0)]));
        let units = units.collect();
        let (mut different, mut classes): (Vec<BTreeMap<usize, usize>>, Vec<usize>) =
            (Vec::new(), Vec::new());
        for column in columns.into_values() {
            let class = different.iter().position(|own| *own == column).unwrap_or_else(|| {
                different.push(column);
                different.len() - 1
            });
            classes.push(class);
        }
        Self {
            level: Level::Stimuli,
            groups: vec![(0..classes.len()).collect()],
            classes,
            units,
            columns: different,
        }
    }

    /// How many units there are.
    pub(super) const fn units(&self) -> usize {
        self.classes.len()
    }

    /// Groups in which nothing can be exchanged: all their units carry one class.
    pub(super) fn fixed_groups(&self) -> usize {
        let is_fixed =
            |group: &&Vec<usize>| group.iter().all(|unit| self.classes[*unit] == self.classes[group[0]]);
        self.groups.iter().filter(is_fixed).count()
    }

    /// How many groups there are.
    pub(super) const fn groups(&self) -> usize {
        self.groups.len()
    }

    /// The decimal logarithm of the number of distinct exchanges, that of the labels as they are included: of each group
    /// `n! / ∏ n_c!` with `n_c` units of class `c`.
    pub(super) fn distinct_log10(&self) -> f64 {
        let of_group = |group: &Vec<usize>| log10_deals(group.iter().map(|unit| self.classes[*unit]));
        self.groups.iter().map(of_group).sum()
    }

    /// The right answers that each unit would have with each class, were that what it carries.
    pub(super) fn right(
        &self,
        predictions: &Predictions,
        answers: impl Iterator<Item = Answer>,
    ) -> Vec<BTreeMap<usize, usize>> {
        let mut right = vec![BTreeMap::new(); self.units()];
        for (place, predicted) in answers {
            let own = &mut right[self.units[&place]];
            if self.columns.is_empty() {
                *own.entry(predicted).or_default() += 1;
                continue;
            }
            let participant = predictions.recordings[place].participant;
            for (class, column) in self.columns.iter().enumerate() {
                *own.entry(class).or_default() += usize::from(column.get(&participant) == Some(&predicted));
            }
        }
        right
    }

    /// Draws exchanges; calls something with the class of each unit after each.
    pub(super) fn draw(&self, exchanges: usize, mut visit: impl FnMut(&[usize])) {
        let mut chance = Shuffler::of_tests(0);
        let mut classes = self.classes.clone();
        let mut dealt = Vec::new();
        for _ in 0..exchanges {
            for group in &self.groups {
                dealt.clear();
                dealt.extend(group.iter().map(|unit| classes[*unit]));
                chance.shuffle(&mut dealt);
                group.iter().zip(&dealt).for_each(|(unit, class)| classes[*unit] = *class);
            }
            visit(&classes);
        }
    }
}
