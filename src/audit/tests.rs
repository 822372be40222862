use std::collections::BTreeSet;
use std::fs;
use std::sync::atomic::AtomicBool;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use tempfile::tempdir;

use super::*;
use crate::models::Model;
use crate::preparation::split::testing::PUBLISHED;
use crate::preparation::{Input, Scheme};
use crate::recordings::{Recording, RecordingId, Song, synthetic};

/// The paper's design, a second or two of each recording: lengths still name the label.
fn set() -> DataSet {
    let set = synthetic::generate(&synthetic::Settings::default()).unwrap();
    let short = |recording: &Recording| {
        let samples = recording.samples[..recording.samples.len() / 100].to_vec();
        Recording { samples, ..recording.clone() }
    };
    DataSet::new(set.recordings().iter().map(short).collect()).unwrap()
}

fn cell(condition: &str, scheme: Scheme) -> Cell {
    let condition = Condition::named(condition).unwrap();
    let preset = Preset::Paper;
    Cell { condition, scheme, model: Model::Baseline, draws: 2, folds: None, epochs: 1, preset }
}

fn trained(folder: &Path, set: &DataSet, cell: &Cell, threads: usize) -> CellRecord {
    let stop = AtomicBool::new(false);
    let control = Control { threads, ..Control::new(&stop) };
    let (records, workspace) = (folder.join("records"), folder.join("workspace"));
    train_below(&records, &workspace, set, &[*cell], &control).unwrap();
    CellRecord::read(&records, cell, set).unwrap().unwrap()
}

/// The class of the stimulus's label.
fn own_class(id: RecordingId) -> usize {
    Song::try_from(id.stimulus).unwrap().genre().label()
}

#[test]
fn a_cell_answers_every_test_recording_of_its_splits() {
    let (set, folder) = (set(), tempdir().unwrap());
    let cell = cell("cut", Scheme::Stimulus);
    let record = trained(folder.path(), &set, &cell, 2);
    let splits = [0, 1].map(|draw| Scheme::Stimulus.draw(&set, draw).unwrap()).concat();
    assert_eq!(record.trainings.len(), splits.len());
    for (training, split) in record.trainings.iter().zip(&splits) {
        assert_eq!(training.split, split.digest());
        assert!(training.answers.keys().eq(split.test()));
        assert!(training.answers.iter().all(|(id, [class, ..])| own_class(*id) == *class));
        assert_eq!(training.last.training[1], split.training().len());
    }
    let tally = Tally::of(&record.trainings, crate::runs::Weights::Final);
    assert_eq!((tally.answers(), tally.recordings()), (2 * 192, 192));
    assert!(!folder.path().join("workspace/cut/song-baseline-1").exists());
}

#[test]
fn draws_differ_in_split_and_seed_and_records_do_not_depend_on_threads() {
    let set = set();
    let cell = cell("labels", Scheme::Random);
    let folders = [1, 3].map(|threads| {
        let folder = tempdir().unwrap();
        let record = trained(folder.path(), &set, &cell, threads);
        (fs::read(CellRecord::path(&folder.path().join("records"), &cell)).unwrap(), record)
    });
    assert_eq!(folders[0].0, folders[1].0);
    let record = &folders[0].1;
    assert_ne!(record.trainings[0].split, record.trainings[1].split);
    let moved = record.trainings[0].answers.iter().filter(|(id, [class, ..])| own_class(**id) != *class);
    assert!(moved.count() > 10, "labels were dealt out anew, and answers are held against them");
}

#[test]
fn trainings_of_a_cell_are_side_by_side() {
    let (set, folder) = (set(), tempdir().unwrap());
    let stop = AtomicBool::new(false);
    let control = Control { threads: 2, ..Control::new(&stop) };
    let (begun, second) = (Mutex::new(0), Condvar::new());
    // The first training waits for the second to begin.
    let began = |_: &str| {
        let mut count = begun.lock().unwrap();
        *count += 1;
        second.notify_all();
        let waited = second.wait_timeout_while(count, Duration::from_secs(60), |count| *count < 2);
        assert!(!waited.unwrap().1.timed_out(), "a training began alone");
    };
    let records = folder.path().join("records");
    training::train(&cell("cut", Scheme::Random), &set, &records, folder.path(), &control, &began).unwrap();
    assert_eq!(*begun.lock().unwrap(), 2);
}

#[test]
fn what_was_interrupted_goes_on_and_what_is_recorded_is_not_trained_again() {
    let (set, folder) = (set(), tempdir().unwrap());
    let cell = cell("whole", Scheme::Random);
    let stop = AtomicBool::new(true);
    let (records, workspace) = (folder.path().join("records"), folder.path().join("workspace"));
    let error = train_below(&records, &workspace, &set, &[cell], &Control::new(&stop)).unwrap_err();
    assert!(error.problems().iter().all(|problem| problem.fault == Fault::INTERRUPTED));
    let record = trained(folder.path(), &set, &cell, 1);
    fs::remove_dir_all(&workspace).unwrap_or_default();
    assert_eq!(trained(folder.path(), &set, &cell, 1), record);
    assert!(!workspace.exists());
}

#[test]
fn further_draws_are_added_to_those_that_are_recorded() {
    let (set, folder) = (set(), tempdir().unwrap());
    let first = cell("clean", Scheme::Random);
    let two = trained(folder.path(), &set, &first, 2);
    let more = Cell { draws: 3, ..first };
    let three = trained(folder.path(), &set, &more, 1);
    assert_eq!(three.trainings[..2], two.trainings);
    assert_eq!(three.trainings.len(), 3);
    assert_eq!(three.clone().whole_draws(&first, &set).unwrap(), Some(two));
    let alone = tempdir().unwrap();
    assert_eq!(trained(alone.path(), &set, &more, 2), three);
    for (id, [last, _]) in &three.trainings[0].logits {
        let answer = three.trainings[0].answers[id][1];
        assert!(last[0].iter().all(|output| *output <= last[0][answer]), "{id}");
    }
}

