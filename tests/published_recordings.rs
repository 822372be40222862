//! The published recordings, where this machine has them: what the paper and the README say of them is so.

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use eegenre::audit::{Artefact, ArtefactScan, Audit, AuditedClaim};
use eegenre::classifiers::trials::{Classification, Division, Origin, Tables, Trial, TrialRecord, plan};
use eegenre::classifiers::{Classifier, Recipe};
use eegenre::features::FeatureTable;
use eegenre::models::Model;
use eegenre::nn::Level;
use eegenre::preparation::{Frames, Preparation, Slicing, Split, Zeros};
use eegenre::recordings::{DataSet, Description, Fingerprint, Provenance, Recording, load};
use eegenre::reproduction::paper;
use eegenre::runs::profile::Profile;
use eegenre::runs::{self, Control, Settings};
use serde_json::{Value, json};
use support::{project, published_recordings};

#[test]
fn they_are_what_the_paper_describes() {
    let Some(folder) = published_recordings() else { return };
    let set = load(&folder).unwrap();
    assert_eq!(set.fingerprint(), Fingerprint::PUBLISHED);
    assert_eq!(set.provenance(), Provenance::Published);

    let description = Description::of(&set);
    let Description { recordings, participants, stimuli: songs, rate_hz, shortest, longest, .. } =
        description;
    assert_eq!((recordings, participants, songs, rate_hz), (192, 24, 12, 8.0));
    assert_eq!((shortest, longest), (paper::SHORTEST, paper::LONGEST));
    assert_eq!(description.labels_per_participant, Some(2));
    assert!(description.participants_by_labels.values().all(|participants| *participants == 8));
    assert!(description.length_names_label);
    assert_eq!(description.samples.zeros, 83);
    assert_eq!(description.samples.lowest, 0.0);
    assert_eq!((description.samples.highest * 10.0).round(), 26745.0);
}

#[test]
fn exact_zeros_are_at_ends_of_classical_and_pop_recordings_only() {
    let Some(folder) = published_recordings() else { return };
    for recording in load(&folder).unwrap().recordings() {
        let first_zero = recording.samples.iter().position(|sample| *sample == 0.0);
        let from_the_end = first_zero.map(|at| recording.samples.len() - at);
        assert!(from_the_end.is_none_or(|samples| samples <= 4), "{recording:?}: {from_the_end:?}");
        assert!(from_the_end.is_none() || recording.label != eegenre::recordings::Genre::Instrumental.into());
    }
}

#[test]
fn the_papers_split_leaks_every_participant_and_song() {
    let Some(folder) = published_recordings() else { return };
    let split = Split::random(&load(&folder).unwrap(), 0).unwrap();
    assert_eq!([split.training().len(), split.validation().len(), split.test().len()], [122, 31, 39]);
    assert_eq!(split.leakage().to_string(), "participants 24/24, stimuli 12/12");
    // Every record of the paper's experiment belongs to this split. It must never change by itself.
    assert_eq!(split.digest(), "fe4ad640d5366a7694a9eff3ccfc050b635fcc05053f92451643babe4fb56cc9");
}

#[test]
fn they_make_201_to_275_frames_and_448_slices() {
    let Some(folder) = published_recordings() else { return };
    let set = load(&folder).unwrap();
    let ids: Vec<_> = set.recordings().iter().map(eegenre::recordings::Recording::id).collect();
    let signals = Preparation::default().signals(&set, &ids).unwrap();
    let frames: Vec<usize> =
        signals.iter().map(|signal| Frames::of(signal, paper::FRAME).unwrap().values().nrows()).collect();
    assert_eq!((frames.iter().min(), frames.iter().max()), (Some(&201), Some(&275)));
    let slices = Slicing::default().all_slices(&signals).unwrap();
    assert_eq!(slices.len(), 448);
    // Of the 83 exact zeros, that many are seen by the CNN (06-audit).
    let zeros = slices.iter().flat_map(|slice| slice.values.iter()).filter(|value| **value == 0.0);
    assert_eq!(zeros.count(), 12);
}

/// The committed weights came from AVX-512; other instructions round otherwise.
#[test]
fn the_first_run_of_the_baseline_ends_with_the_committed_weights() {
    let Some(folder) = published_recordings() else { return };
    if Level::detected().name() != "AVX-512" {
        println!("not compared: the committed weights are AVX-512's, and this processor has none");
        return;
    }
    let set = load(&folder).unwrap();
    let split = Split::random(&set, 0).unwrap();
    let (own, stop) = (tempfile::tempdir().unwrap(), AtomicBool::new(false));
    let settings = Settings::paper(Model::Baseline);
    runs::train(&set, &split, settings, 1, own.path(), &Control::new(&stop)).unwrap();
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/records/raw/baseline");
    for name in ["run-00.final.safetensors", "run-00.best.safetensors"] {
        let [found, expected] =
            [own.path(), &committed].map(|folder| std::fs::read(folder.join(name)).unwrap());
        assert!(found == expected, "{name}");
    }
}

