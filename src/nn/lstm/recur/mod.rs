//! The part of an LSTM layer that goes through time step by step.

mod composed;
#[cfg(feature = "cuda")]
mod cuda;

use dfdx::prelude::*;

use super::Gates;
use crate::nn::{Packings, Rows, Size};

/// A device that goes through the steps of an LSTM layer.
///
/// ```text
/// z_t = x_t + W_hh h_{t-1}        x_t = W_ih (frame t) + b_ih + b_hh, for all steps at once
/// ```
pub trait RecurKernel<E: Dtype>: Device<E> {
    /// h_t for every row: x, `[runs, rows, 4H]`, and W_hh, `[runs, 4H, H]`, to `[runs, rows, H]`.
    /// What comes for rows behind the frames of a run is not specified.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    fn recur<H: Dim, T: Tape<E, Self>>(
        x: Tensor<(Size, usize, Gates<H>), E, Self, T>,
        weight_hh: &Tensor<(Size, Gates<H>, H), E, Self>,
        packings: &Packings,
    ) -> Result<Rows<H, E, Self, T>, Self::Err>;
}

macro_rules! composed {
    ($($D:ty, $E:ty);*) => {$(
        impl RecurKernel<$E> for $D {
            fn recur<H: Dim, T: Tape<$E, Self>>(
                x: Tensor<(Size, usize, Gates<H>), $E, Self, T>,
                weight_hh: &Tensor<(Size, Gates<H>, H), $E, Self>,
                packings: &Packings,
            ) -> Result<Rows<H, $E, Self, T>, Self::Err> {
                composed::recur(x, weight_hh, packings)
            }
        }
    )*};
}
composed!(Cpu, f32; Cpu, f64);
#[cfg(feature = "cuda")]
composed!(Cuda, f64);

#[cfg(feature = "cuda")]
impl RecurKernel<f32> for Cuda {
    fn recur<H: Dim, T: Tape<f32, Self>>(
        x: Tensor<(Size, usize, Gates<H>), f32, Self, T>,
        weight_hh: &Tensor<(Size, Gates<H>, H), f32, Self>,
        packings: &Packings,
    ) -> Result<Rows<H, f32, Self, T>, Self::Err> {
        cuda::recur(x, weight_hh, packings)
    }
}

#[cfg(test)]
mod tests;
