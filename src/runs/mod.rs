//! The paper's protocol (section 2): a network is trained several times on one fixed split, each run from a seed of
//! its own, and every run leaves a record.
//!
//! ```text
//! Settings + recordings + split ─► Configuration ─► Store ◄─ records, weights, checkpoints
//!                                                     ▲
//!                                  train: runs side by side, each one thread, or all together, as one
//! ```

mod control;
mod course;
mod faults;
mod group;
mod instructions;
mod look_back;
pub mod prediction;
mod preset;
mod processor;
pub mod profile;
mod progress;
mod purpose;
pub(crate) mod queue;
mod record;
mod schedule;
pub mod series;
mod settings;
mod span;
mod store;
mod tables;
mod train;
mod unit;
mod workers;

pub use control::{Control, Event, NoObserver, Observer};
pub use instructions::Instructions;
pub use look_back::{LookBacks, RunLookBack, look_back, look_back_table};
pub use preset::Preset;
pub use processor::Processor;
pub use progress::Progress;
pub use purpose::Purpose;
pub(crate) use record::significant;
pub use record::{Curve, History, Outcome, Prediction, Record, Weights};
pub use schedule::Schedule;
pub use settings::{Configuration, Settings, revision};
pub use span::Runs;
pub use store::Store;
pub use tables::runs_table;
pub use train::train;
pub use unit::{Plan, PlannedUnit, expected_seconds};

use std::path::PathBuf;

use crate::recordings::Provenance;
use crate::store::Project;

/// Trainings of each network in the paper; its average is the mean without the lowest and the highest (2, 3).
pub const RUNS: usize = 15;

/// Where the records of a project are, with a folder for each network: `data/records/raw` for the published recordings,
/// else `target/records`.
#[must_use]
pub fn folder(project: &Project, provenance: &Provenance) -> PathBuf {
    match provenance {
        Provenance::Published => project.committed_records().join("raw"),
        Provenance::Synthetic(_) | Provenance::Unknown => project.records(),
    }
}

#[cfg(test)]
mod tests;
