//! The LSTM layers of a stack as one node of the tape, their gradients by hand.
//!
//! With frames in packed order, the input's share of all gates, x W_ihᵀ, is one product over all time steps; so are
//! the gradients of the weights and of the input. They are computed in blocks of [`BLOCK_ROWS`] rows, next to the
//! recurrence that needs or makes those rows, while they are still in the cache. Weights are packed once. Matrices
//! are padded to whole registers: a padded unit has weights of 0, so it stays 0 and passes nothing on.

use std::ops::Range;
use std::sync::Arc;

use dfdx::prelude::*;

use super::LstmLayer;
use crate::nn::kernels::{
    Buffer, Element, Kernel, Left, Level, Panels, Right, Simd, padded, product, sigmoid, tanh,
};
use crate::nn::storage::{contents, with_gradient};
use crate::nn::{Dropout, Packed, Packing};

/// Rows of a block. Its gates (4H values each, 128 KiB for H = 64) stay in a core's second-level cache.
const BLOCK_ROWS: usize = 128;

/// A stack of layers over one batch, dropout between them.
pub(super) fn stack<const I: usize, const H: usize, E, T>(
    level: Level,
    input: Packed<I, E, Cpu, T>,
    first: &LstmLayer<I, H, E, Cpu>,
    rest: &[LstmLayer<H, H, E, Cpu>],
    dropout: Option<Dropout>,
) -> Result<Packed<H, E, Cpu, T>, CpuError>
where
    E: Dtype + Element,
    Cpu: Device<E>,
    T: Tape<E, Cpu>,
{
    let (frames, packing) = input.into_parts();
    let (frames, mut tape) = frames.split_tape();
    let mask = move |boundary: usize| dropout.and_then(|dropout| dropout.mask(boundary as u64));

    let mut pass = level.run(Forward(Pass::new(&packing, contents(&frames)?, first)?));
    let mut passes = Vec::with_capacity(rest.len() + 1);
    for (boundary, weights) in rest.iter().enumerate() {
        let mut between = narrowed(&pass.hidden, pass.width, H);
        if let Some(mask) = mask(boundary) {
            mask.multiply(&mut between);
        }
        passes.push(pass);
        pass = level.run(Forward(Pass::new(&packing, between, weights)?));
    }
    let output = narrowed(&pass.hidden, pass.width, H).to_vec();
    let output = frames.device().try_tensor_from_vec(output, (packing.frames(), Const))?;
    passes.push(pass);

    if T::OWNS_TAPE {
        let (output, first, rest) = (output.clone(), first.clone(), rest.to_owned());
        tape.add_backward_op(move |gradients| {
            let mut above = with_gradient(gradients, &output, |gradient| {
                let mut above = Buffer::stale(gradient.len());
                above.copy_from_slice(gradient);
                above
            })?;
            for (k, pass) in passes.into_iter().enumerate().rev() {
                let (inputs, width) = (pass.inputs, pass.width);
                let found = level.run(Backward { pass, output: &above });
                above = narrowed(&found.frames, padded(inputs), inputs);
                match k.checked_sub(1) {
                    None => found.add_to(gradients, &first, width)?,
                    Some(boundary) => {
                        found.add_to(gradients, &rest[boundary], width)?;
                        if let Some(mask) = mask(boundary) {
                            mask.multiply(&mut above);
                        }
                    }
                }
            }
            with_gradient(gradients, &frames, |gradient| {
                for (gradient, found) in gradient.iter_mut().zip(&*above) {
                    *gradient += *found;
                }
            })
        });
    }
    Ok(Packed::from_parts(output.put_tape(tape), packing))
}

/// The first `columns` of each row of `width`.
fn narrowed<E: Element>(wide: &[E], width: usize, columns: usize) -> Buffer<E> {
    let mut narrow = Buffer::stale(wide.len() / width * columns);
    for (narrow, wide) in narrow.chunks_exact_mut(columns).zip(wide.chunks_exact(width)) {
        narrow.copy_from_slice(&wide[..columns]);
    }
    narrow
}

