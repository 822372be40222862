//! Normalisation of one recording by statistics of that recording alone.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Place, Result};

/// What [`Normalisation::Log`] adds before it takes the logarithm, in the recordings' own unit.
///
/// The published recordings hold zeros, whose logarithm is infinite. Their smallest positive sample is 0.0168 and
/// their median 0.27, so 0.01 moves the median by 4 % and puts a zero at -4.6, next to the smallest sample at -3.6.
/// A much smaller offset would make each zero an outlier (-13.8 for 1e-6), and zeros stand only at the ends of
/// classical and pop stimuli, where a network could take them for the answer.
pub const LOG_OFFSET: f64 = 0.01;

/// How the samples `x` of one recording become a network's input.
///
/// The paper mentions no normalisation, so `raw` is the default. All statistics are those of the one recording, in
/// double precision: no recording changes another, so nothing crosses from test into training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Normalisation {
    /// `x`, unchanged.
    #[default]
    Raw,
    /// `ln(x + 0.01)`, see [`LOG_OFFSET`]. Negative samples are refused: band power has none.
    Log,
    /// `(x - mean) / sd`, with the standard deviation of the samples themselves (divided by their number `n`, not by
    /// `n - 1`). A constant recording, and so one of a single sample, becomes all zeros.
    ZScore,
    /// `(x - min) / (max - min)`, between 0 and 1. A constant recording becomes all zeros.
    MinMax,
}

impl Normalisation {
    /// All of them, the default first.
    pub const ALL: [Self; 4] = [Self::Raw, Self::Log, Self::ZScore, Self::MinMax];

    /// Normalises the samples of one recording. Every result is finite, also in single precision.
    ///
    /// # Errors
    /// - [`Fault::NON_FINITE_SAMPLE`] if a sample is no finite number of single precision;
    /// - [`Fault::NEGATIVE_SAMPLE`] if a sample is negative and the normalisation is [`Log`](Self::Log).
    ///
    /// Each names the first such sample, counted from 1.
    pub fn apply(self, samples: &[f64]) -> Result<Vec<f64>> {
        // A bound of single precision also keeps every sum and square below within double precision.
        let finite = |sample: f64| sample.abs() <= f64::from(f32::MAX);
        refuse(samples, Fault::NON_FINITE_SAMPLE, "a finite number of single precision", finite)?;
        Ok(match self {
            Self::Raw => samples.to_vec(),
            Self::Log => {
                refuse(samples, Fault::NEGATIVE_SAMPLE, "0 or more", |sample| sample >= 0.0)?;
                // libm's logarithm gives the same bits on every system.
                samples.iter().map(|sample| libm::log(sample + LOG_OFFSET)).collect()
            }
            Self::ZScore => z_scores(samples),
            Self::MinMax => min_max(samples),
        })
    }
}

/// Refuses the first sample that is not as expected.
fn refuse(samples: &[f64], fault: Fault, expected: &str, good: impl Fn(f64) -> bool) -> Result<()> {
    match samples.iter().position(|sample| !good(*sample)) {
        None => Ok(()),
        Some(at) => {
            let place = Place::field(format!("sample {}", at + 1));
            Err(Error::new(fault, place, expected, samples[at].to_string()))
        }
    }
}

fn min_max(samples: &[f64]) -> Vec<f64> {
    let min = samples.iter().copied().fold(f64::INFINITY, f64::min);
    let max = samples.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if min == max {
        return vec![0.0; samples.len()];
    }
    samples.iter().map(|sample| (sample - min) / (max - min)).collect()
}

/// Standardises the min-max scaled samples. The result is that of the samples themselves, but squares of very small
/// deviations cannot vanish.
fn z_scores(samples: &[f64]) -> Vec<f64> {
    let scaled = min_max(samples);
    let mean_of = |sum: f64| sum / samples.len() as f64;
    let mean = mean_of(scaled.iter().sum());
    let sd = mean_of(scaled.iter().map(|value| (value - mean).powi(2)).sum()).sqrt();
    // Only a constant recording has no deviation; it is all zeros already.
    if sd == 0.0 { scaled } else { scaled.iter().map(|value| (value - mean) / sd).collect() }
}

impl fmt::Display for Normalisation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Raw => "raw",
            Self::Log => "log",
            Self::ZScore => "z-score",
            Self::MinMax => "min-max",
        })
    }
}

impl FromStr for Normalisation {
    type Err = Error;

