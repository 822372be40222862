//! A series, gathered from its runs one after the other: it keeps some hundred bytes of each.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::{Chance, RunAnswers, Series, digest, label};
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::evaluation::statistics::{average, average_interval, clopper_pearson_of_mean, mean, trimmed_mean};
use crate::models::Model;
use crate::recordings::{Labels, RecordingId};
use crate::runs::{Configuration, Instructions, Record, Store, Weights};

/// Gathers the runs of one configuration.
#[derive(Debug)]
pub(crate) struct SeriesBuilder {
    weights: Weights,
    first: Option<First>,
    runs: Vec<Run>,
    problems: Vec<Problem>,
}

/// What the other runs are held against.
#[derive(Debug)]
struct First {
    configuration: Configuration,
    /// Those of all runs.
    instructions: Instructions,
    /// Those of all runs.
    programs: BTreeSet<String>,
    recordings: Vec<RecordingId>,
    places: HashMap<RecordingId, usize>,
    labels: Labels,
    label_counts: Vec<usize>,
}

/// What is kept of a run.
#[derive(Debug)]
struct Run {
    run: u64,
    /// Whether it answers each test recording correctly, in the first run's order.
    is_right: Box<[bool]>,
    right: usize,
    accuracy: f64,
    training: [f64; 2],
}

impl SeriesBuilder {
    /// Of these weights of each run.
    pub(crate) const fn new(weights: Weights) -> Self {
        Self { weights, first: None, runs: Vec::new(), problems: Vec::new() }
    }

    /// Of the weights whose series the paper reports of a network.
    pub(crate) fn reported(model: Model) -> Vec<Self> {
        let weights: &[Weights] = match model {
            Model::Multilayer => &[Weights::Final, Weights::Best],
            Model::Baseline | Model::Cnn => &[Weights::Final],
        };
        weights.iter().map(|weights| Self::new(*weights)).collect()
    }

    /// The series of a network that the paper reports, from a folder of records; none if nothing is there.
    ///
    /// # Errors
    /// Those of [`Store::read`] and of [`Series::of`].
    pub(crate) fn read_reported(folder: &Path, model: Model) -> Result<Vec<Series>> {
        let mut builders = Self::reported(model);
        let weights: Vec<Weights> = builders.iter().map(Self::weights).collect();
        let answers = |record: Record| -> Vec<RunAnswers> {
            weights.iter().map(|weights| RunAnswers::of(&record, *weights)).collect()
        };
        Store::each(folder, answers, |run| {
            builders.iter_mut().zip(run).for_each(|(builder, answers)| builder.add(answers));
        })?;
        builders.retain(|builder| builder.first.is_some());
        Error::gather(builders.into_iter().map(Self::build))
    }

    /// The weights.
    pub(crate) const fn weights(&self) -> Weights {
        self.weights
    }

    /// Adds a run. What is wrong with it is told when the series is [built](Self::build).
    pub(crate) fn add(&mut self, own: RunAnswers) {
        let first = self.first.get_or_insert_with(|| First::of(&own));
        let place = Place::field(format!("run {}", own.run));
        let mut refuse = |fault, expected: String, found: String| {
            self.problems.push(Problem::new(fault, place.clone(), expected, found));
        };
        if own.configuration != first.configuration {
            let name = |configuration| match digest(configuration) {
                Ok(digest) => format!("configuration {}", &digest[..12]),
                Err(error) => error.to_string(),
            };
            refuse(Fault::MIXED_RECORDS, name(&first.configuration), name(&own.configuration));
            return;
        }
        let is_right = first.in_order(&own);
        if is_right.is_none() {
            let recordings = first.places.len();
            let expected = format!("one answer to each of the {recordings} test recordings of the first run");
            refuse(Fault::INCONSISTENT_RECORD, expected, format!("{} answers", own.recordings.len()));
        }
        if !own.is_counted {
            let expected = "a confusion matrix that counts the predictions";
            refuse(Fault::INCONSISTENT_RECORD, expected.to_owned(), "another".to_owned());
        }
        if !own.training.is_some_and(|both| both.iter().all(|part| (0.0..=1.0).contains(part))) {
            let expected = format!("a training accuracy after epoch {}", own.epoch);
            refuse(Fault::INCONSISTENT_RECORD, expected, format!("{:?}", own.training));
        }
        if first.instructions != own.instructions {
            first.instructions = Instructions::of_all([&first.instructions, &own.instructions]);
        }
        first.programs.insert(own.program);
        self.runs.push(Run {
            run: own.run,
            is_right: is_right.unwrap_or_default(),
            right: own.right,
            accuracy: own.accuracy,
            training: own.training.unwrap_or_default(),
        });
    }

