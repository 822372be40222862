use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tempfile::tempdir;

use super::*;
use crate::error::Fault;
use crate::models::Model;
use crate::preparation::{HOP, SLICE};
use crate::preparation::{Input, Preparation, Split};
use crate::recordings::{DataSet, synthetic};
use crate::runs::RUNS;

/// Recordings of the paper's design, synthetic.
pub(super) fn set() -> DataSet {
    synthetic::generate(&synthetic::Settings::default()).unwrap()
}

/// The paper's settings on the first frames of each recording, for a few epochs.
pub(super) fn settings(model: Model, epochs: usize) -> Settings {
    let mut settings = Settings::paper(model);
    let samples = if model == Model::Cnn { 960 } else { 80 };
    settings.preparation = Preparation { truncate: NonZeroUsize::new(samples), ..Preparation::default() };
    settings.hyperparameters.epochs = epochs;
    settings
}

/// Contents of all files of a folder that must not differ between two ways to the same records.
pub(super) fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let named = files.map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap()));
    named.filter(|(name, _)| !name.ends_with(".times.json") && !name.ends_with(".lock")).collect()
}

/// Counts what happened; asks to stop after so many epochs of all runs together.
pub(super) struct Watch<'a> {
    stop: &'a AtomicBool,
    epochs_left: Mutex<usize>,
    seen: Mutex<BTreeMap<&'static str, u64>>,
}

impl<'a> Watch<'a> {
    pub(super) fn new(stop: &'a AtomicBool, epochs_left: usize) -> Self {
        Self { stop, epochs_left: Mutex::new(epochs_left), seen: Mutex::default() }
    }

    pub(super) fn seen(&self, what: &str) -> u64 {
        self.seen.lock().unwrap().get(what).copied().unwrap_or(0)
    }
}

impl Observer for Watch<'_> {
    fn observe(&self, _: u64, event: Event) {
        let name = match event {
            Event::Present => "present",
            Event::Elsewhere => "elsewhere",
            Event::Began { .. } => "began",
            Event::Epoch { .. } => {
                let mut left = self.epochs_left.lock().unwrap();
                *left = left.saturating_sub(1);
                if *left == 0 {
                    self.stop.store(true, Ordering::Relaxed);
                }
                "epoch"
            }
            Event::Finished { .. } => "finished",
            Event::Failed => "failed",
        };
        *self.seen.lock().unwrap().entry(name).or_default() += 1;
    }
}

/// Trains in a folder, with so many threads.
pub(super) fn trained(
    set: &DataSet,
    settings: Settings,
    runs: u64,
    folder: &Path,
    threads: usize,
) -> Vec<Record> {
    let stop = AtomicBool::new(false);
    let control = Control { threads, ..Control::new(&stop) };
    train(set, &Split::random(set, 0).unwrap(), settings, runs, folder, &control).unwrap()
}

#[test]
fn records_have_the_same_bytes_for_any_number_of_threads() {
    let (set, folders) = (set(), [1, 2, 3].map(|threads| (threads, tempdir().unwrap())));
    for model in Model::ALL {
        let epochs = if model == Model::Cnn { 1 } else { 2 };
        let all = folders.each_ref().map(|(threads, folder)| {
            let folder = folder.path().join(model.name());
            let records = trained(&set, settings(model, epochs), 3, &folder, *threads);
            assert_eq!(records.iter().map(|record| record.run).collect::<Vec<_>>(), [0, 1, 2]);
            assert_eq!(Store::read(&folder).unwrap(), records);
            contents(&folder)
        });
        assert!(all[0] == all[1] && all[1] == all[2], "{model}");
        // The configuration, and of each run the record and two files of weights.
        assert_eq!(all[0].len(), 1 + 3 * 3);
    }
}

#[test]
fn what_was_interrupted_goes_on_and_ends_with_the_same_bytes() {
    let (set, whole, parts) = (set(), tempdir().unwrap(), tempdir().unwrap());
    let split = Split::random(&set, 0).unwrap();
    let settings = settings(Model::Baseline, 6);
    trained(&set, settings, 3, whole.path(), 2);
    for attempt in 1.. {
        let stop = AtomicBool::new(false);
        let watch = Watch::new(&stop, 4);
        let control = Control { threads: 2, observer: &watch, ..Control::new(&stop) };
        match train(&set, &split, settings, 3, parts.path(), &control) {
            Ok(_) => {
                assert!(attempt > 2, "18 epochs, about 4 an attempt");
                break;
            }
            Err(error) => {
                assert!(
                    error.problems().iter().all(|problem| problem.fault == Fault::INTERRUPTED),
                    "{error}"
                );
            }
        }
    }
    assert_eq!(contents(parts.path()), contents(whole.path()));
}

