//! The border to linfa, which has an older ndarray than we have.

use linfa::Dataset;
use linfa::traits::Fit;
use linfa_nn::distance::L2Dist;
use linfa_nn::{LinearSearch, NearestNeighbour};
use linfa_svm::Svm;
use ndarray::{Array2, ArrayView1};
use ndarray_linfa as nd;

use crate::error::{Error, Fault, Place, Result};

fn matrix(values: &Array2<f64>) -> nd::Array2<f64> {
    nd::Array2::from_shape_fn(values.dim(), |place| values[place])
}

fn vector(values: ArrayView1<'_, f64>) -> nd::Array1<f64> {
    nd::Array1::from_iter(values.iter().copied())
}

fn failed(what: &str, cause: impl std::fmt::Display) -> Error {
    let expected = "rows of at least one feature";
    Error::new(Fault::BAD_SETTING, Place::field(what), expected, cause.to_string())
}

/// For each of `points`, the places of its `count` nearest rows, nearest first, by Euclidean distance.
pub(super) fn nearest(rows: &Array2<f64>, points: &Array2<f64>, count: usize) -> Result<Vec<Vec<usize>>> {
    let rows = matrix(rows);
    let search =
        LinearSearch::new().from_batch(&rows, L2Dist).map_err(|cause| failed("nearest neighbours", cause))?;
    let of = |point: ArrayView1<'_, f64>| {
        let found = search.k_nearest(vector(point).view(), count);
        let found = found.map_err(|cause| failed("nearest neighbours", cause))?;
        Ok(found.into_iter().map(|(_, row)| row).collect())
    };
    points.rows().into_iter().map(of).collect()
}

/// A machine that tells one class from the rest.
#[derive(Debug)]
pub(super) struct Machine(Svm<f64, bool>);

impl Machine {
    /// Minimises `½ ‖w‖² + C Σ ξᵢ` for the kernel `exp(-γ ‖x - y‖²)`; `within` says which rows are of the class.
    pub(super) fn fit(
        rows: &Array2<f64>,
        within: Vec<bool>,
        c: f64,
        gamma: f64,
        tolerance: f64,
    ) -> Result<Self> {
        let data = Dataset::new(matrix(rows), nd::Array1::from_vec(within));
        let settings = Svm::<f64, bool>::params();
        // linfa's kernel is exp(-‖x - y‖² / ε).
        let settings = settings.pos_neg_weights(c, c).gaussian_kernel(1.0 / gamma).eps(tolerance);
        settings.fit(&data).map(Self).map_err(|cause| failed("support vector machine", cause))
    }

    /// How far a point lies on the side of the class: above 0 within, below outside, ±1 at the margins.
    pub(super) fn decision(&self, point: ArrayView1<'_, f64>) -> f64 {
        self.0.weighted_sum(&vector(point)) - self.0.rho
    }
}
