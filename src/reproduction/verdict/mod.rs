//! The paper beside ours: the rule and its verdicts.
//!
//! This rule was written on 23 November 2026, before there were results. Until 28 November claims compared plain means; since then
//! they compare the paper's averages, as all other rules here.
//!
//! # A reported average
//! `D` is our trimmed mean minus the paper's. Two intervals lie around `D`, of the kind of
//! [`difference_interval`]:
//!
//! - **seeds**: the values of `D` that other seeds could give. Ours: [Tukey and McLaughlin's interval](trimmed_mean_interval) over
//!   our runs. The paper's: a t interval with the spread that its lowest and highest of 15 runs stand for.
//! - **all doubt**: the values of `D` that other seeds and other test sets could give. Ours: the same, and a t interval over our test
//!   recordings. The paper's: the [exact binomial interval](clopper_pearson_of_mean) of its average in 39 answers, which
//!   includes the doubt about its seeds. The paper's split is not known, so its test set and ours differ.
//!
//! | all doubt holds 0 | seeds hold 0 | 15 runs or more | spread at most twice the paper's | training accuracy as stated | verdict |
//! |---|---|---|---|---|---|
//! | no | | | | | not reproduced |
//! | yes | yes | yes | yes | yes, or none is stated | reproduced |
//! | yes | anything else |||| compatible but uncertain |
//!
//! *Reproduced* is measured with the narrow interval and *not reproduced* with the wide one, so both say something. The
//! spread is the standard deviation over runs; that of 15 normal values exceeds twice what the range of another 15 stands
//! for in 0.9 % of cases (400 000 simulated), and a wider one means that runs hardly tell anything. As stated: within [`TRAINING_TOLERANCE`] of "around",
//! and not further than that below "above".
//!
//! There is no verdict if our series does not repeat the paper's: fewer than [`FEWEST_RUNS`] runs, another test set
//! size than 39, other settings than the paper states (those that it leaves open may vary: normalisation, median
//! filter, kernel, seed).
//!
//! # A claim
//! "One is more accurate than the other" is seen [over runs and over recordings](Comparison).
//!
//! | over runs | over recordings | verdict |
//! |---|---|---|
//! | above 0 | above 0 | supported |
//! | below 0 | below 0 | contradicted |
//! | anything else || not decided |
//!
//! Above 0 means that the whole interval is, and that the exact test's p is below 5 %: the wider interval and the larger p
//! decide. A claim to be above chance is supported if both ways are above the most frequent genre's part of the test
//! set, which is never less than 1/3, and contradicted if both are below 1/3. The levels are not corrected for the
//! number of claims.

mod observation;

pub(crate) use observation::ObservedRun;
pub use observation::TestedObservation;

use std::fmt;

use serde::Serialize;

use crate::error::Result;
use crate::evaluation::statistics::{
    Interval, clopper_pearson_of_mean, difference_interval, mean_interval, mean_interval_from_range,
    standard_deviation, standard_deviation_from_range, trimmed_mean_interval,
};
use crate::reproduction::paper::{self, Claim, Reported, ReportedSeries, Rival, TrainingAccuracy};
use crate::runs::Settings;
use crate::runs::series::{Comparison, Series};

/// Fewest runs about which anything is said: a trimmed mean of fewer has no interval.
pub const FEWEST_RUNS: usize = 4;
/// How far a training accuracy may lie from what is stated.
pub const TRAINING_TOLERANCE: f64 = 0.05;
/// How many times as wide as the paper's our spread may be.
pub const SPREAD_FACTOR: f64 = 2.0;

/// What our runs say of a reported average.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Seeds alone explain the difference, and our runs are as sure as the paper's.
    Reproduced,
    /// Neither of the other two.
    CompatibleButUncertain,
    /// Neither seeds nor the choice of 39 test recordings explain the difference.
    NotReproduced,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Reproduced => "reproduced",
            Self::CompatibleButUncertain => "compatible but uncertain",
            Self::NotReproduced => "not reproduced",
        })
    }
}

/// What our runs say of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimVerdict {
    /// It holds over runs and over recordings.
    Supported,
    /// Neither of the other two.
    NotDecided,
    /// Its opposite holds over runs and over recordings.
    Contradicted,
}

impl fmt::Display for ClaimVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Supported => "supported",
            Self::NotDecided => "not decided",
            Self::Contradicted => "contradicted",
        })
    }
}

/// A verdict on a reported average, and how it came about. Accuracies are parts of 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeriesVerdict {
    /// Of what.
    pub series: ReportedSeries,
    /// The verdict.
    pub verdict: Verdict,
    /// Our trimmed mean less the paper's.
    pub difference: f64,
    /// What other seeds could make of the difference.
    pub seeds: Interval,
    /// What other seeds and other test sets could make of it.
    pub all_doubt: Interval,
    /// Our standard deviation over runs, as a multiple of the paper's.
    pub spread: f64,
    /// What stands between the series and `reproduced`.
    pub short_of: Vec<String>,
}