#[test]
fn runs_that_are_done_are_not_trained_again() {
    let (set, folder) = (set(), tempdir().unwrap());
    let settings = settings(Model::Baseline, 1);
    let first = trained(&set, settings, 2, folder.path(), 2);
    let stop = AtomicBool::new(false);
    let watch = Watch::new(&stop, usize::MAX);
    let control = Control { observer: &watch, ..Control::new(&stop) };
    let split = Split::random(&set, 0).unwrap();
    let again = train(&set, &split, settings, 3, folder.path(), &control).unwrap();
    assert_eq!(again[..2], first[..]);
    assert_eq!((watch.seen("present"), watch.seen("finished"), watch.seen("epoch")), (2, 1, 1));
}

#[test]
fn condensed_records_are_small_and_still_done() {
    let (set, folder) = (set(), tempdir().unwrap());
    let settings = settings(Model::Cnn, 3);
    let first = trained(&set, settings, 2, folder.path(), 2);
    Store::condense(folder.path()).unwrap();
    let again = trained(&set, settings, 2, folder.path(), 2);
    assert_eq!(again, first.iter().map(Record::condensed).collect::<Vec<_>>());
    let curve = &again[0].history.training;
    assert_eq!(curve.after.last(), Some(&3));
    let before = &first[0].history.training;
    for (place, epoch) in curve.after.iter().enumerate() {
        assert_eq!(curve.place(*epoch), Some(place));
        assert_eq!(
            (curve.loss[place], curve.right[place]),
            (before.loss[epoch - 1], before.right[epoch - 1])
        );
    }
    assert_eq!((curve.place(0), before.place(0), before.place(4)), (None, None, None));
}

#[test]
fn an_lstm_reads_slices_where_it_is_told_to_and_the_cnn_cuts_its_own() {
    let (set, folder) = (set(), tempdir().unwrap());
    let samples = NonZeroUsize::new(SLICE + HOP);
    let mut settings = settings(Model::Baseline, 1);
    settings.preparation.truncate = samples;
    for (input, trained_on, answers) in
        [(Input::Whole, 122, 1), (Input::Slices, 2 * 122, 2), (Input::SlicesAndWhole, 3 * 122, 1)]
    {
        let settings = Settings { input, ..settings };
        let record = &trained(&set, settings, 1, &folder.path().join(input.to_string()), 1)[0];
        assert_eq!((record.history.training.examples, record.history.training.recordings), (trained_on, 122));
        assert!(record.last.predictions.iter().all(|prediction| prediction.logits.len() == answers));
    }
    let cnn = Settings { input: Input::Slices, ..Settings::paper(Model::Cnn) };
    let split = Split::random(&set, 0).unwrap();
    let stop = AtomicBool::new(false);
    let error = train(&set, &split, cnn, 1, folder.path(), &Control::new(&stop)).unwrap_err();
    assert_eq!(error.problems()[0].fault, Fault::BAD_SETTING);
}

