//! Splits: the division of recordings into training, validation and test.
//!
//! A split is drawn once from a seed ([`Scheme::draw`]), saved as a [manifest](Split::write) and read back, so that
//! every run of every model sees the same recordings in the same part. It knows what its parts share
//! ([`Split::leakage`]).
//!
//! ```
//! # fn main() -> eegenre::Result<()> {
//! # use eegenre::recordings::{Channels, DataSet, Participant, Recording, Song};
//! # let recordings = (1..=24).flat_map(|number| {
//! #     let heard = Song::all().filter(move |song| song.genre().label() as u32 != number % 3);
//! #     heard.map(move |song| Recording {
//! #         stimulus: song.into(), label: song.genre().into(), participant: Participant::new(number), take: 1, session: None,
//! #         rate_hz: 8.0, channels: Channels::ONE, samples: vec![1.0], synthetic: None,
//! #     })
//! # });
//! # let data = DataSet::new(recordings.collect())?;
//! use eegenre::preparation::{Scheme, Split};
//!
//! let split = Split::random(&data, 0)?; // the paper's scheme
//! assert_eq!([split.training().len(), split.validation().len(), split.test().len()], [122, 31, 39]);
//! println!("in more than one part: {}", split.leakage());
//!
//! for fold in Scheme::Participant.draw(&data, 0)? {
//!     assert_eq!(fold.leakage().test.participants.shared.len(), 0);
//! }
//! # Ok(())
//! # }
//! ```

mod check;
mod folds;
mod grouped;
mod leakage;
mod manifest;
mod purpose;
mod scheme;
mod summary;
#[cfg(test)]
pub(crate) mod testing;

use sha2::{Digest, Sha256};

pub use folds::{FoldPlaces, FoldRecording, Folds};
pub use grouped::PARTICIPANT_GROUPS;
pub(crate) use grouped::stimulus_groups;
pub use leakage::{Leakage, Overlap, Shared};
pub use manifest::FORMAT;
pub(crate) use scheme::deal;
pub use scheme::{Fold, Scheme, TEST_FRACTION, VALIDATION_FRACTION};
pub use summary::{Sizes, SplitSummary};

use crate::error::Result;
use crate::recordings::{Design, Fingerprint, RecordingId};

/// Recordings of one data set in three parts: training, validation and test. No recording is in two of them.
///
/// Each part is sorted by stimulus and participant. It belongs to the data set as it was read: truncation and
/// normalisation change the signals, not the split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    data: Fingerprint,
    origin: Origin,
    parts: Parts,
    unused: Vec<RecordingId>,
}

/// How a split came about, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Origin {
    /// The scheme by which it was drawn, or `None` if it was put together by hand (`"custom"` in a manifest).
    pub scheme: Option<Scheme>,
    /// The seed of the draw.
    pub seed: Option<u64>,
    /// Which fold it is, if it is one of several.
    pub fold: Option<Fold>,
}

/// The names in each part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Parts {
    training: Vec<RecordingId>,
    validation: Vec<RecordingId>,
    test: Vec<RecordingId>,
}

impl Parts {
    /// The parts with their names in a manifest.
    fn named(&self) -> [(&'static str, &[RecordingId]); 3] {
        [("training", &self.training), ("validation", &self.validation), ("test", &self.test)]
    }
}

/// How many of `count` are held out: the fraction, rounded up.
fn held_out(count: usize, fraction: f64) -> usize {
    (count as f64 * fraction).ceil() as usize
}

impl Split {
    /// The paper's split: all recordings in random order, the first 20 % (rounded up) to test, 20 % of the rest
    /// (rounded up) to validate, the others to train (2.1). Of 192: 39, 31 and 122.
    ///
    /// # Errors
    /// [`Fault::TOO_FEW_TO_SPLIT`](crate::error::Fault::TOO_FEW_TO_SPLIT) if there are fewer than three recordings.
    pub fn random(data: &Design, seed: u64) -> Result<Self> {
        let origin = Origin { scheme: Some(Scheme::Random), seed: Some(seed), fold: None };
        Self::checked(data, origin, scheme::random(data, seed)?)
    }

