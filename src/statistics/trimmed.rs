//! The paper's average.

use super::student::student_quantile;
use super::{Interval, mean, standard_deviation};

/// The mean of all values but the lowest and the highest (paper: 2). Of equal ones, one is left out.
///
/// Nothing for fewer than three values, which would leave none; not a number if a value is not.
#[must_use]
pub fn trimmed_mean(values: &[f64]) -> Option<f64> {
    let sorted = sorted(values)?;
    Some(mean(&sorted[1..sorted.len() - 1]))
}

/// `x̄ₜ ± t s_w / (√n (1 - 2/n))` around the [`trimmed_mean`], with `n - 3` degrees of freedom.
///
/// `s_w` is the standard deviation after the lowest value was set to the second lowest and the highest to the second
/// highest. Reference: J. W. Tukey and D. H. McLaughlin, *Less vulnerable confidence and significance procedures for
/// location based on a single sample*, Sankhyā A 25, 1963. Nothing for fewer than four values.
#[must_use]
pub fn trimmed_mean_interval(values: &[f64]) -> Option<Interval> {
    let centre = trimmed_mean(values)?;
    let mut winsorized = sorted(values).filter(|sorted| sorted.len() > 3)?;
    let last = winsorized.len() - 1;
    winsorized[0] = winsorized[1];
    winsorized[last] = winsorized[last - 1];
    let count = values.len() as f64;
    let error = standard_deviation(&winsorized) / (count.sqrt() * (1.0 - 2.0 / count));
    Some(Interval::around(centre, student_quantile(count - 3.0) * error))
}

/// In rising order; all of them NaN if one is, which would otherwise be taken for the highest and left out.
fn sorted(values: &[f64]) -> Option<Vec<f64>> {
    if values.len() < 3 {
        return None;
    }
    if values.iter().any(|value| value.is_nan()) {
        return Some(vec![f64::NAN; values.len()]);
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    Some(sorted)
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    const VALUES: [f64; 7] = [0.41, 0.52, 0.49, 0.44, 0.64, 0.31, 0.46];

    #[test]
    fn the_lowest_and_the_highest_are_left_out() {
        assert_close(trimmed_mean(&VALUES).unwrap(), 0.464, 1e-15);
        assert_eq!(trimmed_mean(&[3.0, 100.0, -5.0]), Some(3.0));
    }

    #[test]
    fn of_equal_values_one_is_left_out() {
        assert_eq!(trimmed_mean(&[1.0, 1.0, 4.0, 4.0]), Some(2.5));
    }

    #[test]
    fn fewer_than_three_values_have_no_trimmed_mean() {
        assert_eq!(trimmed_mean(&[]), None);
        assert_eq!(trimmed_mean(&[1.0, 2.0]), None);
        assert_eq!(trimmed_mean_interval(&[1.0, 2.0, 3.0]), None);
    }

    #[test]
    fn nan_is_not_taken_for_the_highest() {
        assert!(trimmed_mean(&[1.0, 2.0, 3.0, f64::NAN]).unwrap().is_nan());
        assert!(trimmed_mean_interval(&[1.0, 2.0, 3.0, f64::NAN]).unwrap().low.is_nan());
    }

    #[test]
    fn the_interval_agrees_with_scipy() {
        // x = [0.41, 0.52, 0.49, 0.44, 0.64, 0.31, 0.46]; part = (1 + 1e-12) / 7
        // scipy.stats.mstats.trimmed_mean_ci(x, limits=(part, part))
        let interval = trimmed_mean_interval(&VALUES).unwrap();
        assert_close(interval.low, 0.394_644_423_501_479, 1e-9);
        assert_close(interval.high, 0.533_355_576_498_521, 1e-9);
    }
}
