//! One recording of a study: a line of its table.

use std::ops::Range;
use std::path::PathBuf;

/// A recording: which part of which file, who was recorded, and to what.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The line of the table, from 1.
    pub line: u64,
    /// The file, relative to the table.
    pub file: PathBuf,
    /// Who was recorded.
    pub participant_id: String,
    /// What was presented.
    pub stimulus: String,
    /// The label to be predicted.
    pub label: String,
    /// The channels to be read; all if there is none. `column` names one, `channels` several.
    pub channels: Vec<String>,
    /// Whether the channel was named by `column`: then its name is that of the recording, not of an electrode.
    pub is_column: bool,
    /// Seconds from the first sample of the file; from its start if there is none.
    pub start_seconds: Option<f64>,
    /// Seconds from the first sample of the file; to its end if there is none.
    pub stop_seconds: Option<f64>,
    /// When the stimulus was presented among those of its participant and session.
    pub order: Option<u32>,
    /// The session, if there were several.
    pub session: Option<String>,
}

impl Entry {
    /// The part of the file in seconds; nothing if it is the whole file.
    pub(super) fn part(&self, seconds_of_file: f64) -> Option<Range<f64>> {
        if self.start_seconds.is_none() && self.stop_seconds.is_none() {
            return None;
        }
        Some(self.start_seconds.unwrap_or(0.0)..self.stop_seconds.unwrap_or(seconds_of_file))
    }

    /// What no two recordings of a study share.
    pub(super) fn key(&self) -> (&str, &str, Option<&str>, Option<u32>) {
        (&self.participant_id, &self.stimulus, self.session.as_deref(), self.order)
    }
}
