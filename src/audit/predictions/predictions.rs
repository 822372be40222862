//! Predictions of any study: recordings, the folds that tested them, and what each model answered.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::error::{Error, Fault, Place, Result};
use crate::recordings::{MOST_LABELS, natural_order};

/// The most models of a table.
pub const MAX_MODELS: usize = 32;

/// What a row is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Training,
    Validation,
    Test,
}

impl Part {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name.to_lowercase().as_str() {
            "train" | "training" => Some(Self::Training),
            "validation" | "valid" | "val" | "dev" => Some(Self::Validation),
            "test" | "testing" => Some(Self::Test),
            _ => None,
        }
    }
}

/// A row of a table; texts of columns that it lacks are empty.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) recording: String,
    pub(super) participant: String,
    pub(super) stimulus: Option<String>,
    pub(super) label: String,
    pub(super) length: Option<f64>,
    pub(super) predicted: Option<String>,
    /// Nothing where rows outside a fold train it.
    pub(super) part: Option<Part>,
    pub(super) fold: String,
    pub(super) seed: String,
    pub(super) model: String,
}

/// Where rows come from.
#[derive(Debug, Clone, Default)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) digest: String,
    pub(super) not_read: Vec<String>,
    pub(super) less_probable: usize,
}

/// A recording: one trial, or one signal, with one label. Participant, stimulus and label are places in lists of names.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Recording {
    pub(super) participant: usize,
    pub(super) stimulus: Option<usize>,
    pub(super) label: usize,
    pub(super) length: Option<f64>,
}

/// The recordings that a fold trains and tests, as places in the list of recordings.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fold {
    pub(super) name: String,
    /// Training and validation; nothing where everything that other folds test trains.
    pub(super) trains: Option<Vec<usize>>,
    pub(super) tests: Vec<usize>,
}

/// What one model answered with one seed: the predicted labels of each fold, in the order of its tests.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) seed: String,
    /// The place of its folds in [`Predictions::divisions`].
    pub(super) division: usize,
    pub(super) predicted: Vec<Vec<usize>>,
}

/// A model and its runs, one for each seed.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) name: String,
    pub(super) runs: Vec<Run>,
}

/// A whole table. Everything is sorted by name, so that the order of rows changes nothing.
#[derive(Debug, Clone)]
pub(super) struct Predictions {
    pub(super) source: Source,
    pub(super) labels: Vec<String>,
    pub(super) participants: Vec<String>,
    /// Empty without the column.
    pub(super) stimuli: Vec<String>,
    pub(super) recordings: Vec<Recording>,
    /// Ways to divide recordings into folds; runs with the same folds share one.
    pub(super) divisions: Vec<Vec<Fold>>,
    pub(super) models: Vec<Model>,
}

/// An answer: the recording and the predicted label.
pub(super) type Answer = (usize, usize);

