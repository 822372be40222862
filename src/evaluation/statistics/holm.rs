//! Several tests at once.

/// The p values of several tests, each raised so that, whatever is true, the probability that any false one is below a
/// level is at most that level.
///
/// The `k`-th smallest of `m` is multiplied by `m - k + 1`, and none is below a smaller one's. Reference: S. Holm, *A
/// simple sequentially rejective multiple test procedure*, Scandinavian Journal of Statistics 6, 1979. In the order of
/// the given ones; what is not a number stays so and counts as a test.
#[must_use]
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&one, &other| p_values[one].total_cmp(&p_values[other]));
    let mut adjusted = p_values.to_vec();
    let mut largest: f64 = 0.0;
    for (smaller, &place) in order.iter().enumerate() {
        if p_values[place].is_nan() {
            continue;
        }
        largest = largest.max(p_values[place] * (p_values.len() - smaller) as f64).min(1.0);
        adjusted[place] = largest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::assert_close;
    use super::*;

    #[test]
    fn it_agrees_with_statsmodels() {
        // statsmodels.stats.multitest.multipletests([0.01, 0.04, 0.03, 0.005, 0.9], method='holm')[1]
        let adjusted = holm(&[0.01, 0.04, 0.03, 0.005, 0.9]);
        for (found, expected) in adjusted.into_iter().zip([0.04, 0.09, 0.09, 0.025, 0.9]) {
            assert_close(found, expected, 1e-12);
        }
    }

    #[test]
    fn one_test_stays_and_what_is_not_a_number_too() {
        assert_eq!(holm(&[0.02]), [0.02]);
        assert_eq!(holm(&[]), [0.0; 0]);
        let adjusted = holm(&[f64::NAN, 0.02]);
        assert!(adjusted[0].is_nan());
        assert_close(adjusted[1], 0.04, 1e-12);
    }

    proptest! {
        #[test]
        fn none_falls_none_passes_another_and_none_is_above_bonferronis(p in vec(0.0..=1.0, 1..20)) {
            let adjusted = holm(&p);
            for (i, (before, after)) in p.iter().zip(&adjusted).enumerate() {
                prop_assert!(before <= after && *after <= (before * p.len() as f64).min(1.0));
                prop_assert!((0..p.len()).all(|j| p[j] < *before || adjusted[j] >= adjusted[i]));
            }
        }
    }
}
