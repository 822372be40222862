//! Convolution as one node of the tape, by matrix products over one padded signal after the other.
//!
//! For the gradient of the input, the gradient of the output is padded in its turn and the kernels are reversed. A
//! signal with its margins fits the first-level cache, so the copy that makes the margins costs little; the batch as
//! a whole does not.

use dfdx::prelude::*;

use super::products::Kernels;
use super::{Conv1d, Signals};
use crate::nn::Size;
use crate::nn::kernels::{Buffer, Element, Kernel, Level, Simd, add_rows, append_rows, copy_rows, padded};
use crate::nn::storage::{contents, of_run, of_run_mut, with_gradient, with_gradients};

/// Whether the gradient of the input is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum InputGradient {
    Wanted,
    Unwanted,
}

pub(super) fn conv1d<I: Dim, O: Dim, K: Dim, E, T>(
    level: Level,
    input: Signals<I, E, Cpu>,
    mut tape: T,
    layer: &Conv1d<I, O, K, E, Cpu>,
    wanted: InputGradient,
) -> Result<Signals<O, E, Cpu, T>, CpuError>
where
    E: Dtype + Element,
    Cpu: Device<E>,
    T: Tape<E, Cpu>,
{
    let (Size(runs), batch, length, inputs) = *input.shape();
    let (_, outputs, _, width) = *layer.weight.shape();
    let kernels =
        Kernels { inputs: inputs.size(), outputs: outputs.size(), width: width.size(), row: inputs.size() };
    let sizes = Sizes { kernels, length };
    let signals = contents(&input)?;
    let (weight, bias) = (contents(&layer.weight)?, contents(&layer.bias)?);
    let mut values = Vec::with_capacity(runs * batch * length * kernels.outputs);
    for run in 0..runs {
        let [signals, weight, bias] = [&signals, &weight, &bias].map(|all| of_run(all, run, runs));
        level.run(Forward { sizes, signals, weight, bias, values: &mut values });
    }
    let output = input.device().try_tensor_from_vec(values, (Size(runs), batch, length, outputs))?;

    if T::OWNS_TAPE {
        let (output, layer) = (output.clone(), layer.clone());
        tape.add_backward_op(move |gradients| {
            let backward = |above: &[E], mut input: Option<&mut [E]>| -> Vec<Found<E>> {
                let of_run = |run: usize| {
                    let [signals, weight, above] =
                        [&signals[..], &weight, above].map(|all| of_run(all, run, runs));
                    let input = input.as_deref_mut().map(|all| of_run_mut(all, run, runs));
                    level.run(Backward { sizes, signals, weight, above, input })
                };
                (0..runs).map(of_run).collect()
            };
            let found = match wanted {
                InputGradient::Wanted => {
                    with_gradients(gradients, &output, &input, |above, input| backward(above, Some(input)))
                }
                InputGradient::Unwanted => with_gradient(gradients, &output, |above| backward(above, None)),
            }?;
            with_gradient(gradients, &layer.weight, |gradient| {
                for (run, found) in found.iter().enumerate() {
                    kernels.add_gradient(of_run_mut(gradient, run, runs), &found.weight);
                }
            })?;
            with_gradient(gradients, &layer.bias, |gradient| {
                for (run, found) in found.iter().enumerate() {
                    let gradient = of_run_mut(gradient, run, runs);
                    add_rows(&found.bias, padded(kernels.outputs), gradient, kernels.outputs);
                }
            })
        });
    }
    Ok(output.put_tape(tape))
}

#[derive(Clone, Copy)]
struct Sizes {
    kernels: Kernels,
    /// L
    length: usize,
}

impl Sizes {
    /// P = (K - 1) / 2
    const fn padding(self) -> usize {
        self.kernels.width / 2
    }
}

struct Forward<'a, E> {
    sizes: Sizes,
    /// x: `[batch, L, I]`
    signals: &'a [E],
    /// w: `[O, I, K]`
    weight: &'a [E],
    /// b: `[O]`
    bias: &'a [E],
    /// y: `[batch, L, O]` is put behind them
    values: &'a mut Vec<E>,
}

