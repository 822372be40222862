//! Classifiers that are fitted as far as that needs no labels, and then answer for any labels: what a null distribution
//! by exchange of labels asks for, hundreds of times.

use ndarray::{Array1, Array2, ArrayView2, Axis};

/// A classifier of certain training and test rows.
pub trait Relabelled: Send + Sync {
    /// With one label for each training row, the score of each class for each test row, `[test rows, classes]`. The
    /// highest is the answer. A class without training rows has negative infinity.
    fn scores(&self, labels: &[usize], classes: usize) -> Array2<f64>;
}

/// Training and test rows of features, scaled by what the training rows alone tell: mean 0, standard deviation 1.
/// What is constant in them becomes 0 everywhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaled {
    /// `[training rows, features]`
    pub training: Array2<f64>,
    /// `[test rows, features]`
    pub test: Array2<f64>,
}

impl Scaled {
    /// Scales both by the means and standard deviations of the training rows, of which there is at least one.
    #[must_use]
    pub fn of(training: &ArrayView2<'_, f64>, test: &ArrayView2<'_, f64>) -> Self {
        let centre = training.mean_axis(Axis(0)).unwrap_or_else(|| Array1::zeros(training.ncols()));
        let spread = training.std_axis(Axis(0), 0.0);
        // Rounding leaves a constant with a spread of its last digit.
        let spread: Array1<f64> = spread
            .iter()
            .zip(&centre)
            .map(|(spread, centre)| if *spread > 1e-12 * centre.abs() { *spread } else { f64::INFINITY })
            .collect();
        Self { training: (training - &centre) / &spread, test: (test - &centre) / &spread }
    }
}

/// How many training rows each class has.
pub(super) fn frequencies(labels: &[usize], classes: usize) -> Vec<usize> {
    let mut counts = vec![0; classes];
    labels.iter().for_each(|label| counts[*label] += 1);
    counts
}

/// Classes that have training rows, in order.
pub(super) fn present(labels: &[usize], classes: usize) -> Vec<usize> {
    let counts = frequencies(labels, classes);
    (0..classes).filter(|class| counts[*class] > 0).collect()
}

/// Scores of the classes that are present, `[test rows, present classes]`, among those of all: `[test rows, classes]`.
pub(super) fn among_all(found: &Array2<f64>, present: &[usize], classes: usize) -> Array2<f64> {
    let mut scores = Array2::from_elem((found.nrows(), classes), f64::NEG_INFINITY);
    for (place, class) in present.iter().enumerate() {
        scores.column_mut(*class).assign(&found.column(place));
    }
    scores
}

/// The class of the highest score among some, the first of equals; `None` without any.
#[must_use]
pub fn highest(scores: &[f64], among: impl IntoIterator<Item = usize>) -> Option<usize> {
    among.into_iter().reduce(|best, other| if scores[other] > scores[best] { other } else { best })
}

#[cfg(test)]
pub(super) mod testing {
    use super::super::testing::noise;
    use super::*;

    /// 60 training rows and 8 test rows of tests/classifiers/generate.py, `planted`, with the labels of the former.
    pub(crate) fn planted(columns: usize) -> (Scaled, Vec<usize>) {
        let value = |(row, column): (usize, usize)| {
            noise(row * columns + column) + if column == row % 3 { 0.6 } else { 0.0 }
        };
        let rows = Array2::from_shape_fn((68, columns), value);
        let (training, test) = rows.view().split_at(Axis(0), 60);
        (Scaled::of(&training, &test), (0..60).map(|row| row % 3).collect())
    }

    pub(crate) fn assert_scores(found: &Array2<f64>, expected: &[[f64; 3]], tolerance: f64) {
        assert_eq!(found.dim(), (expected.len(), 3));
        for (found, expected) in found.rows().into_iter().zip(expected) {
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < tolerance, "{found} and not {expected}");
            }
        }
    }

    /// What every classifier owes to classes that have no training rows.
    pub(crate) fn assert_never_answers_what_was_never_seen(classifier: &dyn Relabelled, rows: usize) {
        let two: Vec<usize> = (0..rows).map(|row| 2 * (row % 2)).collect();
        for scores in classifier.scores(&two, 3).rows() {
            assert_eq!(scores[1], f64::NEG_INFINITY);
            assert!(scores[0].is_finite() && scores[2].is_finite());
        }
        for scores in classifier.scores(&vec![1; rows], 3).rows() {
            assert!(scores[1].is_finite() && scores[0] == scores[2] && scores[0] == f64::NEG_INFINITY);
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn training_rows_alone_decide_the_scale() {
        let scaled = Scaled::of(&array![[1.0, 0.1], [3.0, 0.1]].view(), &array![[6.0, 0.2]].view());
        assert_eq!(scaled.training, array![[-1.0, 0.0], [1.0, 0.0]]);
        assert_eq!(scaled.test, array![[4.0, 0.0]]);
    }

    #[test]
    fn the_highest_of_some_answers() {
        assert_eq!(highest(&[0.1, 0.5, 0.5], 0..3), Some(1));
        assert_eq!(highest(&[0.1, 0.5, 0.4], [0, 2]), Some(2));
        assert_eq!(highest(&[0.1], []), None);
    }
}
