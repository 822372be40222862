//! What a network reads to give one answer.

use ndarray::Array2;

use super::{Frames, Slice};
use crate::recordings::{Genre, RecordingId};

/// One input of a network with its label: a whole signal ([`Frames`]) for an LSTM, a [`Slice`] of it for the CNN.
pub trait Example {
    /// The recording that it comes from.
    fn recording(&self) -> RecordingId;
    /// The label.
    fn genre(&self) -> Genre;
    /// The values, `[frames, frame]`.
    fn values(&self) -> &Array2<f32>;
}

impl Example for Frames {
    fn recording(&self) -> RecordingId {
        self.recording()
    }

    fn genre(&self) -> Genre {
        self.genre()
    }

    fn values(&self) -> &Array2<f32> {
        self.values()
    }
}

impl Example for Slice {
    fn recording(&self) -> RecordingId {
        self.recording
    }

    fn genre(&self) -> Genre {
        self.genre
    }

    fn values(&self) -> &Array2<f32> {
        &self.values
    }
}
