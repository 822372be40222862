//! Right answers of so many: interval and test, both exact.

use statrs::distribution::{Beta, Binomial, ContinuousCDF, Discrete, Normal};

use super::{CONFIDENCE, Interval};

/// The part of right answers that `right` of `of` leave possible: `[B(α/2; k, n - k + 1), B(1 - α/2; k + 1, n - k)]`
/// with the quantiles `B` of the beta distribution, `0` for `k = 0` and `1` for `k = n`.
///
/// Reference: C. J. Clopper and E. S. Pearson, *The use of confidence or fiducial limits illustrated in the case of the
/// binomial*, Biometrika 26, 1934. It holds the true part in at least [`CONFIDENCE`] of all repetitions, mostly in more.
/// Everything from 0 to 1 is possible without answers; more right answers than answers count as all.
///
/// Of more than a million answers it is Wilson's interval, `(p + z²/2n ± z √(p (1 - p)/n + z²/4n²)) / (1 + z²/n)`, which then is the
/// same to six digits: statrs does not find the quantile of a beta distribution of very many.
#[must_use]
pub fn clopper_pearson(right: usize, of: usize) -> Interval {
    let right = right.min(of);
    if of > MANY {
        return wilson(right as f64, of as f64);
    }
    let quantile = |part: f64, a: usize, b: usize| {
        Beta::new(a as f64, b as f64).map_or(f64::NAN, |beta| beta.inverse_cdf(part))
    };
    let doubt = (1.0 - CONFIDENCE) / 2.0;
    Interval {
        low: if right == 0 { 0.0 } else { quantile(doubt, right, of - right + 1) },
        high: if right == of { 1.0 } else { quantile(1.0 - doubt, right + 1, of - right) },
    }
}

/// Answers beyond which the quantiles of the beta distribution are not asked for.
const MANY: usize = 1_000_000;

/// E. B. Wilson, *Probable inference, the law of succession, and statistical inference*, JASA 22, 1927.
fn wilson(right: f64, of: f64) -> Interval {
    let z = Normal::standard().inverse_cdf(0.5 + CONFIDENCE / 2.0);
    let (part, square) = (right / of, z * z / of);
    let centre = (part + square / 2.0) / (1.0 + square);
    let half = z * (part * (1.0 - part) / of + square / (4.0 * of)).sqrt() / (1.0 + square);
    // Rounding must not leave a hair between an end and nothing, or all.
    Interval {
        low: if right == 0.0 { 0.0 } else { (centre - half).max(0.0) },
        high: if right == of { 1.0 } else { (centre + half).min(1.0) },
    }
}

/// What a mean number of right answers of so many leaves possible: [`clopper_pearson`] from the whole number below to the
/// whole number above.
///
/// A mean over runs that answer the same questions spreads no more than one run does, so this interval holds the true
/// part at least as often.
#[must_use]
pub fn clopper_pearson_of_mean(mean_right: f64, of: usize) -> Interval {
    let [below, above] =
        [mean_right.floor(), mean_right.ceil()].map(|right| clopper_pearson(right as usize, of));
    Interval { low: below.low, high: above.high }
}

/// The probability that `of` answers, each right with probability `part`, hold a number of right ones that is at most as
/// probable as `right`: the exact binomial test, two-sided.
///
/// `p = Σ P(j)` over all `j` with `P(j) ≤ P(k)`, where `P(j) = n! / (j! (n - j)!) partʲ (1 - part)ⁿ⁻ʲ`. Not a number if
/// `part` is no probability or there are more right answers than answers.
#[must_use]
pub fn binomial_test(right: usize, of: usize, part: f64) -> f64 {
    /// What rounding may add to an equal probability.
    const ROUNDING: f64 = 1.0 + 1e-7;
    let Ok(binomial) = Binomial::new(part, of as u64) else { return f64::NAN };
    if right > of {
        return f64::NAN;
    }
    let bound = binomial.pmf(right as u64) * ROUNDING;
    let sum: f64 = (0..=of as u64).map(|count| binomial.pmf(count)).filter(|&p| p <= bound).sum();
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn the_interval_agrees_with_scipy() {
        // scipy.stats.binomtest(k, n).proportion_ci(0.95, 'exact')
        let expected = [
            (0, 10, 0.0, 0.308_497_107_818_766_2),
            (10, 10, 0.691_502_892_181_237_1, 1.0),
            (17, 39, 0.278_107_629_676_409_4, 0.603_791_982_985_728_7),
            (22, 39, 0.396_208_017_014_271_2, 0.721_892_370_323_590_7),
            (13, 39, 0.190_880_979_046_346_1, 0.502_172_264_698_909_6),
            (1, 1, 0.025, 1.0),
        ];
        for (right, of, low, high) in expected {
            let interval = clopper_pearson(right, of);
            assert_close(interval.low, low, 1e-9);
            assert_close(interval.high, high, 1e-9);
        }
    }

    #[test]
    fn of_very_many_answers_there_is_an_interval_too() {
        let [few, more] = [MANY, MANY + 1].map(|of| clopper_pearson(of / 3, of));
        assert_close(few.low, more.low, 1e-5);
        assert_close(few.high, more.high, 1e-5);
        let enormous = clopper_pearson(usize::MAX / 3, usize::MAX);
        assert!(enormous.contains(1.0 / 3.0) && enormous.width() < 1e-8);
        assert_eq!((clopper_pearson(0, 1 << 40).low, clopper_pearson(1 << 40, 1 << 40).high), (0.0, 1.0));
    }

    #[test]
    fn the_test_agrees_with_scipy() {
        // scipy.stats.binomtest(k, n, p).pvalue
        let expected = [
            (17, 39, 1.0 / 3.0, 0.177_545_163_154_388_23),
            (20, 39, 15.0 / 39.0, 0.102_749_746_571_048_38),
            (0, 10, 0.5, 0.001_953_125),
            (5, 10, 0.5, 1.0),
            (3, 20, 0.4, 0.022_427_038_142_043_255),
        ];
        for (right, of, part, p) in expected {
            assert_close(binomial_test(right, of, part), p, 1e-10);
        }
        let small = binomial_test(39, 39, 1.0 / 3.0);
        assert_close(small / 2.467_579_001_990_982_3e-19, 1.0, 1e-9);
    }

    #[test]
    fn a_mean_is_rounded_outward() {
        // The paper's baseline: 45 % of 39 are 17.55 right answers.
        let interval = clopper_pearson_of_mean(17.55, 39);
        assert_eq!(interval.low, clopper_pearson(17, 39).low);
        assert_eq!(interval.high, clopper_pearson(18, 39).high);
        assert_eq!(clopper_pearson_of_mean(17.0, 39), clopper_pearson(17, 39));
    }

    #[test]
    fn bad_numbers_do_not_panic() {
        assert_eq!(clopper_pearson(0, 0), Interval { low: 0.0, high: 1.0 });
        assert_eq!(clopper_pearson(5, 4), clopper_pearson(4, 4));
        assert!(binomial_test(5, 4, 0.5).is_nan() && binomial_test(1, 4, 1.5).is_nan());
        assert_eq!(binomial_test(0, 0, 0.5), 1.0);
    }
}
