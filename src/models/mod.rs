//! The paper's three networks (sections 2.2 to 2.4), built of the layers in [`nn`](crate::nn).
//!
//! | network | paper | reads | trainable parameters |
//! |---|---|---|---|
//! | [`Baseline`] | 2.2, Figure 2 | whole signals as [`Frames`](crate::preparation::Frames) | 7 603 |
//! | [`Multilayer`] | 2.3, Figure 4 | whole signals as [`Frames`](crate::preparation::Frames) | 94 051 |
//! | [`Cnn`] | 2.4, Figure 6 | [`Slice`](crate::preparation::Slice)s, which vote for their signal's genre | 19 907 |
//!
//! Each is a stack: one run, or several that are trained together. The paper's sizes are in the types above; a network of
//! other sizes is the same code with sizes that are known when the program runs ([`Specification`]).
//!
//! Weights are saved as safetensors under the names that a PyTorch module with the same fields would give them.

mod architecture;
mod baseline;
mod cnn;
mod convolutional;
mod look_back;
mod model;
mod multilayer;
pub mod paper;
mod recurrent;
mod specification;

pub use architecture::{Architecture, Kind, Layer, Shape};
pub use baseline::Baseline;
pub use cnn::Cnn;
pub use convolutional::Convolutional;
pub use look_back::{HalfLife, LookBack};
pub use model::Model;
pub use multilayer::Multilayer;
pub use recurrent::Recurrent;
pub use specification::{LARGEST_KERNEL, LONGEST_SLICE, MOST_INPUTS, MOST_UNITS, NetworkTask, Specification};

use dfdx::prelude::*;
use ndarray::Array2;

use crate::error::{Error, Fault, Place, Result};
use crate::nn::{
    Conv1dKernel, Dropout, DropoutKernel, LstmKernel, PoolKernel, ReluKernel, ResidualBlockKernel, Rows,
};
use crate::preparation::{Example, Framing, Signal};

/// One row for each example of a run's batch, one column for each class, in label order: `[runs, batch, G]`. Their softmax
/// is the network's belief.
pub type Logits<G, D, T = NoneTape> = Rows<G, f32, D, T>;

/// A device that has every layer of the three networks.
pub trait NetworkDevice:
    LstmKernel<f32>
    + DropoutKernel<f32>
    + ReluKernel<f32>
    + Conv1dKernel<f32>
    + ResidualBlockKernel<f32>
    + PoolKernel<f32>
{
}

impl<D> NetworkDevice for D where
    D: LstmKernel<f32>
        + DropoutKernel<f32>
        + ReluKernel<f32>
        + Conv1dKernel<f32>
        + ResidualBlockKernel<f32>
        + PoolKernel<f32>
{
}

/// A stack of networks of one kind as training and testing see it.
pub trait Network<D: Device<f32>>: TensorCollection<f32, D, To<f32, D> = Self> + Clone {
    /// What it reads.
    type Example: Example + Send + Sync;
    /// The dimension of its outputs.
    type Classes: ConstDim;

    /// How many runs it holds.
    fn runs(&self) -> usize;

    /// Cuts signals into what a network reads, one signal after the other.
    ///
    /// # Errors
    /// [`Fault::SHORTER_THAN_SLICE`] for each signal that is too short; [`Fault::BAD_SETTING`] for a framing that it cannot have.
    fn examples(framing: Framing, signals: &[Signal]) -> Result<Vec<Self::Example>>;

    /// Logits of every run for the same examples, in evaluation mode: no dropout, running statistics.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] if the batch is empty or an example has not the shape that the network reads;
    /// [`Fault::DEVICE_FAILED`].
    fn logits(&self, device: &D, batch: &[&Self::Example]) -> Result<Logits<Self::Classes, D>>;

    /// Logits of every run for a batch and with a dropout of its own, in training mode, with a tape that gathers into
    /// `gradients`. All batches are of one size.
    ///
    /// # Errors
    /// As [`Self::logits`].
    fn training_logits(
        &mut self,
        device: &D,
        batches: &[&[&Self::Example]],
        gradients: Gradients<f32, D>,
        dropouts: &[Dropout],
    ) -> Result<Logits<Self::Classes, D, OwnedTape<f32, D>>>;

    /// How far back each run looks in recordings, without dropout.
    ///
    /// # Errors
    /// As [`Self::logits`].
    fn look_back(&self, device: &D, examples: &[&Self::Example]) -> Result<Vec<LookBack>>;
}

/// Refuses examples whose frames have not `frame` values, all channels of each sample.
fn check_frames<X: Example>(batch: &[&X], frame: usize) -> Result<()> {
    Error::gather(batch.iter().map(|example| {
        let found = example.values().ncols();
        if found == frame {
            return Ok(());
        }
        let place = Place::field(format!("recording {}", example.recording()));
        let expected = format!("frames of {frame} values, which this network reads");
        Err(Error::new(Fault::BAD_SETTING, place, expected, format!("frames of {found}")))
    }))
    .map(drop)
}

/// What a device says when it fails, as an [`Error`].
pub(crate) fn device_failed(error: impl std::fmt::Display) -> Error {
    Error::new(Fault::DEVICE_FAILED, Place::field("device"), "room for a batch", error.to_string())
}

/// The values of an example, frame after frame.
fn contiguous(values: &Array2<f32>) -> &[f32] {
    values.as_slice().expect("examples are made in standard layout")
}

#[cfg(test)]
mod tests;
