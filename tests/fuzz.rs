//! Damaged files of every kind that is read, other than workbooks (`workbook_fuzz.rs`): nothing panics, and every error names
//! a place.
//!
//! Sound files are damaged in ways that are the same in every run, some thousands a kind, so that it takes seconds.

#[path = "support/damage.rs"]
mod damage;

use std::fs;
use std::path::{Path, PathBuf};

use damage::{damages, panics};
use eegenre::Result;
use eegenre::classifiers::trials::{Division, Origin, Trial, TrialRecord};
use eegenre::classifiers::{Classifier, Recipe};
use eegenre::features::{self, FeatureTable};
use eegenre::models::Model;
use eegenre::notebook;
use eegenre::preparation::Split;
use eegenre::recordings::{Channels, DataSet, Participant, Recording, Song};
use eegenre::runs::prediction::predict;
use eegenre::runs::{Settings, Store};
use eegenre::store::Project;

/// What is put into texts.
const TEXTS: &[&str] = &[
    "",
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "-1",
    "1e999",
    "NaN",
    "18446744073709551616",
    "0.5",
    "\u{feff}",
    "\r\n",
    "\\u0000",
    "\"run\":1,",
    "true",
    "P01,S1,classical,1\n",
    "\"\"",
    "é",
];

/// A small set of the published design, of ramps.
fn set() -> DataSet {
    let recordings = (1..=6).flat_map(|number| {
        let heard = Song::all().filter(move |song| song.genre().label() as u32 != number % 3);
        heard.map(move |song| Recording {
            stimulus: song.into(),
            label: song.genre().into(),
            participant: Participant::new(number),
            take: 1,
            session: None,
            rate_hz: 8.0,
            channels: Channels::ONE,
            samples: (0..64_u32).map(|sample| f64::from(sample * number % 7)).collect(),
            synthetic: None,
        })
    });
    DataSet::new(recordings.collect()).unwrap()
}

fn committed(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Reads a file that is damaged in so many ways. Most must be refused, each with a place in every problem.
fn read_damaged(cases: u32, sound: &[u8], path: PathBuf, read: impl Fn() -> Result<()>) {
    let before = panics();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, sound).unwrap();
    read().expect("the undamaged file is sound");
    let mut refused = 0;
    for (damages, _) in damages(cases, TEXTS) {
        let mut bytes = sound.to_vec();
        damages.iter().for_each(|damage| damage.apply(&mut bytes));
        fs::write(&path, &bytes).unwrap();
        let Err(error) = read() else { continue };
        refused += 1;
        for problem in error.problems() {
            assert!(!problem.place.to_string().is_empty(), "{problem:?}");
            assert_eq!(problem.place.file.as_deref(), Some(path.as_path()), "{problem:?}");
        }
    }
    assert_eq!(panics(), before, "it panicked; what was said is above");
    assert!(refused > cases / 5, "{refused} of {cases} refused: the damage is next to nothing");
}

#[test]
fn tables_of_features() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    let sound = features::csv::text(&FeatureTable::of(&set())).unwrap();
    read_damaged(1500, sound.as_bytes(), path.clone(), || features::read(&path).map(drop));
}

#[test]
fn manifests() {
    let folder = tempfile::tempdir().unwrap();
    let (path, set) = (folder.path().join("split.json"), set());
    let sound = Split::random(&set, 0).unwrap().to_json();
    read_damaged(3000, sound.as_bytes(), path.clone(), || Split::read(&path, &set).map(drop));
}

#[test]
fn records_of_runs() {
    let folder = tempfile::tempdir().unwrap();
    let sound = committed("data/records/raw/baseline/run-00.json");
    read_damaged(2000, &sound, folder.path().join("run-00.json"), || Store::read(folder.path()).map(drop));
}

#[test]
fn records_of_classifications() {
    let folder = tempfile::tempdir().unwrap();
    let trial = Trial::new(Origin::Published, Division::Participant, Recipe::of(Classifier::Knn));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/records/classification");
    let sound = fs::read(TrialRecord::path(&root, &trial)).unwrap();
    let path = TrialRecord::path(folder.path(), &trial);
    read_damaged(2000, &sound, path, || {
        TrialRecord::load(folder.path(), trial).map(|record| {
            record.expect("the file is there");
        })
    });
}

#[test]
fn weights() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    let one = DataSet::new(set().recordings()[..1].to_vec()).unwrap();
    let sound = committed("data/records/raw/baseline/run-00.best.safetensors");
    let answer = || predict(&one, Settings::paper(Model::Baseline), &path).map(drop);
    // The header is short, and the rest are numbers.
    let header = 8 + u64::from_le_bytes(sound[..8].try_into().unwrap()) as usize;
    let before = panics();
    read_damaged_header(1500, &sound, header, &path, answer);
    assert_eq!(panics(), before, "it panicked; what was said is above");
}

/// As [`read_damaged`], but damage strikes the head of a file. Whatever else is damaged becomes another number.
fn read_damaged_header(cases: u32, sound: &[u8], header: usize, path: &Path, read: impl Fn() -> Result<()>) {
    fs::write(path, sound).unwrap();
    read().expect("the undamaged file is sound");
    let mut refused = 0;
    for (damages, _) in damages(cases, TEXTS) {
        let mut head = sound[..header].to_vec();
        damages.iter().for_each(|damage| damage.apply(&mut head));
        fs::write(path, [&head, &sound[header..]].concat()).unwrap();
        let Err(error) = read() else { continue };
        refused += 1;
        assert!(
            error.problems().iter().all(|problem| problem.place.file.as_deref() == Some(path)),
            "{error}"
        );
    }
    assert!(refused > cases / 2, "{refused} of {cases} refused");
}

#[test]
fn notebooks() {
    let folder = tempfile::tempdir().unwrap();
    let root = fs::canonicalize(folder.path()).unwrap();
    fs::create_dir_all(root.join("data/records")).unwrap();
    fs::write(root.join("Cargo.toml"), committed("Cargo.toml")).unwrap();
    let project = Project::at(&root);
    let sound = committed("notebooks/00-start-here.ipynb");
    // A notebook far from its records is stale, and that is all that may be wrong with it.
    let read = || match notebook::check(&project) {
        Err(error)
            if error
                .problems()
                .iter()
                .all(|problem| problem.fault == eegenre::error::Fault::STALE_NOTEBOOK) =>
        {
            Ok(())
        }
        checked => checked.map(drop),
    };
    read_damaged(1500, &sound, root.join("notebooks/00-start-here.ipynb"), read);
}
