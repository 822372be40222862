//! The paper's protocol (section 2): a network is trained several times on one fixed split, each run from a seed of
//! its own, and every run leaves a record.

mod record;
mod settings;

pub use record::{Curve, History, Outcome, Prediction, Record};
pub use settings::{Configuration, REVISION, Settings};
