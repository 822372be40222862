//! Pooling, each kind as one node of the tape.

use dfdx::prelude::*;

use super::{Rows, Signals, windows};
use crate::nn::kernels::{Element, Kernel, Level, Simd};
use crate::nn::storage::{contents, with_gradients};

pub(super) fn max_pool<C: Dim, E, T>(
    level: Level,
    input: Signals<C, E, Cpu, T>,
    width: usize,
) -> Result<Signals<C, E, Cpu, T>, CpuError>
where
    E: Dtype + Element,
    Cpu: Device<E>,
    T: Tape<E, Cpu>,
{
    let (runs, batch, length, channels) = *input.shape();
    let outputs = windows(length, width);
    let sizes = Sizes { channels: channels.size(), length, outputs, window: width };
    let (input, mut tape) = input.try_contiguous()?.split_tape();
    let (values, winners) = level.run(LargestValues { sizes, signals: &contents(&input)? });
    let output = input.device().try_tensor_from_vec(values, (runs, batch, outputs, channels))?;
    if T::OWNS_TAPE {
        let output = output.clone();
        tape.add_backward_op(move |gradients| {
            with_gradients(gradients, &output, &input, |above, input| {
                level.run(ToWinners { sizes, winners: &winners, above, input });
            })
        });
    }
    Ok(output.put_tape(tape))
}

#[derive(Clone, Copy)]
struct Sizes {
    /// C
    channels: usize,
    /// L
    length: usize,
    /// T = ⌊L / K⌋
    outputs: usize,
    /// K
    window: usize,
}

struct LargestValues<'a, E> {
    sizes: Sizes,
    /// x: `[runs, batch, L, C]`
    signals: &'a [E],
}

impl<E: Element> Kernel<E> for LargestValues<'_, E> {
    /// y and which value of the window it is: `[runs, batch, T, C]`
    type Output = (Vec<E>, Vec<u32>);

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, _: S) -> Self::Output {
        let Self { sizes: Sizes { channels, length, outputs, window }, signals } = self;
        let elements = signals.len() / length * outputs;
        let (mut values, mut winners) = (Vec::with_capacity(elements), vec![0; elements]);
        let mut rows = winners.chunks_exact_mut(channels);
        for signal in signals.chunks_exact(length * channels) {
            for (windows, winners) in signal.chunks_exact(window * channels).zip(&mut rows) {
                let from = values.len();
                values.extend_from_slice(&windows[..channels]);
                let values = &mut values[from..];
                for (k, row) in (0..).zip(windows.chunks_exact(channels)).skip(1) {
                    for ((&value, largest), winner) in row.iter().zip(&mut *values).zip(&mut *winners) {
                        // What is only equal does not take the place; NaN, which differs from itself, does.
                        #[expect(clippy::eq_op, reason = "only NaN differs from itself")]
                        let larger = value > *largest || value != value;
                        *largest = if larger { value } else { *largest };
                        *winner = if larger { k } else { *winner };
                    }
                }
            }
        }
        (values, winners)
    }
}

struct ToWinners<'a, E> {
    sizes: Sizes,
    /// Which value of the window is the largest: `[runs, batch, T, C]`
    winners: &'a [u32],
    /// ∂L/∂y: `[runs, batch, T, C]`
    above: &'a [E],
    /// ∂L/∂x: `[runs, batch, L, C]`, to which is added
    input: &'a mut [E],
}

impl<E: Element> Kernel<E> for ToWinners<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, _: S) {
        let Self { sizes: Sizes { channels, length, outputs, window }, winners, above, input } = self;
        for ((signal, winners), above) in input
            .chunks_exact_mut(length * channels)
            .zip(winners.chunks_exact(outputs * channels))
            .zip(above.chunks_exact(outputs * channels))
        {
            for ((rows, winners), above) in signal
                .chunks_exact_mut(window * channels)
                .zip(winners.chunks_exact(channels))
                .zip(above.chunks_exact(channels))
            {
                for (k, row) in (0..).zip(rows.chunks_exact_mut(channels)) {
                    for ((gradient, &winner), &above) in row.iter_mut().zip(winners).zip(above) {
                        *gradient += if winner == k { above } else { E::ZERO };
                    }
                }
            }
        }
    }
}

pub(super) fn global_average_pool<C: Dim, E, T>(
    level: Level,
    input: Signals<C, E, Cpu, T>,
) -> Result<Rows<C, E, Cpu, T>, CpuError>
where
    E: Dtype + Element,
    Cpu: Device<E>,
    T: Tape<E, Cpu>,
{
    let (runs, batch, length, channels) = *input.shape();
    let (input, mut tape) = input.try_contiguous()?.split_tape();
    let values = level.run(Means { channels: channels.size(), length, signals: &contents(&input)? });
    let output = input.device().try_tensor_from_vec(values, (runs, batch, channels))?;
    if T::OWNS_TAPE {
        let output = output.clone();
        tape.add_backward_op(move |gradients| {
            with_gradients(gradients, &output, &input, |above, input| {
                level.run(Spread { channels: channels.size(), length, above, input });
            })
        });
    }
    Ok(output.put_tape(tape))
}

struct Means<'a, E> {
    channels: usize,
    length: usize,
    /// x: `[runs, batch, L, C]`
    signals: &'a [E],
}

impl<E: Element> Kernel<E> for Means<'_, E> {
    /// y: `[runs, batch, C]`
    type Output = Vec<E>;

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, _: S) -> Vec<E> {
        let Self { channels, length, signals } = self;
        let share = E::from_f64(1.0 / length as f64);
        let mut means = vec![E::ZERO; signals.len() / length];
        for (signal, means) in signals.chunks_exact(length * channels).zip(means.chunks_exact_mut(channels)) {
            for row in signal.chunks_exact(channels) {
                for (sum, &value) in means.iter_mut().zip(row) {
                    *sum += value;
                }
            }
            for mean in means {
                *mean = *mean * share;
            }
        }
        means
    }
}

struct Spread<'a, E> {
    channels: usize,
    length: usize,
    /// ∂L/∂y: `[runs, batch, C]`
    above: &'a [E],
    /// ∂L/∂x: `[runs, batch, L, C]`, to which is added
    input: &'a mut [E],
}

impl<E: Element> Kernel<E> for Spread<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, _: S) {
        let Self { channels, length, above, input } = self;
        let share = E::from_f64(1.0 / length as f64);
        for (signal, above) in input.chunks_exact_mut(length * channels).zip(above.chunks_exact(channels)) {
            for row in signal.chunks_exact_mut(channels) {
                for (gradient, &above) in row.iter_mut().zip(above) {
                    *gradient += above * share;
                }
            }
        }
    }
}
