//! What a file shows of a recording besides its signal: one number each.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::evaluation::statistics::quantile;
use crate::recordings::Recording;

/// One number of a recording that may predict its label without being signal. Of several channels, what is not of the length is the
/// mean of the numbers of all channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Artefact {
    /// Samples.
    Length,
    /// Samples that an incomplete last frame lacks: what a pad shows.
    Pads,
    /// Samples that the recording has fewer than the longest one of its stimulus.
    MissingRows,
    /// Samples that are exactly 0.
    Zeros,
    /// Samples of exactly 0 in the first frame and in the last.
    ZerosAtEnds,
    /// Samples that equal the one before them, zeros apart.
    Repeated,
    /// Samples in the longest run of one value, zeros apart.
    ConstantStretch,
    /// Samples that equal the highest one.
    Clipped,
    /// The first sample.
    FirstSample,
    /// The last sample.
    LastSample,
    /// Mean of the first frame.
    FirstFrame,
    /// Mean of the last samples, as many as a frame has.
    LastFrame,
    /// Median of all samples.
    Scale,
}

impl Artefact {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Length,
        Self::Pads,
        Self::MissingRows,
        Self::Zeros,
        Self::ZerosAtEnds,
        Self::Repeated,
        Self::ConstantStretch,
        Self::Clipped,
        Self::FirstSample,
        Self::LastSample,
        Self::FirstFrame,
        Self::LastFrame,
        Self::Scale,
    ];

    /// Its value for each recording, in frames of `frame` samples, at least 1. A recording without samples has 0.
    pub(super) fn values(self, recordings: &[Recording], frame: usize) -> Vec<f64> {
        let longest = |of: &Recording| {
            let same = recordings.iter().filter(|other| other.stimulus == of.stimulus);
            same.map(Recording::length).max().unwrap_or(0)
        };
        let of_channel = |recording: &Recording, samples: &[f64]| {
            let ends =
                [&samples[..frame.min(samples.len())], &samples[samples.len().saturating_sub(frame)..]];
            match self {
                Self::Length => samples.len() as f64,
                Self::Pads => (samples.len().next_multiple_of(frame) - samples.len()) as f64,
                Self::MissingRows => (longest(recording) - samples.len()) as f64,
                Self::Zeros => zeros(samples) as f64,
                Self::ZerosAtEnds => (zeros(ends[0]) + zeros(ends[1])) as f64,
                Self::Repeated => repeated(samples).sum::<usize>() as f64,
                Self::ConstantStretch => repeated(samples).max().map_or(0, |run| run + 1) as f64,
                Self::Clipped => {
                    let highest = samples.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    samples.iter().filter(|sample| **sample == highest).count() as f64
                }
                Self::FirstSample => samples.first().copied().unwrap_or(0.0),
                Self::LastSample => samples.last().copied().unwrap_or(0.0),
                Self::FirstFrame => mean(ends[0]),
                Self::LastFrame => mean(ends[1]),
                Self::Scale => {
                    let sizes: Vec<f64> = samples.iter().map(|sample| sample.abs()).collect();
                    quantile(&sizes, 0.5).unwrap_or(0.0)
                }
            }
        };
        let value = |recording: &Recording| {
            recording.channels.mean_of(&recording.samples, |samples| of_channel(recording, samples))
        };
        recordings.iter().map(value).collect()
    }
}

fn zeros(samples: &[f64]) -> usize {
    samples.iter().filter(|sample| **sample == 0.0).count()
}

/// For each run of one value, zeros apart, how many samples equal the one before them.
fn repeated(samples: &[f64]) -> impl Iterator<Item = usize> {
    let runs = samples.chunk_by(|one, other| one == other);
    runs.filter(|run| run[0] != 0.0).map(|run| run.len() - 1)
}

fn mean(samples: &[f64]) -> f64 {
    if samples.is_empty() { 0.0 } else { samples.iter().sum::<f64>() / samples.len() as f64 }
}

impl fmt::Display for Artefact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Length => "length",
            Self::Pads => "samples that the last frame lacks",
            Self::MissingRows => "rows fewer than others of the stimulus",
            Self::Zeros => "exact zeros",
            Self::ZerosAtEnds => "exact zeros in the first and last frame",
            Self::Repeated => "repeated values",
            Self::ConstantStretch => "longest constant stretch",
            Self::Clipped => "samples at the highest value",
            Self::FirstSample => "first sample",
            Self::LastSample => "last sample",
            Self::FirstFrame => "mean of the first frame",
            Self::LastFrame => "mean of the last frame",
            Self::Scale => "scale (median size)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preparation::split::testing::recording;
    use crate::recordings::Channels;

    #[test]
    fn every_artefact_is_counted() {
        let recordings = [
            recording("S1/P01", &[0.0, 2.0, 2.0, 2.0, 1.0, 3.0, 3.0, 0.0, 0.0]),
            recording("S1/P02", &[1.0, 2.0, 4.0, 8.0]),
        ];
        let expected = [
            (Artefact::Length, [9.0, 4.0]),
            (Artefact::Pads, [3.0, 0.0]),
            (Artefact::MissingRows, [0.0, 5.0]),
            (Artefact::Zeros, [3.0, 0.0]),
            (Artefact::ZerosAtEnds, [3.0, 0.0]),
            (Artefact::Repeated, [3.0, 0.0]),
            (Artefact::ConstantStretch, [3.0, 1.0]),
            (Artefact::Clipped, [2.0, 1.0]),
            (Artefact::FirstSample, [0.0, 1.0]),
            (Artefact::LastSample, [0.0, 8.0]),
            (Artefact::FirstFrame, [1.5, 3.75]),
            (Artefact::LastFrame, [1.5, 3.75]),
            (Artefact::Scale, [2.0, 3.0]),
        ];
        for (artefact, values) in expected {
            assert_eq!(artefact.values(&recordings, 4), values, "{artefact}");
        }
        assert_eq!(expected.map(|(artefact, _)| artefact), Artefact::ALL);
    }

    #[test]
    fn what_channels_show_is_averaged_and_lengths_are_those_of_a_channel() {
        let [one, other] =
            [[0.0, 2.0, 2.0, 5.0, 1.0], [1.0, 4.0, 3.0, 3.0, 3.0]].map(|samples| samples.to_vec());
        let channels = Channels::named(["C3", "Cz"].map(str::to_owned).to_vec()).unwrap();
        let samples = Channels::join(vec![one.clone(), other.clone()]);
        let both = [Recording { channels, ..recording("S1/P01", &samples) }];
        for artefact in Artefact::ALL {
            let of = |samples: &[f64]| artefact.values(&[recording("S1/P01", samples)], 4)[0];
            assert_eq!(artefact.values(&both, 4), [f64::midpoint(of(&one), of(&other))], "{artefact}");
        }
    }

    #[test]
    fn a_recording_without_samples_has_zeros() {
        for artefact in Artefact::ALL {
            assert_eq!(artefact.values(&[recording("S1/P01", &[])], 8), [0.0], "{artefact}");
        }
    }
}
