//! Batch normalisation as one node of the tape. Rows are padded to whole registers, one signal at a time.

use dfdx::prelude::*;

use super::normalisation::{GradientSums, Normalisation};
use super::statistics::Statistics;
use super::{BatchNorm1d, MOMENTUM, Signals, values_per_channel};
use crate::nn::conv1d::products::{add_rows, append_rows, copy_rows};
use crate::nn::kernels::{Buffer, Element, Kernel, Level, Simd, padded};
use crate::nn::storage::{contents, with_gradient, with_gradients};

/// The normalisation by a layer's running statistics.
pub(in crate::nn) fn by_running_statistics<const C: usize, E: Dtype + Element>(
    layer: &BatchNorm1d<C, E, Cpu>,
) -> Result<Normalisation<E>, CpuError>
where
    Cpu: Device<E>,
{
    let (mean, variance) = (contents(&layer.running_mean)?, contents(&layer.running_var)?);
    Ok(Normalisation::new(&contents(&layer.weight)?, &contents(&layer.bias)?, padded(C), |channel| {
        (mean[channel].into(), variance[channel].into())
    }))
}

/// Takes a share of the statistics of a batch into a layer's running ones. The mean of the batch may lack an `offset`.
pub(in crate::nn) fn update_running_statistics<const C: usize, E: Dtype + Element>(
    layer: &mut BatchNorm1d<C, E, Cpu>,
    statistics: &Statistics<E>,
    offset: impl Fn(usize) -> f64,
) -> Result<(), CpuError>
where
    Cpu: Device<E>,
{
    let update = |running: &mut Tensor<Rank1<C>, E, Cpu>, of_batch: &dyn Fn(usize) -> f64| {
        let mut values = contents(running)?;
        for (channel, value) in values.iter_mut().enumerate() {
            *value = Element::from_f64((1.0 - MOMENTUM) * (*value).into() + MOMENTUM * of_batch(channel));
        }
        running.copy_from(&values);
        Ok(())
    };
    update(&mut layer.running_mean, &|channel| statistics.mean(channel) + offset(channel))?;
    update(&mut layer.running_var, &|channel| statistics.unbiased_variance(channel))
}

pub(super) fn inference<const C: usize, E: Dtype + Element>(
    level: Level,
    input: &Signals<C, E, Cpu>,
    layer: &BatchNorm1d<C, E, Cpu>,
) -> Result<Signals<C, E, Cpu>, CpuError>
where
    Cpu: Device<E>,
{
    let (sizes, signals) = (Sizes::of(input), contents(input)?);
    let normalisation = by_running_statistics(layer)?;
    let values = level.run(Apply { sizes, signals: &signals, normalisation: &normalisation });
    input.device().try_tensor_from_vec(values, *input.shape())
}

pub(super) fn training<const C: usize, E: Dtype + Element>(
    level: Level,
    input: Signals<C, E, Cpu, OwnedTape<E, Cpu>>,
    layer: &mut BatchNorm1d<C, E, Cpu>,
) -> Result<Signals<C, E, Cpu, OwnedTape<E, Cpu>>, CpuError>
where
    Cpu: Device<E>,
{
    let (input, mut tape) = input.try_contiguous()?.split_tape();
    let sizes = Sizes::of(&input);
    let values = values_per_channel(sizes.batch, sizes.length);
    let signals = contents(&input)?;
    let statistics = level.run(Measure { sizes, signals: &signals });
    update_running_statistics(layer, &statistics, |_| 0.0)?;
    let (weight, bias) = (contents(&layer.weight)?, contents(&layer.bias)?);
    let normalisation = Normalisation::of_batch(&weight, &bias, &statistics, padded(C));
    let outputs = level.run(Apply { sizes, signals: &signals, normalisation: &normalisation });
    let output = input.device().try_tensor_from_vec(outputs, *input.shape())?;

    let (out, weight, bias) = (output.clone(), layer.weight.clone(), layer.bias.clone());
    tape.add_backward_op(move |gradients| {
        let (of_weight, of_bias) = with_gradients(gradients, &out, &input, |above, input| {
            let pass =
                Backward { sizes, values, signals: &signals, normalisation: &normalisation, above, input };
            level.run(pass)
        })?;
        with_gradient(gradients, &weight, |gradient| add_rows(&of_weight, padded(C), gradient, C))?;
        with_gradient(gradients, &bias, |gradient| add_rows(&of_bias, padded(C), gradient, C))
    });
    Ok(output.put_tape(tape))
}

