//! A trained network's answers to recordings, anybody's.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use dfdx::prelude::*;
use serde::Serialize;

use crate::error::{Error, Fault, Place, Result};
use crate::models::{Network, NetworkTask};
use crate::nn::StateDict;
use crate::recordings::{DataSet, Label, Labels, Participant, RecordingId, Stimulus, is_first};
use crate::runs::{Purpose, Settings};
use crate::training::{Answer, Evaluation};

/// The answer to one recording.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prediction {
    /// The stimulus.
    pub stimulus: Stimulus,
    /// The participant.
    pub participant: Participant,
    /// Which of several of this participant and this stimulus, from 1.
    #[serde(skip_serializing_if = "is_first")]
    pub take: u32,
    /// The label that the network names; for the CNN, that of most slices.
    pub predicted: Label,
    /// The labels, in the order of the outputs.
    pub labels: Labels,
    /// The softmax of the outputs; for the CNN, its mean over the slices.
    pub probabilities: Vec<f64>,
    /// The outputs; for the CNN, their mean over the slices.
    pub logits: Vec<f32>,
    /// The outputs of each of the CNN's slices, in time order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub slices: Vec<Vec<f32>>,
}

impl fmt::Display for Prediction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stimulus, participant, take, predicted, labels, probabilities, .. } = self;
        let each: Vec<String> = labels
            .iter()
            .zip(probabilities)
            .map(|(label, probability)| format!("{label} {probability:.3}"))
            .collect();
        let take = if is_first(take) { String::new() } else { format!("{take:<4}") };
        write!(f, "{stimulus:<4}{participant:<6}{take}{predicted:<14} {}", each.join("  "))
    }
}

/// A file of weights, and what it says that they are for.
#[derive(Debug, Clone)]
pub struct WeightsFile {
    path: PathBuf,
    bytes: Vec<u8>,
    purpose: Option<Purpose>,
}

impl WeightsFile {
    /// Reads a safetensors file: one that training wrote, or one of a PyTorch module with the same names, which says
    /// nothing of what it is for.
    ///
    /// # Errors
    /// [`Fault::UNREADABLE_FILE`]; [`Fault::BAD_WEIGHTS`]; [`Fault::PYTORCH_FILE`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_owned();
        let bytes = fs::read(&path).map_err(|cause| {
            Error::new(Fault::UNREADABLE_FILE, Place::file(&path), "a file of weights", cause.to_string())
        })?;
        let note = StateDict::note_in(&bytes);
        let purpose = note.and_then(|note| note.as_deref().map(Purpose::from_note).transpose());
        match purpose {
            Ok(purpose) => Ok(Self { path, bytes, purpose }),
            Err(error) => Err(in_file(&path, error)),
        }
    }

    /// What the weights are for, if the file says so.
    #[must_use]
    pub const fn purpose(&self) -> Option<&Purpose> {
        self.purpose.as_ref()
    }

    /// Lets the network of these settings, with these weights, answer to every recording.
    ///
    /// # Errors
    /// - [`Fault::FOREIGN_WEIGHTS`] for each setting, and each property of the recordings, that the weights are not for, or
    ///   for each tensor that the network has not or otherwise; [`Fault::BAD_WEIGHTS`] for each that is of no use;
    /// - [`Fault::NOT_FINITE`] with the recording for outputs that are not finite;
    /// - [`Fault::BAD_SETTING`] for sizes that a network cannot have;
    /// - those of [`Preparation::signals`](crate::preparation::Preparation::signals) and of [`Network::examples`].
    pub fn predict(&self, set: &DataSet, settings: Settings) -> Result<Vec<Prediction>> {
        if let Some(purpose) = &self.purpose {
            purpose.check(settings, set).map_err(|error| in_file(&self.path, error))?;
        }
        let labels = self.purpose.as_ref().map_or_else(|| set.labels(), |purpose| purpose.labels.clone());
        let task = Predict { set, settings, bytes: &self.bytes };
        let answers = settings.network(set.channels().count(), labels.count()).with::<Cpu, _>(task)?;
        // What is wrong with a recording has its own place; what is wrong with the weights is in their file.
        let evaluation = answers?.map_err(|error| in_file(&self.path, error))?;
        Ok(predictions(&evaluation, &labels))
    }
}

fn in_file(path: &Path, error: Error) -> Error {
    error.placed(|place| Place { field: place.field, ..Place::file(path) })
}

/// Lets the network of these settings, with the weights of a safetensors file, answer to every recording.
///
/// # Errors
/// Those of [`WeightsFile::read`] and [`WeightsFile::predict`].
pub fn predict(set: &DataSet, settings: Settings, path: &Path) -> Result<Vec<Prediction>> {
    WeightsFile::read(path)?.predict(set, settings)
}

struct Predict<'a> {
    set: &'a DataSet,
    settings: Settings,
    bytes: &'a [u8],
}

impl NetworkTask<Cpu> for Predict<'_> {
    /// The outer error is that of the recordings, the inner one that of the weights.
    type Output = Result<Result<Evaluation>>;

    fn run<N: Network<Cpu>>(self, build: impl Fn(&Cpu) -> Result<N> + Sync) -> Self::Output {
        let Settings { preparation, input, .. } = self.settings;
        let framing = self.settings.framing();
        let names: Vec<RecordingId> = self.set.recordings().iter().map(|recording| recording.id()).collect();
        let signals = input.answering(preparation.signals(self.set, &names)?, framing)?;
        let examples = N::examples(framing, &signals)?;
        let device = Cpu::default();
        let mut network = build(&device)?;
        let read = StateDict::from_bytes(self.bytes);
        let read = read.map_err(|error| error.in_order(&StateDict::names_of(&network)));
        let loaded = read.and_then(|(weights, _)| StateDict::load_runs(&[weights], &mut network));
        Ok(loaded.and_then(|()| Evaluation::of(&network, &device, &examples)?.remove(0)))
    }
}

/// Brings the answers to each recording together.
fn predictions(evaluation: &Evaluation, labels: &Labels) -> Vec<Prediction> {
    let predict = |vote: crate::training::Vote| {
        let own: Vec<&Answer> =
            evaluation.answers().iter().filter(|answer| answer.recording == vote.recording).collect();
        let count = own.len() as f64;
        let (mut probabilities, mut logits) = (vec![0.0; labels.count()], vec![0.0; labels.count()]);
        for answer in &own {
            for (class, probability) in answer.probabilities().into_iter().enumerate() {
                probabilities[class] += probability / count;
                logits[class] += f64::from(answer.logits[class]) / count;
            }
        }
        let slices =
            if own.len() > 1 { own.iter().map(|answer| answer.logits.clone()).collect() } else { Vec::new() };
        let RecordingId { stimulus, participant, take } = vote.recording;
        Prediction {
            stimulus,
            participant,
            take,
            predicted: labels[vote.predicted],
            labels: labels.clone(),
            probabilities,
            logits: logits.into_iter().map(|logit: f64| logit as f32).collect(),
            slices,
        }
    };
    evaluation.votes().into_iter().map(predict).collect()
}
