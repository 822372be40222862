//! An exact test of two groups without pairs.

/// The probability that the means of two groups are at least as far apart if all values were dealt out to the groups
/// anew: the exact two-sample permutation test, two-sided.
///
/// `p = P(|x̄ - ȳ| ≥ |x̄ - ȳ| found)` over all `(n + m)! / (n! m!)` ways, equally likely. Reference: E. J. G. Pitman,
/// *Significance tests which may be applied to samples from any populations*, Supplement to the Journal of the Royal
/// Statistical Society 4, 1937. 1 if a group is empty.
///
/// Values are counts: the distribution of a group's sum is built up one value after the other. Room grows with
/// `n Σ (value - lowest)`.
#[must_use]
pub fn permutation_test(first: &[usize], second: &[usize]) -> f64 {
    if first.is_empty() || second.is_empty() {
        return 1.0;
    }
    let lowest = first.iter().chain(second).copied().min().unwrap_or(0);
    let all: Vec<usize> = first.iter().chain(second).map(|value| value - lowest).collect();
    let (chosen, count, total) = (first.len(), all.len(), all.iter().sum::<usize>());
    // probabilities[k][sum]: k of the values seen so far are in the first group, and have this sum.
    let mut probabilities = vec![vec![0.0; total + 1]; chosen + 1];
    probabilities[0][0] = 1.0;
    for (seen, &value) in all.iter().enumerate() {
        let left = (count - seen) as f64;
        for taken in (0..=chosen.min(seen + 1)).rev() {
            // A value goes to the first group with the probability (places left there) / (values left).
            let stay = 1.0 - (chosen - taken) as f64 / left;
            let join = if taken == 0 { 0.0 } else { (chosen - taken + 1) as f64 / left };
            for sum in (0..=total).rev() {
                let joined =
                    if taken == 0 || sum < value { 0.0 } else { probabilities[taken - 1][sum - value] };
                probabilities[taken][sum] = stay * probabilities[taken][sum] + join * joined;
            }
        }
    }
    // |x̄ - ȳ| n m = |(n + m) Σ x - n total|: whole numbers.
    let distance = |sum: usize| (count * sum).abs_diff(chosen * total);
    let found = distance(all[..chosen].iter().sum());
    let sums = (0..=total).filter(|&sum| distance(sum) >= found);
    sums.map(|sum| probabilities[chosen][sum]).sum::<f64>().min(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn it_agrees_with_scipy() {
        // scipy.stats.permutation_test((x, y), lambda x, y, axis: abs(x.mean(axis=axis) - y.mean(axis=axis)),
        //     alternative='greater', n_resamples=numpy.inf, vectorized=True).pvalue
        assert_close(
            permutation_test(&[19, 22, 27, 21], &[16, 20, 19, 17, 25]),
            0.277_777_777_777_777_8,
            1e-14,
        );
        assert_close(permutation_test(&[18, 20, 22], &[12, 13, 14]), 0.1, 1e-14);
        assert_close(permutation_test(&[1, 2], &[5, 6]), 0.333_333_333_333_333_3, 1e-14);
    }

    #[test]
    fn fifteen_against_fifteen_are_dealt_out_in_every_way() {
        // Two of 30! / (15! 15!) = 155 117 520 ways are as extreme.
        assert_close(permutation_test(&[30; 15], &[10; 15]) * 155_117_520.0, 2.0, 1e-9);
    }

    #[test]
    fn nothing_different_decides_nothing() {
        assert_close(permutation_test(&[4, 4], &[4, 4, 4]), 1.0, 1e-15);
        assert_eq!(permutation_test(&[], &[4]), 1.0);
    }
}
