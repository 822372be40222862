//! What a network reads to give one answer.

use ndarray::Array2;

use super::{Frames, Slice};
use crate::recordings::RecordingId;

/// One input of a network with its label: a whole signal ([`Frames`]) for an LSTM, a [`Slice`] of it for the CNN.
pub trait Example {
    /// The recording that it comes from.
    fn recording(&self) -> RecordingId;
    /// The class of the label.
    fn class(&self) -> usize;
    /// The values, `[frames, frame]`.
    fn values(&self) -> &Array2<f32>;
}

impl Example for Frames {
    fn recording(&self) -> RecordingId {
        self.recording()
    }

    fn class(&self) -> usize {
        self.class()
    }

    fn values(&self) -> &Array2<f32> {
        self.values()
    }
}

impl Example for Slice {
    fn recording(&self) -> RecordingId {
        self.recording
    }

    fn class(&self) -> usize {
        self.class
    }

    fn values(&self) -> &Array2<f32> {
        &self.values
    }
}
