//! Batch normalisation as one node of the tape. Rows are padded to whole registers, one signal at a time.

use dfdx::prelude::*;

use super::normalisation::{GradientSums, Normalisation};
use super::statistics::Statistics;
use super::{BatchNorm1d, MOMENTUM, Signals, values_per_channel};
use crate::nn::Size;
use crate::nn::kernels::{Buffer, Element, Kernel, Level, Simd, add_rows, append_rows, copy_rows, padded};
use crate::nn::storage::{contents, of_run, of_run_mut, with_gradient, with_gradients};

/// The normalisation of each run by a layer's running statistics.
fn by_running_statistics<C: Dim, E: Dtype + Element>(
    layer: &BatchNorm1d<C, E, Cpu>,
) -> Result<Vec<Normalisation<E>>, CpuError>
where
    Cpu: Device<E>,
{
    let (Size(runs), channels) = *layer.weight.shape();
    let (mean, variance) = (contents(&layer.running_mean)?, contents(&layer.running_var)?);
    let (weight, bias) = (contents(&layer.weight)?, contents(&layer.bias)?);
    let of_run = |run: usize| {
        let [mean, variance, weight, bias] =
            [&mean, &variance, &weight, &bias].map(|all| of_run(all, run, runs));
        Normalisation::new(weight, bias, padded(channels.size()), |channel| {
            (mean[channel].into(), variance[channel].into())
        })
    };
    Ok((0..runs).map(of_run).collect())
}

/// Takes a share of the statistics of each run's batch into a layer's running ones. The mean of a batch may lack an `offset`,
/// of a run and a channel.
pub(in crate::nn) fn update_running_statistics<'a, C: Dim, E: Dtype + Element>(
    layer: &mut BatchNorm1d<C, E, Cpu>,
    statistics: impl Iterator<Item = &'a Statistics<E>> + Clone,
    offset: impl Fn(usize, usize) -> f64,
) -> Result<(), CpuError>
where
    Cpu: Device<E>,
{
    let (Size(runs), _) = *layer.weight.shape();
    let update = |running: &mut Tensor<(Size, C), E, Cpu>,
                  of_batch: &dyn Fn(&Statistics<E>, usize, usize) -> f64| {
        let mut values = contents(running)?;
        for (run, statistics) in statistics.clone().enumerate() {
            for (channel, value) in of_run_mut(&mut values, run, runs).iter_mut().enumerate() {
                let of_batch = of_batch(statistics, run, channel);
                *value = Element::from_f64((1.0 - MOMENTUM) * (*value).into() + MOMENTUM * of_batch);
            }
        }
        running.copy_from(&values);
        Ok(())
    };
    update(&mut layer.running_mean, &|own, run, channel| own.mean(channel) + offset(run, channel))?;
    update(&mut layer.running_var, &|own, _, channel| own.unbiased_variance(channel))
}

pub(super) fn inference<C: Dim, E: Dtype + Element>(
    level: Level,
    input: &Signals<C, E, Cpu>,
    layer: &BatchNorm1d<C, E, Cpu>,
) -> Result<Signals<C, E, Cpu>, CpuError>
where
    Cpu: Device<E>,
{
    let (sizes, signals) = (Sizes::of(input), contents(input)?);
    let normalisations = by_running_statistics(layer)?;
    let mut values = Vec::with_capacity(signals.len());
    for (run, normalisation) in normalisations.iter().enumerate() {
        let signals = of_run(&signals, run, normalisations.len());
        level.run(Apply { sizes, signals, normalisation, values: &mut values });
    }
    input.device().try_tensor_from_vec(values, *input.shape())
}

pub(super) fn training<C: Dim, E: Dtype + Element>(
    level: Level,
    input: Signals<C, E, Cpu, OwnedTape<E, Cpu>>,
    layer: &mut BatchNorm1d<C, E, Cpu>,
) -> Result<Signals<C, E, Cpu, OwnedTape<E, Cpu>>, CpuError>
where
    Cpu: Device<E>,
{
    let (input, mut tape) = input.try_contiguous()?.split_tape();
    let (Size(runs), batch, length, _) = *input.shape();
    let sizes = Sizes::of(&input);
    let (channels, width) = (sizes.channels, padded(sizes.channels));
    let values = values_per_channel(batch, length);
    let signals = contents(&input)?;
    let statistics: Vec<Statistics<E>> =
        (0..runs).map(|run| level.run(Measure { sizes, signals: of_run(&signals, run, runs) })).collect();
    update_running_statistics(layer, statistics.iter(), |_, _| 0.0)?;
    let (weight, bias) = (contents(&layer.weight)?, contents(&layer.bias)?);
    let mut normalisations = Vec::with_capacity(runs);
    let mut outputs = Vec::with_capacity(signals.len());
    for (run, statistics) in statistics.iter().enumerate() {
        let [weight, bias, signals] = [&weight, &bias, &signals].map(|all| of_run(all, run, runs));
        let normalisation = Normalisation::of_batch(weight, bias, statistics, width);
        level.run(Apply { sizes, signals, normalisation: &normalisation, values: &mut outputs });
        normalisations.push(normalisation);
    }
    let output = input.device().try_tensor_from_vec(outputs, *input.shape())?;

    let (out, weight, bias) = (output.clone(), layer.weight.clone(), layer.bias.clone());
    tape.add_backward_op(move |gradients| {
        let found = with_gradients(gradients, &out, &input, |above, input| {
            let backward = |(run, normalisation): (usize, &Normalisation<E>)| {
                let [signals, above] = [&signals[..], above].map(|all| of_run(all, run, runs));
                let input = of_run_mut(input, run, runs);
                level.run(Backward { sizes, values, signals, normalisation, above, input })
            };
            normalisations.iter().enumerate().map(backward).collect::<Vec<_>>()
        })?;
        for (run, (of_weight, of_bias)) in found.iter().enumerate() {
            with_gradient(gradients, &weight, |gradient| {
                add_rows(of_weight, width, of_run_mut(gradient, run, runs), channels);
            })?;
            with_gradient(gradients, &bias, |gradient| {
                add_rows(of_bias, width, of_run_mut(gradient, run, runs), channels);
            })?;
        }
        Ok(())
    });
    Ok(output.put_tape(tape))
}

#[derive(Clone, Copy)]
struct Sizes {
    /// L
    length: usize,
    /// C
    channels: usize,
}

impl Sizes {
    fn of<C: Dim, E: Dtype>(signals: &Signals<C, E, Cpu>) -> Self {
        let (_, _, length, channels) = *signals.shape();
        Self { length, channels: channels.size() }
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
    /// y: `[batch, L, C]` is put behind them
    values: &'a mut Vec<E>,
}

impl<E: Element> Kernel<E> for Apply<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, simd: S) {
        let Self { sizes, signals, normalisation, values } = self;
        let (channels, width) = (sizes.channels, padded(sizes.channels));
        let mut y = sizes.signal();
        for signal in signals.chunks_exact(sizes.length * channels) {
            copy_rows(signal, channels, &mut y, width);
            for channel in (0..width).step_by(S::LANES) {
                let normalise = normalisation.load(simd, channel);
                for row in y.chunks_exact_mut(width) {
                    let y = normalise.apply(simd, simd.load(&row[channel..]));
                    simd.store(y, &mut row[channel..]);
                }
            }
            append_rows(&y, width, values, channels);
        }
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
