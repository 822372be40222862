//! What becomes of samples that do not fill a last frame: a choice that the paper leaves open (section 2.1).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Place, Result};

/// What becomes of an incomplete last frame. Of the published recordings, stimuli 1 and 10 (2047 and 2197 samples) have one.
///
/// An LSTM answers at its last step, so whatever stands in the last frame is read with the answer. On a scale on which 0 is
/// an ordinary value ([`Log`](super::Normalisation::Log): a power of 0.99), zeros in that frame name the stimulus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LastFrame {
    /// Zeros fill it up after scaling: the usual reading of the paper's padding.
    #[default]
    Zero,
    /// It is cut off.
    Cut,
    /// The last sample is repeated until it is full.
    Hold,
}

impl LastFrame {
    /// All of them, the default first.
    pub const ALL: [Self; 3] = [Self::Zero, Self::Cut, Self::Hold];

    /// Whether it is the default.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::Zero
    }
}

impl fmt::Display for LastFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Zero => "zero",
            Self::Cut => "cut",
            Self::Hold => "hold",
        })
    }
}

impl FromStr for LastFrame {
    type Err = Error;

    /// Reads the name that [`Display`](fmt::Display) writes.
    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|choice| choice.to_string() == name).ok_or_else(|| {
            Error::new(
                Fault::BAD_SETTING,
                Place::field("last frame"),
                "zero, cut or hold",
                format!("{name:?}"),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_written() {
        for choice in LastFrame::ALL {
            assert_eq!(choice.to_string().parse(), Ok(choice));
            assert_eq!(serde_json::to_string(&choice).unwrap(), format!("\"{choice}\""));
        }
        assert_eq!("pad".parse::<LastFrame>().unwrap_err().problems()[0].fault, Fault::BAD_SETTING);
    }
}
