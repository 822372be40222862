//! The figures of the audit, by name.

use std::fmt;
use std::str::FromStr;

use super::super::words::listed;
use crate::error::{Error, Fault, Place, Result};

/// What a figure of the audit shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Predictors without EEG beside networks, under the paper's splits.
    Shortcuts,
    /// Networks on held-out participants, from which one thing was taken away.
    Controls,
    /// Accuracy by the length of blocks within which order is kept, and of autocorrelations by lag.
    Dependency,
    /// The paper's splits beside those that keep participants, stimuli or both apart.
    Splits,
    /// Every training on a random split, by its choices.
    Specifications,
    /// For an appendix: [`Shortcuts`](Self::Shortcuts) under every scheme.
    AllShortcuts,
    /// For an appendix: every condition under the paper's splits, and on held-out participants.
    AllControls,
    /// For an appendix: every scheme under every condition that is trained under all of them.
    AllSplits,
}

impl View {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Shortcuts,
        Self::Controls,
        Self::Dependency,
        Self::Splits,
        Self::Specifications,
        Self::AllShortcuts,
        Self::AllControls,
        Self::AllSplits,
    ];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shortcuts => "shortcuts",
            Self::Controls => "controls",
            Self::Dependency => "dependency",
            Self::Splits => "splits",
            Self::Specifications => "specifications",
            Self::AllShortcuts => "all-shortcuts",
            Self::AllControls => "all-controls",
            Self::AllSplits => "all-splits",
        }
    }

    /// What stands above it.
    pub(in super::super) const fn title(self) -> &'static str {
        match self {
            Self::Shortcuts => "How accurate is a predictor without EEG?",
            Self::Controls => "What is left on held-out participants when something is removed?",
            Self::Dependency => "How far do dependencies reach?",
            Self::Splits => "Does the accuracy hold on held-out participants and stimuli?",
            Self::Specifications => "What can one training on one split show?",
            Self::AllShortcuts => "Appendix: predictors without EEG under every scheme of splitting",
            Self::AllControls => "Appendix: every control",
            Self::AllSplits => "Appendix: every scheme of splitting",
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
            let names: Vec<String> = Self::ALL.map(|view| view.name().to_owned()).into();
            Error::new(Fault::BAD_SETTING, Place::field("figure"), listed(&names), name)
        })
    }
}
