//! The layers that dfdx lacks, as dfdx's own are made: modules, on its tape, on any device.
//!
//! Each layer has one folder and two implementations of one definition. `composed` is written in dfdx's primitives:
//! it runs on every device and is what the other is tested against. `cpu` is fused: one node of the tape for a whole
//! layer over a whole batch, its gradient written by hand in vector instructions ([`Level`]).
//!
//! [`runs`] has the same layers for several runs at once, which is how a GPU is filled. What there are kernels for on CUDA
//! has a `.cu` file beside it, whose text is tested on a CPU (`emulation`).

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
mod kernels;
pub(crate) mod lent;
pub mod lstm;
mod packed;
pub mod pool;
pub(crate) mod random;
pub mod relu;
pub mod residual;
pub mod runs;
mod state_dict;
mod storage;
#[cfg(test)]
pub(crate) mod testing;

pub use batch_norm::{BatchNorm1d, BatchNorm1dKernel};
pub use conv1d::{Conv1d, Conv1dKernel, Signals};
pub use dropout::{Dropout, DropoutKernel};
pub use kernels::Level;
pub(crate) use kernels::WorkingMemory;
pub use lstm::{Lstm, LstmKernel};
pub use packed::{Packed, Packing, Rows};
pub use pool::{GlobalAveragePool, MaxPool1d, PoolKernel};
pub use relu::{Relu, ReluKernel};
pub use residual::{ResidualBlock, ResidualBlockKernel};
pub use state_dict::StateDict;
