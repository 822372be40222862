//! MiniRocket: how often a signal, convolved with fixed kernels, exceeds biases.
//!
//! A. Dempster, D. F. Schmidt and G. I. Webb, *MINIROCKET: A very fast (almost) deterministic transform for time series
//! classification*, KDD 2021, doi 10.1145/3447548.3467231. Values agree with aeon's (`tests/minirocket`).

use crate::error::{Error, Fault, Place, Result};
use crate::evaluation::shuffle::Shuffler;

/// Weights of a kernel: six are -1 and three are 2.
const WEIGHTS: usize = 9;

/// Kernels: the ways to choose three weights of nine.
pub const KERNELS: usize = 84;

/// Features as the paper has them: 10 000, rounded down to a multiple of [`KERNELS`].
pub const FEATURES: usize = 9_996;

/// Dilations of a kernel, at most.
const MOST_DILATIONS: usize = 32;

/// The stream of random numbers that chooses the signals whose convolutions give biases.
const STREAM: u64 = (1 << 32) + 2;

/// The transform, fitted to signals.
#[derive(Debug, Clone, PartialEq)]
pub struct MiniRocket {
    /// Samples that a signal needs: shorter ones have no features.
    shortest: usize,
    /// Each dilation, and how many biases each kernel has there.
    dilations: Vec<(usize, usize)>,
    /// Dilation after dilation, kernel after kernel.
    biases: Vec<f32>,
}

impl MiniRocket {
    /// Fits dilations to `shortest`, the samples that every signal has which is to be transformed, and biases to quantiles of
    /// convolutions of signals that are drawn, one for each dilation and kernel. Labels play no part.
    ///
    /// `features` is rounded down to a multiple of [`KERNELS`], of which it has at least one for each.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] without signals, if `shortest` is less than nine, or if a signal has fewer samples.
    pub fn fit(signals: &[&[f32]], shortest: usize, features: usize, seed: u64) -> Result<Self> {
        check_length(shortest, WEIGHTS)?;
        check_length(signals.iter().map(|signal| signal.len()).min().unwrap_or(0), shortest)?;
        let dilations = dilations(shortest, (features / KERNELS).max(1));
        let mut chance = Shuffler::new(seed, STREAM);
        let mut biases = Vec::new();
        for &(dilation, count) in &dilations {
            for kernel in kernels() {
                let drawn = signals[chance.below(signals.len() as u64) as usize];
                let mut values = Convolutions::of(drawn, dilation).with(kernel);
                values.sort_by(f32::total_cmp);
                let known = biases.len();
                biases.extend((1..=count).map(|number| quantile(&values, golden(known + number))));
            }
        }
        Ok(Self { shortest, dilations, biases })
    }

    /// How many features there are.
    #[must_use]
    pub const fn features(&self) -> usize {
        self.biases.len()
    }

    /// For each dilation, kernel and bias the part of the convolution that exceeds the bias, from 0 to 1.
    ///
    /// For half of the pairs of a dilation and a kernel the whole convolution counts, with zeros beyond the ends of the
    /// signal; for the others only what needs no such zeros.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] for a signal with fewer samples than it was fitted to.
    pub fn transform(&self, signal: &[f32]) -> Result<Vec<f32>> {
        check_length(signal.len(), self.shortest)?;
        let mut features = Vec::with_capacity(self.biases.len());
        for (place, &(dilation, count)) in self.dilations.iter().enumerate() {
            let convolutions = Convolutions::of(signal, dilation);
            for (number, kernel) in kernels().enumerate() {
                let values = convolutions.with(kernel);
                let padding = WEIGHTS / 2 * dilation;
                let counted = if (place + number) % 2 == 0 {
                    &values[..]
                } else {
                    &values[padding..values.len() - padding]
                };
                let biases = &self.biases[features.len()..features.len() + count];
                features.extend(biases.iter().map(|bias| {
                    let above: u32 = counted.iter().map(|value| u32::from(value > bias)).sum();
                    above as f32 / counted.len() as f32
                }));
            }
        }
        Ok(features)
    }
}

