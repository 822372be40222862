//! A test of paired differences.

use super::Probability;
use super::probability::MAX_STEPS;

/// The probability that the sum of differences is at least as far from 0 if each of them could as well have had the
/// other sign: the sign-flip (paired permutation) test, two-sided.
///
/// `p = P(|Σ ±dᵢ| ≥ |Σ dᵢ|)` over all `2ⁿ` choices of signs, equally likely. Reference: R. A. Fisher, *The Design of
/// Experiments*, 1935, section 21. With `n` differences that are not 0 it is never below `2¹⁻ⁿ`, so fewer than six
/// decide nothing at a level of 5 %. 1 without differences.
///
/// Differences are counts, so sums are too, and the distribution of sums is built up one difference after the other, which
/// counts all choices of signs: room and, for each difference, time grow with the sum of all. Where that takes more than
/// [`MAX_STEPS`], signs are drawn instead.
#[must_use]
pub fn sign_flip_test(differences: &[i64]) -> Probability {
    let divisor = differences.iter().fold(0, |divisor, difference| gcd(divisor, difference.unsigned_abs()));
    if divisor == 0 {
        return Probability::counted(1.0);
    }
    let sizes: Vec<u64> = differences.iter().map(|difference| difference.unsigned_abs() / divisor).collect();
    let total: u128 = sizes.iter().map(|size| u128::from(*size)).sum();
    let found = differences.iter().map(|difference| i128::from(*difference)).sum::<i128>().unsigned_abs()
        / u128::from(divisor);
    if (total + 1) * sizes.len() as u128 <= MAX_STEPS {
        Probability::counted(counted(&sizes, total as usize, found as usize))
    } else {
        drawn(&sizes, total, found)
    }
}

/// Every choice of signs.
fn counted(sizes: &[u64], total: usize, found: usize) -> f64 {
    // Σ ±dᵢ = 2 (sum of those with a plus) - total, so it is enough to follow the sums of those with a plus.
    let mut probabilities = vec![0.0; total + 1];
    probabilities[0] = 1.0;
    for size in sizes.iter().map(|size| *size as usize) {
        for sum in (0..=total).rev() {
            let with_plus = if sum < size { 0.0 } else { probabilities[sum - size] };
            probabilities[sum] = f64::midpoint(probabilities[sum], with_plus);
        }
    }
    let extreme = |sum: usize| (2 * sum).abs_diff(total) >= found;
    (0..=total).filter(|&sum| extreme(sum)).map(|sum| probabilities[sum]).sum()
}

/// Choices of signs at random.
fn drawn(sizes: &[u64], total: u128, found: u128) -> Probability {
    Probability::drawn(|chance| {
        let plus: u128 = sizes.iter().filter(|_| chance.below(2) == 1).map(|size| u128::from(*size)).sum();
        (2 * plus).abs_diff(total) >= found
    })
}

/// The greatest common divisor; that of 0 and a number is the number.
fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn it_agrees_with_scipy() {
        // scipy.stats.permutation_test((numpy.array(d),), lambda d, axis: d.sum(axis=axis),
        //     permutation_type='samples', n_resamples=numpy.inf, vectorized=True).pvalue
        assert_close(sign_flip_test(&[3, -1, 2, 4, 0, 5]).p, 0.125, 1e-15);
        assert_close(sign_flip_test(&[1; 6]).p, 0.031_25, 1e-15);
        assert_close(sign_flip_test(&[2, -7, 3, 3, -1, 0, 4, 9]).p, 0.390_625, 1e-15);
    }

    #[test]
    fn it_does_not_depend_on_the_unit_or_on_the_side() {
        let expected = sign_flip_test(&[2, -7, 3, 3, -1, 0, 4, 9]);
        assert_eq!(sign_flip_test(&[30, -105, 45, 45, -15, 0, 60, 135]), expected);
        assert_eq!(sign_flip_test(&[-2, 7, -3, -3, 1, 0, -4, -9]), expected);
    }

    #[test]
    fn nothing_different_decides_nothing() {
        assert_eq!(sign_flip_test(&[]).p, 1.0);
        assert_eq!(sign_flip_test(&[0, 0]).p, 1.0);
        assert_eq!(sign_flip_test(&[5, 5]).p, 0.5);
    }

    #[test]
    fn a_test_set_of_39_is_decided_exactly() {
        // Two of 2³⁹ choices are as extreme.
        assert_close(sign_flip_test(&[15; 39]).p * 2f64.powi(38), 1.0, 1e-12);
    }

    #[test]
    fn forty_participants_are_counted_and_many_large_differences_are_drawn() {
        let forty: Vec<i64> = (0..40).map(|i| (i * i) % 181 - 60).collect();
        assert_eq!(sign_flip_test(&forty).standard_error, None);
        let many: Vec<i64> = (0..100).map(|i| (i * 7_919_791) % 10_000_019 - 4_900_000).collect();
        let found = sign_flip_test(&many);
        assert_eq!(found, sign_flip_test(&many), "the same draws");
        assert!(found.standard_error.is_some_and(|error| error > 0.0 && error < 0.002), "{found:?}");
        // No sum of i64 overflows.
        assert!(sign_flip_test(&[i64::MIN, i64::MIN, i64::MAX]).standard_error.is_some());
    }

    #[test]
    fn what_is_drawn_is_what_is_counted_within_its_error() {
        for differences in [&[3, 1, 2, 4, 0, 5][..], &[2, 7, 3, 3, 1, 0, 4, 9]] {
            let total: u64 = differences.iter().sum();
            for found in [1, 4, 9] {
                let Probability { p, standard_error } = drawn(differences, u128::from(total), found);
                let expected = counted(differences, total as usize, found as usize);
                assert_close(p, expected, 4.0 * standard_error.unwrap() + 1e-4);
            }
        }
    }
}
