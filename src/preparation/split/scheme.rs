//! The schemes by which a split is drawn.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::purpose::Purpose;
use super::{Origin, Parts, Split, grouped, held_out};
use crate::error::{Error, Fault, Place, Result};
use crate::evaluation::shuffle::Shuffler;
use crate::recordings::{Design, RecordingId};

/// Part of all recordings that the paper keeps for testing (2.1).
pub const TEST_FRACTION: f64 = 0.2;
/// Part of the rest that the paper keeps for validation (2.1).
pub const VALIDATION_FRACTION: f64 = 0.2;

/// What the parts of a split keep apart.
///
/// | scheme | folds of the published recordings | test | what no two parts share |
/// |---|---|---|---|
/// | `random` | 1 | 39 recordings | recordings |
/// | `participant` | 24 | one participant's 8 | participants |
/// | `stimulus` | 4 | one stimulus of each label, 48 | stimuli |
/// | `session` | it names none | one session of everybody | sessions, test with training and validation |
/// | `both` | 24 | one stimulus of each label, heard by 4 participants, 8 | participants and stimuli |
///
/// The test sets of all folds of a grouped scheme hold every recording exactly once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// The paper's: recordings at random (2.1). See [`Split::random`].
    Random,
    /// Leave one participant out.
    ///
    /// Fold `k` tests on the `k`-th participant by number. Of the other participants 20 % (rounded up: 5 of 23) are
    /// drawn for validation, anew in each fold.
    Participant,
    /// Leave one stimulus of each label out.
    ///
    /// The seed draws which stimuli of the three labels go together. Fold `k` tests on the `k`-th such triple and
    /// validates on the next, so each triple has each of these roles once.
    Stimulus,
    /// Leave one session out: the recordings of every participant in it.
    ///
    /// Fold `k` tests on the `k`-th session by name. Of the recordings of the other sessions 20 % (rounded up) are drawn for
    /// validation, so the choice of weights knows the sessions that train, and the test does not. Every recording must
    /// name a session.
    Session,
    /// Leave participants and stimuli out at once.
    ///
    /// Participants are dealt into [`PARTICIPANT_GROUPS`](super::PARTICIPANT_GROUPS) groups, and stimuli go together as
    /// in [`Stimulus`](Self::Stimulus). Each pair of a group and a triple is a fold: it tests on what the group heard of the
    /// triple, validates on what the next group heard of the next triple, and trains on what the other groups heard
    /// of the other triples. Every other recording shares a participant or a stimulus with a part that it is not in, so
    /// it stays [unused](Split::unused): of the published recordings 112, with 64 for training and 8 each for
    /// validation and test.
    ///
    /// Groups, because single participants would take 96 folds with 2 test recordings each. They are dealt by the
    /// labels that the participants heard, so that each group heard all three.
    Both,
}

impl Scheme {
    /// All of them, the paper's first.
    pub const ALL: [Self; 5] = [Self::Random, Self::Participant, Self::Stimulus, Self::Session, Self::Both];

