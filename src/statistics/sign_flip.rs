//! An exact test of paired differences.

/// The probability that the sum of differences is at least as far from 0 if each of them could as well have had the
/// other sign: the exact sign-flip (paired permutation) test, two-sided.
///
/// `p = P(|Σ ±dᵢ| ≥ |Σ dᵢ|)` over all `2ⁿ` choices of signs, equally likely. Reference: R. A. Fisher, *The Design of
/// Experiments*, 1935, section 21. With `n` differences that are not 0 it is never below `2¹⁻ⁿ`, so fewer than six
/// decide nothing at a level of 5 %. 1 without differences.
///
/// Differences are counts, so sums are too, and the distribution of sums is built up one difference after the other:
/// room and, for each difference, time grow with the sum of all.
#[must_use]
pub fn sign_flip_test(differences: &[i64]) -> f64 {
    let divisor = differences.iter().fold(0, |divisor, difference| gcd(divisor, difference.unsigned_abs()));
    if divisor == 0 {
        return 1.0;
    }
    let sizes: Vec<usize> =
        differences.iter().map(|difference| (difference.unsigned_abs() / divisor) as usize).collect();
    let total: usize = sizes.iter().sum();
    // Σ ±dᵢ = 2 (sum of those with a plus) - total, so it is enough to follow the sums of those with a plus.
    let mut probabilities = vec![0.0; total + 1];
    probabilities[0] = 1.0;
    for size in sizes {
        for sum in (0..=total).rev() {
            let with_plus = if sum < size { 0.0 } else { probabilities[sum - size] };
            probabilities[sum] = f64::midpoint(probabilities[sum], with_plus);
        }
    }
    let found = differences.iter().sum::<i64>().unsigned_abs() / divisor;
    let extreme = |sum: usize| (2 * sum).abs_diff(total) as u64 >= found;
    let p: f64 = (0..=total).filter(|&sum| extreme(sum)).map(|sum| probabilities[sum]).sum();
    p.min(1.0)
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
        assert_close(sign_flip_test(&[3, -1, 2, 4, 0, 5]), 0.125, 1e-15);
        assert_close(sign_flip_test(&[1; 6]), 0.031_25, 1e-15);
        assert_close(sign_flip_test(&[2, -7, 3, 3, -1, 0, 4, 9]), 0.390_625, 1e-15);
    }

    #[test]
    fn it_does_not_depend_on_the_unit_or_on_the_side() {
        let expected = sign_flip_test(&[2, -7, 3, 3, -1, 0, 4, 9]);
        assert_eq!(sign_flip_test(&[30, -105, 45, 45, -15, 0, 60, 135]), expected);
        assert_eq!(sign_flip_test(&[-2, 7, -3, -3, 1, 0, -4, -9]), expected);
    }

    #[test]
    fn nothing_different_decides_nothing() {
        assert_eq!(sign_flip_test(&[]), 1.0);
        assert_eq!(sign_flip_test(&[0, 0]), 1.0);
        assert_eq!(sign_flip_test(&[5, 5]), 0.5);
    }

    #[test]
    fn a_test_set_of_39_is_decided_exactly() {
        // Two of 2³⁹ choices are as extreme.
        assert_close(sign_flip_test(&[15; 39]) * 2f64.powi(38), 1.0, 1e-12);
    }
}
