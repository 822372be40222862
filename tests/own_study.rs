//! A study that is unlike the published one: two labels, six stimuli, voltages at 25.6 Hz in text files. Its truth is known: a
//! rhythm of 8 Hz that is stronger with one label, or nothing at all.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const RATE_HZ: f64 = 25.6;

/// Noise by formula, between -1 and 1.
fn noise(index: usize) -> f64 {
    (0.7 * (index as f64).powi(2)).cos()
}

/// Writes a synthetic study: 9 participants, 6 stimuli, 10 s each; of the first stimulus every participant has two recordings.
fn write_study(folder: &Path, amplitude: f64) {
    fs::create_dir(folder).unwrap();
    let settings = "name = \"synthetic\"\nunit = \"µV\"\nlabel_name = \"eyes\"\nmay_be_negative = true\nrate_hz = 25.6\n";
    fs::write(folder.join("study.toml"), settings).unwrap();
    let mut table = "file\tparticipant_id\tstimulus\tlabel\torder\n".to_owned();
    for participant in 1..=9 {
        for order in 0..7 {
            let stimulus = order.min(5);
            let label = ["closed", "open"][stimulus % 2];
            let file = format!("sub-{participant:02}_{order}.csv");
            let mut text = "Time,Pz\n".to_owned();
            for sample in 0..256 {
                let seconds = sample as f64 / RATE_HZ;
                let rhythm = (std::f64::consts::TAU * 8.0 * seconds + f64::from(participant)).sin();
                let rhythm = if label == "closed" { amplitude * rhythm } else { 0.0 };
                let value = 10.0 * noise(sample + 1000 * order + 10_000 * participant as usize) + rhythm;
                writeln!(text, "{seconds:.5},{value:.4}").unwrap();
            }
            fs::write(folder.join(&file), text).unwrap();
            writeln!(table, "{file}\tsub-{participant:02}\tblock {stimulus}\t{label}\t{}", order + 1)
                .unwrap();
        }
    }
    fs::write(folder.join("recordings.tsv"), table).unwrap();
}

/// What the program answers in JSON, in a folder of its own.
fn answer(place: &Path, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_eegenre"))
        .current_dir(place)
        .args(arguments)
        .args(["--data", "study", "--json"])
        .env_remove("EEGENRE_DATA")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_study_of_two_labels_is_described_split_drawn_classified_trained_and_audited() {
    let place = tempfile::tempdir().unwrap();
    write_study(&place.path().join("study"), 12.0);
    let answer = |arguments: &[&str]| answer(place.path(), arguments);

    let described = answer(&["data", "describe"]);
    let expected = [("recordings", 63.0), ("participants", 9.0), ("stimuli", 6.0), ("rate_hz", RATE_HZ)];
    for (field, value) in expected {
        assert_eq!(described[field].as_f64(), Some(value), "{field}");
    }
    assert_eq!(described["labels"].as_object().unwrap().keys().collect::<Vec<_>>(), ["closed", "open"]);

    let folds = answer(&["split", "--scheme", "participant"]);
    assert_eq!(folds["folds"].as_array().unwrap().len(), 9);
    for figure in ["1", "design", "distributions"] {
        answer(&["figure", figure, "--out", "figures"]);
    }

    let table = answer(&["features", "--out", "features.csv"]);
    assert!(table.is_object() || table.is_array());
    let text = fs::read_to_string(place.path().join("features.csv")).unwrap();
    assert!(text.lines().any(|line| line.starts_with("sub-01,block 5,open,")), "{text}");

    answer(&["train", "baseline", "--runs", "1", "--epochs", "2", "--out", "records"]);
    let record = fs::read(place.path().join("records/run-00.json")).unwrap();
    let record: Value = serde_json::from_slice(&record).unwrap();
    assert_eq!(record["final"]["labels"], serde_json::json!(["closed", "open"]));
    // A second recording of a participant and a stimulus has a name of its own, and all have their labels.
    let told = record["final"]["predictions"].as_array().unwrap();
    assert!(told.iter().all(|one| one["label"].is_string()), "{told:?}");
    let weights = "records/run-00.final.safetensors";
    let predicted = answer(&["predict", "--model", "baseline", "--weights", weights]);
    let predicted = predicted["predictions"].as_array().unwrap();
    assert_eq!((predicted.len(), predicted[0]["probabilities"].as_array().unwrap().len()), (63, 2));

    let audit = answer(&["audit", "--profile", "smoke"]);
    let estimate = &audit["estimates"][0];
    assert_eq!(estimate["recordings"].as_u64().map(|count| count > 0), Some(true), "{estimate}");
}

#[test]
fn what_is_planted_is_found_in_held_out_participants_and_nothing_where_nothing_is() {
    for (amplitude, is_found) in [(12.0, true), (0.0, false)] {
        let place = tempfile::tempdir().unwrap();
        write_study(&place.path().join("study"), amplitude);
        let found = answer(place.path(), &["classify", "--model", "svm", "--scheme", "participant"]);
        let estimate = if found["accuracy"].is_null() { &found["estimates"][0] } else { &found };
        let [accuracy, chance] = ["accuracy", "chance"].map(|field| estimate[field].as_f64().unwrap());
        assert!((chance - 4.0 / 7.0).abs() < 1e-9, "of the design, four of seven are closed: {chance}");
        assert_eq!(accuracy > 0.9, is_found, "amplitude {amplitude}: {accuracy}");
    }
}
