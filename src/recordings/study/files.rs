//! The recordings of a study, read from their files.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use super::{Entry, Study};
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::recordings::Channels;
use crate::recordings::formats::{self, Signals, factor};

/// By which part of the study's rate a file's rate may differ from it. Clocks of one headset model differ by less.
pub const RATE_TOLERANCE: f64 = 0.01;

/// Hands each recording to `make`, in the order of the table. Each file is read once; files are read side by side.
pub(super) fn each<T: Send>(study: &Study, make: impl Fn(&Entry, Signals) -> T + Sync) -> Result<Vec<T>> {
    let mut files: BTreeMap<&Path, Vec<&Entry>> = BTreeMap::new();
    for entry in &study.entries {
        files.entry(&entry.file).or_default().push(entry);
    }
    let files: Vec<(&Path, Vec<&Entry>)> = files.into_iter().collect();
    let read: Vec<Result<Vec<(u64, T)>>> = files
        .into_par_iter()
        .map(|(file, entries)| {
            let all = formats::read(study.folder.join(file), &wanted(&entries))?;
            Error::gather(entries.into_iter().map(|entry| {
                let signals = recording(study, entry, &all)?;
                Ok((entry.line, make(entry, signals)))
            }))
        })
        .collect();
    let mut made: Vec<(u64, T)> = Error::gather(read)?.into_iter().flatten().collect();
    made.sort_by_key(|(line, _)| *line);
    Ok(made.into_iter().map(|(_, made)| made).collect())
}

/// The channels that recordings of one file need together: all if any of them needs all.
fn wanted(entries: &[&Entry]) -> Vec<String> {
    let mut wanted: Vec<String> = Vec::new();
    for entry in entries {
        if entry.channels.is_empty() {
            return Vec::new();
        }
        wanted
            .extend(entry.channels.iter().filter(|name| !wanted.contains(name)).cloned().collect::<Vec<_>>());
    }
    wanted
}

/// The recording of a line: its channels of the file, all of one length, its part of the time, in the unit of the study.
fn recording(study: &Study, entry: &Entry, all: &Signals) -> Result<Signals> {
    let problem = |fault, column: &str, expected: String, found: String| {
        let place = Place::file(&study.table).line(entry.line).of_field(column);
        Error::from(Problem::new(fault, place, expected, found))
    };
    let stated = study.settings.rate_hz;
    let rate_hz = match (all.rate_hz, stated) {
        (Some(own), Some(stated)) if (own / stated - 1.0).abs() > RATE_TOLERANCE => {
            let expected = format!("about {stated} Hz, the rate_hz of study.toml");
            return Err(problem(Fault::MIXED_RATES, "file", expected, format!("{own} Hz")));
        }
        (Some(own), _) => own,
        (None, Some(stated)) => stated,
        (None, None) => {
            let expected = "a Time column in the file, or rate_hz in study.toml".to_owned();
            return Err(problem(Fault::NO_RATE, "file", expected, "neither".to_owned()));
        }
    };
    let mut signals = chosen(entry, all);
    signals.rate_hz = Some(rate_hz);
    if let Some(part) = entry.part(signals.longest() as f64 / rate_hz) {
        signals = signals.cut(part.clone(), rate_hz).ok_or_else(|| {
            let longest = signals.longest() as f64 / rate_hz;
            let expected = format!("a part of the {longest} s that the file has");
            let found = format!("{} to {} s", part.start, part.end);
            problem(Fault::BEYOND_END, "stop_seconds", expected, found)
        })?;
    }
    Channels::named(signals.channels.iter().map(|channel| channel.name.clone()).collect()).map_err(
        |error| {
            error.placed(|place| Place { field: place.field, ..Place::file(&study.table).line(entry.line) })
        },
    )?;
    let longest = signals.longest();
    if let Some(short) = signals.samples.iter().position(|samples| samples.len() < longest) {
        let expected = format!("{longest} samples of each channel, as the longest has");
        let found = format!("{} of {}", signals.samples[short].len(), signals.channels[short].name);
        return Err(problem(Fault::UNEQUAL_CHANNELS, "channels", expected, found));
    }
    convert(&mut signals, &study.settings.unit)
        .map_err(|unit| problem(Fault::MIXED_UNITS, "file", study.settings.unit.clone(), unit))?;
    let negative = signals.samples.iter().flatten().find(|sample| **sample < 0.0);
    if let Some(negative) = negative.filter(|_| !study.settings.may_be_negative) {
        let expected = "samples of at least 0, as study.toml has may_be_negative = false".to_owned();
        return Err(problem(Fault::UNEXPECTED_NEGATIVE, "file", expected, negative.to_string()));
    }
    Ok(signals)
}

/// The channels of a recording, in its order. The file has them all.
fn chosen(entry: &Entry, all: &Signals) -> Signals {
    let mut chosen = Signals { rate_hz: all.rate_hz, ..Signals::default() };
    let own = all.channels.iter().zip(&all.samples);
    if entry.channels.is_empty() {
        return all.clone();
    }
    for name in &entry.channels {
        if let Some((channel, samples)) = own.clone().find(|(channel, _)| channel.name == *name) {
            chosen.channels.push(channel.clone());
            chosen.samples.push(samples.clone());
        }
    }
    chosen
}

/// Converts samples to a unit. Channels that do not say their unit have it already. Gives the unit that cannot be converted.
fn convert(signals: &mut Signals, to: &str) -> Result<(), String> {
    for (channel, samples) in signals.channels.iter_mut().zip(&mut signals.samples) {
        if let Some(unit) = &channel.unit {
            let factor = factor(unit, to).ok_or_else(|| unit.clone())?;
            if factor != 1.0 {
                samples.iter_mut().for_each(|sample| *sample *= factor);
            }
        }
        channel.unit = Some(to.to_owned());
    }
    Ok(())
}
