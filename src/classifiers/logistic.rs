//! Multinomial logistic regression.

use ndarray::{Array2, Axis, Zip, concatenate};

use super::nalgebra::PositiveDefinite;
use super::relabelled::{Relabelled, Scaled, among_all, present};

/// Inverse strength of the penalty: scikit-learn's default.
pub const COST: f64 = 1.0;

/// Steps, at most.
const STEPS: usize = 500;

/// Steps end when no weight changes by more than this.
const TOLERANCE: f64 = 1e-5;

/// Multinomial logistic regression with a penalty on weights and none on intercepts: scikit-learn's `LogisticRegression`.
/// Scores are log-odds.
///
/// Least of `-Σ ln p(label) + ‖W‖² / (2 C)`. The second derivative is never above that with `½` for each pair of classes, so
/// steps `W - (½ Xᵀ X + 1/C)⁻¹ ∂W` always lead down, and the matrix, which depends on no label, is factored once.
/// Reference: D. Böhning, *Multinomial logistic regression algorithm*, Annals of the Institute of Statistical Mathematics 44,
/// 1992.
pub struct Logistic {
    /// With a column of 1 in front, as the test rows.
    training: Array2<f64>,
    test: Array2<f64>,
    bound: Option<PositiveDefinite>,
}

impl Logistic {
    /// Factors what does not depend on labels.
    #[must_use]
    pub fn of(rows: &Scaled) -> Self {
        let [training, test] = [&rows.training, &rows.test].map(|rows| {
            let ones = Array2::ones((rows.nrows(), 1));
            // Both have as many rows.
            concatenate(Axis(1), &[ones.view(), rows.view()]).unwrap_or_else(|_| ones.clone())
        });
        let mut bound = training.t().dot(&training) / 2.0;
        bound.diag_mut().iter_mut().skip(1).for_each(|own| *own += 1.0 / COST);
        Self { bound: PositiveDefinite::of(&bound), training, test }
    }
}

impl Relabelled for Logistic {
    fn scores(&self, labels: &[usize], classes: usize) -> Array2<f64> {
        let present = present(labels, classes);
        let is_own = |(row, place): (usize, usize)| f64::from(labels[row] == present[place]);
        let targets = Array2::from_shape_fn((labels.len(), present.len()), is_own);
        let mut weights = Array2::<f64>::zeros((self.training.ncols(), present.len()));
        if let Some(bound) = self.bound.as_ref().filter(|_| present.len() > 1) {
            for _ in 0..STEPS {
                let mut beliefs = self.training.dot(&weights);
                for mut row in beliefs.rows_mut() {
                    let highest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    row.mapv_inplace(|logit| (logit - highest).exp());
                    let sum = row.sum();
                    row /= sum;
                }
                let mut gradient = self.training.t().dot(&(beliefs - &targets));
                Zip::from(gradient.slice_mut(ndarray::s![1.., ..]))
                    .and(weights.slice(ndarray::s![1.., ..]))
                    .for_each(|gradient, weight| *gradient += weight / COST);
                let step = bound.solve(&gradient);
                weights -= &step;
                if step.iter().all(|change| change.abs() < TOLERANCE) {
                    break;
                }
            }
        }
        let found = self.test.dot(&weights);
        among_all(&found, &present, classes)
    }
}

#[cfg(test)]
mod tests {
    use super::super::relabelled::testing::{
        assert_never_answers_what_was_never_seen, assert_scores, planted,
    };
    use super::*;

    #[test]
    fn it_agrees_with_scikit_learn() {
        // tests/classifiers/generate.py, linear(): probabilities.
        let expected = [
            [0.220_447, 0.566_8, 0.212_753],
            [0.558_186, 0.222_639, 0.219_176],
            [0.289_034, 0.474_642, 0.236_324],
            [0.226_257, 0.556_593, 0.217_15],
            [0.566_786, 0.241_086, 0.192_128],
            [0.273_461, 0.571_409, 0.155_131],
            [0.281_24, 0.500_18, 0.218_579],
            [0.421_971, 0.338_832, 0.239_197],
        ];
        let (rows, mut labels) = planted(6);
        labels.iter_mut().step_by(7).for_each(|label| *label = 2);
        let odds = Logistic::of(&rows).scores(&labels, 3).mapv(f64::exp);
        let sums = odds.sum_axis(Axis(1)).insert_axis(Axis(1));
        assert_scores(&(odds / sums), &expected, 1e-4);
    }

    #[test]
    fn a_class_that_was_never_seen_is_never_answered() {
        let (rows, labels) = planted(6);
        assert_never_answers_what_was_never_seen(&Logistic::of(&rows), labels.len());
    }
}