/// The places of the weights 2 of each kernel, in lexicographic order.
fn kernels() -> impl Iterator<Item = [usize; 3]> {
    (0..WEIGHTS).flat_map(|a| (a + 1..WEIGHTS).flat_map(move |b| (b + 1..WEIGHTS).map(move |c| [a, b, c])))
}

/// A signal, shifted as the weights of a kernel of one dilation are, with zeros beyond its ends.
struct Convolutions {
    /// Its convolution with nine weights of -1.
    minus: Vec<f32>,
    /// For each weight three times the shifted signal: what makes its -1 a 2.
    three: [Vec<f32>; WEIGHTS],
}

impl Convolutions {
    fn of(signal: &[f32], dilation: usize) -> Self {
        let length = signal.len();
        let three = std::array::from_fn(|weight| {
            let mut shifted = vec![0.0; length];
            let middle = WEIGHTS / 2;
            let by = weight.abs_diff(middle) * dilation;
            if weight < middle {
                shifted[by..].copy_from_slice(&signal[..length - by]);
            } else {
                shifted[..length - by].copy_from_slice(&signal[by..]);
            }
            shifted.iter_mut().for_each(|sample| *sample *= 3.0);
            shifted
        });
        let mut minus = vec![0.0; length];
        for shifted in &three {
            minus.iter_mut().zip(shifted).for_each(|(sum, sample)| *sum -= sample / 3.0);
        }
        Self { minus, three }
    }

    /// The convolution with the kernel that has its weights 2 at these places.
    fn with(&self, [a, b, c]: [usize; 3]) -> Vec<f32> {
        let [a, b, c] = [&self.three[a], &self.three[b], &self.three[c]];
        let sums = self.minus.iter().zip(a).zip(b).zip(c);
        sums.map(|(((minus, a), b), c)| minus + a + b + c).collect()
    }
}

/// Dilations, ascending, and how many features each kernel has there: exponents in even steps from 1 to the length that a
/// kernel then spans.
fn dilations(length: usize, of_kernel: usize) -> Vec<(usize, usize)> {
    let most = of_kernel.min(MOST_DILATIONS);
    let highest = ((length - 1) as f64 / (WEIGHTS - 1) as f64).log2();
    let exponent = |step: usize| match step {
        0 => 0.0,
        step if step + 1 == most => highest,
        step => step as f64 * (highest / (most - 1) as f64),
    };
    let mut found: Vec<(usize, usize)> = Vec::new();
    for dilation in (0..most).map(|step| exponent(step).exp2() as usize) {
        match found.last_mut() {
            Some((last, count)) if *last == dilation => *count += 1,
            _ => found.push((dilation, 1)),
        }
    }
    for (_, count) in &mut found {
        *count = *count * of_kernel / most;
    }
    let rest = of_kernel - found.iter().map(|(_, count)| count).sum::<usize>();
    let dilations = found.len();
    (0..rest).for_each(|place| found[place % dilations].1 += 1);
    found
}

/// The fractional part of so many golden ratios: numbers that fill 0 to 1 evenly.
fn golden(number: usize) -> f64 {
    // In single precision, as in the original.
    f64::from((number as f64 * f64::midpoint(5_f64.sqrt(), 1.0) % 1.0) as f32)
}

/// The quantile of sorted values, as [`statistics::quantile`](crate::evaluation::statistics::quantile) has it.
fn quantile(sorted: &[f32], part: f64) -> f32 {
    let place = (sorted.len() - 1) as f64 * part;
    let [below, above] = [place.floor(), place.ceil()].map(|place| f64::from(sorted[place as usize]));
    (below + place.fract() * (above - below)) as f32
}

