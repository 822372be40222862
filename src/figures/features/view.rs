//! The figures of features, by name.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Fault, Place, Result};

/// What a figure of features shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeatureView {
    /// Values of some features by label, and by participant.
    Distributions,
    /// How much of a feature's spread lies between labels, and how much between participants, for the seven that separate labels
    /// best.
    Knowledge,
    /// For an appendix: the same of every feature.
    AllKnowledge,
}

impl FeatureView {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Distributions, Self::Knowledge, Self::AllKnowledge];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Distributions => "distributions",
            Self::Knowledge => "knowledge",
            Self::AllKnowledge => "all-knowledge",
        }
    }

    /// The name of its files, without an extension.
    pub(in super::super) fn file_name(self) -> String {
        format!("features-{self}")
    }

    /// What stands above it.
    pub(in super::super) const fn title(self) -> &'static str {
        match self {
            Self::Distributions => "How do four features differ between labels and between participants?",
            Self::Knowledge => "Does a feature separate labels or participants?",
            Self::AllKnowledge => "Appendix: does a feature separate labels or participants?",
        }
    }
}

impl fmt::Display for FeatureView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for FeatureView {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|view| view.name() == name).ok_or_else(|| {
            let expected = "distributions, knowledge or all-knowledge";
            Error::new(Fault::BAD_SETTING, Place::field("figure"), expected, name)
        })
    }
}
