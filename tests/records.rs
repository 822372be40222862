//! The committed records of the paper's experiment, and what the README says of them.

use std::fs;
use std::path::Path;

use eegenre::models::Model;
use eegenre::project;
use eegenre::protocol::{Record, Store};
use eegenre::recordings::{Fingerprint, Provenance};
use eegenre::results::Results;
use eegenre::study::VARIATIONS;

/// What the folder of records may hold at most.
const MOST_BYTES: u64 = 8 << 20;

fn records(variation: &str, model: Model) -> Vec<Record> {
    Store::read(project::root().join("data/records").join(variation).join(model.name())).unwrap()
}

fn bytes_below(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| match entry.metadata().unwrap() {
            data if data.is_dir() => bytes_below(&entry.path()),
            data => data.len(),
        })
        .sum()
}

#[test]
fn the_readme_shows_the_results_of_the_committed_records() {
    let groups = Model::ALL.map(|model| records("raw", model));
    let groups: Vec<&[Record]> = groups.iter().map(Vec::as_slice).collect();
    let results = Results::of(&groups, &Provenance::Published).unwrap();
    let readme = fs::read_to_string(project::root().join("README.md")).unwrap();
    let (_, rest) = readme.split_once("<!-- eegenre results --markdown -->\n").unwrap();
    let (shown, _) = rest.split_once("<!-- end -->").unwrap();
    assert_eq!(shown.trim(), results.markdown().trim());
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
            let complete = records.is_empty() || records.len() as u64 == variation.runs;
            assert!(complete, "{} {model} has {} runs", variation.name, records.len());
        }
    }
}

#[test]
fn they_are_small() {
    let bytes = bytes_below(&project::root().join("data/records"));
    assert!(bytes <= MOST_BYTES, "{bytes} bytes");
}
