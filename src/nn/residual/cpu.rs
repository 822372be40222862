//! The residual block as one node of the tape.
//!
//! The bias of a convolution in front of a batch normalisation moves the mean that is then taken away: in training it
//! changes nothing but the running mean. Its gradient is exactly zero, and zero is what it gets here. Summed up, it
//! would be the rounding errors of a sum that cancels, and Adam, which divides a gradient by its own size, would make
//! full steps of them.

use dfdx::prelude::*;

use super::inference::{Folded, Inference};
use super::training::{Backward, Forward, Layer, Pass};
use super::{ResidualBlock, Signals};
use crate::nn::Size;
use crate::nn::batch_norm::cpu::update_running_statistics;
use crate::nn::batch_norm::{BatchNorm1d, EPSILON, values_per_channel};
use crate::nn::conv1d::Conv1d;
use crate::nn::conv1d::products::Kernels;
use crate::nn::kernels::{Buffer, Element, Level, add_rows, padded};
use crate::nn::storage::{contents, of_run, of_run_mut, with_gradient, with_gradients};

/// Sizes of a batch whose rows are padded to whole registers.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    /// Signals of a run.
    pub(super) batch: usize,
    /// L
    pub(super) length: usize,
    /// C
    pub(super) channels: usize,
    /// W: C, padded
    pub(super) width: usize,
    /// P = (K - 1) / 2
    pub(super) padding: usize,
    pub(super) kernels: Kernels,
}

