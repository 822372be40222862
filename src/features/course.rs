//! Features of a course of power over time: its level, its slow and fast changes, and its quantiles in ever shorter parts.

use std::f64::consts::PI;

use crate::evaluation::statistics::{mean, quantile, standard_deviation};

/// Samples of a segment whose spectrum is estimated, at most: 32 s at 8 Hz.
const SEGMENT: usize = 256;

/// Octaves of the spectrum, counted down from half of the sampling rate.
const OCTAVES: u32 = 7;

/// Quantiles that are taken of each part.
const PARTS: [f64; 5] = [0.1, 0.25, 0.5, 0.75, 0.9];

/// The finest division of [`dyadic_quantiles`]: 2³ parts.
const DEPTH: u32 = 3;

/// Least power of an octave, so that its logarithm is finite.
const LEAST: f64 = 1e-12;

/// Level and spectrum of a course, usually of logarithms of power: mean, standard deviation, the quantiles of `PARTS`,
/// slope (least squares, for the whole course), and the logarithm of the power in each of seven octaves, from half of the
/// sampling rate downwards. Nothing for fewer than two samples.
#[must_use]
pub fn level_and_spectrum(course: &[f64]) -> Option<Vec<f64>> {
    if course.len() < 2 {
        return None;
    }
    let centre = mean(course);
    let places = course.len() as f64;
    let middle = (places - 1.0) / 2.0;
    let product: f64 =
        course.iter().enumerate().map(|(place, value)| (place as f64 - middle) * (value - centre)).sum();
    let slope = product * 12.0 / (places * (places * places - 1.0));
    let quantiles = PARTS.iter().filter_map(|part| quantile(course, *part));
    let density = density(course);
    let frequencies = density.len() - 1;
    let octave = |number: u32| {
        let [low, high] = [number + 1, number].map(|octave| frequencies as f64 / f64::from(1_u32 << octave));
        let within = |place: &usize| (*place as f64) > low && (*place as f64) <= high;
        (0..=frequencies).filter(within).map(|place| density[place]).sum::<f64>().max(LEAST).ln()
    };
    let level = [centre, standard_deviation(course), slope];
    Some(level.into_iter().chain(quantiles).chain((0..OCTAVES).map(octave)).collect())
}

/// The power spectral density for a sampling rate of 1, from frequency 0 to ½: the mean of the periodograms of segments
/// that overlap by half, each with its mean taken away and a Hann window.
///
/// P. D. Welch, *The use of fast Fourier transform for the estimation of power spectra*, IEEE Transactions on Audio and
/// Electroacoustics 15, 1967. A course shorter than a segment is one. Sums are written out: courses are short.
fn density(course: &[f64]) -> Vec<f64> {
    let length = SEGMENT.min(course.len());
    let window: Vec<f64> =
        (0..length).map(|i| 0.5 - 0.5 * (2.0 * PI * i as f64 / length as f64).cos()).collect();
    let energy: f64 = window.iter().map(|weight| weight * weight).sum();
    let waves: Vec<[f64; 2]> = (0..length)
        .map(|i| {
            let (sine, cosine) = (2.0 * PI * i as f64 / length as f64).sin_cos();
            [cosine, sine]
        })
        .collect();
    let step = (length - length / 2).max(1);
    let segments: Vec<&[f64]> = course.windows(length).step_by(step).collect();
    let mut density = vec![0.0; length / 2 + 1];
    for segment in &segments {
        let centre = mean(segment);
        let weighted: Vec<f64> =
            segment.iter().zip(&window).map(|(value, weight)| (value - centre) * weight).collect();
        for (frequency, sum) in density.iter_mut().enumerate() {
            let [mut re, mut im] = [0.0; 2];
            for (place, value) in weighted.iter().enumerate() {
                let [cosine, sine] = waves[place * frequency % length];
                re += value * cosine;
                im += value * sine;
            }
            // One side: what lies at negative frequencies is added, but for 0 and ½.
            let is_alone = frequency == 0 || (length.is_multiple_of(2) && frequency == length / 2);
            *sum += (re * re + im * im) * if is_alone { 1.0 } else { 2.0 };
        }
    }
    let all = energy * segments.len() as f64;
    density.into_iter().map(|sum| sum / all).collect()
}