/// Adds a gradient found as `[columns, 4 width]` to one stored as `[4 units, columns]`.
fn add_transposed<E: Element>(gradient: &mut [E], found: &[E], columns: usize, units: usize, width: usize) {
    for gate in 0..4 {
        for unit in 0..units {
            let row = &mut gradient[(gate * units + unit) * columns..][..columns];
            for (element, found) in row.iter_mut().zip(found[gate * width + unit..].iter().step_by(4 * width))
            {
                *element += *found;
            }
        }
    }
}

/// What the forward pass reads, and what it leaves for the backward pass. N is the number of frames, W the padded
/// number of units.
struct Pass<E: Element> {
    packing: Arc<Packing>,
    inputs: usize,
    units: usize,
    width: usize,
    /// x: `[N, I]`
    frames: Buffer<E>,
    /// W_ih: `[4W, I]`
    weight_ih: Buffer<E>,
    /// W_hh: `[4W, H]`
    weight_hh: Buffer<E>,
    /// b_ih + b_hh: `[4W]`
    bias: Buffer<E>,
    /// i, f, g, o: `[N, 4W]`
    gates: Buffer<E>,
    /// c: `[N, W]`
    cells: Buffer<E>,
    /// h: `[N, W]`
    hidden: Buffer<E>,
}

impl<E: Dtype + Element> Pass<E> {
    fn new<const I: usize, const H: usize>(
        packing: &Arc<Packing>,
        frames: Buffer<E>,
        weights: &LstmLayer<I, H, E, Cpu>,
    ) -> Result<Self, CpuError>
    where
        Cpu: Device<E>,
    {
        let (rows, width) = (packing.frames(), padded(H));
        // [4H, columns] to [4W, columns]: each gate's rows together, zeros behind them.
        let pad = |matrix: &[E], columns: usize| {
            let mut wide = Buffer::zeros(4 * width * columns);
            for gate in 0..4 {
                let source = &matrix[gate * H * columns..][..H * columns];
                wide[gate * width * columns..][..H * columns].copy_from_slice(source);
            }
            wide
        };
        let mut bias = pad(&contents(&weights.bias_ih)?, 1);
        for (sum, term) in bias.iter_mut().zip(&*pad(&contents(&weights.bias_hh)?, 1)) {
            *sum += *term;
        }
        Ok(Self {
            packing: Arc::clone(packing),
            inputs: I,
            units: H,
            width,
            frames,
            weight_ih: pad(&contents(&weights.weight_ih)?, I),
            weight_hh: pad(&contents(&weights.weight_hh)?, H),
            bias,
            gates: Buffer::stale(rows * 4 * width),
            cells: Buffer::stale(rows * width),
            hidden: Buffer::stale(rows * width),
        })
    }
}

struct Forward<E: Element>(Pass<E>);

impl<E: Element> Kernel<E> for Forward<E> {
    type Output = Pass<E>;

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, simd: S) -> Pass<E> {
        let Self(mut pass) = self;
        let (inputs, units, width) = (pass.inputs, pass.units, pass.width);
        let weight_ih = Panels::pack::<S>(inputs, 4 * width, 1, |j| pass.weight_ih.get(j * inputs..));
        let weight_hh = Panels::pack::<S>(units, 4 * width, 1, |j| pass.weight_hh.get(j * units..));
        for steps in pass.packing.blocks(BLOCK_ROWS) {
            // z = x W_ihᵀ
            let rows = pass.packing.span(&steps);
            let x = Left { data: &pass.frames[rows.start * inputs..], row: inputs, step: 1 };
            let z = &mut pass.gates[rows.start * 4 * width..];
            product(simd, [rows.len(), inputs, 4 * width], x, weight_ih.right(), z, 4 * width, false);
            for step in steps {
                let rows = pass.packing.rows(step);
                let (earlier_cells, cells) = pass.cells.split_at_mut(rows.start * width);
                let (earlier_hidden, hidden) = pass.hidden.split_at_mut(rows.start * width);
                let z = &mut pass.gates[rows.start * 4 * width..][..rows.len() * 4 * width];
                let mut previous_cells = None;
                if let Some(previous) = step.checked_sub(1).map(|step| pass.packing.rows(step).start) {
                    // z += h_{t-1} W_hhᵀ
                    let h = Left { data: &earlier_hidden[previous * width..], row: width, step: 1 };
                    product(simd, [rows.len(), units, 4 * width], h, weight_hh.right(), z, 4 * width, true);
                    previous_cells = Some(&earlier_cells[previous * width..]);
                }
                let cells = &mut cells[..rows.len() * width];
                activate(simd, z, &pass.bias, previous_cells, cells, hidden);
            }
        }
        pass
    }
}

