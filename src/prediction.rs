//! A trained network's answers to recordings, anybody's.

use std::fmt;
use std::fs;
use std::path::Path;

use dfdx::prelude::*;
use serde::Serialize;

use crate::error::{Error, Fault, Place, Result};
use crate::models::{self, GENRES, Network, NetworkTask};
use crate::nn::StateDict;
use crate::protocol::{self, Outcome, Settings};
use crate::recordings::{DataSet, Genre, Participant, RecordingId, Song};
use crate::training::{Answer, Evaluation};

/// The answer to one recording.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prediction {
    /// The song.
    pub song: Song,
    /// The participant.
    pub participant: Participant,
    /// The genre that the network names; for the CNN, that of most slices.
    pub genre: Genre,
    /// The softmax of the outputs, in label order; for the CNN, its mean over the slices.
    pub probabilities: [f64; GENRES],
    /// The outputs, in label order; for the CNN, their mean over the slices.
    pub logits: [f32; GENRES],
    /// The outputs of each of the CNN's slices, in time order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub slices: Vec<[f32; GENRES]>,
}

impl fmt::Display for Prediction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { song, participant, genre, probabilities: [classical, instrumental, pop], .. } = self;
        write!(
            f,
            "{song:<4}{participant:<6}{genre:<14} classical {classical:.3}  instrumental {instrumental:.3}  pop {pop:.3}"
        )
    }
}

/// Lets the network of these settings, with the weights of a safetensors file, answer to every recording.
///
/// A file that training wrote holds the settings of its run. Frame, kernel and preparation are then taken from there.
///
/// # Errors
/// - [`Fault::UnreadableFile`], [`Fault::BadWeights`] or [`Fault::ForeignWeights`] for the file;
/// - [`Fault::BadSetting`] for a network that is not to be had;
/// - those of [`Preparation::signals`](crate::preparation::Preparation::signals) and of [`Network::examples`].
pub fn predict(set: &DataSet, settings: Settings, path: &Path) -> Result<Vec<Prediction>> {
    let placed = |error: Error| error.placed(|place| Place { field: place.field, ..Place::file(path) });
    let bytes = fs::read(path).map_err(|cause| {
        Error::new(Fault::UnreadableFile, Place::file(path), "a file of weights", cause.to_string())
    })?;
    let (weights, note) = StateDict::from_bytes(&bytes).map_err(placed)?;
    let settings = match note.as_deref().map(serde_json::from_str::<Settings>) {
        None => settings,
        Some(Ok(trained)) if trained.model == settings.model => trained,
        Some(Ok(trained)) => {
            let expected = format!("weights of the network {}", settings.model);
            let found = format!("those of {}", trained.model);
            return Err(Error::new(Fault::ForeignWeights, Place::file(path), expected, found));
        }
        Some(Err(cause)) => {
            let expected = "the settings of a training in the metadata, or none";
            return Err(Error::new(Fault::BadWeights, Place::file(path), expected, cause.to_string()));
        }
    };
    let task = Predict { set, settings, weights: &weights };
    let answers = models::choose::<Cpu, _>(settings.model, settings.frame, settings.kernel, task)?;
    // What is wrong with a recording has its own place; what is wrong with the weights is in their file.
    let evaluation = answers?.map_err(placed)?;
    Ok(predictions(&evaluation))
}

struct Predict<'a> {
    set: &'a DataSet,
    settings: Settings,
    weights: &'a StateDict,
}

impl NetworkTask<Cpu> for Predict<'_> {
    /// The outer error is that of the recordings, the inner one that of the weights.
    type Output = Result<Result<Evaluation>>;

    fn run<N: Network<Cpu>>(self, build: impl Fn(&Cpu) -> N + Sync) -> Self::Output {
        let names: Vec<RecordingId> = self.set.recordings().iter().map(|recording| recording.id()).collect();
        let examples = N::examples(&self.settings.preparation.signals(self.set, &names)?)?;
        let device = Cpu::default();
        let mut network = build(&device);
        match self.weights.load_into(&mut network) {
            Ok(()) => Evaluation::of(&network, &device, &examples).map(Ok),
            Err(error) => Ok(Err(error)),
        }
    }
}

/// To how many of an outcome's test recordings a network gives the same genre.
#[must_use]
pub fn agreeing(predictions: &[Prediction], outcome: &Outcome) -> usize {
    let same = |recorded: &&protocol::Prediction| {
        predictions.iter().any(|prediction| {
            let recording = RecordingId { song: prediction.song, participant: prediction.participant };
            recording == recorded.recording && prediction.genre == recorded.genre
        })
    };
    outcome.predictions.iter().filter(same).count()
}

/// Brings the answers to each recording together.
fn predictions(evaluation: &Evaluation) -> Vec<Prediction> {
    let predict = |vote: crate::training::Vote| {
        let own: Vec<&Answer> =
            evaluation.answers().iter().filter(|answer| answer.recording == vote.recording).collect();
        let count = own.len() as f64;
        let (mut probabilities, mut logits) = ([0.0; GENRES], [0.0; GENRES]);
        for answer in &own {
            for (genre, probability) in answer.probabilities().into_iter().enumerate() {
                probabilities[genre] += probability / count;
                logits[genre] += f64::from(answer.logits[genre]) / count;
            }
        }
        let slices =
            if own.len() > 1 { own.iter().map(|answer| answer.logits).collect() } else { Vec::new() };
        let RecordingId { song, participant } = vote.recording;
        let logits = logits.map(|logit| logit as f32);
        Prediction { song, participant, genre: vote.predicted, probabilities, logits, slices }
    };
    evaluation.votes().into_iter().map(predict).collect()
}
