//! The published study on a machine that has no recordings: the same tables, verdicts and figures, from records.
//!
//! A checkout is made of links to this one's records and figures, with nothing at `data/music-affect_v2`.

#![cfg(unix)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use support::{project, published_recordings};
use tempfile::{TempDir, tempdir};

/// A checkout with the records and figures of this one and without recordings.
fn checkout() -> TempDir {
    let (folder, root) = (tempdir().unwrap(), project().root().to_owned());
    fs::create_dir(folder.path().join("data")).unwrap();
    for name in ["Cargo.toml", "figures", "notebooks", "data/records"] {
        symlink(root.join(name), folder.path().join(name)).unwrap();
    }
    fs::copy(root.join("data/SHA256SUMS"), folder.path().join("data/SHA256SUMS")).unwrap();
    folder
}

fn eegenre(checkout: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eegenre"));
    command.arg("--project").arg(checkout).args(arguments).env_remove("EEGENRE_DATA");
    command.output().unwrap()
}

fn answer(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// All that is answered without samples.
const QUESTIONS: [&[&str]; 11] = [
    &["data", "describe"],
    &["data", "describe", "--json"],
    &["split", "--seed", "3"],
    &["split", "--scheme", "both", "--json"],
    &["results"],
    &["results", "--markdown"],
    &["study"],
    &["audit", "--recorded"],
    &["audit", "--recorded", "--json"],
    &["classify", "--recorded"],
    &["classify", "--recorded", "--json"],
];

#[test]
fn tables_and_verdicts_are_those_that_the_recordings_give_and_say_where_they_are_from() {
    let checkout = checkout();
    let recordings = published_recordings();
    for question in QUESTIONS {
        let output = eegenre(checkout.path(), question);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("from records of music-affect_v2"), "{question:?}: {said}");
        assert!(said.contains("data e3a2063e38e2"), "{question:?}: {said}");
        let from_records = answer(&output);
        if let Some(folder) = &recordings {
            let with = [question, &["--data", folder.to_str().unwrap()]].concat();
            assert_eq!(from_records, answer(&eegenre(checkout.path(), &with)), "{question:?}");
        }
    }
}

#[test]
fn a_split_of_the_published_study_warns_of_what_its_files_tell() {
    for scheme in ["random", "participant", "stimulus", "both"] {
        let output = eegenre(checkout().path(), &["split", "--scheme", scheme]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let warning = "a rule that sees only exact zeros predicts the label of";
        assert!(said.contains(warning) && said.contains(&format!("split by {scheme}; chance")), "{said}");
    }
}

#[test]
fn every_committed_figure_is_drawn_pixel_by_pixel_from_the_records() {
    let (checkout, out) = (checkout(), tempdir().unwrap());
    let drawn = answer(&eegenre(checkout.path(), &["figure", "all", "--out", out.path().to_str().unwrap()]));
    assert!(!drawn.is_empty());
    let pictures = |folder: &Path| -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        entries
            .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
            .filter(|(name, _)| name.ends_with(".png"))
            .collect()
    };
    let (drawn, committed) = (pictures(out.path()), pictures(&project().committed_figures()));
    assert_eq!(drawn.keys().collect::<Vec<_>>(), committed.keys().collect::<Vec<_>>());
    for (name, picture) in &drawn {
        assert!(committed[name] == *picture, "{name} is not what the records give: run `eegenre figure all`");
    }
}

#[test]
fn what_needs_recordings_says_so() {
    let checkout = checkout();
    let output = eegenre(checkout.path(), &["audit", "--only", "cut,baseline"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("expected recordings to train on") && said.contains("--data"), "{said}");
}

#[test]
fn the_committed_records_are_sound() {
    let output = eegenre(checkout().path(), &["records", "check", "--json"]);
    let checked: Value = serde_json::from_str(&answer(&output)).unwrap();
    assert!(checked["runs"].as_u64() > Some(100) && checked["trainings"].as_u64() > Some(1000), "{checked}");
}

/// A change to one record, where it is to be found, and what must be said of it.
const CHANGES: [(&str, &str, &str, &str); 5] = [
    ("raw/cnn/run-03.json", "\"predicted\":\"classical\"", "\"predicted\":\"pop\"", "run-03.json"),
    ("raw/cnn/run-03.json", "\"seed\":0", "\"seed\":1", "run-03.json"),
    ("audit/cut/participant-baseline-300.json", "\"split\":\"", "\"split\":\"0", "draw 0, fold 1"),
    (
        "classification/recordings/participant-knn.json",
        "\"table\":\"",
        "\"table\":\"0",
        "participant-knn.json",
    ),
    ("design.json", "\"samples\":2047", "\"samples\":2048", "description.json"),
];

#[test]
fn a_record_that_was_changed_is_found_by_its_digest_and_by_what_it_says() {
    for (file, before, after, said) in CHANGES {
        let checkout = checkout();
        let records = checkout.path().join("data/records");
        fs::remove_file(&records).unwrap();
        copy(&project().committed_records(), &records);
        let path = records.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(before), "{file}");
        fs::write(&path, text.replacen(before, after, 1)).unwrap();
        let output = eegenre(checkout.path(), &["records", "check"]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{file}");
        assert!(told.contains(said), "{file}: {told}");
        if file != "design.json" {
            assert!(told.contains("SHA-256"), "{file}: {told}");
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() { copy(&from, &to) } else { fs::copy(from, to).map(drop).unwrap() }
    }
}