/// One register of each of the four blocks of a row of gates, at a unit.
#[inline(always)]
fn load_gates<S: Simd>(simd: S, row: &[S::Scalar], unit: usize) -> [S::Vector; 4] {
    // Written out: a closure in an array's `map` would be compiled without the vector instructions.
    let width = row.len() / 4;
    [
        simd.load(&row[unit..]),
        simd.load(&row[width + unit..]),
        simd.load(&row[2 * width + unit..]),
        simd.load(&row[3 * width + unit..]),
    ]
}

#[inline(always)]
fn store_gates<S: Simd>(simd: S, values: [S::Vector; 4], row: &mut [S::Scalar], unit: usize) {
    let width = row.len() / 4;
    for (gate, value) in values.into_iter().enumerate() {
        simd.store(value, &mut row[gate * width + unit..]);
    }
}

/// z to gates, and one step of the cell, for the rows of a step; W is the padded number of units.
#[inline(always)]
fn activate<S: Simd>(
    simd: S,
    z: &mut [S::Scalar],
    bias: &[S::Scalar],
    previous_cells: Option<&[S::Scalar]>,
    cells: &mut [S::Scalar],
    hidden: &mut [S::Scalar],
) {
    let width = bias.len() / 4;
    for (row, z) in z.chunks_exact_mut(4 * width).enumerate() {
        for unit in (0..width).step_by(S::LANES) {
            let (zs, biases) = (load_gates(simd, z, unit), load_gates(simd, bias, unit));
            // i = σ(z_i + b_i)   f = σ(z_f + b_f)   g = tanh(z_g + b_g)   o = σ(z_o + b_o)
            let i = sigmoid(simd, simd.add(zs[0], biases[0]));
            let f = sigmoid(simd, simd.add(zs[1], biases[1]));
            let g = tanh(simd, simd.add(zs[2], biases[2]));
            let o = sigmoid(simd, simd.add(zs[3], biases[3]));
            // c_t = f ⊙ c_{t-1} + i ⊙ g
            let mut c = simd.mul(i, g);
            if let Some(previous) = previous_cells {
                c = simd.mul_add(f, simd.load(&previous[row * width + unit..]), c);
            }
            // h_t = o ⊙ tanh(c_t)
            let h = simd.mul(o, tanh(simd, c));
            store_gates(simd, [i, f, g, o], z, unit);
            simd.store(c, &mut cells[row * width + unit..]);
            simd.store(h, &mut hidden[row * width + unit..]);
        }
    }
}

struct Backward<'a, E: Element> {
    pass: Pass<E>,
    /// ∂L/∂h from above: `[N, H]`
    output: &'a [E],
}

/// What the backward pass finds.
struct Found<E: Element> {
    /// ∂L/∂x: `[N, padded(I)]`
    frames: Buffer<E>,
    /// (∂L/∂W_ih)ᵀ: `[I, 4W]`
    weight_ih: Buffer<E>,
    /// (∂L/∂W_hh)ᵀ: `[H, 4W]`
    weight_hh: Buffer<E>,
    /// ∂L/∂b_ih = ∂L/∂b_hh: `[4W]`
    bias: Buffer<E>,
}

impl<E: Dtype + Element> Found<E> {
    /// Adds what was found for the weights to their gradients.
    fn add_to<const I: usize, const H: usize>(
        &self,
        gradients: &mut Gradients<E, Cpu>,
        weights: &LstmLayer<I, H, E, Cpu>,
        width: usize,
    ) -> Result<(), CpuError> {
        with_gradient(gradients, &weights.weight_ih, |gradient| {
            add_transposed(gradient, &self.weight_ih, I, H, width);
        })?;
        with_gradient(gradients, &weights.weight_hh, |gradient| {
            add_transposed(gradient, &self.weight_hh, H, H, width);
        })?;
        for bias in [&weights.bias_ih, &weights.bias_hh] {
            with_gradient(gradients, bias, |gradient| add_transposed(gradient, &self.bias, 1, H, width))?;
        }
        Ok(())
    }
}

