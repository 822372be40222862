//! Shannon entropy.

use super::bits;
use crate::features::constant::is_constant;

/// Bins of equal width between the lowest and the highest sample.
///
/// Fixed, because bins that multiply with the number of samples would make the entropy grow with the length of a
/// recording, which determines its genre.
pub const SHANNON_BINS: usize = 16;

/// `-Σ pₖ log₂ pₖ` of the parts of all samples in each of 16 bins of equal width, in bits: from 0, when all samples are in
/// one bin, to 4.
///
/// C. E. Shannon, *A mathematical theory of communication*, Bell System Technical Journal 27, 1948. A bin holds its lower
/// edge, the last one both. Not changed by order, shift or scale. 0 for a constant. Of a heavy-tailed signal nearly all
/// samples are in the first bin: the entropy then tells how far out its highest sample lies.
#[must_use]
pub fn shannon(samples: &[f64]) -> Option<f64> {
    let lowest = samples.iter().copied().reduce(f64::min)?;
    let highest = samples.iter().copied().reduce(f64::max)?;
    if is_constant(samples) {
        return Some(0.0);
    }
    let mut counts = [0; SHANNON_BINS];
    for sample in samples {
        // A number that is none lands in the first bin, one past the end in the last.
        let bin = (sample - lowest) / (highest - lowest) * SHANNON_BINS as f64;
        counts[(bin as usize).min(SHANNON_BINS - 1)] += 1;
    }
    Some(bits(&counts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_fills_its_bins_evenly_and_a_constant_one_bin() {
        let ramp: Vec<f64> = (0..16).map(f64::from).collect();
        assert_eq!(shannon(&ramp), Some(4.0));
        assert_eq!(shannon(&[0.1; 5]), Some(0.0));
        assert_eq!(shannon(&[1.0, 3.0]), Some(1.0));
        assert_eq!(shannon(&[]), None);
    }
}
