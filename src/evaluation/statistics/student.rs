//! Intervals on means, from Student's t distribution.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use super::{CONFIDENCE, Interval, mean, standard_deviation};

/// Degrees of freedom from which the quantile is that of the normal distribution, corrected.
const MANY: f64 = 1e3;

/// The quantile `t` of Student's distribution that leaves half of the doubt above it.
///
/// For `ν` ≥ [`MANY`] degrees of freedom it is the expansion around the normal quantile `z`, whose next term is below
/// 10⁻¹¹ there: M. Abramowitz and I. A. Stegun, *Handbook of Mathematical Functions*, 26.7.5. statrs is wrong by 10⁻⁴ at
/// `ν` = 10⁶, and does not end at 10⁸.
pub(crate) fn student_quantile(degrees_of_freedom: f64) -> f64 {
    let nu = degrees_of_freedom;
    if nu >= MANY {
        let z = Normal::standard().inverse_cdf(0.5 + CONFIDENCE / 2.0);
        let terms = [
            (z.powi(3) + z) / 4.0,
            (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0,
            (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0,
        ];
        return (1..).zip(terms).fold(z, |t, (power, term)| t + term / nu.powi(power));
    }
    let student = StudentsT::new(0.0, 1.0, degrees_of_freedom);
    student.map_or(f64::NAN, |student| student.inverse_cdf(0.5 + CONFIDENCE / 2.0))
}

/// `x̄ ± t s / √n`, with `n - 1` degrees of freedom. Of differences of pairs it is the paired interval.
///
/// Reference: Student, *The probable error of a mean*, Biometrika 6, 1908. Nothing for fewer than two values.
#[must_use]
pub fn mean_interval(values: &[f64]) -> Option<Interval> {
    if values.len() < 2 {
        return None;
    }
    let count = values.len() as f64;
    let error = standard_deviation(values) / count.sqrt();
    Some(Interval::around(mean(values), student_quantile(count - 1.0) * error))
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    const ONE: [f64; 7] = [0.41, 0.52, 0.49, 0.44, 0.64, 0.31, 0.46];

    #[test]
    fn quantiles_agree_with_scipy() {
        // scipy.stats.t.ppf(.975, [1, 2, 12, 14, 38, 5.5])
        let expected = [
            (1.0, 12.706_204_74),
            (2.0, 4.302_652_73),
            (12.0, 2.178_812_83),
            (14.0, 2.144_786_69),
            (38.0, 2.024_394_16),
            (5.5, 2.501_858_62),
        ];
        for (degrees_of_freedom, quantile) in expected {
            assert_close(student_quantile(degrees_of_freedom), quantile, 1e-7);
        }
        // The same of [999, 1000, 1e6, 4294967294]: on both sides of where the expansion begins, and where statrs fails.
        let expected = [
            (999.0_f64, 1.962_341_461_133_449_3),
            (1e3, 1.962_339_080_826_408_3),
            (1e6, 1.959_966_356_814_107),
            (4_294_967_294.0, 1.959_963_985_092_391_3),
        ];
        for (degrees_of_freedom, quantile) in expected {
            assert_close(student_quantile(degrees_of_freedom), quantile, 1e-9);
        }
    }

    #[test]
    fn the_interval_on_a_mean_agrees_with_scipy() {
        // x = [0.41, 0.52, 0.49, 0.44, 0.64, 0.31, 0.46]
        // scipy.stats.ttest_1samp(x, 0).confidence_interval()
        let interval = mean_interval(&ONE).unwrap();
        assert_close(interval.low, 0.373_172_842_195_370_06, 1e-9);
        assert_close(interval.high, 0.561_112_872_090_344_2, 1e-9);
    }

    #[test]
    fn equal_values_leave_no_doubt_and_one_value_leaves_all() {
        assert_eq!(mean_interval(&[0.5; 3]), Some(Interval::around(0.5, 0.0)));
        assert_eq!(mean_interval(&[0.5]), None);
    }
}
