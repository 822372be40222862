//! A split in one line: sizes and leakage.

use std::fmt;

use serde::Serialize;

use super::{Fold, Leakage, Scheme, Split};
use crate::recordings::{Fingerprint, RecordingId};

/// A split in numbers, before any training.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SplitSummary {
    /// The scheme by which it was drawn; nothing if it was put together by hand.
    pub scheme: Option<Scheme>,
    /// The seed of the draw.
    pub seed: Option<u64>,
    /// Which fold it is, if it is one of several.
    pub fold: Option<Fold>,
    /// The data set that it splits.
    pub data: Fingerprint,
    /// What identifies the split.
    pub digest: String,
    /// Number of recordings in each part, and in none.
    pub sizes: Sizes,
    /// What the parts share.
    pub leakage: Leakage,
    /// The recordings that train.
    pub training: Vec<RecordingId>,
    /// The recordings that validate.
    pub validation: Vec<RecordingId>,
    /// The recordings that test.
    pub test: Vec<RecordingId>,
}

/// Numbers of recordings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sizes {
    /// In training.
    pub training: usize,
    /// In validation.
    pub validation: usize,
    /// In test.
    pub test: usize,
    /// In no part.
    pub unused: usize,
}

impl Split {
    /// The split in numbers.
    #[must_use]
    pub fn summary(&self) -> SplitSummary {
        let [training, validation, test] = [self.training(), self.validation(), self.test()];
        let origin = self.origin();
        SplitSummary {
            scheme: origin.scheme,
            seed: origin.seed,
            fold: origin.fold,
            data: self.data(),
            digest: self.digest(),
            sizes: Sizes {
                training: training.len(),
                validation: validation.len(),
                test: test.len(),
                unused: self.unused().len(),
            },
            leakage: self.leakage(),
            training: training.to_vec(),
            validation: validation.to_vec(),
            test: test.to_vec(),
        }
    }
}

impl fmt::Display for SplitSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scheme {
            Some(scheme) => write!(f, "{scheme}")?,
            None => f.write_str("put together by hand")?,
        }
        if let Some(seed) = self.seed {
            write!(f, ", seed {seed}")?;
        }
        if let Some(fold) = self.fold {
            write!(f, ", fold {fold}")?;
        }
        let Sizes { training, validation, test, unused } = self.sizes;
        write!(f, ": {training} training, {validation} validation, {test} test, {unused} unused; ")?;
        write!(f, "leakage: {}; digest {}", self.leakage, &self.digest[..12])
    }
}
