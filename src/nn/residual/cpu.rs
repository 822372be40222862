//! The residual block as one node of the tape.
//!
//! The bias of a convolution in front of a batch normalisation moves the mean that is then taken away: in training it
//! changes nothing but the running mean. Its gradient is exactly zero, and zero is what it gets here. Summed up, it
//! would be the rounding errors of a sum that cancels, and Adam, which divides a gradient by its own size, would make
//! full steps of them.

use dfdx::prelude::*;

use super::inference::{Folded, Inference};
use super::training::{Backward, Forward, Layer};
use super::{ResidualBlock, Signals};
use crate::nn::batch_norm::cpu::update_running_statistics;
use crate::nn::batch_norm::{BatchNorm1d, EPSILON, values_per_channel};
use crate::nn::conv1d::Conv1d;
use crate::nn::conv1d::products::{Kernels, add_rows};
use crate::nn::kernels::{Buffer, Element, Level, padded};
use crate::nn::storage::{contents, with_gradient, with_gradients};

/// Sizes of a batch whose rows are padded to whole registers.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) batch: usize,
    /// L
    pub(super) length: usize,
    /// C
    pub(super) channels: usize,
    /// W: C, padded
    pub(super) width: usize,
    /// P
    pub(super) padding: usize,
    pub(super) kernels: Kernels,
}

impl Sizes {
    fn of<const C: usize, const K: usize, const P: usize, E: Dtype>(signals: &Signals<C, E, Cpu>) -> Self {
        let (batch, length, _) = *signals.shape();
        let width = padded(C);
        let kernels = Kernels { inputs: C, outputs: C, width: K, row: width };
        Self { batch, length, channels: C, width, padding: P, kernels }
    }

    /// Zeros for a signal: `[L, W]`
    pub(super) fn signal<E: Element>(self) -> Buffer<E> {
        Buffer::zeros(self.length * self.width)
    }

    /// Zeros for a signal and its margins: `[P + L + P, W]`
    pub(super) fn with_margins<E: Element>(self) -> Buffer<E> {
        Buffer::zeros((self.length + 2 * self.padding) * self.width)
    }

    /// The signal between its margins: `[L, W]`
    #[inline(always)]
    pub(super) fn within<E>(self, signal: &mut [E]) -> &mut [E] {
        &mut signal[self.padding * self.width..][..self.length * self.width]
    }
}

pub(super) fn inference<const C: usize, const K: usize, const P: usize, E: Dtype + Element>(
    level: Level,
    input: &Signals<C, E, Cpu>,
    block: &ResidualBlock<C, K, P, E, Cpu>,
) -> Result<Signals<C, E, Cpu>, CpuError>
where
    Cpu: Device<E>,
{
    let sizes = Sizes::of::<C, K, P, E>(input);
    let signals = contents(input)?;
    let first = folded(sizes, &block.conv1, &block.norm1)?;
    let second = folded(sizes, &block.conv2, &block.norm2)?;
    let values = level.run(Inference { sizes, signals: &signals, first, second });
    input.device().try_tensor_from_vec(values, *input.shape())
}

fn folded<const C: usize, const K: usize, const P: usize, E: Dtype + Element>(
    sizes: Sizes,
    conv: &Conv1d<C, C, K, P, E, Cpu>,
    norm: &BatchNorm1d<C, E, Cpu>,
) -> Result<Folded<E>, CpuError>
where
    Cpu: Device<E>,
{
    let (mut weight, conv_bias) = (contents(&conv.weight)?, contents(&conv.bias)?);
    let (scale, shift) = (contents(&norm.weight)?, contents(&norm.bias)?);
    let (mean, variance) = (contents(&norm.running_mean)?, contents(&norm.running_var)?);
    let mut bias = Buffer::zeros(sizes.width);
    for (o, weight) in weight.chunks_exact_mut(C * K).enumerate() {
        let scale: f64 = scale[o].into() / (variance[o].into() + EPSILON).sqrt();
        for weight in weight {
            *weight = Element::from_f64(scale * (*weight).into());
        }
        bias[o] = Element::from_f64(scale * (conv_bias[o].into() - mean[o].into()) + shift[o].into());
    }
    Ok(Folded { matrix: sizes.kernels.matrix(&weight), bias })
}

pub(super) fn training<const C: usize, const K: usize, const P: usize, E: Dtype + Element>(
    level: Level,
    input: Signals<C, E, Cpu, OwnedTape<E, Cpu>>,
    block: &mut ResidualBlock<C, K, P, E, Cpu>,
) -> Result<Signals<C, E, Cpu, OwnedTape<E, Cpu>>, CpuError>
where
    Cpu: Device<E>,
{
    let (input, mut tape) = input.try_contiguous()?.split_tape();
    let sizes = Sizes::of::<C, K, P, E>(&input);
    let values = values_per_channel(sizes.batch, sizes.length);
    let signals = contents(&input)?;
    let layers = [layer(&block.conv1, &block.norm1)?, layer(&block.conv2, &block.norm2)?];
    let (outputs, pass) = level.run(Forward { sizes, signals: &signals, layers: &layers });
    for (conv, norm, statistics) in [
        (&block.conv1, &mut block.norm1, &pass.statistics[0]),
        (&block.conv2, &mut block.norm2, &pass.statistics[1]),
    ] {
        let bias = contents(&conv.bias)?;
        update_running_statistics(norm, statistics, |channel| bias[channel].into())?;
    }
    let output = input.device().try_tensor_from_vec(outputs, *input.shape())?;

    let (out, block) = (output.clone(), block.clone());
    tape.add_backward_op(move |gradients| {
        let found = with_gradients(gradients, &out, &input, |above, input| {
            level.run(Backward { sizes, values, signals: &signals, layers: &layers, pass, above, input })
        })?;
        for (conv, norm, found) in
            [(&block.conv1, &block.norm1, &found[0]), (&block.conv2, &block.norm2, &found[1])]
        {
            with_gradient(gradients, &conv.weight, |gradient| {
                sizes.kernels.add_gradient(gradient, &found.conv_weight);
            })?;
            // Zeros if there was none.
            with_gradient(gradients, &conv.bias, |_| ())?;
            with_gradient(gradients, &norm.weight, |gradient| {
                add_rows(&found.norm_weight, sizes.width, gradient, C);
            })?;
            with_gradient(gradients, &norm.bias, |gradient| {
                add_rows(&found.norm_bias, sizes.width, gradient, C);
            })?;
        }
        Ok(())
    });
    Ok(output.put_tape(tape))
}

fn layer<const C: usize, const K: usize, const P: usize, E: Dtype + Element>(
    conv: &Conv1d<C, C, K, P, E, Cpu>,
    norm: &BatchNorm1d<C, E, Cpu>,
) -> Result<Layer<E>, CpuError>
where
    Cpu: Device<E>,
{
    Ok(Layer {
        conv_weight: contents(&conv.weight)?,
        norm_weight: contents(&norm.weight)?,
        norm_bias: contents(&norm.bias)?,
    })
}
