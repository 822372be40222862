//! How much a signal changes from sample to sample, in its own unit.

/// `Σ |xᵢ₊₁ - xᵢ| / (n - 1)`; absent for fewer than two samples.
///
/// δ of R. W. Picard, E. Vyzas and J. Healey, *Toward machine emotional intelligence*, IEEE Transactions on Pattern
/// Analysis and Machine Intelligence 23, 2001, eq. 4.
#[must_use]
pub fn mean_absolute_first_difference(samples: &[f64]) -> Option<f64> {
    mean_absolute_change(samples, 1)
}

/// `Σ |xᵢ₊₂ - xᵢ| / (n - 2)`; absent for fewer than three samples.
///
/// γ of Picard et al., eq. 6: the change over two steps, not the difference of differences.
#[must_use]
pub fn mean_absolute_second_difference(samples: &[f64]) -> Option<f64> {
    mean_absolute_change(samples, 2)
}

/// `Σ |xᵢ₊₁ - xᵢ| / n`; absent for fewer than two samples.
///
/// A. Phinyomark et al., 2012 (see [`amplitude`](super::amplitude)), eq. 20. It is the first difference but for its
/// divisor, and knows nothing else; Rahman et al. have both.
#[must_use]
pub fn average_amplitude_change(samples: &[f64]) -> Option<f64> {
    let changes = samples.len() as f64 - 1.0;
    mean_absolute_first_difference(samples).map(|mean| mean * changes / (changes + 1.0))
}

/// `√(Σ (xᵢ₊₁ - xᵢ)² / (n - 1))`; absent for fewer than two samples.
///
/// The difference absolute standard deviation value of Phinyomark et al., eq. 21.
#[must_use]
pub fn difference_absolute_standard_deviation(samples: &[f64]) -> Option<f64> {
    let squares: f64 = samples.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum();
    (samples.len() >= 2).then(|| (squares / (samples.len() - 1) as f64).sqrt())
}

fn mean_absolute_change(samples: &[f64], steps: usize) -> Option<f64> {
    let later = samples.get(steps..).filter(|later| !later.is_empty())?;
    let changes: f64 = later.iter().zip(samples).map(|(after, before)| (after - before).abs()).sum();
    Some(changes / later.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_of_four_samples_are_those_of_pen_and_paper() {
        let samples = [1.0, 3.0, 2.0, 6.0];
        assert_eq!(mean_absolute_first_difference(&samples), Some(7.0 / 3.0));
        assert_eq!(mean_absolute_second_difference(&samples), Some(2.0));
        assert_eq!(average_amplitude_change(&samples), Some(7.0 / 4.0));
        assert_eq!(difference_absolute_standard_deviation(&samples), Some(7.0_f64.sqrt()));
    }

    #[test]
    fn what_has_no_differences_has_none_of_them() {
        assert_eq!(mean_absolute_first_difference(&[1.0]), None);
        assert_eq!(average_amplitude_change(&[1.0]), None);
        assert_eq!(difference_absolute_standard_deviation(&[]), None);
        assert_eq!(mean_absolute_second_difference(&[1.0, 2.0]), None);
    }
}
