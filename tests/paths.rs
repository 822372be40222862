//! Every task in folders with names as people have them: blanks, umlauts, bytes that are not Unicode; without a home; and
//! where nothing can be written.
#![cfg(unix)]

mod support;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::tasks::{TASKS, eegenre, write_recordings};
use tempfile::{TempDir, tempdir};

/// Runs every task below a folder, and asserts how it ends.
fn all_tasks_work(root: &Path, change: impl Fn(&mut Command)) {
    let (data, out) = (root.join("data"), root.join("out"));
    write_recordings(&data);
    fs::create_dir(&out).unwrap();
    for (task, code) in TASKS {
        let mut command = eegenre(root, task, &data, &out);
        command.arg("--json");
        change(&mut command);
        assert_ends(&command.output().unwrap(), task, code);
    }
}

fn assert_ends(output: &Output, task: &str, code: i32) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{task}: {errors}");
    assert!(!errors.contains("panicked"), "{task}: {errors}");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|cause| {
        panic!("{task}: {cause}: {}", String::from_utf8_lossy(&output.stdout));
    });
    assert_eq!(answer.get("problems").is_some_and(|problems| problems != &Value::Array(vec![])), code != 0);
}

fn below(parent: &TempDir, name: &[u8]) -> PathBuf {
    let path = parent.path().join(OsStr::from_bytes(name));
    fs::create_dir(&path).unwrap();
    path
}

#[test]
fn every_task_works_below_a_name_with_blanks_and_umlauts() {
    let parent = tempdir().unwrap();
    all_tasks_work(&below(&parent, "Jörgs Ünterlagen (neu)".as_bytes()), |_| ());
}

#[test]
fn every_task_works_below_a_name_that_is_not_unicode() {
    let parent = tempdir().unwrap();
    let root = below(&parent, b"caf\xe9");
    all_tasks_work(&root, |_| ());
    // Where a path is part of the answer, it is as it is shown.
    let missing = eegenre(&root, "--json data check OUT/missing", &root, &root).output().unwrap();
    let answer: Value = serde_json::from_slice(&missing.stdout).unwrap();
    let path = answer["problems"][0]["place"]["file"].as_str().unwrap();
    assert!(path.ends_with("caf\u{fffd}/missing"), "{path}");
}

#[test]
fn every_task_works_without_a_home() {
    let parent = tempdir().unwrap();
    all_tasks_work(&below(&parent, b"plain"), |command| {
        for variable in ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "USER"] {
            command.env_remove(variable);
        }
    });
}

/// Tasks that write, each with the place below the project that it cannot write to.
const WRITING: [(&str, &str); 10] = [
    ("data describe", "eegenre"),
    ("data synthesize --out OUT/made", "out"),
    ("split --data DATA --out OUT/split.json", "out/split.json"),
    ("figure distributions --data DATA", "eegenre/figures"),
    ("figure distributions --data DATA --out OUT/figures", "out/figures"),
    ("features --data DATA --out OUT/features.csv", "out"),
    ("classify --data DATA", "eegenre/records/classification-quick-"),
    ("train baseline --data DATA", "eegenre/records/baseline"),
    ("study log --data DATA", "eegenre/records/study-"),
    ("audit --data DATA", "eegenre/records/audit-"),
];

/// A file where a folder would be made stands for a folder that may not be written to, which root always may.
#[test]
fn where_nothing_can_be_written_it_says_so_before_anything_slow_begins() {
    let here = tempdir().unwrap();
    let (data, out) = (here.path().join("data"), here.path().join("out"));
    write_recordings(&data);
    for file in [&out, &here.path().join("eegenre")] {
        fs::write(file, "in the way").unwrap();
    }
    for (task, place) in WRITING {
        let begun = Instant::now();
        let output = eegenre(here.path(), task, &data, &out).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{task}: {errors}");
        let place = here.path().join(place).display().to_string();
        assert!(errors.contains(&place), "{task}: {errors}");
        assert!(!errors.contains("[1/"), "{task} has begun to work: {errors}");
        assert!(begun.elapsed() < Duration::from_secs(20), "{task}");
    }
}

/// A checkout as far as eegenre looks for one.
fn write_checkout(root: &Path) {
    fs::create_dir_all(root.join("data/records")).unwrap();
    fs::create_dir(root.join("notebooks")).unwrap();
    fs::write(root.join("Cargo.toml"), "[package]\nname = \"eegenre\"\n").unwrap();
}

#[test]
fn a_checkout_that_the_kernel_cannot_take_is_refused_before_anything_slow_begins() {
    let parent = tempdir().unwrap();
    let root = below(&parent, b"caf\xe9");
    write_checkout(&root);
    for task in ["notebooks setup", "notebooks lab"] {
        let output = eegenre(&root, task, &root, &root).env("PATH", "").output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{task}: {errors}");
        assert!(errors.contains("expected a path in Unicode, which cargo and the kernel need"), "{errors}");
        assert!(!root.join("target").exists(), "{task} has begun");
    }
}
