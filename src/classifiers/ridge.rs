//! Ridge regression on labels, as classification.

use ndarray::{Array1, Array2, Axis, s};

use super::nalgebra::eigen;
use super::relabelled::{Relabelled, Scaled, among_all, present};

/// Penalties of which the best is chosen: ten, from 10⁻³ to 10³, as MiniRocket's authors have them.
fn penalties() -> impl Iterator<Item = f64> {
    (0..10).map(|step| 10_f64.powf(-3.0 + 6.0 * f64::from(step) / 9.0))
}

/// For each class a ridge regression on 1 for its rows and -1 for the others, with an intercept that is not penalised; the
/// answer is the class of the highest value. One penalty for all classes, which has the least squared error when each
/// training row is left out in turn: scikit-learn's `RidgeClassifierCV`.
///
/// With the centred rows `X` and `X Xᵀ = Q Λ Qᵀ`, the regression's dual coefficients for centred targets `y` are
/// `c = Q (Λ + α)⁻¹ Qᵀ y`, and the error of row `i`, left out, is `cᵢ / (Q (Λ + α)⁻¹ Qᵀ)ᵢᵢ`. Nothing but `y` depends on
/// labels. Reference: R. M. Rifkin and R. A. Lippert, *Notes on regularized least squares*, MIT-CSAIL-TR-2007-025, 2007.
#[derive(Debug, Clone)]
pub struct Ridge {
    /// `[training rows, training rows - 1]`: eigenvectors, without that of the intercept.
    vectors: Array2<f64>,
    values: Array1<f64>,
    /// `[training rows, penalties]`: the diagonal of `Q (Λ + α)⁻¹ Qᵀ`.
    diagonals: Array2<f64>,
    /// `[test rows, training rows - 1]`: products of test rows and training rows, in terms of the eigenvectors.
    test: Array2<f64>,
}

impl Ridge {
    /// Decomposes the rows.
    #[must_use]
    pub fn of(rows: &Scaled) -> Self {
        // Centred already. A constant in all products moves the intercept's eigenvector away from other zeros.
        let products = rows.training.dot(&rows.training.t()) + 1.0;
        let (values, vectors) = eigen(&products);
        let sums = vectors.sum_axis(Axis(0)).mapv(f64::abs);
        let intercept =
            (0..sums.len()).reduce(|best, other| if sums[other] > sums[best] { other } else { best });
        let kept: Vec<usize> = (0..sums.len()).filter(|column| Some(*column) != intercept).collect();
        let vectors = vectors.select(Axis(1), &kept);
        let test = rows.test.dot(&rows.training.t()).dot(&vectors);
        // Rounding leaves some zeros below 0.
        let values = values.select(Axis(0), &kept).mapv(|value| value.max(0.0));
        let squares = &vectors * &vectors;
        let mut diagonals = Array2::zeros((vectors.nrows(), penalties().count()));
        for (mut diagonal, penalty) in diagonals.columns_mut().into_iter().zip(penalties()) {
            diagonal.assign(&squares.dot(&(&values + penalty).recip()));
        }
        Self { vectors, values, diagonals, test }
    }
}

impl Relabelled for Ridge {
    fn scores(&self, labels: &[usize], classes: usize) -> Array2<f64> {
        let present = present(labels, classes);
        let target = |(row, place): (usize, usize)| if labels[row] == present[place] { 1.0 } else { -1.0 };
        let targets = Array2::from_shape_fn((labels.len(), present.len()), target);
        let intercepts = targets.mean_axis(Axis(0)).unwrap_or_else(|| Array1::zeros(present.len()));
        let turned = self.vectors.t().dot(&(&targets - &intercepts));
        // The coefficients of all penalties at once, side by side.
        let shrunk: Vec<Array1<f64>> = penalties().map(|penalty| (&self.values + penalty).recip()).collect();
        let width = present.len();
        let mut side = Array2::zeros((turned.nrows(), shrunk.len() * width));
        for (place, shrunk) in shrunk.iter().enumerate() {
            let own = &turned * &shrunk.view().insert_axis(Axis(1));
            side.slice_mut(s![.., place * width..(place + 1) * width]).assign(&own);
        }
        let coefficients = self.vectors.dot(&side);
        let error = |place: usize| {
            let diagonal = self.diagonals.column(place).insert_axis(Axis(1));
            let own = coefficients.slice(s![.., place * width..(place + 1) * width]);
            (&own / &diagonal).mapv(|error| error * error).sum()
        };
        let errors: Vec<f64> = (0..shrunk.len()).map(error).collect();
        let best =
            (0..errors.len()).reduce(|best, other| if errors[other] < errors[best] { other } else { best });
        let best = best.unwrap_or(0);
        let found = self.test.dot(&side.slice(s![.., best * width..(best + 1) * width])) + &intercepts;
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
    fn it_agrees_with_scikit_learn_for_few_columns_and_for_many() {
        // tests/classifiers/generate.py, linear(). The best penalties are 46.4 and 0.001.
        let expected = [
            (
                6,
                [
                    [-0.302_664, -0.034_615, -0.662_721],
                    [-0.080_213, -0.429_602, -0.490_185],
                    [-0.153_599, -0.211_998, -0.634_403],
                    [-0.315_227, -0.064_314, -0.620_46],
                    [-0.059_049, -0.429_157, -0.511_794],
                    [-0.162_705, -0.142_991, -0.694_304],
                    [-0.205_429, -0.032_825, -0.761_746],
                    [-0.043_369, -0.348_263, -0.608_368],
                ],
            ),
            (
                120,
                [
                    [0.160_252, -0.949_033, -0.211_219],
                    [-1.015_574, 0.077_162, -0.061_588],
                    [-0.807_377, 1.032_064, -1.224_687],
                    [0.170_795, -1.307_486, 0.136_691],
                    [-0.675_111, -0.462_109, 0.137_219],
                    [-0.145_149, 0.286_797, -1.141_648],
                    [0.786_153, -0.664_52, -1.121_633],
                    [-0.632_18, -0.879_274, 0.511_454],
                ],
            ),
        ];
        for (columns, expected) in expected {
            let (rows, labels) = planted(columns);
            assert_scores(&Ridge::of(&rows).scores(&labels, 3), &expected, 2e-6);
        }
    }

    #[test]
    fn a_class_that_was_never_seen_is_never_answered() {
        let (rows, labels) = planted(6);
        assert_never_answers_what_was_never_seen(&Ridge::of(&rows), labels.len());
    }
}
