//! Guesses that never see a signal. What they reach, a network may reach without hearing any music.

use std::fmt;

use serde::Serialize;

use crate::preparation::Split;
use crate::recordings::{Design, Outline};

/// What a guess is made from. It knows the recordings that train, with their labels, and of a test recording only what
/// is named here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shortcut {
    /// Nothing: the label that most training recordings have.
    Majority,
    /// Its length: the label of the training recordings whose length is nearest.
    Length,
    /// Its participant: of the labels that the participant's training recordings have, the one that fewest of them have,
    /// because everybody heard equally many stimuli of each; any label of a participant who is not there.
    Participant,
    /// Both: the label of the training recordings of the same length; if there are none, the nearest length among those of
    /// the labels that the participant's own have, or among all for a participant who is not there.
    LengthAndParticipant,
}

/// Probabilities of the classes.
type Guess = Vec<f64>;

/// The recordings that train, with the classes of their labels.
struct Known<'a> {
    classes: usize,
    training: Vec<(&'a Outline, usize)>,
}

impl Shortcut {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Majority, Self::Length, Self::Participant, Self::LengthAndParticipant];

    /// For each test recording of a split, the probability of guessing its label. Labels that are equally good are
    /// guessed equally often.
    #[must_use]
    pub fn right(self, set: &Design, split: &Split) -> Vec<f64> {
        let labels = set.labels();
        let training = split.training().iter().filter_map(|id| set.outline(*id));
        let training = training.map(|outline| (outline, labels.class(outline.label))).collect();
        let known = Known { classes: labels.count(), training };
        let tested = split.test().iter().filter_map(|id| set.outline(*id));
        tested.map(|recording| self.guess(&known, recording)[labels.class(recording.label)]).collect()
    }

    fn guess(self, known: &Known<'_>, of: &Outline) -> Guess {
        let own = known.count(|other| other.participant == of.participant);
        let is_known = own.iter().any(|count| *count > 0);
        let possible = |class: usize| !is_known || own[class] > 0;
        match self {
            Self::Majority => {
                let counts = known.count(|_| true);
                best(known.classes, |class| counts[class] as f64)
            }
            Self::Length => known.nearest(of, |_| true),
            Self::Participant => best(known.classes, |class| match possible(class) {
                true => -(own[class] as f64),
                false => f64::NEG_INFINITY,
            }),
            Self::LengthAndParticipant => {
                let is_stimulus = known.training.iter().any(|(other, _)| other.samples == of.samples);
                known.nearest(of, |class| is_stimulus || possible(class))
            }
        }
    }
}

impl Known<'_> {
    /// Recordings of each class.
    fn count(&self, is_counted: impl Fn(&Outline) -> bool) -> Vec<usize> {
        let mut counts = vec![0; self.classes];
        let counted = self.training.iter().filter(|(outline, _)| is_counted(outline));
        counted.for_each(|(_, class)| counts[*class] += 1);
        counts
    }

    /// The class of one of the nearest in length, among the classes that are possible.
    fn nearest(&self, of: &Outline, possible: impl Fn(usize) -> bool) -> Guess {
        let distance = |other: &Outline| other.samples.abs_diff(of.samples);
        let candidates = || self.training.iter().filter(|(_, class)| possible(*class));
        let least = candidates().map(|(other, _)| distance(other)).min();
        let mut weights = vec![0.0; self.classes];
        for (_, class) in candidates().filter(|(other, _)| Some(distance(other)) == least) {
            weights[*class] += 1.0;
        }
        shares(weights)
    }
}

/// One of the classes with the highest score.
fn best(classes: usize, score: impl Fn(usize) -> f64) -> Guess {
    let highest = (0..classes).map(&score).fold(f64::NEG_INFINITY, f64::max);
    shares((0..classes).map(|class| f64::from(u8::from(score(class) == highest))).collect())
}

/// Weights as parts of their sum.
fn shares(weights: Guess) -> Guess {
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

impl fmt::Display for Shortcut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Majority => "majority",
            Self::Length => "length",
            Self::Participant => "participant",
            Self::LengthAndParticipant => "length and participant",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preparation::Scheme;
    use crate::preparation::split::testing::{data_set, ids, recording};
    use crate::recordings::synthetic;

    /// A test recording with training recordings: name and number of samples.
    fn right(training: &[(&str, usize)], tested: (&str, usize)) -> [f64; 4] {
        let all = training.iter().chain([&tested]);
        let set = data_set(all.map(|(name, length)| recording(name, &vec![1.0; *length])).collect());
        let names: Vec<&str> = training.iter().map(|(name, _)| *name).collect();
        let split = Split::custom(&set, ids(&names), vec![], ids(&[tested.0])).unwrap();
        Shortcut::ALL.map(|shortcut| shortcut.right(&set, &split)[0])
    }

    #[test]
    fn each_guess_uses_what_it_names() {
        // Two of pop, one of classical; the nearest length is classical's; the participant heard classical and pop, and
        // pop twice.
        let training = [("S1/P01", 10), ("S9/P01", 20), ("S10/P01", 30)];
        assert_eq!(right(&training, ("S2/P01", 11)), [0.0, 1.0, 1.0, 1.0]);
        assert_eq!(right(&training, ("S11/P01", 26)), [1.0, 1.0, 0.0, 1.0]);
        // Nothing is known of this participant, and there are two labels.
        assert_eq!(right(&training, ("S11/P02", 9)), [1.0, 0.0, 0.5, 0.0]);
    }

    #[test]
    fn what_is_equally_good_is_guessed_equally_often() {
        let training = [("S1/P01", 10), ("S5/P01", 10), ("S9/P02", 8)];
        assert_eq!(right(&training, ("S2/P01", 9)), [1.0 / 3.0, 1.0 / 3.0, 0.5, 0.5]);
    }

    #[test]
    fn in_the_papers_design_length_names_the_genre_unless_the_stimulus_is_new() {
        let set = synthetic::generate(&synthetic::Settings::default()).unwrap();
        let mean = |shortcut: Shortcut, scheme: Scheme| {
            let folds = scheme.draw(&set, 0).unwrap();
            let right: Vec<f64> = folds.iter().flat_map(|split| shortcut.right(&set, split)).collect();
            right.iter().sum::<f64>() / right.len() as f64
        };
        assert_eq!(mean(Shortcut::Length, Scheme::Random), 1.0);
        assert_eq!(mean(Shortcut::Length, Scheme::Participant), 1.0);
        assert_eq!(mean(Shortcut::LengthAndParticipant, Scheme::Random), 1.0);
        assert!(mean(Shortcut::Length, Scheme::Stimulus) < 1.0);
        assert_eq!(mean(Shortcut::Participant, Scheme::Stimulus), 0.5);
        let unknown = mean(Shortcut::Participant, Scheme::Participant);
        assert!((unknown - 1.0 / 3.0).abs() < 1e-12, "{unknown}");
        // A held-out participant takes two labels out of the balance, so the majority is more often the third.
        assert!(mean(Shortcut::Majority, Scheme::Participant) < 1.0 / 3.0);
    }
}
