//! The Python of data/README.md turns recordings of other formats into files that are read, and changes no sample.
//!
//! The snippets run where MNE and pyxdf are: in `target/conversions/python`, or in the Python that `EEGENRE_MNE_PYTHON` names. To
//! install them:
//!
//! ```sh
//! python3 -m venv target/conversions/python
//! target/conversions/python/bin/pip install --require-hashes -r tests/conversions/requirements.txt
//! ```

#[path = "support/snippets.rs"]
mod snippets;

use std::f64::consts::TAU;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use eegenre::recordings::formats::{Signals, factor, read};
use eegenre::report::note;
use snippets::{root, snippet};
use tempfile::tempdir;

/// The Python that has MNE, if there is one.
fn python() -> Option<PathBuf> {
    let named = std::env::var_os("EEGENRE_MNE_PYTHON").map(PathBuf::from);
    let python = named.unwrap_or_else(|| root().join("target/conversions/python/bin/python"));
    python.exists().then_some(python)
}

#[track_caller]
fn run(python: &Path, folder: &Path, script: &str) {
    let output = Command::new(python).args(["-c", script]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{script}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// Holds what is read against the formulas of tests/conversions/record.py. `named` is whether the file keeps channels' names.
#[track_caller]
fn assert_is_the_record(path: &Path, named: bool) {
    let Signals { channels, rate_hz, samples } = read(path, &[]).unwrap();
    let from = path.display();
    assert!((rate_hz.unwrap() - 64.0).abs() < 1e-6, "{from}: {rate_hz:?}");
    assert_eq!((channels.len(), samples[0].len(), samples[1].len()), (2, 320, 320), "{from}");
    if named {
        let names: Vec<&str> = channels.iter().map(|channel| channel.name.as_str()).collect();
        assert_eq!(names, ["F7", "Cz"], "{from}");
    }
    let unit = channels[0].unit.as_deref();
    // A table says no unit; those of the snippets are in microvolts.
    assert!(unit.is_none_or(|unit| factor(unit, "µV") == Some(1.0)), "{from}: {unit:?}");
    for at in 0..320 {
        let seconds = at as f64 / 64.0;
        let expected = [20.0 * (TAU * 3.0 * seconds).sin(), 15.0 * (TAU * 5.0 * seconds).cos() - 4.0];
        for (channel, expected) in samples.iter().zip(expected) {
            // BrainVision's file has a resolution of 0.001 µV, and FIF's and EEGLAB's have 24 bits.
            let difference = (channel[at] - expected).abs();
            assert!(difference < 1e-3, "{from}, sample {at}: {} and not {expected}", channel[at]);
        }
    }
}

#[test]
fn the_snippets_are_those_of_all_formats() {
    for (name, calls) in [
        ("to bdf", ["mne.io.read_raw", "mne.export.export_raw"]),
        ("to csv", ["mne.io.read_raw", "to_data_frame"]),
        ("xdf", ["pyxdf.load_xdf", "to_csv"]),
    ] {
        let snippet = snippet(name);
        assert!(calls.iter().all(|call| snippet.contains(call)), "{name}: {snippet}");
        assert!(snippet.lines().count() <= 2, "{name}: {snippet}");
    }
}

#[test]
fn fif_eeglab_brainvision_and_xdf_become_files_that_hold_the_same_samples() {
    let Some(python) = python() else {
        // On standard error itself: a test that passes is not heard otherwise.
        note(
            "NOT RUN: the conversions with MNE and pyxdf, which are not installed; tests/conversions.rs says how.",
        );
        return;
    };
    let folder = tempdir().unwrap();
    run(&python, folder.path(), &fs::read_to_string(root().join("tests/conversions/record.py")).unwrap());
    for original in ["P01.vhdr", "P01_raw.fif", "P01.set"] {
        for (name, written) in [("to bdf", "P01.bdf"), ("to csv", "P01.csv")] {
            let script =
                format!("import mne\n{}", snippet(name).replace("\"P01.vhdr\"", &format!("{original:?}")));
            run(&python, folder.path(), &script);
            let path = folder.path().join(written);
            assert_is_the_record(&path, true);
            // The next one must write it anew.
            fs::remove_file(path).unwrap();
        }
    }
    run(&python, folder.path(), &format!("import pandas, pyxdf\n{}", snippet("xdf")));
    assert_is_the_record(&folder.path().join("P01.csv"), false);
}
