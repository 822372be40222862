//! How large a signal is.
//!
//! For samples `x₁ … xₙ`. Results are in the samples' unit, but for the [`simple_square_integral`]. The names are those
//! of A. Phinyomark, P. Phukpattaranont and C. Limsakul, *Feature reduction and selection for EMG signal
//! classification*, Expert Systems with Applications 39, 2012, section 2.1.
//!
//! Band power is never negative, so on such recordings the sum of absolute values is the [`sum`] and the mean absolute
//! value the mean. Both are kept, as Rahman et al. have them.

/// `Σ xᵢ`. Grows with the length.
#[must_use]
pub fn sum(samples: &[f64]) -> Option<f64> {
    (!samples.is_empty()).then(|| samples.iter().sum())
}

/// `Σ |xᵢ|`, the integrated EMG of Phinyomark et al. (eq. 1). Grows with the length.
#[must_use]
pub fn absolute_sum(samples: &[f64]) -> Option<f64> {
    (!samples.is_empty()).then(|| samples.iter().map(|sample| sample.abs()).sum())
}

/// `Σ |xᵢ| / n` (eq. 2).
#[must_use]
pub fn mean_absolute_value(samples: &[f64]) -> Option<f64> {
    absolute_sum(samples).map(|sum| sum / samples.len() as f64)
}

/// `Σ xᵢ²` (eq. 5), in the square of the samples' unit. Grows with the length.
#[must_use]
pub fn simple_square_integral(samples: &[f64]) -> Option<f64> {
    (!samples.is_empty()).then(|| samples.iter().map(|sample| sample * sample).sum())
}

/// `√(Σ xᵢ² / n)` (eq. 15).
#[must_use]
pub fn root_mean_square(samples: &[f64]) -> Option<f64> {
    simple_square_integral(samples).map(|sum| (sum / samples.len() as f64).sqrt())
}

/// `exp(Σ ln |xᵢ| / n)`, the geometric mean of the absolute values (eq. 17).
///
/// It is 0 if a single sample is.
#[must_use]
pub fn log_detector(samples: &[f64]) -> Option<f64> {
    let logarithms: f64 = samples.iter().map(|sample| sample.abs().ln()).sum();
    (!samples.is_empty()).then(|| (logarithms / samples.len() as f64).exp())
}

/// The highest sample.
#[must_use]
pub fn maximum(samples: &[f64]) -> Option<f64> {
    samples.iter().copied().reduce(f64::max)
}

/// The lowest sample.
#[must_use]
pub fn minimum(samples: &[f64]) -> Option<f64> {
    samples.iter().copied().reduce(f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amplitudes_of_three_samples_are_those_of_pen_and_paper() {
        let samples = [1.0, -2.0, 4.0];
        assert_eq!(sum(&samples), Some(3.0));
        assert_eq!(absolute_sum(&samples), Some(7.0));
        assert_eq!(mean_absolute_value(&samples), Some(7.0 / 3.0));
        assert_eq!(simple_square_integral(&samples), Some(21.0));
        assert_eq!(root_mean_square(&samples), Some(7.0_f64.sqrt()));
        assert!((log_detector(&samples).unwrap() - 2.0).abs() < 1e-15);
        assert_eq!((minimum(&samples), maximum(&samples)), (Some(-2.0), Some(4.0)));
    }

    #[test]
    fn one_zero_makes_the_log_detector_zero() {
        assert_eq!(log_detector(&[0.0, 5.0, 7.0]), Some(0.0));
    }
}
