//! One participant's signal during one song, and the names that identify it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Place, Result};
use crate::paper;

/// A music genre, in the order of the paper's labels (section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Genre {
    /// Label 0, songs 1-4.
    Classical,
    /// Label 1, songs 5-8.
    Instrumental,
    /// Label 2, songs 9-12.
    Pop,
}

impl Genre {
    /// All genres, in label order.
    pub const ALL: [Self; 3] = [Self::Classical, Self::Instrumental, Self::Pop];

    /// The paper's label: 0, 1 or 2.
    #[must_use]
    pub const fn label(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Genre {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Classical => "classical",
            Self::Instrumental => "instrumental",
            Self::Pop => "pop",
        })
    }
}

/// A song of the experiment, 1 to 12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Song(u8);

impl Song {
    /// The song of a number.
    ///
    /// # Errors
    /// [`Fault::UNKNOWN_SONG`] unless the number is 1 to 12.
    pub fn new(number: u32) -> Result<Self> {
        match u8::try_from(number) {
            Ok(number @ 1..=paper::SONGS) => Ok(Self(number)),
            _ => Err(Error::new(
                Fault::UNKNOWN_SONG,
                Place::field("song"),
                format!("a number from 1 to {}", paper::SONGS),
                number.to_string(),
            )),
        }
    }

    /// All songs, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=paper::SONGS).map(Self)
    }

    /// Its number, 1 to 12.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Its genre (paper, section 2.1: four songs of each, one genre after the other).
    #[must_use]
    pub const fn genre(self) -> Genre {
        Genre::ALL[((self.0 - 1) / paper::SONGS_PER_GENRE) as usize]
    }
}

impl fmt::Display for Song {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("S{}", self.0))
    }
}

impl FromStr for Song {
    type Err = Error;

    /// Reads `S1` or `s01`.
    fn from_str(text: &str) -> Result<Self> {
        match numbered(text, 'S') {
            Some(number) => Self::new(number),
            None => Err(Error::new(
                Fault::UNKNOWN_SONG,
                Place::field("song"),
                "S and a number, as S1",
                format!("{text:?}"),
            )),
        }
    }
}

/// A participant, known by a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Participant(u32);

impl Participant {
    /// The participant of a number.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Participant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("P{:02}", self.0))
    }
}

impl FromStr for Participant {
    type Err = Error;

    /// Reads `P01` and `P1` as the same participant.
    fn from_str(text: &str) -> Result<Self> {
        numbered(text, 'P').map(Self).ok_or_else(|| {
            Error::new(
                Fault::UNREADABLE_PARTICIPANT,
                Place::field("participant"),
                "P and a number, as P01 or P1",
                format!("{text:?}"),
            )
        })
    }
}

/// The number after a letter of either case: `P01` → 1. Signs, spaces inside and other letters are refused.
fn numbered(text: &str, letter: char) -> Option<u32> {
    let text = text.trim();
    let digits = text.strip_prefix(letter).or_else(|| text.strip_prefix(letter.to_ascii_lowercase()))?;
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

macro_rules! serialized_as_text {
    ($($name:ident),*) => {$(
        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
        impl TryFrom<String> for $name {
            type Error = Error;
            fn try_from(text: String) -> Result<Self> {
                text.parse()
            }
        }
    )*};
}
serialized_as_text!(Song, Participant, RecordingId);

/// The name of a recording: who heard what. As text, and so in JSON, it is `S1/P01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RecordingId {
    /// The song that was heard.
    pub song: Song,
    /// The participant who heard it.
    pub participant: Participant,
}

impl fmt::Display for RecordingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}", self.song, self.participant))
    }
}

impl FromStr for RecordingId {
    type Err = Error;

    /// Reads `S1/P01` or `s1/p1`.
    fn from_str(text: &str) -> Result<Self> {
        let read = |(song, participant): (&str, &str)| {
            Some(Self { song: song.parse().ok()?, participant: participant.parse().ok()? })
        };
        text.split_once('/').and_then(read).ok_or_else(|| {
            Error::new(
                Fault::UNREADABLE_RECORDING,
                Place::field("recording"),
                "a song and a participant, as S1/P01",
                format!("{text:?}"),
            )
        })
    }
}

/// Band power at F7 of one participant during one song.
#[derive(Clone, PartialEq)]
pub struct Recording {
    /// The song that was heard.
    pub song: Song,
    /// The song's genre: the label to be predicted.
    pub genre: Genre,
    /// The participant who heard it.
    pub participant: Participant,
    /// Samples per second.
    pub rate_hz: u32,
    /// Band power as exported by the headset's software (unit not documented there), one value per 1/`rate_hz` s.
    pub samples: Vec<f64>,
    /// How it was made, if it is synthetic. What is made of a recording keeps the mark.
    pub synthetic: Option<Arc<str>>,
}

impl Recording {
    /// Its name.
    #[must_use]
    pub const fn id(&self) -> RecordingId {
        RecordingId { song: self.song, participant: self.participant }
    }

    /// Its length in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.rate_hz)
    }
}

impl fmt::Debug for Recording {
    /// Names the recording and leaves its samples out: they are brain data, and must not reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recording({}, {} Hz, {} samples)", self.id(), self.rate_hz, self.samples.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_songs_of_each_genre_follow_one_another() {
        let labels: Vec<usize> = Song::all().map(|song| song.genre().label()).collect();
        assert_eq!(labels, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
    }

    #[test]
    fn p01_and_p1_are_one_participant() {
        let names = ["P01", "P1", "p001", " P1 "].map(|name| name.parse::<Participant>().unwrap());
        assert!(names.iter().all(|name| *name == Participant::new(1)));
        assert_eq!(names[0].to_string(), "P01");
    }

    #[test]
    fn other_names_are_refused() {
        for name in ["", "P", "1", "P-1", "P+1", "P1a", "Q1", "P 1", "P99999999999", "Pé"] {
            assert!(name.parse::<Participant>().is_err(), "{name:?}");
        }
        for name in ["S0", "S13", "S", "12"] {
            assert!(name.parse::<Song>().is_err(), "{name:?}");
        }
        for name in ["", "/", "S1", "S1/", "/P01", "S13/P01", "P01/S1", "S1/P01/P02", "S1 P01"] {
            assert!(name.parse::<RecordingId>().is_err(), "{name:?}");
        }
    }

    #[test]
    fn names_survive_json() {
        let id = RecordingId { song: Song::new(12).unwrap(), participant: Participant::new(7) };
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, r#""S12/P07""#);
        assert_eq!(serde_json::from_str::<RecordingId>(&json).unwrap(), id);
    }
}
