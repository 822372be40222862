//! A range of runs of a series.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use crate::error::{Error, Fault, Place, Result};

/// A range of run numbers, counted from 0, without the end. Written `3..7`, or `7` for the first seven runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runs(Range<u64>);

impl Runs {
    /// One run.
    #[must_use]
    pub const fn one(run: u64) -> Self {
        Self(run..run.saturating_add(1))
    }

    /// The number of runs.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.0.end.saturating_sub(self.0.start)
    }

    /// The run numbers, in rising order.
    pub fn iter(&self) -> impl Iterator<Item = u64> + use<> {
        self.0.clone()
    }
}

/// The first `count` runs of a series.
impl From<u64> for Runs {
    fn from(count: u64) -> Self {
        Self(0..count)
    }
}

impl FromStr for Runs {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bad = || {
            let expected = "a number of runs, or a range without its end, as 3..7 for the runs 3 to 6";
            Error::new(Fault::BAD_SETTING, Place::field("runs"), expected, text)
        };
        let number = |text: &str| text.parse::<u64>().map_err(|_| bad());
        match text.split_once("..") {
            None => number(text).map(Self::from),
            Some((first, end)) => {
                let runs = Self(number(first)?..number(end)?);
                if runs.count() > 0 { Ok(runs) } else { Err(bad()) }
            }
        }
    }
}

impl fmt::Display for Runs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Range { start, end } = self.0;
        if start == 0 { write!(f, "{end}") } else { write!(f, "{start}..{end}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_parsed_from_its_own_text() {
        for (text, runs) in [("15", 0..15), ("3..7", 3..7), ("0..2", 0..2)] {
            let read: Runs = text.parse().unwrap();
            assert_eq!(read, Runs(runs));
            assert_eq!(read.to_string().parse(), Ok(read));
        }
        assert_eq!(Runs::one(3).iter().collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn an_empty_range_and_other_texts_are_refused() {
        for text in ["", "x", "7..7", "7..3", "3..", "..3", "-1", "1..2..3"] {
            let error = text.parse::<Runs>().unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::BAD_SETTING, "{text}");
        }
    }
}
