//! What lies under each kernel, in dfdx's primitives: gathered by indices. Runs on any device.

use dfdx::prelude::*;

use super::Windows;
use crate::nn::conv1d::Signals;

pub(super) fn windows<I: Dim, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    input: Signals<I, E, D, T>,
    width: usize,
) -> Result<Windows<E, D, T>, D::Err> {
    let (runs, batch, length, inputs) = *input.shape();
    let signals = runs.0 * batch;
    let device = input.device().clone();

    // Rows of x, [runs batch L, I], then one of zeros for what lies beyond the ends.
    let (rows, tape) = input.try_reshape_like(&(signals * length, inputs))?.split_tape();
    let zeros: Tensor<(usize, I), E, D> = device.try_zeros_like(&(1, inputs))?;
    let rows: Tensor<(usize, I), E, D, T> = (rows.put_tape(tape), zeros).try_concat_along(Axis::<0>)?;
    let mut indices = Vec::with_capacity(signals * length * width);
    for signal in 0..signals {
        for t in 0..length {
            indices.extend((t..t + width).map(|padded| match padded.checked_sub(width / 2) {
                Some(t) if t < length => signal * length + t,
                _ => signals * length,
            }));
        }
    }
    let gathered = indices.len();
    let windows: Tensor<(usize, I), E, D, T> =
        rows.try_gather(device.try_tensor_from_vec(indices, (gathered,))?)?;
    windows.try_reshape_like(&(signals * length, width * inputs.size()))
}
