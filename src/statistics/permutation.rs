//! A test of two groups without pairs.

use super::Probability;
use super::probability::MAX_STEPS;

/// The probability that the means of two groups are at least as far apart if all values were dealt out to the groups
/// anew: the two-sample permutation test, two-sided.
///
/// `p = P(|x̄ - ȳ| ≥ |x̄ - ȳ| found)` over all `(n + m)! / (n! m!)` ways, equally likely. Reference: E. J. G. Pitman,
/// *Significance tests which may be applied to samples from any populations*, Supplement to the Journal of the Royal
/// Statistical Society 4, 1937. 1 if a group is empty.
///
/// Values are counts: the distribution of a group's sum is built up one value after the other, which counts all ways. Room
/// grows with `n Σ (value - lowest)`, and time with `n + m` times that. Where that takes more than [`MAX_STEPS`], groups are
/// drawn instead.
#[must_use]
pub fn permutation_test(first: &[usize], second: &[usize]) -> Probability {
    let Some(lowest) = first.iter().chain(second).copied().min() else { return Probability::counted(1.0) };
    if first.is_empty() || second.is_empty() {
        return Probability::counted(1.0);
    }
    let all: Vec<usize> = first.iter().chain(second).map(|value| value - lowest).collect();
    let total: u128 = all.iter().map(|value| *value as u128).sum();
    let steps = (total + 1) * (first.len() as u128 + 1) * all.len() as u128;
    if steps <= MAX_STEPS {
        Probability::counted(counted(&all, first.len()))
    } else {
        drawn(all, first.len())
    }
}

/// Every way to deal out the values, the first `chosen` of which were found together.
fn counted(all: &[usize], chosen: usize) -> f64 {
    let (count, total) = (all.len(), all.iter().sum::<usize>());
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
    sums.map(|sum| probabilities[chosen][sum]).sum::<f64>()
}

/// Ways at random.
fn drawn(mut all: Vec<usize>, chosen: usize) -> Probability {
    let sum = |values: &[usize]| values.iter().map(|value| *value as u128).sum::<u128>();
    let (count, total) = (all.len() as u128, sum(&all));
    let distance = |group: &[usize]| (count * sum(group)).abs_diff(chosen as u128 * total);
    let found = distance(&all[..chosen]);
    Probability::drawn(|chance| {
        for place in 0..chosen {
            let from = place + chance.below((all.len() - place) as u64) as usize;
            all.swap(place, from);
        }
        distance(&all[..chosen]) >= found
    })
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
            permutation_test(&[19, 22, 27, 21], &[16, 20, 19, 17, 25]).p,
            0.277_777_777_777_777_8,
            1e-14,
        );
        assert_close(permutation_test(&[18, 20, 22], &[12, 13, 14]).p, 0.1, 1e-14);
        assert_close(permutation_test(&[1, 2], &[5, 6]).p, 0.333_333_333_333_333_3, 1e-14);
    }

    #[test]
    fn fifteen_against_fifteen_are_dealt_out_in_every_way() {
        // Two of 30! / (15! 15!) = 155 117 520 ways are as extreme.
        assert_close(permutation_test(&[30; 15], &[10; 15]).p * 155_117_520.0, 2.0, 1e-9);
    }

    #[test]
    fn nothing_different_decides_nothing() {
        assert_close(permutation_test(&[4, 4], &[4, 4, 4]).p, 1.0, 1e-15);
        assert_eq!(permutation_test(&[], &[4]).p, 1.0);
    }

    #[test]
    fn many_large_values_are_drawn() {
        let [first, second]: [Vec<usize>; 2] =
            [0, 40].map(|more| (0..40).map(|i| (i * 7_919) % 10_007 + more).collect());
        let found = permutation_test(&first, &second);
        assert!(found.standard_error.is_some_and(|error| error > 0.0 && error < 0.002), "{found:?}");
        assert_eq!(found, permutation_test(&first, &second), "the same draws");
    }

    #[test]
    fn what_is_drawn_is_what_is_counted_within_its_error() {
        for (chosen, all) in [(4, vec![19, 22, 27, 21, 16, 20, 19, 17, 25]), (2, vec![1, 2, 5, 6])] {
            let Probability { p, standard_error } = drawn(all.clone(), chosen);
            assert_close(p, counted(&all, chosen), 4.0 * standard_error.unwrap() + 1e-4);
        }
    }
}
