//! The forward pass of one layer.
//!
//! A tile is a few sequences of a step and one register of units. Its sums start as the bias, take up x_t and
//! h_{t-1}, go through the functions of the gates and leave as c_t and h_t.

use std::sync::Arc;

use dfdx::prelude::*;

use super::layout::{Exponents, store_gates};
use crate::nn::Packing;
use crate::nn::kernels::{
    Buffer, Element, Kernel, Left, Simd, TANH_EXPONENT, accumulate, padded, sigmoid, tanh,
};
use crate::nn::lstm::LstmLayer;
use crate::nn::storage::{contents, of_run};

/// What the forward pass of a layer reads, and what it leaves for the backward pass. N is the number of frames, W the
/// padded number of units.
pub(super) struct Pass<E: Element> {
    pub(super) packing: Arc<Packing>,
    pub(super) inputs: usize,
    pub(super) units: usize,
    pub(super) width: usize,
    /// x: `[N, I]`
    pub(super) frames: Buffer<E>,
    /// W_ih: `[4H, I]`
    pub(super) weight_ih: Buffer<E>,
    /// W_hh: `[4H, H]`
    pub(super) weight_hh: Buffer<E>,
    /// b_ih + b_hh: `[4H]`
    bias: Buffer<E>,
    /// i, f, g, o: `[N, 4W]`; nothing if there will be no backward pass.
    pub(super) gates: Buffer<E>,
    /// c: `[N, W]`
    pub(super) cells: Buffer<E>,
    /// h: `[N, W]`
    pub(super) hidden: Buffer<E>,
}

/// The weights of a layer, of all runs.
pub(super) struct Weights<E: Element> {
    pub(super) inputs: usize,
    units: usize,
    runs: usize,
    /// W_ih: `[runs, 4H, I]`
    ih: Buffer<E>,
    /// W_hh: `[runs, 4H, H]`
    hh: Buffer<E>,
    /// b_ih + b_hh: `[runs, 4H]`
    bias: Buffer<E>,
}

impl<E: Dtype + Element> Weights<E> {
    pub(super) fn of<I: Dim, H: Dim>(layer: &LstmLayer<I, H, E, Cpu>) -> Result<Self, CpuError>
    where
        Cpu: Device<E>,
    {
        let (inputs, units) = layer.sizes();
        let mut bias = contents(&layer.bias_ih)?;
        for (sum, term) in bias.iter_mut().zip(&*contents(&layer.bias_hh)?) {
            *sum += *term;
        }
        Ok(Self {
            inputs: inputs.size(),
            units: units.size(),
            runs: layer.bias_ih.shape().0.0,
            ih: contents(&layer.weight_ih)?,
            hh: contents(&layer.weight_hh)?,
            bias,
        })
    }

    /// What a run's forward pass over these frames reads.
    pub(super) fn pass(
        &self,
        packing: &Arc<Packing>,
        frames: Buffer<E>,
        run: usize,
        recorded: bool,
    ) -> Pass<E> {
        let (rows, width) = (packing.frames(), padded(self.units));
        let own = |all: &Buffer<E>| Buffer::copy_of(of_run(all, run, self.runs));
        Pass {
            packing: Arc::clone(packing),
            inputs: self.inputs,
            units: self.units,
            width,
            frames,
            weight_ih: own(&self.ih),
            weight_hh: own(&self.hh),
            bias: own(&self.bias),
            gates: Buffer::stale(if recorded { rows * 4 * width } else { 0 }),
            cells: Buffer::stale(rows * width),
            hidden: Buffer::stale(rows * width),
        }
    }
}

pub(super) struct Forward<E: Element>(pub(super) Pass<E>);

