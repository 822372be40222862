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

/// What the program answers in words, in a folder of its own.
fn words(place: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_eegenre"))
        .current_dir(place)
        .args(arguments)
        .args(["--data", "study"])
        .env_remove("EEGENRE_DATA")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// The same in JSON.
fn answer(place: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&words(place, &[arguments, &["--json"]].concat())).unwrap()
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

    let audit = answer(&["audit", "--profile", "smoke", "--networks"]);
    let estimate = &audit["estimates"][0];
    assert_eq!(estimate["recordings"].as_u64().map(|count| count > 0), Some(true), "{estimate}");

    // In words: what a label is called, and no columns of another design.
    let words = |arguments: &[&str]| words(place.path(), arguments);
    let described = words(&["data", "describe"]);
    assert!(described.contains("\neyes          2 different\n"), "{described}");
    assert!(described.contains("9 (2 labels per participant: 9 have all)"), "{described}");
    let distributions = words(&["figure", "distributions", "--describe"]);
    assert!(distributions.contains("medians by eyes: closed "), "{distributions}");
    let audit = words(&["audit", "--profile", "smoke", "--recorded"]);
    assert!(audit.contains("properties of the files in predicting the eyes;"), "{audit}");
    let networks = audit.lines().find(|line| line.starts_with("Networks")).unwrap();
    // No labels are exchanged for networks, and everybody has both labels.
    for absent in ["exchanged", "heard", "two labels", "own labels", "within participants"] {
        assert!(!networks.contains(absent), "{absent}: {networks}");
    }
    let heading = audit.lines().find(|line| line.starts_with("condition ")).unwrap();
    assert!(!heading.contains("labels"), "{heading}");
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

/// A recording of a synthetic study of any shape: participant, stimulus, label, session, samples.
type Shape = (String, String, String, String, usize);

/// Writes noise of a shape; a label's samples are multiplied by its scale.
fn write_shape(folder: &Path, recordings: &[Shape], scale: impl Fn(&str) -> f64) {
    fs::create_dir(folder).unwrap();
    let settings = "name = \"synthetic shape\"\nunit = \"µV\"\nlabel_name = \"state\"\nmay_be_negative = true\nrate_hz = 16.0\n";
    fs::write(folder.join("study.toml"), settings).unwrap();
    let mut table = "file\tparticipant_id\tstimulus\tlabel\tsession\torder\n".to_owned();
    for (place, (participant, stimulus, label, session, samples)) in recordings.iter().enumerate() {
        let mut text = "Pz\n".to_owned();
        for sample in 0..*samples {
            writeln!(text, "{:.5}", scale(label) * noise(sample + 331 * place)).unwrap();
        }
        fs::write(folder.join(format!("{place}.csv")), text).unwrap();
        writeln!(table, "{place}.csv\t{participant}\t{stimulus}\t{label}\t{session}\t{}", place + 1).unwrap();
    }
    fs::write(folder.join("recordings.tsv"), table).unwrap();
}

/// Each shape with its name and the schemes that its design does not allow.
fn shapes() -> Vec<(&'static str, Vec<Shape>, Vec<&'static str>)> {
    let text = |value: usize| value.to_string();
    let label = |class: usize| format!("label {class}");
    let one_participant =
        (0..40).map(|trial| ("sub-1".to_owned(), text(trial), label(trial % 2), String::new(), 48));
    let speakers = (0..45).map(|take| {
        let who = take % 9;
        (format!("sub-{who}"), text(take / 9), label(who), String::new(), 7 + take % 5)
    });
    let sessions = (0..48).map(|place| {
        let (who, trial) = (place / 6, place % 6);
        let class = usize::from(trial % 3 == 0);
        (
            format!("sub-{who}"),
            format!("task {class}"),
            label(class),
            format!("ses-{}", trial / 3),
            32 + trial,
        )
    });
    let own_stimuli = (0..40).map(|place| {
        let (who, trial) = (place / 4, place % 4);
        (format!("sub-{who}"), text(place), label(trial % 2), String::new(), 40)
    });
    vec![
        ("one participant", one_participant.collect(), vec!["participant", "both"]),
        ("labels are participants", speakers.collect(), vec![]),
        ("sessions, and labels that are tasks", sessions.collect(), vec!["stimulus", "both"]),
        ("stimuli of each participant alone", own_stimuli.collect(), vec!["both"]),
    ]
}

#[test]
fn studies_of_every_shape_are_audited_and_schemes_that_are_not_possible_are_named() {
    for (name, recordings, impossible) in shapes() {
        let place = tempfile::tempdir().unwrap();
        write_shape(&place.path().join("study"), &recordings, |_| 1.0);
        let audit = answer(place.path(), &["audit", "--profile", "smoke"]);
        let left_out: Vec<&str> =
            audit["left_out"].as_array().unwrap().iter().map(|one| one[0].as_str().unwrap()).collect();
        assert!(impossible.iter().all(|scheme| left_out.contains(scheme)), "{name}: {left_out:?}");
        assert!(!audit["artefacts"]["findings"].as_array().unwrap().is_empty(), "{name}");
        assert!(!audit["guesses"].as_array().unwrap().is_empty(), "{name}");
        let classifiers = &audit["classifiers"];
        assert_eq!(classifiers["missing"], serde_json::json!([]), "{name}");
        assert!(!classifiers["estimates"].as_array().unwrap().is_empty(), "{name}");
        assert_eq!(audit["known_as"], "synthetic shape");
        let has_session = recordings.iter().any(|one| !one.3.is_empty());
        let split = ["split", "--scheme", "session"];
        if has_session {
            assert_eq!(answer(place.path(), &split)["folds"].as_array().unwrap().len(), 2);
        }
    }
}

#[test]
fn a_scale_that_names_the_label_is_found_with_one_participant_and_with_few() {
    for participants in [1, 3] {
        let place = tempfile::tempdir().unwrap();
        let trials = (0..48).map(|trial: usize| {
            let who = format!("sub-{}", trial % participants);
            (who, trial.to_string(), format!("label {}", trial / participants % 2), String::new(), 40)
        });
        let loud = |label: &str| if label == "label 1" { 1000.0 } else { 1.0 };
        write_shape(&place.path().join("study"), &trials.collect::<Vec<_>>(), loud);
        let output = Command::new(env!("CARGO_BIN_EXE_eegenre"))
            .current_dir(place.path())
            .args(["split", "--data", "study"])
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("scale"), "{participants} participants: {said}");
    }
}
