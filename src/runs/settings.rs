//! What a series of runs is told, and what identifies it.

use serde::{Deserialize, Serialize};

use super::Instructions;
use crate::models::paper::cnn;
use crate::models::{Model, Specification};
use crate::preparation::{AskedFraming, Framing, Input, Preparation};
use crate::recordings::{Design, Fingerprint};
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
    /// Samples of a slice, where it is not the paper's. What reads no slices has the paper's.
    #[serde(default = "papers_slice", skip_serializing_if = "is_papers_slice")]
    pub slice: usize,
    /// Samples from one slice to the next, where it is not the paper's.
    #[serde(default = "papers_hop", skip_serializing_if = "is_papers_hop")]
    pub hop: usize,
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

const fn papers_slice() -> usize {
    Framing::PAPER.slice
}

const fn is_papers_slice(slice: &usize) -> bool {
    *slice == papers_slice()
}

const fn papers_hop() -> usize {
    Framing::PAPER.hop
}

const fn is_papers_hop(hop: &usize) -> bool {
    *hop == papers_hop()
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
            frame: Framing::PAPER.frame,
            slice: Framing::PAPER.slice,
            hop: Framing::PAPER.hop,
            kernel,
            units: None,
            preparation: Preparation::default(),
            input: Input::Whole,
            hyperparameters,
            seed: 0,
        }
    }

    /// The same with what was asked for of a framing, and the default of the recordings, as they are prepared here, in place of
    /// the rest.
    #[must_use]
    pub fn framed(self, design: &Design, asked: AskedFraming) -> Self {
        let Framing { frame, slice, hop } = asked.framing(design, &self.preparation);
        if self.reads_slices() { Self { frame, slice, hop, ..self } } else { Self { frame, ..self } }
    }

    /// Whether slices are cut: for the CNN, and for an LSTM that reads them.
    #[must_use]
    pub fn reads_slices(&self) -> bool {
        self.model == Model::Cnn || !self.input.is_whole()
    }

    /// How signals are cut.
    #[must_use]
    pub const fn framing(&self) -> Framing {
        Framing { frame: self.frame, slice: self.slice, hop: self.hop }
    }

    /// The network that reads so many channels and tells so many labels apart, and how large it is.
    #[must_use]
    pub fn network(&self, channels: usize, classes: usize) -> Specification {
        let Self { model, kernel, units, .. } = *self;
        let units = units.unwrap_or(Specification::paper(model).units);
        Specification { model, framing: self.framing(), channels, kernel, units, classes }
    }

    /// The network for recordings of a design.
    #[must_use]
    pub fn network_for(&self, design: &Design) -> Specification {
        self.network(design.channels().count(), design.labels().count())
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
