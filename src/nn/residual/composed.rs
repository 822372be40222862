//! The residual block from its composed pieces. Runs on any device.

use dfdx::prelude::*;

use super::{ResidualBlock, Signals};
use crate::nn::batch_norm::composed as batch_norm;
use crate::nn::conv1d::composed::conv1d;
use crate::nn::conv1d::windows::WindowsKernel;
use crate::nn::relu::composed::relu;

pub(super) fn inference<C: Dim, K: Dim, E: Dtype, D: WindowsKernel<E>>(
    input: Signals<C, E, D>,
    block: &ResidualBlock<C, K, E, D>,
) -> Result<Signals<C, E, D>, D::Err> {
    let inner = batch_norm::inference(conv1d(input.clone(), &block.conv1)?, &block.norm1)?;
    let inner = batch_norm::inference(conv1d(relu(inner)?, &block.conv2)?, &block.norm2)?;
    relu(relu(inner)?.try_add(input)?)
}

pub(super) fn training<C: Dim, K: Dim, E: Dtype, D: WindowsKernel<E>>(
    input: Signals<C, E, D, OwnedTape<E, D>>,
    block: &mut ResidualBlock<C, K, E, D>,
) -> Result<Signals<C, E, D, OwnedTape<E, D>>, D::Err> {
    let inner = conv1d(input.with_empty_tape(), &block.conv1)?;
    let inner = relu(batch_norm::training(inner, &mut block.norm1)?)?;
    let inner = relu(batch_norm::training(conv1d(inner, &block.conv2)?, &mut block.norm2)?)?;
    relu(input.try_add(inner)?)
}
