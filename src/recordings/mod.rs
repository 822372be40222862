//! The recordings: one recording, a set of them read from a folder of workbooks, and the choice of the set.
//!
//! ```text
//! Source ── which folder, and why ──► load ──► DataSet ──► Description
//!                                      │          └─ Recording { stimulus, label, participant, rate_hz, channels, samples }
//!             S1.xlsx … S12.xlsx ──────┘
//!             synthetic ──► the same twelve workbooks, with a known truth
//! ```
//!
//! Any other study is described by a table of its recordings, in any of several formats:
//!
//! ```text
//! recordings.tsv, study.toml ──► study::Study ──► formats::read ──► Signals { channels, rate_hz, samples }
//! ```

mod channels;
mod dataset;
mod description;
mod design;
mod faults;
mod folder;
pub mod formats;
mod labels;
mod material;
mod name;
pub mod published;
mod recording;
mod source;
pub mod study;
pub mod synthetic;
mod words;
pub(crate) mod workbook;

pub use channels::{Channels, MOST_CHANNELS};
pub use dataset::{DataSet, Fingerprint, Provenance};
pub use description::{Description, LabelDescription, Samples};
pub(crate) use design::is_first;
pub use design::{About, Design, Outline, Zeros};
pub use folder::load;
pub use labels::{Labels, MOST_LABELS};
pub use material::Material;
pub(crate) use material::{DESCRIPTION, DESIGN};
pub(crate) use name::natural_order;
pub use name::{LONGEST_NAME, Label, Name, Participant, Session, Stimulus};
pub(crate) use published::participant as published_participant;
pub use published::{Genre, Song};
pub use recording::{Recording, RecordingId};
pub use source::{DATA_VARIABLE, Source};
pub use words::Words;
pub use workbook::{
    MAX_INFLATION, MAX_PARTICIPANTS, MAX_PROBLEMS, MAX_WORKBOOK_BYTES, Workbook, read as read_workbook,
};
