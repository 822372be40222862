//! The rectifier in dfdx's primitives: a choice between x and 0. Runs on any device.

use dfdx::prelude::*;

/// y = 0 where x ≤ 0, else x. NaN is not at most 0.
pub(in crate::nn) fn relu<S: Shape, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    input: Tensor<S, E, D, T>,
) -> Result<Tensor<S, E, D, T>, D::Err> {
    let (input, tape) = input.split_tape();
    let closed = input.try_le(E::default())?;
    let zeros = input.device().try_zeros_like(input.shape())?;
    closed.try_choose(zeros.put_tape(tape), input.put_tape(T::default()))
}
