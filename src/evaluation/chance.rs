//! Chance from the design: what the best guess reaches that hears no signal.

use std::collections::BTreeMap;

/// What the guess knows of the participant of a test recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Nothing: the participant is new.
    Nothing,
    /// The labels of what the participant heard: other recordings of the participant train.
    OwnLabels,
}

impl Known {
    /// Why chance is where it is, in two words for the line of a figure.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Nothing => "guessing",
            Self::OwnLabels => "participant known",
        }
    }
}

/// The most that a guess without a signal reaches over all recordings of a design, as numerator and denominator without a common
/// divisor. A recording is given by its participant, of any type, and its label.
///
/// For a [new](Known::Nothing) participant the best guess is the most frequent label of the design, else the most frequent
/// label of the participant. It is a bound: a guess that knows the labels of the training part alone reaches no more on average,
/// and often less, because what is tested is missing from that part. Files may tell more
/// ([shortcuts](crate::audit::Shortcut)); what a whole procedure reaches by chance is a [null
/// distribution](super::NullDistribution).
///
/// 1 of 1 without recordings.
#[must_use]
pub fn best_guess<P: Ord + Copy>(recordings: &[(P, usize)], known: Known) -> [usize; 2] {
    let mut counts: BTreeMap<Option<P>, BTreeMap<usize, usize>> = BTreeMap::new();
    for (participant, label) in recordings {
        let group = match known {
            Known::Nothing => None,
            Known::OwnLabels => Some(*participant),
        };
        *counts.entry(group).or_default().entry(*label).or_default() += 1;
    }
    let most = |labels: &BTreeMap<usize, usize>| labels.values().copied().max().unwrap_or(0);
    let right: usize = counts.values().map(most).sum();
    match divisor(right, recordings.len()) {
        0 => [1, 1],
        divisor => [right / divisor, recordings.len() / divisor],
    }
}

/// The greatest common divisor; that of 0 and a number is the number.
const fn divisor(one: usize, other: usize) -> usize {
    if other == 0 { one } else { divisor(other, one % other) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recordings::Participant;

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
        assert_eq!(best_guess(&published, Known::Nothing), [1, 3]);
        assert_eq!(best_guess(&published, Known::OwnLabels), [1, 2]);
        // Two labels, which everybody heard.
        let two = design(&[(1, &[0, 1]), (2, &[0, 1])]);
        assert_eq!([Known::Nothing, Known::OwnLabels].map(|known| best_guess(&two, known)), [[1, 2]; 2]);
        // One label each: who knows the participant knows all.
        let one = design(&[(1, &[0, 0]), (2, &[1])]);
        assert_eq!(best_guess(&one, Known::OwnLabels), [1, 1]);
        // One label more frequent: it is named for everybody new, and each participant's own for the known.
        let uneven = design(&[(1, &[0, 0, 0, 1]), (2, &[0, 1, 1, 1, 0, 0])]);
        assert_eq!([Known::Nothing, Known::OwnLabels].map(|known| best_guess(&uneven, known)), [[3, 5]; 2]);
        // Mixed: one of three recordings and one of two.
        let mixed = design(&[(1, &[0, 1, 2]), (2, &[0, 1])]);
        assert_eq!(best_guess(&mixed, Known::OwnLabels), [2, 5]);
        assert_eq!(best_guess::<Participant>(&[], Known::Nothing), [1, 1]);
    }
}
