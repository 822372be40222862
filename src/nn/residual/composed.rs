//! The residual block from its composed pieces. Runs on any device.

use dfdx::prelude::*;

use super::{ResidualBlock, Signals};
use crate::nn::batch_norm::composed as batch_norm;
use crate::nn::conv1d::composed::conv1d;
use crate::nn::conv1d::windows::WindowsKernel;

pub(super) fn inference<const C: usize, const K: usize, const P: usize, E: Dtype, D: WindowsKernel<E>>(
    input: Signals<C, E, D>,
    block: &ResidualBlock<C, K, P, E, D>,
) -> Result<Signals<C, E, D>, D::Err> {
    let inner = batch_norm::inference(conv1d(input.clone(), &block.conv1)?, &block.norm1)?;
    let inner = batch_norm::inference(conv1d(relu(inner)?, &block.conv2)?, &block.norm2)?;
    relu(relu(inner)?.try_add(input)?)
}

pub(super) fn training<const C: usize, const K: usize, const P: usize, E: Dtype, D: WindowsKernel<E>>(
    input: Signals<C, E, D, OwnedTape<E, D>>,
    block: &mut ResidualBlock<C, K, P, E, D>,
) -> Result<Signals<C, E, D, OwnedTape<E, D>>, D::Err> {
    let inner = conv1d(input.with_empty_tape(), &block.conv1)?;
    let inner = relu(batch_norm::training(inner, &mut block.norm1)?)?;
    let inner = relu(batch_norm::training(conv1d(inner, &block.conv2)?, &mut block.norm2)?)?;
    relu(input.try_add(inner)?)
}

/// ReLU that keeps NaN; dfdx's own makes it 0.
fn relu<const C: usize, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    x: Signals<C, E, D, T>,
) -> Result<Signals<C, E, D, T>, D::Err> {
    let zeros: Signals<C, E, D> = x.device().try_zeros_like(x.shape())?;
    let negative = x.try_le(E::default())?;
    (!negative).try_choose(x, zeros)
}