#[test]
fn a_record_of_another_configuration_is_refused() {
    let (set, folder) = (set(), tempdir().unwrap());
    let first = cell("whole", Scheme::Random);
    trained(folder.path(), &set, &first, 2);
    let records = folder.path().join("records");
    let other = Cell { epochs: 2, ..first };
    assert_eq!(CellRecord::read(&records, &other, &set), Ok(None));
    let path = CellRecord::path(&records, &first);
    fs::copy(&path, CellRecord::path(&records, &other)).unwrap();
    let error = CellRecord::read(&records, &other, &set).unwrap_err();
    assert_eq!(error.problems()[0].fault, Fault::FOREIGN_RECORDS);
    fs::write(&path, "{}").unwrap();
    assert_eq!(CellRecord::read(&records, &first, &set).unwrap_err().problems()[0].fault, Fault::BAD_RECORD);
}

#[test]
fn what_other_instructions_began_is_refused_unless_asked_for() {
    let (set, folder) = (set(), tempdir().unwrap());
    let cells = [cell("whole", Scheme::Random), cell("cut", Scheme::Random)];
    trained(folder.path(), &set, &cells[0], 2);
    let (records, workspace) = (folder.path().join("records"), folder.path().join("workspace"));
    let path = CellRecord::path(&records, &cells[0]);
    let ours = Instructions::of(crate::runs::Processor::Cpu);
    let change = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        let changed = text.replace(&serde_json::to_string(&ours).unwrap(), "[\"another\"]");
        assert_ne!(text, changed);
        fs::write(path, changed).unwrap();
    };
    change(&path);
    let stop = AtomicBool::new(false);
    let train = |cells: &[Cell], any_level: bool| {
        let control = Control { any_level, ..Control::new(&stop) };
        train_below(&records, &workspace, &set, cells, &control)
    };
    // A cell that is there, beside one that is not.
    train(&cells[..1], false).unwrap();
    let refused = |result: Result<()>, file: &Path| {
        let error = result.unwrap_err();
        assert_eq!(error.problems()[0].fault, Fault::FOREIGN_INSTRUCTIONS);
        assert_eq!(error.problems()[0].place.file.as_deref(), Some(file));
        assert!(error.to_string().contains(&format!("expected {ours}, which")), "{error}");
        assert!(error.to_string().contains("found another"), "{error}");
    };
    refused(train(&cells, false), &path);
    // A cell of which one training is there.
    let one = Cell { folds: Some(1), draws: 1, ..cells[1] };
    let control = Control::new(&stop);
    let elsewhere = folder.path().join("elsewhere");
    training::train(&one, &set, &elsewhere, &workspace, &control, &|_| ()).unwrap();
    let fold = workspace.join("cut/random-baseline-1/draw-0/fold-01");
    change(&fold.join("configuration.json"));
    change(&fold.join("run-00.json"));
    refused(train(&cells[1..], false), &fold);
    train(&cells, true).unwrap();
    let record = CellRecord::read(&records, &cells[1], &set).unwrap().unwrap();
    let instructions = record.configuration.instructions.to_string();
    assert!(instructions.contains("another and") || instructions.contains("and another"), "{instructions}");
}

#[test]
fn an_audit_says_what_is_missing_and_compares_what_is_there() {
    let (set, folder) = (set(), tempdir().unwrap());
    let cells = cells(Profile::Smoke, Preset::Paper, &set);
    let stop = AtomicBool::new(false);
    let (records, workspace) = (folder.path().join("records"), folder.path().join("workspace"));
    train_below(&records, &workspace, &set, &cells[1..], &Control::new(&stop)).unwrap();
    let instrument = Instrument::read(&Project::at(folder.path()), Profile::Smoke).unwrap();
    let audit = Audit::below(&records, instrument, None, &set, (Profile::Smoke, Preset::Paper)).unwrap();
    assert_eq!(audit.missing.len(), 1);
    assert!(audit.missing[0].starts_with(&cells[0].name()));
    assert_eq!(audit.estimates.len(), cells.len() - 1);
    assert_eq!(audit.guesses.len(), Shortcut::ALL.len() * PUBLISHED.len());
    let compared: BTreeSet<&str> = audit.controls.iter().map(|effect| effect.reference).collect();
    assert_eq!(compared, BTreeSet::from(["cut", "whole"]));
    assert!(audit.controls.iter().all(|effect| effect.p_holm >= effect.difference.p));
    let text = audit.to_string();
    assert!(text.contains("One cell of the profile is not trained to its end yet"), "{text}");
}

#[test]
fn words_choose_cells() {
    let words = |words: &[&str]| {
        chosen(plan(Profile::Paper), &words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(words(&[]).unwrap().len(), plan(Profile::Paper).len());
    let cells = words(&["cut", "baseline"]).unwrap();
    assert!(cells.len() == 4 && cells.iter().all(|cell| cell.name().starts_with("cut ")));
    assert_eq!(words(&["nonsense"]).unwrap_err().problems()[0].fault, Fault::BAD_SETTING);
    let slices = words(&["slices-and-whole"]).unwrap();
    assert!(slices.iter().all(|cell| cell.settings(&set(), 0).input == Input::SlicesAndWhole));
}
