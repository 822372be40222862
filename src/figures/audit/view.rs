//! The figures of the audit, by name.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Fault, Place, Result};

/// What a figure of the audit shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Guesses without a signal beside networks.
    Shortcuts,
    /// Networks from which one thing was taken away.
    Controls,
    /// Accuracy by the length of blocks within which order is kept, and of autocorrelations by lag.
    Dependency,
    /// The paper's splits beside those that keep participants, stimuli or both apart.
    Splits,
    /// Every training on a random split, by its choices.
    Specifications,
}

impl View {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Shortcuts, Self::Controls, Self::Dependency, Self::Splits, Self::Specifications];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shortcuts => "shortcuts",
            Self::Controls => "controls",
            Self::Dependency => "dependency",
            Self::Splits => "splits",
            Self::Specifications => "specifications",
        }
    }

    /// What stands above it.
    pub(in super::super) const fn title(self) -> &'static str {
        match self {
            Self::Shortcuts => "What a guess without a signal reaches",
            Self::Controls => "What is left when something is taken away",
            Self::Dependency => "How far dependencies reach",
            Self::Splits => "Known participants and stimuli, and held-out ones",
            Self::Specifications => "What one training on one split can show",
        }
    }
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for View {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|view| view.name() == name).ok_or_else(|| {
            let expected = "shortcuts, controls, dependency, splits or specifications";
            Error::new(Fault::BAD_SETTING, Place::field("figure"), expected, name)
        })
    }
}
