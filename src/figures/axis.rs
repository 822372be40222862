//! A vertical or horizontal scale: where a value lies on it, and what is written beside it.

/// A scale from its lower to its upper end.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    ends: (f64, f64),
    logarithmic: bool,
    ticks: Vec<f64>,
}

impl Axis {
    /// Between two whole multiples of a step that hold both values, a tick at each multiple.
    pub(super) fn of_multiples(low: f64, high: f64, step: f64) -> Self {
        let first = (low / step).floor();
        let last = (high / step).ceil().max(first + 1.0);
        let ticks: Vec<f64> =
            (0..=(last - first) as usize).map(|tick| (first + tick as f64) * step).collect();
        Self { ends: (first * step, last * step), logarithmic: false, ticks }
    }

    /// From 0 to a number of something, at least one, with up to seven round ticks at whole numbers.
    pub(super) fn of_counts(most: usize) -> Self {
        let most = most.max(1) as f64;
        Self::from_zero(most, round_step(most / 6.0).max(1.0))
    }

    fn from_zero(high: f64, step: f64) -> Self {
        let ticks = (0..=(high / step) as usize).map(|tick| tick as f64 * step).collect();
        Self { ends: (0.0, high), logarithmic: false, ticks }
    }

    /// For losses from the lowest positive to the highest: logarithmic, a tick at each power of ten, where they span more
    /// than two decades; else linear from 0.
    pub(super) fn of_losses(lowest: f64, highest: f64) -> Self {
        if highest <= 100.0 * lowest {
            let high = if highest > 0.0 { highest * 1.02 } else { 1.0 };
            return Self::from_zero(high, round_step(high / 6.0));
        }
        let (first, last) = (lowest.log10().ceil() as i32, highest.log10().floor() as i32);
        let ticks: Vec<f64> = (first..=last).map(|exponent| 10_f64.powi(exponent)).collect();
        Self { ends: (lowest * 0.9, highest * 1.1), logarithmic: true, ticks }
    }

    /// For values of any kind: logarithmic, a tick at each power of ten, where the positive ones span more than two
    /// decades and none is negative; else linear between round numbers.
    pub(super) fn of_values(values: &[f64]) -> Self {
        let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let positive = values.iter().copied().filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min);
        if lowest >= 0.0 && highest > 100.0 * positive {
            Self::of_losses(positive, highest)
        } else if lowest < highest {
            Self::of_multiples(lowest, highest, round_step((highest - lowest) / 4.0))
        } else {
            Self::of_multiples(lowest.min(0.0), highest.max(1.0), 1.0)
        }
    }

    /// Whether equal distances are equal ratios.
    pub(super) const fn is_logarithmic(&self) -> bool {
        self.logarithmic
    }

    /// How far a value is from the lower end, as a part of the whole; what lies beyond an end lies on it.
    pub(super) fn part(&self, value: f64) -> f64 {
        let scale = |value: f64| if self.logarithmic { value.log10() } else { value };
        let (low, high) = (scale(self.ends.0), scale(self.ends.1));
        // A loss of 0 is minus infinity on a logarithmic scale, and on its lower end here.
        ((scale(value) - low) / (high - low)).clamp(0.0, 1.0)
    }

    /// The ticks, lowest first.
    pub(super) fn ticks(&self) -> &[f64] {
        &self.ticks
    }
}

/// The smallest of 1, 2 and 5 times a power of ten that is not below a positive value.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power).into_iter().find(|step| *step >= least).unwrap_or(least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within_the_ends() {
        assert_eq!(Axis::of_counts(3000).ticks(), [0.0, 500.0, 1000.0, 1500.0, 2000.0, 2500.0, 3000.0]);
        assert_eq!(Axis::of_counts(3).ticks(), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(Axis::of_losses(0.9, 1.1).ticks(), [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]);
        assert_eq!(Axis::of_losses(0.0, 0.0).ticks().first(), Some(&0.0));
        assert_eq!(Axis::of_multiples(23.1, 69.0, 10.0).ticks(), [20.0, 30.0, 40.0, 50.0, 60.0, 70.0]);
        assert_eq!(Axis::of_multiples(30.0, 30.0, 10.0).ticks(), [30.0, 40.0]);
    }

    #[test]
    fn values_of_any_kind_have_a_scale() {
        assert_eq!(
            Axis::of_values(&[0.62, 0.93, 0.7]).ticks(),
            [0.6000000000000001, 0.7000000000000001, 0.8, 0.9, 1.0]
        );
        assert!(Axis::of_values(&[0.0, 0.02, 130.0]).is_logarithmic());
        assert!(!Axis::of_values(&[-1.0, 0.02, 130.0]).is_logarithmic());
        assert_eq!(Axis::of_values(&[]).ticks().len(), 2);
    }

    #[test]
    fn two_decades_of_losses_are_linear_and_more_are_not() {
        let (linear, logarithmic) = (Axis::of_losses(0.05, 5.0), Axis::of_losses(0.004, 48.0));
        assert!(!linear.is_logarithmic() && logarithmic.is_logarithmic());
        assert_eq!(logarithmic.ticks(), [0.01, 0.1, 1.0, 10.0]);
        let parts = [0.01, 0.1, 1.0].map(|loss| logarithmic.part(loss));
        assert!((parts[2] - 2.0 * parts[1] + parts[0]).abs() < 1e-12, "{parts:?}");
        assert_eq!((logarithmic.part(0.0), logarithmic.part(1e9)), (0.0, 1.0));
        assert_eq!(linear.part(0.0), 0.0);
    }
}