#[test]
fn records_of_another_configuration_are_never_mixed_in() {
    let (set, folder) = (set(), tempdir().unwrap());
    let first = settings(Model::Baseline, 1);
    trained(&set, first, 1, folder.path(), 1);
    let before = contents(folder.path());
    let mut other = first;
    other.hyperparameters.batch = 8;
    other.seed = 3;
    let stop = AtomicBool::new(false);
    let split = Split::random(&set, 1).unwrap();
    let error = train(&set, &split, other, 1, folder.path(), &Control::new(&stop)).unwrap_err();
    let fields: Vec<&str> =
        error.problems().iter().filter_map(|problem| problem.place.field.as_deref()).collect();
    assert_eq!(fields, ["settings.hyperparameters.batch", "settings.seed", "split"]);
    assert!(error.problems().iter().all(|problem| problem.fault == Fault::FOREIGN_RECORDS));
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn a_checkpoint_of_other_instructions_is_refused_or_makes_a_record_of_both() {
    let (set, folder) = (set(), tempdir().unwrap());
    let split = Split::random(&set, 0).unwrap();
    let settings = settings(Model::Baseline, 4);
    let stop = AtomicBool::new(false);
    let watch = Watch::new(&stop, 2);
    let control = Control { threads: 1, observer: &watch, ..Control::new(&stop) };
    train(&set, &split, settings, 1, folder.path(), &control).unwrap_err();
    // As if a processor without AVX had made it; the folder's own configuration does not say which.
    let ours = Instructions::of(Processor::Cpu);
    let rewrite = |name: &str, change: &dyn Fn(String) -> String| {
        let (path, quoted) = (folder.path().join(name), serde_json::to_string(&ours).unwrap());
        let bytes = fs::read(&path).unwrap();
        let (dict, note) = match crate::nn::StateDict::from_bytes(&bytes) {
            Ok((dict, note)) => (Some(dict), note.unwrap()),
            Err(_) => (None, String::from_utf8(bytes).unwrap()),
        };
        let changed = change(note.replace(&format!(",\"instructions\":{quoted}"), "INSTRUCTIONS"));
        assert_ne!(note, changed);
        fs::write(path, dict.map_or(changed.clone().into_bytes(), |dict| dict.to_bytes(Some(changed))))
            .unwrap();
    };
    rewrite("configuration.json", &|text| text.replace("INSTRUCTIONS", ""));
    rewrite("run-00.checkpoint", &|text| text.replace("INSTRUCTIONS", ",\"instructions\":[\"another\"]"));
    let before = contents(folder.path());
    for schedule in [Schedule::SideBySide, Schedule::Together] {
        let stop = AtomicBool::new(false);
        let control = Control { schedule, ..Control::new(&stop) };
        let error = train(&set, &split, settings, 1, folder.path(), &control).unwrap_err();
        assert_eq!(error.problems()[0].fault, Fault::FOREIGN_INSTRUCTIONS);
        let said =
            format!("run-00.checkpoint, configuration.instructions: expected {ours}, which computes here");
        assert!(error.to_string().contains(&said), "{error}");
        assert_eq!(contents(folder.path()), before);
    }
    let stop = AtomicBool::new(false);
    let control = Control { any_level: true, ..Control::new(&stop) };
    let record = &train(&set, &split, settings, 1, folder.path(), &control).unwrap()[0];
    let instructions = record.configuration.instructions.to_string();
    assert!(instructions.contains("another") && instructions.contains(&ours.to_string()), "{instructions}");
}

#[test]
fn committed_records_do_not_say_their_instructions_and_are_read() {
    for model in Model::ALL {
        let folder = crate::store::Project::of_tests().committed_records().join("raw").join(model.name());
        let records = Store::read(&folder).unwrap();
        assert_eq!(records.len(), RUNS);
        let ours = Instructions::of(Processor::Cpu);
        assert!(records.iter().all(|record| ours.agree(&record.configuration.instructions)));
    }
}

#[test]
fn a_run_that_fails_spoils_no_other() {
    let (set, folder) = (set(), tempdir().unwrap());
    let settings = settings(Model::Baseline, 1);
    fs::write(folder.path().join("run-01.checkpoint"), b"not a checkpoint").unwrap();
    let stop = AtomicBool::new(false);
    let split = Split::random(&set, 0).unwrap();
    let error = train(&set, &split, settings, 3, folder.path(), &Control::new(&stop)).unwrap_err();
    assert_eq!(error.problems().len(), 1);
    assert_eq!(error.problems()[0].fault, Fault::BAD_RECORD);
    assert!(error.to_string().contains("run-01.checkpoint"), "{error}");
    let runs: Vec<u64> = Store::read(folder.path()).unwrap().iter().map(|record| record.run).collect();
    assert_eq!(runs, [0, 2]);
}

#[test]
fn a_learning_rate_that_breaks_the_network_is_told_with_run_epoch_and_batch() {
    let (set, folder) = (set(), tempdir().unwrap());
    let mut settings = settings(Model::Baseline, 30);
    settings.hyperparameters.learning_rate = 1e30;
    let stop = AtomicBool::new(false);
    let split = Split::random(&set, 0).unwrap();
    let error = train(&set, &split, settings, 1, folder.path(), &Control::new(&stop)).unwrap_err();
    assert_eq!(error.problems()[0].fault, Fault::NOT_FINITE);
    assert!(error.to_string().starts_with("run 0, epoch "), "{error}");
}

#[test]
fn a_recording_that_overflows_is_told_whatever_part_it_is_in_and_nothing_unreadable_is_written() {
    let (whole, folder) = (set(), tempdir().unwrap());
    let split = Split::random(&whole, 0).unwrap();
    let parts = [split.training(), split.validation(), split.test()];
    for (part, name) in parts.into_iter().zip(["training", "validation", "test"]) {
        for model in [Model::Baseline, Model::Cnn] {
            let enormous = part[0];
            let recordings = whole.recordings().iter().cloned().map(|mut recording| {
                if recording.id() == enormous {
                    recording.samples.fill(3e38);
                }
                recording
            });
            let set = DataSet::new(recordings.collect()).unwrap();
            let mut settings = settings(model, 2);
            settings.preparation.normalisation = crate::preparation::Normalisation::Raw;
            for schedule in [Schedule::SideBySide, Schedule::Together] {
                let folder = folder.path().join(format!("{name}-{model}-{schedule:?}"));
                let stop = AtomicBool::new(false);
                let control = Control { schedule, ..Control::new(&stop) };
                let split = Split::random(&set, 0).unwrap();
                let trained = train(&set, &split, settings, 2, &folder, &control);
                let records = Store::read(&folder).unwrap();
                match trained {
                    // Gates that are full of it still answer with finite numbers.
                    Ok(_) => assert_eq!((records.len(), model), (2, Model::Baseline)),
                    Err(error) => {
                        assert!(error.problems().iter().all(|problem| problem.fault == Fault::NOT_FINITE));
                        let text = error.to_string();
                        let epoch = if name == "test" { 2 } else { 1 };
                        assert!(text.starts_with(&format!("run 0, epoch {epoch}, ")), "{text}");
                        let place = if name == "training" { "batch ".into() } else { enormous.to_string() };
                        assert!(text.contains(&place) || text.contains("element"), "{name}: {text}");
                        assert!(records.is_empty());
                    }
                }
            }
        }
    }
}

#[test]
fn damaged_and_misnamed_records_are_told_by_name() {
    let (set, folder) = (set(), tempdir().unwrap());
    trained(&set, settings(Model::Baseline, 1), 1, folder.path(), 1);
    let record = fs::read(folder.path().join("run-00.json")).unwrap();
    fs::write(folder.path().join("run-07.json"), &record).unwrap();
    fs::write(folder.path().join("run-08.json"), &record[..record.len() / 2]).unwrap();
    let error = Store::read(folder.path()).unwrap_err();
    assert_eq!(error.problems().len(), 2);
    assert!(error.problems().iter().all(|problem| problem.fault == Fault::BAD_RECORD));
    assert!(error.to_string().contains("expected run 7, as the name says, found run 0"), "{error}");
    assert!(error.to_string().contains("run-08.json"), "{error}");
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let (set, folder) = (set(), tempdir().unwrap());
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let stop = AtomicBool::new(false);
    let split = Split::random(&set, 0).unwrap();
    let settings = settings(Model::Baseline, 1);
    let error = train(&set, &split, settings, 1, &file.join("below"), &Control::new(&stop)).unwrap_err();
    assert_eq!(error.problems()[0].fault, Fault::UNWRITABLE);
}

#[test]
fn a_checkpoint_holds_the_run_at_least_as_often_as_asked() {
    let (set, folder) = (set(), tempdir().unwrap());
    let stop = AtomicBool::new(false);
    // After each of the first two epochs; the third ends the run.
    struct Look<'a>(&'a Path, Mutex<Vec<bool>>);
    impl Observer for Look<'_> {
        fn observe(&self, _: u64, event: Event) {
            if let Event::Epoch { .. } = event {
                self.1.lock().unwrap().push(self.0.join("run-00.checkpoint").exists());
            }
        }
    }
    let look = Look(folder.path(), Mutex::default());
    let control =
        Control { checkpoint_every: Duration::ZERO, threads: 1, observer: &look, ..Control::new(&stop) };
    let split = Split::random(&set, 0).unwrap();
    train(&set, &split, settings(Model::Baseline, 3), 1, folder.path(), &control).unwrap();
    // An epoch is told before it is saved.
    assert_eq!(*look.1.lock().unwrap(), [false, true, true]);
    assert!(!folder.path().join("run-00.checkpoint").exists());
}

