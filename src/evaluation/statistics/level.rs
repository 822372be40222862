//! Right answers that are correlated within clusters, compared with a level.

use super::{Probability, sign_flip_test};

/// The probability of so many right answers or more, if each cluster had as soon been as far on the other side of the level: a
/// [`sign_flip_test`] of right answers less the level's share, one-sided. Each cluster is given by its right answers
/// and its answers.
///
/// Clusters are taken for independent. Participants of one study share what trains, so the test finds somewhat more than it should: of
/// 200 tables of noise, nearest neighbours on held-out participants were above chance with p < 0.05 in 18, and not in 10. A
/// [null distribution](crate::evaluation::NullDistribution) has not this fault.
///
/// The level is what a guess without a signal reaches at most, so to be below it says nothing: the test looks upwards alone.
#[must_use]
pub fn level_test(clusters: &[(usize, usize)], [numerator, denominator]: [usize; 2]) -> Probability {
    let excess = |&(right, of): &(usize, usize)| (right * denominator) as i64 - (numerator * of) as i64;
    let excesses: Vec<i64> = clusters.iter().map(excess).collect();
    let Probability { p, standard_error } = sign_flip_test(&excesses);
    // Sums are distributed evenly around 0, so half of the two-sided probability lies above.
    let p = if excesses.iter().sum::<i64>() > 0 { p / 2.0 } else { 1.0 - p / 2.0 };
    Probability { p, standard_error: standard_error.map(|error| error / 2.0) }
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn eight_clusters_above_are_one_of_256_choices_of_signs() {
        let clusters = [(2, 3); 8];
        assert_close(level_test(&clusters, [1, 3]).p, 1.0 / 256.0, 1e-12);
        assert_close(level_test(&clusters, [2, 3]).p, 0.5, 0.0);
        // As far below.
        assert_close(level_test(&[(0, 3); 8], [1, 3]).p, 255.0 / 256.0, 1e-12);
    }

    #[test]
    fn larger_clusters_weigh_more() {
        // Excesses over 1 of 2, doubled: 6, -1, -1; as far from 0 as 4: those with the sign of 6, alike or not.
        assert_close(level_test(&[(6, 6), (0, 1), (0, 1)], [1, 2]).p, 0.5, 0.0);
        assert_close(level_test(&[(6, 6), (1, 1), (1, 1)], [1, 2]).p, 0.125, 1e-12);
    }
}
