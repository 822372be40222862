//! What a network can know of a test without a signal.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::artefacts::Neighbourhoods;
use crate::preparation::{Labelled, Split, exchanged_labels};
use crate::recordings::{Design, Label, RecordingId, Words};

/// A way from what trains into the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Leak {
    /// What is known.
    pub of: Leaked,
    /// How many are known.
    pub known: usize,
    /// Of how many.
    pub tested: usize,
    /// What labels and stimuli are called.
    #[serde(skip)]
    pub words: Words,
}

/// What leaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Leaked {
    /// Participants of the test train or validate too.
    Participants,
    /// Stimuli of the test train or validate too.
    Stimuli,
    /// The nearest lengths that train have the label of the test recording.
    Lengths,
    /// The label of the test recording is that of none that trains.
    Untrained,
}

/// Exchanges of labels that lengths are held against.
const EXCHANGES: u64 = 199;

/// What leaks in the splits of a scheme, and labels that they test without training them; nothing if nobody, no stimulus and,
/// beyond chance, no length leaks. Participants and stimuli are those of the first split: the others leak alike.
///
/// Lengths leak if a rule that sees nothing else names more labels of the test than with all of 199 exchanges of labels
/// but one in a hundred ([`exchanged_labels`]).
#[must_use]
pub fn leaks(set: &Design, splits: &[Split]) -> Vec<Leak> {
    let Some(first) = splits.first() else { return Vec::new() };
    let shared = first.leakage().test;
    let (participants, stimuli) = (&shared.participants, &shared.stimuli);
    let words = set.words();
    let leak = |of, known, tested| Leak { of, known, tested, words };
    let label = |id: &RecordingId| set.outline(*id).map(|outline| outline.label);
    let untrained = splits.iter().map(|split| {
        let trained: BTreeSet<Label> = known(split).filter_map(label).collect();
        split.test().iter().filter_map(label).filter(|label| !trained.contains(label)).count()
    });
    let tested = splits.iter().map(|split| split.test().len()).sum();
    let mut leaks = vec![
        leak(Leaked::Participants, participants.shared.len(), participants.of),
        leak(Leaked::Stimuli, stimuli.shared.len(), stimuli.of),
        leak(Leaked::Lengths, named_by_length(set, splits).unwrap_or(0), tested),
        leak(Leaked::Untrained, untrained.sum(), tested),
    ];
    leaks.retain(|leak| leak.known > 0);
    leaks
}

/// What trains or validates.
fn known(split: &Split) -> impl Iterator<Item = &RecordingId> {
    split.training().iter().chain(split.validation())
}

