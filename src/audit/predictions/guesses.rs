//! What a guess without a signal reaches under the folds of a table.

use serde::Serialize;

use super::predictions::{Predictions, Recording};
use super::training::{Training, each_fold};
use crate::evaluation::{Known, best_guess};

/// What a guess goes by. Labels that are equally frequent are guessed equally often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GuessedBy {
    /// The most frequent training label.
    Majority,
    /// The most frequent training label of the participant; without any, of all.
    Participant,
    /// The rarest training label that the participant has: right where participants have balanced labels. Without any, the most
    /// frequent of all.
    ParticipantsRarest,
    /// The most frequent training label of the stimulus; without any, of all.
    Stimulus,
    /// The label of the training recordings whose length is nearest.
    Length,
}

/// The accuracy of a guess.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Guess {
    /// What it goes by.
    pub by: GuessedBy,
    /// The part of the tested rows that it gets right, from 0 to 1.
    pub accuracy: f64,
}

/// What all of them reach.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Guesses {
    /// Those that the table allows; none where nothing trains.
    pub each: Vec<Guess>,
    /// The most that a guess reaches that knows the label counts of the tested rows, as numerator and denominator
    /// ([`best_guess`]).
    pub bound: [usize; 2],
    /// Whether the bound knows the labels of each participant: some tested participants also train.
    pub bound_knows_participants: bool,
}

impl GuessedBy {
    const ALL: [Self; 5] =
        [Self::Majority, Self::Participant, Self::ParticipantsRarest, Self::Stimulus, Self::Length];

    /// The probability of guessing the label of a recording; nothing if the table does not say what is guessed by.
    fn right(self, training: &Training<'_>, of: &Recording) -> Option<f64> {
        let all = training.labels();
        match self {
            Self::Majority => Some(most_frequent(all, of.label)),
            Self::Participant => {
                Some(most_frequent(training.of_participant(of.participant).unwrap_or(all), of.label))
            }
            Self::ParticipantsRarest => {
                let own = training.of_participant(of.participant);
                Some(own.map_or_else(|| most_frequent(all, of.label), |own| rarest(own, of.label)))
            }
            Self::Stimulus => {
                Some(most_frequent(training.of_stimulus(of.stimulus?).unwrap_or(all), of.label))
            }
            Self::Length => Some(most_frequent(&training.of_nearest_length(of.length?)?, of.label)),
        }
    }

    /// What the guess is, for a reader.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Majority => "most frequent training label",
            Self::Participant => "participant's most frequent training label",
            Self::ParticipantsRarest => "participant's rarest training label",
            Self::Stimulus => "stimulus's training label",
            Self::Length => "label of the nearest training length",
        }
    }
}

/// The probability of a label among the most frequent ones.
fn most_frequent(counts: &[usize], label: usize) -> f64 {
    among(counts, label, counts.iter().copied().max())
}

/// The probability of a label among the rarest that occur.
fn rarest(counts: &[usize], label: usize) -> f64 {
    among(counts, label, counts.iter().copied().filter(|count| *count > 0).min())
}

fn among(counts: &[usize], label: usize, chosen: Option<usize>) -> f64 {
    let ties = counts.iter().filter(|count| Some(**count) == chosen).count();
    if Some(counts[label]) == chosen { 1.0 / ties as f64 } else { 0.0 }
}