    /// All folds of this many draws, seeds from 0 on; none if the design does not allow this scheme. Random splits are allowed
    /// by any design of three recordings.
    ///
    /// # Errors
    /// Those of [`draw`](Self::draw) for random splits.
    pub fn draws(self, data: &Design, draws: u64) -> Result<Vec<Split>> {
        let drawn = Error::gather((0..draws).map(|seed| self.draw(data, seed)));
        match drawn {
            Ok(drawn) => Ok(drawn.concat()),
            Err(_) if self != Self::Random => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Those that a design allows, the paper's first.
    #[must_use]
    pub fn allowed_by(data: &Design) -> Vec<Self> {
        Self::ALL.into_iter().filter(|scheme| scheme.draw(data, 0).is_ok()).collect()
    }

    /// Draws all folds; the random scheme has one.
    ///
    /// The order in which the recordings were given plays no part.
    ///
    /// # Errors
    /// - [`Fault::TOO_FEW_TO_SPLIT`] if there are fewer than three recordings, or, for the grouped schemes, fewer than
    ///   three participants or fewer than three stimuli of a label; for sessions, if there are fewer than two or a
    ///   recording names none;
    /// - [`Fault::EMPTY_PART`] if a fold leaves a part without recordings, because nobody of a group heard a stimulus.
    pub fn draw(self, data: &Design, seed: u64) -> Result<Vec<Split>> {
        let folds = match self {
            Self::Random => return Ok(vec![Split::random(data, seed)?]),
            Self::Participant => grouped::participant(data, seed)?,
            Self::Stimulus => grouped::stimulus(data, seed)?,
            Self::Session => grouped::session(data, seed)?,
            Self::Both => grouped::both(data, seed)?,
        };
        let of = folds.len();
        Error::gather(folds.into_iter().enumerate().map(|(index, parts)| {
            let fold = Fold { number: index + 1, of };
            let origin = Origin { scheme: Some(self), seed: Some(seed), fold: Some(fold) };
            Split::checked(data, origin, parts).map_err(|error| {
                error.placed(|place| Place::field(format!("scheme {self}, fold {fold}, {place}")))
            })
        }))
    }
}

/// The parts of the paper's split.
pub(super) fn random(data: &Design, seed: u64) -> Result<Parts> {
    let names: Vec<RecordingId> = data.outlines().iter().map(|recording| recording.id()).collect();
    let named = |places: Vec<usize>| places.into_iter().map(|place| names[place]).collect();
    let [training, validation, test] = deal(names.len(), seed)?.map(named);
    Ok(Parts { training, validation, test })
}

/// Places of so many recordings, in order, in the paper's split: those that train, validate and test.
pub(crate) fn deal(recordings: usize, seed: u64) -> Result<[Vec<usize>; 3]> {
    if recordings < 3 {
        let place = Place::field("recordings");
        return Err(Error::new(Fault::TOO_FEW_TO_SPLIT, place, "at least 3", recordings.to_string()));
    }
    let mut test: Vec<usize> = (0..recordings).collect();
    Shuffler::new(seed, Purpose::Recordings.stream()).shuffle(&mut test);
    let mut validation = test.split_off(held_out(recordings, TEST_FRACTION));
    let training = validation.split_off(held_out(validation.len(), VALIDATION_FRACTION));
    Ok([training, validation, test])
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Random => "random",
            Self::Participant => "participant",
            Self::Stimulus => "stimulus",
            Self::Session => "session",
            Self::Both => "both",
        })
    }
}

impl FromStr for Scheme {
    type Err = Error;

    /// Reads the name that [`Display`](fmt::Display) writes.
    fn from_str(text: &str) -> Result<Self> {
        // The paper's stimuli are songs.
        let text = if text == "song" { "stimulus" } else { text };
        Self::ALL.into_iter().find(|scheme| scheme.to_string() == text).ok_or_else(|| {
            let expected = "random, participant, stimulus, session or both";
            Error::new(Fault::BAD_SETTING, Place::field("scheme"), expected, format!("{text:?}"))
        })
    }
}

/// Which of several splits of one scheme and seed: fold 3 of 24.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fold {
    /// Its number, counted from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
}

