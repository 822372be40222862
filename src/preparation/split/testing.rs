//! Small data sets for tests.

use proptest::collection::btree_set;
use proptest::prelude::*;

use crate::preparation::{LastFrame, Scheme, Signal};
use crate::recordings::{Channels, DataSet, Labels, Recording, RecordingId, Song};

/// The schemes that the design of the published recordings allows.
pub(crate) const PUBLISHED: [Scheme; 4] =
    [Scheme::Random, Scheme::Participant, Scheme::Stimulus, Scheme::Both];

pub(crate) fn recording(name: &str, samples: &[f64]) -> Recording {
    let RecordingId { stimulus, participant, take } = name.parse().unwrap();
    Recording {
        stimulus,
        label: Song::try_from(stimulus).unwrap().genre().into(),
        participant,
        take,
        session: None,
        rate_hz: 8.0,
        channels: Channels::ONE,
        samples: samples.to_vec(),
        synthetic: None,
    }
}

pub(crate) fn signal(name: &str, samples: &[f32]) -> Signal {
    let recording = recording(name, &[]);
    Signal {
        recording: recording.id(),
        class: Labels::published().class(recording.label),
        channels: 1,
        samples: samples.to_vec(),
        last_frame: LastFrame::default(),
    }
}

pub(crate) fn ids(names: &[&str]) -> Vec<RecordingId> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

pub(crate) fn data_set(recordings: Vec<Recording>) -> DataSet {
    DataSet::new(recordings).unwrap()
}

/// 24 participants who each heard the stimuli of two labels, as in the published recordings.
pub(crate) fn paper_like() -> DataSet {
    let names = (1..=24_usize).flat_map(|participant| {
        let heard = Song::all().filter(move |song| song.genre().label() != participant % 3);
        heard.map(move |stimulus| format!("{stimulus}/P{participant:02}"))
    });
    data_set(names.map(|name| recording(&name, &[1.0])).collect())
}

/// Recordings of some of the stimuli by some of up to nine participants: now complete, now full of gaps.
pub(crate) fn any_data_set() -> impl Strategy<Value = DataSet> {
    let scattered = btree_set((1..=12_u8, 1..=9_u8), 1..60);
    let stimuli = btree_set(1..=12_u8, 1..=12);
    let complete = (stimuli, 1..=9_u8).prop_map(|(stimuli, participants)| {
        stimuli.into_iter().flat_map(|stimulus| (1..=participants).map(move |who| (stimulus, who))).collect()
    });
    let whole = (1..=9_u8).prop_map(|participants| {
        (1..=12).flat_map(|stimulus| (1..=participants).map(move |who| (stimulus, who))).collect()
    });
    prop_oneof![scattered, complete, whole].prop_map(|pairs| {
        let names = pairs.into_iter().map(|(stimulus, participant)| format!("S{stimulus}/P{participant:02}"));
        data_set(names.map(|name| recording(&name, &[1.0])).collect())
    })
}

/// A data set, and the same from recordings in another order.
pub(crate) fn permuted(sets: impl Strategy<Value = DataSet>) -> impl Strategy<Value = (DataSet, DataSet)> {
    sets.prop_flat_map(|set| {
        let shuffled = Just(set.recordings().to_vec()).prop_shuffle();
        shuffled.prop_map(move |recordings| (set.clone(), data_set(recordings)))
    })
}
