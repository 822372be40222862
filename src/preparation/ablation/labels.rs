//! Labels without their recordings.

use std::collections::{BTreeMap, BTreeSet};

use crate::recordings::{Genre, Participant, Recording};
use crate::shuffle::Shuffler;

/// The stream of random numbers of the whole set; recordings have streams from 2³² on.
const STREAM: u64 = 0;

/// Deals all labels out anew.
pub(super) fn deal(recordings: &mut [Recording], seed: u64) {
    let mut labels: Vec<Genre> = recordings.iter().map(|recording| recording.genre).collect();
    Shuffler::of_ablation(seed, STREAM).shuffle(&mut labels);
    for (recording, label) in recordings.iter_mut().zip(labels) {
        recording.genre = label;
    }
}

/// Lets the genres of each participant exchange their names, in an order drawn for that participant.
pub(super) fn exchange_own(recordings: &mut [Recording], seed: u64) {
    let mut chance = Shuffler::of_ablation(seed, STREAM);
    let mut names: BTreeMap<(Participant, Genre), Genre> = BTreeMap::new();
    for (participant, own) in genres_of_all(recordings) {
        let mut dealt: Vec<Genre> = own.iter().copied().collect();
        chance.shuffle(&mut dealt);
        names.extend(own.into_iter().zip(dealt).map(|(genre, name)| ((participant, genre), name)));
    }
    rename(recordings, &names);
}

/// The genres that each participant heard.
fn genres_of_all(recordings: &[Recording]) -> BTreeMap<Participant, BTreeSet<Genre>> {
    let mut genres: BTreeMap<Participant, BTreeSet<Genre>> = BTreeMap::new();
    for recording in recordings {
        genres.entry(recording.participant).or_default().insert(recording.genre);
    }
    genres
}

/// Gives each genre of a participant its new name.
fn rename(recordings: &mut [Recording], names: &BTreeMap<(Participant, Genre), Genre>) {
    for recording in recordings {
        recording.genre = names[&(recording.participant, recording.genre)];
    }
}

/// Gives each participant the genres of another in random order, among those who heard equally many.
pub(super) fn exchange(recordings: &mut [Recording], seed: u64) {
    let genres = genres_of_all(recordings);
    let mut chance = Shuffler::of_ablation(seed, STREAM);
    let mut names: BTreeMap<(Participant, Genre), Genre> = BTreeMap::new();
    for count in 1..=Genre::ALL.len() {
        let alike = || genres.iter().filter(move |(_, own)| own.len() == count);
        let mut dealt: Vec<Vec<Genre>> = alike().map(|(_, own)| own.iter().copied().collect()).collect();
        chance.shuffle(&mut dealt);
        for ((participant, own), mut other) in alike().zip(dealt) {
            chance.shuffle(&mut other);
            names.extend(own.iter().zip(other).map(|(genre, name)| ((*participant, *genre), name)));
        }
    }
    rename(recordings, &names);
}
