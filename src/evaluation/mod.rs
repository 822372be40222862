//! What a result is held against: null distributions under the design, and what follows from them; [`statistics`] for the
//! rest.
//!
//! | question | answer |
//! |---|---|
//! | the most that a guess without a signal reaches | [`best_guess`] |
//! | what is reached when labels say nothing | [`NullDistribution`] |
//! | how often that is as good as what was found | [`NullDistribution::p`] |
//! | the same for the best of many | [`corrected`] |
//! | the same for any statistic | [`exceedance`] |
//! | what it could be with other participants and other stimuli | [`crossed_interval`] |
//! | how large an effect must be to be found | [`minimum_effect`] |

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