impl fmt::Display for Fold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::testing::{PUBLISHED, any_data_set, paper_like, permuted};
    use super::*;
    use crate::recordings::DataSet;

    fn sizes(split: &Split) -> [usize; 4] {
        [split.training(), split.validation(), split.test(), split.unused()].map(<[_]>::len)
    }

    #[test]
    fn the_papers_split_has_122_31_and_39_recordings() {
        let split = Split::random(&paper_like(), 0).unwrap();
        assert_eq!(sizes(&split), [122, 31, 39, 0]);
    }

    #[test]
    fn multiples_of_five_are_not_rounded_up() {
        for fifth in 1..10_000 {
            assert_eq!(held_out(5 * fifth, TEST_FRACTION), fifth);
            assert_eq!(held_out(5 * fifth + 1, TEST_FRACTION), fifth + 1);
        }
    }

    #[test]
    fn fewer_than_three_recordings_are_refused() {
        let all = paper_like().recordings().to_vec();
        for count in 1..3 {
            let data = DataSet::new(all[..count].to_vec()).unwrap();
            let error = Split::random(&data, 0).unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::TOO_FEW_TO_SPLIT);
        }
        let three = DataSet::new(all[..3].to_vec()).unwrap();
        assert_eq!(sizes(&Split::random(&three, 0).unwrap()), [1, 1, 1, 0]);
    }

    #[test]
    fn seeds_give_different_splits_and_one_seed_the_same() {
        let data = paper_like();
        for scheme in PUBLISHED {
            let digests: BTreeSet<String> =
                (0..20).map(|seed| scheme.draw(&data, seed).unwrap()[0].digest()).collect();
            assert_eq!(digests.len(), 20, "{scheme}");
            assert_eq!(scheme.draw(&data, 7).unwrap(), scheme.draw(&data, 7).unwrap());
        }
    }

    #[test]
    fn every_recording_gets_each_role_at_about_its_share() {
        let data = paper_like();
        let mut tested = std::collections::BTreeMap::new();
        for seed in 0..500 {
            for id in Split::random(&data, seed).unwrap().test() {
                *tested.entry(*id).or_insert(0) += 1;
            }
        }
        // 500 * 39 / 192 = 102 expected, standard deviation 9.
        assert_eq!(tested.len(), 192);
        assert!(tested.values().all(|count| (55..150).contains(count)), "{tested:?}");
    }

    #[test]
    fn names_are_read_as_written() {
        for scheme in PUBLISHED {
            let name = scheme.to_string();
            assert_eq!(name.parse::<Scheme>().unwrap(), scheme);
            assert_eq!(serde_json::to_string(&scheme).unwrap(), format!("\"{name}\""));
        }
        for name in ["", "Random", "custom"] {
            assert_eq!(name.parse::<Scheme>().unwrap_err().problems()[0].fault, Fault::BAD_SETTING);
        }
    }

    proptest! {
        #[test]
        fn a_drawn_split_is_a_partition_whatever_the_data(data in any_data_set(), seed: u64) {
            let all: Vec<RecordingId> = data.outlines().iter().map(|recording| recording.id()).collect();
            for scheme in Scheme::ALL {
                let Ok(folds) = scheme.draw(&data, seed) else { continue };
                for split in &folds {
                    let parts = [split.training(), split.validation(), split.test(), split.unused()];
                    let mut names = parts.concat();
                    names.sort_unstable();
                    prop_assert_eq!(&names, &all);
                    prop_assert!(parts[..3].iter().all(|part| !part.is_empty()));
                    prop_assert!(scheme == Scheme::Both || split.unused().is_empty());
                }
                if scheme != Scheme::Random {
                    let mut tested: Vec<_> = folds.iter().flat_map(Split::test).copied().collect();
                    tested.sort_unstable();
                    prop_assert_eq!(&tested, &all);
                }
            }
        }

        #[test]
        fn sizes_are_those_of_the_paper(data in any_data_set(), seed: u64) {
            let count = data.outlines().len();
            if let Ok(split) = Split::random(&data, seed) {
                let test = count.div_ceil(5);
                let validation = (count - test).div_ceil(5);
                prop_assert_eq!(sizes(&split), [count - test - validation, validation, test, 0]);
            } else {
                prop_assert!(count < 3);
            }
        }

        #[test]
        fn the_order_of_the_recordings_plays_no_part((one, other) in permuted(any_data_set()), seed: u64) {
            for scheme in Scheme::ALL {
                prop_assert_eq!(scheme.draw(&one, seed), scheme.draw(&other, seed));
            }
        }
    }
}
