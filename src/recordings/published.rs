//! The published study: its size, and the songs and genres that its workbooks are named by.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use super::{Label, Participant, Stimulus};
use crate::error::{Error, Fault, Place, Result};

/// Songs of the experiment, one workbook each (2.1).
pub const SONGS: u8 = 12;
/// Songs of each genre, numbered one after the other: 1-4 classical, 5-8 instrumental, 9-12 pop (2.1).
pub const SONGS_PER_GENRE: u8 = 4;
/// Participants (1).
pub const PARTICIPANTS: u16 = 24;
/// Samples of the shortest recording (2.1).
pub const SHORTEST: usize = 1608;
/// Samples of the longest recording (2.1).
pub const LONGEST: usize = 2197;

/// A music genre, in the order of the paper's labels (section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Song(u8);

impl Song {
    /// The song of a number.
    ///
    /// # Errors
    /// [`Fault::UNKNOWN_SONG`] unless the number is 1 to 12.
    pub fn new(number: u32) -> Result<Self> {
        match u8::try_from(number) {
            Ok(number @ 1..=SONGS) => Ok(Self(number)),
            _ => Err(Error::new(
                Fault::UNKNOWN_SONG,
                Place::field("song"),
                format!("a number from 1 to {SONGS}"),
                number.to_string(),
            )),
        }
    }

    /// All songs, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=SONGS).map(Self)
    }

    /// Its number, 1 to 12.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Its genre (paper, section 2.1: four songs of each, one genre after the other).
    #[must_use]
    pub const fn genre(self) -> Genre {
        Genre::ALL[((self.0 - 1) / SONGS_PER_GENRE) as usize]
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

impl From<Genre> for Label {
    fn from(genre: Genre) -> Self {
        static LABELS: LazyLock<[Label; 3]> =
            LazyLock::new(|| Genre::ALL.map(|genre| genre.to_string().parse().expect("a genre is a name")));
        LABELS[genre.label()]
    }
}

impl From<Song> for Stimulus {
    fn from(song: Song) -> Self {
        song.to_string().parse().expect("a letter and a number are a name")
    }
}

/// The song that a stimulus of the published study is.
impl TryFrom<Stimulus> for Song {
    type Error = Error;

    fn try_from(stimulus: Stimulus) -> Result<Self> {
        stimulus.as_str().parse()
    }
}

/// Reads the heading of a published workbook: `P01` and `P1` are the same participant.
///
/// # Errors
/// [`Fault::UNREADABLE_PARTICIPANT`]
pub(crate) fn participant(text: &str) -> Result<Participant> {
    numbered(text, 'P').map(Participant::new).ok_or_else(|| {
        let place = Place::field("participant");
        Error::new(Fault::UNREADABLE_PARTICIPANT, place, "P and a number, as P01 or P1", format!("{text:?}"))
    })
}

/// The number after a letter of either case: `P01` → 1. Signs, spaces inside and other letters are refused.
fn numbered(text: &str, letter: char) -> Option<u32> {
    let text = text.trim();
    let digits = text.strip_prefix(letter).or_else(|| text.strip_prefix(letter.to_ascii_lowercase()))?;
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_songs_of_each_genre_follow_one_another() {
        let labels: Vec<usize> = Song::all().map(|song| song.genre().label()).collect();
        assert_eq!(labels, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
    }

    /// The order of the paper's labels is that of their names, so a label's place is its class.
    #[test]
    fn genres_are_in_the_order_of_their_names() {
        let labels = super::super::Labels::of(Genre::ALL.map(Label::from));
        assert!(Genre::ALL.iter().all(|genre| labels.class((*genre).into()) == genre.label()));
    }

    #[test]
    fn p01_and_p1_are_one_participant() {
        let names = ["P01", "P1", "p001", " P1 "].map(|name| participant(name).unwrap());
        assert!(names.iter().all(|name| *name == Participant::new(1)));
        assert_eq!(names[0].to_string(), "P01");
    }

    #[test]
    fn other_names_are_refused() {
        for name in ["", "P", "1", "P-1", "P+1", "P1a", "Q1", "P 1", "P99999999999", "Pé"] {
            assert!(participant(name).is_err(), "{name:?}");
        }
        for name in ["S0", "S13", "S", "12"] {
            assert!(name.parse::<Song>().is_err(), "{name:?}");
        }
    }
}
