//! The selection of features for a classifier.
//!
//! | | how |
//! |---|---|
//! | [`Selection::MutualInformation`] | the features with most information on the label, each by itself |
//! | [`Selection::MinimumRedundancy`] | one after the other: the feature with most information on the label and least on those before |
//! | [`Selection::FloatingForward`] | the features with which a classifier is most accurate, added and taken away again |
//!
//! A selection has seen the labels of its rows. On rows of the training part, selection is learning; on rows that are tested
//! later, it is a leak ([`SelectedOn`]).

mod floating;
mod information;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Place, Result};

pub use floating::floating_forward;
pub use information::{BINS, minimum_redundancy, mutual_information, rank_by_mutual_information};

/// How features are selected, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Selection {
    /// The first of a ranking by [`mutual_information`].
    MutualInformation {
        /// How many.
        count: usize,
    },
    /// The first of a ranking by [`minimum_redundancy`] and maximum relevance.
    MinimumRedundancy {
        /// How many.
        count: usize,
    },
    /// [`floating_forward`] selection by accuracy on inner folds, of the same classifier.
    FloatingForward {
        /// How many at most.
        count: usize,
    },
}

impl Selection {
    /// Every way, for so many features.
    #[must_use]
    pub const fn all(count: usize) -> [Self; 3] {
        [
            Self::MutualInformation { count },
            Self::MinimumRedundancy { count },
            Self::FloatingForward { count },
        ]
    }

    /// Its name in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MutualInformation { .. } => "mutual-information",
            Self::MinimumRedundancy { .. } => "minimum-redundancy",
            Self::FloatingForward { .. } => "floating-forward",
        }
    }

    /// The way of this name, for so many features.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] if there is none.
    pub fn named(name: &str, count: usize) -> Result<Self> {
        Self::all(count).into_iter().find(|way| way.name() == name).ok_or_else(|| {
            let expected = format!("one of {}", Self::all(count).map(Self::name).join(", "));
            Error::new(Fault::BAD_SETTING, Place::field("selection"), expected, format!("{name:?}"))
        })
    }

    /// How many features, at most.
    #[must_use]
    pub const fn count(self) -> usize {
        match self {
            Self::MutualInformation { count }
            | Self::MinimumRedundancy { count }
            | Self::FloatingForward { count } => count,
        }
    }
}

/// What a selection is made on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SelectedOn {
    /// The training part: what is tested has no part in it.
    #[default]
    TrainingPart,
    /// All rows of the table, those included that are tested. **This leaks**, and is there to show how much.
    EveryRow,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_is_known_by_its_name() {
        for way in Selection::all(7) {
            assert_eq!(Selection::named(way.name(), 7), Ok(way));
            assert!(serde_json::to_string(&way).unwrap().contains(way.name()));
        }
        assert_eq!(Selection::named("none", 7).unwrap_err().problems()[0].fault, Fault::BAD_SETTING);
    }
}