impl SeriesVerdict {
    /// The verdict of the rule on a series.
    ///
    /// # Errors
    /// The reason why there is none.
    pub fn of(series: &Series) -> Result<Self, String> {
        let reported = repeats(series)?;
        let (name, Reported { lowest, average, highest, .. }) = (reported.series, reported);
        let [lowest, average, highest] = [lowest, average, highest].map(part);
        let runs = paper::RUNS as u32;
        let none = || format!("{} runs; a verdict needs {FEWEST_RUNS}", series.runs.len());
        let ours = series.trimmed_mean.ok_or_else(none)?;
        let our_seeds = trimmed_mean_interval(&series.accuracies).ok_or_else(none)?;
        let our_recordings = mean_interval(&series.right_parts()).ok_or_else(none)?;
        let their_seeds = mean_interval_from_range(average, lowest, highest, runs).ok_or_else(none)?;
        let their_spread = standard_deviation_from_range(lowest, highest, runs).ok_or_else(none)?;
        let their_recordings =
            clopper_pearson_of_mean(average * paper::TEST_RECORDINGS as f64, paper::TEST_RECORDINGS);

        let seeds = difference_interval(ours, &[our_seeds], average, &[their_seeds]);
        let all_doubt = difference_interval(ours, &[our_seeds, our_recordings], average, &[their_recordings]);
        let spread = standard_deviation(&series.accuracies) / their_spread;

        let mut short_of = Vec::new();
        if !seeds.contains(0.0) {
            short_of.push("seeds alone do not explain the difference".to_owned());
        }
        if series.runs.len() < paper::RUNS {
            short_of.push(format!("{} runs of {}", series.runs.len(), paper::RUNS));
        }
        if spread > SPREAD_FACTOR {
            short_of.push(format!("runs spread {spread:.1} times as much as the paper's"));
        }
        if let Some(stated) = reported.training.filter(|stated| !is_as_stated(series.training, *stated)) {
            short_of
                .push(format!("training accuracy {:.1} %, in the paper {stated}", series.training * 100.0));
        }
        let verdict = match (all_doubt.contains(0.0), short_of.is_empty()) {
            (false, _) => Verdict::NotReproduced,
            (true, true) => Verdict::Reproduced,
            (true, false) => Verdict::CompatibleButUncertain,
        };
        Ok(Self { series: name, verdict, difference: ours - average, seeds, all_doubt, spread, short_of })
    }
}

/// What the paper reports of the series that ours repeats, or why it repeats none.
fn repeats(series: &Series) -> Result<Reported, String> {
    let reported = series.reported().ok_or("the paper does not report these weights")?.reported();
    if series.recordings != paper::TEST_RECORDINGS {
        return Err(format!(
            "{} test recordings; the paper has {}",
            series.recordings,
            paper::TEST_RECORDINGS
        ));
    }
    let (ours, stated) = (&series.configuration.settings, Settings::paper(series.model));
    let mut others = Vec::new();
    if ours.frame != stated.frame {
        others.push("frame");
    }
    if ours.preparation.truncate != stated.preparation.truncate {
        others.push("length of the signals");
    }
    let (ours, stated) = (ours.hyperparameters, stated.hyperparameters);
    for (differs, name) in [
        (ours.epochs != stated.epochs, "epochs"),
        (ours.batch != stated.batch, "batch"),
        (ours.learning_rate != stated.learning_rate, "learning rate"),
        (ours.dropout != stated.dropout, "dropout"),
    ] {
        if differs {
            others.push(name);
        }
    }
    if others.is_empty() {
        Ok(reported)
    } else {
        Err(format!("settings that are not the paper's: {}", others.join(", ")))
    }
}

fn part(percent: u32) -> f64 {
    f64::from(percent) / 100.0
}

fn is_as_stated(training: f64, stated: TrainingAccuracy) -> bool {
    match stated {
        TrainingAccuracy::About(percent) => (training - part(percent)).abs() <= TRAINING_TOLERANCE,
        TrainingAccuracy::Above(percent) => training >= part(percent) - TRAINING_TOLERANCE,
    }
}

/// A claim of the paper and what our runs say of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestedClaim {
    /// The claim.
    pub claim: Claim,
    /// The verdict.
    pub verdict: ClaimVerdict,
    /// Our difference: to the other series, or to the most frequent genre's part.
    pub comparison: Comparison,
    /// For a claim about chance, the difference to guessing.
    pub with_guessing: Option<Comparison>,
}

impl TestedClaim {
    /// The verdict of the rule on a claim, from all series that there are.
    ///
    /// # Errors
    /// The reason why there is none.
    pub fn of(claim: Claim, series: &[Series]) -> Result<Self, String> {
        let find = |name: ReportedSeries| {
            let found = series.iter().find(|series| series.reported() == Some(name));
            let found = found.ok_or_else(|| format!("no runs of: {}", name.label()))?;
            repeats(found).map_err(|reason| format!("{}: {reason}", name.label())).map(|_| found)
        };
        let better = find(claim.better)?;
        let (comparison, with_guessing) = match claim.than {
            Rival::Series(rival) => {
                (Comparison::of(better, find(rival)?).map_err(|error| error.to_string())?, None)
            }
            Rival::Chance => {
                (Comparison::with_most_frequent(better), Some(Comparison::with_guessing(better)))
            }
        };
        let supported = comparison.over_runs.is_above() && comparison.over_recordings.is_above();
        let lower = with_guessing.unwrap_or(comparison);
        let contradicted = lower.over_runs.is_below() && lower.over_recordings.is_below();
        let verdict = match (supported, contradicted) {
            (true, _) => ClaimVerdict::Supported,
            (false, true) => ClaimVerdict::Contradicted,
            (false, false) => ClaimVerdict::NotDecided,
        };
        Ok(Self { claim, verdict, comparison, with_guessing })
    }
}

#[cfg(test)]
mod tests;
