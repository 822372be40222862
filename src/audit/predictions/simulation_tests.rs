//! Simulated studies of known truth: false alarms, power and coverage under each level of exchange.
//!
//! Every study has habits: participants, and stimuli where there are some, each have a label that is predicted more often
//! than others, whatever the true label is.

use std::collections::BTreeSet;

use super::accuracy::Accuracy;
use super::exchange::{Exchange, Level};
use super::permutation::permuted;
use super::predictions::{Predictions, Row, Source};
use crate::evaluation::shuffle::Shuffler;

/// Exchanges of each simulated study.
const DRAWN: usize = 199;

/// A design: participants, stimuli or trials, labels, and the label of each pair.
struct Study {
    participants: usize,
    items: usize,
    labels: usize,
    has_stimuli: bool,
    /// Nothing where a participant did not meet a stimulus.
    label: fn(usize, usize) -> Option<usize>,
}

/// Half of the participants are patients.
const PATIENTS: Study =
    Study { participants: 20, items: 10, labels: 2, has_stimuli: false, label: |one, _| Some(one % 2) };
/// Everybody met twelve stimuli of three labels.
const CROSSED: Study =
    Study { participants: 20, items: 12, labels: 3, has_stimuli: true, label: |_, item| Some(item / 4) };
/// Trials of two labels, without stimuli.
const TRIALS: Study =
    Study { participants: 12, items: 20, labels: 2, has_stimuli: false, label: |_, item| Some(item % 2) };
/// Everybody met the stimuli of two labels of three.
const PARTLY: Study = Study {
    participants: 24,
    items: 12,
    labels: 3,
    has_stimuli: true,
    label: |one, item| (one % 3 != item / 4).then_some(item / 4),
};
/// Four times as many trials of one label as of the other.
const UNEVEN: Study = Study {
    participants: 20,
    items: 12,
    labels: 2,
    has_stimuli: true,
    label: |_, item| Some(usize::from(item < 3)),
};

impl Study {
    /// Predictions that follow habits in a part of all answers and the true label in another part, else nothing.
    fn simulated(&self, [habits, truth]: [f64; 2], seed: u64) -> Predictions {
        let mut chance = Shuffler::of_tests(seed + 1);
        let mut label = || chance.below(self.labels as u64) as usize;
        let own: Vec<usize> = (0..self.participants).map(|_| label()).collect();
        let shared: Vec<usize> = (0..self.items).map(|_| label()).collect();
        let mut rows = Vec::new();
        for (one, habit_of_one) in own.iter().enumerate() {
            for (item, habit_of_item) in shared.iter().enumerate() {
                let Some(is) = (self.label)(one, item) else { continue };
                let part = chance.below(1 << 40) as f64 / (1_u64 << 40) as f64;
                let habit =
                    if self.has_stimuli && chance.below(2) == 1 { *habit_of_item } else { *habit_of_one };
                let any = chance.below(self.labels as u64) as usize;
                let predicted = if part < truth {
                    is
                } else if part < truth + habits {
                    habit
                } else {
                    any
                };
                rows.push(Row {
                    recording: format!("{one}-{item}"),
                    participant: one.to_string(),
                    stimulus: self.has_stimuli.then(|| item.to_string()),
                    label: is.to_string(),
                    length: None,
                    predicted: Some(predicted.to_string()),
                    part: None,
                    fold: one.to_string(),
                    seed: String::new(),
                    model: String::new(),
                });
            }
        }
        Predictions::of(rows, Source::default()).unwrap()
    }

    /// The part of simulated studies with p of at most 0.05, and the level at which labels were exchanged.
    fn found(&self, parts: [f64; 2], studies: u64, change: fn(&mut Predictions)) -> (f64, Level) {
        let mut level = Level::Participants;
        let found = (0..studies).filter(|seed| {
            let mut predictions = self.simulated(parts, *seed);
            change(&mut predictions);
            let tested: BTreeSet<usize> = (0..predictions.recordings.len()).collect();
            let exchange = Exchange::of(&predictions, &tested);
            level = exchange.level;
            let models: Vec<_> = predictions.models.iter().collect();
            permuted(&predictions, &models, &exchange, DRAWN).1[0].p <= 0.05
        });
        (found.count() as f64 / studies as f64, level)
    }
}

