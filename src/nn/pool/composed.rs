//! Pooling in dfdx's primitives. Runs on any device.

use dfdx::prelude::*;

use super::{Rows, Signals, windows};

pub(super) fn max_pool<C: Dim, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    input: Signals<C, E, D, T>,
    width: usize,
) -> Result<Signals<C, E, D, T>, D::Err> {
    let (runs, batch, length, channels) = *input.shape();
    let (signals, outputs) = (runs.0 * batch, windows(length, width));
    let device = input.device().clone();
    // [runs batch L, C]
    let rows = input.try_reshape_like(&(signals * length, channels))?;
    // Value k of every window: [runs batch T, C]
    let values = |k: usize| -> Result<Tensor<(usize, C), E, D, T>, D::Err> {
        let indices: Vec<usize> =
            (0..signals * outputs).map(|row| row / outputs * length + row % outputs * width + k).collect();
        let indices = device.try_tensor_from_vec(indices, (signals * outputs,))?;
        rows.with_empty_tape().try_gather(indices)
    };
    let mut largest = values(0)?;
    for k in 1..width {
        let values = values(k)?;
        // What is only equal does not take the place; NaN, which differs from itself, does.
        let larger = values.try_gt(&largest)? | values.try_ne(&values)?;
        largest = larger.try_choose(values, largest)?;
    }
    let (largest, later) = largest.split_tape();
    let (_, tape) = rows.split_tape();
    largest.put_tape(tape.merge(later)).try_reshape_like(&(runs, batch, outputs, channels))
}

pub(super) fn global_average_pool<C: Dim, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    input: Signals<C, E, D, T>,
) -> Result<Rows<C, E, D, T>, D::Err> {
    input.try_mean::<_, Axis<2>>()
}
