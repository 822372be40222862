//! The design of a study: who heard what, and how long. All that is known of recordings without their samples.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize, Serializer};

use super::channels::Channels;
use super::dataset::{Fingerprint, Provenance};
use super::{Label, Labels, Name, Participant, Recording, RecordingId, Session, Stimulus};
use crate::error::{Error, Fault, Place, Result};

/// Who heard what and for how long. It holds counts and no sample, so it may be kept where recordings may not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Design {
    data: Fingerprint,
    provenance: Provenance,
    #[serde(serialize_with = "whole")]
    rate_hz: f64,
    #[serde(default, skip_serializing_if = "Channels::is_one")]
    channels: Channels,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    has_negative_samples: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    about: Option<About>,
    recordings: Vec<Outline>,
}

/// What the description of a study says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The name of the study.
    pub name: String,
    /// The unit of the samples.
    pub unit: String,
    /// What a label is called.
    pub label_name: Name,
}

/// A recording without its samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outline {
    /// The stimulus.
    pub stimulus: Stimulus,
    /// The participant.
    pub participant: Participant,
    /// Which of several of this participant and this stimulus, from 1.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub take: u32,
    /// The session that it was recorded in, where the study names sessions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// The label to be predicted.
    pub label: Label,
    /// Its length: samples of each channel.
    pub samples: usize,
    /// At how many of them every channel is exactly 0.
    pub zeros: Zeros,
}

/// At how many samples of a recording every channel is exactly 0, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zeros {
    /// In the whole recording.
    pub all: usize,
    /// Without a gap from its start on.
    pub at_start: usize,
    /// Without a gap up to its end.
    pub at_end: usize,
}

const fn first() -> u32 {
    1
}

pub(crate) const fn is_first(take: &u32) -> bool {
    *take == first()
}

/// Writes a whole number without a point.
pub(super) fn whole<S: Serializer>(number: &f64, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        serializer.serialize_i64(*number as i64)
    } else {
        serializer.serialize_f64(*number)
    }
}

impl Zeros {
    fn of(samples: &[f64], channels: usize) -> Self {
        let samples = samples.chunks_exact(channels);
        let is_zero = |sample: &&[f64]| sample.iter().all(|value| *value == 0.0);
        Self {
            all: samples.clone().filter(is_zero).count(),
            at_start: samples.clone().take_while(is_zero).count(),
            at_end: samples.rev().take_while(is_zero).count(),
        }
    }
}

impl Outline {
    fn of(recording: &Recording) -> Self {
        let Recording { stimulus, participant, take, session, label, .. } = *recording;
        Self {
            stimulus,
            participant,
            take,
            session,
            label,
            samples: recording.length(),
            zeros: Zeros::of(&recording.samples, recording.channels.count()),
        }
    }

    /// The recording's name.
    #[must_use]
    pub const fn id(&self) -> RecordingId {
        RecordingId { stimulus: self.stimulus, participant: self.participant, take: self.take }
    }
}

impl Design {
    /// That of recordings, at least one, sorted by stimulus and participant.
    pub(super) fn of(recordings: &[Recording], data: Fingerprint) -> Self {
        Self {
            data,
            provenance: Provenance::of(recordings, data),
            rate_hz: recordings.first().map_or(0.0, |recording| recording.rate_hz),
            channels: recordings.first().map_or(Channels::ONE, |recording| recording.channels.clone()),
            has_negative_samples: recordings.iter().any(|one| one.samples.iter().any(|sample| *sample < 0.0)),
            about: None,
            recordings: recordings.iter().map(Outline::of).collect(),
        }
    }

    pub(super) fn describe(&mut self, about: About) {
        self.about = Some(about);
    }

    /// What the description of the study says of it, if there is one.
    #[must_use]
    pub const fn about(&self) -> Option<&About> {
        self.about.as_ref()
    }

    /// The name by which the recordings are known: that of the published set, how synthetic ones were made, or the name of a study.
    #[must_use]
    pub fn known_as(&self) -> Option<String> {
        self.provenance.known_as().or_else(|| self.about.as_ref().map(|about| about.name.clone()))
    }

    pub(super) fn marked_synthetic(&mut self, how: &str) {
        self.provenance = Provenance::Synthetic(how.to_owned());
    }

    /// The recordings without their samples, sorted by stimulus and participant.
    #[must_use]
    pub fn outlines(&self) -> &[Outline] {
        &self.recordings
    }

    /// The outline of a recording, if there is one of this name.
    #[must_use]
    pub fn outline(&self, id: RecordingId) -> Option<&Outline> {
        let index = self.recordings.binary_search_by_key(&id, Outline::id).ok()?;
        self.recordings.get(index)
    }

