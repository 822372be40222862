//! Labels without their recordings.

use std::collections::{BTreeMap, BTreeSet};

use crate::evaluation::shuffle::Shuffler;
use crate::recordings::{Label, Participant, Recording};

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

/// Labels exchanged as the design allows, one for each pair of a participant and a label: what a null distribution is made
/// of.
///
/// The labels of each participant exchange their names in an order drawn for that participant. Where every participant has
/// one label alone, the participants exchange their labels instead. What shares a participant and a label still shares
/// both afterwards, so the structure of the design stays.
#[must_use]
pub fn exchanged_labels(owners: &[(Participant, Label)], seed: u64) -> Vec<Label> {
    let mut chance = Shuffler::of_ablation(seed, STREAM);
    let mut heard: BTreeMap<Participant, BTreeSet<Label>> = BTreeMap::new();
    for (participant, label) in owners {
        heard.entry(*participant).or_default().insert(*label);
    }
    let mut names: BTreeMap<(Participant, Label), Label> = BTreeMap::new();
    if heard.values().all(|own| own.len() == 1) {
        let mut dealt: Vec<Label> = heard.values().flatten().copied().collect();
        chance.shuffle(&mut dealt);
        let owners =
            heard.iter().flat_map(|(participant, own)| own.iter().map(|label| (*participant, *label)));
        names.extend(owners.zip(dealt));
    } else {
        for (participant, own) in heard {
            let mut dealt: Vec<Label> = own.iter().copied().collect();
            chance.shuffle(&mut dealt);
            names.extend(own.into_iter().zip(dealt).map(|(label, name)| ((participant, label), name)));
        }
    }
    owners.iter().map(|owner| names[owner]).collect()
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
    let owners: Vec<(Participant, Label)> =
        recordings.iter().map(|recording| (recording.participant, recording.label)).collect();
    for (recording, label) in recordings.iter_mut().zip(exchanged_labels(&owners, seed)) {
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
