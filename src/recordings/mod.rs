//! The recordings: what one is, how a folder of workbooks becomes a set of them, and which set is used.

mod dataset;
mod recording;
pub mod synthetic;

pub use dataset::{DataSet, Fingerprint, Provenance};
pub use recording::{Genre, Participant, Recording, RecordingId, Song};
