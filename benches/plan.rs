//! How long planning, locking, reading and merging take for stores of many runs.
//!
//! `cargo bench --bench plan` writes 100 000 records of the paper's size (0.8 GB) below `target/tmp`, and removes them. Bounds
//! are those of issue 23: a plan in 2 s, results in 5 s. `RUNS=1000` takes fewer.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "../tests/support/counting.rs"]
mod counting;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use eegenre::models::Model;
use eegenre::recordings::{Material, synthetic};
use eegenre::reproduction::experiment::Experiment;
use eegenre::reproduction::results::Results;
use eegenre::runs::profile::Profile;
use eegenre::runs::{Plan, Store};
use eegenre::store::{Lock, Project};

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

fn main() {
    let runs: u64 = std::env::var("RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(100_000);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir_in(root.join("target/tmp")).expect("a folder");
    let project = Project::at(folder.path());
    let set = synthetic::generate(&synthetic::Settings::default()).expect("recordings");
    let experiment = Experiment::new(&project, set, Profile::Paper).expect("an experiment");

    println!("{:<44}{:>10}{:>12}", format!("{runs} runs of the baseline"), "s", "peak MB");
    let plan = || Plan { units: experiment.units(Some(runs)).expect("a plan") };
    let of_baseline =
        |plan: &Plan| plan.units.iter().filter(|unit| unit.name.starts_with("baseline")).count();
    measured("plan, nothing done (three networks)", || assert_eq!(of_baseline(&plan()) as u64, runs));
    let records = folder.path().join("records");
    let store = records.join(Model::Baseline.name());
    measured("writing them", || write(root, &store, runs));
    copy(&store, &experiment.records.join(Model::Baseline.name()));
    measured("plan, the baseline done, as JSON", || {
        let plan = plan();
        assert_eq!(plan.units.iter().filter(|unit| unit.done).count() as u64, runs);
        let mut json = counted();
        serde_json::to_writer(&mut json, &plan).expect("JSON");
    });
    measured("locking each of them", || {
        for run in 0..runs {
            let lock = Lock::attempt(store.join(format!(".run-{run:02}.lock"))).expect("a lock");
            assert!(lock.is_some());
        }
    });
    let material = Material::recorded(&Project::at(root)).expect("the design of the published recordings");
    measured("results of them", || {
        let results = Results::read(&records, &material).expect("results");
        assert_eq!(results.series[0].runs.len() as u64, runs);
    });
}

/// Prints what it takes.
fn measured(what: &str, mut work: impl FnMut()) {
    let begun = Instant::now();
    let bytes = counting::peak_bytes(&mut work);
    println!("{what:<44}{:>10.2}{:>12.0}", begun.elapsed().as_secs_f64(), bytes as f64 / 1e6);
}

/// A writer that keeps nothing.
fn counted() -> impl std::io::Write {
    std::io::BufWriter::new(std::io::sink())
}

/// Records of the paper's size: a committed one under other numbers.
fn write(root: &Path, store: &Path, runs: u64) {
    let from = root.join("data/records/split-1/baseline");
    fs::create_dir_all(store).expect("a folder");
    fs::copy(from.join("configuration.json"), store.join("configuration.json")).expect("a configuration");
    let record = fs::read_to_string(from.join("run-00.json")).expect("a record");
    let (before, after) = record.split_once("\"run\":0").expect("its run");
    for run in 0..runs {
        let path: PathBuf = Store::record_in(store, run);
        fs::write(path, format!("{before}\"run\":{run}{after}")).expect("a record");
    }
}

/// The same files under another name; a plan reads their names alone.
fn copy(store: &Path, other: &Path) {
    fs::create_dir_all(other.parent().expect("a folder above")).expect("a folder");
    #[cfg(unix)]
    std::os::unix::fs::symlink(store, other).expect("a link");
    #[cfg(not(unix))]
    drop((store, other));
}
