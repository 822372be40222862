//! A difference with several sources of doubt.

use super::Interval;

/// The interval on `first - second`, where each has one interval for each independent source of doubt:
///
/// `low = d - √(Σ (first - lowᵢ)² + Σ (highⱼ - second)²)`, `high = d + √(Σ (highᵢ - first)² + Σ (second - lowⱼ)²)`.
///
/// Unlike a sum of variances it keeps the skew of an interval on a part. Reference: G. Y. Zou and A. Donner,
/// *Construction of confidence limits about effect measures: a general approach*, Statistics in Medicine 27, 2008; for
/// two parts, R. G. Newcombe, *Interval estimation for the difference between independent proportions*, Statistics in
/// Medicine 17, 1998, method 10.
#[must_use]
pub fn difference_interval(
    first: f64,
    doubts_of_first: &[Interval],
    second: f64,
    doubts_of_second: &[Interval],
) -> Interval {
    let squares = |first_bound: fn(&Interval) -> f64, second_bound: fn(&Interval) -> f64| {
        let of_first = doubts_of_first.iter().map(|doubt| (first_bound(doubt) - first).powi(2));
        let of_second = doubts_of_second.iter().map(|doubt| (second_bound(doubt) - second).powi(2));
        of_first.chain(of_second).sum::<f64>().sqrt()
    };
    let difference = first - second;
    Interval {
        low: difference - squares(|doubt| doubt.low, |doubt| doubt.high),
        high: difference + squares(|doubt| doubt.high, |doubt| doubt.low),
    }
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn it_agrees_with_newcombes_example() {
        // 56 of 70 and 48 of 80, Wilson's intervals: scipy.stats.binomtest(k, n).proportion_ci(0.95, 'wilson').
        // The paper gives 0.0524 to 0.3339.
        let first = Interval { low: 0.691_834, high: 0.876_953 };
        let second = Interval { low: 0.490_455, high: 0.700_382 };
        let interval = difference_interval(0.8, &[first], 0.6, &[second]);
        assert_close(interval.low, 0.0524, 1e-4);
        assert_close(interval.high, 0.3339, 1e-4);
    }

    #[test]
    fn sources_of_doubt_add_up_as_squares() {
        let doubts = [Interval::around(1.0, 0.3), Interval::around(1.0, 0.4)];
        let interval = difference_interval(1.0, &doubts, 0.5, &[]);
        assert_close(interval.low, 0.0, 1e-15);
        assert_close(interval.high, 1.0, 1e-15);
    }
}
