//! The header: 256 bytes of text for the file, and 256 for each signal, field by field.

use std::io::Read;
use std::ops::Range;
use std::path::Path;

use super::MAX_RECORD_BYTES;
use crate::error::{Error, Fault, Place, Result};
use crate::recordings::formats::unit;
use crate::recordings::workbook::Problems;

/// Bytes of the header for the file, and for each signal.
const BLOCK: usize = 256;
/// Fields of a signal before those that are read: bytes of label, transducer type, unit, physical minimum and maximum,
/// digital minimum and maximum, prefiltering, samples in a data record.
const WIDTHS: [usize; 9] = [16, 80, 8, 8, 8, 8, 8, 80, 8];

/// What a header says, and where the data lie.
#[derive(Debug, PartialEq)]
pub(super) struct Header {
    /// Bytes of an integer: 2 in EDF, 3 in BDF.
    pub(super) width: usize,
    /// Whether records may leave time out between them (EDF+D).
    pub(super) discontinuous: bool,
    /// Data records, by the header, or by the size of the file if the header says -1.
    pub(super) records: u64,
    /// Seconds of a data record; above 0 if there are signals.
    pub(super) record_seconds: f64,
    pub(super) record_bytes: usize,
    pub(super) signals: Vec<Signal>,
}

/// One signal of each data record.
#[derive(Debug, PartialEq)]
pub(super) struct Signal {
    pub(super) label: String,
    pub(super) unit: String,
    /// Physical minimum and maximum and digital ones, as text. They are only read for channels that are wanted.
    pub(super) limits: [String; 4],
    /// Samples in a data record.
    pub(super) per_record: usize,
    /// Its bytes in a data record.
    pub(super) bytes: Range<usize>,
    /// Whether it is neither annotations nor the status channel of BDF.
    pub(super) holds_signal: bool,
}

impl Signal {
    pub(super) fn holds_annotations(&self) -> bool {
        ["EDF Annotations", "BDF Annotations"].contains(&self.label.as_str())
    }
}

impl Header {
    /// Samples per second of a signal.
    pub(super) fn rate_hz(&self, signal: &Signal) -> f64 {
        signal.per_record as f64 / self.record_seconds
    }
}

/// Reads the header of a file of `size` bytes.
///
/// # Errors
/// [`Fault::NOT_EDF`], [`Fault::HEADER_CUT_SHORT`], [`Fault::HEADER_NUMBER`], [`Fault::HEADER_SIZE`],
/// [`Fault::RECORD_TOO_LARGE`] or [`Fault::RECORD_COUNT`], each with the field.
pub(super) fn read(file: &mut impl Read, size: u64, path: &Path) -> Result<Header> {
    let fixed = block(file, BLOCK, size, path)?;
    let width = match &fixed[..8] {
        b"0       " => 2,
        b"\xFFBIOSEMI" => 3,
        start => {
            let found = format!("a file that starts with \"{}\"", start.escape_ascii());
            return Err(Error::new(Fault::NOT_EDF, Place::file(path), "the header of EDF or BDF", found));
        }
    };
    let mut problems = Problems::new(Place::file(path));
    let mut number = |field: &str, bytes: Range<usize>, range: Range<i64>| {
        whole_number(&fixed[bytes], field, range, &mut problems)
    };
    let header_bytes = number("bytes of the header", 184..192, 0..i64::MAX);
    let records = number("data records", 236..244, -1..i64::MAX);
    let signals = number("signals", 252..256, 1..10_000);
    let record_seconds = seconds(&fixed[244..252], &mut problems);
    problems.into_result()?;
    let (signals, header_bytes) = (signals as usize, header_bytes as usize);
    if header_bytes != BLOCK * (signals + 1) {
        let expected = format!("{} bytes of header for {signals} signals", BLOCK * (signals + 1));
        let place = Place::file(path).of_field("bytes of the header");
        return Err(Error::new(Fault::HEADER_SIZE, place, expected, header_bytes.to_string()));
    }
    let described = block(file, BLOCK * signals, size, path)?;
    let signals = read_signals(&described, signals, width, path)?;
    let record_bytes = signals.last().map_or(0, |last| last.bytes.end);
    let header = Header {
        width,
        discontinuous: fixed[192..].starts_with(b"EDF+D") || fixed[192..].starts_with(b"BDF+D"),
        records: 0,
        record_seconds,
        record_bytes,
        signals,
    };
    if record_seconds == 0.0 && header.signals.iter().any(|signal| signal.holds_signal) {
        let place = Place::file(path).of_field("seconds of a data record");
        return Err(Error::new(Fault::HEADER_NUMBER, place, "more than 0 s, as there are signals", "0"));
    }
    let records = count(records, size.saturating_sub(header_bytes as u64), record_bytes as u64, path)?;
    Ok(Header { records, ..header })
}

