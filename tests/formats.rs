//! Files in the formats that people have: what is read is what MNE reads.
//!
//! The files are small and synthetic. `tests/data/formats/generate.py` made them and `expected.json` with MNE, edfio and
//! pyedflib in the versions of `requirements.txt`.

mod support;

use std::path::{Path, PathBuf};

use eegenre::error::Fault;
use eegenre::recordings::formats::{Signals, factor, read};
use serde_json::Value;
use support::{changed, workbook};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats").join(name)
}

fn expected() -> Value {
    serde_json::from_slice(&std::fs::read(file("expected.json")).unwrap()).unwrap()
}

fn names(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// Reads a file and holds names, units, rate and every sample against those of MNE.
#[track_caller]
fn assert_read_as_by_mne(name: &str, expected: &Value) {
    let wanted = if name.contains("two-rates") { names(&expected["channels"]) } else { Vec::new() };
    let Signals { channels, rate_hz, samples } = read(file(name), &wanted).unwrap();
    let own: Vec<String> = channels.iter().map(|channel| channel.name.clone()).collect();
    assert_eq!(own, names(&expected["channels"]), "{name}");
    for (channel, unit) in channels.iter().zip(names(&expected["units"])) {
        assert_eq!(factor(channel.unit.as_deref().unwrap(), &unit), Some(1.0), "{name}");
    }
    let (rate_hz, rate_of_mne) = (rate_hz.unwrap(), expected["rate_hz"].as_f64().unwrap());
    assert!((rate_hz / rate_of_mne - 1.0).abs() < 1e-9, "{name}: {rate_hz} Hz, not {rate_of_mne}");
    for (own, of_mne) in samples.iter().zip(expected["samples"].as_array().unwrap()) {
        let of_mne: Vec<f64> = of_mne.as_array().unwrap().iter().map(|one| one.as_f64().unwrap()).collect();
        assert_eq!(own.len(), of_mne.len(), "{name}");
        // expected.json has nine decimals.
        let worst = own.iter().zip(&of_mne).map(|(own, of_mne)| (own - of_mne).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-9, "{name}: differs by {worst}");
    }
}

#[test]
fn files_of_mne_edfio_and_pyedflib_are_read_as_mne_reads_them() {
    let expected = expected();
    let files: Vec<_> = expected.as_object().unwrap().iter().filter(|(name, _)| *name != "read_by").collect();
    assert_eq!(files.len(), 7);
    for (name, expected) in files {
        assert_read_as_by_mne(name, expected);
    }
}

#[test]
fn channels_of_two_rates_are_not_read_together() {
    let error = read(file("synthetic-edfio-two-rates.edf"), &[]).unwrap_err();
    let [problem] = error.problems() else { panic!("{error}") };
    assert_eq!(problem.fault, Fault::MIXED_CHANNEL_RATES);
    assert!(problem.expected.contains("16 Hz") && problem.found == "4 Hz", "{problem}");
}

#[test]
fn a_gap_that_mne_joins_is_refused() {
    let error = read(file("synthetic-discontinuous-with-gap.edf"), &[]).unwrap_err();
    let [problem] = error.problems() else { panic!("{error}") };
    assert_eq!(problem.fault, Fault::GAP);
    assert_eq!(problem.place.field.as_deref(), Some("data record 4"));
}

#[test]
fn tables_of_mne_are_read_with_their_rate_whatever_they_look_like() {
    let points = read(file("synthetic-mne-12.5-hz.csv"), &[]).unwrap();
    let commas = read(file("synthetic-decimal-commas.csv"), &[]).unwrap();
    assert_eq!(points, commas);
    assert_eq!((points.rate_hz, points.channels.len(), points.longest()), (Some(12.5), 2, 24));
    // The formula of generate.py, in the second channel.
    for (index, sample) in points.samples[1].iter().enumerate() {
        let time = index as f64 / 12.5;
        let wave = 27.0 * (2.0 * std::f64::consts::PI * 2.0 * time + 1.0).sin() + 3.0;
        assert!((sample - wave).abs() < 1e-9);
    }
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_holds_the_same_as_text() {
    let text = read(file("synthetic-mne-12.5-hz.csv"), &[]).unwrap();
    assert_eq!(read(file("synthetic-mne-12.5-hz.parquet"), &[]).unwrap(), text);
    let wanted = ["F8".to_owned()];
    assert_eq!(read(file("synthetic-mne-12.5-hz.parquet"), &wanted).unwrap().samples, text.samples[1..]);
}

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_says_how_to_read_it() {
    let error = read(file("synthetic-mne-12.5-hz.parquet"), &[]).unwrap_err();
    assert!(error.to_string().contains("--features parquet"), "{error}");
}

#[test]
fn workbooks_may_have_any_headings() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("walk.xlsx");
    let renamed = changed(|sheet| {
        sheet.write(0, 2, "F7 (mV)").unwrap();
    });
    std::fs::write(&path, renamed).unwrap();
    let signals = read(&path, &["F7".to_owned()]).unwrap();
    assert_eq!((signals.rate_hz, signals.channels[0].unit.as_deref()), (Some(8.0), Some("mV")));
    assert_eq!(signals.samples[0][..2], [200.125, 200.25]);
    assert_eq!(read(&path, &[]).unwrap().channels.len(), 3);
    let broken = workbook([support::sheet(8)]);
    std::fs::write(&path, &broken[..broken.len() / 2]).unwrap();
    assert_eq!(read(&path, &[]).unwrap_err().problems()[0].fault, Fault::DAMAGED_ZIP);
}
