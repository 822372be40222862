//! The paper's average, and differences of two of them.
//!
//! The paper reports the mean of all runs but the lowest and the highest. Every comparison of runs here is one of such means,
//! so that the rows of a table and the differences between them agree. Fewer than three values, which trimming would leave
//! none of, are not trimmed.

use super::probability::Probability;
use super::student::student_quantile;
use super::{Interval, mean, mean_interval, standard_deviation};

/// The mean of all values but the lowest and the highest (paper: 2). Of equal ones, one is left out.
///
/// Nothing for fewer than three values, which would leave none; not a number if a value is not.
#[must_use]
pub fn trimmed_mean(values: &[f64]) -> Option<f64> {
    (values.len() > 2).then(|| average(values))
}

/// The same, and the plain mean of fewer than three values.
#[must_use]
pub fn average(values: &[f64]) -> f64 {
    let (sorted, cut) = (sorted(values), cut(values.len()));
    mean(&sorted[cut..sorted.len() - cut])
}

/// `x̄ₜ ± t s_w / (√n (1 - 2/n))` around the [`trimmed_mean`], with `n - 3` degrees of freedom.
///
/// `s_w` is the standard deviation after the lowest value was set to the second lowest and the highest to the second
/// highest. Reference: J. W. Tukey and D. H. McLaughlin, *Less vulnerable confidence and significance procedures for
/// location based on a single sample*, Sankhyā A 25, 1963. Nothing for fewer than four values.
#[must_use]
pub fn trimmed_mean_interval(values: &[f64]) -> Option<Interval> {
    let centre = trimmed_mean(values).filter(|_| values.len() > 3)?;
    let count = values.len() as f64;
    let error = standard_deviation(&winsorized(values)) / (count.sqrt() * (1.0 - 2.0 / count));
    Some(Interval::around(centre, student_quantile(count - 3.0) * error))
}

/// The same around the [`average`]: two values have the t interval of their mean. Nothing for one value, nor for three, of
/// which one is left.
#[must_use]
pub fn average_interval(values: &[f64]) -> Option<Interval> {
    if values.len() == 2 { mean_interval(values) } else { trimmed_mean_interval(values) }
}

/// An interval on the difference of the [averages](average) of two groups that are not paired: Yuen's, which for groups of
/// two is Welch's.
///
/// With `h = n - 2` values that are left, the squared error of an average is `s_w² (n - 1) / (h (h - 1))`; the degrees of
/// freedom are Welch's, with `h` for `n`. Reference: K. K. Yuen, *The two-sample trimmed t for unequal population variances*,
/// Biometrika 61, 1974. Nothing where an average has no interval.
#[must_use]
pub fn difference_of_averages(first: &[f64], second: &[f64]) -> Option<Interval> {
    let [(one, one_freedom), (other, other_freedom)] =
        [squared_error(&winsorized(first), first.len())?, squared_error(&winsorized(second), second.len())?];
    let (variance, centre) = (one + other, average(first) - average(second));
    // Where nothing varies the degrees of freedom are 0 / 0, and of no use.
    let freedom = variance.powi(2) / (one.powi(2) / one_freedom + other.powi(2) / other_freedom);
    interval_around(centre, (variance, freedom))
}

/// The same for groups whose values are paired, each trimmed by itself.
///
/// The squared error is the sum of the two, less twice `(n - 1) s_w,xy / (h (h - 1))` with the covariance of the winsorised pairs;
/// `h - 1` degrees of freedom. Reference: R. R. Wilcox, *Introduction to Robust Estimation and Hypothesis Testing*, 3rd ed., 2012, 5.9.5.
#[must_use]
pub fn difference_of_paired_averages(first: &[f64], second: &[f64]) -> Option<Interval> {
    let [one, other] = [winsorized(first), winsorized(second)];
    // s_x² + s_y² - 2 s_xy is the variance of the differences.
    let differences: Vec<f64> = one.iter().zip(&other).map(|(one, other)| one - other).collect();
    interval_around(average(first) - average(second), squared_error(&differences, first.len())?)
}

