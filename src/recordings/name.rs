//! Names of a study's own: of its labels, stimuli and participants.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::{LazyLock, PoisonError, RwLock};

use serde::Deserializer;
use serde::de::Visitor;
use sha2::{Digest, Sha256};

use crate::error::{Error, Fault, Place, Result};

/// The longest name, in characters.
pub const LONGEST_NAME: usize = 64;

/// Every name that was read. A study has at most as many as its table has cells, and copies of one cost nothing.
static NAMES: LazyLock<RwLock<HashSet<&'static str>>> = LazyLock::new(RwLock::default);

/// A name: 1 to [`LONGEST_NAME`] characters, without `/`, control characters and blanks around it.
///
/// Names are in natural order: by their text, with runs of digits compared as numbers, so `S2` comes before `S10`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name(&'static str);

impl Name {
    /// The text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The number of a letter and digits, which are written as this number is: 7 of `P07` for `P` and two digits.
    pub(super) fn number(self, letter: char, digits: usize) -> Option<u32> {
        let number = self.0.strip_prefix(letter)?.parse().ok()?;
        (self.0 == format!("{letter}{number:0digits$}")).then_some(number)
    }

    /// A number for streams of random numbers: that of a [letter and digits](Self::number), else one above 2³¹ from the
    /// SHA-256 of the text.
    pub(super) fn stream(self, letter: char, digits: usize) -> u32 {
        let hashed = || {
            let hash: [u8; 32] = Sha256::digest(self.0).into();
            u32::from_le_bytes([hash[0], hash[1], hash[2], hash[3]]) | 1 << 31
        };
        self.number(letter, digits).filter(|number| *number < 1 << 31).unwrap_or_else(hashed)
    }
}

impl FromStr for Name {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        if let Some(name) = NAMES.read().unwrap_or_else(PoisonError::into_inner).get(text) {
            return Ok(Self(name));
        }
        let is_bad = |character: char| character == '/' || character.is_control();
        if text.is_empty() || text.chars().count() > LONGEST_NAME || text.contains(is_bad) {
            let expected = format!("1 to {LONGEST_NAME} characters, without / and control characters");
            return Err(Error::new(
                Fault::UNREADABLE_NAME,
                Place::field("name"),
                expected,
                format!("{text:?}"),
            ));
        }
        let mut names = NAMES.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have added it meanwhile.
        if let Some(name) = names.get(text) {
            return Ok(Self(name));
        }
        let name = &*Box::leak(text.to_owned().into_boxed_str());
        names.insert(name);
        Ok(Self(name))
    }
}

/// The natural order of texts, in which runs of digits are numbers.
pub(crate) fn natural_order(one: &str, other: &str) -> Ordering {
    let by_piece = |(one, other): (&str, &str)| match [one, other].map(number) {
        [Some(one), Some(other)] => one.cmp(&other),
        _ => one.cmp(other),
    };
    let first = pieces(one).zip(pieces(other)).map(by_piece).find(|order| order.is_ne());
    // One is the other's beginning, or they differ in zeros alone.
    first.unwrap_or_else(|| pieces(one).count().cmp(&pieces(other).count()).then(one.cmp(other)))
}

/// Digits without zeros before them, which compare as numbers do: by their count, then by themselves.
fn number(piece: &str) -> Option<(usize, &str)> {
    let digits = piece.trim_start_matches('0');
    piece.starts_with(|character: char| character.is_ascii_digit()).then_some((digits.len(), digits))
}

/// A text in pieces: digits, and what is between them.
fn pieces(mut rest: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        // Digits are single bytes, so pieces end where characters do.
        let mut bytes = rest.bytes();
        let digits = bytes.next()?.is_ascii_digit();
        let end =
            bytes.position(|byte| byte.is_ascii_digit() != digits).map_or(rest.len(), |place| place + 1);
        let (piece, behind) = rest.split_at(end);
        rest = behind;
        (!piece.is_empty()).then_some(piece)
    })
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        // Most names that are compared are one, and names are kept once.
        if std::ptr::eq(self.0, other.0) { Ordering::Equal } else { natural_order(self.0, other.0) }
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

