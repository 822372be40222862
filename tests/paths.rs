//! Every task in folders with names as people have them: blanks, umlauts, bytes that are not Unicode; without a home; and
//! where nothing can be written.
#![cfg(unix)]

mod support;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::workbook;
use tempfile::{TempDir, tempdir};

/// Twelve workbooks of six participants, of 20 s and more.
fn write_recordings(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for song in 1..=12_u32 {
        let mut sheet = rust_xlsxwriter::Worksheet::new();
        sheet.write(0, 0, "Time").unwrap();
        let participants = (1..=6_u16).filter(|participant| (song - 1) / 4 != u32::from(participant % 3));
        for (column, participant) in (1..).zip(participants) {
            sheet.write(0, column, format!("P{participant:02}")).unwrap();
            for row in 0..8 * (20 + song) {
                let sample = 1.0 + f64::from(row * song % 17) / 17.0 + f64::from(participant);
                sheet.write(row + 1, 0, row / 8 + 1).unwrap();
                sheet.write(row + 1, column, sample).unwrap();
            }
        }
        fs::write(folder.join(format!("S{song}.xlsx")), workbook([sheet])).unwrap();
    }
}

/// Every task that needs no checkout, in an order in which what one writes another reads. `DATA` and `OUT` stand for
/// folders; the code is what each exits with.
const TASKS: [(&str, i32); 19] = [
    ("data describe --data DATA", 0),
    ("data check DATA", 0),
    ("data synthesize --out OUT/made", 0),
    ("split --data DATA --out OUT/split.json", 0),
    ("figure 1 --data DATA --out OUT/figures", 0),
    ("figure distributions --data DATA --out OUT/figures", 0),
    ("features --data DATA --out OUT/features.csv", 0),
    ("classify --features OUT/features.csv --model knn", 0),
    ("classify --data DATA --model knn", 0),
    ("classify --data DATA --recorded", 0),
    ("train baseline --runs 1 --epochs 1 --split OUT/split.json --out OUT/r/baseline --quiet --data DATA", 0),
    ("train multilayer --runs 1 --epochs 1 --truncate 16 --out OUT/r/multilayer --quiet --data DATA", 0),
    ("predict --weights OUT/r/baseline/run-00.final.safetensors --data DATA", 0),
    ("results --records OUT/r --data DATA", 0),
    ("results --records OUT/r --against OUT/other --data DATA", 2),
    ("study --records OUT/study --data DATA", 2),
    ("audit --recorded --profile smoke --data DATA", 0),
    ("predict --weights OUT/missing.safetensors --data DATA", 2),
    ("data check OUT/missing", 2),
];

/// Runs a task. `here` is the working folder, outside any checkout.
fn eegenre(here: &Path, task: &str, data: &Path, out: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eegenre"));
    command.current_dir(here).env_remove("EEGENRE_DATA").env_remove("EEGENRE_PROJECT");
    command.args(task.split(' ').map(|word| match word.split_once('/') {
        None if word == "DATA" => data.into(),
        None if word == "OUT" => out.into(),
        Some(("OUT", rest)) => out.join(rest).into_os_string(),
        _ => OsString::from(word),
    }));
    command
}

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