    /// A split that somebody put together. Validation may be empty.
    ///
    /// # Errors
    /// - [`Fault::UNKNOWN_RECORDING`](crate::error::Fault::UNKNOWN_RECORDING) for each name that the data set lacks;
    /// - [`Fault::REPEATED_RECORDING`](crate::error::Fault::REPEATED_RECORDING) for each name that stands twice;
    /// - [`Fault::EMPTY_PART`](crate::error::Fault::EMPTY_PART) if training or test is empty.
    pub fn custom(
        data: &Design,
        training: Vec<RecordingId>,
        validation: Vec<RecordingId>,
        test: Vec<RecordingId>,
    ) -> Result<Self> {
        Self::checked(data, Origin::default(), Parts { training, validation, test })
    }

    /// Checks the parts, sorts them and finds out what is left over.
    fn checked(data: &Design, origin: Origin, mut parts: Parts) -> Result<Self> {
        check::parts(data, &parts, origin.scheme)?;
        for part in [&mut parts.training, &mut parts.validation, &mut parts.test] {
            part.sort_unstable();
        }
        let in_a_part =
            |id: &RecordingId| parts.named().iter().any(|(_, part)| part.binary_search(id).is_ok());
        let names = data.outlines().iter().map(|recording| recording.id());
        let unused = names.filter(|id| !in_a_part(id)).collect();
        let split = Self { data: data.fingerprint(), origin, parts, unused };
        check::promise(&split)?;
        Ok(split)
    }

    /// The fingerprint of the data set that it splits.
    #[must_use]
    pub const fn data(&self) -> Fingerprint {
        self.data
    }

    /// How it came about.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        self.origin
    }

    /// The recordings that weights are fitted to.
    #[must_use]
    pub fn training(&self) -> &[RecordingId] {
        &self.parts.training
    }

    /// The recordings that weights are chosen by.
    #[must_use]
    pub fn validation(&self) -> &[RecordingId] {
        &self.parts.validation
    }

    /// The recordings that results are reported on.
    #[must_use]
    pub fn test(&self) -> &[RecordingId] {
        &self.parts.test
    }

    /// The recordings of the data set that are in no part.
    #[must_use]
    pub fn unused(&self) -> &[RecordingId] {
        &self.unused
    }

    /// The participants and stimuli that the parts share.
    #[must_use]
    pub fn leakage(&self) -> Leakage {
        Leakage::between(self.training(), self.validation(), self.test())
    }

    /// SHA-256, in hexadecimal, over the data's fingerprint and the recordings of each part.
    ///
    /// Two splits have the same digest if and only if they put the same recordings of the same data into the same
    /// parts, however they came about. Hashed are these lines, each with a newline at its end: `eegenre split 1`, the
    /// fingerprint, then for each part its name (`training`, `validation`, `test`) and its recordings as `S1/P01`,
    /// sorted by stimulus and participant.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut lines = vec![FORMAT.to_owned(), self.data.to_string()];
        for (name, recordings) in self.parts.named() {
            lines.push(name.to_owned());
            lines.extend(recordings.iter().map(ToString::to_string));
        }
        let hash = Sha256::digest(lines.join("\n") + "\n");
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::testing::{data_set, ids, paper_like, recording};
    use super::*;
    use crate::error::Fault;
    use crate::recordings::DataSet;

    fn small() -> DataSet {
        data_set(["S1/P01", "S5/P02", "S9/P03", "S2/P01"].map(|name| recording(name, &[1.0])).to_vec())
    }