/// Reads a value from a text by its `FromStr`, without a copy of the text.
pub(super) fn read_text<'de, T: FromStr<Err: fmt::Display>, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<T, D::Error> {
    struct Text<T>(PhantomData<T>);

    impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> std::result::Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }
    deserializer.deserialize_str(Text(PhantomData))
}

/// Gives types JSON by their `Display` and `FromStr`.
macro_rules! serialized_as_text {
    ($($name:ident),*) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> std::result::Result<Self, D::Error> {
                $crate::recordings::name::read_text(deserializer)
            }
        }
    )*};
}
pub(super) use serialized_as_text;

/// Defines kinds of names that cannot be taken for one another.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Name);

        impl $name {
            /// The name as text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                self.0.as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = Error;

            /// # Errors
            /// [`Fault::UNREADABLE_NAME`]
            fn from_str(text: &str) -> Result<Self> {
                text.parse().map(Self)
            }
        }
    )*};
}

serialized_as_text!(Name);

names! {
    /// What is to be predicted of a recording: a genre, in the paper's study.
    Label
    /// What a participant heard, or saw, or did during a recording: a song, in the paper's study.
    Stimulus
    /// Whose recording it is.
    Participant
    /// In which sitting it was recorded.
    Session
}
serialized_as_text!(Label, Stimulus, Participant, Session);

impl Participant {
    /// The participant of a number, as the published study names them: `P07`.
    #[must_use]
    pub fn new(number: u32) -> Self {
        format!("P{number:02}").parse().expect("a letter and digits are a name")
    }

    /// Its number, if it is named as the published study names participants.
    pub(super) fn published_number(self) -> Option<u32> {
        self.0.number('P', 2)
    }

    /// A number for streams of random numbers: in the published study that of the participant.
    pub(crate) fn stream(self) -> u32 {
        self.0.stream('P', 2)
    }
}

impl Stimulus {
    /// A number for streams of random numbers: in the published study that of the song.
    pub(super) fn stream(self) -> u32 {
        self.0.stream('S', 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_in_names_are_in_order() {
        let sorted = ["", "1", "2", "10", "P1", "P01", "P2", "P10", "P10a", "P10b", "S1", "a", "ab"];
        let mut names: Vec<Name> = sorted[1..].iter().rev().map(|text| name(text)).collect();
        names.sort();
        // P1 and P01 are two names; of equal numbers, the text decides.
        let expected = ["1", "2", "10", "P01", "P1", "P2", "P10", "P10a", "P10b", "S1", "a", "ab"];
        assert_eq!(names.iter().map(|name| name.as_str()).collect::<Vec<_>>(), expected);
        assert!(name("x99999999999999999999998") < name("x99999999999999999999999"));
    }

    #[test]
    fn what_cannot_be_a_name_is_refused() {
        for text in ["", "  ", "a/b", "a\nb", "\0", &"x".repeat(65)] {
            let error = text.parse::<Name>().unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::UNREADABLE_NAME, "{text:?}");
        }
        assert_eq!(name(" left hand "), name("left hand"));
        assert_eq!(name(&"é".repeat(64)).as_str().chars().count(), 64);
    }

    #[test]
    fn a_letter_and_digits_have_a_number() {
        let number = |text: &str| name(text).number('P', 2);
        assert_eq!([number("P07"), number("P7"), number("P"), number("Q07")], [Some(7), None, None, None]);
        assert_eq!([number("P-7"), number("P+7"), number("P07a"), number("P99999999999")], [None; 4]);
        assert_eq!(Participant::new(7).to_string(), "P07");
    }

    proptest! {
        #[test]
        fn the_order_is_one(texts in prop::collection::vec("[a-c0-2]{1,4}", 3)) {
            let [a, b, c] = [0, 1, 2].map(|place| name(&texts[place]));
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            prop_assert_eq!(a == b, a.cmp(&b).is_eq());
            if a <= b && b <= c {
                prop_assert!(a <= c);
            }
        }
    }
}
