//! Blocks and drift: how well the level of power separates a participant's labels, and whether label or time is the cause.
//!
//! A participant who heard all stimuli of one label before those of another has two blocks of recordings, and anything that drifts
//! from hour to hour (electrode contact, fatigue) then separates the labels of that participant, without any music. Levels are
//! quantiles of the logarithm of power, in recordings cut to one length and without exact zeros ([`Zeros::Reflect`]).
//!
//! | question | statistic | labels that chance comes from |
//! |---|---|---|
//! | how far are a participant's labels apart? | [`Statistic::Separation`] | dealt anew within participants: mixed blocks |
//! | what does the nearest own block reach for new stimuli? | [`Statistic::NearestBlock`] | the same |
//! | do participants share the direction? | [`Direction`] | signs, participant by participant |
//! | does the difference grow with the distance of stimulus numbers? | [`Statistic::Drift`] | stimuli in another order |
//! | what does a random split give away? | [`Statistic::Quantiles`], with and without the participant | mixed blocks |
//!
//! # What cannot be separated
//! The order in which stimuli were presented is not published. Song numbers are the only order there is, and labels are ranges of
//! stimulus numbers. A difference between a participant's labels may so be label, time or both, and no statistic of these
//! recordings separates the two.
//!
//! The statistics were written down, and tried on synthetic recordings, before they were computed on the published ones.

mod direction;
mod given_away;
mod level;
mod order;
mod record;
mod separation;
mod table;
#[cfg(test)]
mod tests;

pub use direction::Direction;
pub use record::{BlockConfiguration, Blocks};

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::evaluation::exceedance;
use crate::evaluation::statistics::{mean, quantile};

#[cfg(doc)]
use crate::preparation::Zeros;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Statistic {
    /// Difference between the mean levels of a participant's two labels, in standard deviations within labels; median over
    /// participants and pairs of labels.
    Separation,
    /// Part of recordings that are nearer to the mean level of their own label than to that of the participant's other
    /// label, where neither the recording nor one of the other label counts: two new stimuli, each pair in turn.
    NearestBlock,
    /// Rank correlation between the distance of two recordings' levels and that of their stimulus numbers, all pairs of a
    /// participant; mean over participants.
    Drift,
    /// The same of pairs of one label.
    DriftWithin,
    /// The same of pairs of two labels.
    DriftBetween,
    /// Part of the test recordings of random splits whose label is that of most of the nearest training recordings in five
    /// quantiles of power.
    Quantiles,
    /// Part whose label is that of the nearest mean of the participant's own training recordings, in the same quantiles.
    QuantilesAndParticipant,
}

/// A statistic beside its null distribution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockFinding {
    /// What is measured.
    pub statistic: Statistic,
    /// Its value.
    pub value: f64,
    /// Mean with labels, or stimuli, dealt anew.
    pub chance: f64,
    /// What 95 % of these stay within.
    pub chance_range: [f64; 2],
    /// Part of them that are at least as high, the value included.
    pub p: f64,
}

impl BlockFinding {
    /// From the value and those of the null distribution; nothing if the design does not have the statistic.
    fn of(statistic: Statistic, value: Option<f64>, null: &[Option<f64>]) -> Option<Self> {
        let (value, null) = (value?, null.iter().copied().collect::<Option<Vec<f64>>>()?);
        let chance_range = [quantile(&null, 0.025)?, quantile(&null, 0.975)?];
        Some(Self { statistic, value, chance: mean(&null), chance_range, p: exceedance(value, &null) })
    }
}

impl Statistic {
    /// Whether it is a part of recordings, from 0 to 1.
    #[must_use]
    pub const fn is_accuracy(self) -> bool {
        matches!(self, Self::NearestBlock | Self::Quantiles | Self::QuantilesAndParticipant)
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Separation => "distance of a participant's two labels (standard deviations within them)",
            Self::NearestBlock => "nearest own block, two labels, new stimuli (%)",
            Self::Drift => "distance of levels with that of stimulus numbers (rank correlation)",
            Self::DriftWithin => "the same within labels",
            Self::DriftBetween => "the same between labels",
            Self::Quantiles => "random split: five quantiles of power (%)",
            Self::QuantilesAndParticipant => "random split: five quantiles of power and the participant (%)",
        })
    }
}
