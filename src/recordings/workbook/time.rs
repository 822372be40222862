//! Reads the sampling rate off a time column that counts seconds.

use crate::error::Fault;

/// What a time column says.
#[derive(Debug, PartialEq)]
pub(super) struct Seconds {
    /// Rows that share a second.
    pub(super) rate_hz: u32,
    pub(super) flaws: Vec<Flaw>,
}

/// A rule that the time column breaks, at a zero-based index into it.
#[derive(Debug, PartialEq)]
pub(in crate::recordings) struct Flaw {
    pub(in crate::recordings) fault: Fault,
    pub(in crate::recordings) index: usize,
    pub(in crate::recordings) expected: String,
    pub(in crate::recordings) found: String,
}

/// A run of rows that share a second.
struct Second {
    start: usize,
    rows: usize,
}

/// Times must be whole seconds, each the same as the one before or the next.
///
/// The rate is the number of rows that more than half of the seconds have, the last one aside. A second may have
/// fewer rows, where the export lost some (second 256 of the published S10 has 7 of 8), but none may have more.
pub(super) fn seconds(times: &[f64]) -> Seconds {
    let (seconds, mut flaws) = runs(times);
    let whole = seconds.split_last().map_or(&[][..], |(_, whole)| whole);
    let (rows, share) = most_common(whole.iter().map(|second| second.rows)).unwrap_or((0, 0));
    if flaws.is_empty() && 2 * share <= whole.len() {
        let expected = "a number of rows that more than half of the seconds have".to_owned();
        let found = match whole {
            [] => "a single second".to_owned(),
            _ => format!("at most {share} of {} seconds that agree, with {rows} rows each", whole.len()),
        };
        flaws.push(Flaw { fault: Fault::UNEVEN_RATE, index: 0, expected, found });
    } else if flaws.is_empty() {
        flaws.extend(seconds.iter().filter(|second| second.rows > rows).map(|crowded| Flaw {
            fault: Fault::UNEVEN_RATE,
            index: crowded.start,
            expected: format!("at most {rows} rows in second {}, as in most others", times[crowded.start]),
            found: crowded.rows.to_string(),
        }));
    }
    Seconds { rate_hz: u32::try_from(rows).unwrap_or(u32::MAX), flaws }
}

/// The runs of rows that share a second, and where time is not whole, goes backwards or skips.
fn runs(times: &[f64]) -> (Vec<Second>, Vec<Flaw>) {
    let mut seconds: Vec<Second> = Vec::new();
    let mut flaws = Vec::new();
    let mut previous: Option<f64> = None;
    for (index, &time) in times.iter().enumerate() {
        if time.fract() != 0.0 {
            let expected = "a whole number of seconds".to_owned();
            flaws.push(Flaw {
                fault: Fault::TIME_NOT_WHOLE_SECONDS,
                index,
                expected,
                found: time.to_string(),
            });
            continue;
        }
        match (previous, seconds.last_mut()) {
            (Some(before), Some(second)) if time == before => second.rows += 1,
            _ => seconds.push(Second { start: index, rows: 1 }),
        }
        if let Some(before) = previous.filter(|before| time < *before || time > before + 1.0) {
            let fault = if time < before { Fault::TIME_GOES_BACKWARDS } else { Fault::TIME_SKIPS };
            let expected = format!("second {before} or {}", before + 1.0);
            flaws.push(Flaw { fault, index, expected, found: format!("second {time}") });
        }
        previous = Some(time);
    }
    (seconds, flaws)
}

/// The most common value and how often it comes.
fn most_common(values: impl Iterator<Item = usize>) -> Option<(usize, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for value in values {
        *counts.entry(value).or_insert(0_usize) += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Seconds that start at `first` and have the given numbers of rows.
    fn column(first: i32, rows: &[usize]) -> Vec<f64> {
        let seconds = rows.iter().enumerate();
        seconds.flat_map(|(second, &rows)| vec![f64::from(first) + second as f64; rows]).collect()
    }

    fn faults(times: &[f64]) -> Vec<(Fault, usize)> {
        seconds(times).flaws.iter().map(|flaw| (flaw.fault, flaw.index)).collect()
    }

    #[test]
    fn eight_rows_a_second_are_eight_hertz_and_the_last_second_may_be_short() {
        assert_eq!(seconds(&column(1, &[8, 8, 8, 7])), Seconds { rate_hz: 8, flaws: vec![] });
    }

    #[test]
    fn time_may_not_go_backwards_nor_skip() {
        assert_eq!(faults(&[1.0, 1.0, 2.0, 1.0]), [(Fault::TIME_GOES_BACKWARDS, 3)]);
        assert_eq!(faults(&[1.0, 1.0, 3.0, 3.0]), [(Fault::TIME_SKIPS, 2)]);
    }

    #[test]
    fn parts_of_a_second_are_refused() {
        assert_eq!(faults(&[1.0, 1.5, 2.0]), [(Fault::TIME_NOT_WHOLE_SECONDS, 1)]);
    }

    #[test]
    fn a_second_may_lack_rows_but_not_have_more() {
        assert_eq!(seconds(&column(1, &[4, 3, 4, 4])), Seconds { rate_hz: 4, flaws: vec![] });
        assert_eq!(faults(&column(1, &[4, 5, 4, 4])), [(Fault::UNEVEN_RATE, 4)]);
        assert_eq!(faults(&column(1, &[4, 4, 5])), [(Fault::UNEVEN_RATE, 8)]);
    }

    #[test]
    fn a_rate_that_the_seconds_do_not_agree_on_is_refused() {
        assert_eq!(faults(&column(1, &[4, 3, 4, 3, 4])), [(Fault::UNEVEN_RATE, 0)]);
        assert_eq!(faults(&column(1, &[8])), [(Fault::UNEVEN_RATE, 0)]);
    }

    proptest! {
        #[test]
        fn any_rate_is_read(rate in 1_usize..300, whole in 1_usize..20, rest in 0_usize..300, first in -5..5) {
            let mut rows = vec![rate; whole];
            rows.push(rest % rate + 1);
            prop_assert_eq!(seconds(&column(first, &rows)), Seconds { rate_hz: rate as u32, flaws: vec![] });
        }

        #[test]
        fn nothing_panics(times in proptest::collection::vec(prop::num::f64::NORMAL | prop::num::f64::ZERO, 0..50)) {
            seconds(&times);
        }
    }
}
