//! How far a participant's two labels are apart.

use super::level::{Level, blocks};
use crate::evaluation::statistics::{mean, quantile};
use crate::recordings::Label;

/// [`Statistic::Separation`](super::Statistic::Separation). Nothing if no participant has two labels with three recordings
/// together that vary within them.
pub(super) fn separation(levels: &[Level], labels: &[Label]) -> Option<f64> {
    let sizes = blocks(levels, labels).into_iter().filter_map(|(_, _, pair)| {
        let values =
            pair.map(|places| places.iter().map(|place| levels[*place].median()).collect::<Vec<f64>>());
        let centres = [mean(&values[0]), mean(&values[1])];
        let squares: f64 = values
            .iter()
            .zip(centres)
            .map(|(values, centre)| values.iter().map(|value| (value - centre).powi(2)).sum::<f64>())
            .sum();
        let freedom = (values[0].len() + values[1].len()).checked_sub(2).filter(|freedom| *freedom > 0)?;
        let spread = (squares / freedom as f64).sqrt();
        (spread > 0.0).then(|| (centres[0] - centres[1]).abs() / spread)
    });
    quantile(&sizes.collect::<Vec<f64>>(), 0.5)
}

/// [`Statistic::NearestBlock`](super::Statistic::NearestBlock). Nothing if no participant has two labels with two recordings
/// each.
pub(super) fn nearest_block(levels: &[Level], labels: &[Label]) -> Option<f64> {
    let (mut right, mut of) = (0.0, 0_usize);
    for (_, _, [first, second]) in blocks(levels, labels) {
        if first.len() < 2 || second.len() < 2 {
            continue;
        }
        let level = |place: &usize| levels[*place].median();
        let without = |block: &[usize], left_out: usize| {
            let values = block.iter().filter(|place| **place != left_out).map(level);
            mean(&values.collect::<Vec<f64>>())
        };
        let centres_of = |block: &[usize]| block.iter().map(|one| without(block, *one)).collect::<Vec<f64>>();
        let [of_first, of_second] = [&first, &second].map(|block| centres_of(block));
        for (&one, &centre) in first.iter().zip(&of_first) {
            for (&other, &other_centre) in second.iter().zip(&of_second) {
                let centres = [centre, other_centre];
                for (tested, own) in [(one, 0), (other, 1)] {
                    let distance = |block: usize| (level(&tested) - centres[block]).abs();
                    let (near, far) = (distance(own), distance(1 - own));
                    right += if near < far {
                        1.0
                    } else if near > far {
                        0.0
                    } else {
                        0.5
                    };
                    of += 1;
                }
            }
        }
    }
    (of > 0).then(|| right / of as f64)
}
