//! What lies under each kernel, in dfdx's primitives: gathered by indices. Runs on any device.

use dfdx::prelude::*;

use super::Windows;
use crate::nn::Rows;
use crate::nn::conv1d::{Signals, output_length};

pub(super) fn windows<
    const I: usize,
    const K: usize,
    const P: usize,
    E: Dtype,
    D: Device<E>,
    T: Tape<E, D>,
>(
    input: Signals<I, E, D, T>,
) -> Result<Windows<E, D, T>, D::Err> {
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
    windows.try_reshape_like(&(batch * outputs, K * I))
}
