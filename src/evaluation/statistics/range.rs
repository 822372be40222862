//! A spread of which only the lowest and the highest value are known.

use statrs::distribution::{ContinuousCDF, Normal};

use super::Interval;
use super::student::student_quantile;

/// The mean distance between the lowest and the highest of `count` values of the standard normal distribution:
/// `d(n) = ∫ 1 - Φ(z)ⁿ - (1 - Φ(z))ⁿ dz`.
///
/// Reference: L. H. C. Tippett, *On the extreme individuals and the range of samples taken from a normal population*,
/// Biometrika 17, 1925. 0 for fewer than two values.
#[must_use]
pub fn expected_range(count: u32) -> f64 {
    const STEP: f64 = 0.01;
    const STEPS: i32 = 1000;
    if count < 2 {
        return 0.0;
    }
    let normal = Normal::standard();
    let count = f64::from(count);
    // The integrand and all its derivatives vanish at ±10, where the sum of a smooth function at equal steps is exact
    // to rounding.
    let integrand = |step: i32| {
        let z = f64::from(step) * STEP;
        1.0 - normal.cdf(z).powf(count) - normal.sf(z).powf(count)
    };
    (-STEPS..=STEPS).map(integrand).sum::<f64>() * STEP
}

/// `(highest - lowest) / d(n)`, with [`expected_range`] `d`: the standard deviation that normal values of this range
/// have on average. Nothing for fewer than two values.
#[must_use]
pub fn standard_deviation_from_range(lowest: f64, highest: f64, count: u32) -> Option<f64> {
    (count >= 2).then(|| (highest - lowest) / expected_range(count))
}

/// [`mean ± t s / √n`](super::mean_interval) with the standard deviation that the range stands for, where only mean,
/// lowest and highest of `count` values are known. Nothing for fewer than two values.
#[must_use]
pub fn mean_interval_from_range(mean: f64, lowest: f64, highest: f64, count: u32) -> Option<Interval> {
    let error = standard_deviation_from_range(lowest, highest, count)? / f64::from(count).sqrt();
    Some(Interval::around(mean, student_quantile(f64::from(count) - 1.0) * error))
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn it_agrees_with_scipy() {
        // scipy.integrate.quad(lambda z: 1 - norm.cdf(z)**n - norm.sf(z)**n, -inf, inf, epsabs=1e-13, epsrel=1e-13)
        assert_close(expected_range(2), 1.128_379_167_095_512_3, 1e-10);
        assert_close(expected_range(5), 2.325_928_947_281_039, 1e-10);
        assert_close(expected_range(15), 3.471_826_889_882_074_3, 1e-10);
    }

    #[test]
    fn the_baseline_of_the_paper_spreads_by_nine_and_a_half_points() {
        assert_close(standard_deviation_from_range(31.0, 64.0, 15).unwrap(), 9.505, 1e-3);
        assert_eq!(standard_deviation_from_range(31.0, 64.0, 1), None);
    }

    #[test]
    fn its_average_is_known_to_five_points() {
        // 2.144787 * (64 - 31) / 3.471827 / 15**0.5
        let interval = mean_interval_from_range(45.0, 31.0, 64.0, 15).unwrap();
        assert_close(interval.width() / 2.0, 5.2637, 1e-4);
        assert_eq!(mean_interval_from_range(45.0, 31.0, 64.0, 1), None);
    }
}
