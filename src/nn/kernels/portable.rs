//! Vectors in plain Rust: eight elements that the compiler may put into whatever registers it has.

use std::marker::PhantomData;

use super::{Kernel, Simd, math};

/// Needs no instructions of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Portable<E>(PhantomData<E>);

impl<E> Portable<E> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

const LANES: usize = 8;

/// A vector of what an expression gives for each lane. A loop over an array is compiled to vector instructions;
/// `array::from_fn` is not: products then take twice as long.
macro_rules! each {
    (|$lane:ident| $value:expr) => {{
        let mut vector = [0.0; LANES];
        for ($lane, element) in vector.iter_mut().enumerate() {
            *element = $value;
        }
        vector
    }};
}

macro_rules! portable {
    ($Scalar:ty, $rounder:literal, $bias:literal, $fraction_bits:literal, $exp2_slope:expr) => {
        impl Simd for Portable<$Scalar> {
            type Scalar = $Scalar;
            type Vector = [$Scalar; LANES];
            const LANES: usize = LANES;
            const TILE_ROWS: usize = 4;
            const TILE_REGISTERS: usize = 1;

            fn vectorize<K: Kernel<$Scalar>>(self, kernel: K) -> K::Output {
                kernel.run(self)
            }
            #[inline(always)]
            fn splat(self, value: $Scalar) -> Self::Vector {
                [value; LANES]
            }
            #[inline(always)]
            unsafe fn load_at(self, from: *const $Scalar) -> Self::Vector {
                // SAFETY: the caller has LANES elements there; an array is aligned like its element.
                unsafe { from.cast::<Self::Vector>().read() }
            }
            #[inline(always)]
            unsafe fn store_at(self, value: Self::Vector, to: *mut $Scalar) {
                // SAFETY: the caller has LANES elements there; an array is aligned like its element.
                unsafe { to.cast::<Self::Vector>().write(value) }
            }
            #[inline(always)]
            fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
                each!(|lane| a[lane] + b[lane])
            }
            #[inline(always)]
            fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
                each!(|lane| a[lane] - b[lane])
            }
            #[inline(always)]
            fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
                each!(|lane| a[lane] * b[lane])
            }
            // A product and a sum: without FMA instructions, a fused one would be a slow library call.
            #[inline(always)]
            fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
                each!(|lane| a[lane] * b[lane] + c[lane])
            }
            #[inline(always)]
            fn neg_mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
                each!(|lane| c[lane] - a[lane] * b[lane])
            }
            #[inline(always)]
            fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
                each!(|lane| a[lane] / b[lane])
            }
            #[inline(always)]
            fn clamp(self, value: Self::Vector, low: $Scalar, high: $Scalar) -> Self::Vector {
                each!(|lane| <$Scalar>::clamp(value[lane], low, high))
            }
            #[inline(always)]
            fn flush(self, value: Self::Vector, bound: $Scalar) -> Self::Vector {
                each!(|lane| if value[lane].abs() < bound { 0.0 } else { value[lane] })
            }
            #[inline(always)]
            fn where_positive(self, value: Self::Vector, of: Self::Vector) -> Self::Vector {
                each!(|lane| if of[lane] <= 0.0 { 0.0 } else { value[lane] })
            }
            #[inline(always)]
            fn round(self, value: Self::Vector) -> Self::Vector {
                // Adding and taking away 1.5 · 2^(digits - 1) leaves no bits for a fraction.
                each!(|lane| (value[lane] + $rounder) - $rounder)
            }
            #[inline(always)]
            fn scale(self, value: Self::Vector, n: Self::Vector) -> Self::Vector {
                // 2ⁿ has the exponent bits n + bias, which are the last ones of this sum.
                each!(|lane| value[lane]
                    * <$Scalar>::from_bits((n[lane] + ($rounder + $bias)).to_bits() << $fraction_bits))
            }
            #[inline(always)]
            fn exp2_slope(self, r: Self::Vector) -> Self::Vector {
                $exp2_slope(self, r)
            }
        }
    };
}

portable!(f32, 12_582_912.0, 127.0, 23, math::exp2_slope);
// The polynomial is made for single precision; here the library's function takes its place.
portable!(f64, 6_755_399_441_055_744.0, 1023.0, 52, |_: Self, r: [f64; LANES]| {
    use std::f64::consts::LN_2;
    r.map(|r| if r == 0.0 { LN_2 } else { (r * LN_2).exp_m1() / r })
});
