//! EDF, EDF+, BDF and BDF+: signals in data records of equal length, as integers of 16 or 24 bits with a scale.
//!
//! Source: Kemp et al., *A simple format for exchange of digitized polygraphic recordings* (1992); Kemp and Olivan, *European
//! data format 'plus' (EDF+)* (2003); BioSemi's description of BDF. Values and rates are compared with those of MNE in
//! `tests/data/formats`.
//!
//! # Why a reader of our own
//! Three crates in pure Rust read EDF (November 2026). `edf-reader` (2019) and `edfplus` 0.1.0 do not read BDF. `edf-rs` 0.2.0 reads
//! both, and calls itself early and not stable. It takes buffer sizes from the header without a bound, and its errors name neither field
//! nor value. Guarding it would take more code than reading does.
//!
//! # Differences from MNE
//! - Samples keep the unit of the file; MNE hands out volts.
//! - Channels of different rates are refused; MNE resamples all to the highest rate. Name channels of one rate.
//! - A discontinuous file (EDF+D) with gaps is refused with its first gap, because samples on both sides of a gap are not
//!   neighbours. MNE joins them. An EDF+D file without gaps is read.
//! - A file that is shorter or longer than its header says is refused; MNE warns and uses the size. Only for a count of -1,
//!   which recorders leave when they stop early, the reader uses the size, and drops an incomplete last record.
//! - Annotations and the status channel of BDF hold no signal and are left out.

mod annotations;
mod header;
mod records;
mod scale;
#[cfg(test)]
mod testing;

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use header::{Header, Signal};

use super::MAX_SAMPLES;
use super::signals::{Channel, Signals};
use crate::error::{Error, Fault, Place, Result};
use crate::recordings::workbook::Problems;

/// The most bytes of one data record, which is kept while it is read. The format recommends 61 440.
pub const MAX_RECORD_BYTES: usize = 64 << 20;

/// Reads the wanted channels of a file.
pub(super) fn read(path: &Path, wanted: &[String]) -> Result<Signals> {
    let unreadable = |cause: std::io::Error| {
        Error::new(Fault::UNREADABLE_FILE, Place::file(path), "a file that can be read", cause.to_string())
    };
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    let mut file = BufReader::new(file);
    let header = header::read(&mut file, size, path)?;
    let mut problems = Problems::new(Place::file(path));
    let chosen = choose(&header, wanted, &mut problems);
    check_rates(&header, &chosen, &mut problems);
    let scales: Vec<_> = chosen.iter().filter_map(|signal| scale::of(signal, &mut problems)).collect();
    let total = header.records.saturating_mul(chosen.iter().map(|signal| signal.per_record as u64).sum());
    if total > MAX_SAMPLES as u64 {
        let expected = format!("at most {MAX_SAMPLES} samples of the wanted channels");
        problems.report(Fault::TOO_MANY_SAMPLES, expected, total.to_string());
    }
    problems.into_result()?;
    let parts: Vec<_> =
        chosen.iter().zip(scales).map(|(signal, scale)| (signal.bytes.clone(), scale)).collect();
    let samples = records::read(&mut file, &header, &parts, path)?;
    let rate_hz = chosen.first().map(|signal| header.rate_hz(signal));
    let channels = chosen.into_iter().map(|Signal { label, unit, .. }| Channel {
        name: label.clone(),
        unit: Some(unit.clone()).filter(|unit| !unit.is_empty()),
    });
    Ok(Signals { channels: channels.collect(), rate_hz, samples })
}

/// The signals of the wanted names, or all that are signals.
fn choose<'a>(header: &'a Header, wanted: &[String], problems: &mut Problems) -> Vec<&'a Signal> {
    let all: Vec<&Signal> = header.signals.iter().filter(|signal| signal.holds_signal).collect();
    let named = |name: &str| all.iter().copied().filter(|signal| signal.label == name).collect::<Vec<_>>();
    let names: Vec<&str> = match wanted {
        [] => all.iter().map(|signal| signal.label.as_str()).collect(),
        wanted => wanted.iter().map(String::as_str).collect(),
    };
    if names.is_empty() || header.records == 0 {
        let found = format!("{} of them in {} data records", names.len(), header.records);
        problems.report(Fault::NO_SAMPLES, "channels with samples", found);
        return Vec::new();
    }
    let mut chosen = Vec::new();
    for name in names {
        match named(name).as_slice() {
            [only] => chosen.push(*only),
            [] => {
                let labels: Vec<&str> = all.iter().map(|signal| signal.label.as_str()).collect();
                problems.report(Fault::UNKNOWN_CHANNEL, format!("a channel {name:?}"), labels.join(", "));
            }
            several => {
                let found = format!("{} channels {name:?}", several.len());
                problems.report(Fault::DUPLICATE_CHANNEL, "a name of its own for each channel", found);
            }
        }
    }
    chosen
}

/// Reports channels whose rate is not that of the first one.
fn check_rates(header: &Header, chosen: &[&Signal], problems: &mut Problems) {
    let Some((first, others)) = chosen.split_first() else { return };
    for odd in others.iter().filter(|odd| odd.per_record != first.per_record) {
        let expected = format!("{} Hz, as {} has", header.rate_hz(first), first.label);
        problems.report_field(
            Fault::MIXED_CHANNEL_RATES,
            &odd.label,
            expected,
            format!("{} Hz", header.rate_hz(odd)),
        );
    }
}

#[cfg(test)]
mod tests;
