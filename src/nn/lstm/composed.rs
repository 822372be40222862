//! The LSTM layers in dfdx's primitives, but for their steps ([`recur`](super::recur)). Runs on any device.

use dfdx::prelude::*;

use super::recur::RecurKernel;
use super::{Gates, LstmLayer};
use crate::nn::{Dropout, DropoutKernel, Packed, Size};

/// A stack of layers, dropout between them.
pub(super) fn stack<I: Dim, H: Dim, E: Dtype, D, T: Tape<E, D>>(
    input: Packed<I, E, D, T>,
    first: &LstmLayer<I, H, E, D>,
    rest: &[LstmLayer<H, H, E, D>],
    dropouts: Option<&[Dropout]>,
) -> Result<Packed<H, E, D, T>, D::Err>
where
    D: DropoutKernel<E> + RecurKernel<E>,
{
    let mut output = layer(input, first)?;
    for (boundary, weights) in rest.iter().enumerate() {
        let (mut frames, packings) = output.into_parts();
        if let Some(dropouts) = dropouts {
            frames = Dropout::try_apply(dropouts, boundary as u64, frames)?;
        }
        output = layer(Packed::from_parts(frames, packings), weights)?;
    }
    Ok(output)
}

/// x W_ihᵀ + b_ih + b_hh for all steps at once, then the steps.
fn layer<I: Dim, H: Dim, E: Dtype, D: RecurKernel<E>, T: Tape<E, D>>(
    input: Packed<I, E, D, T>,
    weights: &LstmLayer<I, H, E, D>,
) -> Result<Packed<H, E, D, T>, D::Err> {
    let (frames, packings) = input.into_parts();
    let weight_ih = weights.weight_ih.retaped::<T>();
    let weight_ih = weight_ih.try_permute::<(Size, I, Gates<H>), Axes3<0, 2, 1>>()?;
    let x: Tensor<(Size, usize, Gates<H>), E, D, T> = frames.try_matmul(weight_ih)?;
    let bias = weights.bias_ih.retaped::<T>().try_add(weights.bias_hh.clone())?;
    let shape = *x.shape();
    let x = x.try_add(bias.try_broadcast_like::<_, Axis<1>>(&shape)?)?;
    Ok(Packed::from_parts(D::recur(x, &weights.weight_hh, &packings)?, packings))
}
