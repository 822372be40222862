//! The layers for several runs at once: networks of one kind side by side, each with weights and batches of its own.
//!
//! Weights, batches and running statistics have one dimension more than in [`nn`](super), in front: the run. Nothing
//! mixes runs, so each computes what it would compute alone, to rounding, and a run whose numbers overflow harms no
//! other. One run of 16 recordings is little work for a GPU; several runs share each launch of a kernel.
//!
//! ```text
//! nn      x [batch, I]          W [O, I]          y [batch, O]
//! runs    x [runs, batch, I]    W [runs, O, I]    y [runs, batch, O]
//! ```
//!
//! A stack of networks is made from the tensors of the single ones, and taken apart again, by
//! [`StateDict::stack`](super::StateDict::stack) and [`StateDict::unstack`](super::StateDict::unstack).

mod batch_norm;
mod conv1d;
pub mod dropout;
mod linear;
pub mod lstm;
mod packed;
mod residual;

pub use batch_norm::BatchNorm1d;
pub use conv1d::Conv1d;
pub use dropout::DropoutKernel;
pub use linear::Linear;
pub use lstm::{Lstm, LstmKernel};
pub use packed::{Packed, Packings};
pub use residual::ResidualBlock;

use dfdx::prelude::*;

/// A batch for each run, a row of `N` values for each of its members: `[runs, batch, N]`.
pub type Batches<const N: usize, E, D, T = NoneTape> = Tensor<(Runs, usize, Const<N>), E, D, T>;

/// The dimension of the runs.
///
/// dfdx wants to know every dimension of a module's tensors when it is compiled. The number of runs is not known then:
/// it counts as 0 until [`StateDict::build`](super::StateDict::build) makes a module of tensors that have it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Runs(
    /// How many.
    pub usize,
);

impl Dim for Runs {
    fn size(&self) -> usize {
        self.0
    }

    fn from_size(size: usize) -> Option<Self> {
        Some(Self(size))
    }
}

impl ConstDim for Runs {
    const SIZE: usize = 0;
}

#[cfg(test)]
mod tests;
