//! Notebooks: a kernel for them, running them without a browser, checking what is committed, and the book.
//!
//! ```text
//! setup ──► run ──► executed notebooks, with checks ──► book
//!           │
//!           └─► the committed notebooks, if it was the paper's profile on the published recordings ──► check
//! ```
//!
//! Cells are Rust, run by evcxr. A notebook tells what it found through a file of [`Checks`], which its last cell
//! writes: one without that file has failed. [`Environment`] says where everything is.

mod book;
mod cells;
mod check;
mod checks;
mod digest;
mod document;
mod ending;
mod environment;
mod failure;
mod kernel;
mod lab;
mod lint;
mod origin;
mod passing;
mod program;
mod progress;
mod run;
mod setup;

pub use book::book;
pub use check::check;
pub use checks::{Check, Checks};
pub use environment::Environment;
pub use lab::lab;
pub use run::{CHECKS_VARIABLE, Executed, ExecutedNotebook, PROFILE_VARIABLE, Run, notebooks};
pub use setup::setup;
