//! A function that compilers can turn into vector instructions, the same to the last bit on every processor.

use std::f64::consts::{LN_2, LOG2_E};

/// Adding this to a number of small magnitude rounds it and leaves it in the lowest bits: 1.5 · 2⁵².
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// Below this, results have no exponent left and are given as about 1e-304.
const LOWEST: f64 = -700.0;

/// Interpolates exp at the nine Chebyshev nodes of |r| ≤ ln 2 / 2; relative error 1.1e-12.
const COEFFICIENTS: [f64; 9] = [
    1.0,
    0.999_999_999_979_785,
    0.499_999_999_997_990_3,
    0.166_666_668_910_480_85,
    0.041_666_666_890_520_32,
    0.008_333_266_097_713_75,
    0.001_388_882_173_673_285_5,
    0.000_199_158_669_606_089_41,
    0.000_024_876_138_828_750_664,
];

/// `exp x` for x ≤ 0, to within 2e-12 of its value.
///
/// With x = n ln 2 + r, n whole and |r| ≤ ln 2 / 2: `2ⁿ exp r`. Only additions, products and shifts, none fused, so that a
/// loop over it has the same result in registers of any width; the sum is a tree, so that its terms need not wait for one
/// another.
#[inline(always)]
pub(super) fn exponential_of_negative(x: f64) -> f64 {
    let x = if x > LOWEST { x } else { LOWEST };
    let shifted = x * LOG2_E + ROUNDER;
    let r = x - (shifted - ROUNDER) * LN_2;
    let [c0, c1, c2, c3, c4, c5, c6, c7, c8] = COEFFICIENTS;
    let r2 = r * r;
    let r4 = r2 * r2;
    let low = (c0 + c1 * r) + (c2 + c3 * r) * r2;
    let high = (c4 + c5 * r) + (c6 + c7 * r) * r2;
    let sum = low + high * r4 + c8 * (r4 * r4);
    // The lowest bits of `shifted` are n; 52 places up they are added to the exponent.
    f64::from_bits(sum.to_bits().wrapping_add(shifted.to_bits() << 52))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_exponential_function() {
        for step in 0..700_000 {
            let x = -0.001 * f64::from(step);
            let (found, expected) = (exponential_of_negative(x), x.exp());
            assert!((found / expected - 1.0).abs() < 2e-12, "{x}: {found} and not {expected}");
        }
        assert_eq!(exponential_of_negative(0.0), 1.0);
        assert!(exponential_of_negative(f64::NEG_INFINITY) < 1e-300);
    }
}
