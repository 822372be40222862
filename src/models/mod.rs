//! The paper's three networks (sections 2.2 to 2.4), built of dfdx's layers and of those in [`nn`].
//!
//! | network | paper | reads | trainable parameters |
//! |---|---|---|---|
//! | [`Baseline`] | 2.2, Figure 2 | whole signals as [`Frames`](crate::preparation::Frames) | 7 603 |
//! | [`Multilayer`] | 2.3, Figure 4 | whole signals as [`Frames`](crate::preparation::Frames) | 94 051 |
//! | [`Cnn`] | 2.4, Figure 6 | [`Slice`](crate::preparation::Slice)s, which vote for their signal's genre | 19 907 |
//!
//! Weights are saved as safetensors under the names that a PyTorch module with the same fields would give them.

mod architecture;
mod baseline;
mod choose;
mod cnn;
mod look_back;
mod model;
mod multilayer;
mod recurrent;
pub mod runs;

pub use architecture::{Architecture, Kind, Layer, Shape};
pub use baseline::Baseline;
pub use choose::{CNN_INPUTS, LSTM_FRAMES, NetworkTask, check_input, choose};
pub use cnn::Cnn;
pub use look_back::{HalfLife, LookBack};
pub use model::Model;
pub use multilayer::Multilayer;
pub use recurrent::Recurrent;
pub use runs::Networks;

use dfdx::prelude::*;
use ndarray::Array2;

use crate::error::{Error, Fault, Place, Result};
use crate::nn::{
    self, Conv1dKernel, Dropout, DropoutKernel, LstmKernel, PoolKernel, ReluKernel, ResidualBlockKernel, Rows,
};
use crate::preparation::{Example, Signal};
use crate::recordings::Genre;

/// What builds each network with [`DeviceBuildExt::build_module`], as in [`dfdx::nn::builders`].
pub mod builder {
    pub use super::baseline::Builder as Baseline;
    pub use super::cnn::Builder as Cnn;
    pub use super::multilayer::Builder as Multilayer;
    pub use super::recurrent::builder::Recurrent;
}

/// Outputs of a network: one for each genre.
pub const GENRES: usize = Genre::ALL.len();

/// One row for each example of a batch, one column for each genre, in label order: `[batch, 3]`. Their softmax is the
/// network's belief.
pub type Logits<D, T = NoneTape> = Rows<GENRES, f32, D, T>;

/// A device that has every layer of the three networks.
pub trait NetworkDevice:
    LstmKernel<f32>
    + DropoutKernel<f32>
    + ReluKernel<f32>
    + Conv1dKernel<f32>
    + ResidualBlockKernel<f32>
    + PoolKernel<f32>
    + nn::conv1d::windows::WindowsKernel<f32>
    + nn::runs::LstmKernel<f32>
    + nn::runs::DropoutKernel<f32>
{
}

impl<D> NetworkDevice for D where
    D: LstmKernel<f32>
        + DropoutKernel<f32>
        + ReluKernel<f32>
        + Conv1dKernel<f32>
        + ResidualBlockKernel<f32>
        + PoolKernel<f32>
        + nn::conv1d::windows::WindowsKernel<f32>
        + nn::runs::LstmKernel<f32>
        + nn::runs::DropoutKernel<f32>
{
}

/// A network as training and testing see it.
pub trait Network<D: Device<f32>>: TensorCollection<f32, D> + Clone {
    /// What it reads.
    type Example: Example + Send + Sync;
    /// The same network for several runs at once.
    type Runs: Networks<D, Example = Self::Example>;

    /// Cuts signals into what it reads, one signal after the other.
    ///
    /// # Errors
    /// [`Fault::ShorterThanSlice`] for each signal that is too short.
    fn examples(signals: &[Signal]) -> Result<Vec<Self::Example>>;

    /// Logits in evaluation mode: no dropout, running statistics.
    ///
    /// # Errors
    /// [`Fault::BadSetting`] if the batch is empty or an example has not the shape that the network reads;
    /// [`Fault::DeviceFailed`].
    fn logits(&self, device: &D, batch: &[&Self::Example]) -> Result<Logits<D>>;

    /// Logits in training mode, with a tape that gathers into `gradients`.
    ///
    /// # Errors
    /// As [`Self::logits`].
    fn training_logits(
        &mut self,
        device: &D,
        batch: &[&Self::Example],
        gradients: Gradients<f32, D>,
        dropout: Dropout,
    ) -> Result<Logits<D, OwnedTape<f32, D>>>;

    /// How far back it looks in recordings, without dropout.
    ///
    /// # Errors
    /// As [`Self::logits`].
    fn look_back(&self, device: &D, examples: &[&Self::Example]) -> Result<LookBack>;
}

/// Refuses examples whose frames have not `frame` values.
fn check_frames<X: Example>(batch: &[&X], frame: usize) -> Result<()> {
    Error::gather(batch.iter().map(|example| {
        let found = example.values().ncols();
        if found == frame {
            return Ok(());
        }
        let place = Place::field(format!("recording {}", example.recording()));
        let expected = format!("frames of {frame} values, which this network reads");
        Err(Error::new(Fault::BadSetting, place, expected, format!("frames of {found}")))
    }))
    .map(drop)
}

/// What a device says when it fails, as an [`Error`].
pub(crate) fn device_failed(error: impl std::fmt::Display) -> Error {
    Error::new(Fault::DeviceFailed, Place::field("device"), "room for a batch", error.to_string())
}

/// The values of an example, frame after frame.
fn contiguous(values: &Array2<f32>) -> &[f32] {
    values.as_slice().expect("examples are made in standard layout")
}
