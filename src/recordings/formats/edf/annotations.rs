//! When each data record of a discontinuous file began.
//!
//! The first annotation of a record, a "time-keeping TAL", gives its onset in seconds: `+567.25`, then the bytes 20, 20, 0.

use std::ops::Range;

use super::header::Header;
use crate::error::{Error, Fault, Place, Result};

/// Onsets of data records, as they should follow one another.
pub(super) struct Onsets {
    /// Bytes of the annotations in a record, if there are annotations.
    bytes: Option<Range<usize>>,
    record_seconds: f64,
    /// Half a sample of the fastest signal.
    tolerance: f64,
    first: Option<f64>,
}

impl Onsets {
    pub(super) fn of(header: &Header) -> Self {
        let annotations = header.signals.iter().find(|signal| signal.holds_annotations());
        let signals = header.signals.iter().filter(|signal| signal.holds_signal);
        let fastest = signals.map(|signal| header.rate_hz(signal)).fold(1.0, f64::max);
        Self {
            bytes: annotations.map(|signal| signal.bytes.clone()),
            record_seconds: header.record_seconds,
            tolerance: 0.5 / fastest,
            first: None,
        }
    }

    /// Checks that a record, counted from 0, begins where the one before it ends.
    pub(super) fn check(&mut self, record: &[u8], index: u64) -> Result<()> {
        let place = || Place::field(format!("data record {}", index + 1));
        let Some(onset) = self.bytes.clone().and_then(|bytes| onset(&record[bytes])) else {
            let found = "no annotation that says it";
            return Err(Error::new(
                Fault::NO_RECORD_TIME,
                place(),
                "its onset, as in every EDF+D file",
                found,
            ));
        };
        let expected = *self.first.get_or_insert(onset) + index as f64 * self.record_seconds;
        // Onsets are decimals, so their error grows with their size and not with the number of records.
        if (onset - expected).abs() > self.tolerance {
            let found = format!("one that begins at {onset} s: the recording has a gap");
            return Err(Error::new(
                Fault::GAP,
                place(),
                format!("a record that begins at {expected} s"),
                found,
            ));
        }
        Ok(())
    }
}

/// The onset that the first annotation gives, in seconds.
fn onset(annotations: &[u8]) -> Option<f64> {
    let end = annotations.iter().position(|byte| *byte == 20)?;
    let text = std::str::from_utf8(&annotations[..end]).ok()?;
    let is_signed = text.starts_with(['+', '-']);
    text.parse::<f64>().ok().filter(|onset| is_signed && onset.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn onsets_are_signed_decimals() {
        assert_eq!(onset(b"+567.25\x14\x14\0+567.5\x14stop\x14\0"), Some(567.25));
        assert_eq!(onset(b"-0.5\x14\x14\0"), Some(-0.5));
        for broken in [&b""[..], b"\0\0\0", b"567\x14\x14\0", b"+\x14\x14", b"+1e999\x14", b"+12"] {
            assert_eq!(onset(broken), None);
        }
    }
}