    /// What identifies the recordings.
    #[must_use]
    pub const fn fingerprint(&self) -> Fingerprint {
        self.data
    }

    /// Where they come from, as far as it can be told from themselves.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        self.provenance.clone()
    }

    /// Refuses a record of other recordings.
    ///
    /// # Errors
    /// [`Fault::FOREIGN_RECORDS`]
    pub fn check_record(&self, path: &Path, data: Fingerprint) -> Result<()> {
        if data == self.data {
            return Ok(());
        }
        let expected = format!("a record of the recordings {}", self.data.short());
        let found = format!("a record of {}", data.short());
        Err(Error::new(Fault::FOREIGN_RECORDS, Place::file(path), expected, found))
    }

    /// Samples per second of every recording.
    #[must_use]
    pub const fn rate_hz(&self) -> f64 {
        self.rate_hz
    }

    /// The channels of every recording.
    #[must_use]
    pub const fn channels(&self) -> &Channels {
        &self.channels
    }

    /// Whether a sample is negative, as voltages are and power is not. A logarithmic scale takes none.
    #[must_use]
    pub const fn has_negative_samples(&self) -> bool {
        self.has_negative_samples
    }

    /// The stimuli.
    #[must_use]
    pub fn stimuli(&self) -> BTreeSet<Stimulus> {
        self.recordings.iter().map(|recording| recording.stimulus).collect()
    }

    /// The labels: the classes of whatever learns to tell recordings apart.
    #[must_use]
    pub fn labels(&self) -> Labels {
        Labels::of(self.recordings.iter().map(|recording| recording.label))
    }

    /// The participants.
    #[must_use]
    pub fn participants(&self) -> BTreeSet<Participant> {
        self.recordings.iter().map(|recording| recording.participant).collect()
    }

    /// The sessions that its recordings name.
    #[must_use]
    pub fn sessions(&self) -> BTreeSet<Session> {
        self.recordings.iter().filter_map(|recording| recording.session).collect()
    }

    /// The labels of a participant's recordings.
    #[must_use]
    pub fn labels_of(&self, participant: Participant) -> BTreeSet<Label> {
        let own = self.recordings.iter().filter(|recording| recording.participant == participant);
        own.map(|recording| recording.label).collect()
    }

    /// The labels of each stimulus: one, where it is what the label is about.
    #[must_use]
    pub fn labels_by_stimulus(&self) -> BTreeMap<Stimulus, BTreeSet<Label>> {
        let mut labels: BTreeMap<Stimulus, BTreeSet<Label>> = BTreeMap::new();
        for recording in &self.recordings {
            labels.entry(recording.stimulus).or_default().insert(recording.label);
        }
        labels
    }

    /// Labels that each participant has; nothing if participants differ in it.
    #[must_use]
    pub fn labels_per_participant(&self) -> Option<usize> {
        let counts: BTreeSet<usize> =
            self.participants().into_iter().map(|participant| self.labels_of(participant).len()).collect();
        counts.first().filter(|_| counts.len() == 1).copied()
    }

    /// Whether no length occurs with two labels: then the length alone determines the label.
    #[must_use]
    pub fn length_names_label(&self) -> bool {
        let mut labels: BTreeMap<usize, BTreeSet<Label>> = BTreeMap::new();
        for recording in &self.recordings {
            labels.entry(recording.samples).or_default().insert(recording.label);
        }
        labels.values().all(|labels| labels.len() == 1)
    }

    /// Samples of the shortest recording and of the longest.
    #[must_use]
    pub fn lengths(&self) -> [usize; 2] {
        let lengths = || self.recordings.iter().map(|recording| recording.samples);
        [lengths().min().unwrap_or(0), lengths().max().unwrap_or(0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_counted_at_both_ends_and_in_all() {
        let zeros = |all, at_start, at_end| Zeros { all, at_start, at_end };
        assert_eq!(Zeros::of(&[0.0, -0.0, 1.0, 0.0, 2.0, 0.0], 1), zeros(4, 2, 1));
        assert_eq!(Zeros::of(&[0.0, -0.0, 1.0, 0.0, 0.0, 0.0], 2), zeros(2, 1, 1));
        assert_eq!(Zeros::of(&[1.0, 2.0], 1), zeros(0, 0, 0));
        assert_eq!(Zeros::of(&[0.0, 0.0], 1), zeros(2, 2, 2));
        assert_eq!(Zeros::of(&[], 1), Zeros::default());
    }
}
