//! Reads the sampling rate off a time column that counts seconds.

use crate::error::Fault;
use crate::report::significant;

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
/// A rate that is not whole is refused: of 12.5 Hz every other second has 12 rows and not 13, of 7.98 Hz one in fifty has 7.
///
/// The rate is the number of rows that more than half of the seconds have, the last one aside. A second may have
/// fewer rows, where the export lost some (second 256 of the published S10 has 7 of 8), but none may have more.
pub(super) fn seconds(times: &[f64]) -> Seconds {
    let (seconds, mut flaws) = runs(times);
    let whole = seconds.split_last().map_or(&[][..], |(_, whole)| whole);
    let (rows, share) = most_common(whole.iter().map(|second| second.rows)).unwrap_or((0, 0));
    if let Some(rate_hz) = flaws.is_empty().then(|| not_whole(whole)).flatten() {
        let (expected, found) =
            ("a whole number of samples a second", format!("{} Hz", significant(rate_hz)));
        flaws.push(Flaw { fault: Fault::FRACTIONAL_RATE, index: 0, expected: expected.to_owned(), found });
    } else if flaws.is_empty() && 2 * share <= whole.len() {
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

/// Of how many seconds with another number of rows on they may be a clock's rate.
const FEWEST: usize = 3;
/// The part of rows that may be lost without being a clock's rate. The published recordings lack one row in 2197.
const LOST: f64 = 1e-3;

/// The rate of seconds that have one of two neighbouring numbers of rows, as those of a clock that runs at no whole rate.
fn not_whole(seconds: &[Second]) -> Option<f64> {
    // A recording may begin within its first second.
    let inner = seconds.get(1..)?;
    let fewest = inner.iter().map(|second| second.rows).min()?;
    let longer = inner.iter().filter(|second| second.rows == fewest + 1).count();
    let shorter = inner.iter().filter(|second| second.rows == fewest).count();
    let rate_hz = fewest as f64 + longer as f64 / inner.len() as f64;
    let is_of_clock = shorter + longer == inner.len() && shorter.min(longer) >= FEWEST;
    // No row is lost where a few seconds have more than most.
    let is_lost = shorter < longer && (rate_hz.round() - rate_hz).abs() <= LOST * rate_hz;
    (is_of_clock && !is_lost).then_some(rate_hz)
}

/// The runs of rows that share a second, and where time is not whole, goes backwards or skips.
fn runs(times: &[f64]) -> (Vec<Second>, Vec<Flaw>) {
    let mut seconds: Vec<Second> = Vec::new();
    let mut flaws = Vec::new();
    let mut previous: Option<f64> = None;
    // A column of milliseconds has one flaw, not one in each row.
    let is_part = |time: &f64| time.fract() != 0.0;
    if let Some(index) = times.iter().position(is_part) {
        let others = times[index + 1..].iter().filter(|time| is_part(time)).count();
        let more = if others == 0 { String::new() } else { format!(", and {others} more such times") };
        flaws.push(Flaw {
            fault: Fault::TIME_NOT_WHOLE_SECONDS,
            index,
            expected: "a whole number of seconds".to_owned(),
            found: format!("{}{more}", times[index]),
        });
        if others > 0 {
            return (seconds, flaws);
        }
    }
    for (index, &time) in times.iter().enumerate().filter(|(_, time)| !is_part(time)) {
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
        let milliseconds: Vec<f64> = (0..500).map(|sample| f64::from(sample) / 128.0).collect();
        let [flaw] = &seconds(&milliseconds).flaws[..] else { panic!("more than one flaw") };
        assert_eq!((flaw.index, flaw.found.as_str()), (1, "0.0078125, and 495 more such times"));
    }

    #[test]
    fn a_rate_that_is_not_whole_is_measured_and_refused_and_lost_rows_are_not() {
        for (rate_hz, told) in [(12.5, "12.5 Hz"), (7.98, "7.9"), (256.1, "256.1 Hz"), (99.5, "99.5 Hz")] {
            let times: Vec<f64> = (0..(rate_hz * 200.0) as usize)
                .map(|sample| (sample as f64 / rate_hz).floor() + 1.0)
                .collect();
            let flaws = seconds(&times).flaws;
            assert_eq!(faults(&times), [(Fault::FRACTIONAL_RATE, 0)], "{rate_hz} Hz");
            assert!(flaws[0].found.starts_with(told), "{rate_hz} Hz: {}", flaws[0].found);
        }
        // As song 10 of the published recordings: second 256 of 275 has 7 rows.
        let mut published = vec![8; 275];
        published[255] = 7;
        assert_eq!(seconds(&column(1, &published)), Seconds { rate_hz: 8, flaws: vec![] });
        // A gap of some rows is lost rows.
        let mut gaps = vec![64; 100];
        [10, 20, 30, 40].into_iter().for_each(|second: usize| gaps[second] = 60);
        assert_eq!(seconds(&column(1, &gaps)), Seconds { rate_hz: 64, flaws: vec![] });
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