impl Study {
    /// How often the intervals on accuracy and balanced accuracy hold the true value.
    fn covered(&self, studies: u64) -> [f64; 2] {
        // With habits drawn evenly over labels, both accuracies are on average truth + (1 - truth) / labels.
        let truth = 0.2 + 0.8 / self.labels as f64;
        let mut covered = [0.0; 2];
        for seed in 0..studies {
            let predictions = self.simulated([0.4, 0.2], seed);
            let accuracy = Accuracy::of(&predictions, &predictions.models[0]);
            for (covered, estimate) in covered.iter_mut().zip([accuracy.accuracy, accuracy.balanced]) {
                *covered += f64::from(u8::from(estimate.interval.unwrap().contains(truth))) / studies as f64;
            }
        }
        covered
    }
}

/// Each recording its own participant: what a test takes for granted that counts recordings as independent.
fn independent(predictions: &mut Predictions) {
    predictions.stimuli.clear();
    for (place, recording) in predictions.recordings.iter_mut().enumerate() {
        (recording.participant, recording.stimulus) = (place, None);
    }
}

const AS_IS: fn(&mut Predictions) = |_| {};

#[test]
fn false_alarms_stay_at_five_percent_under_each_level() {
    for (study, level) in [
        (PATIENTS, Level::Participants),
        (CROSSED, Level::Stimuli),
        (TRIALS, Level::RecordingsWithinParticipants),
    ] {
        let (alarms, found) = study.found([0.6, 0.0], 400, AS_IS);
        // 5 % have a standard error of 1.1 points.
        assert!(found == level && alarms < 0.085, "{found:?}: {alarms}");
    }
}

#[test]
fn recordings_that_count_as_independent_give_false_alarms() {
    for study in [PATIENTS, CROSSED] {
        let (alarms, _) = study.found([0.6, 0.0], 400, independent);
        assert!(alarms > 0.11, "{alarms}");
    }
}

#[test]
fn where_participants_met_different_stimuli_shared_habits_give_false_alarms() {
    // The sentence about habits of stimuli says so.
    let (alarms, level) = PARTLY.found([0.6, 0.0], 400, AS_IS);
    assert!(level == Level::StimuliWithinParticipants && alarms > 0.08, "{alarms}");
}

#[test]
fn effects_are_found_under_each_level() {
    for study in [PATIENTS, CROSSED, TRIALS, PARTLY] {
        let (found, level) = study.found([0.2, 0.3], 100, AS_IS);
        assert!(found > 0.8, "{level:?}: {found}");
    }
}

#[test]
fn intervals_on_both_accuracies_cover_what_they_say() {
    for study in [CROSSED, UNEVEN] {
        let covered = study.covered(400);
        assert!(covered.iter().all(|covered| *covered > 0.9), "{covered:?}");
    }
}

/// Rates for the documentation: `cargo test --release --lib audit::predictions::simulation -- --ignored --nocapture`.
#[test]
#[ignore = "prints the rates that the documentation states"]
fn rates() {
    for (name, study) in
        [("patients", PATIENTS), ("crossed", CROSSED), ("trials", TRIALS), ("partly", PARTLY)]
    {
        let rate = |parts, change| 100.0 * study.found(parts, 2000, change).0;
        println!(
            "{name}: false alarms {:.1} %, taken for independent {:.1} %; power at 10, 20 and 30 % true answers {:.1}, {:.1}, {:.1} %",
            rate([0.6, 0.0], AS_IS),
            rate([0.6, 0.0], independent),
            rate([0.2, 0.1], AS_IS),
            rate([0.2, 0.2], AS_IS),
            rate([0.2, 0.3], AS_IS)
        );
    }
    for (name, study) in
        [("patients", PATIENTS), ("crossed", CROSSED), ("trials", TRIALS), ("uneven", UNEVEN)]
    {
        println!("{name}: coverage of accuracy and balanced accuracy {:?}", study.covered(4000));
    }
}