impl Guesses {
    /// Over all tested rows of some divisions.
    pub(super) fn of(predictions: &Predictions, divisions: &[usize]) -> Self {
        let mut sums: [Option<f64>; GuessedBy::ALL.len()] = [Some(0.0); GuessedBy::ALL.len()];
        let (mut tested, mut knows) = (Vec::new(), false);
        for division in divisions {
            each_fold(predictions, &predictions.divisions[*division], |fold, training| {
                for place in &fold.tests {
                    let of = &predictions.recordings[*place];
                    tested.push((of.participant, of.label));
                    knows |= training.of_participant(of.participant).is_some();
                    for (sum, by) in sums.iter_mut().zip(GuessedBy::ALL) {
                        let right = (training.count() > 0).then(|| by.right(training, of)).flatten();
                        *sum = sum.zip(right).map(|(sum, right)| sum + right);
                    }
                }
            });
        }
        let each = GuessedBy::ALL.into_iter().zip(sums);
        let each = each.filter_map(|(by, sum)| Some(Guess { by, accuracy: sum? / tested.len() as f64 }));
        let known = if knows { Known::OwnLabels } else { Known::Nothing };
        Self { each: each.collect(), bound: best_guess(&tested, known), bound_knows_participants: knows }
    }

    /// The best of the guesses from training; of equally good ones, the first.
    #[must_use]
    pub fn best(&self) -> Option<Guess> {
        self.each.iter().copied().reduce(|best, one| if one.accuracy > best.accuracy { one } else { best })
    }

    /// What the bound knows, for a reader.
    #[must_use]
    pub const fn bound_description(&self) -> &'static str {
        if self.bound_knows_participants {
            "bound: most frequent tested label of each participant"
        } else {
            "bound: most frequent tested label"
        }
    }

    /// The bound from 0 to 1.
    #[must_use]
    pub fn bound(&self) -> f64 {
        self.bound[0] as f64 / self.bound[1] as f64
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::table;
    use super::*;

    fn accuracies(text: &str) -> Vec<(GuessedBy, f64)> {
        let guesses = Guesses::of(&table(text), &[0]);
        guesses.each.iter().map(|guess| (guess.by, guess.accuracy)).collect()
    }

    #[test]
    fn guesses_are_those_made_by_hand() {
        // Three train: a has 0 twice, b has 1. Tested: of a with y (1), of c with x (0).
        let heading = "recording,participant_id,stimulus,label,predicted,part,length";
        let rows =
            "1,a,x,0,,train,10\n2,a,x,0,,train,11\n3,b,y,1,,train,20\n4,a,y,1,0,test,19\n5,c,x,0,0,test,15.5";
        let found = accuracies(&format!("{heading}\n{rows}\n"));
        let by = |by| found.iter().find(|own| own.0 == by).unwrap().1;
        // The second: majority 0 is right.
        assert_eq!(by(GuessedBy::Majority), 0.5);
        assert_eq!(by(GuessedBy::Participant), 0.5);
        assert_eq!(by(GuessedBy::Stimulus), 1.0);
        // 19 is nearest to 20; 15.5 is as far from 11 as from 20.
        assert_eq!(by(GuessedBy::Length), 0.75);
    }

    #[test]
    fn what_the_table_does_not_say_is_not_guessed_by() {
        let found = accuracies("recording,participant_id,label,predicted,fold\n1,a,0,0,1\n2,b,1,1,2\n");
        let by: Vec<GuessedBy> = found.iter().map(|own| own.0).collect();
        assert_eq!(by, [GuessedBy::Majority, GuessedBy::Participant, GuessedBy::ParticipantsRarest]);
        // Each trains on the other's label alone.
        assert_eq!(found[0].1, 0.0);
        assert!(
            accuracies("recording,participant_id,label,predicted,fold\n1,a,0,0,1\n2,b,1,1,1\n").is_empty()
        );
    }

    #[test]
    fn leaving_one_of_a_balanced_set_out_lets_the_rarest_label_be_right() {
        let rows: String = (0..8).map(|one| format!("{one},p{},{},0,{one}\n", one / 4, one % 2)).collect();
        let guesses =
            Guesses::of(&table(&format!("recording,participant_id,label,predicted,fold\n{rows}")), &[0]);
        let best = guesses.best().unwrap();
        assert_eq!((best.by, best.accuracy), (GuessedBy::ParticipantsRarest, 1.0));
        assert!((guesses.bound() - 0.5).abs() < 1e-12 && guesses.bound_knows_participants);
    }
}
