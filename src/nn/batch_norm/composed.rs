//! Batch normalisation in dfdx's primitives. Runs on any device.

use dfdx::prelude::*;

use super::{BatchNorm1d, EPSILON, MOMENTUM, Signals, values_per_channel};

pub(in crate::nn) fn inference<const C: usize, E: Dtype, D: Device<E>>(
    input: Signals<C, E, D>,
    layer: &BatchNorm1d<C, E, D>,
) -> Result<Signals<C, E, D>, D::Err> {
    let shape = *input.shape();
    let deviation = layer.running_var.clone().try_add(epsilon::<E>())?.try_sqrt()?;
    let scale = layer.weight.clone().try_div(deviation)?.try_broadcast_like(&shape)?;
    let centred = input.try_sub(layer.running_mean.clone().try_broadcast_like(&shape)?)?;
    centred.try_mul(scale)?.try_add(layer.bias.clone().try_broadcast_like(&shape)?)
}

pub(in crate::nn) fn training<const C: usize, E: Dtype, D: Device<E>>(
    input: Signals<C, E, D, OwnedTape<E, D>>,
    layer: &mut BatchNorm1d<C, E, D>,
) -> Result<Signals<C, E, D, OwnedTape<E, D>>, D::Err> {
    let shape = *input.shape();
    let values = values_per_channel(shape.0, shape.1) as f64;
    // μ = Σ x / n
    let mean = input.with_empty_tape().try_mean::<Rank1<C>, _>()?;
    layer.running_mean.try_axpy(1.0 - MOMENTUM, &mean, MOMENTUM)?;
    let centred = input.try_sub(mean.try_broadcast_like(&shape)?)?;
    // σ² = Σ (x - μ)² / n
    let variance = centred.with_empty_tape().try_square()?.try_mean::<Rank1<C>, _>()?;
    layer.running_var.try_axpy(1.0 - MOMENTUM, &variance, MOMENTUM * values / (values - 1.0))?;
    // y = w (x - μ) / √(σ² + ε) + b
    let deviation = variance.try_add(epsilon::<E>())?.try_sqrt()?;
    let scale = layer.weight.retaped::<OwnedTape<E, D>>().try_div(deviation)?.try_broadcast_like(&shape)?;
    let bias = layer.bias.retaped::<OwnedTape<E, D>>().try_broadcast_like(&shape)?;
    centred.try_mul(scale)?.try_add(bias)
}

fn epsilon<E: Dtype>() -> E {
    E::from_f64(EPSILON).expect("a floating-point type holds every number")
}
