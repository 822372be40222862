//! What a training is told.

use serde::{Deserialize, Serialize};

use crate::paper::{self, baseline, cnn, multilayer};

/// Settings of a training; the rest of the paper's recipe, Adam and cross-entropy, is fixed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hyperparameters {
    /// Passes over the training examples.
    pub epochs: usize,
    /// Examples of a batch; the last one of an epoch may have fewer.
    pub batch: usize,
    /// Adam's step size.
    pub learning_rate: f64,
    /// Part of a layer's outputs that is dropped.
    pub dropout: f64,
}

impl Hyperparameters {
    /// Those of the baseline (paper: 2.2).
    pub const BASELINE: Self = Self {
        epochs: baseline::EPOCHS,
        batch: baseline::BATCH,
        learning_rate: baseline::LEARNING_RATE,
        dropout: paper::DROPOUT,
    };
    /// Those of the multi-layer LSTM (paper: 2.3).
    pub const MULTILAYER: Self = Self {
        epochs: multilayer::EPOCHS,
        batch: multilayer::BATCH,
        learning_rate: multilayer::LEARNING_RATE,
        dropout: paper::DROPOUT,
    };
    /// Those of the CNN, which has no dropout (paper: 2.4).
    pub const CNN: Self =
        Self { epochs: cnn::EPOCHS, batch: cnn::BATCH, learning_rate: cnn::LEARNING_RATE, dropout: 0.0 };
}
