//! What a feature says of the label, and of another feature.

use ndarray::ArrayView1;

use crate::classifiers::Examples;
use crate::evaluation::statistics::quantile;

/// Bins that a feature is sorted into, each with as many rows as the others: about ten rows for each bin and label of
/// the 144 rows of a training part.
pub const BINS: usize = 5;

/// `I(x; y) = Σ p(b, g) ln (p(b, g) / (p(b) p(g)))` of the bins b of a feature and the labels g, in nats.
///
/// T. M. Cover and J. A. Thomas, *Elements of Information Theory*, 2.28, with parts for probabilities. Bins lie between
/// the quintiles of the feature, so no increasing function of it changes anything, and outliers are in the last bin
/// with a fifth of all others. Equal values are in one bin. Parts of few rows make it too large by about
/// `(bins - 1) (labels - 1) / 2n`, which is the same for all features.
#[must_use]
pub fn mutual_information(feature: ArrayView1<'_, f64>, classes: &[usize]) -> f64 {
    information(&binned(feature), classes)
}

/// All features, from the one that says most of the label to the one that says least; equal ones in their order.
#[must_use]
pub fn rank_by_mutual_information(examples: &Examples) -> Vec<usize> {
    let of = |column: ArrayView1<'_, f64>| mutual_information(column, &examples.classes);
    let informations: Vec<f64> = examples.values.columns().into_iter().map(of).collect();
    let mut ranking: Vec<usize> = (0..informations.len()).collect();
    ranking.sort_by(|a, b| informations[*b].total_cmp(&informations[*a]));
    ranking
}

/// The first `count` features by relevance less redundancy: each is the one with the greatest
/// `I(x; y) - Σ I(x; s) / |S|` over those `S` that came before; of equal ones, the first.
///
/// H. Peng, F. Long and C. Ding, *Feature selection based on mutual information: criteria of max-dependency,
/// max-relevance, and min-redundancy*, IEEE Transactions on Pattern Analysis and Machine Intelligence 27, 2005: mRMR, the
/// difference of its two parts (MID).
#[must_use]
pub fn minimum_redundancy(examples: &Examples, count: usize) -> Vec<usize> {
    let bins: Vec<Vec<usize>> = examples.values.columns().into_iter().map(binned).collect();
    let relevance: Vec<f64> = bins.iter().map(|bins| information(bins, &examples.classes)).collect();
    let mut redundancy = vec![0.0; bins.len()];
    let mut selected: Vec<usize> = Vec::new();
    while selected.len() < count.min(bins.len()) {
        let before = selected.len().max(1) as f64;
        let score = |column: &usize| relevance[*column] - redundancy[*column] / before;
        let left = (0..bins.len()).filter(|column| !selected.contains(column));
        let best = left.reduce(|best, column| if score(&column) > score(&best) { column } else { best });
        let Some(best) = best else { break };
        for (sum, other) in redundancy.iter_mut().zip(&bins) {
            *sum += information(&bins[best], other);
        }
        selected.push(best);
    }
    selected
}

/// The bin of each value: how many of the inner quantiles it is not below.
fn binned(values: ArrayView1<'_, f64>) -> Vec<usize> {
    let values = values.to_vec();
    let edges = (1..BINS).filter_map(|edge| quantile(&values, edge as f64 / BINS as f64));
    let edges: Vec<f64> = edges.collect();
    values.iter().map(|value| edges.iter().filter(|edge| value >= edge).count()).collect()
}

/// I of two sequences of small numbers, in nats.
fn information(one: &[usize], other: &[usize]) -> f64 {
    let size = |numbers: &[usize]| numbers.iter().max().map_or(0, |highest| highest + 1);
    let (rows, columns) = (size(one), size(other));
    let mut joint = vec![vec![0_usize; columns]; rows];
    for (one, other) in one.iter().zip(other) {
        joint[*one][*other] += 1;
    }
    let all = one.len() as f64;
    let rows: Vec<usize> = joint.iter().map(|row| row.iter().sum()).collect();
    let columns: Vec<usize> = (0..columns).map(|column| joint.iter().map(|row| row[column]).sum()).collect();
    let mut sum = 0.0;
    for (row, counts) in joint.iter().enumerate() {
        for (column, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let count = *count as f64;
            sum += count / all * (count * all / (rows[row] as f64 * columns[column] as f64)).ln();
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{examples, noise};
    use super::*;

    /// The label is row mod 3. Columns 1 and 4 know it, 2 is a copy of 1 with a little noise, the others are noise.
    fn planted() -> Examples {
        examples(90, 6, |row, column| {
            let (label, noise) = ((row % 3) as f64, noise(row * 6 + column));
            match column {
                1 => label + 0.9 * noise,
                2 => (row % 3) as f64 + 0.9 * self::noise(row * 6 + 1) + 0.2 * noise,
                4 => f64::from(u8::from(row % 3 == 1)) + 0.9 * noise,
                _ => noise,
            }
        })
    }

    #[test]
    fn information_agrees_with_scikit_learn() {
        // tests/classifiers/generate.py: mutual_info_score of bins and labels
        let planted = planted();
        for (column, expected) in [
            0.030_472_050_016_830_482,
            0.503_532_239_768_731_7,
            0.448_101_746_722_129_4,
            0.027_588_965_204_109_972,
            0.321_875_939_127_611_5,
            0.050_075_310_826_512_66,
        ]
        .into_iter()
        .enumerate()
        {
            let found = mutual_information(planted.values.column(column), &planted.classes);
            assert!((found - expected).abs() < 1e-12, "{column}: {found} and not {expected}");
        }
    }

    #[test]
    fn what_knows_the_genre_comes_first_and_a_copy_does_not_come_second() {
        let ranking = rank_by_mutual_information(&planted());
        let mut first = ranking[..3].to_vec();
        first.sort_unstable();
        assert_eq!(first, [1, 2, 4]);
        // tests/classifiers/generate.py
        assert_eq!(minimum_redundancy(&planted(), 6), [1, 4, 3, 2, 0, 5]);
        assert_eq!(minimum_redundancy(&planted(), 2), [1, 4]);
    }

    #[test]
    fn a_constant_says_nothing_and_the_label_itself_says_all() {
        let classes = planted().classes;
        let [constant, label] = [0.0, 1.0].map(|scale| examples(90, 1, |row, _| scale * (row % 3) as f64));
        assert_eq!(mutual_information(constant.values.column(0), &classes), 0.0);
        assert!((mutual_information(label.values.column(0), &classes) - 3.0_f64.ln()).abs() < 1e-12);
    }
}