impl<E: Element> Kernel<E> for Forward<E> {
    type Output = Pass<E>;

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, simd: S) -> Pass<E> {
        let Self(mut pass) = self;
        let width = pass.width;
        let weights = Exponents::new::<S>(&pass.weight_ih, &pass.weight_hh, &pass.bias, width);
        for step in 0..pass.packing.steps() {
            let rows = pass.packing.rows(step);
            let (earlier_cells, cells) = pass.cells.split_at_mut(rows.start * width);
            let (earlier_hidden, hidden) = pass.hidden.split_at_mut(rows.start * width);
            let previous = step.checked_sub(1).map(|step| pass.packing.rows(step).start * width);
            let gates = if pass.gates.is_empty() { 0 } else { rows.start * 4 * width };
            let mut step = Step {
                inputs: pass.inputs,
                units: pass.units,
                width,
                frames: &pass.frames[rows.start * pass.inputs..],
                previous: previous.map(|start| (&earlier_hidden[start..], &earlier_cells[start..])),
                gates: &mut pass.gates[gates..],
                cells,
                hidden,
            };
            // Tiles of nearly equal height: 16 rows are 5 + 5 + 6.
            let tiles = rows.len().div_ceil(tile_rows::<S>());
            for register in 0..width / S::LANES {
                for tile in 0..tiles {
                    let (from, to) = (rows.len() * tile / tiles, rows.len() * (tile + 1) / tiles);
                    match to - from {
                        1 => step.tile::<S, 1>(simd, &weights, register, from),
                        2 if tile_rows::<S>() >= 2 => step.tile::<S, 2>(simd, &weights, register, from),
                        3 if tile_rows::<S>() >= 3 => step.tile::<S, 3>(simd, &weights, register, from),
                        4 if tile_rows::<S>() >= 4 => step.tile::<S, 4>(simd, &weights, register, from),
                        5 if tile_rows::<S>() >= 5 => step.tile::<S, 5>(simd, &weights, register, from),
                        6 if tile_rows::<S>() >= 6 => step.tile::<S, 6>(simd, &weights, register, from),
                        rows => unreachable!("a tile has 1 to {} rows, not {rows}", tile_rows::<S>()),
                    }
                }
            }
        }
        pass
    }
}

/// Rows of a tile that is four registers wide.
#[inline]
const fn tile_rows<S: Simd>() -> usize {
    S::TILE_ROWS * S::TILE_REGISTERS / 4
}

/// One step of all sequences that have it. Slices start at the step and may go on behind it.
struct Step<'a, E> {
    inputs: usize,
    units: usize,
    width: usize,
    frames: &'a [E],
    /// h_{t-1} and c_{t-1}; none in the first step.
    previous: Option<(&'a [E], &'a [E])>,
    gates: &'a mut [E],
    cells: &'a mut [E],
    hidden: &'a mut [E],
}

impl<E: Element> Step<'_, E> {
    /// R sequences from `first` on, and one register of units.
    #[inline(always)]
    fn tile<S: Simd<Scalar = E>, const R: usize>(
        &mut self,
        simd: S,
        weights: &Exponents<E>,
        register: usize,
        first: usize,
    ) {
        let Self { inputs, units, width, .. } = *self;
        let (weight_ih, weight_hh) = weights.panels::<S>(register, inputs);
        // z = b + W_ih x_t + W_hh h_{t-1}
        let x = Left { data: &self.frames[first * inputs..], row: inputs, step: 1 };
        let mut z = accumulate(simd, [weights.bias(simd, register); R], inputs, x, weight_ih);
        if let Some((hidden, _)) = self.previous {
            let h = Left { data: &hidden[first * width..], row: width, step: 1 };
            z = accumulate(simd, z, units, h, weight_hh);
        }
        let scale = simd.splat(E::from_f64(TANH_EXPONENT));
        for (row, &[i, f, g, o]) in z.iter().enumerate() {
            let row = first + row;
            let here = row * width + register * S::LANES;
            // i = σ(z_i)   f = σ(z_f)   g = tanh(z_g)   o = σ(z_o)
            let (i, f) = (sigmoid(simd, i), sigmoid(simd, f));
            let (g, o) = (tanh(simd, g), sigmoid(simd, o));
            // c_t = f ⊙ c_{t-1} + i ⊙ g
            let mut c = simd.mul(i, g);
            if let Some((_, cells)) = self.previous {
                c = simd.mul_add(f, simd.load(&cells[here..]), c);
            }
            // h_t = o ⊙ tanh(c_t)
            let h = simd.mul(o, tanh(simd, simd.mul(scale, c)));
            if !self.gates.is_empty() {
                store_gates(simd, [i, f, g, o], &mut self.gates[(row * width + register * S::LANES) * 4..]);
            }
            simd.store(c, &mut self.cells[here..]);
            simd.store(h, &mut self.hidden[here..]);
        }
    }
}
