//! Mean and spread.

/// `x̄ = Σ x / n`; not a number without values.
#[must_use]
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// `s = √(Σ (x - x̄)² / (n - 1))`, in the unit of the values; not a number for fewer than two.
#[must_use]
pub fn standard_deviation(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return f64::NAN;
    }
    let centre = mean(values);
    let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    (squares / (values.len() - 1) as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn mean_and_standard_deviation_agree_with_numpy() {
        // x = [0.41, 0.52, 0.49, 0.44, 0.64, 0.31, 0.46]; numpy.mean(x), numpy.std(x, ddof=1)
        let values = [0.41, 0.52, 0.49, 0.44, 0.64, 0.31, 0.46];
        assert_close(mean(&values), 0.467_142_857_142_857_14, 1e-15);
        assert_close(standard_deviation(&values), 0.101_606_149_045_269_53, 1e-15);
    }

    #[test]
    fn too_few_values_have_neither() {
        assert!(mean(&[]).is_nan());
        assert!(standard_deviation(&[]).is_nan() && standard_deviation(&[1.0]).is_nan());
    }
}
