//! The committed records of the paper's experiment, and what the README says of them.

use std::fs;
use std::path::Path;

use eegenre::models::Model;
use eegenre::project;
use eegenre::protocol::{Record, Store};
use eegenre::recordings::{Fingerprint, Provenance};
use eegenre::results::Results;
use eegenre::study::{Study, VARIATIONS};

/// What the folder of records may hold at most.
const MOST_BYTES: u64 = 8 << 20;

fn records(variation: &str, model: Model) -> Vec<Record> {
    Store::read(project::root().join("data/records").join(variation).join(model.name())).unwrap()
}

/// Bytes of all files that git tracks: records, and weights of the first run of the full variations.
fn bytes_below(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| match entry.metadata().unwrap() {
            data if data.is_dir() => bytes_below(&entry.path()),
            data if is_tracked(&entry.path()) => data.len(),
            _ => 0,
        })
        .sum()
}

fn is_tracked(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_str().unwrap();
    let is_full = ["raw", "log"].iter().any(|name| path.parent().unwrap().parent().unwrap().ends_with(name));
    name.ends_with(".json") || (name.ends_with(".safetensors") && name.starts_with("run-00.") && is_full)
}

/// What stands in the README as the output of a command.
fn shown_in_readme(command: &str) -> String {
    let readme = fs::read_to_string(project::root().join("README.md")).unwrap();
    let (_, rest) = readme.split_once(&format!("<!-- eegenre {command} -->\n")).unwrap();
    let (shown, _) = rest.split_once("<!-- end -->").unwrap();
    shown.trim().to_owned()
}

#[test]
fn the_readme_shows_the_results_of_the_committed_records() {
    let groups = Model::ALL.map(|model| records("raw", model));
    let groups: Vec<&[Record]> = groups.iter().map(Vec::as_slice).collect();
    let results = Results::of(&groups, &Provenance::Published).unwrap();
    assert_eq!(shown_in_readme("results --markdown"), results.markdown().trim());
}

#[test]
fn the_readme_shows_the_study_of_the_committed_records() {
    let study = Study::read(&project::root().join("data/records")).unwrap();
    assert_eq!(shown_in_readme("study --markdown"), study.markdown().trim());
}

/// Variations that were not run on the published recordings; the README says so.
const NOT_RECORDED: [&str; 5] = ["z-score", "min-max", "channel-1", "kernel-5", "kernel-7"];

#[test]
fn every_other_variation_is_recorded_with_all_its_runs() {
    for variation in VARIATIONS {
        for &model in variation.models {
            let runs = if NOT_RECORDED.contains(&variation.name) { 0 } else { variation.runs };
            let records = records(variation.name, model);
            assert_eq!(records.len() as u64, runs, "{} {model}", variation.name);
        }
    }
}

#[test]
fn committed_records_are_of_the_published_recordings_and_of_the_variation_that_their_folder_names() {
    for variation in VARIATIONS {
        for &model in variation.models {
            let records = records(variation.name, model);
            for record in &records {
                let configuration = &record.configuration;
                assert_eq!(configuration.settings, variation.settings(model), "{} {model}", variation.name);
                assert_eq!(configuration.data, Fingerprint::PUBLISHED);
            }
        }
    }
}

#[test]
fn they_are_small() {
    let bytes = bytes_below(&project::root().join("data/records"));
    assert!(bytes <= MOST_BYTES, "{bytes} bytes");
}
