//! Features of recordings of the real lengths: `cargo bench --bench features`.
//!
//! The goal is 2 s for all features of 192 recordings on two cores. The recordings are synthetic ones.
//! `-- --json --export DIR` is for `benches/peers/features.py`: one recording of each song is written there, as the bits
//! of doubles, and the seconds of one thread for each feature of one recording are printed.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Instant;

use divan::Bencher;
use eegenre::features::{Feature, FeatureTable, FeatureVector};
use eegenre::recordings::synthetic::{self, Settings};
use eegenre::recordings::{DataSet, Recording};
use serde_json::json;

/// Times that each measurement for the peers is repeated; the median counts.
const ROUNDS: usize = 7;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == "--export") {
        Some(at) => compare(Path::new(arguments.get(at + 1).expect("--export: a folder"))),
        None => divan::main(),
    }
}

fn recordings() -> DataSet {
    synthetic::generate(&Settings::default()).expect("the default settings are sound")
}

/// The first recording of each song: one of each length.
fn one_of_each_song(set: &DataSet) -> Vec<&Recording> {
    set.stimuli()
        .into_iter()
        .filter_map(|song| set.recordings().iter().find(|other| other.stimulus == song))
        .collect()
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn all_features_of_192_recordings(bencher: Bencher) {
    let set = recordings();
    bencher.bench_local(|| FeatureTable::of(&set));
}

/// Four minutes at 250 Hz. The goal is 10 s on one core.
#[divan::bench(sample_count = 1, sample_size = 1)]
fn all_features_of_60_000_samples(bencher: Bencher) {
    let samples: Vec<f64> = (recordings().recordings().iter())
        .flat_map(|recording| recording.samples.iter().copied())
        .take(60_000)
        .collect();
    bencher.bench_local(|| FeatureVector::of(&samples));
}

#[divan::bench(args = Feature::ALL.map(Feature::name), sample_count = 10, sample_size = 1)]
fn one_recording(bencher: Bencher, name: &str) {
    let (set, feature) = (recordings(), name.parse::<Feature>().expect("a name of a feature"));
    bencher.bench_local(|| feature.of(&set.recordings()[0].samples));
}

fn median_seconds(mut work: impl FnMut()) -> f64 {
    let mut seconds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds[ROUNDS / 2]
}

fn compare(folder: &Path) {
    let set = recordings();
    let chosen = one_of_each_song(&set);
    fs::create_dir_all(folder).expect("a folder that can be made");
    for recording in &chosen {
        let bytes: Vec<u8> = recording.samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        fs::write(folder.join(format!("{}.f64", recording.stimulus)), bytes)
            .expect("a file that can be written");
    }
    let of_feature = |feature: Feature| {
        let seconds = median_seconds(|| {
            for recording in &chosen {
                std::hint::black_box(feature.of(&recording.samples));
            }
        });
        (feature.name(), seconds / chosen.len() as f64)
    };
    let features: BTreeMap<&str, f64> = Feature::ALL.into_iter().map(of_feature).collect();
    let table = median_seconds(|| {
        std::hint::black_box(FeatureTable::of(&set));
    });
    println!("{}", json!({ "table": table, "features": features }));
}
