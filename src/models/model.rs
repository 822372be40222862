//! The names of the three networks.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Place, Result};

/// One of the paper's networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Model {
    /// [`Baseline`](super::Baseline) (2.2).
    Baseline,
    /// [`Multilayer`](super::Multilayer) (2.3).
    Multilayer,
    /// [`Cnn`](super::Cnn) (2.4).
    Cnn,
}

impl Model {
    /// All three, in the paper's order.
    pub const ALL: [Self; 3] = [Self::Baseline, Self::Multilayer, Self::Cnn];

    /// Its name in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Multilayer => "multilayer",
            Self::Cnn => "cnn",
        }
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Model {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|model| model.name() == name).ok_or_else(|| {
            Error::new(Fault::BAD_SETTING, Place::field("model"), "baseline, multilayer or cnn", name)
        })
    }
}
