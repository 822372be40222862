//! How much of a spread groups explain, whatever the scale.

/// The part of the spread of ranks that lies between groups rather than within, from about 0 for groups that are alike to
/// 1 for groups that do not overlap: `η² = (H - k + 1) / (N - k)` for `N` values in `k` groups, with the statistic of
/// Kruskal and Wallis, `H = (12 / (N (N + 1)) Σ R_g² / n_g - 3 (N + 1)) / (1 - Σ (t³ - t) / (N³ - N))`, where `R_g` is the sum
/// of ranks of a group and `t` the number of values in each tie.
///
/// References: W. H. Kruskal and W. A. Wallis, *Use of ranks in one-criterion variance analysis*, JASA 47, 1952; M.
/// Tomczak and E. Tomczak, *The need to report effect size estimates revisited*, Trends in Sport Sciences 21, 2014. Its mean
/// is 0 where groups mean nothing, however many there are, so it may be slightly below.
///
/// Groups without values do not count. Nothing for fewer than two groups, no more values than groups, or values that are
/// all the same.
#[must_use]
pub fn rank_eta_squared(groups: &[Vec<f64>]) -> Option<f64> {
    let filled = || groups.iter().filter(|group| !group.is_empty());
    let count = filled().count();
    let mut values: Vec<(f64, usize)> = filled()
        .enumerate()
        .flat_map(|(group, values)| values.iter().map(move |value| (*value, group)))
        .collect();
    if count < 2 || values.len() <= count {
        return None;
    }
    values.sort_by(|one, other| one.0.total_cmp(&other.0));
    let n = values.len() as f64;
    let mut sums = vec![0.0; count];
    let (mut before, mut ties) = (0.0, 0.0);
    for tied in values.chunk_by(|one, other| one.0 == other.0) {
        let size = tied.len() as f64;
        // The mean of the ranks that tied values share.
        let rank = before + (size + 1.0) / 2.0;
        tied.iter().for_each(|(_, group)| sums[*group] += rank);
        ties += size.powi(3) - size;
        before += size;
    }
    let correction = 1.0 - ties / (n.powi(3) - n);
    if correction <= 0.0 {
        return None;
    }
    let squares: f64 = filled().zip(&sums).map(|(group, sum)| sum * sum / group.len() as f64).sum();
    let h = (12.0 / (n * (n + 1.0)) * squares - 3.0 * (n + 1.0)) / correction;
    let k = count as f64;
    Some((h - k + 1.0) / (n - k))
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn it_agrees_with_scipy() {
        // a, b, c = [2.1, 3.4, 1.9, 5.0], [3.4, 6.2, 7.7], [0.5, 1.9, 2.2, 8.1, 0.1]
        // (scipy.stats.kruskal(a, b, c).statistic - 2) / (12 - 3)
        let groups = [vec![2.1, 3.4, 1.9, 5.0], vec![3.4, 6.2, 7.7], vec![], vec![0.5, 1.9, 2.2, 8.1, 0.1]];
        assert_close(rank_eta_squared(&groups).unwrap(), 0.122_496_087_636_932_37, 1e-12);
    }

    #[test]
    fn groups_that_do_not_overlap_explain_nearly_all_and_equal_ones_nothing() {
        let apart: Vec<Vec<f64>> = (0..3).map(|group| vec![f64::from(group); 20]).collect();
        assert_close(rank_eta_squared(&apart).unwrap(), 1.0, 1e-9);
        let alike: Vec<Vec<f64>> = vec![(0..50).map(f64::from).collect(); 3];
        assert!(rank_eta_squared(&alike).unwrap().abs() < 0.02);
    }

    #[test]
    fn nothing_is_said_without_groups_or_differences() {
        assert_eq!(rank_eta_squared(&[]), None);
        assert_eq!(rank_eta_squared(&[vec![1.0, 2.0], vec![]]), None);
        assert_eq!(rank_eta_squared(&[vec![1.0], vec![2.0]]), None);
        assert_eq!(rank_eta_squared(&[vec![1.0; 4], vec![1.0; 4]]), None);
    }
}
