//! How accurate a classifier of features is.

use std::collections::BTreeMap;

use serde::Serialize;

use super::measures::{Confusion, Measures};
use super::record::TrialRecord;
use super::trial::Trial;
use crate::evaluation::statistics::{
    Interval, Probability, cluster_interval, level_test, standard_deviation,
};
use crate::evaluation::{NullDistribution, best_guess, corrected};
use crate::recordings::{Labels, Participant};

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
    /// What exchanged labels reach; nothing where they were not tried.
    pub exchanged: Option<Exchanged>,
    /// Precision, recall, specificity and F-measure, means over the labels.
    pub measures: Measures,
    /// The labels, class after class.
    pub labels: Labels,
    /// All answers.
    pub confusion: Confusion,
    /// In which part of the folds each feature was selected, the most frequent first; nothing without a selection.
    pub selected: Vec<(String, f64)>,
}

/// What a trial reaches with exchanged labels, and how rarely that is as much as with the true ones.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Exchanged {
    /// How many exchanges there are.
    pub exchanges: usize,
    /// Their mean accuracy.
    pub mean: f64,
    /// What 95 % of them stay within.
    pub range: Option<[f64; 2]>,
    /// The part of them that is as accurate, the true labels included.
    pub p: f64,
    /// Corrected for all trials that stand beside each other.
    pub p_corrected: f64,
}

impl TrialEstimate {
    /// From records, whose p values are corrected together.
    #[must_use]
    pub fn all(records: &[TrialRecord]) -> Vec<Self> {
        let mut estimates: Vec<Self> = records.iter().map(Self::of).collect();
        let nulls: Vec<(usize, &NullDistribution)> = records.iter().filter_map(counted).collect();
        let exchanged = estimates.iter_mut().filter_map(|estimate| estimate.exchanged.as_mut());
        for (exchanged, p) in exchanged.zip(corrected(&nulls)) {
            exchanged.p_corrected = p;
        }
        estimates
    }

    /// From a trial's record.
    #[must_use]
    pub fn of(record: &TrialRecord) -> Self {
        let trial = record.configuration.trial;
        let participants = right_answers(record, |_, participant| participant);
        let draws = right_answers(record, |draw, _| draw);
        let draws: Vec<f64> = draws.into_iter().map(|(right, of)| right as f64 / of as f64).collect();
        let confusion = Confusion::of(
            record.labels.count(),
            record.answers().map(|(_, _, class, answer)| (class, answer)),
        );
        let answers = participants.iter().map(|(_, of)| of).sum();
        let within = |Interval { low, high }| Interval { low: low.max(0.0), high: high.min(1.0) };
        let level = best_guess(&record.rows, trial.division.known());
        let sums: Vec<(f64, usize)> = participants.iter().map(|&(right, of)| (right as f64, of)).collect();
        let exchanged = counted(record).map(|(right, null)| {
            let p = null.p(right);
            let (exchanges, mean, range) = (null.exchanges(), null.chance(), null.range());
            Exchanged { exchanges, mean, range, p, p_corrected: p }
        });
        Self {
            trial,
            answers,
            accuracy: participants.iter().map(|(right, _)| right).sum::<usize>() as f64 / answers as f64,
            over_participants: cluster_interval(&sums).map(within),
            over_draws: (draws.len() > 1).then(|| standard_deviation(&draws)),
            chance: level[0] as f64 / level[1] as f64,
            exchanged,
            measures: confusion.measures(),
            labels: record.labels.clone(),
            confusion,
            selected: selected(record),
        }
    }
}

/// The probability of being so far above chance as an accuracy is, participants as the units ([`level_test`]). A little too
/// often small: on tables of noise, neighbours had 0.05 or less in 9 % of 200. For what is held against sets of which the
/// truth is known.
pub(crate) fn probability_above_chance(record: &TrialRecord) -> Probability {
    let participants = right_answers(record, |_, participant| participant);
    level_test(&participants, best_guess(&record.rows, record.configuration.trial.division.known()))
}

/// Right answers, and answers, of each participant or of each draw.
fn right_answers<K: Ord>(record: &TrialRecord, unit: fn(u64, Participant) -> K) -> Vec<(usize, usize)> {
    let mut units: BTreeMap<K, (usize, usize)> = BTreeMap::new();
    for (draw, participant, label, answer) in record.answers() {
        let (right, of) = units.entry(unit(draw, participant)).or_default();
        *right += usize::from(label == answer);
        *of += 1;
    }
    units.into_values().collect()
}

/// The right answers of the draws that were repeated with exchanged labels, and what those reach.
fn counted(record: &TrialRecord) -> Option<(usize, &NullDistribution)> {
    let null = record.null.as_ref()?;
    let own = record.answers().filter(|(draw, ..)| *draw < null.draws);
    Some((own.filter(|(_, _, label, answer)| label == answer).count(), &null.distribution))
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
    use super::super::record::{TestedFold, TrialConfiguration, TrialNull};
    use super::super::trial::Origin;
    use super::*;
    use crate::classifiers::{Classifier, Recipe, Selection};

    #[test]
    fn it_counts_answers_by_participant_by_draw_and_by_label() {
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
            labels: Labels::published(),
            rows: vec![row(1, 0), row(1, 2), row(2, 2), row(2, 2)],
            folds: vec![
                fold(0, 1, "mean", vec![(0, 0), (1, 1)]),
                fold(0, 2, "mean", vec![(2, 2), (3, 2)]),
                fold(1, 1, "sum", vec![(0, 1), (1, 2)]),
                fold(1, 2, "mean", vec![(2, 2), (3, 2)]),
            ],
            null: Some(TrialNull {
                draws: 1,
                distribution: NullDistribution { of: 4, right: vec![1, 2, 3, 4] },
            }),
        };
        let estimate = TrialEstimate::of(&record);
        assert_eq!((estimate.answers, estimate.accuracy), (8, 0.75));
        // Participants have 2 of 4 and 4 of 4; draws 3 of 4 each.
        assert_eq!(estimate.over_participants, Some(Interval { low: 0.0, high: 1.0 }));
        assert_eq!(estimate.over_draws, Some(0.0));
        assert_eq!(estimate.confusion, Confusion(vec![vec![1, 1, 0], vec![0, 0, 0], vec![0, 1, 5]]));
        assert_eq!(estimate.selected, [("mean".to_owned(), 0.75), ("sum".to_owned(), 0.25)]);
        // The most frequent label has 3 of 4 rows.
        assert_eq!(estimate.chance, 0.75);
        // The first draw has 3 of 4, which two of four exchanges reach.
        let exchanged = estimate.exchanged.unwrap();
        assert_eq!((exchanged.exchanges, exchanged.mean, exchanged.p), (4, 0.625, 0.6));
        assert_eq!(TrialEstimate::all(&[record])[0], estimate);
    }
}
