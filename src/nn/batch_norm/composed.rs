//! Batch normalisation in dfdx's primitives. Runs on any device.

use dfdx::prelude::*;

use super::{BatchNorm1d, EPSILON, MOMENTUM, Signals, values_per_channel};
use crate::nn::{Rows, Size};

pub(in crate::nn) fn inference<C: Dim, E: Dtype, D: Device<E>>(
    input: Signals<C, E, D>,
    layer: &BatchNorm1d<C, E, D>,
) -> Result<Signals<C, E, D>, D::Err> {
    let signals = *input.shape();
    let x = by_run(input)?;
    let shape = *x.shape();
    let deviation = layer.running_var.clone().try_add(epsilon::<E>())?.try_sqrt()?;
    let scale = layer.weight.clone().try_div(deviation)?.try_broadcast_like::<_, Axis<1>>(&shape)?;
    let centred = x.try_sub(layer.running_mean.clone().try_broadcast_like::<_, Axis<1>>(&shape)?)?;
    let bias = layer.bias.clone().try_broadcast_like::<_, Axis<1>>(&shape)?;
    centred.try_mul(scale)?.try_add(bias)?.try_reshape_like(&signals)
}

pub(in crate::nn) fn training<C: Dim, E: Dtype, D: Device<E>>(
    input: Signals<C, E, D, OwnedTape<E, D>>,
    layer: &mut BatchNorm1d<C, E, D>,
) -> Result<Signals<C, E, D, OwnedTape<E, D>>, D::Err> {
    let signals = *input.shape();
    let values = values_per_channel(signals.1, signals.2) as f64;
    let x = by_run(input)?;
    let shape = *x.shape();
    // μ = Σ x / n
    let mean = x.with_empty_tape().try_mean::<(Size, C), Axis<1>>()?;
    layer.running_mean.try_axpy(1.0 - MOMENTUM, &mean, MOMENTUM)?;
    let centred = x.try_sub(mean.try_broadcast_like::<_, Axis<1>>(&shape)?)?;
    // σ² = Σ (x - μ)² / n
    let variance = centred.with_empty_tape().try_square()?.try_mean::<(Size, C), Axis<1>>()?;
    layer.running_var.try_axpy(1.0 - MOMENTUM, &variance, MOMENTUM * values / (values - 1.0))?;
    // y = w (x - μ) / √(σ² + ε) + b
    let deviation = variance.try_add(epsilon::<E>())?.try_sqrt()?;
    let weight = layer.weight.retaped::<OwnedTape<E, D>>();
    let scale = weight.try_div(deviation)?.try_broadcast_like::<_, Axis<1>>(&shape)?;
    let bias = layer.bias.retaped::<OwnedTape<E, D>>().try_broadcast_like::<_, Axis<1>>(&shape)?;
    centred.try_mul(scale)?.try_add(bias)?.try_reshape_like(&signals)
}

/// All values of a run's channels one below the other: `[runs, batch L, C]`.
fn by_run<C: Dim, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    signals: Signals<C, E, D, T>,
) -> Result<Rows<C, E, D, T>, D::Err> {
    let (runs, batch, length, channels) = *signals.shape();
    signals.try_reshape_like(&(runs, batch * length, channels))
}

fn epsilon<E: Dtype>() -> E {
    E::from_f64(EPSILON).expect("a floating-point type holds every number")
}
