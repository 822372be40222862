//! The border to nalgebra, whose decompositions of symmetric matrices are used.

use nalgebra::linalg::{Cholesky, SymmetricEigen};
use nalgebra::{DMatrix, Dyn};
use ndarray::{Array1, Array2};

fn matrix(values: &Array2<f64>) -> DMatrix<f64> {
    DMatrix::from_fn(values.nrows(), values.ncols(), |row, column| values[[row, column]])
}

/// Eigenvalues of a symmetric matrix, and its eigenvectors as columns in the same order.
pub(super) fn eigen(symmetric: &Array2<f64>) -> (Array1<f64>, Array2<f64>) {
    let SymmetricEigen { eigenvalues, eigenvectors } = SymmetricEigen::new(matrix(symmetric));
    let vectors = Array2::from_shape_fn(eigenvectors.shape(), |(row, column)| eigenvectors[(row, column)]);
    (eigenvalues.iter().copied().collect(), vectors)
}

/// A positive definite matrix, ready to solve equations.
pub(super) struct PositiveDefinite(Cholesky<f64, Dyn>);

impl PositiveDefinite {
    /// Factors a symmetric matrix; `None` if it is not positive definite.
    pub(super) fn of(symmetric: &Array2<f64>) -> Option<Self> {
        Cholesky::new(matrix(symmetric)).map(Self)
    }

    /// `x` of `A x = b`, column by column.
    pub(super) fn solve(&self, right: &Array2<f64>) -> Array2<f64> {
        let solved = self.0.solve(&matrix(right));
        Array2::from_shape_fn(right.dim(), |(row, column)| solved[(row, column)])
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn a_matrix_is_put_together_from_its_parts() {
        let symmetric = array![[4.0, 1.0, 0.5], [1.0, 3.0, -1.0], [0.5, -1.0, 2.0]];
        let (values, vectors) = eigen(&symmetric);
        let again = (&vectors * &values).dot(&vectors.t());
        assert!((&again - &symmetric).iter().all(|error| error.abs() < 1e-12));
        let right = array![[1.0, 0.0], [2.0, 1.0], [0.0, -3.0]];
        let solved = PositiveDefinite::of(&symmetric).unwrap().solve(&right);
        assert!((symmetric.dot(&solved) - right).iter().all(|error| error.abs() < 1e-12));
        assert!(PositiveDefinite::of(&array![[1.0, 2.0], [2.0, 1.0]]).is_none());
    }
}
