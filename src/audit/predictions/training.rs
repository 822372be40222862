//! What trains a fold, and what can be known from it.

use std::collections::BTreeMap;

use super::predictions::{Fold, Predictions, Recording};

/// Recordings that train, counted by all that a guess could know them by. Each count stands beside its labels.
#[derive(Debug)]
pub(super) struct Training<'a> {
    recordings: &'a [Recording],
    own: Vec<usize>,
    labels: Vec<usize>,
    participants: BTreeMap<usize, Vec<usize>>,
    stimuli: BTreeMap<usize, Vec<usize>>,
    /// By the bits of the length, which rise with it because none is negative.
    lengths: BTreeMap<u64, Vec<usize>>,
}

/// Calls something for each fold of a division, with what trains it.
///
/// Where rows have no part, everything that other folds test trains a fold. Validation counts as training.
pub(super) fn each_fold<'a>(
    predictions: &'a Predictions,
    division: &'a [Fold],
    mut visit: impl FnMut(&'a Fold, &Training<'a>),
) {
    let labels = predictions.labels.len();
    let mut rest = Training::none(&predictions.recordings, labels);
    let of_the_rest = || division.iter().filter(|fold| fold.trains.is_none());
    of_the_rest().for_each(|fold| rest.add(&fold.tests, true));
    for fold in division {
        if let Some(trains) = &fold.trains {
            let mut given = Training::none(&predictions.recordings, labels);
            given.add(trains, true);
            visit(fold, &given);
        } else {
            rest.add(&fold.tests, false);
            visit(fold, &rest);
            rest.add(&fold.tests, true);
        }
    }
}

impl<'a> Training<'a> {
    fn none(recordings: &'a [Recording], labels: usize) -> Self {
        let none = BTreeMap::new;
        let (participants, stimuli, lengths) = (none(), none(), BTreeMap::new());
        Self {
            recordings,
            own: vec![0; recordings.len()],
            labels: vec![0; labels],
            participants,
            stimuli,
            lengths,
        }
    }

    /// Adds recordings, or takes them away again.
    fn add(&mut self, places: &[usize], is_added: bool) {
        let labels = self.labels.len();
        for place in places {
            let Recording { participant, stimulus, label, length } = self.recordings[*place];
            let step = |count: &mut usize| *count = if is_added { *count + 1 } else { *count - 1 };
            step(&mut self.own[*place]);
            step(&mut self.labels[label]);
            let none = || vec![0; labels];
            step(&mut self.participants.entry(participant).or_insert_with(none)[label]);
            if let Some(stimulus) = stimulus {
                step(&mut self.stimuli.entry(stimulus).or_insert_with(none)[label]);
            }
            if let Some(length) = length {
                let bits = length.abs().to_bits();
                let counts = self.lengths.entry(bits).or_insert_with(none);
                step(&mut counts[label]);
                if counts.iter().all(|count| *count == 0) {
                    self.lengths.remove(&bits);
                }
            }
        }
    }

    /// How many recordings train.
    pub(super) fn count(&self) -> usize {
        self.labels.iter().sum()
    }

    /// Whether the recording itself trains.
    pub(super) fn has(&self, recording: usize) -> bool {
        self.own[recording] > 0
    }

    /// Labels of all that trains, by how often.
    pub(super) fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// The same of a participant; nothing if none of its recordings trains.
    pub(super) fn of_participant(&self, participant: usize) -> Option<&[usize]> {
        known(self.participants.get(&participant))
    }

    /// The same of a stimulus.
    pub(super) fn of_stimulus(&self, stimulus: usize) -> Option<&[usize]> {
        known(self.stimuli.get(&stimulus))
    }

    /// The same of the nearest length; of two that are equally near, both.
    pub(super) fn of_nearest_length(&self, length: f64) -> Option<Vec<usize>> {
        let bits = length.abs().to_bits();
        let below = self.lengths.range(..=bits).next_back();
        let above = self.lengths.range(bits..).next();
        let distance = |(bits, _): &(&u64, &Vec<usize>)| (f64::from_bits(**bits) - length).abs();
        match (below, above) {
            (Some(below), Some(above)) if below.0 != above.0 && distance(&below) == distance(&above) => {
                Some(below.1.iter().zip(above.1).map(|(one, other)| one + other).collect())
            }
            (Some(below), Some(above)) => {
                Some(if distance(&below) <= distance(&above) { below.1.clone() } else { above.1.clone() })
            }
            (one, other) => one.or(other).map(|(_, counts)| counts.clone()),
        }
    }
}

fn known(counts: Option<&Vec<usize>>) -> Option<&[usize]> {
    counts.map(Vec::as_slice).filter(|counts| counts.iter().any(|count| *count > 0))
}
