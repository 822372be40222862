//! A lower and an upper bound.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Part of all repetitions in which an interval holds the true value.
pub const CONFIDENCE: f64 = 0.95;

/// The values that data leave possible, with [`CONFIDENCE`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

impl Interval {
    /// As far to both sides.
    #[must_use]
    pub const fn around(centre: f64, half_width: f64) -> Self {
        Self { low: centre - half_width, high: centre + half_width }
    }

    /// Whether a value lies in it. Bounds do; nothing lies in an interval with a bound that is not a number.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// From the lowest to the highest.
    #[must_use]
    pub const fn width(&self) -> f64 {
        self.high - self.low
    }

    /// Held within what a part of a whole can be: from 0 to 1.
    #[must_use]
    pub const fn of_parts(self) -> Self {
        Self { low: self.low.max(0.0), high: self.high.min(1.0) }
    }

    /// The same of parts in percent.
    #[must_use]
    pub const fn in_percent(self) -> Self {
        Self { low: 100.0 * self.low, high: 100.0 * self.high }
    }

    /// The same, moved.
    #[must_use]
    pub const fn shifted(self, by: f64) -> Self {
        Self { low: self.low + by, high: self.high + by }
    }
}

impl fmt::Display for Interval {
    /// With one decimal: `43.8 to 50.4`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:.1} to {:.1}", self.low, self.high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_belong_to_an_interval_and_nan_does_not() {
        let interval = Interval::around(1.0, 0.5);
        assert!(interval.contains(0.5) && interval.contains(1.5) && !interval.contains(1.6));
        assert!(!interval.contains(f64::NAN) && !Interval::around(f64::NAN, 1.0).contains(0.0));
        assert_eq!(interval.width(), 1.0);
        assert_eq!(interval.shifted(1.0), Interval { low: 1.5, high: 2.5 });
    }
}
