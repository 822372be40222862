//! The LSTM layers in dfdx's primitives: about twenty nodes of the tape for every step. Runs on any device.

use std::sync::Arc;

use dfdx::prelude::*;

use super::{Gates, LstmLayer};
use crate::nn::{Dropout, DropoutKernel, Packed, Rows};

/// A stack of layers, dropout between them.
pub(super) fn stack<const I: usize, const H: usize, E: Dtype, D: DropoutKernel<E>, T: Tape<E, D>>(
    input: Packed<I, E, D, T>,
    first: &LstmLayer<I, H, E, D>,
    rest: &[LstmLayer<H, H, E, D>],
    dropout: Option<Dropout>,
) -> Result<Packed<H, E, D, T>, D::Err> {
    let mut output = layer(input, first)?;
    for (boundary, weights) in rest.iter().enumerate() {
        let (mut frames, packing) = output.into_parts();
        if let Some(dropout) = dropout {
            frames = dropout.try_apply(boundary as u64, frames)?;
        }
        output = layer(Packed::from_parts(frames, packing), weights)?;
    }
    Ok(output)
}

/// The equations of [`super`], one after the other.
fn layer<const I: usize, const H: usize, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    input: Packed<I, E, D, T>,
    weights: &LstmLayer<I, H, E, D>,
) -> Result<Packed<H, E, D, T>, D::Err> {
    let (frames, packing) = input.into_parts();
    let device = frames.device().clone();
    let rows = |range: std::ops::Range<usize>| {
        let (len, indices) = (range.len(), range.collect());
        device.try_tensor_from_vec::<(usize,)>(indices, (len,))
    };
    if packing.frames() == 0 {
        let (_, tape) = frames.split_tape();
        let nothing: Rows<H, E, D> = device.try_zeros_like(&(0, Const))?;
        return Ok(Packed::from_parts(nothing.put_tape(tape), packing));
    }

    // x W_ihᵀ + b_ih + b_hh, for all steps at once: [frames, 4H]
    let projected =
        frames.try_matmul(weights.weight_ih.retaped::<T>().try_permute::<(Const<I>, Gates<H>), _>()?)?;
    let bias = weights.bias_ih.retaped::<T>().try_add(weights.bias_hh.clone())?;
    let shape = *projected.shape();
    let (projected, mut tape) = projected.try_add(bias.try_broadcast_like(&shape)?)?.split_tape();
    let (weight_hh, weight_tape) =
        weights.weight_hh.retaped::<T>().try_permute::<(Const<H>, Gates<H>), _>()?.split_tape();
    tape = tape.merge(weight_tape);

    let mut state: Option<[Rows<H, E, D>; 2]> = None;
    let mut outputs = Vec::with_capacity(packing.steps());
    for step in 0..packing.steps() {
        let batch = packing.rows(step).len();
        // Rows are gathered and not sliced: the gradient of dfdx's slice on a CPU overwrites instead of adding.
        let z: Tensor<(usize, Gates<H>), E, D, T> =
            projected.clone().put_tape(tape).try_gather(rows(packing.rows(step))?)?;
        // Sequences that have ended were the last ones of the step before.
        let previous = match state {
            None => None,
            Some([hidden, cell]) => {
                let hidden: Rows<H, E, D, T> = hidden.retaped::<T>().try_gather(rows(0..batch)?)?;
                let cell: Rows<H, E, D, T> = cell.retaped::<T>().try_gather(rows(0..batch)?)?;
                Some((hidden, cell))
            }
        };
        // z = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh
        let (z, cell) = match previous {
            None => (z, None),
            Some((hidden, cell)) => (z.try_add(hidden.try_matmul(weight_hh.clone())?)?, Some(cell)),
        };
        let (z, z_tape) = z.try_reshape_like(&(batch, Const::<4>, Const::<H>))?.split_tape();
        let gate = |index: usize| -> Result<Rows<H, E, D, T>, D::Err> {
            z.retaped::<T>().try_select(device.try_tensor_from_vec(vec![index; batch], (batch,))?)
        };
        // i, f, o = σ(z_i, z_f, z_o)    g = tanh(z_g)
        let (i, f) = (gate(0)?.try_sigmoid()?, gate(1)?.try_sigmoid()?);
        let (g, o) = (gate(2)?.try_tanh()?, gate(3)?.try_sigmoid()?);
        // c_t = f ⊙ c_{t-1} + i ⊙ g
        let mut c = i.try_mul(g)?;
        if let Some(cell) = cell {
            c = c.try_add(f.try_mul(cell)?)?;
        }
        let (c, c_tape) = c.split_tape();
        // h_t = o ⊙ tanh(c_t)
        let h = o.try_mul(c.retaped::<T>().try_tanh()?)?;
        let (h, h_tape) = h.split_tape();
        tape = z_tape.merge(c_tape).merge(h_tape);
        outputs.push(h.clone());
        state = Some([h, c]);
    }

    // Pairs of pairs, so that each row is copied as often as the number of steps has binary digits.
    while outputs.len() > 1 {
        let mut pairs = Vec::with_capacity(outputs.len().div_ceil(2));
        let mut singles = outputs.into_iter();
        while let Some(first) = singles.next() {
            let Some(second) = singles.next() else {
                pairs.push(first);
                break;
            };
            let (joined, joined_tape) =
                (first.put_tape(tape), second).try_concat_along(Axis::<0>)?.split_tape();
            tape = joined_tape;
            pairs.push(joined);
        }
        outputs = pairs;
    }
    let output = outputs.swap_remove(0);
    Ok(Packed::from_parts(output.put_tape(tape), Arc::clone(&packing)))
}
