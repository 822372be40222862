//! The Gaussian process behind a recording: changes at three paces, and an echo of moments long past.
//!
//! In samples, with white noises ε₁, ε₂, ε₃ and widths w₁ (fast, chosen by the local effect), w₂ and w₃:
//!
//! - hᵢ(k) ∝ (1 + cos(2πk/wᵢ)) / 2 for |k| < wᵢ/2, with Σₖ hᵢ(k)² = 1
//! - e(t) = Σᵢ √vᵢ · Σₖ hᵢ(k) εᵢ(t - k), with Σᵢ vᵢ = 1
//! - x(t) = Σⱼ aⱼ e(t - jD), aⱼ ∝ ρʲ, j = 0 … 3, with Σⱼ aⱼ² = 1 (ρ: the echo; D: 50 s)
//!
//! Both sums are finite and start before the recording does, so x is exactly stationary: mean 0, variance 1, and
//! with r the autocovariance of e,
//!
//! - **Cov(x(t), x(t + τ)) = Σⱼₖ aⱼ aₖ r(τ + (j - k)D)**
//!
//! # Why short windows cannot tell an echo
//! hᵢ spans fewer than 128 samples, so r(τ) = 0 for |τ| ≥ 127. For |τ| ≤ D - 127 = 273 every term with j ≠ k has
//! |τ + (j - k)D| ≥ D - 273 = 127 and vanishes; the others sum to r(τ) Σ aⱼ² = r(τ). So within any window of 272
//! samples (34 s) x has the covariance of e, whatever ρ is; and as x is Gaussian with mean 0, its covariance is its
//! whole law there. An echo moves only lags around D, 2D and 3D: at D,
//! ρ = 0.80 gives 0.71.
//!
//! # Why long lags cannot tell the texture
//! The fast part is independent of the others, and its r₁(τ) is 0 for |τ| ≥ w₁. Without an echo, lags beyond w₁
//! (2.1 s at strength 1) are those of the slow parts, which do not depend on the genre.

use std::f64::consts::TAU;

use super::design::RATE_HZ;
use super::effect::Truth;
use super::noise::Noise;

/// Samples between a moment and its echo: 50 s.
pub const ECHO_LAG: usize = 400;
/// Samples of the longest window whose law is the same whatever the echo: 34 s.
///
/// It is also what a unit of the paper's CNN sees before the pooling over all time, if a step is a frame of 8 samples
/// and a kernel spans 3 steps: the first convolution, three blocks of two and two poolings by 2 make
/// 1 + 2 + 4 + 1 + 8 + 2 + 16 = 34 frames.
pub const BLIND_WINDOW: usize = 272;

/// How often a moment echoes.
const ECHOES: usize = 3;
/// Widths of the slow parts, in samples: 5 s and 16 s.
const SLOW_WIDTHS: [f64; 2] = [40.0, 128.0];
/// Shares of the variance: fast part, then the slow ones. Chosen for an autocorrelation near that of real signals.
const SHARES: [f64; 3] = [0.5, 0.2, 0.3];
/// Samples of white noise on either side of the signal, for the kernels' tails (at most 63 samples).
const MARGIN: usize = 64;

/// A stretch of x: standard normal at every sample, with the covariance of the module's head.
#[must_use]
pub fn gaussian(truth: Truth, length: usize, noise: &mut Noise) -> Vec<f64> {
    let history = ECHOES * ECHO_LAG;
    let mut e = vec![0.0; history + length];
    for (kernel, share) in kernels(truth).iter().zip(SHARES) {
        // As much noise for every genre and effect, so that all of them draw the same numbers from a seed.
        let white = noise.white(history + length + 2 * MARGIN);
        let start = MARGIN - kernel.len() / 2;
        for (k, weight) in kernel.iter().enumerate() {
            add_scaled(&mut e, share.sqrt() * weight, &white[start + k..]);
        }
    }
    let mut x = vec![0.0; length];
    for (echo, weight) in echo_weights(truth.echo).into_iter().enumerate() {
        add_scaled(&mut x, weight, &e[history - echo * ECHO_LAG..]);
    }
    x
}

/// The covariance of x(t) and x(t + lag), lag in samples: what an autocorrelation estimates.
#[must_use]
pub fn autocovariance(truth: Truth, lag: usize) -> f64 {
    let kernels = kernels(truth);
    let r = |lag: usize| -> f64 {
        let of_kernel = |kernel: &Vec<f64>| -> f64 {
            kernel.iter().zip(kernel.iter().skip(lag)).map(|(one, other)| one * other).sum()
        };
        kernels.iter().zip(SHARES).map(|(kernel, share)| share * of_kernel(kernel)).sum()
    };
    let weights = echo_weights(truth.echo);
    let mut sum = 0.0;
    for (j, one) in weights.iter().enumerate() {
        for (k, other) in weights.iter().enumerate() {
            sum += one * other * r((lag + j * ECHO_LAG).abs_diff(k * ECHO_LAG));
        }
    }
    sum
}

