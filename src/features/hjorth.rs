//! Hjorth's parameters: the mean frequency of a signal and the width of its band, without a spectrum.
//!
//! B. Hjorth, *EEG analysis based on time domain properties*, Electroencephalography and Clinical Neurophysiology 29,
//! 1970. His third, activity, is the [`variance`](super::moments::variance). Derivatives are differences of
//! neighbouring samples `dᵢ = xᵢ₊₁ - xᵢ`, so frequencies are in radians per sample; variances have the divisor n.

use super::constant::{is_constant, is_constant_but_for_rounding};
use crate::evaluation::statistics;

/// `√(var d / var x)`, in radians per sample: the mean frequency, for a slow sine its own. Absent for a constant.
#[must_use]
pub fn mobility(samples: &[f64]) -> Option<f64> {
    let moving = samples.len() >= 2 && !is_constant(samples);
    moving.then(|| (variance(&differences(samples)) / variance(samples)).sqrt())
}

/// The mobility of d over that of x: 1 for a sine, the more the wider the band. Absent for a constant, for constant
/// differences and for fewer than three samples.
#[must_use]
pub fn complexity(samples: &[f64]) -> Option<f64> {
    let first = differences(samples);
    let magnitude = samples.iter().fold(0.0, |most: f64, sample| most.max(sample.abs()));
    if first.len() < 2 || is_constant_but_for_rounding(&first, magnitude) {
        return None;
    }
    Some(mobility(&first)? / mobility(samples)?)
}

fn differences(samples: &[f64]) -> Vec<f64> {
    samples.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

fn variance(values: &[f64]) -> f64 {
    let centre = statistics::mean(values);
    values.iter().map(|value| (value - centre).powi(2)).sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_has_its_frequency_and_no_width() {
        let sine: Vec<f64> = (0..100_000).map(|i| (0.05 * f64::from(i)).sin()).collect();
        // Differences attenuate: 2 sin(ω/2) for ω.
        assert!((mobility(&sine).unwrap() - 2.0 * (0.025_f64).sin()).abs() < 1e-5);
        assert!((complexity(&sine).unwrap() - 1.0).abs() < 1e-4);
    }

    #[test]
    fn a_ramp_moves_and_has_no_complexity() {
        for step in [1.0, 0.1] {
            let ramp: Vec<f64> = (0..100).map(|i| step * f64::from(i)).collect();
            assert!(mobility(&ramp).unwrap() < 1e-14);
            assert_eq!(complexity(&ramp), None);
        }
    }
}