fn check_length(found: usize, fewest: usize) -> Result<()> {
    if found >= fewest {
        return Ok(());
    }
    let place = Place::field("signal for MiniRocket");
    Err(Error::new(Fault::BAD_SETTING, place, format!("at least {fewest} samples"), found.to_string()))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Expected {
        dilations: Vec<ExpectedDilations>,
        transforms: Vec<ExpectedTransform>,
    }

    #[derive(Deserialize)]
    struct ExpectedDilations {
        length: usize,
        features: usize,
        dilations: Vec<usize>,
        counts: Vec<usize>,
    }

    #[derive(Deserialize)]
    struct ExpectedTransform {
        length: usize,
        features: usize,
        biases: Vec<f32>,
        rows: [Vec<f32>; 2],
    }

    /// What tests/minirocket/generate.py wrote.
    fn expected() -> Expected {
        serde_json::from_str(include_str!("../../tests/minirocket/expected.json")).unwrap()
    }

    fn signal(length: usize, key: usize) -> Vec<f32> {
        let sample =
            |i: usize| (0.7 * ((i + key) as f64).powi(2)).cos() + (0.05 * i as f64 * (1 + key) as f64).cos();
        (0..length).map(|i| sample(i) as f32).collect()
    }

    #[test]
    fn dilations_are_those_of_aeon() {
        for expected in expected().dilations {
            let found = dilations(expected.length, expected.features / KERNELS);
            let pairs: Vec<(usize, usize)> =
                expected.dilations.into_iter().zip(expected.counts).filter(|(_, count)| *count > 0).collect();
            assert_eq!(found, pairs, "{} samples, {} features", expected.length, expected.features);
        }
        assert_eq!(kernels().count(), KERNELS);
    }

    #[test]
    fn biases_and_features_are_those_of_aeon() {
        for ExpectedTransform { length, features, biases, rows } in expected().transforms {
            let fitted = signal(length, 0);
            let rocket = MiniRocket::fit(&[&fitted], fitted.len(), features, 0).unwrap();
            assert_eq!(rocket.features(), features);
            for (found, expected) in rocket.biases.iter().zip(&biases) {
                assert!((found - expected).abs() < 2e-5, "{found} and not {expected}");
            }
            for (key, expected) in rows.iter().enumerate() {
                let found = rocket.transform(&signal(length, key)).unwrap();
                // A sample that lies at the bias but for rounding may fall on the other side.
                let apart = found.iter().zip(expected).filter(|(a, b)| (*a - *b).abs() > 2e-5);
                assert!(apart.count() <= features / 100, "{length} samples, signal {key}");
                let step = |(a, b): (&f32, &f32)| (a - b).abs() < 1.5 / (length / 8) as f32;
                assert!(found.iter().zip(expected).all(step));
            }
        }
    }

    #[test]
    fn the_papers_number_of_features_comes_from_any_length() {
        let long = signal(300, 1);
        for length in [9, 20, 200] {
            let short = signal(length, 0);
            let rocket = MiniRocket::fit(&[&short, &long], short.len(), 10_000, 3).unwrap();
            assert_eq!((rocket.features(), rocket.transform(&long).unwrap().len()), (FEATURES, FEATURES));
            assert_eq!(rocket, MiniRocket::fit(&[&short, &long], short.len(), FEATURES, 3).unwrap());
            assert_ne!(rocket, MiniRocket::fit(&[&short, &long], short.len(), FEATURES, 4).unwrap());
        }
    }

    #[test]
    fn what_is_too_short_is_refused() {
        let fault = |error: Error| error.problems()[0].fault;
        assert_eq!(fault(MiniRocket::fit(&[], 9, 84, 0).unwrap_err()), Fault::BAD_SETTING);
        assert_eq!(fault(MiniRocket::fit(&[&[1.0; 8]], 8, 84, 0).unwrap_err()), Fault::BAD_SETTING);
        let rocket = MiniRocket::fit(&[&[1.0; 30]], 30, 84, 0).unwrap();
        assert_eq!(fault(rocket.transform(&[1.0; 29]).unwrap_err()), Fault::BAD_SETTING);
    }
}
