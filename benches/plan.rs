//! Time and memory of planning, locking and reading a store of many runs.
//!
//! `cargo bench --bench plan` writes 100 000 records of the paper's size (0.8 GB) to a folder below `target/tmp`, and removes the
//! folder. A bound that is missed is marked. `RUNS=1000` takes fewer runs.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "../tests/support/counting.rs"]
mod counting;

use std::fs;
use std::path::Path;
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

/// Most seconds for 100 000 runs.
const PLAN_SECONDS: f64 = 2.0;
const RESULTS_SECONDS: f64 = 5.0;

fn main() {
    let runs: u64 = std::env::var("RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(100_000);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir_in(root.join("target/tmp")).expect("a folder");
    let set = synthetic::generate(&synthetic::Settings::default()).expect("recordings");
    let experiment =
        Experiment::new(&Project::at(folder.path()), set, Profile::Paper).expect("an experiment");
    let store = experiment.records.join(Model::Baseline.name());

    println!("{:<44}{:>10}{:>12}", format!("{runs} runs of each network"), "s", "peak MB");
    let plan = |done: u64| {
        let plan = Plan { units: experiment.units(Some(runs)).expect("a plan") };
        assert_eq!(plan.units.len() as u64, 3 * runs);
        assert_eq!(plan.units.iter().filter(|unit| unit.done).count() as u64, done);
        plan
    };
    measured("plan, nothing done", Some(PLAN_SECONDS), || drop(plan(0)));
    measured("writing the baseline's records", None, || write(root, &store, runs));
    measured("plan, the baseline done, as JSON", Some(PLAN_SECONDS), || {
        serde_json::to_writer(std::io::sink(), &plan(runs)).expect("JSON");
    });
    measured("locking each run", None, || {
        for run in 0..runs {
            let lock = Lock::attempt(store.join(format!(".run-{run:02}.lock"))).expect("a lock");
            assert!(lock.is_some());
        }
    });
    let material = Material::recorded(&Project::at(root)).expect("the design of the published recordings");
    measured("results of the baseline", Some(RESULTS_SECONDS), || {
        let results = Results::read(&experiment.records, &material).expect("results");
        assert_eq!(results.series[0].runs.len() as u64, runs);
    });
}

/// Prints the seconds and the peak memory of some work.
fn measured(what: &str, bound_seconds: Option<f64>, work: impl FnOnce()) {
    let begun = Instant::now();
    let bytes = counting::peak_bytes(work);
    let seconds = begun.elapsed().as_secs_f64();
    let verdict = bound_seconds.map_or_else(String::new, |bound| {
        format!("  bound {bound} s{}", if seconds <= bound { "" } else { ": MISSED" })
    });
    println!("{what:<44}{seconds:>10.2}{:>12.0}{verdict}", bytes as f64 / 1e6);
}

/// Writes copies of one committed record of the paper's size, with other run numbers.
fn write(root: &Path, store: &Path, runs: u64) {
    let from = root.join("data/records/split-1/baseline");
    fs::create_dir_all(store).expect("a folder");
    fs::copy(from.join("configuration.json"), store.join("configuration.json")).expect("a configuration");
    let record = fs::read_to_string(from.join("run-00.json")).expect("a record");
    let (before, after) = record.split_once("\"run\":0").expect("the number of a run");
    for run in 0..runs {
        fs::write(Store::record_in(store, run), format!("{before}\"run\":{run}{after}")).expect("a record");
    }
}