/// Reads bytes of the header.
fn block(file: &mut impl Read, bytes: usize, size: u64, path: &Path) -> Result<Vec<u8>> {
    let mut block = vec![0; bytes];
    file.read_exact(&mut block).map_err(|_| {
        let found = if size == 0 { "an empty file".to_owned() } else { format!("{size} bytes in all") };
        Error::new(Fault::HEADER_CUT_SHORT, Place::file(path), format!("{bytes} more bytes of header"), found)
    })?;
    Ok(block)
}

/// The signals, in the order of the file. Each field stands there for all signals, one after the other.
fn read_signals(described: &[u8], signals: usize, width: usize, path: &Path) -> Result<Vec<Signal>> {
    let mut problems = Problems::new(Place::file(path));
    let field = |index: usize, signal: usize| {
        let before: usize = WIDTHS[..index].iter().sum();
        let start = before * signals + WIDTHS[index] * signal;
        latin_1(&described[start..start + WIDTHS[index]])
    };
    let mut read = Vec::with_capacity(signals);
    let mut start = 0;
    for signal in 0..signals {
        let label = field(0, signal);
        let name = format!("samples of {label:?} in a data record");
        let most = (MAX_RECORD_BYTES / width) as i64;
        let per_record =
            whole_number(field(8, signal).as_bytes(), &name, 1..most + 1, &mut problems) as usize;
        let bytes = start..start + per_record * width;
        start = bytes.end;
        let mut signal = Signal {
            unit: unit::normal(&field(2, signal).replace("\u{83}\u{ca}", "µ")),
            limits: [3, 4, 5, 6].map(|index| field(index, signal)),
            per_record,
            bytes,
            holds_signal: !(width == 3 && label == "Status"),
            label,
        };
        signal.holds_signal &= !signal.holds_annotations();
        read.push(signal);
    }
    if start > MAX_RECORD_BYTES {
        let expected = format!("data records of at most {} MiB", MAX_RECORD_BYTES >> 20);
        problems.report(Fault::RECORD_TOO_LARGE, expected, format!("{start} bytes"));
    }
    problems.into_result()?;
    Ok(read)
}

/// The number of data records, if the file has as many.
fn count(stated: i64, data_bytes: u64, record_bytes: u64, path: &Path) -> Result<u64> {
    let whole = data_bytes / record_bytes.max(1);
    let Ok(stated) = u64::try_from(stated) else { return Ok(whole) };
    if stated.checked_mul(record_bytes) == Some(data_bytes) {
        return Ok(stated);
    }
    let place = Place::file(path).of_field("data records");
    let expected = format!("{stated} data records of {record_bytes} bytes, as the header says");
    let found = format!("{data_bytes} bytes after the header, {whole} whole records");
    Err(Error::new(Fault::RECORD_COUNT, place, expected, found))
}

/// A whole number from a range; its start if there is none, which is reported.
fn whole_number(bytes: &[u8], field: &str, range: Range<i64>, problems: &mut Problems) -> i64 {
    let text = latin_1(bytes);
    match text.parse::<i64>() {
        Ok(number) if range.contains(&number) => number,
        _ => {
            let expected = format!("a whole number from {}", range.start);
            problems.report_field(Fault::HEADER_NUMBER, field, expected, format!("{text:?}"));
            range.start
        }
    }
}

/// Seconds of a data record, 0 or more.
fn seconds(bytes: &[u8], problems: &mut Problems) -> f64 {
    let text = latin_1(bytes);
    match decimal(&text).filter(|seconds| *seconds >= 0.0) {
        Some(seconds) => seconds,
        None => {
            let field = "seconds of a data record";
            problems.report_field(Fault::HEADER_NUMBER, field, "a number of seconds", format!("{text:?}"));
            0.0
        }
    }
}

/// A finite number. Some writers put a decimal comma.
pub(super) fn decimal(text: &str) -> Option<f64> {
    text.replace(',', ".").parse::<f64>().ok().filter(|number| number.is_finite())
}

/// Text without spaces around it. Headers should be ASCII; units with µ are Latin-1 in practice.
fn latin_1(bytes: &[u8]) -> String {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    text.trim_matches([' ', '\0']).to_owned()
}
