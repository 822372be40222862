//! The accuracies that the paper reports, and its claims (3.1 to 3.3, Figure 8).

use std::fmt;

use serde::Serialize;

use crate::runs::series::ReportedSeries;

/// Recordings of the test set: every accuracy that the paper prints is a whole number of 39 right answers.
pub const TEST_RECORDINGS: usize = 39;

/// What the paper reports of a series, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported {
    /// Of what.
    pub series: ReportedSeries,
    /// The lowest test accuracy of all runs.
    pub lowest: u32,
    /// The mean test accuracy without the lowest and the highest.
    pub average: u32,
    /// The highest test accuracy of all runs.
    pub highest: u32,
    /// The training accuracy, where it is given.
    pub training: Option<TrainingAccuracy>,
    /// Where, besides Figure 8.
    pub section: &'static str,
}

/// A training accuracy as the paper puts it, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrainingAccuracy {
    /// "Around".
    About(u32),
    /// "Above".
    Above(u32),
}

impl fmt::Display for TrainingAccuracy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::About(percent) => write!(f, "about {percent} %"),
            Self::Above(percent) => write!(f, "above {percent} %"),
        }
    }
}

/// The results (Figure 8, 3.1 to 3.3).
pub const REPORTED: [Reported; 4] = [
    Reported {
        series: ReportedSeries::Baseline,
        lowest: 31,
        average: 45,
        highest: 64,
        training: Some(TrainingAccuracy::About(70)),
        section: "3.1",
    },
    Reported {
        series: ReportedSeries::MultilayerFinal,
        lowest: 41,
        average: 52,
        highest: 64,
        training: Some(TrainingAccuracy::Above(95)),
        section: "3.2",
    },
    Reported {
        series: ReportedSeries::MultilayerBest,
        lowest: 49,
        average: 57,
        highest: 69,
        training: None,
        section: "3.2",
    },
    Reported {
        series: ReportedSeries::Cnn,
        lowest: 31,
        average: 43,
        highest: 56,
        training: Some(TrainingAccuracy::Above(98)),
        section: "3.3",
    },
];

impl ReportedSeries {
    /// What the paper reports of it.
    #[must_use]
    pub const fn reported(self) -> Reported {
        REPORTED[self as usize]
    }
}

/// That one series is more accurate than something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// In our words.
    pub statement: &'static str,
    /// Where.
    pub section: &'static str,
    /// What is said to be more accurate.
    pub better: ReportedSeries,
    /// Than what.
    pub than: Rival,
    /// By how many points, in the paper.
    pub points: u32,
}

/// What a claim compares a series with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rival {
    /// Another series.
    Series(ReportedSeries),
    /// Random guessing.
    Chance,
}

/// The claims that rest on the reported averages.
pub const CLAIMS: [Claim; 4] = [
    Claim {
        statement: "the multi-layer LSTM beats the baseline",
        section: "3.2",
        better: ReportedSeries::MultilayerFinal,
        than: Rival::Series(ReportedSeries::Baseline),
        points: 7,
    },
    Claim {
        statement: "choosing weights on validation helps",
        section: "3.2",
        better: ReportedSeries::MultilayerBest,
        than: Rival::Series(ReportedSeries::MultilayerFinal),
        points: 5,
    },
    Claim {
        statement: "the CNN is below the baseline",
        section: "3.3",
        better: ReportedSeries::Baseline,
        than: Rival::Series(ReportedSeries::Cnn),
        points: 2,
    },
    Claim {
        statement: "the baseline is above chance",
        section: "3.1",
        better: ReportedSeries::Baseline,
        than: Rival::Chance,
        points: 12,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_series_finds_its_own_numbers() {
        for reported in REPORTED {
            assert_eq!(reported.series.reported(), reported);
        }
    }

    #[test]
    fn claims_agree_with_the_averages() {
        for claim in CLAIMS {
            let rival = match claim.than {
                Rival::Series(series) => series.reported().average,
                Rival::Chance => 33,
            };
            assert_eq!(claim.better.reported().average - rival, claim.points, "{}", claim.statement);
        }
    }

    #[test]
    fn every_extreme_is_a_whole_number_of_right_answers() {
        for reported in REPORTED {
            for percent in [reported.lowest, reported.highest] {
                let whole = |right: usize| {
                    (100.0 * right as f64 / TEST_RECORDINGS as f64).round() == f64::from(percent)
                };
                assert!((0..=TEST_RECORDINGS).any(whole), "{percent}");
            }
        }
    }
}