/// Test recordings whose label their length names, if these are more than by chance.
fn named_by_length(set: &Design, splits: &[Split]) -> Option<usize> {
    let lengths: Vec<f64> = set.outlines().iter().map(|outline| outline.samples as f64).collect();
    let place = |id: &RecordingId| set.outlines().binary_search_by_key(id, |outline| outline.id()).ok();
    let near: Vec<Neighbourhoods> = splits
        .iter()
        .map(|split| {
            let known: Vec<usize> = known(split).filter_map(place).collect();
            let tested: Vec<usize> = split.test().iter().filter_map(place).collect();
            Neighbourhoods::of(&lengths, &known, &tested)
        })
        .collect();
    let labels = set.labels();
    let right = |own: &[Label]| -> f64 {
        let classes: Vec<usize> = own.iter().map(|label| labels.class(*label)).collect();
        near.iter().map(|near| near.right(&classes, labels.count()).0).sum()
    };
    let labelled: Vec<Labelled> = set.outlines().iter().map(Labelled::from).collect();
    let named = right(&labelled.iter().map(|one| one.label).collect::<Vec<Label>>());
    let reached = (0..EXCHANGES).filter(|seed| right(&exchanged_labels(&labelled, *seed)) >= named - 1e-9);
    ((1 + reached.count()) as f64 / (1 + EXCHANGES) as f64 <= 0.01).then_some(named.round() as usize)
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of, known, tested, words } = self;
        let Words { label, labels, stimulus, stimuli } = words;
        match of {
            Leaked::Participants => write!(
                f,
                "{known} of {tested} participants of the test are also in training or validation: a network that recognises \
                 them can infer their {labels}. `eegenre split --scheme participant` holds participants out."
            ),
            Leaked::Stimuli => write!(
                f,
                "{known} of {tested} {stimuli} of the test are also in training or validation: the test does not measure \
                 accuracy for a new {stimulus}. `eegenre split --scheme stimulus` holds {stimuli} out."
            ),
            Leaked::Lengths => write!(
                f,
                "{known} of {tested} test recordings have the {label} of the training recordings of nearest length: a network that \
                 counts needs no signal. `eegenre train --truncate`, with the samples of the shortest recording, makes lengths \
                 equal."
            ),
            Leaked::Untrained => write!(
                f,
                "{known} of {tested} test recordings have a {label} that no training recording has, so no classifier can \
                 predict it: if each {label} belongs to one participant, participants cannot be held out."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preparation::Scheme;
    use crate::preparation::split::testing::{data_set, ids, recording};
    use crate::recordings::synthetic::{self, Effect};

    fn leaked(set: &Design, splits: &[Split]) -> Vec<(Leaked, usize, usize)> {
        leaks(set, splits).into_iter().map(|leak| (leak.of, leak.known, leak.tested)).collect()
    }

    #[test]
    fn the_papers_split_leaks_everything() {
        let set = synthetic::generate(&synthetic::Settings::default()).unwrap();
        let split = Split::random(&set, 0).unwrap();
        let found = leaked(&set, &[split]);
        assert_eq!(
            found.iter().map(|leak| leak.0).collect::<Vec<_>>(),
            [Leaked::Participants, Leaked::Stimuli, Leaked::Lengths]
        );
        assert!(found.iter().all(|(_, known, tested)| known == tested));
    }

    #[test]
    fn splits_that_keep_participants_apart_still_leak_stimuli_and_lengths() {
        let set = synthetic::generate(&synthetic::Settings::default()).unwrap();
        let folds = Scheme::Participant.draw(&set, 0).unwrap();
        assert_eq!(leaked(&set, &folds), [(Leaked::Stimuli, 8, 8), (Leaked::Lengths, 192, 192)]);
    }

    #[test]
    fn equal_lengths_leak_nothing_however_rare_a_label_is() {
        let mut recordings = synthetic::small(Effect::Null).unwrap().recordings().to_vec();
        for (place, recording) in recordings.iter_mut().enumerate() {
            recording.samples.truncate(16);
            recording.label = if place % 10 == 0 { "rare" } else { "common" }.parse().unwrap();
        }
        let set = data_set(recordings);
        for seed in 0..5 {
            let found = leaked(&set, &[Split::random(&set, seed).unwrap()]);
            assert!(found.iter().all(|leak| leak.0 != Leaked::Lengths), "{found:?}");
        }
    }

    #[test]
    fn lengths_that_tell_only_some_of_many_labels_leak() {
        // Nine labels; the lengths of three of them are their own.
        let recordings = synthetic::small(Effect::Null).unwrap().recordings().to_vec();
        let labelled = recordings.into_iter().enumerate().map(|(place, mut recording)| {
            let class = place % 9;
            recording.label = format!("label {class}").parse().unwrap();
            recording.samples.truncate(if class < 3 { 16 + 8 * class } else { 64 });
            recording
        });
        let set = data_set(labelled.collect());
        let found = leaked(&set, &[Split::random(&set, 0).unwrap()]);
        assert!(found.iter().any(|leak| leak.0 == Leaked::Lengths), "{found:?}");
    }

    #[test]
    fn a_label_that_no_training_recording_has_is_named() {
        let mut recordings = synthetic::small(Effect::Null).unwrap().recordings().to_vec();
        recordings.iter_mut().for_each(|one| one.label = one.participant.as_str().parse().unwrap());
        let set = data_set(recordings);
        let folds = Scheme::Participant.draw(&set, 0).unwrap();
        assert!(leaked(&set, &folds).contains(&(Leaked::Untrained, 192, 192)));
    }

    #[test]
    fn equal_lengths_of_other_people_and_stimuli_leak_nothing() {
        let names = ["S1/P01", "S5/P01", "S9/P01", "S2/P02"];
        let set = data_set(names.map(|name| recording(name, &[1.0])).to_vec());
        let split = Split::custom(&set, ids(&names[..3]), vec![], ids(&names[3..])).unwrap();
        assert_eq!(leaks(&set, &[split]), []);
    }
}