/// The quantiles of `PARTS` of a course and of its first differences, each in 1, 2, 4 and 8 equal parts of time.
///
/// After A. Dempster, D. F. Schmidt and G. I. Webb, *quant: a minimalist interval method for time series classification*,
/// Data Mining and Knowledge Discovery 38, 2024, with fewer parts and quantiles. Nothing for a course of fewer than nine
/// samples, of which some part would be empty.
#[must_use]
pub fn dyadic_quantiles(course: &[f64]) -> Option<Vec<f64>> {
    let differences: Vec<f64> = course.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if differences.len() < 1 << DEPTH {
        return None;
    }
    let parts = [course, &differences].into_iter().flat_map(|values| {
        (0..=DEPTH).flat_map(move |depth| {
            let parts = 1_usize << depth;
            let bound = move |part: usize| part * values.len() / parts;
            (0..parts).map(move |part| &values[bound(part)..bound(part + 1)])
        })
    });
    Some(parts.flat_map(|part| PARTS.map(|of| quantile(part, of).unwrap_or(0.0))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_density_agrees_with_scipy() {
        // tests/classifiers/generate.py, spectrum(); there a sampling rate of 8.
        let course: Vec<f64> =
            (0..700).map(|i| (0.7 * f64::from(i).powi(2)).cos() + 2.0 * (0.2 * f64::from(i)).cos()).collect();
        let found = density(&course);
        let expected = [
            (1, 0.155_038_777_507_986_5),
            (2, 0.167_069_695_804_010_5),
            (8, 41.887_086_203_726_206),
            (9, 15.996_757_879_506_866),
            (64, 0.114_558_901_069_655_1),
            (127, 0.105_565_496_831_810_41),
            (128, 0.048_294_053_533_537_42),
        ];
        for (place, expected) in expected {
            assert!(
                (found[place] / 8.0 - expected).abs() < 1e-9 * expected.max(1.0),
                "{place}: {}",
                found[place] / 8.0
            );
        }
    }

    #[test]
    fn a_ramp_has_its_slope_and_a_wave_its_octave() {
        let ramp: Vec<f64> = (0..100).map(|i| 3.0 + 0.25 * f64::from(i)).collect();
        let features = level_and_spectrum(&ramp).unwrap();
        assert!((features[0] - 3.0 - 0.25 * 49.5).abs() < 1e-9 && (features[2] - 0.25).abs() < 1e-9);
        // An eighth of the sampling rate lies in the third octave, from 1/16 to 1/8.
        let wave: Vec<f64> = (0..512).map(|i| (2.0 * PI * f64::from(i) / 8.0 + 0.3).sin()).collect();
        let octaves = level_and_spectrum(&wave).unwrap()[8..].to_vec();
        assert_eq!(octaves.len(), OCTAVES as usize);
        assert!(
            octaves.iter().enumerate().all(|(place, power)| place == 2 || *power < octaves[2]),
            "{octaves:?}"
        );
    }

    #[test]
    fn quantiles_of_parts_know_where_something_happens() {
        let step: Vec<f64> = (0..64).map(|i| f64::from(i >= 32)).collect();
        let features = dyadic_quantiles(&step).unwrap();
        assert_eq!(features.len(), 2 * 15 * PARTS.len());
        // The median of the two halves.
        assert_eq!((features[7], features[12]), (0.0, 1.0));
    }

    #[test]
    fn short_courses_have_no_features_and_all_others_finite_ones() {
        assert_eq!((level_and_spectrum(&[1.0]), dyadic_quantiles(&[1.0; 8])), (None, None));
        for length in [2, 3, 9, 255, 256, 257] {
            for course in [vec![0.5; length], (0..length).map(|i| (i as f64).cos()).collect::<Vec<f64>>()] {
                assert!(
                    level_and_spectrum(&course).unwrap().iter().all(|value| value.is_finite()),
                    "{length}"
                );
                assert!(
                    length < 9 || dyadic_quantiles(&course).unwrap().iter().all(|value| value.is_finite())
                );
            }
        }
    }
}
