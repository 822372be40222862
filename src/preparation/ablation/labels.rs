//! Labels without their recordings.

use std::collections::{BTreeMap, BTreeSet};

use crate::evaluation::shuffle::Shuffler;
use crate::evaluation::{log10_deals, log10_factorial};
use crate::recordings::{Label, Outline, Participant, Recording, Stimulus};

/// The stream of random numbers of the whole set; recordings have streams from 2³² on.
const STREAM: u64 = 0;

/// Deals all labels out anew.
pub(super) fn deal(recordings: &mut [Recording], seed: u64) {
    let mut labels: Vec<Label> = recordings.iter().map(|recording| recording.label).collect();
    Shuffler::of_ablation(seed, STREAM).shuffle(&mut labels);
    for (recording, label) in recordings.iter_mut().zip(labels) {
        recording.label = label;
    }
}

/// A recording as exchanges of labels see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Labelled {
    /// Whose it is.
    pub participant: Participant,
    /// During what, where that is known.
    pub stimulus: Option<Stimulus>,
    /// Its label.
    pub label: Label,
}

impl From<&Recording> for Labelled {
    fn from(recording: &Recording) -> Self {
        let Recording { participant, stimulus, label, .. } = *recording;
        Self { participant, stimulus: Some(stimulus), label }
    }
}

impl From<&Outline> for Labelled {
    fn from(outline: &Outline) -> Self {
        let Outline { participant, stimulus, label, .. } = *outline;
        Self { participant, stimulus: Some(stimulus), label }
    }
}

/// What is exchanged as a whole: what a design calls for, so that correlated recordings keep one label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exchanged {
    /// Participants, because each has one label.
    Participants,
    /// The labels of each participant exchange their names, so blocks of recordings of one label stay blocks.
    Names,
    /// The stimuli of each participant, where there are too few participants to exchange names alone.
    Stimuli,
    /// The recordings of each participant: the same, where no stimulus has one label or none is known.
    Recordings,
}

/// Exchanges of names of which there are fewer than 10 to this power are too few for a p value that is corrected for dozens of
/// tests.
const FEWEST_LOG10: f64 = 4.0;

impl Exchanged {
    /// What a design calls for.
    #[must_use]
    pub fn of(recordings: &[Labelled]) -> Self {
        let labels = labels_of(recordings);
        if labels.values().all(|own| own.len() == 1) {
            return Self::Participants;
        }
        if labels.values().map(|own| log10_factorial(own.len())).sum::<f64>() >= FEWEST_LOG10 {
            return Self::Names;
        }
        let mut known: BTreeMap<(Participant, Stimulus), Label> = BTreeMap::new();
        let has_one_label = |one: &Labelled| {
            let Some(stimulus) = one.stimulus else { return false };
            *known.entry((one.participant, stimulus)).or_insert(one.label) == one.label
        };
        if recordings.iter().all(has_one_label) { Self::Stimuli } else { Self::Recordings }
    }

    /// The decimal logarithm of how many different exchanges there are, the labels as they are included: `n! / ∏ n_l!` for each
    /// group of `n` things that exchange, `n_l` of them with the label `l`.
    #[must_use]
    pub fn distinct_log10(self, recordings: &[Labelled]) -> f64 {
        self.groups(recordings).into_iter().map(|group| log10_deals(group.into_values())).sum()
    }

    /// Groups of things that exchange, each thing with its label.
    fn groups(self, recordings: &[Labelled]) -> Vec<BTreeMap<Thing, Label>> {
        let mut groups: BTreeMap<Option<Participant>, BTreeMap<Thing, Label>> = BTreeMap::new();
        for (place, one) in recordings.iter().enumerate() {
            let group = (self != Self::Participants).then_some(one.participant);
            groups.entry(group).or_default().insert(self.thing(place, one), one.label);
        }
        groups.into_values().collect()
    }

    fn thing(self, place: usize, one: &Labelled) -> Thing {
        match (self, one.stimulus) {
            (Self::Participants, _) => Thing::Participant(one.participant),
            (Self::Names, _) => Thing::Name(one.participant, one.label),
            (Self::Stimuli, Some(stimulus)) => Thing::Stimulus(one.participant, stimulus),
            (Self::Stimuli | Self::Recordings, _) => Thing::Recording(place),
        }
    }
}

/// What carries one label through an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Participant(Participant),
    Name(Participant, Label),
    Stimulus(Participant, Stimulus),
    Recording(usize),
}

fn labels_of(recordings: &[Labelled]) -> BTreeMap<Participant, BTreeSet<Label>> {
    let mut labels: BTreeMap<Participant, BTreeSet<Label>> = BTreeMap::new();
    for one in recordings {
        labels.entry(one.participant).or_default().insert(one.label);
    }
    labels
}

/// Labels exchanged as the design [calls for](Exchanged::of), one for each recording: what a null distribution is made of.
#[must_use]
pub fn exchanged_labels(recordings: &[Labelled], seed: u64) -> Vec<Label> {
    let exchanged = Exchanged::of(recordings);
    let mut chance = Shuffler::of_ablation(seed, STREAM);
    let mut labels: BTreeMap<Thing, Label> = BTreeMap::new();
    for group in exchanged.groups(recordings) {
        let mut dealt: Vec<Label> = group.values().copied().collect();
        chance.shuffle(&mut dealt);
        labels.extend(group.into_keys().zip(dealt));
    }
    let own = recordings.iter().enumerate();
    own.map(|(place, one)| labels[&exchanged.thing(place, one)]).collect()
}

