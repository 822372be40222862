//! The backward pass of one layer.
//!
//! A block of steps is walked in reverse; each step turns its gates into ∂L/∂z in their place. Then the gradients of
//! the weights and of the input are products over all rows of the block, while these are still in the cache.

use dfdx::prelude::*;

use super::forward::Pass;
use super::layout::{load_gates, row_of, store_gates};
use crate::nn::Size;
use crate::nn::kernels::{
    Buffer, Element, Kernel, Left, Panels, Right, Simd, TANH_EXPONENT, padded, product, tanh,
};
use crate::nn::lstm::LstmLayer;
use crate::nn::storage::{of_run_mut, with_gradient};

/// Rows of a block. Its gates (4H values each, 128 KiB for H = 64) stay in a core's second-level cache.
const BLOCK_ROWS: usize = 128;

/// ∂L/∂h from above. W is the padded number of units.
pub(super) struct Above<E: Element> {
    /// Of each sequence's last frame, in packed order: `[batch, W]`
    pub(super) ends: Buffer<E>,
    /// Of every frame, in addition: `[N, W]`
    pub(super) frames: Option<Buffer<E>>,
}

pub(super) struct Backward<E: Element> {
    pub(super) pass: Pass<E>,
    pub(super) above: Above<E>,
    /// Whether ∂L/∂x is asked for.
    pub(super) input: bool,
}

/// What the backward pass finds.
pub(super) struct Found<E: Element> {
    /// Lanes of a register, on which the order of the columns 4W depends.
    lanes: usize,
    /// ∂L/∂x: `[N, padded(I)]`, if asked for
    pub(super) frames: Option<Buffer<E>>,
    /// (∂L/∂W_ih)ᵀ: `[I, 4W]`
    weight_ih: Buffer<E>,
    /// (∂L/∂W_hh)ᵀ: `[H, 4W]`
    weight_hh: Buffer<E>,
    /// ∂L/∂b_ih = ∂L/∂b_hh: `[4W]`
    bias: Buffer<E>,
}

impl<E: Dtype + Element> Found<E> {
    /// Adds what was found for the weights of a run to their gradients.
    pub(super) fn add_to<I: Dim, H: Dim>(
        &self,
        gradients: &mut Gradients<E, Cpu>,
        weights: &LstmLayer<I, H, E, Cpu>,
        run: usize,
    ) -> Result<(), CpuError> {
        let Self { lanes, weight_ih, weight_hh, bias, .. } = self;
        let Size(runs) = weights.bias_ih.shape().0;
        let (inputs, units) = weights.sizes();
        let (inputs, units) = (inputs.size(), units.size());
        let add = |gradient: &mut [E], found: &[E], inputs: usize| {
            add(of_run_mut(gradient, run, runs), found, inputs, units, *lanes);
        };
        with_gradient(gradients, &weights.weight_ih, |gradient| add(gradient, weight_ih, inputs))?;
        with_gradient(gradients, &weights.weight_hh, |gradient| add(gradient, weight_hh, units))?;
        for weights in [&weights.bias_ih, &weights.bias_hh] {
            with_gradient(gradients, weights, |gradient| add(gradient, bias, 1))?;
        }
        Ok(())
    }
}

/// Adds a gradient found as `[inputs, 4W]` to one in PyTorch's order, `[4H, inputs]`.
fn add<E: Element>(gradient: &mut [E], found: &[E], inputs: usize, units: usize, lanes: usize) {
    let columns = found.len() / inputs;
    for column in 0..columns {
        if let Some(row) = row_of(column, units, lanes) {
            let row = &mut gradient[row * inputs..][..inputs];
            for (element, found) in row.iter_mut().zip(found[column..].iter().step_by(columns)) {
                *element += *found;
            }
        }
    }
}

/// PyTorch's `[4H, inputs]` as the right-hand side of a product, `[4W, padded(inputs)]`.
fn panels<S: Simd>(weights: &[S::Scalar], inputs: usize, units: usize, width: usize) -> Panels<S::Scalar> {
    let mut rows = Buffer::zeros(4 * width * inputs);
    for (column, wide) in rows.chunks_exact_mut(inputs).enumerate() {
        if let Some(row) = row_of(column, units, S::LANES) {
            wide.copy_from_slice(&weights[row * inputs..][..inputs]);
        }
    }
    Panels::pack::<S>(4 * width, padded(inputs), inputs, |j| if j < inputs { rows.get(j..) } else { None })
}

/// What flows back from a step to the one before it: `[batch, W]` each.
struct Carry<E: Element> {
    /// ∂L/∂h_t through the gates of step t + 1; at a sequence's end, from above
    hidden: Buffer<E>,
    /// ∂L/∂c_t through the cell of step t + 1
    cells: Buffer<E>,
}