impl Predictions {
    /// Sorts rows into models, seeds and folds.
    ///
    /// # Errors
    /// [`Fault::UNUSABLE_PREDICTIONS`] for no tested row, fewer than two labels, or too many labels or models.
    pub(super) fn of(rows: Vec<Row>, source: Source) -> Result<Self> {
        let sorted = |names: &mut dyn Iterator<Item = &String>| -> BTreeMap<String, usize> {
            let names: std::collections::BTreeSet<Natural> = names.map(|name| Natural::of(name)).collect();
            names.into_iter().zip(0..).map(|(name, place)| (name.0, place)).collect()
        };
        let is_tested = |row: &&Row| row.part.is_none_or(|part| part == Part::Test);
        let predicted = rows.iter().filter(is_tested).filter_map(|row| row.predicted.as_ref());
        let labels = sorted(&mut rows.iter().map(|row| &row.label).chain(predicted));
        let participants = sorted(&mut rows.iter().map(|row| &row.participant));
        let stimuli = sorted(&mut rows.iter().filter_map(|row| row.stimulus.as_ref()));
        let names = sorted(&mut rows.iter().map(|row| &row.recording));
        let tested = rows.iter().filter(is_tested).count();
        let models: BTreeMap<Natural, ()> = rows.iter().map(|row| (Natural::of(&row.model), ())).collect();
        for (is_sound, expected, found) in [
            (tested > 0, "rows that are tested".to_owned(), "none".to_owned()),
            (
                (2..=MOST_LABELS).contains(&labels.len()),
                format!("2 to {MOST_LABELS} labels"),
                labels.len().to_string(),
            ),
            (models.len() <= MAX_MODELS, format!("at most {MAX_MODELS} models"), models.len().to_string()),
        ] {
            if !is_sound {
                return Err(Error::new(Fault::UNUSABLE_PREDICTIONS, Place::default(), expected, found));
            }
        }
        let mut recordings = vec![None; names.len()];
        // Model, seed and fold, each in its order.
        let mut folds: BTreeMap<[Natural; 3], Vec<&Row>> = BTreeMap::new();
        for row in &rows {
            recordings[names[&row.recording]] = Some(Recording {
                participant: participants[&row.participant],
                stimulus: row.stimulus.as_ref().map(|stimulus| stimuli[stimulus]),
                label: labels[&row.label],
                length: row.length,
            });
            folds
                .entry([&row.model, &row.seed, &row.fold].map(|name| Natural::of(name)))
                .or_default()
                .push(row);
        }
        let mut runs: BTreeMap<[Natural; 2], (Vec<Fold>, Vec<Vec<usize>>)> = BTreeMap::new();
        for ([model, seed, fold], mut rows) in folds {
            rows.sort_by_key(|row| names[&row.recording]);
            let place = |row: &&&Row| names[&row.recording];
            let has_parts = rows.iter().any(|row| row.part.is_some());
            let trains =
                has_parts.then(|| rows.iter().filter(|row| !is_tested(row)).map(|row| place(&row)).collect());
            let tested = || rows.iter().filter(|row| is_tested(row));
            let tests: Vec<usize> = tested().map(|row| place(&row)).collect();
            let predicted =
                tested().filter_map(|row| row.predicted.as_ref()).map(|label| labels[label]).collect();
            if tests.is_empty() {
                continue;
            }
            let run = runs.entry([model, seed]).or_default();
            let name = if fold.0.is_empty() { "1".to_owned() } else { fold.0 };
            run.0.push(Fold { name, trains, tests });
            run.1.push(predicted);
        }
        let (mut divisions, mut models): (Vec<Vec<Fold>>, Vec<Model>) = (Vec::new(), Vec::new());
        for ([model, seed], (folds, predicted)) in runs {
            let division = divisions.iter().position(|own| *own == folds).unwrap_or_else(|| {
                divisions.push(folds);
                divisions.len() - 1
            });
            let run = Run { seed: seed.0, division, predicted };
            match models.last_mut().filter(|last| last.name == model.0) {
                Some(last) => last.runs.push(run),
                None => models.push(Model { name: model.0, runs: vec![run] }),
            }
        }
        let listed = |names: BTreeMap<String, usize>| {
            let mut listed: Vec<(usize, String)> =
                names.into_iter().map(|(name, place)| (place, name)).collect();
            listed.sort_unstable();
            listed.into_iter().map(|(_, name)| name).collect::<Vec<String>>()
        };
        let [labels, participants, stimuli] = [labels, participants, stimuli].map(listed);
        let recordings = recordings.into_iter().flatten().collect();
        Ok(Self { source, labels, participants, stimuli, recordings, divisions, models })
    }

    /// All answers of a run.
    pub(super) fn answers<'a>(&'a self, run: &'a Run) -> impl Iterator<Item = Answer> + 'a {
        let folds = self.divisions[run.division].iter().zip(&run.predicted);
        folds.flat_map(|(fold, predicted)| fold.tests.iter().copied().zip(predicted.iter().copied()))
    }

    /// All answers of a model.
    pub(super) fn all_answers<'a>(&'a self, model: &'a Model) -> impl Iterator<Item = Answer> + 'a {
        model.runs.iter().flat_map(|run| self.answers(run))
    }

    /// Who the recording is of, and its stimulus; its participant twice without stimuli, which then do not count as drawn.
    pub(super) fn place(&self, recording: usize) -> (u32, u32) {
        let Recording { participant, stimulus, .. } = self.recordings[recording];
        (participant as u32, stimulus.unwrap_or(participant) as u32)
    }
}

/// A name in natural order: 2 before 10.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Natural(String);

impl Natural {
    fn of(name: &str) -> Self {
        Self(name.to_owned())
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        natural_order(&self.0, &other.0)
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
