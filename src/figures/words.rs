//! A figure in words, for readers who do not see it.

/// What a figure says to those who do not see it, and where those who see it should look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InWords {
    /// Where to look.
    pub(super) caption: String,
    /// What is compared, how many there are, the main values, what intervals are over.
    pub(super) description: String,
}

impl InWords {
    pub(super) fn new(caption: impl Into<String>, description: impl Into<String>) -> Self {
        Self { caption: caption.into(), description: description.into() }
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A number of things, with their name in the plural if there are several.
pub(super) fn counted(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

/// From the lowest to the highest, with two significant digits: what a sample was cannot be read from it.
pub(super) fn range(values: impl IntoIterator<Item = f64>) -> String {
    let (low, high) = values
        .into_iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    let (low, high) = (rounded(low), rounded(high));
    if low == high { low } else { format!("{low} to {high}") }
}

/// A value with two significant digits.
pub(super) fn rounded(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let unit = 10_f64.powi(value.abs().log10().floor() as i32 - 1);
    let value = (value / unit).round() * unit;
    let decimals = (-unit.log10().round()).max(0.0) as usize;
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_listed_and_values_have_two_digits() {
        let parts = ["a", "b", "c"].map(str::to_owned);
        assert_eq!([&parts[..1], &parts[..2], &parts[..]].map(listed), ["a", "a and b", "a, b and c"]);
        assert_eq!(
            [0.01234, 1.26, 99.6, 1234.0, 0.0, -0.5].map(rounded),
            ["0.012", "1.3", "100", "1200", "0", "-0.50"]
        );
        assert_eq!(range([3.0, 1.0, 2.0]), "1.0 to 3.0");
        assert_eq!((counted(1, "run", "runs"), counted(0, "run", "runs")), ("1 run".into(), "0 runs".into()));
    }
}
