//! References for a result: null distributions under the design, and the tests and intervals that follow from them;
//! [`statistics`] for the rest.
//!
//! | question | answer |
//! |---|---|
//! | how accurate is the best guess without a signal? | [`best_guess`] |
//! | which accuracies come from labels without information? | [`NullDistribution`] |
//! | how often do these reach the accuracy that was found? | [`NullDistribution::p`] |
//! | the same for the best of many | [`corrected`] |
//! | the same for any statistic | [`exceedance`] |
//! | what could the accuracy be with other participants and other stimuli? | [`crossed_interval`] |
//! | how large must an effect be to be found? | [`minimum_effect`] |

mod chance;
mod crossed;
mod null;
mod power;
pub(crate) mod shuffle;
pub mod statistics;

pub use chance::{Known, best_guess};
pub(crate) use crossed::crossed_half_width;
pub use crossed::{Cell, crossed_interval, interval_over_participants};
pub use null::{NullDistribution, corrected, exceedance};
pub(crate) use null::{log10_deals, log10_factorial};
pub use power::{POWER, Spread, minimum_effect};