/// What flows back from a step to the one before it: `[batch, W]` each.
struct Carry<E: Element> {
    /// ∂L/∂h_t through the gates of step t + 1
    hidden: Buffer<E>,
    /// ∂L/∂c_t through the cell of step t + 1
    cells: Buffer<E>,
}

impl<E: Element> Kernel<E> for Backward<'_, E> {
    type Output = Found<E>;

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, simd: S) -> Found<E> {
        let Self { mut pass, output } = self;
        let (inputs, units, width) = (pass.inputs, pass.units, pass.width);
        let (frames, batch) = (pass.packing.frames(), pass.packing.lengths().len());
        let weight_ih = Panels::pack::<S>(4 * width, padded(inputs), inputs, |j| {
            if j < inputs { pass.weight_ih.get(j..) } else { None }
        });
        let weight_hh = Panels::pack::<S>(4 * width, width, units, |j| {
            if j < units { pass.weight_hh.get(j..) } else { None }
        });
        let mut found = Found {
            frames: Buffer::stale(frames * padded(inputs)),
            weight_ih: Buffer::zeros(inputs * 4 * width),
            weight_hh: Buffer::zeros(units * 4 * width),
            bias: Buffer::zeros(4 * width),
        };
        let mut carry = Carry { hidden: Buffer::zeros(batch * width), cells: Buffer::zeros(batch * width) };
        let mut above = Buffer::zeros(batch * width);

        for steps in pass.packing.blocks(BLOCK_ROWS).into_iter().rev() {
            for step in steps.clone().rev() {
                let rows = pass.packing.rows(step);
                for (wide, row) in above.chunks_exact_mut(width).zip(rows.clone()) {
                    wide[..units].copy_from_slice(&output[row * units..][..units]);
                }
                let (earlier_cells, cells) = pass.cells.split_at(rows.start * width);
                let gates = &mut pass.gates[rows.start * 4 * width..][..rows.len() * 4 * width];
                let previous = step.checked_sub(1).map(|step| pass.packing.rows(step).start);
                let previous_cells = previous.map(|start| &earlier_cells[start * width..]);
                differentiate(simd, gates, cells, previous_cells, &above, &mut carry, &mut found.bias);
                if previous.is_some() {
                    // ∂L/∂h_{t-1} = ∂L/∂z_t W_hh
                    let dz = Left { data: gates, row: 4 * width, step: 1 };
                    let sizes = [rows.len(), 4 * width, width];
                    product(simd, sizes, dz, weight_hh.right(), &mut carry.hidden, width, false);
                }
            }
            // The gates of these rows now hold ∂L/∂z.
            let rows = pass.packing.span(&steps);
            let dz = &pass.gates[rows.start * 4 * width..];
            // ∂L/∂x = ∂L/∂z W_ih
            let left = Left { data: dz, row: 4 * width, step: 1 };
            let sizes = [rows.len(), 4 * width, padded(inputs)];
            let dx = &mut found.frames[rows.start * padded(inputs)..];
            product(simd, sizes, left, weight_ih.right(), dx, padded(inputs), false);
            // (∂L/∂W_ih)ᵀ += xᵀ ∂L/∂z
            let x = Left { data: &pass.frames[rows.start * inputs..], row: 1, step: inputs };
            let sizes = [inputs, rows.len(), 4 * width];
            product(simd, sizes, x, Right::rows::<S>(dz, 4 * width), &mut found.weight_ih, 4 * width, true);
            // (∂L/∂W_hh)ᵀ += h_{t-1}ᵀ ∂L/∂z
            for (previous, rows) in with_previous_rows(&pass.packing, steps) {
                let h = Left { data: &pass.hidden[previous * width..], row: 1, step: width };
                let dz = Right::rows::<S>(&pass.gates[rows.start * 4 * width..], 4 * width);
                let sizes = [units, rows.len(), 4 * width];
                product(simd, sizes, h, dz, &mut found.weight_hh, 4 * width, true);
            }
        }
        found
    }
}

