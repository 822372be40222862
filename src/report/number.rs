//! Numbers of any size as text.

/// A number with four significant digits: `0.00001234`, `12.34` and `1234567` are written as `1.234e-5`, `12.34` and `1234567`.
#[must_use]
pub fn significant(value: f64) -> String {
    const DIGITS: i32 = 4;
    let size = value.abs();
    if size == 0.0 || !size.is_finite() {
        return value.to_string();
    }
    if !(1e-4..1e9).contains(&size) {
        let text = format!("{value:.3e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", without_zeros(mantissa));
    }
    let decimals = (DIGITS - 1 - size.log10().floor() as i32).max(0) as usize;
    without_zeros(&format!("{value:.decimals$}")).to_owned()
}

/// Without zeros at the end of a fraction.
fn without_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_digits_are_kept_at_any_size() {
        for (value, text) in [
            (0.0, "0"),
            (-2.5, "-2.5"),
            (12.3456, "12.35"),
            (0.001234567, "0.001235"),
            (1.23456e-5, "1.235e-5"),
            (-4.2e-7, "-4.2e-7"),
            (123_456.7, "123457"),
            (1.5e12, "1.5e12"),
            (9.9996, "10"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(significant(value), text);
        }
    }
}
