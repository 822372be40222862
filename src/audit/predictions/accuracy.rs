//! How accurate a model is, and how sure that is for other participants and other stimuli.

use std::collections::BTreeMap;

use serde::Serialize;

use super::predictions::{Answer, Model, Predictions};
use crate::evaluation::crossed_half_width;
use crate::evaluation::statistics::{Interval, mean, standard_deviation};

/// What varies in an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drawn {
    /// Other participants and other stimuli.
    ParticipantsAndStimuli,
    /// Other participants alone: the table names no stimuli.
    Participants,
}

impl Drawn {
    pub(super) const fn of(predictions: &Predictions) -> Self {
        if predictions.stimuli.is_empty() { Self::Participants } else { Self::ParticipantsAndStimuli }
    }

    /// In words.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::ParticipantsAndStimuli => "participants and stimuli",
            Self::Participants => "participants",
        }
    }
}

/// An accuracy from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The accuracy, over all seeds.
    pub value: f64,
    /// Its 95 % interval over what is [`Drawn`]; nothing for fewer than two participants or stimuli.
    pub interval: Option<Interval>,
}

/// Answers to recordings of one label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recall {
    /// The label.
    pub label: String,
    /// Tested rows of it.
    pub answers: usize,
    /// The part of them that is right.
    pub recall: f64,
}

/// Accuracies of one model, over all its folds and seeds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Accuracy {
    /// Tested rows.
    pub answers: usize,
    /// Right ones.
    pub right: usize,
    /// The part of all answers that is right.
    pub accuracy: Estimate,
    /// The mean of the recalls of the labels that occur.
    pub balanced: Estimate,
    /// Each label's.
    pub recalls: Vec<Recall>,
    /// The accuracy of each seed.
    pub seeds: Vec<(String, f64)>,
    /// Standard deviation over seeds; nothing for one.
    pub between_seeds: Option<f64>,
}

impl Accuracy {
    pub(super) fn of(predictions: &Predictions, model: &Model) -> Self {
        let answers: Vec<Answer> = predictions.all_answers(model).collect();
        let label = |recording: usize| predictions.recordings[recording].label;
        let right = |(recording, predicted): &Answer| f64::from(u8::from(label(*recording) == *predicted));
        // Rows and right ones of each label.
        let mut labels: BTreeMap<usize, (usize, f64)> = BTreeMap::new();
        for answer in &answers {
            let own = labels.entry(label(answer.0)).or_default();
            *own = (own.0 + 1, own.1 + right(answer));
        }
        let recall = |label: usize| labels[&label].1 / labels[&label].0 as f64;
        let all = answers.len() as f64;
        let sum: f64 = answers.iter().map(right).sum();
        let estimate = |value: f64, residual: &dyn Fn(&Answer) -> f64, of: f64| {
            let residuals: Vec<_> =
                answers.iter().map(|answer| (predictions.place(answer.0), residual(answer))).collect();
            let half_width = crossed_half_width(&residuals, of);
            Estimate { value, interval: half_width.map(|half| Interval::around(value, half).of_parts()) }
        };
        let balanced = mean(&labels.keys().map(|label| recall(*label)).collect::<Vec<f64>>());
        // The linear part of a mean of K recalls, each over n answers: (right - recall) / n / K.
        let of_label = |answer: &Answer| {
            let own = label(answer.0);
            (right(answer) - recall(own)) / labels[&own].0 as f64
        };
        let seeds: Vec<(String, f64)> = model
            .runs
            .iter()
            .map(|run| {
                let own: Vec<f64> = predictions.answers(run).map(|answer| right(&answer)).collect();
                (run.seed.clone(), mean(&own))
            })
            .collect();
        let spread = standard_deviation(&seeds.iter().map(|seed| seed.1).collect::<Vec<f64>>());
        Self {
            answers: answers.len(),
            right: sum as usize,
            accuracy: estimate(sum / all, &|answer| right(answer) - sum / all, all),
            balanced: estimate(balanced, &of_label, labels.len() as f64),
            recalls: labels
                .iter()
                .map(|(label, (answers, _))| Recall {
                    label: predictions.labels[*label].clone(),
                    answers: *answers,
                    recall: recall(*label),
                })
                .collect(),
            between_seeds: (seeds.len() > 1).then_some(spread),
            seeds,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::{rows, table};
    use super::*;
    use crate::evaluation::statistics::cluster_interval;

    fn accuracy(answers: &[(usize, usize, usize)]) -> Accuracy {
        let predictions = table(&rows(answers));
        Accuracy::of(&predictions, &predictions.models[0])
    }

    #[test]
    fn balanced_accuracy_agrees_with_scikit_learn() {
        // y = [0, 0, 0, 0, 1, 1, 2, 2, 2]; p = [0, 1, 0, 0, 1, 0, 2, 3, 2]
        // sklearn.metrics.balanced_accuracy_score(y, p) = 0.6388888888888888, accuracy_score = 6 / 9
        let answers = [(0, 0), (0, 1), (0, 0), (0, 0), (1, 1), (1, 0), (2, 2), (2, 3), (2, 2)];
        let answers: Vec<_> =
            answers.into_iter().enumerate().map(|(at, (own, told))| (at % 3, own, told)).collect();
        let found = accuracy(&answers);
        assert!((found.balanced.value - 0.638_888_888_888_888_8).abs() < 1e-15);
        assert_eq!((found.right, found.answers), (6, 9));
        assert_eq!(found.recalls[0].recall, 0.75);
    }

    #[test]
    fn seeds_stand_apart() {
        let text = "recording,participant_id,label,predicted,fold,seed\n1,a,0,0,1,10\n2,b,1,1,2,10\n1,a,0,0,1,2\n2,b,1,0,2,2\n";
        let predictions = table(text);
        let found = Accuracy::of(&predictions, &predictions.models[0]);
        assert_eq!(found.seeds, [("2".to_owned(), 0.5), ("10".to_owned(), 1.0)]);
        assert!((found.between_seeds.unwrap() - 0.125_f64.sqrt()).abs() < 1e-12);
        assert_eq!(found.accuracy.value, 0.75);
    }

    proptest! {
        #[test]
        fn without_stimuli_the_interval_is_that_of_clusters(
            answers in prop::collection::vec((0_usize..6, 0_usize..2, 0_usize..2), 8..60),
        ) {
            prop_assume!((0..2).all(|label| answers.iter().any(|own| own.1 == label)));
            let found = accuracy(&answers);
            let clusters: Vec<(f64, usize)> = (0..6).map(|participant| {
                let own = answers.iter().filter(|own| own.0 == participant);
                (own.clone().filter(|own| own.1 == own.2).count() as f64, own.count())
            }).collect();
            let expected = cluster_interval(&clusters).map(Interval::of_parts);
            prop_assert_eq!(found.accuracy.interval.is_some(), expected.is_some());
            if let (Some(found), Some(expected)) = (found.accuracy.interval, expected) {
                prop_assert!((found.low - expected.low).abs() < 1e-9 && (found.high - expected.high).abs() < 1e-9);
            }
        }

        #[test]
        fn with_as_many_of_each_label_both_accuracies_are_one(
            told in prop::collection::vec(0_usize..3, 30),
        ) {
            let answers: Vec<_> = told.iter().enumerate().map(|(at, told)| (at % 5, at % 3, *told)).collect();
            let found = accuracy(&answers);
            prop_assert!((found.accuracy.value - found.balanced.value).abs() < 1e-12);
        }
    }
}
