//! Means, intervals and tests, as far as the paper's results, its claims and their audit need them.
//!
//! Intervals have [`CONFIDENCE`], tests are two-sided. Values are plain numbers; for the tests they are counts of right
//! answers, so that "at least as far from 0" is decided without rounding. Tests count every possibility; beyond
//! [`MAX_STEPS`] they draw some from a fixed seed and give the standard error.
//!
//! | question | answer |
//! |---|---|
//! | the paper's average over runs, and its interval | [`trimmed_mean`], [`trimmed_mean_interval`] |
//! | a mean, and a mean of paired differences | [`mean`], [`mean_interval`], [`sign_flip_test`] |
//! | a difference of two such averages | [`difference_of_averages`], [`exchange_test`]; of pairs [`difference_of_paired_averages`], [`paired_exchange_test`] |
//! | such an average compared with a level | [`average_interval`], [`average_sign_flip_test`] |
//! | a mean of values that are correlated within clusters | [`cluster_interval`] |
//! | right answers in clusters, compared with a level | [`level_test`] |
//! | how much of a spread groups explain | [`rank_eta_squared`] |
//! | whether a curve rises or falls | [`trend`] |
//! | several tests at once | [`holm`] |
//! | right answers of so many | [`clopper_pearson`], [`binomial_test`] |
//! | a spread of which only the range is known | [`standard_deviation_from_range`], [`mean_interval_from_range`] |
//! | a difference with several sources of doubt | [`difference_interval`] |

mod binomial;
mod cluster;
mod difference;
mod holm;
mod interval;
mod level;
mod mean;
mod probability;
mod quantile;
mod range;
mod ranks;
mod sign_flip;
mod student;
mod trend;
mod trimmed;

pub use binomial::{binomial_test, clopper_pearson, clopper_pearson_of_mean};
pub use cluster::cluster_interval;
pub use difference::difference_interval;
pub use holm::holm;
pub use interval::{CONFIDENCE, Interval};
pub use level::level_test;
pub use mean::{mean, standard_deviation};
pub use probability::{DRAWS, MAX_STEPS, Probability};
pub use quantile::quantile;
pub use range::{expected_range, mean_interval_from_range, standard_deviation_from_range};
pub use ranks::rank_eta_squared;
pub use sign_flip::sign_flip_test;
pub use student::mean_interval;
pub(crate) use student::student_quantile;
pub use trend::trend;
pub use trimmed::{
    average, average_interval, average_sign_flip_test, difference_of_averages, difference_of_paired_averages,
    exchange_test, paired_exchange_test, trimmed_mean, trimmed_mean_interval,
};

/// Refuses two numbers that are further apart than `tolerance`.
#[cfg(test)]
fn assert_close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found} and not {expected}");
}
