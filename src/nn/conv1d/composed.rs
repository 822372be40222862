//! Convolution in dfdx's primitives: the values under each kernel, gathered, times the weights. Runs on any device.

use dfdx::prelude::*;

use super::{Conv1d, Signals, output_length};
use crate::nn::Rows;

pub(in crate::nn) fn conv1d<
    const I: usize,
    const O: usize,
    const K: usize,
    const P: usize,
    E: Dtype,
    D: Device<E>,
    T: Tape<E, D>,
>(
    input: Signals<I, E, D, T>,
    layer: &Conv1d<I, O, K, P, E, D>,
) -> Result<Signals<O, E, D, T>, D::Err> {
    let (batch, length, _) = *input.shape();
    let outputs = output_length::<K, P>(length);
    let device = input.device().clone();

    // Rows of x, [batch L, I], then one of zeros for what lies beyond the ends.
    let (rows, tape) = input.try_reshape_like(&(batch * length, Const::<I>))?.split_tape();
    let zeros: Rows<I, E, D> = device.try_zeros_like(&(1, Const))?;
    let rows: Rows<I, E, D, T> = (rows.put_tape(tape), zeros).try_concat_along(Axis::<0>)?;
    let mut indices = Vec::with_capacity(batch * outputs * K);
    for signal in 0..batch {
        for t in 0..outputs {
            indices.extend((t..t + K).map(|padded| match padded.checked_sub(P) {
                Some(t) if t < length => signal * length + t,
                _ => batch * length,
            }));
        }
    }
    let gathered = indices.len();
    let windows: Rows<I, E, D, T> = rows.try_gather(device.try_tensor_from_vec(indices, (gathered,))?)?;
    // x[t + k - P, i] as [batch T, K I] and w as [K I, O]
    let windows = windows.try_reshape_like(&(batch * outputs, K * I))?;
    let weight = layer.weight.retaped::<T>().try_permute::<Rank3<K, I, O>, Axes3<2, 1, 0>>()?;
    let weight = weight.try_reshape_like(&(K * I, Const::<O>))?;
    let product = windows.try_matmul(weight)?;
    let shape = *product.shape();
    let output = product.try_add(layer.bias.retaped::<T>().try_broadcast_like(&shape)?)?;
    output.try_reshape_like(&(batch, outputs, Const))
}
