//! The figures of features, by name.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Fault, Place, Result};

/// What a figure of features shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeatureView {
    /// Values of some features by label, and by participant.
    Distributions,
    /// How much of each feature's spread lies between labels, and how much between participants.
    Knowledge,
}

impl FeatureView {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Distributions, Self::Knowledge];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Distributions => "distributions",
            Self::Knowledge => "knowledge",
        }
    }

    /// The name of its files, without an extension.
    pub(in super::super) fn file_name(self) -> String {
        format!("features-{self}")
    }

    /// What stands above it.
    pub(in super::super) const fn title(self) -> &'static str {
        match self {
            Self::Distributions => "Four features, by label and by participant",
            Self::Knowledge => "What a feature knows: the label or the participant",
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
            let expected = "distributions or knowledge";
            Error::new(Fault::BAD_SETTING, Place::field("figure"), expected, name)
        })
    }
}