/// Runs of rows whose predecessors, one step earlier, are also a run: (first predecessor, rows).
///
/// A row and its predecessor are as far apart as the step before is wide, so a run ends where a sequence ends.
pub(super) fn with_previous_rows(
    packing: &Packing,
    steps: Range<usize>,
) -> impl Iterator<Item = (usize, Range<usize>)> {
    let mut step = steps.start.max(1);
    std::iter::from_fn(move || {
        if step >= steps.end {
            return None;
        }
        let (first, batch) = (packing.rows(step).start, packing.rows(step - 1).len());
        while step < steps.end && packing.rows(step - 1).len() == batch {
            step += 1;
        }
        Some((first - batch, first..packing.rows(step - 1).end))
    })
}

/// A gradient that is nearer to zero counts as zero.
///
/// On its way back over hundreds of steps a gradient fades away, and below the smallest normal number, 1e-38, many
/// processors compute far more slowly. Adam adds 1e-8 to the root of what it divides by, so it does not see what is
/// lost.
const FADED: f64 = 1e-30;

/// Gates to ∂L/∂z in their place, for the rows of a step.
#[inline(always)]
fn differentiate<S: Simd>(
    simd: S,
    gates: &mut [S::Scalar],
    cells: &[S::Scalar],
    previous_cells: Option<&[S::Scalar]>,
    above: &[S::Scalar],
    carry: &mut Carry<S::Scalar>,
    bias: &mut [S::Scalar],
) {
    let width = bias.len() / 4;
    let faded = S::Scalar::from_f64(FADED);
    let zero = simd.splat(S::Scalar::ZERO);
    let one = simd.splat(S::Scalar::from_f64(1.0));
    for (row, gates) in gates.chunks_exact_mut(4 * width).enumerate() {
        for unit in (0..width).step_by(S::LANES) {
            let [i, f, g, o] = load_gates(simd, gates, unit);
            let here = row * width + unit;
            let tanh_c = tanh(simd, simd.load(&cells[here..]));
            let dh = simd.add(simd.load(&above[here..]), simd.load(&carry.hidden[here..]));
            // ∂L/∂c_t = ∂L/∂h_t o (1 - tanh² c_t) + what came from step t + 1
            let through_h = simd.mul(simd.mul(dh, o), simd.neg_mul_add(tanh_c, tanh_c, one));
            let dc = simd.add(through_h, simd.load(&carry.cells[here..]));
            let c = match previous_cells {
                Some(cells) => simd.load(&cells[here..]),
                None => zero,
            };
            // ∂L/∂z_i = ∂L/∂c_t g i (1 - i)
            let dz_i = simd.mul(simd.mul(dc, g), simd.neg_mul_add(i, i, i));
            // ∂L/∂z_f = ∂L/∂c_t c_{t-1} f (1 - f)
            let dz_f = simd.mul(simd.mul(dc, c), simd.neg_mul_add(f, f, f));
            // ∂L/∂z_g = ∂L/∂c_t i (1 - g²)
            let dz_g = simd.mul(simd.mul(dc, i), simd.neg_mul_add(g, g, one));
            // ∂L/∂z_o = ∂L/∂h_t tanh(c_t) o (1 - o)
            let dz_o = simd.mul(simd.mul(dh, tanh_c), simd.neg_mul_add(o, o, o));
            // ∂L/∂b = Σ_t ∂L/∂z_t
            let mut sums = load_gates(simd, bias, unit);
            let mut dz = [dz_i, dz_f, dz_g, dz_o];
            for (dz, sum) in dz.iter_mut().zip(&mut sums) {
                *dz = simd.flush(*dz, faded);
                *sum = simd.add(*sum, *dz);
            }
            store_gates(simd, dz, gates, unit);
            store_gates(simd, sums, bias, unit);
            // ∂L/∂c_{t-1} = ∂L/∂c_t f
            simd.store(simd.flush(simd.mul(dc, f), faded), &mut carry.cells[here..]);
        }
    }
}
