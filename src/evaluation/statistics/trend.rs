//! Whether a curve rises or falls over time.

/// Kendall's and Mann's `S = Σ sign(xⱼ - xᵢ)` over all `i < j`: pairs that rise, less pairs that fall. Above 0 the values
/// tend to rise, whatever their scale; 0 for fewer than two values.
///
/// Reference: H. B. Mann, *Nonparametric tests against trend*, Econometrica 13, 1945. Values that are not numbers count as
/// equal to all others.
#[must_use]
pub fn trend(values: &[f64]) -> i64 {
    let pairs = values.iter().enumerate().flat_map(|(place, earlier)| {
        values[place + 1..].iter().map(move |later| i64::from(later > earlier) - i64::from(later < earlier))
    });
    pairs.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_that_rise_count_for_it_and_pairs_that_fall_against_it() {
        assert_eq!([trend(&[]), trend(&[1.0])], [0, 0]);
        assert_eq!([trend(&[1.0, 2.0, 3.0]), trend(&[3.0, 2.0, 1.0])], [3, -3]);
        // By hand: 1-3 up, 1-2 up, 1-2 up, 3-2 down, 3-2 down, 2-2 equal.
        assert_eq!(trend(&[1.0, 3.0, 2.0, 2.0]), 1);
        assert_eq!(trend(&[1.0, f64::NAN, 2.0]), 1);
    }

    #[test]
    fn one_enormous_value_decides_nothing() {
        let falling: Vec<f64> =
            (0..20).map(|place| if place == 10 { 1e9 } else { -f64::from(place) }).collect();
        assert!(trend(&falling) < -150);
    }
}
