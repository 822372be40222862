//! A function that compilers can turn into vector instructions, the same to the last bit on every processor.

use std::f64::consts::{LN_2, LOG2_E};

/// Adding this to a number of small magnitude rounds it and leaves it in the lowest bits: 1.5 · 2⁵².
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// Below this, results have no exponent left and are given as about 1e-304.
const LOWEST: f64 = -700.0;

/// 1 / k! for k = 0 … 10.
const COEFFICIENTS: [f64; 11] = [
    1.0,
    1.0,
    1.0 / 2.0,
    1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 120.0,
    1.0 / 720.0,
    1.0 / 5040.0,
    1.0 / 40_320.0,
    1.0 / 362_880.0,
    1.0 / 3_628_800.0,
];

/// `exp x` for x ≤ 0, to within 1e-12 of its value.
///
/// With x = n ln 2 + r, n whole and |r| ≤ ln 2 / 2: `2ⁿ Σ rᵏ / k!`, whose first term that is left out is below 3e-13.
/// Only additions, products and shifts, none fused, so that a loop over it has the same result in registers of any width.
#[inline(always)]
pub(super) fn exponential_of_negative(x: f64) -> f64 {
    let x = if x > LOWEST { x } else { LOWEST };
    let shifted = x * LOG2_E + ROUNDER;
    let r = x - (shifted - ROUNDER) * LN_2;
    let mut sum = COEFFICIENTS[10];
    for coefficient in COEFFICIENTS[..10].iter().rev() {
        sum = sum * r + coefficient;
    }
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
            assert!((found / expected - 1.0).abs() < 1e-12, "{x}: {found} and not {expected}");
        }
        assert_eq!(exponential_of_negative(0.0), 1.0);
        assert!(exponential_of_negative(f64::NEG_INFINITY) < 1e-300);
    }
}
