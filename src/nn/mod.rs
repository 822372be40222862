//! The layers that dfdx lacks, made as dfdx's own: modules, on its tape, on any device.
//!
//! Every layer is a stack: of one run, or of several that are trained together, each with weights and batches of its own. The
//! run is the first dimension of all tensors, nothing mixes runs, and a run whose numbers overflow harms no other.
//!
//! ```text
//! torch.nn    x [batch, I]          W [O, I]          y [batch, O]
//! here        x [runs, batch, I]    W [runs, O, I]    y [runs, batch, O]
//! ```
//!
//! Weights are saved run by run, without that dimension and under PyTorch's names ([`StateDict::of_runs`]).
//!
//! Sizes are dfdx's dimensions. Those of the paper's networks are [`Const`](dfdx::prelude::Const)s, which the compiler checks;
//! all others are [`Size`]s, known when the program runs.
//!
//! ```compile_fail
//! use dfdx::prelude::*;
//! use eegenre::nn::{Linear, Rows, Size};
//!
//! let device = Cpu::default();
//! let layer: Linear<Const<32>, Const<16>, f32, _> = Linear::new(&device, 1, Const, Const)?;
//! // 8 values are not 32.
//! let x: Rows<Const<8>, f32, _> = device.zeros_like(&(Size(1), 4, Const));
//! layer.forward(x);
//! # Ok::<(), CpuError>(())
//! ```
//!
//! Each layer has one folder and two implementations of one definition. `composed` is written in dfdx's primitives:
//! it runs on every device, and tests compare the other one with it. `cpu` is fused: one node of the tape for a whole layer over
//! a whole batch, with its gradient written by hand in vector instructions ([`Level`]). A layer with kernels for CUDA has a `.cu`
//! file beside it; tests run the text of that file on a CPU (`emulation`).

use dfdx::prelude::{NoneTape, Tensor};

/// Visits the fields of a module that are modules, each under its own name; for `TensorCollection::iter_tensors`.
macro_rules! visit_modules {
    ($visitor:ident, $Module:ident { $($field:ident),* $(,)? }) => {
        $visitor.visit_fields(
            ($(Self::module(stringify!($field), |s| &s.$field, |s| &mut s.$field),)*),
            |($($field,)*)| $Module { $($field),* },
        )
    };
}
pub(crate) use visit_modules;

pub mod batch_norm;
pub mod conv1d;
#[cfg(feature = "cuda")]
mod cuda;
pub mod dropout;
#[cfg(test)]
mod emulation;
mod faults;
mod kernels;
pub(crate) mod lent;
mod linear;
pub mod lstm;
mod packed;
mod packing;
pub mod pool;
pub(crate) mod random;
pub mod relu;
pub mod residual;
mod size;
mod state_dict;
mod storage;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use batch_norm::{BatchNorm1d, BatchNorm1dKernel};
pub use conv1d::{Conv1d, Conv1dKernel, Signals};
pub use dropout::{Dropout, DropoutKernel};
pub use kernels::Level;
pub(crate) use kernels::WorkingMemory;
pub use linear::Linear;
pub use lstm::{Lstm, LstmKernel};
pub use packed::{Packed, Packings};
pub use packing::Packing;
pub use pool::{GlobalAveragePool, MaxPool1d, PoolKernel};
pub use relu::{Relu, ReluKernel};
pub use residual::{ResidualBlock, ResidualBlockKernel};
pub use size::Size;
pub use state_dict::StateDict;

/// A matrix of `N` columns for each run, with a row for each example or each frame: `[runs, rows, N]`.
pub type Rows<N, E, D, T = NoneTape> = Tensor<(Size, usize, N), E, D, T>;
