//! The paper's networks for several runs at once, of the layers in [`nn::runs`](crate::nn::runs).

mod cnn;
mod recurrent;

pub use cnn::Cnn;
pub use recurrent::Recurrent;

use dfdx::prelude::*;

use super::GENRES;
use crate::error::Result;
use crate::nn::Dropout;
use crate::nn::runs::Batches;

/// The logits of every run, `[runs, batch, 3]`.
pub type Logits<D, T = NoneTape> = Batches<GENRES, f32, D, T>;

/// The networks of several runs as training and testing see them: a [`Network`](super::Network) for each run.
pub trait Networks<D: Device<f32>>: TensorCollection<f32, D, To<f32, D> = Self> {
    /// What they read.
    type Example;

    /// Logits of every run for the same examples, in evaluation mode.
    ///
    /// # Errors
    /// As [`Network::logits`](super::Network::logits).
    fn logits(&self, device: &D, batch: &[&Self::Example]) -> Result<Logits<D>>;

    /// Logits of every run for a batch and with a dropout of its own, in training mode, with a tape that gathers into
    /// `gradients`. All batches are of one size.
    ///
    /// # Errors
    /// As [`Network::logits`](super::Network::logits).
    fn training_logits(
        &mut self,
        device: &D,
        batches: &[&[&Self::Example]],
        gradients: Gradients<f32, D>,
        dropouts: &[Dropout],
    ) -> Result<Logits<D, OwnedTape<f32, D>>>;
}

#[cfg(test)]
mod tests;
