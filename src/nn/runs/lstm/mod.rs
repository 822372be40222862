//! LSTM layers of several runs.

mod composed;
#[cfg(feature = "cuda")]
mod cuda;

use dfdx::prelude::*;

use super::{Batches, DropoutKernel, Packed, Packings, Runs};
use crate::nn::Dropout;
use crate::nn::lstm::Gates;
use crate::nn::lstm::tensors::{layer_tensors, lstm_tensors};

/// The weights of one layer.
#[derive(Debug, Clone)]
pub struct LstmLayer<const I: usize, const H: usize, E: Dtype, D: Storage<E>> {
    /// W_ih, `[runs, 4H, I]`.
    pub weight_ih: Tensor<(Runs, Gates<H>, Const<I>), E, D>,
    /// W_hh, `[runs, 4H, H]`.
    pub weight_hh: Tensor<(Runs, Gates<H>, Const<H>), E, D>,
    /// b_ih, `[runs, 4H]`.
    pub bias_ih: Tensor<(Runs, Gates<H>), E, D>,
    /// b_hh, `[runs, 4H]`.
    pub bias_hh: Tensor<(Runs, Gates<H>), E, D>,
}

/// The part of an LSTM layer that goes through time step by step.
///
/// ```text
/// z_t = x_t + W_hh h_{t-1}        x_t = W_ih (frame t) + b_ih + b_hh, for all steps at once
/// ```
pub trait LstmKernel<E: Dtype>: Device<E> {
    /// h_t for every row: x, `[runs, steps · batch, 4H]`, and W_hh, `[runs, 4H, H]`, to `[runs, steps · batch, H]`.
    /// What comes for rows behind the end of a sequence is not specified.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    fn recur<const H: usize, T: Tape<E, Self>>(
        x: Tensor<(Runs, usize, Gates<H>), E, Self, T>,
        weight_hh: &Tensor<(Runs, Gates<H>, Const<H>), E, Self>,
        packings: &Packings,
    ) -> Result<Batches<H, E, Self, T>, Self::Err>;
}

impl<E: Dtype> LstmKernel<E> for Cpu
where
    Self: Device<E>,
{
    fn recur<const H: usize, T: Tape<E, Self>>(
        x: Tensor<(Runs, usize, Gates<H>), E, Self, T>,
        weight_hh: &Tensor<(Runs, Gates<H>, Const<H>), E, Self>,
        packings: &Packings,
    ) -> Result<Batches<H, E, Self, T>, Self::Err> {
        composed::recur(x, weight_hh, packings)
    }
}

#[cfg(feature = "cuda")]
impl LstmKernel<f32> for Cuda {
    fn recur<const H: usize, T: Tape<f32, Self>>(
        x: Tensor<(Runs, usize, Gates<H>), f32, Self, T>,
        weight_hh: &Tensor<(Runs, Gates<H>, Const<H>), f32, Self>,
        packings: &Packings,
    ) -> Result<Batches<H, f32, Self, T>, Self::Err> {
        cuda::recur(x, weight_hh, packings)
    }
}

/// `LAYERS` LSTM layers for each run. Names and equations are those of [`nn::lstm`](crate::nn::lstm).
#[derive(Debug, Clone)]
pub struct Lstm<const I: usize, const H: usize, const LAYERS: usize, E: Dtype, D: Storage<E>> {
    /// Layer 0.
    pub first: LstmLayer<I, H, E, D>,
    /// Layers 1 to `LAYERS - 1`.
    pub rest: Vec<LstmLayer<H, H, E, D>>,
}

lstm_tensors!(Lstm, LstmLayer);

impl<const I: usize, const H: usize, const LAYERS: usize, E: Dtype, D: LstmKernel<E> + DropoutKernel<E>>
    Lstm<I, H, LAYERS, E, D>
{
    /// The last layer's outputs at the last frames, `[runs, batch, H]`, in the order in which each run's sequences
    /// were given. Mask k of a run's dropout falls between its layers k and k + 1.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    pub fn try_ends<T: Tape<E, D>>(
        &self,
        input: Packed<I, E, D, T>,
        dropouts: Option<&[Dropout]>,
    ) -> Result<Batches<H, E, D, T>, D::Err> {
        let mut output = layer(input, &self.first)?;
        for (boundary, weights) in self.rest.iter().enumerate() {
            let (mut frames, packings) = output.into_parts();
            if let Some(dropouts) = dropouts {
                frames = super::dropout::try_apply_to_frames(dropouts, boundary as u64, frames, &packings)?;
            }
            output = layer(Packed::from_parts(frames, packings), weights)?;
        }
        output.try_ends()
    }
}

/// One layer over all frames.
fn layer<const I: usize, const H: usize, E: Dtype, D: LstmKernel<E>, T: Tape<E, D>>(
    input: Packed<I, E, D, T>,
    weights: &LstmLayer<I, H, E, D>,
) -> Result<Packed<H, E, D, T>, D::Err> {
    let (frames, packings) = input.into_parts();
    let weight_ih = weights.weight_ih.retaped::<T>();
    let weight_ih = weight_ih.try_permute::<(Runs, Const<I>, Gates<H>), Axes3<0, 2, 1>>()?;
    let x: Tensor<(Runs, usize, Gates<H>), E, D, T> = frames.try_matmul(weight_ih)?;
    let bias = weights.bias_ih.retaped::<T>().try_add(weights.bias_hh.clone())?;
    let shape = *x.shape();
    let x = x.try_add(bias.try_broadcast_like::<_, Axis<1>>(&shape)?)?;
    Ok(Packed::from_parts(D::recur(x, &weights.weight_hh, &packings)?, packings))
}

#[cfg(test)]
mod tests;