impl<E: Element> Kernel<E> for Backward<E> {
    type Output = Found<E>;

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, simd: S) -> Found<E> {
        let Self { mut pass, above, input } = self;
        let (inputs, units, width) = (pass.inputs, pass.units, pass.width);
        let (frames, batch) = (pass.packing.frames(), pass.packing.lengths().len());
        let weight_hh = panels::<S>(&pass.weight_hh, units, units, width);
        let weight_ih = input.then(|| panels::<S>(&pass.weight_ih, inputs, units, width));
        let mut found = Found {
            lanes: S::LANES,
            frames: input.then(|| Buffer::stale(frames * padded(inputs))),
            weight_ih: Buffer::zeros(inputs * 4 * width),
            weight_hh: Buffer::zeros(units * 4 * width),
            bias: Buffer::zeros(4 * width),
        };
        let mut carry = Carry { hidden: above.ends, cells: Buffer::zeros(batch * width) };

        for steps in pass.packing.blocks(BLOCK_ROWS).into_iter().rev() {
            for step in steps.clone().rev() {
                let rows = pass.packing.rows(step);
                let (earlier_cells, cells) = pass.cells.split_at(rows.start * width);
                let gates = &mut pass.gates[rows.start * 4 * width..][..rows.len() * 4 * width];
                let previous = step.checked_sub(1).map(|step| pass.packing.rows(step).start);
                let previous_cells = previous.map(|start| &earlier_cells[start * width..]);
                let above = above.frames.as_deref().map(|above| &above[rows.start * width..]);
                differentiate(simd, gates, cells, previous_cells, above, &mut carry, &mut found.bias);
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
            if let (Some(weight_ih), Some(dx)) = (&weight_ih, &mut found.frames) {
                // ∂L/∂x = ∂L/∂z W_ih
                let left = Left { data: dz, row: 4 * width, step: 1 };
                let sizes = [rows.len(), 4 * width, padded(inputs)];
                let dx = &mut dx[rows.start * padded(inputs)..];
                product(simd, sizes, left, weight_ih.right(), dx, padded(inputs), false);
            }
            // (∂L/∂W_ih)ᵀ += xᵀ ∂L/∂z
            let x = Left { data: &pass.frames[rows.start * inputs..], row: 1, step: inputs };
            let sizes = [inputs, rows.len(), 4 * width];
            product(simd, sizes, x, Right::rows::<S>(dz, 4 * width), &mut found.weight_ih, 4 * width, true);
            // (∂L/∂W_hh)ᵀ += h_{t-1}ᵀ ∂L/∂z
            for (previous, rows) in pass.packing.with_previous_rows(steps) {
                let h = Left { data: &pass.hidden[previous * width..], row: 1, step: width };
                let dz = Right::rows::<S>(&pass.gates[rows.start * 4 * width..], 4 * width);
                let sizes = [units, rows.len(), 4 * width];
                product(simd, sizes, h, dz, &mut found.weight_hh, 4 * width, true);
            }
        }
        found
    }
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
    above: Option<&[S::Scalar]>,
    carry: &mut Carry<S::Scalar>,
    bias: &mut [S::Scalar],
) {
    let width = bias.len() / 4;
    let faded = S::Scalar::from_f64(FADED);
    let zero = simd.splat(S::Scalar::ZERO);
    let one = simd.splat(S::Scalar::from_f64(1.0));
    let scale = simd.splat(S::Scalar::from_f64(TANH_EXPONENT));
    for (register, bias) in bias.chunks_exact_mut(4 * S::LANES).enumerate() {
        let mut sums = load_gates(simd, bias);
        for row in 0..gates.len() / (4 * width) {
            let here = row * width + register * S::LANES;
            let gates = &mut gates[4 * here..][..4 * S::LANES];
            let [i, f, g, o] = load_gates(simd, gates);
            let tanh_c = tanh(simd, simd.mul(scale, simd.load(&cells[here..])));
            let mut dh = simd.load(&carry.hidden[here..]);
            if let Some(above) = above {
                dh = simd.add(simd.load(&above[here..]), dh);
            }
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
            let mut dz = [dz_i, dz_f, dz_g, dz_o];
            for (gate, dz) in dz.iter_mut().enumerate() {
                *dz = simd.flush(*dz, faded);
                sums[gate] = simd.add(sums[gate], *dz);
            }
            store_gates(simd, dz, gates);
            // ∂L/∂c_{t-1} = ∂L/∂c_t f
            simd.store(simd.flush(simd.mul(dc, f), faded), &mut carry.cells[here..]);
        }
        store_gates(simd, sums, bias);
    }
}
