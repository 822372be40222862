//! The recordings: what one is, how a folder of workbooks becomes a set of them, and which set is used.

mod dataset;
mod description;
mod folder;
mod recording;
mod workbook;

pub use dataset::{DataSet, Fingerprint, Provenance};
pub use description::{Description, GenreDescription, Samples};
pub use folder::load;
pub use recording::{Genre, Participant, Recording, RecordingId, Song};
pub use workbook::{MAX_INFLATED_BYTES, MAX_PARTICIPANTS, MAX_PROBLEMS, Workbook, read as read_workbook};
