//! What a network answers, how sure it is, and how often it is right.

use dfdx::prelude::*;
use serde::Serialize;

use super::check_examples;
use crate::error::{Error, Fault, Place, Result};
use crate::models::{GENRES, Network};
use crate::nn::WorkingMemory;
use crate::preparation::Example;
use crate::recordings::{Genre, RecordingId};

/// Examples that are evaluated at once. Answers do not depend on it.
const BATCH: usize = 64;

/// A network's answer to one example.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Answer {
    /// The recording that the example comes from.
    pub recording: RecordingId,
    /// The true genre.
    pub genre: Genre,
    /// The outputs, in label order, all finite.
    pub logits: [f32; GENRES],
}

impl Answer {
    /// The answer that outputs give.
    ///
    /// # Errors
    /// [`Fault::NOT_FINITE`] with the recording if an output is infinite or not a number: no genre follows from it.
    pub fn new(recording: RecordingId, genre: Genre, logits: [f32; GENRES]) -> Result<Self> {
        if logits.iter().all(|logit| logit.is_finite()) {
            return Ok(Self { recording, genre, logits });
        }
        let place = Place::field(format!("recording {recording}"));
        Err(Error::new(Fault::NOT_FINITE, place, "finite outputs of the network", format!("{logits:?}")))
    }

    /// The softmax of the logits.
    #[must_use]
    pub fn probabilities(&self) -> [f64; GENRES] {
        let logits = self.logits.map(f64::from);
        // The largest exponent is 0, so nothing overflows.
        let largest = logits.into_iter().fold(f64::NEG_INFINITY, f64::max);
        let powers = logits.map(|logit| (logit - largest).exp());
        let sum: f64 = powers.iter().sum();
        powers.map(|power| power / sum)
    }

    /// -log p of the true genre.
    #[must_use]
    pub fn cross_entropy(&self) -> f64 {
        let logits = self.logits.map(f64::from);
        let largest = logits.into_iter().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = logits.iter().map(|logit| (logit - largest).exp()).sum();
        sum.ln() + largest - logits[self.genre.label()]
    }

    /// The genre of the largest output; of equal ones, the lower label.
    #[must_use]
    pub fn predicted(&self) -> Genre {
        best(self.logits.map(f64::from), |_| 0.0)
    }
}

/// The genre of the largest of finite values; of equal ones that of the larger `second`, then the lower label.
fn best(values: [f64; GENRES], second: impl Fn(usize) -> f64) -> Genre {
    let mut best = Genre::ALL[0];
    for genre in Genre::ALL {
        let (here, there) = (genre.label(), best.label());
        if (values[here], second(here)) > (values[there], second(there)) {
            best = genre;
        }
    }
    best
}

/// What the slices of one recording decide together (paper: 2.4). A whole signal votes alone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Vote {
    /// The recording.
    pub recording: RecordingId,
    /// The true genre.
    pub genre: Genre,
    /// The genre that most slices have; of equally many, that with the larger sum of probabilities, then the lower
    /// label.
    pub predicted: Genre,
}

/// Answers to many examples.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    answers: Vec<Answer>,
}

impl Evaluation {
    /// That of answers to the examples, at least one, of one or several recordings.
    ///
    /// # Errors
    /// [`Fault::EMPTY_PART`] if there is none.
    pub fn from_answers(answers: Vec<Answer>) -> Result<Self> {
        if answers.is_empty() {
            return Err(Error::new(Fault::EMPTY_PART, Place::field("answers"), "at least one", "none"));
        }
        Ok(Self { answers })
    }

    /// The answers of each run's network to examples, in their order; [`Fault::NOT_FINITE`] with the recording for a run with an
    /// answer that is not finite.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] without examples; those of [`Network::logits`], for all runs.
    pub fn of<N: Network<D>, D: Device<f32>>(
        network: &N,
        device: &D,
        examples: &[N::Example],
    ) -> Result<Vec<Result<Self>>> {
        let _memory = WorkingMemory::of_training();
        check_examples(examples)?;
        let nothing = Self { answers: Vec::with_capacity(examples.len()) };
        let mut evaluations: Vec<Result<Self>> = vec![Ok(nothing); network.runs()];
        let members: Vec<&N::Example> = examples.iter().collect();
        for batch in members.chunks(BATCH) {
            let logits = network.logits(device, batch)?.as_vec();
            for (result, logits) in evaluations.iter_mut().zip(logits.chunks_exact(batch.len() * GENRES)) {
                let added = result.as_mut().map_or(Ok(()), |evaluation| evaluation.add(batch, logits));
                if let Err(error) = added {
                    *result = Err(error);
                }
            }
        }
        Ok(evaluations)
    }