    #[test]
    fn a_custom_split_is_sorted_and_says_what_it_leaves_out() {
        let split = Split::custom(&small(), ids(&["S5/P02", "S1/P01"]), vec![], ids(&["S9/P03"])).unwrap();
        assert_eq!(split.training(), ids(&["S1/P01", "S5/P02"]));
        assert_eq!(split.unused(), ids(&["S2/P01"]));
        assert_eq!(split.origin(), Origin::default());
    }

    #[test]
    fn every_mistake_of_a_custom_split_is_named() {
        let training = ids(&["S1/P01", "S1/P01", "S3/P01"]);
        let error = Split::custom(&small(), training, ids(&["S1/P01"]), vec![]).unwrap_err();
        let found: Vec<_> = error.problems().iter().map(|p| (p.fault, p.place.to_string())).collect();
        let expected = [
            (Fault::REPEATED_RECORDING, "training[1]"),
            (Fault::UNKNOWN_RECORDING, "training[2]"),
            (Fault::REPEATED_RECORDING, "validation[0]"),
            (Fault::EMPTY_PART, "test"),
        ];
        assert_eq!(found, expected.map(|(fault, place)| (fault, place.to_owned())));
    }

    #[test]
    fn the_digest_is_that_of_the_documented_lines() {
        let split = Split::custom(&small(), ids(&["S2/P01", "S1/P01"]), vec![], ids(&["S9/P03"])).unwrap();
        let lines = format!(
            "eegenre split 1\n{}\ntraining\nS1/P01\nS2/P01\nvalidation\ntest\nS9/P03\n",
            small().fingerprint()
        );
        let hash: String = Sha256::digest(lines).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(split.digest(), hash);
    }

    #[test]
    fn the_digest_depends_on_data_and_parts_alone() {
        let parts = || (ids(&["S1/P01"]), ids(&["S5/P02"]), ids(&["S9/P03"]));
        let digest = |data: &Design, (training, validation, test)| {
            Split::custom(data, training, validation, test).unwrap().digest()
        };
        let (training, validation, test) = parts();
        let other_data =
            data_set(["S1/P01", "S5/P02", "S9/P03", "S2/P01"].map(|name| recording(name, &[2.0])).to_vec());
        let digests = [
            digest(&small(), parts()),
            digest(&other_data, parts()),
            digest(&small(), (training.clone(), test.clone(), validation.clone())),
            digest(&small(), (validation, training, test)),
        ];
        assert_eq!(BTreeSet::from(digests).len(), 4);
        let drawn = Split::random(&small(), 3).unwrap();
        let (training, validation, test) =
            (drawn.training().to_vec(), drawn.validation().to_vec(), drawn.test().to_vec());
        assert_eq!(digest(&small(), (training, validation, test)), drawn.digest());
    }

    #[test]
    fn the_split_of_seed_0_never_changes() {
        // Records of runs name these digests. The last fold of each scheme, in the order of `PUBLISHED`.
        // The first was also computed by a program of ours that shares nothing with this one, from the documented
        // steps alone.
        let data = paper_like();
        let found = testing::PUBLISHED.map(|scheme| scheme.draw(&data, 0).unwrap().pop().unwrap().digest());
        let pinned = [
            "9612981be4404b451c48a924826a1478a1e7a2819510459e58eb23503d4a06fd",
            "868ff95b38930f9ea255dee77f76c3fc65a6d7327508d566eebc659836d2587e",
            "4af5f62caee92971e2fa52bdb7f37d2563de73ec4fd88ac47f7a71a0b52df0ac",
            "a0fac7bdc00c91c2db2334b70d05ff2c53f2e2ca5d811ba3b533d8469a1178d1",
        ];
        assert_eq!(found, pinned);
    }

    #[test]
    fn the_split_of_seed_0_leaks_every_participant_and_stimulus() {
        let leakage = Split::random(&paper_like(), 0).unwrap().leakage();
        assert_eq!(leakage.to_string(), "participants 24/24, stimuli 12/12");
        assert_eq!(leakage.test.to_string(), "participants 22/22, stimuli 12/12");
    }
}