    /// The series of all runs that were added.
    ///
    /// # Errors
    /// Those of [`Series::of`].
    pub(crate) fn build(self) -> Result<Series> {
        let Self { weights, first, mut runs, mut problems } = self;
        let Some(first) = first else {
            return Err(Error::new(Fault::NO_RECORDS, Place::field("records"), "at least one", "none"));
        };
        runs.sort_by_key(|run| run.run);
        let repeated = runs.windows(2).filter(|pair| pair[0].run == pair[1].run);
        problems.extend(repeated.map(|pair| {
            let place = Place::field(format!("run {}", pair[1].run));
            Problem::new(Fault::REPEATED_RUN, place, "one record", "another one")
        }));
        Error::unless_none(problems)?;
        let First { configuration, instructions, programs, recordings, labels, label_counts, .. } = first;
        let right: Vec<usize> = runs.iter().map(|run| run.right).collect();
        let kept = kept(&right);
        let mut right_by_recording: BTreeMap<RecordingId, usize> = BTreeMap::new();
        for (place, recording) in recordings.iter().enumerate() {
            let right = kept.iter().filter(|run| runs[**run].is_right[place]).count();
            right_by_recording.insert(*recording, right);
        }
        let accuracies: Vec<f64> = runs.iter().map(|run| run.accuracy).collect();
        let average = average(&accuracies);
        let mean_training =
            |which: usize| mean(&runs.iter().map(|run| run.training[which]).collect::<Vec<_>>());
        let configuration = Configuration { instructions, ..configuration };
        let (model, recordings) = (configuration.settings.model, recordings.len());
        Ok(Series {
            label: label(model, weights),
            model,
            weights,
            digest: digest(&configuration)?,
            configuration,
            programs,
            runs: runs.iter().map(|run| run.run).collect(),
            recordings,
            lowest: accuracies.iter().copied().fold(f64::INFINITY, f64::min),
            trimmed_mean: trimmed_mean(&accuracies),
            highest: accuracies.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            average,
            training: mean_training(0),
            training_by_slice: (model == Model::Cnn).then(|| mean_training(1)),
            over_runs: average_interval(&accuracies),
            over_recordings: clopper_pearson_of_mean(average * recordings as f64, recordings),
            kept_runs: kept.len(),
            chance: Chance::of(label_counts, &labels),
            right,
            right_by_recording,
            accuracies,
        })
    }
}

impl First {
    fn of(run: &RunAnswers) -> Self {
        let places = run.recordings.iter().enumerate().map(|(place, recording)| (*recording, place));
        Self {
            configuration: run.configuration.clone(),
            instructions: run.instructions.clone(),
            programs: BTreeSet::new(),
            places: places.collect(),
            recordings: run.recordings.clone(),
            labels: run.labels.clone(),
            label_counts: run.label_counts.clone(),
        }
    }

    /// Which of its test recordings a run answers correctly; nothing unless each of them is answered once.
    fn in_order(&self, run: &RunAnswers) -> Option<Box<[bool]>> {
        let count = self.recordings.len();
        if count == 0 || self.places.len() < count || run.recordings.len() != count {
            return None;
        }
        if run.recordings == self.recordings {
            return Some(run.is_right.as_slice().into());
        }
        let mut answers = vec![None; count];
        for (recording, is_right) in run.recordings.iter().zip(&run.is_right) {
            answers[*self.places.get(recording)?] = Some(*is_right);
        }
        answers.into_iter().collect()
    }
}

/// The places of the runs that an average keeps: without one with the fewest and one with the most right answers, the first
/// and the last of such, where there are three or more.
fn kept(right: &[usize]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..right.len()).collect();
    places.sort_by_key(|place| right[*place]);
    let cut = usize::from(places.len() > 2);
    places[cut..places.len() - cut].to_vec()
}
