//! Linear discriminant analysis.

use ndarray::{Array2, Axis};

use super::nalgebra::PositiveDefinite;
use super::relabelled::{Relabelled, Scaled, frequencies};

/// Part of the mean variance by which the covariance is shrunk, so that it can be inverted for any number of rows.
pub const SHRINKAGE: f64 = 0.1;

/// Linear discriminant analysis with a shrunk covariance: scikit-learn's `LinearDiscriminantAnalysis(solver="lsqr",
/// shrinkage=0.1)`.
///
/// With the means `μ` of classes and the covariance `S` within them, both with the number of rows as denominator, `S′ =
/// 0.9 S + 0.1 tr(S) / p I`; the score of a class is `xᵀ S′⁻¹ μ - ½ μᵀ S′⁻¹ μ + ln(part of the training rows)`.
/// Reference: R. A. Fisher, *The use of multiple measurements in taxonomic problems*, Annals of Eugenics 7, 1936.
#[derive(Debug, Clone)]
pub struct Discriminant {
    rows: Scaled,
    /// `Xᵀ X / n` of the centred training rows.
    covariance: Array2<f64>,
}

impl Discriminant {
    /// Prepares what does not depend on labels.
    #[must_use]
    pub fn of(rows: Scaled) -> Self {
        let covariance = rows.training.t().dot(&rows.training) / rows.training.nrows() as f64;
        Self { rows, covariance }
    }
}

impl Relabelled for Discriminant {
    fn scores(&self, labels: &[usize], classes: usize) -> Array2<f64> {
        let (all, features) = self.rows.training.dim();
        let counts = frequencies(labels, classes);
        let mut means = Array2::<f64>::zeros((classes, features));
        for (row, label) in self.rows.training.rows().into_iter().zip(labels) {
            means.row_mut(*label).scaled_add(1.0 / counts[*label] as f64, &row);
        }
        // The covariance within classes is that of all less that between them.
        let mut within = self.covariance.clone();
        for (mean, count) in means.rows().into_iter().zip(&counts) {
            let column = mean.insert_axis(Axis(1));
            within.scaled_add(-(*count as f64) / all as f64, &column.dot(&column.t()));
        }
        let variance = within.diag().sum() / features as f64;
        within *= 1.0 - SHRINKAGE;
        // Where nothing varies within classes, any scale does.
        let added = if variance > 0.0 { SHRINKAGE * variance } else { 1.0 };
        within.diag_mut().iter_mut().for_each(|own| *own += added);
        let Some(within) = PositiveDefinite::of(&within) else {
            return prior(&counts, self.rows.test.nrows());
        };
        let directions = within.solve(&means.t().to_owned());
        let mut scores = prior(&counts, self.rows.test.nrows()) + self.rows.test.dot(&directions);
        for class in (0..classes).filter(|class| counts[*class] > 0) {
            let own = means.row(class).dot(&directions.column(class)) / 2.0;
            scores.column_mut(class).iter_mut().for_each(|score| *score -= own);
        }
        scores
    }
}

/// The logarithm of each class's part of the training rows, for each test row.
fn prior(counts: &[usize], rows: usize) -> Array2<f64> {
    let all: usize = counts.iter().sum();
    Array2::from_shape_fn((rows, counts.len()), |(_, class)| (counts[class] as f64 / all as f64).ln())
}

#[cfg(test)]
mod tests {
    use super::super::relabelled::testing::{
        assert_never_answers_what_was_never_seen, assert_scores, planted,
    };
    use super::*;

    #[test]
    fn it_agrees_with_scikit_learn() {
        // tests/classifiers/generate.py, linear().
        let expected = [
            [-1.383_848, -0.496_899, -1.575_617],
            [-0.459_329, -1.467_527, -1.545_468],
            [-1.190_982, -0.799_991, -1.503_546],
            [-1.376_792, -0.516_064, -1.567_7],
            [-0.398_022, -1.356_77, -1.657_972],
            [-1.074_74, -0.430_151, -1.821_369],
            [-1.155_881, -0.733_333, -1.570_08],
            [-0.822_673, -1.122_56, -1.533_453],
        ];
        let (rows, mut labels) = planted(6);
        labels.iter_mut().step_by(7).for_each(|label| *label = 2);
        assert_scores(&Discriminant::of(rows).scores(&labels, 3), &expected, 2e-6);
    }

    #[test]
    fn a_class_that_was_never_seen_is_never_answered() {
        let (rows, labels) = planted(6);
        assert_never_answers_what_was_never_seen(&Discriminant::of(rows), labels.len());
    }

    #[test]
    fn rows_that_do_not_vary_and_more_features_than_rows_are_no_obstacle() {
        let (rows, labels) = planted(120);
        assert!(Discriminant::of(rows).scores(&labels, 3).iter().all(|score| score.is_finite()));
        let constant = Scaled { training: Array2::zeros((6, 2)), test: Array2::zeros((2, 2)) };
        let scores = Discriminant::of(constant).scores(&[0, 1, 2, 0, 1, 2], 3);
        assert!(scores.iter().all(|score| (score - (1.0_f64 / 3.0).ln()).abs() < 1e-12), "{scores}");
    }
}
