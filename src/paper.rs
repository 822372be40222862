//! What the paper states, each value with its section, and what it leaves open.
//!
//! Q. Wang, *Music Genre Classification using LSTM and CNN*. The recordings are those of J. S. Rahman, T. Gedeon,
//! S. Caldwell and R. Jones, *Brain Melody Informatics: Analysing Effects of Music on Brainwave Patterns*,
//! IJCNN 2020, [doi 10.1109/IJCNN48605.2020.9207392](https://doi.org/10.1109/IJCNN48605.2020.9207392).

use std::fmt;

use serde::Serialize;

/// Songs of the experiment, one workbook each (2.1).
pub const SONGS: u8 = 12;
/// Songs of each genre, numbered one after the other: 1-4 classical, 5-8 instrumental, 9-12 pop (2.1).
pub const SONGS_PER_GENRE: u8 = 4;
/// Participants (1).
pub const PARTICIPANTS: u16 = 24;

/// Samples of the shortest recording (2.1).
pub const SHORTEST: usize = 1608;
/// Samples of the longest recording (2.1).
pub const LONGEST: usize = 2197;

/// Samples of a time frame, the unit that an LSTM reads in one step (2.1).
pub const FRAME: usize = 8;
/// Samples of a slice, the CNN's input (2.4).
pub const SLICE: usize = 960;
/// Samples between the starts of neighbouring slices (2.4).
pub const HOP: usize = 480;

/// Part of all recordings that is kept for testing (2.1).
pub const TEST_FRACTION: f64 = 0.2;
/// Part of the rest that is kept for validation (2.1).
pub const VALIDATION_FRACTION: f64 = 0.2;

/// A choice that the paper does not make, and the default that stands in for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenChoice {
    /// What is open.
    pub question: &'static str,
    /// What we take unless told otherwise.
    pub default: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// What the paper leaves open (2.1 to 2.4).
pub const OPEN_CHOICES: &[OpenChoice] = &[
    OpenChoice {
        question: "normalisation",
        default: "none (raw)",
        reason: "the paper mentions none; the authors of the recordings suggest min-max and a median filter, \
                 so both can be chosen",
    },
    OpenChoice {
        question: "last incomplete frame",
        default: "zero-padded and counted",
        reason: "songs 1 and 10 have 2047 and 2197 samples, which are not multiples of 8, and no samples are \
                 said to be dropped",
    },
    OpenChoice {
        question: "rounding of the split",
        default: "parts held out are rounded up: 39 test, 31 validation, 122 training",
        reason: "every accuracy that the paper prints is a whole number of correct answers out of 39",
    },
    OpenChoice {
        question: "stratification of the split",
        default: "none",
        reason: "the paper says random sampling and no more",
    },
    OpenChoice {
        question: "samples after the last full hop",
        default: "not covered by a slice",
        reason: "slices have a fixed length and nothing is said of padding them",
    },
    OpenChoice {
        question: "an LSTM's input at one step",
        default: "one frame of 8 samples",
        reason: "the paper speaks of 8 inputs for every time frame",
    },
    OpenChoice {
        question: "the CNN's input",
        default: "8 channels of 120 frames",
        reason: "the same 8 inputs for every time frame; one channel of 960 samples can be chosen",
    },
    OpenChoice {
        question: "the CNN's kernels and padding",
        default: "3 wide, one zero at both ends",
        reason: "the paper names no width; a residual block keeps the length, so the padding follows from it",
    },
    OpenChoice {
        question: "dropout on a single LSTM layer",
        default: "on its output",
        reason: "there is no second layer to drop the inputs of",
    },
    OpenChoice {
        question: "initial weights, Adam's other settings",
        default: "those of PyTorch",
        reason: "nothing is said of either, and they are what most such work is done with",
    },
];

/// Part of the outputs that training drops, in both LSTM networks (2.2, 2.3).
pub const DROPOUT: f64 = 0.1;

/// Trainings of each network; its average is the mean without the lowest and the highest (2, 3).
pub const RUNS: usize = 15;

/// The baseline (2.2).
pub mod baseline {
    /// Units of the LSTM layer.
    pub const UNITS: usize = 32;
    /// LSTM layers.
    pub const LAYERS: usize = 1;
    /// Units of the second of three linear layers behind it; the first and the third have [`UNITS`].
    pub const NARROW: usize = 16;
    /// Passes over the training recordings.
    pub const EPOCHS: usize = 300;
    /// Recordings of a batch.
    pub const BATCH: usize = 16;
    /// Adam's step size.
    pub const LEARNING_RATE: f64 = 1e-3;
}

/// The multi-layer LSTM (2.3).
pub mod multilayer {
    /// Units of each LSTM layer.
    pub const UNITS: usize = 64;
    /// LSTM layers.
    pub const LAYERS: usize = 3;
    /// Units of the second of three linear layers behind them; the first and the third have [`UNITS`].
    pub const NARROW: usize = 32;
    /// Passes over the training recordings.
    pub const EPOCHS: usize = 600;
    /// Recordings of a batch.
    pub const BATCH: usize = 16;
    /// Adam's step size.
    pub const LEARNING_RATE: f64 = 1e-3;
}

/// The CNN (2.4).
pub mod cnn {
    /// Channels of every convolution.
    pub const CHANNELS: usize = 32;
    /// Residual blocks, a max-pooling by [`POOL`] between them.
    pub const BLOCKS: usize = 3;
    /// Width and stride of a max-pooling.
    pub const POOL: usize = 2;
    /// Passes over the training slices.
    pub const EPOCHS: usize = 3000;
    /// Slices of a batch.
    pub const BATCH: usize = 64;
    /// Adam's step size.
    pub const LEARNING_RATE: f64 = 2e-3;
    /// Width of a kernel; not stated, see [`super::OPEN_CHOICES`].
    pub const KERNEL: usize = 3;
    /// Zeros at both ends of a signal, so that a convolution keeps its length.
    pub const PADDING: usize = (KERNEL - 1) / 2;
}

/// Recordings of the test set: every accuracy that the paper prints is a whole number of 39 right answers.
pub const TEST_RECORDINGS: usize = 39;

/// A series of test accuracies that the paper reports (Figure 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportedSeries {
    /// The baseline after its last epoch (3.1).
    Baseline,
    /// The multi-layer LSTM after its last epoch (3.2).
    MultilayerFinal,
    /// The multi-layer LSTM after the epoch that was best on validation (3.2).
    MultilayerBest,
    /// The CNN after its last epoch (3.3).
    Cnn,
}

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

    /// Its name in tables.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::MultilayerFinal => "multi-layer, final weights",
            Self::MultilayerBest => "multi-layer, best on validation",
            Self::Cnn => "CNN",
        }
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
