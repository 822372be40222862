//! How accurate a classifier of features is.

use std::collections::BTreeMap;

use serde::Serialize;

use super::measures::{Confusion, Measures};
use super::record::TrialRecord;
use super::trial::Trial;
use crate::evaluation::best_guess;
use crate::recordings::Participant;
use crate::statistics::{Interval, Probability, cluster_interval, level_test, standard_deviation};

/// What the record of a trial says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrialEstimate {
    /// What was tried.
    pub trial: Trial,
    /// Answers to tested rows, all draws together.
    pub answers: usize,
    /// Part of them that are right.
    pub accuracy: f64,
    /// What it could be with other participants.
    pub over_participants: Option<Interval>,
    /// Standard deviation of the accuracies of draws; nothing for one draw.
    pub over_draws: Option<f64>,
    /// What a guess reaches that knows the design alone ([`best_guess`]).
    pub chance: f64,
    /// The probability of being so far above chance, participants as the units ([`level_test`](crate::statistics::level_test)).
    pub p: f64,
    /// The standard error of that, if it was estimated from draws.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_error: Option<f64>,
    /// Precision, recall, specificity and F-measure, means over the genres.
    pub measures: Measures,
    /// All answers.
    pub confusion: Confusion,
    /// In which part of the folds each feature was selected, the most frequent first; nothing without a selection.
    pub selected: Vec<(String, f64)>,
}

impl TrialEstimate {
    /// From a trial's record.
    #[must_use]
    pub fn of(record: &TrialRecord) -> Self {
        let trial = record.configuration.trial;
        let mut by_participant: BTreeMap<Participant, (usize, usize)> = BTreeMap::new();
        let mut by_draw: BTreeMap<u64, (usize, usize)> = BTreeMap::new();
        for (draw, participant, label, answer) in record.answers() {
            let own = [by_participant.entry(participant).or_default(), by_draw.entry(draw).or_default()];
            for (right, of) in own {
                *right += usize::from(label == answer);
                *of += 1;
            }
        }
        let participants: Vec<(usize, usize)> = by_participant.into_values().collect();
        let draws: Vec<f64> = by_draw.into_values().map(|(right, of)| right as f64 / of as f64).collect();
        let confusion = Confusion::of(record.answers().map(|(_, _, label, answer)| (label, answer)));
        let answers = participants.iter().map(|(_, of)| of).sum();
        let within = |Interval { low, high }| Interval { low: low.max(0.0), high: high.min(1.0) };
        let level = best_guess(&record.rows, trial.division.known());
        let sums: Vec<(f64, usize)> = participants.iter().map(|&(right, of)| (right as f64, of)).collect();
        let Probability { p, standard_error } = level_test(&participants, level);
        Self {
            trial,
            answers,
            accuracy: participants.iter().map(|(right, _)| right).sum::<usize>() as f64 / answers as f64,
            over_participants: cluster_interval(&sums).map(within),
            over_draws: (draws.len() > 1).then(|| standard_deviation(&draws)),
            chance: level[0] as f64 / level[1] as f64,
            p,
            p_error: standard_error,
            measures: confusion.measures(),
            confusion,
            selected: selected(record),
        }
    }
}

fn selected(record: &TrialRecord) -> Vec<(String, f64)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in record.folds.iter().flat_map(|fold| &fold.selected) {
        *counts.entry(name).or_default() += 1;
    }
    let folds = record.folds.len() as f64;
    let mut parts: Vec<(String, f64)> =
        counts.into_iter().map(|(name, count)| (name.to_owned(), count as f64 / folds)).collect();
    parts.sort_by(|one, other| other.1.total_cmp(&one.1));
    parts
}

#[cfg(test)]
mod tests {
    use super::super::division::Division;
    use super::super::record::{TestedFold, TrialConfiguration};
    use super::super::trial::Origin;
    use super::*;
    use crate::classifiers::{Classifier, Recipe, Selection};

    #[test]
    fn it_counts_answers_by_participant_by_draw_and_by_genre() {
        let selection = Some(Selection::MutualInformation { count: 1 });
        let recipe = Recipe { selection, ..Recipe::of(Classifier::Knn) };
        let trial = Trial::new(Origin::Recordings, Division::Participant, recipe);
        let row = |who, label| (Participant::new(who), label);
        let fold = |draw, number, feature: &str, answers| TestedFold {
            draw,
            fold: number,
            neighbours: Some(5),
            selected: vec![feature.to_owned()],
            answers,
        };
        let record = TrialRecord {
            configuration: TrialConfiguration { trial, table: String::new(), revision: 1 },
            program: String::new(),
            rows: vec![row(1, 0), row(1, 2), row(2, 2), row(2, 2)],
            folds: vec![
                fold(0, 1, "mean", vec![(0, 0), (1, 1)]),
                fold(0, 2, "mean", vec![(2, 2), (3, 2)]),
                fold(1, 1, "sum", vec![(0, 1), (1, 2)]),
                fold(1, 2, "mean", vec![(2, 2), (3, 2)]),
            ],
        };
        let estimate = TrialEstimate::of(&record);
        assert_eq!((estimate.answers, estimate.accuracy), (8, 0.75));
        // Participants have 2 of 4 and 4 of 4; draws 3 of 4 each.
        assert_eq!(estimate.over_participants, Some(Interval { low: 0.0, high: 1.0 }));
        assert_eq!(estimate.over_draws, Some(0.0));
        assert_eq!(estimate.confusion, Confusion([[1, 1, 0], [0, 0, 0], [0, 1, 5]]));
        assert_eq!(estimate.selected, [("mean".to_owned(), 0.75), ("sum".to_owned(), 0.25)]);
        // The most frequent label has 3 of 4 rows.
        assert_eq!((estimate.chance, estimate.p), (0.75, 0.5));
    }
}
