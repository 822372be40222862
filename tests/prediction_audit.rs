//! `eegenre audit predictions` as a user meets it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::{TempDir, tempdir};

fn eegenre(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eegenre"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_remove("EEGENRE_DATA")
        .env_remove("EEGENRE_PROJECT")
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A folder with a table: patients and controls, two models in random folds; the second knows the label of participants.
fn study() -> TempDir {
    let folder = tempdir().unwrap();
    let mut table = "recording;participant_id;label;predicted;fold;model\n".to_owned();
    for trial in 0..160 {
        let (participant, fold) = (trial / 10, trial % 5);
        let label = ["control", "patient"][participant % 2];
        let other = ["control", "patient"][trial / 3 % 2];
        let told = if participant < 14 { label } else { other };
        table += &format!("t{trial};s{participant};{label};{other};{fold};guess\n");
        table += &format!("t{trial};s{participant};{label};{told};{fold};network\n");
    }
    fs::write(folder.path().join("study.csv"), table).unwrap();
    folder
}

#[test]
fn the_text_answers_every_question() {
    let folder = study();
    let output = eegenre(folder.path(), &["audit", "predictions", "study.csv"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    for part in [
        "160 recordings, 16 participants, 2 labels (control, patient), 2 models",
        "Rows outside a fold train it.",
        "all   128    160   0.0         100.0         unknown",
        "participant's most frequent training label             100.0",
        "Exchanged are whole participants, because each has one label: 16 units in 1 group, 12870 distinct exchanges",
        "Intervals hold 95 % and are over participants.",
        "guess - network",
        "- In 100.0 % of the tested rows the participant also trains: the accuracy does not extend to new participants.",
        "- The table has no column stimulus",
        "does not exceed a guess without a signal, 100.0 % from the participant's most frequent training label.",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert_eq!(
        text,
        stdout(&eegenre(folder.path(), &["audit", "predictions", "study.csv"])),
        "the same bytes"
    );
}

#[test]
fn json_holds_the_same() {
    let folder = study();
    let output = eegenre(folder.path(), &["audit", "predictions", "study.csv", "--json", "--markdown"]);
    let audit: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&audit["table"], &audit["drawn"]), (&"study.csv".into(), &"participants".into()));
    assert!(audit["chance"].as_str().unwrap().starts_with("Chance of a model is"));
    let design = &audit["designs"][0];
    assert_eq!(
        (&design["exchanges"]["level"], &design["exchanges"]["drawn"]),
        (&"participants".into(), &9999.into())
    );
    assert_eq!(design["folds"].as_array().unwrap().len(), 5);
    let network = &audit["models"][1];
    assert_eq!(network["name"], "network");
    assert!(
        network["permutation"]["p"].as_f64().unwrap() < 0.001
            && network["permutation"]["p_corrected"].is_number()
    );
    assert!(network["accuracy"]["accuracy"]["interval"]["low"].as_f64().unwrap() > 0.5);
    assert!(audit["comparisons"][0]["difference"].as_f64().unwrap() < 0.0);
    assert!(audit["limits"].as_array().unwrap().iter().any(|limit| limit["limit"] == "leaking-participants"));
}

#[test]
fn markdown_and_the_page_are_written() {
    let folder = study();
    let arguments = ["audit", "predictions", "study.csv", "--markdown", "--html", "audit.html"];
    let output = eegenre(folder.path(), &arguments);
    let markdown = stdout(&output);
    assert!(markdown.starts_with("# Audit of predictions: study.csv\n\n## Table\n"), "{markdown}");
    assert!(markdown.contains("| model | answers | accuracy | 95 % CI |"), "{markdown}");
    assert_eq!(stderr(&output), "written: audit.html\n");
    let page = fs::read(folder.path().join("audit.html")).unwrap();
    assert!(eegenre(folder.path(), &arguments).status.success());
    assert_eq!(page, fs::read(folder.path().join("audit.html")).unwrap());
    let refused =
        eegenre(folder.path(), &["audit", "predictions", "study.csv", "--html", "no/such/audit.html"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn bad_tables_exit_with_2_and_every_problem() {
    let folder = tempdir().unwrap();
    let table = "recording,participant_id,label,predicted,fold\n1,a,x,x,1\n1,b,x,y,1\n2,,y,y,2\n";
    fs::write(folder.path().join("bad.csv"), table).unwrap();
    let output = eegenre(folder.path(), &["audit", "predictions", "bad.csv"]);
    assert_eq!(output.status.code(), Some(2));
    let lines = stderr(&output);
    assert_eq!(lines.lines().count(), 3, "{lines}");
    let expected = "bad.csv, cell B3, column participant_id: expected \"a\", as \"1\" has in line 2, found \"b\"; give each recording";
    assert!(lines.starts_with(expected), "{lines}");
    assert!(
        lines.contains("bad.csv, cell B4, column participant_id: expected a value, found a blank cell"),
        "{lines}"
    );
    let output = eegenre(folder.path(), &["audit", "predictions", "bad.csv", "--json"]);
    let problems: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(problems["problems"][1]["fault"], "repeated-prediction");
    assert_eq!(eegenre(folder.path(), &["audit", "predictions", "none.csv"]).status.code(), Some(2));
}

#[test]
fn the_audit_of_networks_keeps_its_options() {
    let folder = tempdir().unwrap();
    let both = eegenre(folder.path(), &["audit", "--recorded", "predictions", "x.csv"]);
    assert_eq!(both.status.code(), Some(2));
    assert!(stderr(&both).contains("cannot be used with"), "{}", stderr(&both));
    let help = stdout(&eegenre(folder.path(), &["audit", "--help"]));
    assert!(help.contains("--recorded") && help.contains("predictions"), "{help}");
}
