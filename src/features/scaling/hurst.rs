//! Rescaled range analysis.

use std::f64::consts::PI;

use super::{box_sizes, slope};
use crate::evaluation::statistics::{mean, standard_deviation};
use crate::features::constant::is_constant;

/// The smallest box, in samples: in smaller ones the range says little beyond what chance gives.
pub const HURST_SMALLEST_BOX: usize = 10;

/// The Hurst exponent H: 0.5 without memory, above it where rises follow rises, below it where falls follow rises.
///
/// ```text
/// R/S(n) = mean over boxes of n of (highest - lowest sum of deviations from the box's mean) / standard deviation
/// H = 0.5 + slope of ln (R/S(n) / E(n)) over ln n
/// E(n) = (n - ½) / n · Γ((n - 1) / 2) / (√π Γ(n / 2)) · Σᵢ₌₁..ₙ₋₁ √((n - i) / i)
/// ```
///
/// H. E. Hurst, *Long-term storage capacity of reservoirs*, Transactions of the American Society of Civil Engineers 116,
/// 1951. E(n), by A. A. Anis and E. H. Lloyd, *The expected value of the adjusted rescaled Hurst range of independent normal
/// summands*, Biometrika 63, 1976, with the first factor by E. E. Peters, *Fractal Market Analysis*, 1994, is what
/// chance gives; without it, noise of this length would have H near 0.6. Boxes do not overlap and leave the incomplete
/// rest out; sizes are 10, 12, 14, … up to a quarter of the signal. The standard deviation has the divisor n - 1.
///
/// Absent for a constant and for fewer than 48 samples, which have fewer than two sizes. A box in which nothing changes
/// is left out.
#[must_use]
pub fn hurst_exponent(samples: &[f64]) -> Option<f64> {
    let sizes = box_sizes(HURST_SMALLEST_BOX, samples.len() / 4).into_iter();
    let points: Vec<(f64, f64)> = sizes
        .filter_map(|size| {
            let ratio = mean_rescaled_range(samples, size)?;
            Some(((size as f64).ln(), ratio.ln() - expected_by_chance(size).ln()))
        })
        .collect();
    slope(&points).map(|slope| 0.5 + slope)
}

fn mean_rescaled_range(samples: &[f64], size: usize) -> Option<f64> {
    let moving = samples.chunks_exact(size).filter(|values| !is_constant(values));
    let ratios: Vec<f64> = moving.map(rescaled_range).collect();
    (!ratios.is_empty()).then(|| mean(&ratios))
}

fn rescaled_range(values: &[f64]) -> f64 {
    let centre = mean(values);
    let (mut sum, mut lowest, mut highest) = (0.0, f64::INFINITY, f64::NEG_INFINITY);
    for value in values {
        sum += value - centre;
        lowest = sum.min(lowest);
        highest = sum.max(highest);
    }
    (highest - lowest) / standard_deviation(values)
}

/// E(n).
fn expected_by_chance(size: usize) -> f64 {
    let n = size as f64;
    let gammas = (libm::lgamma((n - 1.0) / 2.0) - libm::lgamma(n / 2.0)).exp() / PI.sqrt();
    let roots: f64 = (1..size).map(|i| ((n - i as f64) / i as f64).sqrt()).sum();
    (n - 0.5) / n * gammas * roots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_of_a_small_box_is_that_of_pen_and_paper() {
        // Deviations -1, 1, -1, 1; sums -1, 0, -1, 0; range 1; standard deviation √(4/3).
        assert!((rescaled_range(&[0.0, 2.0, 0.0, 2.0]) - 0.75_f64.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn what_chance_gives_agrees_with_nolds() {
        // nolds.measures.expected_rs(n) of nolds 0.6.1
        for (size, expected) in
            [(10, 2.872_164_532_237_640_3), (100, 11.396_001_462_507_513), (340, 21.960_745_554_092_167)]
        {
            let found = expected_by_chance(size);
            assert!((found / expected - 1.0).abs() < 1e-12, "{found} and not {expected}");
        }
    }

    #[test]
    fn forty_eight_samples_are_enough_and_47_are_not() {
        let samples: Vec<f64> = (0..48).map(|i| f64::from(i * i % 17)).collect();
        assert!(hurst_exponent(&samples).is_some());
        assert_eq!(hurst_exponent(&samples[..47]), None);
        assert_eq!(hurst_exponent(&[2.5; 100]), None);
    }
}
