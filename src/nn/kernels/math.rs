//! Sigmoid and tanh on vectors, of arguments that are exponents of 2.
//!
//! Both are made of a power of 2, and what turns x into an exponent is a factor. Whoever computes x by a product puts
//! the factor into the weights, where it costs nothing. With y = n + r, n whole and |r| ≤ 1/2,
//!
//! ```text
//! 2^y     = 2ⁿ (1 + r q(r)),   q(r) = (2^r - 1) / r ≈ c₀ + c₁ r + … + c₅ r⁵
//! 2^y - 1 = (2ⁿ - 1) + 2ⁿ r q(r)         keeps its digits where y is near 0: there n = 0
//! σ(x)    = 1 / (1 + 2^y)                y = -x log₂ e
//! tanh(x) = m / (m + 2),  m = 2^y - 1    y = 2 x log₂ e
//! ```
//!
//! Largest errors in single precision, measured over the whole range at every level (`errors_stay_within_bounds`):
//! 4e-7 relative for σ and tanh as functions of y, which is about three units in the last place.

use std::f64::consts::LOG2_E;

use super::Simd;

/// Interpolates q(r) = (2^r - 1) / r at the six Chebyshev nodes of |r| ≤ 1/2; relative error 2.2e-8.
const COEFFICIENTS: [f32; 6] =
    [std::f32::consts::LN_2, 0.240_226_5, 0.055_503_57, 0.009_618_083, 0.001_339_086_3, 0.000_154_531_63];

/// q(r) = (2^r - 1) / r for |r| ≤ 1/2.
#[inline(always)]
pub(super) fn exp2_slope<S: Simd<Scalar = f32>>(simd: S, r: S::Vector) -> S::Vector {
    let [c0, c1, c2, c3, c4, c5] = COEFFICIENTS;
    let q = simd.mul_add(simd.splat(c5), r, simd.splat(c4));
    let q = simd.mul_add(q, r, simd.splat(c3));
    let q = simd.mul_add(q, r, simd.splat(c2));
    let q = simd.mul_add(q, r, simd.splat(c1));
    simd.mul_add(q, r, simd.splat(c0))
}

/// y / x for [`sigmoid`].
pub(crate) const SIGMOID_EXPONENT: f64 = -LOG2_E;

/// Beyond this, 2^y or 2^-y leaves the range of single precision; σ is then 0 or 1 to within 1e-37.
const SIGMOID_BOUND: f64 = 124.0;

/// σ(x) = 1 / (1 + 2^y) for y = [`SIGMOID_EXPONENT`] x.
#[inline(always)]
pub(crate) fn sigmoid<S: Simd>(simd: S, y: S::Vector) -> S::Vector {
    let one = simd.splat(scalar::<S>(1.0));
    let y = simd.clamp(y, scalar::<S>(-SIGMOID_BOUND), scalar::<S>(SIGMOID_BOUND));
    let n = simd.round(y);
    let r = simd.sub(y, n);
    let power = simd.scale(simd.mul_add(r, simd.exp2_slope(r), one), n);
    simd.div(one, simd.add(one, power))
}

/// y / x for [`tanh`].
pub(crate) const TANH_EXPONENT: f64 = 2.0 * LOG2_E;

/// Beyond this, tanh is ±1 to the last place in double precision, and the more so in single.
const TANH_BOUND: f64 = 58.0;

/// tanh(x) = m / (m + 2) with m = 2^y - 1 for y = [`TANH_EXPONENT`] x.
#[inline(always)]
pub(crate) fn tanh<S: Simd>(simd: S, y: S::Vector) -> S::Vector {
    let (one, two) = (simd.splat(scalar::<S>(1.0)), simd.splat(scalar::<S>(2.0)));
    let y = simd.clamp(y, scalar::<S>(-TANH_BOUND), scalar::<S>(TANH_BOUND));
    let n = simd.round(y);
    let r = simd.sub(y, n);
    let power = simd.scale(one, n);
    let m = simd.mul_add(simd.mul(power, r), simd.exp2_slope(r), simd.sub(power, one));
    simd.div(m, simd.add(m, two))
}

#[inline(always)]
fn scalar<S: Simd>(value: f64) -> S::Scalar {
    <S::Scalar as super::Element>::from_f64(value)
}

#[cfg(test)]
mod tests {
    use super::super::{Element, Kernel, Level, Simd};

    #[derive(Clone, Copy)]
    enum Function {
        Sigmoid,
        Tanh,
    }

    impl Function {
        /// Of y, the exponent.
        fn exact(self, y: f64) -> f64 {
            match self {
                Self::Sigmoid => 1.0 / (1.0 + y.exp2()),
                Self::Tanh => (y * std::f64::consts::LN_2 / 2.0).tanh(),
            }
        }
    }

    struct Map<'a, E>(Function, &'a mut [E]);

    impl<E: Element> Kernel<E> for Map<'_, E> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd<Scalar = E>>(self, simd: S) {
            for chunk in self.1.chunks_exact_mut(S::LANES) {
                let x = simd.load(chunk);
                let y = match self.0 {
                    Function::Sigmoid => super::sigmoid(simd, x),
                    Function::Tanh => super::tanh(simd, x),
                };
                simd.store(y, chunk);
            }
        }
    }

    /// Every 4099th number of single precision: all exponents, both signs, infinities and NaNs. Then ±100 closely.
    fn inputs() -> Vec<f32> {
        let all = (0..=u32::MAX).step_by(4099).map(f32::from_bits);
        let close = (-200_000..200_000).map(|i| i as f32 / 2000.0);
        let special = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, -0.0, f32::MIN_POSITIVE, f32::MAX];
        let mut inputs: Vec<f32> = all.chain(close).chain(special).collect();
        inputs.resize(inputs.len().next_multiple_of(16), 0.0);
        inputs
    }

    #[test]
    fn errors_stay_within_bounds() {
        let inputs = inputs();
        for level in Level::available() {
            for function in [Function::Sigmoid, Function::Tanh] {
                let mut outputs = inputs.clone();
                level.run(Map(function, &mut outputs));
                for (&x, &y) in inputs.iter().zip(&outputs) {
                    let exact = function.exact(f64::from(x));
                    // Below the smallest normal number there are no relative errors to speak of.
                    let bound = 4e-7 * exact.abs() + 1e-37;
                    let error = (f64::from(y) - exact).abs();
                    assert!(
                        error <= bound || (x.is_nan() && y.is_nan()),
                        "{}: {x:e} gives {y:e}, exactly {exact:e}",
                        level.name()
                    );
                }
            }
        }
    }

    #[test]
    fn double_precision_keeps_fourteen_digits() {
        let inputs: Vec<f64> =
            (-40_000..40_000).map(|i| f64::from(i) / 1000.0).chain([f64::NAN; 8]).collect();
        for function in [Function::Sigmoid, Function::Tanh] {
            let mut outputs = inputs.clone();
            Level::detected().run::<f64, _>(Map(function, &mut outputs));
            for (&x, &y) in inputs.iter().zip(&outputs) {
                let exact = function.exact(x);
                let close = (y - exact).abs() <= 2e-14 * exact.abs();
                assert!(close || (x.is_nan() && y.is_nan()), "{x:e} gives {y:e}, exactly {exact:e}");
            }
        }
    }
}
