//! Fuzzy entropy.

use super::exponential::exponential_of_negative;
use super::{EMBEDDING, spread};
use crate::features::constant::is_constant;

/// How fast resemblance fades with the square of the distance, r, in variances of the signal.
pub const FUZZY_TOLERANCE: f64 = 0.2;

/// Sums that run side by side, in registers.
const LANES: usize = 8;

/// The logarithm of how much less three samples in a row resemble each other than two do, in nats: 0 for what repeats
/// itself.
///
/// ```text
/// z = x / standard deviation (divisor n)
/// dᵢⱼ(m) = greatest |(zᵢ₊ₖ - mean of zᵢ … zᵢ₊ₘ₋₁) - (zⱼ₊ₖ - mean of zⱼ … zⱼ₊ₘ₋₁)|, k = 0 … m-1
/// φ(m) = mean over pairs i < j ≤ n - m of exp(-dᵢⱼ(m)² / r)
/// FuzzyEn = ln φ(m) - ln φ(m + 1),  m = 2, r = 0.2
/// ```
///
/// W. Chen, Z. Wang, H. Xie and W. Yu, *Characterization of surface EMG signal based on fuzzy entropy*, IEEE Transactions
/// on Neural Systems and Rehabilitation Engineering 15, 2007: vectors without their mean, the exponential function with
/// exponent 2, and their r, on a signal whose standard deviation is 1. Not changed by shift or scale. 0 for a constant;
/// absent for fewer than four samples.
#[must_use]
pub fn fuzzy(samples: &[f64]) -> Option<f64> {
    if samples.len() < EMBEDDING + 2 {
        return None;
    }
    if is_constant(samples) {
        return Some(0.0);
    }
    let spread = spread(samples);
    let z: Vec<f64> = samples.iter().map(|sample| sample / spread).collect();
    let [pairs, triples] = resemblance(&Shapes::of(&z));
    Some(pairs.ln() - triples.ln())
}

/// Vectors of two and of three samples without their means, one for each place where both exist.
struct Shapes {
    /// Of two, the first sample; the second is its opposite.
    pair: Vec<f64>,
    /// Of three, all.
    triple: [Vec<f64>; 3],
}

impl Shapes {
    fn of(z: &[f64]) -> Self {
        let pair = z.windows(3).map(|window| (window[0] - window[1]) / 2.0).collect();
        let triple = [0, 1, 2].map(|place| {
            z.windows(3).map(|window| window[place] - (window[0] + window[1] + window[2]) / 3.0).collect()
        });
        Self { pair, triple }
    }
}

/// Sums of resemblance over all pairs of vectors of two, and of three.
fn resemblance(shapes: &Shapes) -> [f64; 2] {
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512f") && std::arch::is_x86_feature_detected!("avx512dq") {
            // SAFETY: the processor has these instructions.
            return unsafe { resemblance_with_avx512(shapes) };
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has these instructions.
            return unsafe { resemblance_with_avx2(shapes) };
        }
    }
    resemblance_in(shapes)
}

/// The same, compiled for wider registers. Nothing in it is fused or reordered, so the result is the same.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq")]
fn resemblance_with_avx512(shapes: &Shapes) -> [f64; 2] {
    resemblance_in(shapes)
}

/// The same, compiled for registers half as wide.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn resemblance_with_avx2(shapes: &Shapes) -> [f64; 2] {
    resemblance_in(shapes)
}

/// Resemblances of one vector with all later ones are computed into a row and then summed: two loops that compilers turn
/// into vector instructions.
#[inline(always)]
fn resemblance_in(Shapes { pair, triple: [a, b, c] }: &Shapes) -> [f64; 2] {
    let mut row = vec![0.0; pair.len()];
    let mut sums = [0.0; 2];
    for i in 0..pair.len() {
        let later = i + 1;
        let row = &mut row[later..];
        for (resemblance, pair_j) in row.iter_mut().zip(&pair[later..]) {
            *resemblance = resemblance_at((pair_j - pair[i]).powi(2));
        }
        sums[0] += sum(row);
        for (((resemblance, a_j), b_j), c_j) in
            row.iter_mut().zip(&a[later..]).zip(&b[later..]).zip(&c[later..])
        {
            let [a, b, c] = [(a_j - a[i]).powi(2), (b_j - b[i]).powi(2), (c_j - c[i]).powi(2)];
            let greatest = if a > b { a } else { b };
            let greatest = if greatest > c { greatest } else { c };
            *resemblance = resemblance_at(greatest);
        }
        sums[1] += sum(row);
    }
    sums
}

/// exp(-d² / r)
#[inline(always)]
fn resemblance_at(square: f64) -> f64 {
    exponential_of_negative(square * (-1.0 / FUZZY_TOLERANCE))
}

/// A sum in a fixed order, in lanes side by side.
#[inline(always)]
fn sum(values: &[f64]) -> f64 {
    let (blocks, rest) = values.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for block in blocks {
        for (sum, value) in sums.iter_mut().zip(block) {
            *sum += value;
        }
    }
    for (sum, value) in sums.iter_mut().zip(rest) {
        *sum += value;
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, word for word.
    fn naive(samples: &[f64]) -> f64 {
        let spread = spread(samples);
        let vectors = |m: usize| -> Vec<Vec<f64>> {
            let windows = samples.windows(m).take(samples.len() - EMBEDDING);
            let without_mean = |window: &[f64]| {
                let mean = window.iter().sum::<f64>() / m as f64;
                window.iter().map(|sample| (sample - mean) / spread).collect()
            };
            windows.map(without_mean).collect()
        };
        let phi = |m: usize| {
            let vectors = vectors(m);
            let mut sum = 0.0;
            for (i, a) in vectors.iter().enumerate() {
                for b in &vectors[i + 1..] {
                    let distance = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                    sum += (-distance.powi(2) / FUZZY_TOLERANCE).exp();
                }
            }
            sum
        };
        phi(EMBEDDING).ln() - phi(EMBEDDING + 1).ln()
    }

    fn signal(count: u32) -> Vec<f64> {
        (0..count).map(|i| f64::from(i * i % 23) + f64::from(i).cos()).collect()
    }

    #[test]
    fn sums_in_registers_are_the_definition() {
        for count in [4, 5, 9, 31, 200] {
            let found = fuzzy(&signal(count)).unwrap();
            assert!((found - naive(&signal(count))).abs() < 1e-11, "{count}: {found}");
        }
    }

    #[test]
    fn registers_of_any_width_give_the_same_bits() {
        let shapes = Shapes::of(&signal(100));
        let expected = resemblance_in(&shapes);
        assert_eq!(resemblance(&shapes), expected);
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has these instructions.
            assert_eq!(unsafe { resemblance_with_avx2(&shapes) }, expected);
        }
    }

    #[test]
    fn a_constant_repeats_itself_and_three_samples_say_nothing() {
        assert_eq!(fuzzy(&[0.1; 20]), Some(0.0));
        assert_eq!(fuzzy(&[1.0, 2.0, 4.0]), None);
    }
}