#[test]
fn data_describe_prints_them() {
    let Some(folder) = published_recordings() else { return };
    let output = Command::new(env!("CARGO_BIN_EXE_eegenre"))
        .args(["data", "describe", "--json", "--data"])
        .arg(folder)
        .output()
        .unwrap();
    assert!(output.status.success());
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = json!({
        "recordings": 192, "participants": 24, "stimuli": 12, "rate_hz": 8, "shortest": 1608, "longest": 2197,
        "labels_per_participant": 2, "fingerprint": Fingerprint::PUBLISHED,
        "known_as": "music-affect_v2 EEG time series at F7 (Rahman et al., 2020)",
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&answer[field], value, "{field}");
    }
}

#[test]
fn the_recorded_trials_of_features_are_on_tables_of_these_recordings() {
    let Some(folder) = published_recordings() else { return };
    let set = load(&folder).unwrap();
    let tables = Tables::of(&set, &folder).unwrap();
    assert!(tables.published.is_some());
    let classification = Classification::read(&project(), &set, Profile::Paper).unwrap();
    assert_eq!(classification.missing, Vec::<String>::new());
    assert_eq!(classification.beside.len(), 4);
}

/// What a classifier answers does not change with the code around it.
#[test]
fn each_classifier_answers_again_as_recorded() {
    let Some(folder) = published_recordings() else { return };
    let set = load(&folder).unwrap();
    let table = FeatureTable::of(&set);
    let records = project().committed_records().join("classification");
    for classifier in Classifier::ALL {
        let is_own =
            |trial: &Trial| (trial.division, trial.recipe) == (Division::Participant, Recipe::of(classifier));
        let trial = plan(Origin::Recordings, Profile::Paper).into_iter().find(is_own).unwrap();
        let recorded = TrialRecord::load(&records, trial).unwrap().unwrap();
        assert_eq!(TrialRecord::make(trial, &table).unwrap().folds, recorded.folds, "{classifier}");
    }
}

#[test]
fn the_scan_finds_length_zeros_and_pads_and_without_them_length_alone() {
    let Some(folder) = published_recordings() else { return };
    let set = load(&folder).unwrap();
    let found = |set: &DataSet| -> BTreeSet<Artefact> {
        let scan = ArtefactScan::of(set, paper::FRAME).unwrap();
        scan.found().iter().map(|finding| finding.artefact).collect()
    };
    let as_they_are = found(&set);
    for artefact in [Artefact::Length, Artefact::Pads, Artefact::Zeros, Artefact::ZerosAtEnds] {
        assert!(as_they_are.contains(&artefact), "{artefact}: {as_they_are:?}");
    }
    // What a network reads without pads and zeros: whole frames.
    let clean = Preparation { zeros: Zeros::Reflect, ..Preparation::default() }.remaining(&set).unwrap();
    let whole_frames = clean.recordings().iter().map(|recording| {
        let kept = recording.samples.len() / paper::FRAME * paper::FRAME;
        Recording { samples: recording.samples[..kept].to_vec(), ..recording.clone() }
    });
    assert_eq!(found(&DataSet::new(whole_frames.collect()).unwrap()), BTreeSet::from([Artefact::Length]));
}

#[test]
fn the_audit_is_recorded_as_planned_and_on_these_recordings() {
    let Some(folder) = published_recordings() else { return };
    let audit = Audit::read(&project(), &load(&folder).unwrap(), Profile::Paper).unwrap();
    // Trainings at the paper's epochs are still being added. Controls of shorter schedules are whole, and so is the
    // baseline without pads and zeros.
    let may_lack = ["raw", "raw-clean", "whole", "clean", "null", "cut", "z-score", "min-max"];
    for missing in &audit.missing {
        let words: Vec<&str> = missing.split(' ').collect();
        assert!(may_lack.contains(&words[0]), "{missing}");
        assert!(["300", "600", "3000"].contains(&words[3]), "{missing}");
        assert!(words[0] != "clean" || words[2] != "baseline", "{missing}");
    }
    // Nothing but the paper's epochs is compared: `x beats y` names both, `x beats chance` one.
    let epochs = |claim: &AuditedClaim| claim.epochs.iter().all(|epochs| [300, 600, 3000].contains(epochs));
    assert!(!audit.claims.is_empty() && audit.claims.iter().all(epochs));
    assert_eq!(audit.instrument.readings.len(), 12);
}
