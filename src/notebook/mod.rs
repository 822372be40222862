//! Notebooks: what they stand on, a kernel for them, running them without a browser, checking what is committed, and the
//! book.
//!
//! ```text
//! in a notebook    Session::begin ─► recordings, split, profile ─► records, results, figures, shown in cells
//!                         └────────► Checks ─► a file that says whether the notebook holds
//!
//! around it        setup ──► run ──► executed notebooks, with checks ──► book
//!                            │
//!                            └─► the committed notebooks, if it was the paper's profile on the published recordings
//!                                                                                                         ──► check
//! ```
//!
//! Cells are Rust, run by evcxr. A notebook without a file of [`Checks`] has failed. [`Environment`] says where
//! everything is.

mod book;
mod cells;
mod check;
mod checks;
mod digest;
mod display;
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
mod session;
mod setup;

pub use book::book;
pub use check::check;
pub use checks::{Check, Checks};
pub use environment::Environment;
pub use lab::lab;
pub use run::{Executed, ExecutedNotebook, Run, notebooks};
pub use session::{CHECKS_VARIABLE, PROFILE_VARIABLE, Session};
pub use setup::setup;
