//! The three matrix products of a convolution, for one signal at a time.
//!
//! A signal lies between margins of zeros. Row t of its windows is the stretch of K rows that starts at row t of the
//! margins; the next window starts one row later, so windows overlap and need no copy.

use crate::nn::kernels::{Buffer, Element, Left, Right, Simd, padded, product};

/// `O` kernels of width `K` over `I` channels, whose rows are `row ≥ I` values apart; beyond I they are zeros.
#[derive(Clone, Copy)]
pub(in crate::nn) struct Kernels {
    /// I
    pub(in crate::nn) inputs: usize,
    /// O
    pub(in crate::nn) outputs: usize,
    /// K
    pub(in crate::nn) width: usize,
    /// Distance R of the rows of x.
    pub(in crate::nn) row: usize,
}

impl Kernels {
    /// w as `[K R, padded(O)]` from `[O, I, K]`.
    pub(in crate::nn) fn matrix<E: Element>(self, weight: &[E]) -> Buffer<E> {
        let mut matrix = Buffer::zeros(self.width * self.row * padded(self.outputs));
        self.for_each(|index, k, i, o| {
            matrix[(k * self.row + i) * padded(self.outputs) + o] = weight[index];
        });
        matrix
    }

    /// w reversed in time as `[K padded(O), padded(I)]` from `[O, I, K]`.
    pub(in crate::nn) fn reversed<E: Element>(self, weight: &[E]) -> Buffer<E> {
        let mut matrix = Buffer::zeros(self.width * padded(self.outputs) * padded(self.inputs));
        self.for_each(|index, k, i, o| {
            let row = (self.width - 1 - k) * padded(self.outputs) + o;
            matrix[row * padded(self.inputs) + i] = weight[index];
        });
        matrix
    }

    /// Adds a gradient found as `[K R, padded(O)]` to one stored as `[O, I, K]`.
    pub(in crate::nn) fn add_gradient<E: Element>(self, gradient: &mut [E], found: &[E]) {
        self.for_each(|index, k, i, o| {
            gradient[index] += found[(k * self.row + i) * padded(self.outputs) + o];
        });
    }

    /// Visits (index in `[O, I, K]`, k, i, o).
    #[inline(always)]
    fn for_each(self, mut visit: impl FnMut(usize, usize, usize, usize)) {
        for o in 0..self.outputs {
            for i in 0..self.inputs {
                for k in 0..self.width {
                    visit((o * self.inputs + i) * self.width + k, k, i, o);
                }
            }
        }
    }

    /// y[t, o] = Σ_k Σ_i w[o, i, k] · x[t + k, i], or +=, for the rows of y; x begins with its margin.
    #[inline(always)]
    pub(in crate::nn) fn convolve<S: Simd>(
        self,
        simd: S,
        x: &[S::Scalar],
        matrix: &[S::Scalar],
        y: &mut [S::Scalar],
        accumulate: bool,
    ) {
        let width = padded(self.outputs);
        let windows = Left { data: x, row: self.row, step: 1 };
        let sizes = [y.len() / width, self.width * self.row, width];
        product(simd, sizes, windows, Right::rows::<S>(matrix, width), y, width, accumulate);
    }

    /// ∂L/∂x[t, i] = Σ_k Σ_o w[o, i, K - 1 - k] · ∂L/∂y[t + k, o], for the rows of ∂L/∂x: `[L, padded(I)]`. ∂L/∂y
    /// has rows of padded(O) values and begins with its margin.
    #[inline(always)]
    pub(in crate::nn) fn convolve_back<S: Simd>(
        self,
        simd: S,
        dy: &[S::Scalar],
        reversed: &[S::Scalar],
        dx: &mut [S::Scalar],
    ) {
        let (row, width) = (padded(self.outputs), padded(self.inputs));
        let windows = Left { data: dy, row, step: 1 };
        let sizes = [dx.len() / width, self.width * row, width];
        product(simd, sizes, windows, Right::rows::<S>(reversed, width), dx, width, false);
    }

    /// ∂L/∂w[o, i, k] += Σ_t x[t + k, i] · ∂L/∂y[t, o], as `[K R, padded(O)]`; x begins with its margin, ∂L/∂y does
    /// not.
    #[inline(always)]
    pub(in crate::nn) fn correlate<S: Simd>(
        self,
        simd: S,
        x: &[S::Scalar],
        dy: &[S::Scalar],
        dw: &mut [S::Scalar],
    ) {
        let width = padded(self.outputs);
        let windows = Left { data: x, row: 1, step: self.row };
        let sizes = [self.width * self.row, dy.len() / width, width];
        product(simd, sizes, windows, Right::rows::<S>(dy, width), dw, width, true);
    }
}
