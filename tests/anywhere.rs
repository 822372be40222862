//! The command line in a folder that has nothing to do with eegenre's repository.

mod support;

use std::path::Path;
use std::process::{Command, Output};

use support::project;
use tempfile::tempdir;

fn eegenre(working: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eegenre"));
    command.args(arguments).current_dir(working).env_remove("EEGENRE_DATA").env_remove("EEGENRE_PROJECT");
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn recordings_are_described_trained_predicted_and_audited_anywhere() {
    let here = tempdir().unwrap();
    let trained = "eegenre/records/baseline/run-00.final.safetensors";
    for arguments in [
        &["data", "describe"][..],
        &["split", "--scheme", "song"],
        &["train", "baseline", "--runs", "1", "--epochs", "1", "--truncate", "64", "--quiet"],
        &["predict", "--model", "baseline", "--weights", trained],
        &["audit", "--recorded", "--profile", "smoke"],
        &["classify", "--model", "knn"],
        &["figure", "design"],
    ] {
        let output = eegenre(here.path(), arguments);
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    }
    let names = |folder: &Path| {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        // The lock of what is made once.
        names.retain(|name| !name.starts_with('.'));
        names.sort();
        names
    };
    assert_eq!(names(here.path()), ["eegenre"]);
    assert_eq!(names(&here.path().join("eegenre")), ["figures", "records", "synthetic"]);
}

#[test]
fn what_needs_a_checkout_says_so_at_once() {
    let here = tempdir().unwrap();
    let root = here.path().to_str().unwrap();
    for arguments in [
        &["reproduce"][..],
        &["notebooks", "setup"],
        &["notebooks", "lab"],
        &["notebooks", "run"],
        &["notebooks", "check"],
        &["notebooks", "book"],
        &["data", "describe", "--project", root],
    ] {
        let output = eegenre(here.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = said(&output);
        assert!(said.contains("expected a checkout of eegenre") && said.contains("--project"), "{said}");
    }
    assert_eq!(std::fs::read_dir(here.path()).unwrap().count(), 0, "something was left behind");
}

#[test]
fn a_checkout_is_named_or_found_around_the_working_folder() {
    let (here, checkout) = (tempdir().unwrap(), project());
    let root = checkout.root().to_str().unwrap();
    let named = eegenre(here.path(), &["--project", root, "notebooks", "check"]);
    assert!(!said(&named).contains("expected a checkout"), "{}", said(&named));
    let found = eegenre(&checkout.root().join("tests/support"), &["notebooks", "check"]);
    assert_eq!(said(&found), said(&named));
}