    /// Reads the name that [`Display`](fmt::Display) writes.
    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|one| one.to_string() == text).ok_or_else(|| {
            Error::new(
                Fault::BAD_SETTING,
                Place::field("normalisation"),
                "raw, log, z-score or min-max",
                format!("{text:?}"),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn fault(normalisation: Normalisation, samples: &[f64]) -> Fault {
        normalisation.apply(samples).unwrap_err().problems()[0].fault
    }

    #[test]
    fn values_are_those_of_the_formulas() {
        let samples = [0.0, 1.0, 2.0, 5.0];
        let apply = |normalisation: Normalisation| normalisation.apply(&samples).unwrap();
        assert_eq!(apply(Normalisation::Raw), samples);
        assert_eq!(apply(Normalisation::MinMax), [0.0, 0.2, 0.4, 1.0]);
        // import numpy as np; x = np.array([0., 1, 2, 5]); np.log(x + .01); (x - x.mean()) / x.std()
        let log = [-4.605170185988091, 0.009950330853168092, 0.6981347220709843, 1.6114359150967734];
        let z_score = [-1.0690449676496976, -0.5345224838248488, 0.0, 1.6035674514745464];
        for (normalisation, expected) in [(Normalisation::Log, log), (Normalisation::ZScore, z_score)] {
            for (value, expected) in apply(normalisation).into_iter().zip(expected) {
                assert!((value - expected).abs() < 1e-12, "{normalisation}: {value} for {expected}");
            }
        }
    }

    #[test]
    fn a_constant_recording_and_a_single_sample_become_zeros() {
        for constant in [0.0, 0.1, 2674.5, -1e30] {
            for samples in [vec![constant], vec![constant; 7]] {
                for normalisation in [Normalisation::ZScore, Normalisation::MinMax] {
                    assert_eq!(normalisation.apply(&samples).unwrap(), vec![0.0; samples.len()]);
                }
            }
        }
    }

    #[test]
    fn a_sample_that_is_no_number_of_single_precision_is_refused() {
        for sample in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e39, f64::MIN] {
            for normalisation in Normalisation::ALL {
                assert_eq!(fault(normalisation, &[1.0, sample]), Fault::NON_FINITE_SAMPLE);
            }
        }
    }

    #[test]
    fn the_logarithm_of_a_negative_sample_is_refused_and_named() {
        let error = Normalisation::Log.apply(&[1.0, 0.0, -0.005]).unwrap_err();
        assert_eq!(error.problems()[0].fault, Fault::NEGATIVE_SAMPLE);
        assert_eq!(error.problems()[0].place.to_string(), "sample 3");
        assert_eq!(error.problems()[0].found, "-0.005");
    }

    #[test]
    fn the_bounds_of_single_precision_and_the_smallest_differences_stay_finite() {
        let max = f64::from(f32::MAX);
        for samples in [[-max, 0.0, max], [0.0, 5e-324, 1e-323], [1.0, 1.0, 1.0 + f64::EPSILON]] {
            for normalisation in [Normalisation::ZScore, Normalisation::MinMax] {
                let values = normalisation.apply(&samples).unwrap();
                assert!(values.iter().all(|value| value.is_finite()), "{samples:?}");
                assert!(values[2] > values[0], "{samples:?}");
            }
        }
    }

    #[test]
    fn names_are_read_as_written() {
        for normalisation in Normalisation::ALL {
            let name = normalisation.to_string();
            assert_eq!(name.parse::<Normalisation>().unwrap(), normalisation);
            assert_eq!(serde_json::to_string(&normalisation).unwrap(), format!("\"{name}\""));
        }
        assert_eq!("zscore".parse::<Normalisation>().unwrap_err().problems()[0].fault, Fault::BAD_SETTING);
    }

    proptest! {
        #[test]
        fn z_scores_have_mean_zero_and_deviation_one(samples in vec(0.0..3e3, 2..300)) {
            prop_assume!(samples.iter().any(|sample| *sample != samples[0]));
            let values = Normalisation::ZScore.apply(&samples).unwrap();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64;
            prop_assert!(mean.abs() < 1e-9 && (variance - 1.0).abs() < 1e-9);
        }

        #[test]
        fn min_max_fills_zero_to_one(samples in vec(-3e3..3e3, 2..300)) {
            prop_assume!(samples.iter().any(|sample| *sample != samples[0]));
            let values = Normalisation::MinMax.apply(&samples).unwrap();
            prop_assert!(values.iter().all(|value| (0.0..=1.0).contains(value)));
            prop_assert!(values.contains(&0.0) && values.contains(&1.0));
        }

        #[test]
        fn scale_and_offset_vanish(samples in vec(0.0..3e3, 2..100), scale in 1e-3..1e3, offset in -1e3..1e3) {
            let moved: Vec<f64> = samples.iter().map(|&sample: &f64| sample * scale + offset).collect();
            for normalisation in [Normalisation::ZScore, Normalisation::MinMax] {
                let (one, other) = (normalisation.apply(&samples).unwrap(), normalisation.apply(&moved).unwrap());
                prop_assert!(one.iter().zip(&other).all(|(one, other)| (one - other).abs() < 1e-3));
            }
        }

        #[test]
        fn order_among_samples_stays_and_all_is_finite(samples in vec(0.0..3e3, 1..100)) {
            for normalisation in Normalisation::ALL {
                let values = normalisation.apply(&samples).unwrap();
                prop_assert_eq!(values.len(), samples.len());
                for (a, x) in values.iter().zip(&samples) {
                    prop_assert!(a.is_finite());
                    prop_assert!(values.iter().zip(&samples).all(|(b, y)| x > y || a <= b));
                }
            }
        }

        #[test]
        fn any_sample_gives_finite_values_or_an_error(samples in vec(any::<f64>(), 0..20)) {
            for normalisation in Normalisation::ALL {
                if let Ok(values) = normalisation.apply(&samples) {
                    prop_assert!(values.iter().all(|value| (*value as f32).is_finite()));
                }
            }
        }
    }
}