#[derive(Clone, Copy)]
struct Sizes {
    batch: usize,
    /// L
    length: usize,
    /// C
    channels: usize,
}

impl Sizes {
    fn of<const C: usize, E: Dtype>(signals: &Signals<C, E, Cpu>) -> Self {
        let (batch, length, _) = *signals.shape();
        Self { batch, length, channels: C }
    }

    /// A padded signal: `[L, padded(C)]`
    fn signal<E: Element>(self) -> Buffer<E> {
        Buffer::zeros(self.length * padded(self.channels))
    }
}

struct Measure<'a, E> {
    sizes: Sizes,
    /// x: `[batch, L, C]`
    signals: &'a [E],
}

impl<E: Element> Kernel<E> for Measure<'_, E> {
    type Output = Statistics<E>;

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, simd: S) -> Statistics<E> {
        let Self { sizes, signals } = self;
        let (channels, width) = (sizes.channels, padded(sizes.channels));
        let mut statistics = Statistics::new(width);
        let mut x = sizes.signal();
        for signal in signals.chunks_exact(sizes.length * channels) {
            copy_rows(signal, channels, &mut x, width);
            statistics.add(simd, &x);
        }
        statistics
    }
}

struct Apply<'a, E: Element> {
    sizes: Sizes,
    /// x: `[batch, L, C]`
    signals: &'a [E],
    normalisation: &'a Normalisation<E>,
}

impl<E: Element> Kernel<E> for Apply<'_, E> {
    /// y: `[batch, L, C]`
    type Output = Vec<E>;

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, simd: S) -> Vec<E> {
        let Self { sizes, signals, normalisation } = self;
        let (channels, width) = (sizes.channels, padded(sizes.channels));
        let mut y = sizes.signal();
        let mut values = Vec::with_capacity(signals.len());
        for signal in signals.chunks_exact(sizes.length * channels) {
            copy_rows(signal, channels, &mut y, width);
            for channel in (0..width).step_by(S::LANES) {
                let normalise = normalisation.load(simd, channel);
                for row in y.chunks_exact_mut(width) {
                    let y = normalise.apply(simd, simd.load(&row[channel..]));
                    simd.store(y, &mut row[channel..]);
                }
            }
            append_rows(&y, width, &mut values, channels);
        }
        values
    }
}

struct Backward<'a, E: Element> {
    sizes: Sizes,
    /// n
    values: usize,
    /// x: `[batch, L, C]`
    signals: &'a [E],
    normalisation: &'a Normalisation<E>,
    /// ∂L/∂y: `[batch, L, C]`
    above: &'a [E],
    /// ∂L/∂x: `[batch, L, C]`, to which is added
    input: &'a mut [E],
}

impl<E: Element> Kernel<E> for Backward<'_, E> {
    /// ∂L/∂w and ∂L/∂b: `[padded(C)]`
    type Output = (Vec<E>, Vec<E>);

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, simd: S) -> Self::Output {
        let Self { sizes, values, signals, normalisation, above, input } = self;
        let (channels, width) = (sizes.channels, padded(sizes.channels));
        let signal = sizes.length * channels;
        let (mut x, mut dy, mut dx) = (sizes.signal(), sizes.signal(), sizes.signal());
        let mut sums = GradientSums::new(width);
        for (signal, above) in signals.chunks_exact(signal).zip(above.chunks_exact(signal)) {
            copy_rows(signal, channels, &mut x, width);
            copy_rows(above, channels, &mut dy, width);
            sums.add(simd, normalisation, &dy, &x);
        }
        let gradient = normalisation.input_gradient(&sums, values);
        for ((signal, above), input) in
            signals.chunks_exact(signal).zip(above.chunks_exact(signal)).zip(input.chunks_exact_mut(signal))
        {
            copy_rows(signal, channels, &mut x, width);
            copy_rows(above, channels, &mut dy, width);
            gradient.apply(simd, &dy, &x, &mut dx);
            add_rows(&dx, width, input, channels);
        }
        normalisation.weight_gradient(&sums)
    }
}