/// h₁, h₂ and h₃, each of odd length and of unit energy.
fn kernels(truth: Truth) -> [Vec<f64>; 3] {
    let [slow, slowest] = SLOW_WIDTHS;
    [truth.fast_seconds * f64::from(RATE_HZ), slow, slowest].map(|width| {
        let half = (width / 2.0).ceil() as i32 - 1;
        let bump: Vec<f64> = (-half..=half).map(|k| hann(f64::from(k), width)).collect();
        let norm = bump.iter().map(|value| value * value).sum::<f64>().sqrt();
        bump.into_iter().map(|value| value / norm).collect()
    })
}

/// Hann's bump of a width around 0, where it is 1: (1 + cos(2πk/w)) / 2, and 0 for |k| ≥ w/2.
pub(super) fn hann(k: f64, width: f64) -> f64 {
    if 2.0 * k.abs() < width { 0.5 * (1.0 + libm::cos(TAU * k / width)) } else { 0.0 }
}

/// a₀ … a₃.
fn echo_weights(echo: f64) -> [f64; ECHOES + 1] {
    let mut weights = [1.0; ECHOES + 1];
    for j in 1..=ECHOES {
        weights[j] = weights[j - 1] * echo;
    }
    let norm = weights.iter().map(|weight| weight * weight).sum::<f64>().sqrt();
    weights.map(|weight| weight / norm)
}

/// sum(t) += weight · terms(t). One sample after another, each with its own sum, so no compiler may reorder it.
fn add_scaled(sum: &mut [f64], weight: f64, terms: &[f64]) {
    for (sum, term) in sum.iter_mut().zip(terms) {
        *sum += weight * term;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::recordings::Genre;
    use crate::recordings::Participant;
    use crate::recordings::synthetic::{Effect, MAX_STRENGTH};

    fn truths(effect: Effect) -> [Truth; 3] {
        Genre::ALL.map(|genre| effect.truth(1.0, genre))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]
        #[test]
        fn an_echo_leaves_every_lag_within_the_blind_window_alone(strength in 0.0..=MAX_STRENGTH) {
            let without = Effect::Null.truth(0.0, Genre::Classical);
            for genre in Genre::ALL {
                let with = Effect::LongRange.truth(strength, genre);
                for lag in 0..BLIND_WINDOW {
                    let difference = autocovariance(with, lag) - autocovariance(without, lag);
                    prop_assert!(difference.abs() < 1e-12, "{genre}, lag {lag}: {difference}");
                }
            }
        }
    }

    #[test]
    fn an_echo_moves_the_lag_of_50_seconds() {
        let [copy, nothing, inverse] = truths(Effect::LongRange).map(|truth| autocovariance(truth, ECHO_LAG));
        assert!(
            (copy - 0.71).abs() < 0.01 && nothing == 0.0 && inverse == -copy,
            "{copy} {nothing} {inverse}"
        );
    }

    #[test]
    fn the_local_effect_moves_short_lags_and_no_long_ones() {
        let [slow, plain, fast] = truths(Effect::Local);
        let at = |truth, lag| autocovariance(truth, lag);
        assert!(at(slow, 4) > at(plain, 4) + 0.05 && at(plain, 4) > at(fast, 4) + 0.05);
        for lag in 17..2 * ECHO_LAG {
            assert!((at(slow, lag) - at(fast, lag)).abs() < 1e-12, "lag {lag}");
        }
    }

    #[test]
    fn a_sample_has_variance_one_in_every_genre() {
        for truth in Effect::ALL.into_iter().flat_map(truths) {
            assert!((autocovariance(truth, 0) - 1.0).abs() < 1e-12, "{truth:?}");
        }
    }

    /// The signal has the covariance that the documentation computes. Bounds: four standard errors, from the spread
    /// of 200 independent stretches.
    #[test]
    fn what_is_generated_has_the_covariance_that_is_stated() {
        let truth = Effect::Mixed.truth(1.0, Genre::Pop);
        let lags = [0, 1, 4, 16, 64, 271, ECHO_LAG, 2 * ECHO_LAG];
        let products: Vec<[f64; 8]> = (0..200)
            .map(|seed| {
                let x = gaussian(truth, 1000, &mut Noise::of_participant(seed, Participant::new(1)));
                lags.map(|lag| {
                    let pairs = x.iter().zip(&x[lag..]);
                    pairs.map(|(one, other)| one * other).sum::<f64>() / (x.len() - lag) as f64
                })
            })
            .collect();
        for (index, lag) in lags.into_iter().enumerate() {
            let mean = products.iter().map(|product| product[index]).sum::<f64>() / 200.0;
            let variance =
                products.iter().map(|product| (product[index] - mean).powi(2)).sum::<f64>() / 199.0;
            let z = (mean - autocovariance(truth, lag)) / (variance / 200.0).sqrt();
            assert!(z.abs() < 4.0, "lag {lag}: {mean}, z {z}");
        }
    }
}