/// Labels dealt anew to each participant's own recordings: who has how many of which label stays, and blocks of recordings of
/// one label are mixed.
#[must_use]
pub fn dealt_labels(owners: &[(Participant, Label)], seed: u64) -> Vec<Label> {
    let mut chance = Shuffler::of_ablation(seed, STREAM);
    let mut own: BTreeMap<Participant, Vec<usize>> = BTreeMap::new();
    for (place, (participant, _)) in owners.iter().enumerate() {
        own.entry(*participant).or_default().push(place);
    }
    let mut labels: Vec<Label> = owners.iter().map(|(_, label)| *label).collect();
    for places in own.into_values() {
        let mut dealt: Vec<Label> = places.iter().map(|place| labels[*place]).collect();
        chance.shuffle(&mut dealt);
        places.into_iter().zip(dealt).for_each(|(place, label)| labels[place] = label);
    }
    labels
}

/// Gives each recording its [exchanged label](exchanged_labels).
pub(super) fn exchange_own(recordings: &mut [Recording], seed: u64) {
    let own: Vec<Labelled> = recordings.iter().map(Labelled::from).collect();
    for (recording, label) in recordings.iter_mut().zip(exchanged_labels(&own, seed)) {
        recording.label = label;
    }
}

/// Gives each participant the labels of another in random order, among those who have equally many.
pub(super) fn exchange(recordings: &mut [Recording], seed: u64) {
    let mut labels: BTreeMap<Participant, BTreeSet<Label>> = BTreeMap::new();
    for recording in recordings.iter() {
        labels.entry(recording.participant).or_default().insert(recording.label);
    }
    let mut chance = Shuffler::of_ablation(seed, STREAM);
    let mut names: BTreeMap<(Participant, Label), Label> = BTreeMap::new();
    let most = labels.values().map(BTreeSet::len).max().unwrap_or(0);
    for count in 1..=most {
        let alike = || labels.iter().filter(move |(_, own)| own.len() == count);
        let mut dealt: Vec<Vec<Label>> = alike().map(|(_, own)| own.iter().copied().collect()).collect();
        chance.shuffle(&mut dealt);
        for ((participant, own), mut other) in alike().zip(dealt) {
            chance.shuffle(&mut other);
            names.extend(own.iter().zip(other).map(|(label, name)| ((*participant, *label), name)));
        }
    }
    for recording in recordings {
        recording.label = names[&(recording.participant, recording.label)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recordings as (participant, stimulus, label).
    fn study(of: &[(u32, &str, &str)]) -> Vec<Labelled> {
        let labelled = |(participant, stimulus, label): &(u32, &str, &str)| Labelled {
            participant: Participant::new(*participant),
            stimulus: Some(stimulus.parse().unwrap()),
            label: label.parse().unwrap(),
        };
        of.iter().map(labelled).collect()
    }

    /// The level of a study, and how many different exchanges there are by enumerating many draws.
    fn level(of: &[(u32, &str, &str)]) -> (Exchanged, usize, f64) {
        let study = study(of);
        let drawn: BTreeSet<Vec<Label>> = (0..3000).map(|seed| exchanged_labels(&study, seed)).collect();
        let exchanged = Exchanged::of(&study);
        (exchanged, drawn.len(), 10_f64.powf(exchanged.distinct_log10(&study)))
    }

    #[track_caller]
    fn assert_level(of: &[(u32, &str, &str)], expected: Exchanged, distinct: usize) {
        let (level, drawn, counted) = level(of);
        assert_eq!((level, drawn), (expected, distinct));
        assert!((counted - distinct as f64).abs() < 1e-6, "{counted}");
    }

    #[test]
    fn a_design_decides_what_is_exchanged_and_how_many_exchanges_there_are() {
        let patients: Vec<_> = (1..=5)
            .flat_map(|who| ["a", "b"].map(|task| (who, task, if who < 3 { "ill" } else { "well" })))
            .collect();
        assert_level(&patients, Exchanged::Participants, 10);
        // One participant: four stimuli of two labels, each presented twice.
        let stimuli = [("1", "x"), ("2", "x"), ("3", "y"), ("4", "y")];
        let alone: Vec<_> =
            stimuli.iter().chain(&stimuli).map(|(stimulus, label)| (1, *stimulus, *label)).collect();
        assert_level(&alone, Exchanged::Stimuli, 6);
        // A stimulus that was rated differently.
        let rated = [(1, "1", "x"), (1, "1", "y"), (1, "2", "x"), (1, "2", "y")];
        assert_level(&rated, Exchanged::Recordings, 6);
        // Fourteen participants with two labels each: 2¹⁴ exchanges of names.
        let many: Vec<_> = (1..=14).flat_map(|who| [(who, "1", "x"), (who, "2", "y")]).collect();
        let (exchanged, _, distinct) = level(&many);
        assert_eq!((exchanged, distinct.round()), (Exchanged::Names, 16384.0));
    }
}
