//! Pooling in dfdx's primitives. Runs on any device.

use dfdx::prelude::*;

use super::{Rows, Signals, windows};

pub(super) fn max_pool<const K: usize, const C: usize, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    input: Signals<C, E, D, T>,
) -> Result<Signals<C, E, D, T>, D::Err> {
    let (batch, length, _) = *input.shape();
    let outputs = windows::<K>(length);
    let device = input.device().clone();
    // [batch L, C]
    let rows = input.try_reshape_like(&(batch * length, Const::<C>))?;
    // Value k of every window: [batch T, C]
    let values = |k: usize| -> Result<Rows<C, E, D, T>, D::Err> {
        let indices: Vec<usize> =
            (0..batch * outputs).map(|row| row / outputs * length + row % outputs * K + k).collect();
        let indices = device.try_tensor_from_vec(indices, (batch * outputs,))?;
        rows.with_empty_tape().try_gather(indices)
    };
    let mut largest = values(0)?;
    for k in 1..K {
        let values = values(k)?;
        // What is only equal does not take the place; NaN, which differs from itself, does.
        let larger = values.try_gt(&largest)? | values.try_ne(&values)?;
        largest = larger.try_choose(values, largest)?;
    }
    let (largest, later) = largest.split_tape();
    let (_, tape) = rows.split_tape();
    largest.put_tape(tape.merge(later)).try_reshape_like(&(batch, outputs, Const))
}

pub(super) fn global_average_pool<const C: usize, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    input: Signals<C, E, D, T>,
) -> Result<Rows<C, E, D, T>, D::Err> {
    input.try_mean::<_, Axis<1>>()
}