impl Sizes {
    fn of<C: Dim, K: Dim, E: Dtype>(
        signals: &Signals<C, E, Cpu>,
        block: &ResidualBlock<C, K, E, Cpu>,
    ) -> Self {
        let (_, batch, length, channels) = *signals.shape();
        let (_, _, _, kernel) = *block.conv1.weight.shape();
        let (channels, kernel) = (channels.size(), kernel.size());
        let width = padded(channels);
        let kernels = Kernels { inputs: channels, outputs: channels, width: kernel, row: width };
        Self { batch, length, channels, width, padding: kernel / 2, kernels }
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

pub(super) fn inference<C: Dim, K: Dim, E: Dtype + Element>(
    level: Level,
    input: &Signals<C, E, Cpu>,
    block: &ResidualBlock<C, K, E, Cpu>,
) -> Result<Signals<C, E, Cpu>, CpuError>
where
    Cpu: Device<E>,
{
    let sizes = Sizes::of(input, block);
    let signals = contents(input)?;
    let first = folded(sizes, &block.conv1, &block.norm1)?;
    let second = folded(sizes, &block.conv2, &block.norm2)?;
    let runs = first.len();
    let mut values = Vec::with_capacity(signals.len());
    for (run, (first, second)) in first.into_iter().zip(second).enumerate() {
        let signals = of_run(&signals, run, runs);
        level.run(Inference { sizes, signals, first, second, values: &mut values });
    }
    input.device().try_tensor_from_vec(values, *input.shape())
}

/// A convolution with its normalisation, of each run.
fn folded<C: Dim, K: Dim, E: Dtype + Element>(
    sizes: Sizes,
    conv: &Conv1d<C, C, K, E, Cpu>,
    norm: &BatchNorm1d<C, E, Cpu>,
) -> Result<Vec<Folded<E>>, CpuError>
where
    Cpu: Device<E>,
{
    let (Size(runs), _) = *norm.weight.shape();
    let (mut weight, conv_bias) = (contents(&conv.weight)?, contents(&conv.bias)?);
    let (scale, shift) = (contents(&norm.weight)?, contents(&norm.bias)?);
    let (mean, variance) = (contents(&norm.running_mean)?, contents(&norm.running_var)?);
    let of_run = |run: usize| {
        let [conv_bias, scale, shift, mean, variance] =
            [&conv_bias, &scale, &shift, &mean, &variance].map(|all| of_run(all, run, runs));
        let weight = of_run_mut(&mut weight, run, runs);
        let mut bias = Buffer::zeros(sizes.width);
        for (o, weight) in weight.chunks_exact_mut(sizes.channels * sizes.kernels.width).enumerate() {
            let scale: f64 = scale[o].into() / (variance[o].into() + EPSILON).sqrt();
            for weight in weight {
                *weight = Element::from_f64(scale * (*weight).into());
            }
            bias[o] = Element::from_f64(scale * (conv_bias[o].into() - mean[o].into()) + shift[o].into());
        }
        Folded { matrix: sizes.kernels.matrix(weight), bias }
    };
    Ok((0..runs).map(of_run).collect())
}

pub(super) fn training<C: Dim, K: Dim, E: Dtype + Element>(
    level: Level,
    input: Signals<C, E, Cpu, OwnedTape<E, Cpu>>,
    block: &mut ResidualBlock<C, K, E, Cpu>,
) -> Result<Signals<C, E, Cpu, OwnedTape<E, Cpu>>, CpuError>
where
    Cpu: Device<E>,
{
    let (input, mut tape) = input.try_contiguous()?.split_tape();
    let (Size(runs), batch, length, _) = *input.shape();
    let sizes = Sizes::of(&input, block);
    let values = values_per_channel(batch, length);
    let signals = contents(&input)?;
    let layers = [Layers::of(&block.conv1, &block.norm1)?, Layers::of(&block.conv2, &block.norm2)?];
    let mut outputs = Vec::with_capacity(signals.len());
    let passes: Vec<Pass<E>> = (0..runs)
        .map(|run| {
            let signals = of_run(&signals, run, runs);
            let layers = layers.each_ref().map(|layers| layers.of_run(run, runs));
            level.run(Forward { sizes, signals, layers, values: &mut outputs })
        })
        .collect();
    for (index, (conv, norm)) in
        [(&block.conv1, &mut block.norm1), (&block.conv2, &mut block.norm2)].into_iter().enumerate()
    {
        let bias = contents(&conv.bias)?;
        let offset = |run: usize, channel: usize| of_run(&bias, run, runs)[channel].into();
        update_running_statistics(norm, passes.iter().map(|pass| &pass.statistics[index]), offset)?;
    }
    let output = input.device().try_tensor_from_vec(outputs, *input.shape())?;

    let (out, block) = (output.clone(), block.clone());
    tape.add_backward_op(move |gradients| {
        let found = with_gradients(gradients, &out, &input, |above, input| {
            let backward = |(run, pass): (usize, Pass<E>)| {
                let [signals, above] = [&signals[..], above].map(|all| of_run(all, run, runs));
                let input = of_run_mut(input, run, runs);
                let layers = layers.each_ref().map(|layers| layers.of_run(run, runs));
                level.run(Backward { sizes, values, signals, layers, pass, above, input })
            };
            passes.into_iter().enumerate().map(backward).collect::<Vec<_>>()
        })?;
        for (run, found) in found.iter().enumerate() {
            for (conv, norm, found) in
                [(&block.conv1, &block.norm1, &found[0]), (&block.conv2, &block.norm2, &found[1])]
            {
                with_gradient(gradients, &conv.weight, |gradient| {
                    sizes.kernels.add_gradient(of_run_mut(gradient, run, runs), &found.conv_weight);
                })?;
                // Zeros if there was none.
                with_gradient(gradients, &conv.bias, |_| ())?;
                for (weight, found) in [(&norm.weight, &found.norm_weight), (&norm.bias, &found.norm_bias)] {
                    with_gradient(gradients, weight, |gradient| {
                        add_rows(found, sizes.width, of_run_mut(gradient, run, runs), sizes.channels);
                    })?;
                }
            }
        }
        Ok(())
    });
    Ok(output.put_tape(tape))
}

/// A convolution and its normalisation, of all runs.
struct Layers<E: Element> {
    conv_weight: Buffer<E>,
    norm_weight: Buffer<E>,
    norm_bias: Buffer<E>,
}

impl<E: Dtype + Element> Layers<E> {
    fn of<C: Dim, K: Dim>(
        conv: &Conv1d<C, C, K, E, Cpu>,
        norm: &BatchNorm1d<C, E, Cpu>,
    ) -> Result<Self, CpuError>
    where
        Cpu: Device<E>,
    {
        Ok(Self {
            conv_weight: contents(&conv.weight)?,
            norm_weight: contents(&norm.weight)?,
            norm_bias: contents(&norm.bias)?,
        })
    }

    fn of_run(&self, run: usize, runs: usize) -> Layer<'_, E> {
        let Self { conv_weight, norm_weight, norm_bias } = self;
        let [conv_weight, norm_weight, norm_bias] =
            [conv_weight, norm_weight, norm_bias].map(|all| of_run(all, run, runs));
        Layer { conv_weight, norm_weight, norm_bias }
    }
}
