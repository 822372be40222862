//! Blocks and drift: how far the level of power tells a participant's genres apart, and whether that is about genre.
//!
//! A participant who heard all songs of one genre before those of another has two blocks of recordings, and what drifts from
//! hour to hour (electrode contact, fatigue) then tells the genres apart for that participant, without any music. Levels are
//! quantiles of the logarithm of power, in recordings cut to one length and without exact zeros ([`Zeros::Reflect`]).
//!
//! | question | statistic | labels that chance comes from |
//! |---|---|---|
//! | how far are a participant's genres apart? | [`Statistic::Separation`] | dealt anew within participants: mixed blocks |
//! | what does the nearest own block reach for new songs? | [`Statistic::NearestBlock`] | the same |
//! | do participants share the direction? | [`Direction`] | signs, participant by participant |
//! | does the difference grow with the distance of song numbers? | [`Statistic::Drift`] | songs in another order |
//! | what does a random split give away? | [`Statistic::Quantiles`], with and without the participant | mixed blocks |
//!
//! # What cannot be separated
//! The order in which songs were presented is not published. Song numbers are the only order there is, and genres are ranges of
//! song numbers. A difference between a participant's genres may so be genre, time or both, and no statistic of these
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
    /// Difference between the mean levels of a participant's two genres, in standard deviations within genres; median over
    /// participants and pairs of genres.
    Separation,
    /// Part of recordings that are nearer to the mean level of their own genre than to that of the participant's other
    /// genre, where neither the recording nor one of the other genre counts: two new songs, each pair in turn.
    NearestBlock,
    /// Rank correlation between the distance of two recordings' levels and that of their song numbers, all pairs of a
    /// participant; mean over participants.
    Drift,
    /// The same of pairs of one genre.
    DriftWithin,
    /// The same of pairs of two genres.
    DriftBetween,
    /// Part of the test recordings of random splits whose genre is that of most of the nearest training recordings in five
    /// quantiles of power.
    Quantiles,
    /// Part whose genre is that of the nearest mean of the participant's own training recordings, in the same quantiles.
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
    /// Mean with labels, or songs, dealt anew.
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
            Self::Separation => "distance of a participant's two genres (standard deviations within them)",
            Self::NearestBlock => "nearest own block, two genres, new songs (%)",
            Self::Drift => "distance of levels with that of song numbers (rank correlation)",
            Self::DriftWithin => "the same within genres",
            Self::DriftBetween => "the same between genres",
            Self::Quantiles => "random split: five quantiles of power (%)",
            Self::QuantilesAndParticipant => "random split: five quantiles of power and the participant (%)",
        })
    }
}
