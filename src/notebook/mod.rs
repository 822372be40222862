//! Notebooks: their session, a kernel for them, running them without a browser, checking the committed ones, and the book.
//!
//! ```text
//! in a notebook    Session::begin ─► design, split, records ─► results, figures, shown in cells
//!                         └────────► Checks ─► a file that says whether the notebook holds
//!
//! around it        setup ──► run ──► executed notebooks, with checks ──► book
//!                            │
//!                            └─► the committed notebooks, if it was the paper's profile on the published recordings
//!                                                                                                         ──► check
//! ```
//!
//! Cells are Rust, run by evcxr. A notebook without a file of [`Checks`] has failed. [`Environment`] holds all
//! paths.
//!
//! | module | holds | uses |
//! |---|---|---|
//! | `session` | the functions that cells call: the session, its checks, the display of values below a cell | the rest of the library |
//! | `document` | a notebook's file; the notebooks of a folder | |
//! | `environment` | the folder of everything that running needs, its lock, the programs in it | |
//! | `kernel` | a running kernel: code goes in, outputs come out; how a cell ended | `document`, `environment` |
//! | `setup` | making an environment: Python, evcxr, eegenre compiled for cells | `kernel` |
//! | `committed` | rules for committed notebooks: how they are written, the origin of their outputs | `document` |
//! | `run`, `book`, `lab` | running, reading and changing notebooks | all of these |

mod book;
mod committed;
mod document;
mod environment;
mod faults;
mod kernel;
mod lab;
mod run;
mod session;
mod setup;

pub use book::{book, claim_book};
pub use committed::check;
pub use document::notebooks;
pub use environment::Environment;
pub use lab::lab;
pub use run::{Executed, ExecutedNotebook, Run};
pub use session::{CHECKS_VARIABLE, Check, Checks, Classified, Live, Session, StudySession};
pub use setup::setup;
