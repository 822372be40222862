//! Convolution as one node of the tape, by matrix products over the padded signals as they lie in memory.
//!
//! Row t of the windows is the stretch of `K I` values that starts at row t of the padded signal; the next row starts
//! `I` values later, so rows overlap. For the gradient of the input, the gradient of the output is padded in its turn
//! and the kernels are reversed.

use dfdx::prelude::*;

use super::{Conv1d, Signals, output_length};
use crate::nn::kernels::{Buffer, Element, Kernel, Left, Level, Panels, Right, Simd, padded, product};
use crate::nn::storage::{contents, with_gradient};

pub(super) fn conv1d<const I: usize, const O: usize, const K: usize, const P: usize, E, T>(
    level: Level,
    input: Signals<I, E, Cpu, T>,
    layer: &Conv1d<I, O, K, P, E, Cpu>,
) -> Result<Signals<O, E, Cpu, T>, CpuError>
where
    E: Dtype + Element,
    Cpu: Device<E>,
    T: Tape<E, Cpu>,
{
    let (batch, length, _) = *input.shape();
    let sizes = Sizes {
        batch,
        inputs: I,
        outputs: O,
        kernel: K,
        padding: P,
        length,
        output_length: output_length::<K, P>(length),
    };
    let (input, mut tape) = input.split_tape();
    let signals = with_margins(&contents(&input)?, batch, length * I, P * I, P * I);
    let (weight, bias) = (contents(&layer.weight)?, contents(&layer.bias)?);
    let values = level.run(Forward { sizes, signals: &signals, weight: &weight, bias: &bias });
    let output = input.device().try_tensor_from_vec(values, (batch, sizes.output_length, Const))?;

    if T::OWNS_TAPE {
        let (output, layer) = (output.clone(), layer.clone());
        tape.add_backward_op(move |gradients| {
            // With K - 1 zeros at both ends, a reversed kernel that touches any output lies within the margins.
            let (row, before) = (sizes.output_length * O, (K - 1) * O);
            let above = with_gradient(gradients, &output, |gradient| {
                with_margins(gradient, batch, row, before, before)
            })?;
            let found = level.run(Backward { sizes, signals: &signals, weight: &weight, above: &above });
            with_gradient(gradients, &input, |gradient| {
                for (gradient, found) in gradient.chunks_exact_mut(I).zip(found.input.chunks_exact(padded(I)))
                {
                    for (gradient, found) in gradient.iter_mut().zip(found) {
                        *gradient += *found;
                    }
                }
            })?;
            with_gradient(gradients, &layer.weight, |gradient| {
                for (index, gradient) in gradient.iter_mut().enumerate() {
                    let (o, i, k) = (index / (I * K), index / K % I, index % K);
                    *gradient += found.weight[(k * I + i) * padded(O) + o];
                }
            })?;
            with_gradient(gradients, &layer.bias, |gradient| {
                for (gradient, found) in gradient.iter_mut().zip(&*found.bias) {
                    *gradient += *found;
                }
            })
        });
    }
    Ok(output.put_tape(tape))
}

#[derive(Clone, Copy)]
struct Sizes {
    batch: usize,
    /// I
    inputs: usize,
    /// O
    outputs: usize,
    /// K
    kernel: usize,
    /// P
    padding: usize,
    /// L
    length: usize,
    /// L + 2P - K + 1
    output_length: usize,
}

/// Copies of signals of `len` values with zeros before and behind each.
fn with_margins<E: Element>(
    signals: &[E],
    batch: usize,
    len: usize,
    before: usize,
    behind: usize,
) -> Buffer<E> {
    let mut wide = Buffer::zeros(batch * (before + len + behind));
    for signal in 0..batch {
        wide[signal * (before + len + behind) + before..][..len]
            .copy_from_slice(&signals[signal * len..][..len]);
    }
    wide
}

struct Forward<'a, E> {
    sizes: Sizes,
    /// x: `[batch, L + 2P, I]`
    signals: &'a [E],
    /// w: `[O, I, K]`
    weight: &'a [E],
    /// b: `[O]`
    bias: &'a [E],
}

