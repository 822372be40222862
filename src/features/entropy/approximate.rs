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
/// Vectors are sorted by their first sample. Those that may resemble one then stand next to it, so the others are never
/// looked at: of a normal signal's pairs of vectors about nine in ten. The comparisons that are left are the definition's
/// own, so the counts are exact.
fn resembling(samples: &[f64], tolerance: f64) -> [Vec<u32>; 2] {
    let vectors = samples.len() - 1;
    let mut order: Vec<usize> = (0..vectors).collect();
    order.sort_by(|&one, &other| samples[one].total_cmp(&samples[other]));
    // The last vector of two samples has no third one, and nothing is near what is not a number.
    let sorted = [0, 1, 2]
        .map(|place| order.iter().map(|i| samples.get(i + place).copied().unwrap_or(f64::NAN)).collect());
    let [pairs, triples] = counts(&sorted, tolerance);
    let in_time = |sorted: Vec<u32>| {
        let mut counts = vec![0; vectors];
        order.iter().zip(sorted).for_each(|(i, count)| counts[*i] = count);
        counts
    };
    let (pairs, mut triples) = (in_time(pairs), in_time(triples));
    triples.truncate(vectors - 1);
    [pairs, triples]
}

/// The counts of vectors that are sorted by their first sample.
fn counts(sorted: &[Vec<f64>; 3], tolerance: f64) -> [Vec<u32>; 2] {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has these instructions.
        return unsafe { counts_with_avx2(sorted, tolerance) };
    }
    counts_in(sorted, tolerance)
}

/// The same, compiled for wider registers. Counts are whole numbers, so the result is the same.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn counts_with_avx2(sorted: &[Vec<f64>; 3], tolerance: f64) -> [Vec<u32>; 2] {
    counts_in(sorted, tolerance)
}

#[inline(always)]
fn counts_in([first, second, third]: &[Vec<f64>; 3], tolerance: f64) -> [Vec<u32>; 2] {
    let count = first.len();
    let (mut pairs, mut triples) = (vec![1_u32; count], vec![1_u32; count]);
    let mut end = 0;
    for i in 0..count {
        // Differences grow along the order, so the first that is too large ends the neighbourhood.
        end = end.max(i + 1);
        while end < count && first[end] - first[i] <= tolerance {
            end += 1;
        }
        let (mut own_pairs, mut own_triples) = (0, 0);
        let near = (second[i + 1..end].iter().zip(&third[i + 1..end]))
            .zip(pairs[i + 1..end].iter_mut().zip(&mut triples[i + 1..end]));
        for ((second_j, third_j), (pairs_j, triples_j)) in near {
            let pair = u32::from((second_j - second[i]).abs() <= tolerance);
            let triple = pair & u32::from((third_j - third[i]).abs() <= tolerance);
            own_pairs += pair;
            own_triples += triple;
            *pairs_j += pair;
            *triples_j += triple;
        }
        pairs[i] += own_pairs;
        triples[i] += own_triples;
    }
    [pairs, triples]
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
    fn counting_among_neighbours_is_the_definition() {
        for count in [3, 4, 5, 8, 31, 200] {
            let samples: Vec<f64> = (0..count).map(|i| f64::from(i * i % 23) + f64::from(i).cos()).collect();
            let found = approximate(&samples).unwrap();
            assert!((found - naive(&samples)).abs() < 1e-13, "{count}: {found}");
        }
    }

    /// Lag by lag, with whole numbers: the counts of the definition.
    fn counted_by_lag(samples: &[f64], tolerance: f64) -> [Vec<u32>; 2] {
        [2, 3].map(|m| {
            let mut counts = vec![1; samples.len() + 1 - m];
            for i in 0..counts.len() {
                for j in i + 1..counts.len() {
                    if (0..m).all(|k| (samples[i + k] - samples[j + k]).abs() <= tolerance) {
                        counts[i] += 1;
                        counts[j] += 1;
                    }
                }
            }
            counts
        })
    }

    proptest::proptest! {
        #[test]
        fn counts_are_exact(
            samples in proptest::collection::vec(proptest::prop_oneof![-3.0..3.0, proptest::strategy::Just(0.5)], 3..60),
            tolerance in 0.0..2.0
        ) {
            let expected = counted_by_lag(&samples, tolerance);
            proptest::prop_assert_eq!(&resembling(&samples, tolerance), &expected);
        }
    }

    #[test]
    fn a_constant_repeats_itself_and_two_samples_say_nothing() {
        assert_eq!(approximate(&[0.1; 20]), Some(0.0));
        assert_eq!(approximate(&[1.0, 2.0]), None);
    }
}