#[test]
fn nothing_to_do_is_refused() {
    let (set, folder) = (set(), tempdir().unwrap());
    let stop = AtomicBool::new(false);
    let split = Split::random(&set, 0).unwrap();
    let train = |settings, runs, threads| {
        let control = Control { threads, ..Control::new(&stop) };
        train(&set, &split, settings, runs, folder.path(), &control).unwrap_err()
    };
    let settings = settings(Model::Baseline, 1);
    for error in [
        train(settings, 0, 1),
        train(settings, 1, 0),
        train(Settings { frame: 0, ..settings }, 1, 1),
        train(Settings { units: Some(0), ..settings }, 1, 1),
        train(Settings { kernel: Some(3), ..settings }, 1, 1),
    ] {
        assert_eq!(error.problems()[0].fault, Fault::BAD_SETTING);
    }
}

#[test]
fn who_waits_for_another_process_can_be_stopped() {
    let (set, folder) = (set(), tempdir().unwrap());
    let split = Split::random(&set, 0).unwrap();
    let settings = settings(Model::Baseline, 1);
    let (data, digest) = (set.fingerprint(), split.digest());
    let configuration = Configuration {
        settings,
        data,
        split: digest,
        revision: revision(settings.model),
        instructions: Instructions::default(),
    };
    let other = Store::open(folder.path(), configuration, &AtomicBool::new(false)).unwrap();
    let _held = other.try_lock(0).unwrap().unwrap();
    let stop = AtomicBool::new(false);
    let error = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(300));
            stop.store(true, Ordering::Relaxed);
        });
        train(&set, &split, settings, 1, folder.path(), &Control::new(&stop)).unwrap_err()
    });
    assert_eq!(error.problems()[0].fault, Fault::INTERRUPTED);
}
