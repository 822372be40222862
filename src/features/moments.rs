//! Where a signal's values lie and how they are distributed, whatever their order.

use super::constant::is_constant;
use crate::evaluation::statistics;

/// `x̄ = Σ xᵢ / n`, in the samples' unit.
#[must_use]
pub fn mean(samples: &[f64]) -> Option<f64> {
    (!samples.is_empty()).then(|| statistics::mean(samples))
}

/// `s = √(Σ (xᵢ - x̄)² / (n - 1))`, in the samples' unit; absent for fewer than two.
///
/// The divisor is MATLAB's, in which Rahman et al. worked: their table has it (`var` is `n / (n - 1)` times the mean
/// square deviation).
#[must_use]
pub fn standard_deviation(samples: &[f64]) -> Option<f64> {
    // A mean may be rounded, and a constant would then deviate from it.
    let spread = || if is_constant(samples) { 0.0 } else { statistics::standard_deviation(samples) };
    (samples.len() >= 2).then(spread)
}

/// `s²`, in the square of the samples' unit; absent for fewer than two.
#[must_use]
pub fn variance(samples: &[f64]) -> Option<f64> {
    standard_deviation(samples).map(|spread| spread * spread)
}

/// `m₃ / m₂^1.5` with the central moments `mₖ = Σ (xᵢ - x̄)ᵏ / n`; absent for a constant.
///
/// This is g₁ of D. N. Joanes and C. A. Gill, *Comparing measures of sample skewness and kurtosis*, The Statistician 47,
/// 1998: the default of MATLAB and of scipy.
#[must_use]
pub fn skewness(samples: &[f64]) -> Option<f64> {
    standard_moment(samples, 3)
}

/// `m₄ / m₂²`; 3 for a normal distribution; absent for a constant.
///
/// MATLAB's default. Some subtract 3 (scipy, unless told `fisher=False`); all values of Rahman et al.'s table are above 1,
/// the least that this form can be, so they do not.
#[must_use]
pub fn kurtosis(samples: &[f64]) -> Option<f64> {
    standard_moment(samples, 4)
}

/// `Σ zᵢᵏ / n` of the standardised samples `z`, whose powers do not leave double precision where those of the samples
/// would.
fn standard_moment(samples: &[f64], order: i32) -> Option<f64> {
    if samples.len() < 2 || is_constant(samples) {
        return None;
    }
    let centre = statistics::mean(samples);
    let squares: f64 = samples.iter().map(|sample| (sample - centre).powi(2)).sum();
    let spread = (squares / samples.len() as f64).sqrt();
    let powers: f64 = samples.iter().map(|sample| ((sample - centre) / spread).powi(order)).sum();
    Some(powers / samples.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_different_samples_have_no_skewness_and_the_least_kurtosis() {
        assert_eq!(skewness(&[3.0, 5.0]), Some(0.0));
        assert_eq!(kurtosis(&[3.0, 5.0]), Some(1.0));
        assert_eq!(variance(&[3.0, 5.0]), Some(2.0000000000000004));
    }

    #[test]
    fn a_constant_has_no_spread_even_where_its_mean_is_rounded() {
        let constant = [0.1; 3];
        assert_ne!(statistics::mean(&constant), 0.1);
        assert_eq!(standard_deviation(&constant), Some(0.0));
        assert_eq!((skewness(&constant), kurtosis(&constant)), (None, None));
    }
}
