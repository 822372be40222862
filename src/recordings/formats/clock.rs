//! Measures a sampling rate with a column of times.
//!
//! Times may be those of single samples, or may be counted so coarsely that samples share one, as whole seconds or
//! milliseconds. The rate is measured over the whole column and is not rounded to a whole number. Headsets run at 256.1 or
//! 7.98 Hz, and over three minutes the difference from the printed rate is many samples.

use std::ops::Range;

use crate::error::Fault;
use crate::recordings::workbook::Flaw;

/// How much longer or shorter than the median one step of time may be: less than one lost sample.
const STEPS: Range<f64> = 0.5..1.5;
/// By how many rows, or by which part of the median, the rows that share a time may differ.
const ROWS: (usize, usize) = (1, 10);

/// What a column of times says.
#[derive(Debug, PartialEq)]
pub(super) struct Clock {
    /// Samples per second, to a millionth of a hertz, which is below what any clock keeps.
    pub(super) rate_hz: f64,
    pub(super) flaws: Vec<Flaw>,
}

/// Rows that share a time.
struct Stamp {
    start: usize,
    time: f64,
    rows: usize,
}

/// Measures the rate of times in seconds.
///
/// Rows that share a time lie somewhere in the step after it, so the last time counts no row of its own. If rows
/// share times, the first time is left out as well: the recording may have begun in the middle of its step.
pub(super) fn measure(times: &[f64]) -> Clock {
    let (stamps, mut flaws) = stamps(times);
    if !flaws.is_empty() {
        return Clock { rate_hz: 0.0, flaws };
    }
    let shared = median(stamps.iter().map(|stamp| stamp.rows as f64)) > 1.0;
    if stamps.len() < 3 {
        let found = format!("{} in all", stamps.len());
        let expected = "at least three different times".to_owned();
        return Clock {
            rate_hz: 0.0,
            flaws: vec![Flaw { fault: Fault::UNEVEN_RATE, index: 0, expected, found }],
        };
    }
    let (first, last) = (&stamps[usize::from(shared)], &stamps[stamps.len() - 1]);
    flaws.extend(uneven_steps(&stamps));
    flaws.extend(uneven_rows(&stamps));
    let rate_hz = (last.start - first.start) as f64 / (last.time - first.time);
    let rate_hz = (rate_hz * 1e6).round() / 1e6;
    if !(rate_hz.is_finite() && rate_hz > 0.0) {
        let expected = "times of a measurable rate".to_owned();
        let found = format!("times from {} to {}", first.time, last.time);
        flaws.push(Flaw { fault: Fault::UNEVEN_RATE, index: 0, expected, found });
    }
    Clock { rate_hz, flaws }
}

/// The different times, and where time goes backwards.
fn stamps(times: &[f64]) -> (Vec<Stamp>, Vec<Flaw>) {
    let mut stamps: Vec<Stamp> = Vec::new();
    let mut flaws = Vec::new();
    for (index, &time) in times.iter().enumerate() {
        match stamps.last_mut() {
            Some(stamp) if stamp.time == time => stamp.rows += 1,
            Some(stamp) if time < stamp.time => flaws.push(Flaw {
                fault: Fault::TIME_GOES_BACKWARDS,
                index,
                expected: format!("a time after {}", stamp.time),
                found: time.to_string(),
            }),
            _ => stamps.push(Stamp { start: index, time, rows: 1 }),
        }
    }
    (stamps, flaws)
}

/// Steps of time that are much longer or shorter than most.
fn uneven_steps(stamps: &[Stamp]) -> Vec<Flaw> {
    let step = |pair: &[Stamp]| pair[1].time - pair[0].time;
    let usual = median(stamps.windows(2).map(step));
    let uneven = stamps.windows(2).filter(|pair| {
        let step = step(pair) / usual;
        !(STEPS.start..=STEPS.end).contains(&step)
    });
    let flaws = uneven.map(|pair| Flaw {
        fault: if step(pair) > usual { Fault::TIME_SKIPS } else { Fault::UNEVEN_RATE },
        index: pair[1].start,
        expected: format!("a step of about {usual:.6} s from {}, as between most times", pair[0].time),
        found: format!("{:.6} s", step(pair)),
    });
    flaws.collect()
}

