//! Quantiles.

/// The value below which a part of all values lies, from 0 (the lowest) to 1 (the highest).
///
/// With sorted values `x₀ … xₙ₋₁` and `h = (n - 1) part`: `x⌊h⌋ + (h - ⌊h⌋) (x⌈h⌉ - x⌊h⌋)`. This is type 7 of R. J.
/// Hyndman and Y. Fan, *Sample quantiles in statistical packages*, The American Statistician 50, 1996; numpy's default.
///
/// Nothing without values or for a part outside 0 to 1; not a number if a value is not.
#[must_use]
pub fn quantile(values: &[f64], part: f64) -> Option<f64> {
    if values.is_empty() || !(0.0..=1.0).contains(&part) {
        return None;
    }
    if values.iter().any(|value| value.is_nan()) {
        return Some(f64::NAN);
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() - 1) as f64 * part;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    // Equal neighbours may be infinite, and their difference is then not a number.
    Some(if below == above { below } else { below + place.fract() * (above - below) })
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn quantiles_agree_with_numpy() {
        // x = [0.41, 0.52, 0.49, 0.44, 0.64, 0.31, 0.46]; numpy.quantile(x, [0, .25, .5, .9, 1])
        let values = [0.41, 0.52, 0.49, 0.44, 0.64, 0.31, 0.46];
        for (part, expected) in [(0.0, 0.31), (0.25, 0.425), (0.5, 0.46), (0.9, 0.568), (1.0, 0.64)] {
            assert_close(quantile(&values, part).unwrap(), expected, 1e-15);
        }
    }

    #[test]
    fn what_has_no_quantile_says_so() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[1.0], 1.1), None);
        assert_eq!(quantile(&[1.0], f64::NAN), None);
        assert!(quantile(&[1.0, f64::NAN], 0.0).unwrap().is_nan());
        assert_eq!(quantile(&[f64::INFINITY; 2], 0.5), Some(f64::INFINITY));
    }
}
