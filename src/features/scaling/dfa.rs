//! Detrended fluctuation analysis.

use super::{box_sizes, slope};
use crate::features::constant::is_constant;

/// The smallest box, in samples: the least in which a line leaves more than rounding (C.-K. Peng et al. use 4 too).
pub const DFA_SMALLEST_BOX: usize = 4;

/// The scaling exponent α: about 0.5 for white noise, 1 for 1/f noise, 1.5 for a random walk.
///
/// ```text
/// yₖ = Σᵢ₌₁..ₖ (xᵢ - x̄)                                       the profile
/// F(n) = √(mean over boxes of n of the mean square of y around its line in the box)
/// α = slope of ln F(n) over ln n
/// ```
///
/// C.-K. Peng, S. Havlin, H. E. Stanley and A. L. Goldberger, *Quantification of scaling exponents and crossover phenomena
/// in nonstationary heartbeat time series*, Chaos 5, 1995. Boxes do not overlap, start with the signal and leave its
/// incomplete rest out. Their sizes are 4, 5, 6, 8, … up to a tenth of the signal, so that F is a mean over at least
/// ten boxes, as in `nolds` and `antropy`.
///
/// Absent for a constant and for fewer than 50 samples, which have fewer than two sizes.
#[must_use]
pub fn fluctuation_exponent(samples: &[f64]) -> Option<f64> {
    if is_constant(samples) {
        return None;
    }
    let centre = crate::evaluation::statistics::mean(samples);
    let profile: Vec<f64> = samples
        .iter()
        .scan(0.0, |sum, sample| {
            *sum += sample - centre;
            Some(*sum)
        })
        .collect();
    let fluctuations = box_sizes(DFA_SMALLEST_BOX, samples.len() / 10).into_iter().map(|size| {
        let boxes = profile.chunks_exact(size);
        let count = boxes.len() as f64;
        (size as f64, (boxes.map(mean_square_around_line).sum::<f64>() / count).sqrt())
    });
    // Boxes in which nothing fluctuates have no logarithm.
    let points: Vec<(f64, f64)> =
        fluctuations.filter(|(_, f)| *f > 0.0).map(|(size, f)| (size.ln(), f.ln())).collect();
    slope(&points)
}

/// `Σ (yᵢ - a - b i)² / n` for the line that makes it least.
fn mean_square_around_line(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let middle = (count - 1.0) / 2.0;
    let centre = values.iter().sum::<f64>() / count;
    let places = (0..values.len()).map(|place| place as f64 - middle);
    let products: f64 = places.clone().zip(values).map(|(place, value)| place * (value - centre)).sum();
    // Σ (i - middle)² = n (n² - 1) / 12
    let steepness = products / (count * (count * count - 1.0) / 12.0);
    let squares = places.zip(values).map(|(place, value)| (value - centre - steepness * place).powi(2));
    squares.sum::<f64>() / count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_leaves_nothing() {
        assert!(mean_square_around_line(&[1.0, 3.0, 5.0, 7.0]) < 1e-30);
        // Around y = 1: (1, -1, -1, 1), which no line follows.
        assert_eq!(mean_square_around_line(&[2.0, 0.0, 0.0, 2.0]), 1.0);
    }

    #[test]
    fn fifty_samples_are_enough_and_49_are_not() {
        let samples: Vec<f64> = (0..50).map(|i| f64::from(i * i % 17)).collect();
        assert!(fluctuation_exponent(&samples).is_some());
        assert_eq!(fluctuation_exponent(&samples[..49]), None);
        assert_eq!(fluctuation_exponent(&[2.5; 100]), None);
    }
}
