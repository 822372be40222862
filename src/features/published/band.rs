//! The bands of frequencies that rows of the published table are of.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A band of the EEG.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Band {
    /// 6 values.
    Alpha,
    /// 17 values.
    Beta,
    /// 20 values.
    Gamma,
}

impl Band {
    /// All three, from slow to fast.
    pub const ALL: [Self; 3] = [Self::Alpha, Self::Beta, Self::Gamma];

    /// How many values the features of a row of this band were computed from.
    #[must_use]
    pub const fn values(self) -> u32 {
        match self {
            Self::Alpha => 6,
            Self::Beta => 17,
            Self::Gamma => 20,
        }
    }

    /// The band whose number of values a sum and a mean give away: n = sum / mean.
    pub(super) fn of_sum_and_mean(sum: f64, mean: f64) -> Option<Self> {
        let values = sum / mean;
        Self::ALL.into_iter().find(|band| (values - f64::from(band.values())).abs() < 1e-6)
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Alpha => "alpha",
            Self::Beta => "beta",
            Self::Gamma => "gamma",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_and_a_mean_give_the_band_away() {
        assert_eq!(Band::of_sum_and_mean(1.2, 0.2), Some(Band::Alpha));
        assert_eq!(Band::of_sum_and_mean(8.5, 0.5), Some(Band::Beta));
        assert_eq!(Band::of_sum_and_mean(2.0, 0.1), Some(Band::Gamma));
        assert_eq!(Band::of_sum_and_mean(7.0, 1.0), None);
        assert_eq!(Band::of_sum_and_mean(1.0, 0.0), None);
    }
}
