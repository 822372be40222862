//! Units of a plan: each leaves its file, whatever the order and the number of processes, and is done once.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use support::tasks::write_recordings;
use tempfile::{TempDir, tempdir};

/// A working folder outside any checkout, with a few short recordings.
fn place() -> TempDir {
    let place = tempdir().unwrap();
    write_recordings(&place.path().join("data"));
    place
}

fn eegenre(place: &TempDir, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eegenre"));
    command.current_dir(place.path()).env_remove("EEGENRE_DATA").env_remove("EEGENRE_PROJECT");
    command.args(arguments.split(' ')).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn done(output: Output) -> (String, String) {
    let [answer, notes] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert!(output.status.success(), "{notes}");
    (answer, notes)
}

/// The units of a plan: name, file, whether it is done, and the command.
fn plan(place: &TempDir, arguments: &str) -> Vec<(String, PathBuf, bool, Vec<String>)> {
    let (answer, _) = done(eegenre(place, &format!("plan {arguments} --data data --json")).output().unwrap());
    let plan: Value = serde_json::from_str(&answer).unwrap();
    let units = plan["units"].as_array().unwrap().iter().map(|unit| {
        assert_eq!(unit["done"].as_bool().unwrap(), unit["seconds"].as_f64().unwrap() == 0.0);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let command = unit["command"].as_array().unwrap().iter().map(text).collect();
        (text(&unit["name"]), text(&unit["file"]).into(), unit["done"].as_bool().unwrap(), command)
    });
    units.collect()
}

fn run(place: &TempDir, command: &[String]) -> Command {
    let mut run = Command::new(&command[0]);
    run.args(&command[1..]).current_dir(place.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    run
}

/// The files below a folder that must not depend on the process that wrote them, by their paths.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let below = contents(&path);
            all.extend(below.into_iter().map(|(file, bytes)| (Path::new(&name).join(file), bytes)));
        } else if !name.starts_with('.') && !name.ends_with(".times.json") {
            all.insert(name.into(), fs::read(path).unwrap());
        }
    }
    all
}

#[test]
fn runs_one_by_one_in_any_order_are_those_of_the_whole_series() {
    let place = place();
    let train = |which: &str, out: &str| {
        let arguments = format!("train baseline --epochs 2 --data data {which} --out {out}");
        done(eegenre(&place, &arguments).output().unwrap())
    };
    train("--runs 5", "whole");
    for which in ["--run 3", "--runs 0..2", "--run 4", "--runs 1..3"] {
        train(which, "parts");
    }
    let [whole, parts] = ["whole", "parts"].map(|folder| contents(&place.path().join(folder)));
    assert_eq!(whole.len(), 1 + 5 * 3);
    assert_eq!(whole, parts);
    let (answer, notes) = train("--run 3", "parts");
    assert!(notes.contains("run 03 of 3..4: done before") && answer.contains("\n03 "), "{answer}{notes}");
}

#[test]
fn a_plan_names_what_each_command_leaves_and_what_is_done_costs_nothing() {
    let place = place();
    let experiment = "experiment --profile smoke --only baseline";
    for (arguments, count) in [(experiment, 2), ("audit --profile smoke --only whole,random", 1)] {
        let units = plan(&place, arguments);
        assert_eq!(units.len(), count, "{units:?}");
        for (name, file, is_done, command) in units {
            assert!(!is_done && !file.exists(), "{name}");
            done(run(&place, &command).output().unwrap());
            assert!(file.is_file(), "{name}");
            let (answer, notes) = done(run(&place, &command).output().unwrap());
            assert!(!notes.contains("begins") && !notes.contains("draw"), "{answer}{notes}");
        }
        assert!(plan(&place, arguments).iter().all(|(_, _, is_done, _)| *is_done));
    }
    // 13 variations, each with the networks that it concerns. Nothing is trained.
    let study = plan(&place, "study");
    assert_eq!(study.len(), 2 * 3 * 15 + 7 * 3 * 5 + 4 * 5);
    assert!(
        study.iter().all(|(name, file, is_done, _)| !is_done && file.is_absolute() && name.contains(" run-"))
    );
    let tsv = done(eegenre(&place, "plan study --data data --tsv").output().unwrap()).0;
    assert_eq!(tsv.lines().count(), 1 + study.len());
    assert!(tsv.lines().all(|line| line.split('\t').count() == 5), "{tsv}");
}

#[test]
fn splits_of_a_cell_are_summed_up_by_the_cell() {
    let place = place();
    let splits = plan(&place, "splits --profile smoke --only whole,random");
    assert_eq!(splits.len(), 2, "{splits:?}");
    for (_, file, _, command) in &splits {
        done(run(&place, command).output().unwrap());
        assert!(file.is_file());
    }
    assert!(plan(&place, "splits --profile smoke --only whole,random").iter().all(|unit| unit.2));
    let (_, cell, is_done, command) = plan(&place, "audit --profile smoke --only whole,random").remove(0);
    assert!(!is_done);
    done(run(&place, &command).output().unwrap());
    let parts = fs::read(&cell).unwrap();
    // The cell's record has taken the trainings over: their own files are gone, and they are done.
    assert!(splits.iter().all(|(_, file, ..)| !file.exists()));
    assert!(plan(&place, "splits --profile smoke --only whole,random").iter().all(|unit| unit.2));
    done(run(&place, &splits[0].3).output().unwrap());
    fs::remove_file(&cell).unwrap();
    done(run(&place, &command).output().unwrap());
    assert_eq!(fs::read(&cell).unwrap(), parts);
}

#[test]
fn two_processes_never_do_the_same_unit() {
    let place = place();
    for (arguments, began) in [
        ("train baseline --epochs 40 --run 1 --out runs", "run 01 of 1..2: begins"),
        ("audit --profile smoke --cell", "draw 1, fold 1"),
        ("classify --profile smoke --trial", "recordings participant-svm"),
    ] {
        let start = || -> Child {
            let mut command = eegenre(&place, arguments);
            match arguments.split(' ').next_back() {
                Some("--cell") => command.arg("whole random baseline 2"),
                Some("--trial") => command.arg("recordings participant-svm"),
                _ => &mut command,
            };
            command.args(["--data", "data"]).spawn().unwrap()
        };
        let notes = [start(), start(), start()].map(|child| done(child.wait_with_output().unwrap()).1);
        let begun = notes.iter().map(|notes| notes.matches(began).count()).sum::<usize>();
        assert_eq!(begun, 1, "{notes:?}");
    }
}

#[test]
fn unknown_units_are_refused() {
    let place = place();
    for (arguments, said) in [
        ("train baseline --runs 3..3", "3..7"),
        ("audit --profile smoke --cell x", "eegenre plan audit"),
        ("classify --profile smoke --trial x", "recordings participant-knn"),
        ("study kernel-5 --network baseline --run 0", "a network of cnn, a run from 0 to 4"),
        ("study kernel-5 raw --network cnn --run 0", "one variation"),
        ("plan study --profile smoke", "the paper's extent"),
        ("records merge missing --into all", "a folder of records"),
    ] {
        let data = if arguments.starts_with("records") { "" } else { " --data data" };
        let output = eegenre(&place, &format!("{arguments}{data}")).output().unwrap();
        let notes = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && notes.contains(said), "{arguments}: {notes}");
    }
}
