//! How much more accurate one series is than another, or than chance, and how sure that is.

use serde::Serialize;

use super::Series;
use crate::error::{Error, Fault, Place, Result};
use crate::evaluation::statistics::{
    Interval, Probability, average_sign_flip_test, binomial_test, difference_of_averages,
    difference_of_paired_averages, exchange_test, mean_interval, paired_exchange_test, sign_flip_test,
};

/// A difference of [average](Series::average) accuracies, seen in two ways.
///
/// All runs share one split, so a run is no independent sample of test recordings. Over *runs* one sees what other
/// seeds would change on this split; over *recordings* what another test set would change. A difference is as sure as
/// the weaker of the two says.
///
/// The averages are the paper's, without the lowest and the highest run. Both ways look at them: over recordings, at the right
/// answers of the runs that an average keeps.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Comparison {
    /// The first average less the second, or less chance.
    pub difference: f64,
    /// Other seeds.
    pub over_runs: Evidence,
    /// Another test set.
    pub over_recordings: Evidence,
}

/// What one way of looking leaves of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Evidence {
    /// The differences that remain possible; nothing where an average keeps one run.
    pub interval: Option<Interval>,
    /// The probability of so large a difference, to either side, if there is none.
    pub p: f64,
    /// The standard error of that, if it was estimated from draws.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_error: Option<f64>,
    /// Whether pairs are compared.
    pub paired: bool,
}

impl Evidence {
    fn new(interval: Option<Interval>, Probability { p, standard_error }: Probability, paired: bool) -> Self {
        Self { interval, p, p_error: standard_error, paired }
    }

    /// The level below which a test decides.
    pub const LEVEL: f64 = 0.05;

    /// Whether both interval and test say that the first is the more accurate.
    #[must_use]
    pub fn is_above(&self) -> bool {
        self.p < Self::LEVEL && self.interval.is_some_and(|interval| interval.low > 0.0)
    }

    /// Whether both say that it is the less accurate.
    #[must_use]
    pub fn is_below(&self) -> bool {
        self.p < Self::LEVEL && self.interval.is_some_and(|interval| interval.high < 0.0)
    }
}

impl Comparison {
    /// One series less another on the same test recordings.
    ///
    /// Recordings are always paired: the part of runs that answer a recording rightly, first less second, in a paired t
    /// interval and a [sign-flip test](sign_flip_test). Runs are paired only if both series are weights of the same
    /// trainings ([interval](difference_of_paired_averages), [test](paired_exchange_test)). Runs of two networks are not, though
    /// a number gives both the same order of batches: they share no initial weights. They get [Yuen's
    /// interval](difference_of_averages) and a [permutation test](exchange_test) of the difference of averages.
    ///
    /// # Errors
    /// [`Fault::MIXED_RECORDS`] if the test recordings differ.
    pub fn of(first: &Series, second: &Series) -> Result<Self> {
        if !first.right_by_recording.keys().eq(second.right_by_recording.keys()) {
            let [expected, found] = [first, second].map(|series| {
                format!("{} test recordings of split {}", series.recordings, series.configuration.split)
            });
            return Err(Error::new(
                Fault::MIXED_RECORDS,
                Place::field(second.label.clone()),
                format!("the {expected}, as in {}", first.label),
                found,
            ));
        }
        Ok(Self {
            difference: first.average - second.average,
            over_runs: over_runs(first, second),
            over_recordings: over_recordings(first, second),
        })
    }

    /// A series less [guessing](super::Chance::guessing).
    #[must_use]
    pub fn with_guessing(series: &Series) -> Self {
        Self::with_level(series, 1, series.chance.labels)
    }

    /// A series less [the most frequent label's part](super::Chance::most_frequent).
    #[must_use]
    pub fn with_most_frequent(series: &Series) -> Self {
        let most = series.chance.recordings.iter().copied().max().unwrap_or(0);
        Self::with_level(series, most, series.recordings)
    }

    /// A series less the part `level_right / level_of`.
    ///
    /// Over recordings, the runs that the average keeps count together as one with their mean number of right answers, rounded
    /// outward for the interval and towards the level for the test: the exact binomial ones, wide enough because a mean
    /// over runs spreads no more than one run.
    fn with_level(series: &Series, level_right: usize, level_of: usize) -> Self {
        let level = level_right as f64 / level_of as f64;
        let differences: Vec<f64> = series.accuracies.iter().map(|accuracy| accuracy - level).collect();
        let (sum, runs) = (series.right_by_recording.values().sum::<usize>(), series.kept_runs);
        let is_above = sum * level_of > level_right * series.recordings * runs;
        let right = if is_above { sum / runs } else { sum.div_ceil(runs) };
        Self {
            difference: series.average - level,
            over_runs: Evidence::new(
                series.over_runs.map(|interval| interval.shifted(-level)),
                average_sign_flip_test(&differences),
                false,
            ),
            over_recordings: Evidence {
                interval: Some(series.over_recordings.shifted(-level)),
                p: binomial_test(right, series.recordings, level),
                p_error: None,
                paired: false,
            },
        }
    }
}

fn over_runs(first: &Series, second: &Series) -> Evidence {
    let (one, other) = (&first.accuracies, &second.accuracies);
    if first.configuration == second.configuration && first.runs == second.runs {
        let interval = difference_of_paired_averages(one, other);
        return Evidence::new(interval, paired_exchange_test(one, other), true);
    }
    Evidence::new(difference_of_averages(one, other), exchange_test(one, other), false)
}

fn over_recordings(first: &Series, second: &Series) -> Evidence {
    let (runs, other_runs) = (first.kept_runs as i64, second.kept_runs as i64);
    // a / n - b / m = (a m - b n) / (n m): whole numbers for the test.
    let differences: Vec<i64> = (first.right_by_recording.values())
        .zip(second.right_by_recording.values())
        .map(|(&one, &other)| one as i64 * other_runs - other as i64 * runs)
        .collect();
    let parts: Vec<f64> =
        differences.iter().map(|&difference| difference as f64 / (runs * other_runs) as f64).collect();
    Evidence::new(mean_interval(&parts), sign_flip_test(&differences), true)
}
