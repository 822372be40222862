//! What the notebooks stand on: a session with recordings, profile and checks, and pictures and tables in cells.
//!
//! ```text
//! Session::begin ─► experiment: recordings, split, profile ─► records, results, figures ─► shown in cells
//!        └────────► checks ─► a file that says whether the notebook holds
//! ```

mod checks;
mod display;
mod session;

pub use checks::{Check, Checks};
pub use session::Session;
