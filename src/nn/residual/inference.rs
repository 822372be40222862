//! A residual block by its running statistics: two products for each signal, and a ReLU after each
//! and after the sum.
//!
//! A normalisation by constants is an affine map of each channel, so it goes into the convolution before it:
//!
//! ```text
//! w'[o, i, k] = s[o] w[o, i, k]    b'[o] = s[o] (b[o] - μ[o]) + β[o]    s = γ / √(σ² + ε)
//! ```

use super::cpu::Sizes;
use crate::nn::kernels::{Buffer, Element, Kernel, Simd, append_rows, copy_rows};

/// A convolution with the normalisation behind it.
pub(super) struct Folded<E: Element> {
    /// w' as a matrix: `[K W, W]`
    pub(super) matrix: Buffer<E>,
    /// b': `[W]`
    pub(super) bias: Buffer<E>,
}

pub(super) struct Inference<'a, E: Element> {
    pub(super) sizes: Sizes,
    /// x: `[batch, L, C]`
    pub(super) signals: &'a [E],
    pub(super) first: Folded<E>,
    pub(super) second: Folded<E>,
    /// y: `[batch, L, C]` is put behind them
    pub(super) values: &'a mut Vec<E>,
}

impl<E: Element> Kernel<E> for Inference<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<Scalar = E>>(self, simd: S) {
        let Self { sizes, signals, first, second, values } = self;
        let Sizes { kernels, channels, width, .. } = sizes;
        let (mut x, mut inner) = (sizes.with_margins(), sizes.with_margins());
        let mut y = sizes.signal();
        for signal in signals.chunks_exact(sizes.length * channels) {
            copy_rows(signal, channels, sizes.within(&mut x), width);
            kernels.convolve(simd, &x, &first.matrix, &mut y, false);
            // a = ReLU(w' * x + b')
            for channel in (0..width).step_by(S::LANES) {
                let bias = simd.load(&first.bias[channel..]);
                for (y, a) in y.chunks_exact(width).zip(sizes.within(&mut inner).chunks_exact_mut(width)) {
                    let a_here = simd.add(simd.load(&y[channel..]), bias);
                    simd.store(simd.where_positive(a_here, a_here), &mut a[channel..]);
                }
            }
            kernels.convolve(simd, &inner, &second.matrix, &mut y, false);
            // y = ReLU(ReLU(w' * a + b') + x)
            for channel in (0..width).step_by(S::LANES) {
                let bias = simd.load(&second.bias[channel..]);
                for (y, x) in y.chunks_exact_mut(width).zip(sizes.within(&mut x).chunks_exact(width)) {
                    let z = simd.add(simd.load(&y[channel..]), bias);
                    let sum = simd.add(simd.where_positive(z, z), simd.load(&x[channel..]));
                    simd.store(simd.where_positive(sum, sum), &mut y[channel..]);
                }
            }
            append_rows(&y, width, values, channels);
        }
    }
}