/// Times that many more or fewer rows share than most. The first and the last may have fewer.
fn uneven_rows(stamps: &[Stamp]) -> Vec<Flaw> {
    let usual = median(stamps.iter().map(|stamp| stamp.rows as f64)) as usize;
    let allowed = ROWS.0.max(usual / ROWS.1);
    let last = stamps.len() - 1;
    let uneven = stamps.iter().enumerate().filter(|(index, stamp)| {
        let at_end = *index == 0 || *index == last;
        stamp.rows > usual + allowed || (stamp.rows + allowed < usual && !at_end)
    });
    let flaws = uneven.map(|(_, stamp)| Flaw {
        fault: Fault::UNEVEN_RATE,
        index: stamp.start,
        expected: format!("about {usual} rows of time {}, as of most times", stamp.time),
        found: stamp.rows.to_string(),
    });
    flaws.collect()
}

/// The middle value, the lower one of two; 0 of none.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Times of samples at a rate, counted in steps of `unit` seconds if that is not 0.
    fn times(rate_hz: f64, samples: usize, unit: f64) -> Vec<f64> {
        let exact = (0..samples).map(|sample| sample as f64 / rate_hz);
        exact.map(|time| if unit > 0.0 { (time / unit).floor() * unit } else { time }).collect()
    }

    fn faults(times: &[f64]) -> Vec<(Fault, usize)> {
        measure(times).flaws.iter().map(|flaw| (flaw.fault, flaw.index)).collect()
    }

    #[test]
    fn clocks_of_headsets_keep_their_rate() {
        for rate_hz in [256.1, 12.5, 7.98, 8.0, 128.0, 2048.0, 0.5] {
            assert_eq!(measure(&times(rate_hz, 5000, 0.0)), Clock { rate_hz, flaws: vec![] });
        }
    }

    #[test]
    fn rates_are_measured_with_whole_seconds_and_milliseconds_too() {
        for (rate_hz, unit) in [(256.1, 1.0), (12.5, 1.0), (7.98, 1.0), (2048.0, 1e-3), (300.0, 1e-3)] {
            let Clock { rate_hz: measured, flaws } = measure(&times(rate_hz, 60_000, unit));
            assert!(flaws.is_empty(), "{rate_hz} Hz in steps of {unit} s: {flaws:?}");
            assert!((measured / rate_hz - 1.0).abs() < 1e-3, "{measured} for {rate_hz} Hz");
        }
    }

    #[test]
    fn one_lost_sample_is_seen() {
        let mut lost = times(128.0, 1000, 0.0);
        lost.remove(400);
        assert_eq!(faults(&lost), [(Fault::TIME_SKIPS, 400)]);
    }

    #[test]
    fn a_second_may_lack_one_row_and_no_more_than_a_tenth() {
        let mut lost = times(8.0, 800, 1.0);
        lost.remove(403);
        assert_eq!(faults(&lost), []);
        lost.remove(403);
        assert_eq!(faults(&lost), [(Fault::UNEVEN_RATE, 400)]);
    }

    #[test]
    fn time_may_not_go_backwards_jitter_or_stand_still() {
        assert_eq!(faults(&[0.0, 0.1, 0.2, 0.15]), [(Fault::TIME_GOES_BACKWARDS, 3)]);
        assert_eq!(faults(&[0.0, 0.1, 0.2, 0.3, 0.32, 0.4]), [(Fault::UNEVEN_RATE, 4)]);
        for still in [&[][..], &[1.0], &[1.0, 1.0], &[1.0, 2.0], &[1.0, 1.0, 2.0, 2.0]] {
            assert_eq!(faults(still), [(Fault::UNEVEN_RATE, 0)], "{still:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(times in proptest::collection::vec(prop::num::f64::NORMAL | prop::num::f64::ZERO, 0..50)) {
            measure(&times);
        }

        #[test]
        fn any_rate_from_any_start_is_measured(rate in 0.1_f64..5000.0, start in -1e6_f64..2e9) {
            let times: Vec<f64> = times(rate, 2000, 0.0).into_iter().map(|time| time + start).collect();
            let Clock { rate_hz, flaws } = measure(&times);
            prop_assert!(flaws.is_empty(), "{:?}", flaws);
            prop_assert!((rate_hz / rate - 1.0).abs() < 1e-5, "{} for {}", rate_hz, rate);
        }
    }
}
