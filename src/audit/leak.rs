//! What a network can know of a test before it hears anything.

use std::fmt;

use serde::Serialize;

use super::shortcut::Shortcut;
use crate::preparation::Split;
use crate::recordings::{Design, Words};

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
    /// Songs of the test train or validate too.
    Songs,
    /// The nearest length that trains has the label of the test recording.
    Lengths,
}

/// What leaks in a split; nothing if nobody, no stimulus and, beyond guessing, no length does.
///
/// Lengths leak if more than half of the test recordings have the label of the nearest training length; of two labels, more
/// than three quarters, because guessing gives half.
#[must_use]
pub fn leaks(set: &Design, split: &Split) -> Vec<Leak> {
    let shared = split.leakage().test;
    let right = Shortcut::Length.right(set, split);
    let named = right.iter().filter(|right| **right > 0.5).count();
    let (participants, stimuli) = (&shared.participants, &shared.stimuli);
    let (words, quarters) = (set.words(), if set.labels().count() > 2 { 2 } else { 3 });
    let leak = |of, known, tested| Leak { of, known, tested, words };
    let mut leaks = vec![
        leak(Leaked::Participants, participants.shared.len(), participants.of),
        leak(Leaked::Songs, stimuli.shared.len(), stimuli.of),
        leak(Leaked::Lengths, named, right.len()),
    ];
    leaks.retain(|leak| match leak.of {
        Leaked::Participants | Leaked::Songs => leak.known > 0,
        Leaked::Lengths => 4 * leak.known > quarters * leak.tested,
    });
    leaks
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of, known, tested, words } = self;
        let Words { label, labels, stimulus, stimuli } = words;
        match of {
            Leaked::Participants => write!(
                f,
                "{known} of {tested} participants of the test train or validate too: a network that recognises them knows \
                 which {labels} they have. `eegenre split --scheme participant` keeps them apart."
            ),
            Leaked::Songs => write!(
                f,
                "{known} of {tested} {stimuli} of the test train or validate too: a test on them does not tell what becomes of \
                 a new {stimulus}. `eegenre split --scheme stimulus` keeps them apart."
            ),
            Leaked::Lengths => write!(
                f,
                "the {label} of {known} of {tested} test recordings is that of the nearest length that trains: a network that \
                 counts needs no signal. `--truncate`, with the samples of the shortest recording, makes lengths equal."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preparation::Scheme;
    use crate::preparation::split::testing::{data_set, ids, recording};
    use crate::recordings::synthetic;

    fn leaked(set: &Design, split: &Split) -> Vec<(Leaked, usize, usize)> {
        leaks(set, split).into_iter().map(|leak| (leak.of, leak.known, leak.tested)).collect()
    }

    #[test]
    fn the_papers_split_leaks_everything() {
        let set = synthetic::generate(&synthetic::Settings::default()).unwrap();
        let split = Split::random(&set, 0).unwrap();
        let found = leaked(&set, &split);
        assert_eq!(
            found.iter().map(|leak| leak.0).collect::<Vec<_>>(),
            [Leaked::Participants, Leaked::Songs, Leaked::Lengths]
        );
        assert!(found.iter().all(|(_, known, tested)| known == tested));
    }

    #[test]
    fn splits_that_keep_participants_apart_still_leak_stimuli_and_lengths() {
        let set = synthetic::generate(&synthetic::Settings::default()).unwrap();
        for split in Scheme::Participant.draw(&set, 0).unwrap() {
            assert_eq!(leaked(&set, &split), [(Leaked::Songs, 8, 8), (Leaked::Lengths, 8, 8)]);
        }
    }

    #[test]
    fn equal_lengths_of_other_people_and_stimuli_leak_nothing() {
        let names = ["S1/P01", "S5/P01", "S9/P01", "S2/P02"];
        let set = data_set(names.map(|name| recording(name, &[1.0])).to_vec());
        let split = Split::custom(&set, ids(&names[..3]), vec![], ids(&names[3..])).unwrap();
        assert_eq!(leaks(&set, &split), []);
    }
}
