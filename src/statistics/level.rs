//! Right answers that hang together, held against a level.

use super::{Probability, sign_flip_test};

/// The probability of right answers as far from a level `numerator / denominator`, if each cluster had as soon been as
/// far on the other side: a [`sign_flip_test`] of right answers less the level's share. Each cluster is given by its right
/// answers and its answers.
#[must_use]
pub fn level_test(clusters: &[(usize, usize)], [numerator, denominator]: [usize; 2]) -> Probability {
    let excess = |&(right, of): &(usize, usize)| (right * denominator) as i64 - (numerator * of) as i64;
    sign_flip_test(&clusters.iter().map(excess).collect::<Vec<i64>>())
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn eight_clusters_on_one_side_are_two_of_256_choices_of_signs() {
        let clusters = [(2, 3); 8];
        assert_close(level_test(&clusters, [1, 3]).p, 2.0 / 256.0, 1e-12);
        assert_close(level_test(&clusters, [2, 3]).p, 1.0, 0.0);
    }

    #[test]
    fn larger_clusters_weigh_more() {
        // Excesses over 1 of 2, doubled: 6, -1, -1; as far from 0 as 4: those with the sign of 6, alike or not.
        assert_close(level_test(&[(6, 6), (0, 1), (0, 1)], [1, 2]).p, 1.0, 0.0);
        assert_close(level_test(&[(6, 6), (1, 1), (1, 1)], [1, 2]).p, 0.25, 1e-12);
    }
}
