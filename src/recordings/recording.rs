//! One participant's signal during one stimulus, and the names that identify it.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use super::name::serialized_as_text;
use super::{Channels, Label, Participant, Session, Song, Stimulus};
use crate::error::{Error, Fault, Place, Result};

serialized_as_text!(RecordingId);

/// The name of a recording: whose, and during what. As text, and so in JSON, it is `S1/P01`; `S1/P01/2` for the second of this
/// participant and this stimulus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordingId {
    /// The stimulus.
    pub stimulus: Stimulus,
    /// The participant.
    pub participant: Participant,
    /// Which of several of this participant and this stimulus, from 1.
    pub take: u32,
}

impl RecordingId {
    /// The only recording of a participant during a stimulus, or the first.
    #[must_use]
    pub const fn new(stimulus: Stimulus, participant: Participant) -> Self {
        Self { stimulus, participant, take: 1 }
    }

    /// A number for streams of random numbers: another for each stimulus and participant of the published study.
    pub(crate) fn stream(self) -> u64 {
        let first = u64::from(self.stimulus.stream()) << 32 | u64::from(self.participant.stream());
        // An odd constant, so that no two takes share a stream.
        first.wrapping_add(u64::from(self.take.saturating_sub(1)).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }
}

impl fmt::Display for RecordingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stimulus, participant, take } = self;
        match take {
            1 => f.pad(&format!("{stimulus}/{participant}")),
            take => f.pad(&format!("{stimulus}/{participant}/{take}")),
        }
    }
}

impl FromStr for RecordingId {
    type Err = Error;

    /// Reads `S1/P01` and `S1/P01/2`.
    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.split('/');
        let mut read = || {
            let (stimulus, participant) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            let take = parts.next().map_or(Some(1), |take| take.parse().ok().filter(|take| *take > 1))?;
            parts.next().is_none().then_some(Self { stimulus, participant, take })
        };
        read().ok_or_else(|| {
            Error::new(
                Fault::UNREADABLE_RECORDING,
                Place::field("recording"),
                "a stimulus and a participant, as S1/P01, and a number from 2 for further recordings of both",
                format!("{text:?}"),
            )
        })
    }
}

/// A signal of one participant during one stimulus.
#[derive(Clone, PartialEq)]
pub struct Recording {
    /// The stimulus.
    pub stimulus: Stimulus,
    /// The label to be predicted.
    pub label: Label,
    /// The participant.
    pub participant: Participant,
    /// Which of several of this participant and this stimulus, from 1.
    pub take: u32,
    /// The session that it was recorded in, where the study names sessions.
    pub session: Option<Session>,
    /// Samples per second.
    pub rate_hz: f64,
    /// Its channels.
    pub channels: Channels,
    /// One value of each channel per 1/`rate_hz` s, in the unit of the study: `[length, channels]`, interleaved in time
    /// ([`Channels`]).
    pub samples: Vec<f64>,
    /// How it was made, if it is synthetic. What is made of a recording keeps the mark.
    pub synthetic: Option<Arc<str>>,
}

impl Recording {
    /// Its name.
    #[must_use]
    pub const fn id(&self) -> RecordingId {
        RecordingId { stimulus: self.stimulus, participant: self.participant, take: self.take }
    }

    /// The song and the participant by their numbers, if its names are of the published study.
    pub(super) fn published_numbers(&self) -> Option<(u8, u32)> {
        let song = Song::try_from(self.stimulus).ok()?;
        let is_genre = Label::from(song.genre()) == self.label;
        let participant = self.participant.published_number()?;
        let is_whole = self.rate_hz.fract() == 0.0 && self.rate_hz < 1e9;
        let is_only = self.take == 1 && self.session.is_none() && self.channels.is_one();
        (is_genre && is_whole && Stimulus::from(song) == self.stimulus && is_only)
            .then_some((song.number(), participant))
    }

    /// Its length in samples: values of each channel.
    #[must_use]
    pub fn length(&self) -> usize {
        self.samples.len() / self.channels.count()
    }

    /// The values of some of its samples, all channels of each.
    ///
    /// # Panics
    /// If it is shorter.
    #[must_use]
    pub fn part(&self, samples: Range<usize>) -> &[f64] {
        let count = self.channels.count();
        &self.samples[samples.start * count..samples.end * count]
    }

    /// Its length in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.length() as f64 / self.rate_hz
    }
}

impl fmt::Debug for Recording {
    /// Names the recording and leaves its samples out: they are brain data, and must not reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, length, channels) = (self.id(), self.length(), self.channels.count());
        write!(f, "Recording({id}, {} Hz, {length} samples, channels {channels})", self.rate_hz)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_are_refused() {
        for name in
            ["", "/", "S1", "S1/", "/P01", "S1/P01/P02", "S1/P01/", "S1/P01/1", "S1/P01/2/3", "S1 P01"]
        {
            assert!(name.parse::<RecordingId>().is_err(), "{name:?}");
        }
    }

    #[test]
    fn names_survive_json() {
        for (name, take) in [("S12/P07", 1), ("left hand/sub-01/12", 12)] {
            let id: RecordingId = name.parse().unwrap();
            assert_eq!(id.take, take);
            let json = serde_json::to_string(&id).unwrap();
            assert_eq!(json, format!("{name:?}"));
            assert_eq!(serde_json::from_str::<RecordingId>(&json).unwrap(), id);
        }
    }

    /// Records were computed with these streams.
    #[test]
    fn published_names_have_streams_by_their_numbers_and_others_above_them() {
        let stream = |text: &str| text.parse::<RecordingId>().unwrap().stream();
        assert_eq!(stream("S12/P07"), 12 << 32 | 7);
        let others =
            ["S1/P1", "S01/P01", "rest/sub-01", "rest/sub-02", "task/sub-01", "S1/P01/2"].map(stream);
        assert!(others.iter().all(|stream| *stream as u32 >= 1 << 31 || *stream >> 32 >= 1 << 31));
        assert!(others.iter().collect::<std::collections::BTreeSet<_>>().len() == others.len());
    }
}