/// The probability that the averages of two groups are at least as far apart if all values were dealt out to the groups anew:
/// a permutation test, two-sided, of values that are drawn. 1 if a group is empty.
#[must_use]
pub fn exchange_test(first: &[f64], second: &[f64]) -> Probability {
    if first.is_empty() || second.is_empty() {
        return Probability::counted(1.0);
    }
    let mut all = [first, second].concat();
    let distance = |all: &[f64]| (average(&all[..first.len()]) - average(&all[first.len()..])).abs();
    let found = distance(&all);
    Probability::drawn(|chance| {
        chance.shuffle(&mut all);
        is_reached(distance(&all), found)
    })
}

/// The probability that the averages of two paired groups are at least as far apart if each pair had as soon been the other way
/// round: two-sided.
#[must_use]
pub fn paired_exchange_test(first: &[f64], second: &[f64]) -> Probability {
    let (mut one, mut other) = (first.to_vec(), second.to_vec());
    either_way(first.len().min(second.len()), |is_exchanged| {
        for (place, is_exchanged) in is_exchanged.iter().enumerate() {
            let pair = (first[place], second[place]);
            (one[place], other[place]) = if *is_exchanged { (pair.1, pair.0) } else { pair };
        }
        average(&one) - average(&other)
    })
}

/// The probability that the average of differences is at least as far from 0 if each had as soon had the other sign: the
/// [sign-flip test](super::sign_flip_test) of an average, two-sided. Of more than 16 differences, signs are drawn.
#[must_use]
pub fn average_sign_flip_test(differences: &[f64]) -> Probability {
    if differences.len() > MAX_COUNTED {
        return drawn_signs(differences);
    }
    let mut flipped = differences.to_vec();
    either_way(differences.len(), |is_flipped| {
        for (place, is_flipped) in is_flipped.iter().enumerate() {
            flipped[place] = if *is_flipped { -differences[place] } else { differences[place] };
        }
        average(&flipped)
    })
}