impl<E: Element> Kernel<E> for Forward<'_, E> {
    /// y: `[batch, T, O]`
    type Output = Vec<E>;

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, simd: S) -> Vec<E> {
        let Self { sizes, signals, weight, bias } = self;
        let Sizes { batch, inputs, outputs, kernel, padding, length, output_length } = sizes;
        // [K I, O] from [O, I, K]
        let by_column = reordered(outputs, kernel * inputs, |o, row| {
            weight[(o * inputs + row % inputs) * kernel + row / inputs]
        });
        let depth = kernel * inputs;
        let weight = Panels::pack::<S>(depth, padded(outputs), 1, |o| {
            if o < outputs { by_column.get(o * depth..) } else { None }
        });
        // Every row starts as b, to which the product is added.
        let width = padded(outputs);
        let mut row = vec![E::ZERO; width];
        row[..outputs].copy_from_slice(bias);
        let mut y = row.repeat(batch * output_length);
        for (x, y) in signals
            .chunks_exact((length + 2 * padding) * inputs)
            .zip(y.chunks_exact_mut(output_length * width))
        {
            let windows = Left { data: x, row: inputs, step: 1 };
            product(simd, [output_length, depth, width], windows, weight.right(), y, width, true);
        }
        if width > outputs {
            y = y.chunks_exact(width).flat_map(|row| &row[..outputs]).copied().collect();
        }
        y
    }
}

/// The matrix whose element (row, column) is `element(row, column)`.
fn reordered<E: Element>(rows: usize, columns: usize, element: impl Fn(usize, usize) -> E) -> Buffer<E> {
    let mut matrix = Buffer::stale(rows * columns);
    for (row, values) in matrix.chunks_exact_mut(columns).enumerate() {
        for (column, value) in values.iter_mut().enumerate() {
            *value = element(row, column);
        }
    }
    matrix
}

struct Backward<'a, E> {
    sizes: Sizes,
    /// x: `[batch, L + 2P, I]`
    signals: &'a [E],
    /// w: `[O, I, K]`
    weight: &'a [E],
    /// ∂L/∂y: `[batch, (K - 1) + T + (K - 1), O]`
    above: &'a [E],
}

/// What the backward pass finds.
struct Found<E: Element> {
    /// ∂L/∂x: `[batch, L, padded(I)]`
    input: Buffer<E>,
    /// ∂L/∂w: `[K I, padded(O)]`
    weight: Buffer<E>,
    /// ∂L/∂b: `[padded(O)]`
    bias: Buffer<E>,
}

impl<E: Element> Kernel<E> for Backward<'_, E> {
    type Output = Found<E>;

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, simd: S) -> Found<E> {
        let Self { sizes, signals, weight, above } = self;
        let Sizes { batch, inputs, outputs, kernel, padding, length, output_length } = sizes;
        let margin = kernel - 1;
        // w[o, i, K - 1 - k] as [K O, I]
        let depth = kernel * outputs;
        let by_column = reordered(inputs, depth, |i, row| {
            weight[(row % outputs * inputs + i) * kernel + margin - row / outputs]
        });
        let reversed = Panels::pack::<S>(depth, padded(inputs), 1, |i| {
            if i < inputs { by_column.get(i * depth..) } else { None }
        });
        let mut found = Found {
            input: Buffer::stale(batch * length * padded(inputs)),
            weight: Buffer::zeros(kernel * inputs * padded(outputs)),
            bias: Buffer::zeros(padded(outputs)),
        };
        let mut wide = Buffer::zeros(output_length * padded(outputs));
        for signal in 0..batch {
            let above = &above[signal * (output_length + 2 * margin) * outputs..];
            // ∂L/∂x[t, i] = Σ_k Σ_o w[o, i, K - 1 - k] · ∂L/∂y[t + k + P - (K - 1), o]
            let windows = Left { data: &above[padding * outputs..], row: outputs, step: 1 };
            let dx = &mut found.input[signal * length * padded(inputs)..];
            product(
                simd,
                [length, depth, padded(inputs)],
                windows,
                reversed.right(),
                dx,
                padded(inputs),
                false,
            );

            // ∂L/∂b[o] = Σ_t ∂L/∂y[t, o]
            let mut dy = &above[margin * outputs..][..output_length * outputs];
            for row in dy.chunks_exact(outputs) {
                for (sum, value) in found.bias.iter_mut().zip(row) {
                    *sum += *value;
                }
            }
            if padded(outputs) > outputs {
                for (wide, row) in wide.chunks_exact_mut(padded(outputs)).zip(dy.chunks_exact(outputs)) {
                    wide[..outputs].copy_from_slice(row);
                }
                dy = &wide;
            }
            // ∂L/∂w[o, i, k] = Σ_t x[t + k - P, i] · ∂L/∂y[t, o]
            let x = &signals[signal * (length + 2 * padding) * inputs..];
            let windows = Left { data: x, row: 1, step: inputs };
            let sizes = [kernel * inputs, output_length, padded(outputs)];
            let dy = Right::rows::<S>(dy, padded(outputs));
            product(simd, sizes, windows, dy, &mut found.weight, padded(outputs), true);
        }
        found
    }
}