impl<E: Element> Kernel<E> for Forward<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, simd: S) {
        let Self { sizes, signals, weight, bias, values } = self;
        let (Sizes { kernels, length }, padding) = (sizes, sizes.padding());
        let Kernels { inputs, outputs, .. } = kernels;
        let matrix = kernels.matrix(weight);
        let mut x = Buffer::zeros((length + 2 * padding) * inputs);
        let mut y = Buffer::zeros(length * padded(outputs));
        for signal in signals.chunks_exact(length * inputs) {
            copy_rows(signal, inputs, &mut x[padding * inputs..], inputs);
            // Every row starts as b, to which the product is added.
            for row in y.chunks_exact_mut(padded(outputs)) {
                row[..outputs].copy_from_slice(bias);
            }
            kernels.convolve(simd, &x, &matrix, &mut y, true);
            append_rows(&y, padded(outputs), values, outputs);
        }
    }
}

struct Backward<'a, E> {
    sizes: Sizes,
    /// x: `[batch, L, I]`
    signals: &'a [E],
    /// w: `[O, I, K]`
    weight: &'a [E],
    /// ∂L/∂y: `[batch, L, O]`
    above: &'a [E],
    /// ∂L/∂x: `[batch, L, I]`, to which is added; none if it is not wanted
    input: Option<&'a mut [E]>,
}

/// What the backward pass finds for the weights.
struct Found<E: Element> {
    /// ∂L/∂w: `[K I, padded(O)]`
    weight: Buffer<E>,
    /// ∂L/∂b: `[padded(O)]`
    bias: Buffer<E>,
}

impl<E: Element> Kernel<E> for Backward<'_, E> {
    type Output = Found<E>;

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, simd: S) -> Found<E> {
        let Self { sizes, signals, weight, above, mut input } = self;
        let (Sizes { kernels, length }, padding) = (sizes, sizes.padding());
        let Kernels { inputs, outputs, width, .. } = kernels;
        // With K - 1 zeros at both ends, a reversed kernel that touches any output lies within the margins.
        let (row, margin) = (padded(outputs), width - 1);
        let reversed = kernels.reversed(weight);
        let mut found = Found { weight: Buffer::zeros(width * inputs * row), bias: Buffer::zeros(row) };
        let mut x = Buffer::zeros((length + 2 * padding) * inputs);
        let mut dx = Buffer::stale(length * padded(inputs));
        let mut dy = Buffer::zeros((length + 2 * margin) * row);
        for (index, (signal, above)) in
            (signals.chunks_exact(length * inputs)).zip(above.chunks_exact(length * outputs)).enumerate()
        {
            copy_rows(signal, inputs, &mut x[padding * inputs..], inputs);
            copy_rows(above, outputs, &mut dy[margin * row..], row);
            if let Some(input) = &mut input {
                // ∂L/∂x[t, i] = Σ_k Σ_o w[o, i, K - 1 - k] · ∂L/∂y[t + k + P - (K - 1), o]
                kernels.convolve_back(simd, &dy[padding * row..], &reversed, &mut dx);
                add_rows(&dx, padded(inputs), &mut input[index * length * inputs..], inputs);
            }
            let dy = &dy[margin * row..][..length * row];
            // ∂L/∂w[o, i, k] = Σ_t x[t + k - P, i] · ∂L/∂y[t, o]
            kernels.correlate(simd, &x, dy, &mut found.weight);
            // ∂L/∂b[o] = Σ_t ∂L/∂y[t, o]
            for column in (0..row).step_by(S::LANES) {
                let mut sum = simd.load(&found.bias[column..]);
                for dy in dy.chunks_exact(row) {
                    sum = simd.add(sum, simd.load(&dy[column..]));
                }
                simd.store(sum, &mut found.bias[column..]);
            }
        }
        found
    }
}
