//! Whether a signal changes at all.

/// Whether all values are the same, or there is none.
pub(super) fn is_constant(values: &[f64]) -> bool {
    values.windows(2).all(|pair| pair[0] == pair[1])
}

/// Whether differences of values up to `magnitude` differ by no more than such values are rounded: those of a ramp in
/// steps that binary fractions cannot hold.
pub(super) fn is_constant_but_for_rounding(differences: &[f64], magnitude: f64) -> bool {
    let lowest = differences.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = differences.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Two values, each off by half a unit in the last place, make one difference; two of these are compared.
    highest - lowest <= 4.0 * f64::EPSILON * magnitude
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_is_one_and_a_change_is_not() {
        assert!(is_constant(&[]) && is_constant(&[1.0]) && is_constant(&[0.1; 9]));
        assert!(!is_constant(&[0.1, 0.1, 0.100_000_000_000_000_02]));
    }

    #[test]
    fn steps_that_are_rounded_are_equal_steps() {
        let ramp: Vec<f64> = (0..1000).map(|i| 0.1 * f64::from(i)).collect();
        let steps: Vec<f64> = ramp.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(!is_constant(&steps));
        assert!(is_constant_but_for_rounding(&steps, 100.0));
        assert!(!is_constant_but_for_rounding(&[1.0, 1.0 + 1e-12], 100.0));
    }
}
