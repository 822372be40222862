//! Approximate entropy.

use super::{EMBEDDING, TOLERANCE, spread};

/// The logarithm of how often what resembles for two samples goes on resembling for a third, in nats: 0 for what
/// repeats itself.
///
/// ```text
/// Cᵢ(m) = part of all j with |xᵢ₊ₖ - xⱼ₊ₖ| ≤ r for k = 0 … m-1, itself included
/// φ(m) = mean over i of ln Cᵢ(m)
/// ApEn = φ(m) - φ(m + 1),  m = 2, r = 0.2 standard deviations
/// ```
///
/// S. M. Pincus, *Approximate entropy as a measure of system complexity*, PNAS 88, 1991. Not changed by shift, scale or
/// reversal. It is biased towards 0 for short signals, because each vector resembles itself. Absent for fewer than three
/// samples.
#[must_use]
pub fn approximate(samples: &[f64]) -> Option<f64> {
    let count = samples.len();
    if count <= EMBEDDING {
        return None;
    }
    let tolerance = TOLERANCE * spread(samples);
    let [pairs, triples] = resembling(samples, tolerance);
    Some(mean_logarithm_of_part(&pairs) - mean_logarithm_of_part(&triples))
}

/// For each vector of two samples, and of three, how many resemble it, itself included.
///
/// Lag by lag, so that each distance of two samples is computed once, and in loops without a branch.
fn resembling(samples: &[f64], tolerance: f64) -> [Vec<u32>; 2] {
    let count = samples.len();
    let (mut pairs, mut triples) = (vec![1_u32; count - 1], vec![1_u32; count - 2]);
    let mut near = vec![0_u32; count];
    for lag in 1..count - 1 {
        let near = &mut near[..count - lag];
        for ((near, sample), later) in near.iter_mut().zip(samples).zip(&samples[lag..]) {
            *near = u32::from((sample - later).abs() <= tolerance);
        }
        tally(&mut pairs, lag, near.len() - 1, |i| near[i] & near[i + 1]);
        tally(&mut triples, lag, near.len() - 2, |i| near[i] & near[i + 1] & near[i + 2]);
    }
    [pairs, triples]
}

/// Adds what holds for vectors `i` and `i + lag` to both.
#[inline(always)]
fn tally(counts: &mut [u32], lag: usize, vectors: usize, holds: impl Fn(usize) -> u32) {
    for (i, count) in counts[..vectors].iter_mut().enumerate() {
        *count += holds(i);
    }
    for (i, count) in counts[lag..lag + vectors].iter_mut().enumerate() {
        *count += holds(i);
    }
}

fn mean_logarithm_of_part(counts: &[u32]) -> f64 {
    let all = counts.len() as f64;
    counts.iter().map(|count| (f64::from(*count) / all).ln()).sum::<f64>() / all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, word for word.
    fn naive(samples: &[f64]) -> f64 {
        let tolerance = TOLERANCE * spread(samples);
        let phi = |m: usize| {
            let vectors: Vec<&[f64]> = samples.windows(m).collect();
            let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance);
            let part = |i: usize| vectors.iter().filter(|other| near(vectors[i], other)).count() as f64;
            let all = vectors.len() as f64;
            (0..vectors.len()).map(|i| (part(i) / all).ln()).sum::<f64>() / all
        };
        phi(EMBEDDING) - phi(EMBEDDING + 1)
    }

    #[test]
    fn counting_lag_by_lag_is_the_definition() {
        for count in [3, 4, 5, 8, 31, 200] {
            let samples: Vec<f64> = (0..count).map(|i| f64::from(i * i % 23) + f64::from(i).cos()).collect();
            let found = approximate(&samples).unwrap();
            assert!((found - naive(&samples)).abs() < 1e-13, "{count}: {found}");
        }
    }

    #[test]
    fn a_constant_repeats_itself_and_two_samples_say_nothing() {
        assert_eq!(approximate(&[0.1; 20]), Some(0.0));
        assert_eq!(approximate(&[1.0, 2.0]), None);
    }
}
