//! e^x, sigmoid and tanh on vectors.
//!
//! All three come from one polynomial. With x = n ln 2 + r, |r| ≤ ln 2 / 2 and n whole,
//!
//! ```text
//! e^x     = 2ⁿ + 2ⁿ (e^r - 1)
//! e^x - 1 = (2ⁿ - 1) + 2ⁿ (e^r - 1)      keeps its digits where x is near 0: there n = 0
//! e^r - 1 ≈ r + r² (c₀ + c₁ r + c₂ r² + c₃ r³ + c₄ r⁴)
//! σ(x)    = 1 / (1 + e^-x)
//! tanh(x) = m / (m + 2),  m = e^2x - 1
//! ```
//!
//! Largest errors in single precision, measured over the whole range at every level (`errors_stay_within_bounds`):
//! 4e-7 relative for σ and tanh, which is about three units in the last place.

use super::Simd;

/// Interpolates (e^r - 1 - r) / r² at the five Chebyshev nodes of |r| ≤ ln 2 / 2; relative error of e^r - 1: 2.6e-8.
const COEFFICIENTS: [f32; 5] = [0.5, 0.166_665_76, 0.041_666_556, 0.008_363_203, 0.001_392_621_3];

/// ln 2 in two parts: the first has so few bits that its product with any n here is exact.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// e^r - 1 for r = x - n ln 2, |r| ≤ ln 2 / 2.
#[inline(always)]
pub(super) fn expm1_reduced<S: Simd<Scalar = f32>>(simd: S, x: S::Vector, n: S::Vector) -> S::Vector {
    let r = simd.neg_mul_add(n, simd.splat(LN_2_HIGH), x);
    let r = simd.neg_mul_add(n, simd.splat(LN_2_LOW), r);
    let [c0, c1, c2, c3, c4] = COEFFICIENTS;
    let q = simd.mul_add(simd.splat(c4), r, simd.splat(c3));
    let q = simd.mul_add(q, r, simd.splat(c2));
    let q = simd.mul_add(q, r, simd.splat(c1));
    let q = simd.mul_add(q, r, simd.splat(c0));
    simd.mul_add(simd.mul(r, r), q, r)
}

/// Beyond this, e^x or e^-x leaves the range of single precision; σ is then 0 or 1 to within 1e-37.
const SIGMOID_BOUND: f64 = 86.0;

/// σ(x) = 1 / (1 + e^-x)
#[inline(always)]
pub(crate) fn sigmoid<S: Simd>(simd: S, x: S::Vector) -> S::Vector {
    let (one, bound) = (scalar::<S>(1.0), scalar::<S>(SIGMOID_BOUND));
    let negative = simd.sub(simd.splat(scalar::<S>(0.0)), x);
    let (power, fraction) = simd.exp_parts(simd.clamp(negative, scalar::<S>(-SIGMOID_BOUND), bound));
    let exp = simd.mul_add(power, fraction, power);
    simd.div(simd.splat(one), simd.add(simd.splat(one), exp))
}

/// Beyond this, tanh is ±1 to the last place in double precision, and the more so in single.
const TANH_BOUND: f64 = 20.0;

/// tanh(x) = m / (m + 2),  m = e^2x - 1
#[inline(always)]
pub(crate) fn tanh<S: Simd>(simd: S, x: S::Vector) -> S::Vector {
    let (one, two) = (simd.splat(scalar::<S>(1.0)), simd.splat(scalar::<S>(2.0)));
    let x = simd.clamp(x, scalar::<S>(-TANH_BOUND), scalar::<S>(TANH_BOUND));
    let (power, fraction) = simd.exp_parts(simd.add(x, x));
    let m = simd.mul_add(power, fraction, simd.sub(power, one));
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
        fn exact(self, x: f64) -> f64 {
            match self {
                Self::Sigmoid => 1.0 / (1.0 + (-x).exp()),
                Self::Tanh => x.tanh(),
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
