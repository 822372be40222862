//! What a network answers, how sure it is, and how often it is right.

use dfdx::prelude::*;
use serde::Serialize;

use super::check_examples;
use crate::error::{Error, Fault, Place, Result};
use crate::models::Network;
use crate::nn::WorkingMemory;
use crate::preparation::Example;
use crate::recordings::RecordingId;

/// Examples that are evaluated at once. Answers do not depend on it.
const BATCH: usize = 64;

/// A network's answer to one example.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Answer {
    /// The recording that the example comes from.
    pub recording: RecordingId,
    /// The true class.
    pub class: usize,
    /// The outputs, class after class, all finite.
    pub logits: Vec<f32>,
}

impl Answer {
    /// The answer that outputs give.
    ///
    /// # Errors
    /// [`Fault::NOT_FINITE`] with the recording if an output is infinite or not a number: no class follows from it.
    pub fn new(recording: RecordingId, class: usize, logits: Vec<f32>) -> Result<Self> {
        if logits.iter().all(|logit| logit.is_finite()) {
            return Ok(Self { recording, class, logits });
        }
        let place = Place::field(format!("recording {recording}"));
        Err(Error::new(Fault::NOT_FINITE, place, "finite outputs of the network", format!("{logits:?}")))
    }

    /// The softmax of the logits.
    #[must_use]
    pub fn probabilities(&self) -> Vec<f64> {
        // The largest exponent is 0, so nothing overflows.
        let largest = self.largest();
        let powers: Vec<f64> = self.logits.iter().map(|logit| (f64::from(*logit) - largest).exp()).collect();
        let sum: f64 = powers.iter().sum();
        powers.into_iter().map(|power| power / sum).collect()
    }

    /// -log p of the true class.
    #[must_use]
    pub fn cross_entropy(&self) -> f64 {
        let largest = self.largest();
        let sum: f64 = self.logits.iter().map(|logit| (f64::from(*logit) - largest).exp()).sum();
        sum.ln() + largest - f64::from(self.logits[self.class])
    }

    fn largest(&self) -> f64 {
        self.logits.iter().copied().map(f64::from).fold(f64::NEG_INFINITY, f64::max)
    }

    /// The class of the largest output; of equal ones, the lower.
    #[must_use]
    pub fn predicted(&self) -> usize {
        best(self.logits.len(), |class| (self.logits[class].into(), 0.0))
    }
}

/// The class of the largest finite value; of equal ones that with the larger second value, then the lower.
fn best(classes: usize, values: impl Fn(usize) -> (f64, f64)) -> usize {
    (1..classes).fold(0, |best, class| if values(class) > values(best) { class } else { best })
}

/// What the slices of one recording decide together (paper: 2.4). A whole signal votes alone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Vote {
    /// The recording.
    pub recording: RecordingId,
    /// The true class.
    pub class: usize,
    /// The class that most slices have; of equally many, that with the larger sum of probabilities, then the lower.
    pub predicted: usize,
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
            let logits = network.logits(device, batch)?;
            let classes = logits.shape().2.size();
            let logits = logits.as_vec();
            for (result, logits) in evaluations.iter_mut().zip(logits.chunks_exact(batch.len() * classes)) {
                let added =
                    result.as_mut().map_or(Ok(()), |evaluation| evaluation.add(batch, logits, classes));
                if let Err(error) = added {
                    *result = Err(error);
                }
            }
        }
        Ok(evaluations)
    }

    /// Adds the answers to a batch: `[batch, classes]`.
    fn add<X: Example>(&mut self, batch: &[&X], logits: &[f32], classes: usize) -> Result<()> {
        for (example, logits) in batch.iter().zip(logits.chunks_exact(classes)) {
            self.answers.push(Answer::new(example.recording(), example.class(), logits.to_vec())?);
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
        self.answers.iter().filter(|answer| answer.predicted() == answer.class).count()
    }

    /// One vote for each recording, in the order in which they first appear.
    #[must_use]
    pub fn votes(&self) -> Vec<Vote> {
        // The first answer to each recording, and of each class its slices and the sum of its probabilities.
        let mut ballots: Vec<(&Answer, Vec<(f64, f64)>)> = Vec::new();
        for answer in &self.answers {
            let place = ballots.iter().position(|(first, _)| first.recording == answer.recording);
            let place = place.unwrap_or_else(|| {
                ballots.push((answer, vec![(0.0, 0.0); answer.logits.len()]));
                ballots.len() - 1
            });
            let counts = &mut ballots[place].1;
            counts[answer.predicted()].0 += 1.0;
            for ((_, sum), probability) in counts.iter_mut().zip(answer.probabilities()) {
                *sum += probability;
            }
        }
        let vote = |(first, counts): (&Answer, Vec<(f64, f64)>)| Vote {
            recording: first.recording,
            class: first.class,
            predicted: best(counts.len(), |class| counts[class]),
        };
        ballots.into_iter().map(vote).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preparation::split::testing::signal;

    fn answer(recording: &str, logits: [f32; 3]) -> Answer {
        let signal = signal(recording, &[1.0]);
        Answer::new(signal.recording, signal.class, logits.to_vec()).unwrap()
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
        assert_eq!(answer("S1/P01", [0.0, 1.0, 1.0]).predicted(), 1);
        assert_eq!(answer("S1/P01", [0.0; 3]).predicted(), 0);
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
        let votes: Vec<usize> = evaluation.votes().iter().map(|vote| vote.predicted).collect();
        assert_eq!(votes, [1, 2, 0]);
        let right = evaluation.votes().iter().filter(|vote| vote.predicted == vote.class).count();
        assert_eq!(right, 2);
        assert_eq!(evaluation.accuracy(), 4.0 / 7.0);
    }
}
