//! Where the gates lie: the four gates of a register of units are neighbours.
//!
//! ```text
//! PyTorch's rows         i₀ i₁ … i_H   f₀ f₁ … f_H   g₀ g₁ … g_H   o₀ o₁ … o_H
//! columns of z here      i₀ … i_L f₀ … f_L g₀ … g_L o₀ … o_L   i_L+1 … i_2L f_L+1 …        L: lanes of a register
//! ```
//!
//! So a register tile of the product that makes z holds all gates of its units.

use crate::nn::kernels::{Buffer, Element, SIGMOID_EXPONENT, Simd, TANH_EXPONENT};

/// PyTorch's row of a column of z, for so many units and lanes; none for a padded unit.
pub(super) fn row_of(column: usize, units: usize, lanes: usize) -> Option<usize> {
    let (register, lane) = (column / lanes, column % lanes);
    let unit = register / 4 * lanes + lane;
    (unit < units).then_some(register % 4 * units + unit)
}

/// The weights of a layer for the forward pass, times what turns z into an exponent of 2 for each gate's function.
pub(super) struct Exponents<E: Element> {
    depth: usize,
    /// b_ih + b_hh: `[4W]`
    bias: Buffer<E>,
    /// W_ih and W_hh, one after the other: for each register of units, `[I + H, 4L]`.
    weights: Buffer<E>,
}

impl<E: Element> Exponents<E> {
    /// From PyTorch's `[4H, I]`, `[4H, H]` and `[4H]`.
    pub(super) fn new<S: Simd<Scalar = E>>(
        weight_ih: &[E],
        weight_hh: &[E],
        bias: &[E],
        width: usize,
    ) -> Self {
        let units = bias.len() / 4;
        let inputs = weight_ih.len() / bias.len();
        let (depth, columns) = (inputs + units, 4 * S::LANES);
        let factors = [SIGMOID_EXPONENT, SIGMOID_EXPONENT, TANH_EXPONENT, SIGMOID_EXPONENT].map(E::from_f64);
        let mut found =
            Self { depth, bias: Buffer::zeros(4 * width), weights: Buffer::zeros(4 * width * depth) };
        for column in 0..4 * width {
            let Some(row) = row_of(column, units, S::LANES) else { continue };
            let factor = factors[row / units];
            found.bias[column] = factor * bias[row];
            let terms = weight_ih[row * inputs..][..inputs].iter().chain(&weight_hh[row * units..][..units]);
            let panel = &mut found.weights[column / columns * depth * columns..][..depth * columns];
            for (panel, term) in panel.chunks_exact_mut(columns).zip(terms) {
                panel[column % columns] = factor * *term;
            }
        }
        found
    }

    /// The biases of a register of units.
    #[inline(always)]
    pub(super) fn bias<S: Simd<Scalar = E>>(&self, simd: S, register: usize) -> [S::Vector; 4] {
        let bias = &self.bias[register * 4 * S::LANES..];
        load_gates(simd, bias)
    }

    /// The weights of a register of units, `[I, 4L]` and `[H, 4L]`.
    #[inline(always)]
    pub(super) fn panels<S: Simd>(&self, register: usize, inputs: usize) -> (&[E], &[E]) {
        let columns = 4 * S::LANES;
        self.weights[register * self.depth * columns..][..self.depth * columns].split_at(inputs * columns)
    }
}

/// Gates i, f, g and o of a register of units.
#[inline(always)]
pub(super) fn load_gates<S: Simd>(simd: S, from: &[S::Scalar]) -> [S::Vector; 4] {
    let from = &from[..4 * S::LANES];
    // Written out: a closure in an array's `map` would be compiled without the vector instructions.
    [
        simd.load(from),
        simd.load(&from[S::LANES..]),
        simd.load(&from[2 * S::LANES..]),
        simd.load(&from[3 * S::LANES..]),
    ]
}

#[inline(always)]
pub(super) fn store_gates<S: Simd>(simd: S, gates: [S::Vector; 4], to: &mut [S::Scalar]) {
    let to = &mut to[..4 * S::LANES];
    for (gate, &value) in gates.iter().enumerate() {
        simd.store(value, &mut to[gate * S::LANES..]);
    }
}