    /// Adds the answers to a batch: `[batch, 3]`.
    fn add<X: Example>(&mut self, batch: &[&X], logits: &[f32]) -> Result<()> {
        for (example, logits) in batch.iter().zip(logits.chunks_exact(GENRES)) {
            let mut row = [0.0; GENRES];
            row.copy_from_slice(logits);
            self.answers.push(Answer::new(example.recording(), example.genre(), row)?);
        }
        Ok(())
    }

    /// The answers, in the order of the examples.
    #[must_use]
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// Mean cross-entropy.
    #[must_use]
    pub fn loss(&self) -> f64 {
        self.answers.iter().map(Answer::cross_entropy).sum::<f64>() / self.answers.len() as f64
    }

    /// Part of the examples that are predicted rightly. For the CNN: of the slices.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        self.right() as f64 / self.answers.len() as f64
    }

    /// Examples that are predicted rightly.
    #[must_use]
    pub fn right(&self) -> usize {
        self.answers.iter().filter(|answer| answer.predicted() == answer.genre).count()
    }

    /// One vote for each recording, in the order in which they first appear.
    #[must_use]
    pub fn votes(&self) -> Vec<Vote> {
        let mut ballots: Vec<(Answer, [f64; GENRES], [f64; GENRES])> = Vec::new();
        for answer in &self.answers {
            let place = ballots.iter().position(|(first, ..)| first.recording == answer.recording);
            let place = place.unwrap_or_else(|| {
                ballots.push((*answer, [0.0; GENRES], [0.0; GENRES]));
                ballots.len() - 1
            });
            let (_, counts, sums) = &mut ballots[place];
            counts[answer.predicted().label()] += 1.0;
            for (sum, probability) in sums.iter_mut().zip(answer.probabilities()) {
                *sum += probability;
            }
        }
        let vote = |(first, counts, sums): (Answer, [f64; GENRES], [f64; GENRES])| Vote {
            recording: first.recording,
            genre: first.genre,
            predicted: best(counts, |genre| sums[genre]),
        };
        ballots.into_iter().map(vote).collect()
    }

    /// Part of the recordings that are predicted rightly. Equal to [`Self::accuracy`] where an example is a whole
    /// recording.
    #[must_use]
    pub fn accuracy_by_vote(&self) -> f64 {
        let votes = self.votes();
        votes.iter().filter(|vote| vote.predicted == vote.genre).count() as f64 / votes.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(recording: &str, logits: [f32; GENRES]) -> Answer {
        let recording: RecordingId = recording.parse().unwrap();
        Answer::new(recording, recording.song.genre(), logits).unwrap()
    }

    #[test]
    fn probabilities_and_cross_entropy_are_those_of_the_softmax() {
        // torch.softmax(torch.tensor([1., 2., 4.]), 0); -log of its first: S1 is classical, label 0.
        let answer = answer("S1/P01", [1.0, 2.0, 4.0]);
        for (found, expected) in answer.probabilities().into_iter().zip([0.042_010, 0.114_195, 0.843_795]) {
            assert!((found - expected).abs() < 1e-6);
        }
        assert!((answer.cross_entropy() - 3.169_846).abs() < 1e-6);
    }

    #[test]
    fn large_logits_do_not_overflow() {
        let answer = answer("S1/P01", [1e30, -1e30, 0.0]);
        assert_eq!(answer.probabilities(), [1.0, 0.0, 0.0]);
        assert_eq!(answer.cross_entropy(), 0.0);
    }

    #[test]
    fn equal_outputs_go_to_the_lower_label() {
        assert_eq!(answer("S1/P01", [0.0, 1.0, 1.0]).predicted(), Genre::Instrumental);
        assert_eq!(answer("S1/P01", [0.0; 3]).predicted(), Genre::Classical);
    }

    #[test]
    fn slices_vote_and_ties_go_to_the_larger_sum_of_probabilities() {
        let answers = vec![
            // Two against one, though the one is surer.
            answer("S5/P01", [0.0, 1.0, 0.0]),
            answer("S5/P01", [9.0, 0.0, 0.0]),
            answer("S5/P01", [0.0, 1.0, 0.0]),
            // One against one: the surer.
            answer("S9/P01", [1.0, 0.0, 0.0]),
            answer("S9/P01", [0.0, 0.0, 2.0]),
            // Equal in all: the lower label.
            answer("S9/P02", [0.0, 0.0, 1.0]),
            answer("S9/P02", [1.0, 0.0, 0.0]),
        ];
        let evaluation = Evaluation { answers };
        let votes: Vec<Genre> = evaluation.votes().iter().map(|vote| vote.predicted).collect();
        assert_eq!(votes, [Genre::Instrumental, Genre::Pop, Genre::Classical]);
        assert_eq!(evaluation.accuracy_by_vote(), 2.0 / 3.0);
        assert_eq!(evaluation.accuracy(), 4.0 / 7.0);
    }
}
