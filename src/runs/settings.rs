//! What a series of runs is told, and what identifies it.

use serde::{Deserialize, Serialize};

use super::Instructions;
use crate::models::paper::cnn;
use crate::models::{Model, Specification};
use crate::preparation::FRAME;
use crate::preparation::{Input, Preparation};
use crate::recordings::Fingerprint;
use crate::training::Hyperparameters;

/// Counts the changes to a network or its training after which the same configuration gives other numbers.
#[must_use]
pub const fn revision(model: Model) -> u32 {
    match model {
        Model::Baseline | Model::Multilayer => 1,
        // 2: a ReLU behind the second normalisation of a residual block too, as the paper has it.
        Model::Cnn => 2,
    }
}

/// What is trained, on what, and how.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The network.
    pub model: Model,
    /// Samples of a frame.
    pub frame: usize,
    /// Width of the CNN's kernels; the LSTMs have none.
    pub kernel: Option<usize>,
    /// Units of an LSTM's layers, or channels of the CNN's, where they are not the paper's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<usize>,
    /// From recordings to signals.
    pub preparation: Preparation,
    /// What an LSTM reads of each signal.
    #[serde(default, skip_serializing_if = "Input::is_whole")]
    pub input: Input,
    /// Epochs, batches, learning rate, dropout.
    pub hyperparameters: Hyperparameters,
    /// From which the seeds of all runs follow.
    pub seed: u64,
}

impl Settings {
    /// The paper's, for one of its networks.
    #[must_use]
    pub fn paper(model: Model) -> Self {
        let hyperparameters = match model {
            Model::Baseline => Hyperparameters::BASELINE,
            Model::Multilayer => Hyperparameters::MULTILAYER,
            Model::Cnn => Hyperparameters::CNN,
        };
        let kernel = (model == Model::Cnn).then_some(cnn::KERNEL);
        Self {
            model,
            frame: FRAME,
            kernel,
            units: None,
            preparation: Preparation::default(),
            input: Input::Whole,
            hyperparameters,
            seed: 0,
        }
    }

    /// The network that tells so many labels apart, and how large it is.
    #[must_use]
    pub fn network(&self, classes: usize) -> Specification {
        let Self { model, frame, kernel, units, .. } = *self;
        let units = units.unwrap_or(Specification::paper(model).units);
        Specification { model, frame, kernel, units, classes }
    }
}

/// Everything on which a record depends. Two records belong to one series if all of it but the instructions is equal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// What was asked for.
    pub settings: Settings,
    /// The recordings.
    pub data: Fingerprint,
    /// The digest of the split.
    pub split: String,
    /// That of its network ([`revision`]).
    pub revision: u32,
    /// The instructions that computed the run.
    #[serde(default, skip_serializing_if = "Instructions::is_unrecorded")]
    pub instructions: Instructions,
}

impl Configuration {
    /// The same without the instructions: what the runs of a series share.
    #[must_use]
    pub fn of_series(&self) -> Self {
        Self { instructions: Instructions::default(), ..self.clone() }
    }
}
