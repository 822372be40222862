//! Chance from the design: what a guess reaches that hears no signal and knows which labels are possible.

use std::collections::{BTreeMap, BTreeSet};

use crate::recordings::Participant;

/// What the guess knows of the participant of a test recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Nothing: the participant is new.
    Nothing,
    /// The labels of what the participant heard: other recordings of the participant train.
    OwnLabels,
}

/// The accuracy of a guess that names each possible label equally often, for all recordings of a design, as numerator and
/// denominator without a common divisor. A recording is given by its participant and its label.
///
/// For a [new](Known::Nothing) participant every label of the design is possible, else those of the participant's recordings
/// alone. Two more guesses, by the balance of the training part and by the nearest training length, are
/// [shortcuts](crate::audit::Shortcut); what a whole procedure reaches by chance is a
/// [null distribution](super::NullDistribution).
///
/// 1 of 1 without recordings.
#[must_use]
pub fn even_guess(recordings: &[(Participant, usize)], known: Known) -> [usize; 2] {
    let all: BTreeSet<usize> = recordings.iter().map(|(_, label)| *label).collect();
    let mut own: BTreeMap<Participant, BTreeSet<usize>> = BTreeMap::new();
    for (participant, label) in recordings {
        own.entry(*participant).or_default().insert(*label);
    }
    let possible = |participant: &Participant| match known {
        Known::Nothing => all.len(),
        Known::OwnLabels => own[participant].len(),
    };
    let counts: Vec<usize> = recordings.iter().map(|(participant, _)| possible(participant)).collect();
    let common = counts.iter().fold(1, |common, count| common / divisor(common, *count) * count);
    let numerator: usize = counts.iter().map(|count| common / count).sum();
    let denominator = common * counts.len();
    match divisor(numerator, denominator) {
        0 => [1, 1],
        divisor => [numerator / divisor, denominator / divisor],
    }
}

/// The greatest common divisor; that of 0 and a number is the number.
const fn divisor(one: usize, other: usize) -> usize {
    if other == 0 { one } else { divisor(other, one % other) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn design(heard: &[(u32, &[usize])]) -> Vec<(Participant, usize)> {
        let each = heard.iter().flat_map(|(participant, labels)| {
            labels.iter().map(|label| (Participant::new(*participant), *label))
        });
        each.collect()
    }

    #[test]
    fn chance_is_that_of_the_design() {
        // As published: two labels of three each.
        let published = design(&[(1, &[0, 0, 1, 1]), (2, &[1, 2, 1, 2]), (3, &[0, 2, 0, 2])]);
        assert_eq!(even_guess(&published, Known::Nothing), [1, 3]);
        assert_eq!(even_guess(&published, Known::OwnLabels), [1, 2]);
        // Two labels, which everybody heard.
        let two = design(&[(1, &[0, 1]), (2, &[0, 1])]);
        assert_eq!([Known::Nothing, Known::OwnLabels].map(|known| even_guess(&two, known)), [[1, 2]; 2]);
        // One label each: who knows the participant knows all.
        let one = design(&[(1, &[0, 0]), (2, &[1])]);
        assert_eq!(even_guess(&one, Known::OwnLabels), [1, 1]);
        // Mixed: three recordings at 1 of 3 and two at 1 of 2.
        let mixed = design(&[(1, &[0, 1, 2]), (2, &[0, 1])]);
        assert_eq!(even_guess(&mixed, Known::OwnLabels), [2, 5]);
        assert_eq!(even_guess(&[], Known::Nothing), [1, 1]);
    }
}
