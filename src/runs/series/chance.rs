//! The accuracy of an answer that looks at no signal.

use serde::Serialize;

use crate::recordings::{Label, Labels};

/// Accuracies on a test set without looking at a signal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chance {
    /// By guessing, all labels of the test set equally often: 1/3 on the paper's, which the paper compares with (3.1).
    pub guessing: f64,
    /// How many labels that are.
    pub labels: usize,
    /// By always answering the most frequent label of the test set: the best that its class counts allow.
    pub most_frequent: f64,
    /// That label; of equally frequent ones, the lower class.
    pub label: Label,
    /// Test recordings of each label, class after class.
    pub recordings: Vec<usize>,
}

impl Chance {
    /// Of a test set with so many recordings of each label.
    pub(super) fn of(recordings: Vec<usize>, labels: &Labels) -> Self {
        let class = (1..recordings.len())
            .fold(0, |most, class| if recordings[class] > recordings[most] { class } else { most });
        let all: usize = recordings.iter().sum();
        let most_frequent = recordings[class] as f64 / all as f64;
        let label = labels[class];
        let labels = recordings.iter().filter(|count| **count > 0).count();
        Self { guessing: 1.0 / labels as f64, labels, most_frequent, label, recordings }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn always_the_most_frequent_genre_is_never_worse_than_guessing() {
        let chance = |recordings: [usize; 3]| Chance::of(recordings.to_vec(), &Labels::published());
        let first = chance([12, 15, 12]);
        assert_eq!((first.label.as_str(), first.most_frequent), ("instrumental", 15.0 / 39.0));
        let two = chance([10, 0, 30]);
        assert_eq!((two.labels, two.guessing, two.most_frequent), (2, 0.5, 0.75));
        let even = chance([13, 13, 13]);
        assert_eq!((even.label.as_str(), even.most_frequent), ("classical", even.guessing));
    }
}
