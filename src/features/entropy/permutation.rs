//! Permutation entropy.

use super::bits;

/// Orders of three samples.
const ORDERS: usize = 6;

/// `-Σ pₖ log₂ pₖ / log₂ 6` of the parts of all three samples in a row that have each of the six orders: from 0 for a
/// ramp to 1 for noise.
///
/// C. Bandt and B. Pompe, *Permutation entropy: a natural complexity measure for time series*, Physical Review Letters 88,
/// 2002, with order 3 and delay 1: 6 orders are estimated well even from the shortest recording, and so is no length.
/// Equal samples are ordered by time. Not changed by any increasing function of the samples. 0 for a constant; absent
/// for fewer than three samples.
#[must_use]
pub fn permutation(samples: &[f64]) -> Option<f64> {
    if samples.len() < 3 {
        return None;
    }
    let mut counts = [0; ORDERS + 2];
    for window in samples.windows(3) {
        let [a, b, c] = [window[0], window[1], window[2]];
        // Three comparisons tell the six orders apart; two of their eight outcomes cannot be.
        counts[usize::from(a > b) | usize::from(b > c) << 1 | usize::from(a > c) << 2] += 1;
    }
    Some(bits(&counts) / (ORDERS as f64).log2())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_order_says_nothing_and_all_six_alike_say_most() {
        let ramp: Vec<f64> = (0..10).map(f64::from).collect();
        assert_eq!(permutation(&ramp), Some(0.0));
        assert_eq!(permutation(&[0.1; 10]), Some(0.0));
        // 123, 132 reversed … each of the six orders once.
        let each_once = permutation(&[1.0, 2.0, 3.0, 0.5, 2.5, 0.0, -1.0, 1.0]).unwrap();
        assert!((0.0..=1.0).contains(&each_once));
        assert_eq!(permutation(&[1.0, 2.0]), None);
    }

    #[test]
    fn the_example_of_bandt_and_pompe_has_its_value() {
        // 4, 7, 9, 10, 6, 11, 3: two rises, two with the last lowest, one with the last in the middle: 1.522 bits.
        let found = permutation(&[4.0, 7.0, 9.0, 10.0, 6.0, 11.0, 3.0]).unwrap() * 6.0_f64.log2();
        assert!((found - 1.522).abs() < 5e-4, "{found}");
    }
}
