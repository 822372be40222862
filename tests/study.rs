//! A study of one's own, from the command line: begun, filled in, checked.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn eegenre(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_eegenre")).args(arguments).env_remove("EEGENRE_DATA").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_folder_is_described_filled_in_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats/synthetic-mne.edf");
    for name in ["P01_song1.edf", "P01_song2.edf"] {
        std::fs::copy(&made, folder.path().join(name)).unwrap();
    }
    let dir = folder.path().to_str().unwrap();

    let begun = eegenre(&["data", "init", dir]);
    assert_eq!(begun.status.code(), Some(0), "{}", text(&begun.stderr));
    assert!(text(&begun.stdout).contains("fill in 2 question marks"), "{}", text(&begun.stdout));

    let unfilled = eegenre(&["data", "check", dir]);
    assert_eq!(unfilled.status.code(), Some(2));
    let said = text(&unfilled.stderr);
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(
        said.contains("recordings.tsv, line 3, label: expected a name in place of the question mark"),
        "{said}"
    );
    let listed: Value = serde_json::from_slice(&eegenre(&["data", "check", dir, "--json"]).stdout).unwrap();
    assert_eq!(listed["problems"][0]["fault"], "unfilled");
    assert_eq!(listed["problems"][0]["place"]["line"], 2);

    let table = folder.path().join("recordings.tsv");
    let filled = std::fs::read_to_string(&table).unwrap().replacen('?', "pop", 1).replacen('?', "rock", 1);
    std::fs::write(&table, filled).unwrap();
    let checked = eegenre(&["data", "check", dir]);
    assert_eq!(checked.status.code(), Some(0), "{}", text(&checked.stderr));
    assert!(text(&checked.stdout).contains("2 recordings in 2 files"), "{}", text(&checked.stdout));
    let study: Value = serde_json::from_slice(&eegenre(&["data", "check", dir, "--json"]).stdout).unwrap();
    let study = &study["study"];
    assert_eq!((&study["rates_hz"][0], &study["seconds"][1]), (&Value::from(32.0), &Value::from(2.0)));
    assert_eq!((&study["labels"]["pop"], &study["unit"]), (&Value::from(1), &Value::from("µV")));

    let again = eegenre(&["data", "init", dir]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("expected a folder without it"), "{}", text(&again.stderr));
}

#[test]
fn files_that_are_wrong_are_named_in_a_study_too() {
    let folder = tempfile::tempdir().unwrap();
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats");
    let cut = std::fs::read(made.join("synthetic-mne.bdf")).unwrap();
    std::fs::write(folder.path().join("cut.bdf"), &cut[..cut.len() - 7]).unwrap();
    std::fs::write(folder.path().join("gap.csv"), "Time,F7,F8\n0,1,2\n1,,4\n2,5,6\n").unwrap();
    let table = "file,participant_id,stimulus,label\ncut.bdf,1,a,pop\ngap.csv,1,b,rock\n";
    std::fs::write(folder.path().join("recordings.csv"), table).unwrap();
    let settings = "name = \"x\"\nunit = \"µV\"\nlabel_name = \"genre\"\nmay_be_negative = true\n";
    std::fs::write(folder.path().join("study.toml"), settings).unwrap();
    let output = eegenre(&["data", "check", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(said.contains("cut.bdf, data records: expected 2 data records"), "{said}");
    assert!(said.contains("gap.csv, cell B3: expected a number, found a blank cell"), "{said}");
}
