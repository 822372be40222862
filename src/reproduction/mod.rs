//! The paper's experiment, its results, and verdicts on the paper's numbers and claims.
//!
//! ```text
//! experiment: the paper's three networks, as a profile says ─┐
//! study: the same with other choices ────────────────────────┴─► records ─► verdict: on each number and claim ─► results
//! ```

pub mod experiment;
pub mod paper;
pub mod results;
mod retrained;
pub mod study;
mod summary;
pub mod verdict;

pub use retrained::{Retrained, RetrainedNetwork};
pub use summary::summary;
