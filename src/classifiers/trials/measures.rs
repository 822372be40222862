//! What a confusion matrix says beyond accuracy.

use serde::{Deserialize, Serialize};

/// Answers by true class (row) and answered class (column).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Confusion(pub Vec<Vec<usize>>);

/// Means over the classes that occur, as labels or as answers, each held against the others; from 0 to 1.
///
/// With the right answers `TP` and `TN`, and the wrong ones `FP` and `FN`, of a class. A quotient without a denominator is 0, as
/// in scikit-learn: a class that is never answered has no precision.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Measures {
    /// `TP / (TP + FP)`
    pub precision: f64,
    /// `TP / (TP + FN)`, the sensitivity.
    pub recall: f64,
    /// `TN / (TN + FP)`
    pub specificity: f64,
    /// `2 TP / (2 TP + FP + FN)`
    pub f_measure: f64,
}

impl Confusion {
    /// Counts pairs of so many classes, the true one first.
    #[must_use]
    pub fn of(classes: usize, answers: impl IntoIterator<Item = (usize, usize)>) -> Self {
        let mut counts = vec![vec![0; classes]; classes];
        answers.into_iter().for_each(|(label, answer)| counts[label][answer] += 1);
        Self(counts)
    }

    /// See [`Measures`].
    #[must_use]
    pub fn measures(&self) -> Measures {
        let Self(counts) = self;
        let all: usize = counts.iter().flatten().sum();
        let quotient = |part: usize, of: usize| if of == 0 { 0.0 } else { part as f64 / of as f64 };
        let of_class = |class: usize| -> usize { counts[class].iter().sum() };
        let answered = |class: usize| -> usize { counts.iter().map(|row| row[class]).sum() };
        let occurring = || (0..counts.len()).filter(|class| of_class(*class) + answered(*class) > 0);
        let each = occurring().map(|class| {
            let (right, of_class, answered) = (counts[class][class], of_class(class), answered(class));
            let others = all - of_class;
            [
                quotient(right, answered),
                quotient(right, of_class),
                quotient(others - (answered - right), others),
                quotient(2 * right, answered + of_class),
            ]
        });
        let sums = each.fold([0.0; 4], |sums, own| std::array::from_fn(|index| sums[index] + own[index]));
        let count = occurring().count().max(1) as f64;
        let [precision, recall, specificity, f_measure] = sums.map(|sum| sum / count);
        Measures { precision, recall, specificity, f_measure }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confusion(counts: [[usize; 3]; 3]) -> Confusion {
        Confusion(counts.map(Vec::from).into())
    }

    fn assert_measures(counts: [[usize; 3]; 3], expected: [f64; 4]) {
        let Measures { precision, recall, specificity, f_measure } = confusion(counts).measures();
        for (found, expected) in [precision, recall, specificity, f_measure].into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} and not {expected}");
        }
    }

    /// ```python
    /// import numpy as np; from sklearn.metrics import precision_recall_fscore_support, recall_score
    /// m = np.array([[5, 2, 1], [0, 6, 2], [3, 1, 4]])   # and [[0, 3, 0], [0, 4, 0], [0, 0, 2]]
    /// y = np.repeat(np.arange(3), m.sum(1)); p = np.concatenate([np.repeat(np.arange(3), row) for row in m])
    /// precision_recall_fscore_support(y, p, average='macro', zero_division=0)
    /// np.mean([recall_score(y != g, p != g) for g in range(3)])   # specificity
    /// ```
    #[test]
    fn they_agree_with_scikit_learn() {
        assert_measures(
            [[5, 2, 1], [0, 6, 2], [3, 1, 4]],
            [0.621_031_746_031_745_9, 0.625, 0.812_5, 0.621_405_228_758_17],
        );
        assert_measures(
            [[0, 3, 0], [0, 4, 0], [0, 0, 2]],
            [0.523_809_523_809_523_8, 2.0 / 3.0, 0.8, 0.575_757_575_757_575_8],
        );
    }

    #[test]
    fn a_genre_that_does_not_occur_is_no_part_of_the_mean() {
        // The same with m = np.array([[3, 0, 1], [0, 0, 0], [2, 0, 4]]) and range of the two labels that occur.
        let expected = [0.7, 17.0 / 24.0, 17.0 / 24.0, (2.0 / 3.0 + 8.0 / 11.0) / 2.0];
        assert_measures([[3, 0, 1], [0, 0, 0], [2, 0, 4]], expected);
    }

    #[test]
    fn without_an_answer_they_are_nought() {
        assert_measures([[0; 3]; 3], [0.0; 4]);
        assert_eq!(Confusion::of(3, [(0, 1), (0, 1), (2, 2)]), confusion([[0, 2, 0], [0, 0, 0], [0, 0, 1]]));
    }
}
