//! Answers that are correlated within clusters, as those to one participant are.

use super::Interval;
use super::student::student_quantile;

/// The mean of all values, of which those of one cluster are correlated, with an interval that does not count them as
/// independent. Each cluster is given by the sum of its values and their number.
///
/// `x̄ = Σ sum_g / Σ n_g`, and `x̄ ± t √(G/(G - 1) Σ (sum_g - x̄ n_g)²) / Σ n_g` with `G - 1` degrees of freedom for `G`
/// clusters. References: W. G. Cochran, *Sampling Techniques*, 1977, section 6.3 (ratio estimate); for right answers,
/// J. N. K. Rao and A. J. Scott, *A simple method for the analysis of clustered binary data*, Biometrics 48, 1992. With
/// clusters of one size it is the t interval on their means.
///
/// Clusters without values do not count. Nothing for fewer than two that have some.
#[must_use]
pub fn cluster_interval(clusters: &[(f64, usize)]) -> Option<Interval> {
    let clusters: Vec<(f64, f64)> =
        clusters.iter().filter(|(_, count)| *count > 0).map(|&(sum, count)| (sum, count as f64)).collect();
    if clusters.len() < 2 {
        return None;
    }
    let groups = clusters.len() as f64;
    let all: f64 = clusters.iter().map(|(_, count)| count).sum();
    let centre = clusters.iter().map(|(sum, _)| sum).sum::<f64>() / all;
    let squares: f64 = clusters.iter().map(|(sum, count)| (sum - centre * count).powi(2)).sum();
    let error = (groups / (groups - 1.0) * squares).sqrt() / all;
    Some(Interval::around(centre, student_quantile(groups - 1.0) * error))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::{assert_close, mean_interval};
    use super::*;

    #[test]
    fn it_agrees_with_statsmodels() {
        // right = [5, 3, 8, 2, 4], n = [8, 8, 8, 6, 7]; y: the 37 answers, 1 for a right one; g: their clusters.
        // m = statsmodels.api.OLS(y, ones).fit(cov_type='cluster', cov_kwds={'groups': g}, use_t=True); m.bse is
        // 0.1214245887408312; its interval with scipy.stats.t.ppf(.975, 4):
        let interval =
            cluster_interval(&[(5.0, 8), (3.0, 8), (8.0, 8), (2.0, 6), (0.0, 0), (4.0, 7)]).unwrap();
        assert_close(interval.low, 0.257_465_889_534_458_76, 1e-9);
        assert_close(interval.high, 0.931_723_299_654_730_4, 1e-9);
    }

    #[test]
    fn one_cluster_says_nothing_about_others() {
        assert_eq!(cluster_interval(&[(3.0, 8)]), None);
        assert_eq!(cluster_interval(&[(3.0, 8), (0.0, 0)]), None);
    }

    proptest! {
        #[test]
        fn clusters_of_one_size_have_the_t_interval_on_their_means(means in vec(0.0..1.0, 2..30), size in 1_usize..20) {
            let clusters: Vec<(f64, usize)> = means.iter().map(|mean: &f64| (mean * size as f64, size)).collect();
            let (found, expected) = (cluster_interval(&clusters).unwrap(), mean_interval(&means).unwrap());
            prop_assert!((found.low - expected.low).abs() < 1e-9 && (found.high - expected.high).abs() < 1e-9);
        }
    }
}