/// The sign-flip test of an average with drawn signs.
///
/// The average depends only on how many differences of each size are positive, which follow a binomial distribution. Accuracies
/// take few values, so that a draw costs a bit for each difference and a step for each size.
fn drawn_signs(differences: &[f64]) -> Probability {
    let mut sizes: Vec<f64> = differences.iter().map(|difference| difference.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let groups: Vec<(f64, u64)> =
        sizes.chunk_by(|one, next| one == next).map(|group| (group[0], group.len() as u64)).collect();
    let (smallest, left) = (groups[0].0, differences.len() - 2 * cut(differences.len()));
    let found = average(differences).abs();
    Probability::drawn(|chance| {
        // The groups rise, so the last positive one holds the highest value, and the last negative one the lowest.
        let (mut sum, mut lowest, mut highest) = (0.0, smallest, -smallest);
        for (size, count) in &groups {
            let positive = chance.heads(*count);
            sum += size * (2.0 * positive as f64 - *count as f64);
            highest = if positive > 0 { *size } else { highest };
            lowest = if positive < *count { -size } else { lowest };
        }
        is_reached(((sum - lowest - highest) / left as f64).abs(), found)
    })
}

/// Most choices of one of two ways whose combinations are counted.
const MAX_COUNTED: usize = 16;

/// How often a statistic is as far from 0 as with no choice taken, over all choices of so many things; of more than
/// [`MAX_COUNTED`], choices are drawn.
fn either_way(count: usize, mut statistic: impl FnMut(&[bool]) -> f64) -> Probability {
    let mut choices = vec![false; count];
    if count == 0 {
        return Probability::counted(1.0);
    }
    let found = statistic(&choices).abs();
    if count > MAX_COUNTED {
        return Probability::drawn(|chance| {
            choices.iter_mut().for_each(|choice| *choice = chance.below(2) == 1);
            is_reached(statistic(&choices).abs(), found)
        });
    }
    let ways = 1_u32 << count;
    let extreme = (0..ways).filter(|way| {
        (0..).zip(&mut choices).for_each(|(place, choice): (u32, &mut bool)| *choice = way >> place & 1 == 1);
        is_reached(statistic(&choices).abs(), found)
    });
    Probability::counted(extreme.count() as f64 / f64::from(ways))
}

/// Whether a distance is as large as one that was found, but for rounding.
fn is_reached(distance: f64, found: f64) -> bool {
    distance >= found - 1e-9
}

/// How many of so many values are left out at each end.
const fn cut(count: usize) -> usize {
    if count > 2 { 1 } else { 0 }
}

/// In rising order; all of them NaN if one is, which would otherwise be taken for the highest and left out.
fn sorted(values: &[f64]) -> Vec<f64> {
    if values.iter().any(|value| value.is_nan()) {
        return vec![f64::NAN; values.len()];
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// In their own order, the lowest set to the second lowest and the highest to the second highest.
fn winsorized(values: &[f64]) -> Vec<f64> {
    let (sorted, cut) = (sorted(values), cut(values.len()));
    let held = |value: &f64| value.max(sorted[cut]).min(sorted[sorted.len() - 1 - cut]);
    if sorted.iter().any(|value| value.is_nan()) { sorted } else { values.iter().map(held).collect() }
}

/// The squared standard error of the average of so many values, from winsorised ones, and its degrees of freedom; nothing
/// if fewer than two are left.
fn squared_error(winsorized: &[f64], count: usize) -> Option<(f64, f64)> {
    let left = (count - 2 * cut(count)) as f64;
    let error = standard_deviation(winsorized).powi(2) * (count as f64 - 1.0) / (left * (left - 1.0));
    (left > 1.0).then_some((error, left - 1.0))
}

fn interval_around(centre: f64, (squared_error, freedom): (f64, f64)) -> Option<Interval> {
    let half_width =
        if squared_error == 0.0 { 0.0 } else { student_quantile(freedom) * squared_error.sqrt() };
    Some(Interval::around(centre, half_width))
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    const VALUES: [f64; 7] = [0.41, 0.52, 0.49, 0.44, 0.64, 0.31, 0.46];

    #[test]
    fn the_lowest_and_the_highest_are_left_out() {
        assert_close(trimmed_mean(&VALUES).unwrap(), 0.464, 1e-15);
        assert_eq!(trimmed_mean(&[3.0, 100.0, -5.0]), Some(3.0));
    }

    #[test]
    fn of_equal_values_one_is_left_out() {
        assert_eq!(trimmed_mean(&[1.0, 1.0, 4.0, 4.0]), Some(2.5));
    }

    #[test]
    fn fewer_than_three_values_have_no_trimmed_mean() {
        assert_eq!(trimmed_mean(&[]), None);
        assert_eq!(trimmed_mean(&[1.0, 2.0]), None);
        assert_eq!(trimmed_mean_interval(&[1.0, 2.0, 3.0]), None);
    }

    #[test]
    fn nan_is_not_taken_for_the_highest() {
        assert!(trimmed_mean(&[1.0, 2.0, 3.0, f64::NAN]).unwrap().is_nan());
        assert!(trimmed_mean_interval(&[1.0, 2.0, 3.0, f64::NAN]).unwrap().low.is_nan());
    }

    const OTHER: [f64; 7] = [0.49, 0.57, 0.69, 0.55, 0.40, 0.36, 0.47];

    #[test]
    fn intervals_on_differences_are_those_of_yuen_and_wilcox() {
        // scipy.stats.ttest_ind(x, y, equal_var=False, trim=1 / 7 + 1e-12): t = -0.664978, 6.787871 degrees of freedom; the interval
        // around the difference from its standard error, in numpy.
        let found = difference_of_averages(&VALUES, &OTHER).unwrap();
        assert_close(found.low, -0.146_515_002_391_462_6, 1e-9);
        assert_close(found.high, 0.082_515_002_391_462_6, 1e-9);
        // In numpy, from the formula: √(d_x + d_y - 2 d_xy) with numpy.cov of the winsorised values, and 4 degrees of freedom.
        let found = difference_of_paired_averages(&VALUES, &OTHER).unwrap();
        assert_close(found.low, -0.150_261_104_740_826_43, 1e-9);
        assert_close(found.high, 0.086_261_104_740_826_4, 1e-9);
        // Groups of other sizes, in numpy.
        let found = difference_of_averages(&VALUES, &OTHER[..5]).unwrap();
        assert_close(found.low, -0.186_648_591_908_154_91, 1e-9);
        assert_close(found.high, 0.041_315_258_574_821_82, 1e-9);
        // Two values each: Welch's. scipy.stats.ttest_ind([1, 2], [3, 6], equal_var=False).confidence_interval()
        let welch = difference_of_averages(&[1.0, 2.0], &[3.0, 6.0]).unwrap();
        assert_close(welch.low, -16.272_108_889_547_31, 1e-9);
        assert_close(welch.high, 10.272_108_889_547_312, 1e-9);
        assert_eq!(difference_of_averages(&VALUES, &[1.0, 2.0, 3.0]), None);
        assert_eq!(difference_of_averages(&VALUES, &[1.0]), None);
        assert_eq!(difference_of_averages(&[1.0; 5], &[0.5; 5]), Some(Interval::around(0.5, 0.0)));
    }

    #[test]
    fn tests_count_or_draw_every_way() {
        // Two pairs are not trimmed: of 2² ways to exchange them, two are as far apart.
        let pairs = paired_exchange_test(&[2.0; 2], &[1.0; 2]);
        assert_eq!((pairs.p, pairs.standard_error), (0.5, None));
        // The lowest and the highest are left out: with one pair exchanged, or one sign changed, the average is the same.
        assert_eq!(paired_exchange_test(&[2.0; 4], &[1.0; 4]).p, (2.0 + 8.0) / 16.0);
        assert_eq!(average_sign_flip_test(&[1.0; 6]).p, (2.0 + 12.0) / 64.0);
        assert_eq!(average_sign_flip_test(&[1.0, 2.0, 4.0, 8.0]).p, 4.0 / 16.0);
        // Two and two: 2 of 6 ways are as far apart as 3.
        let drawn = exchange_test(&[1.0, 2.0], &[4.0, 5.0]);
        assert_close(drawn.p, 2.0 / 6.0, 5.0 * drawn.standard_error.unwrap());
        assert_eq!([exchange_test(&[], &[1.0]), paired_exchange_test(&[], &[])].map(|test| test.p), [1.0; 2]);
        let alike = [0.4; 20];
        assert_eq!(paired_exchange_test(&alike, &alike).p, 1.0);
    }

    #[test]
    fn drawn_signs_agree_with_counted_ones() {
        let differences = [0.5, 0.25, 0.25, -0.25, 0.75, 0.5, -0.5, 0.25, 0.0, 1.0, 0.25, -0.25];
        let (counted, drawn) = (average_sign_flip_test(&differences), drawn_signs(&differences));
        assert_eq!(counted.standard_error, None);
        assert_close(drawn.p, counted.p, 4.0 * drawn.standard_error.unwrap());
        // Of 2¹⁷ choices, 2 have equal signs, and 34 have one other sign, which trimming leaves out.
        let many = average_sign_flip_test(&[1.0; 17]);
        assert_close(many.p, 36.0 / 131_072.0, 5.0 * many.standard_error.unwrap());
    }

    #[test]
    fn the_interval_agrees_with_scipy() {
        // x = [0.41, 0.52, 0.49, 0.44, 0.64, 0.31, 0.46]; part = (1 + 1e-12) / 7
        // scipy.stats.mstats.trimmed_mean_ci(x, limits=(part, part))
        let interval = trimmed_mean_interval(&VALUES).unwrap();
        assert_close(interval.low, 0.394_644_423_501_479, 1e-9);
        assert_close(interval.high, 0.533_355_576_498_521, 1e-9);
    }
}
