use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::write;
use crate::error::Fault;
use crate::recordings::study::Study;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn table(folder: &TempDir) -> Vec<String> {
    let text = fs::read_to_string(folder.path().join("recordings.tsv")).unwrap();
    text.lines().map(|line| line.replace('\t', " ")).collect()
}

const SIGNAL: &str = "Time,F7 (uV)\n0,1\n0.5,-2\n1,3\n1.5,4\n";

#[test]
fn names_of_files_tell_participant_and_stimulus() {
    let folder = folder(&[
        ("P01/song1.csv", SIGNAL),
        ("P02_song1_day2.csv", SIGNAL),
        ("alone.csv", SIGNAL),
        ("README.txt", "text"),
        (".hidden.csv", SIGNAL),
    ]);
    let begun = write(folder.path(), None).unwrap();
    assert_eq!((begun.recordings, begun.unfilled), (3, 4));
    assert_eq!(
        table(&folder),
        [
            "file participant_id stimulus label session",
            "P01/song1.csv P01 song1 ? ",
            "P02_song1_day2.csv P02 song1 ? day2",
            "alone.csv alone ? ? ",
        ]
    );
    let settings = fs::read_to_string(folder.path().join("study.toml")).unwrap();
    for line in ["unit = \"µV\"", "rate_hz = 2.0", "may_be_negative = true"] {
        assert!(settings.contains(line), "{settings}");
    }
    let error = Study::read(folder.path()).unwrap_err();
    assert!(error.problems().iter().all(|problem| problem.fault == Fault::UNFILLED), "{error}");
    assert_eq!(error.problems().len(), 4);
}

#[test]
fn the_sign_is_that_of_all_files_and_names_that_come_twice_are_said() {
    let power = "Time,F7\n0,1\n1,2\n2,3\n";
    for (last, negative) in [("3", "false"), ("-3", "true")] {
        let second = format!("Time,F7\n0,1\n1,2\n2,{last}\n");
        let folder =
            folder(&[("P01_a.csv", power), ("P02_a.csv", &second), ("P02_a.tsv", "Time\tF7\n0\t1\n1\t2\n")]);
        let begun = write(folder.path(), None).unwrap();
        let settings = fs::read_to_string(folder.path().join("study.toml")).unwrap();
        assert!(settings.contains(&format!("may_be_negative = {negative}")), "{settings}");
        assert_eq!(begun.same_name, [Path::new("P02_a.csv"), Path::new("P02_a.tsv")]);
        assert!(
            begun.to_string().contains("P02_a.csv, P02_a.tsv; if they are one recording twice"),
            "{begun}"
        );
    }
}

#[test]
fn a_table_of_participants_is_a_stimulus() {
    let folder = folder(&[("S1.csv", "Time,P01,P02\n0,1,2\n1,2,3\n2,3,4\n")]);
    write(folder.path(), None).unwrap();
    assert_eq!(
        table(&folder),
        ["file participant_id stimulus label column", "S1.csv P01 S1 ? P01", "S1.csv P02 S1 ? P02",]
    );
}

#[test]
fn what_was_begun_and_filled_in_is_sound() {
    let folder = folder(&[("P01_a.csv", SIGNAL), ("P01_b.csv", SIGNAL)]);
    write(folder.path(), None).unwrap();
    let path = folder.path().join("recordings.tsv");
    let filled = fs::read_to_string(&path).unwrap().replacen('?', "pop", 1).replacen('?', "rock", 1);
    fs::write(&path, filled).unwrap();
    assert_eq!(Study::read(folder.path()).unwrap().check().unwrap().recordings, 2);
}

/// A BIDS folder; its recordings are synthetic.
fn bids(events: &str, participants: &str) -> TempDir {
    let folder = folder(&[
        ("sub-01/ses-1/eeg/sub-01_ses-1_task-music_events.tsv", events),
        ("participants.tsv", participants),
        ("derivatives/sub-01/eeg/sub-01_eeg.csv", SIGNAL),
    ]);
    let edf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats/synthetic-mne.edf");
    for name in
        ["sub-01/ses-1/eeg/sub-01_ses-1_task-music_eeg.edf", "sub-02/eeg/sub-02_task-music_run-2_eeg.edf"]
    {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(&edf, path).unwrap();
    }
    folder
}

#[test]
fn events_of_bids_are_recordings_and_groups_are_labels() {
    let events = "onset\tduration\ttrial_type\tstim_file\n0.1\t0.2\tpop\tsongs/one.wav\n0.5\t0\tbutton\tn/a\n1\t1\trock\tn/a\n";
    let folder = bids(events, "participant_id\tgroup\nsub-02\tcontrol\n");
    write(folder.path(), None).unwrap();
    let first = "sub-01/ses-1/eeg/sub-01_ses-1_task-music_eeg.edf sub-01";
    assert_eq!(
        table(&folder),
        [
            "file participant_id stimulus label start_seconds stop_seconds order session".to_owned(),
            format!("{first} one pop 0.1 0.3 1 ses-1"),
            format!("{first} rock rock 1 2 2 ses-1"),
            "sub-02/eeg/sub-02_task-music_run-2_eeg.edf sub-02 task-music_run-2 control    ".to_owned(),
        ]
    );
    let summary = Study::read(folder.path()).unwrap().check().unwrap();
    assert_eq!((summary.participants, summary.channels), (2, vec!["F7".to_owned(), "F8".to_owned()]));
    assert_eq!(summary.rates_hz, [32.0; 2]);
}

#[test]
fn nothing_is_overwritten() {
    for name in ["recordings.tsv", "recordings.csv", "study.toml"] {
        let folder = folder(&[("P01_a.csv", SIGNAL), (name, "mine")]);
        let error = write(folder.path(), None).unwrap_err();
        assert_eq!(error.problems()[0].fault, Fault::ALREADY_DESCRIBED);
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), "mine");
    }
}

#[test]
fn a_folder_must_hold_recordings() {
    for files in [
        &[("P01.fif", "x")][..],
        &[("sub-01/eeg/sub-01_eeg.set", "x")],
        &[("sub-01/eeg/notes.csv", "a\n1\n")],
    ] {
        let folder = folder(files);
        assert_eq!(write(folder.path(), None).unwrap_err().problems()[0].fault, Fault::NOTHING_TO_DESCRIBE);
        assert!(!Study::is_described(folder.path()));
    }
    assert_eq!(write("/nonexistent", None).unwrap_err().problems()[0].fault, Fault::NOTHING_TO_DESCRIBE);
}

#[test]
fn names_with_quotes_stay_readable() {
    let folder = folder(&[("say \"x\"\\y/P01_a.csv", SIGNAL)]);
    let inner = folder.path().join("say \"x\"\\y");
    write(&inner, None).unwrap();
    let error = Study::read(&inner).unwrap_err();
    assert_eq!(error.problems().iter().map(|one| one.fault).collect::<Vec<_>>(), [Fault::UNFILLED]);
}

#[test]
fn a_list_of_labels_fills_the_table_and_is_no_recording() {
    let folder = folder(&[
        ("a_rest.csv", SIGNAL),
        ("b_rest.csv", SIGNAL),
        ("c.csv", SIGNAL),
        (
            "labels.csv",
            "file;label;participant_id;age\na_rest;open;sub-1;20\nb_rest.csv;closed;n/a;30\nc.csv;open;sub-3;40\n",
        ),
    ]);
    let list = folder.path().join("labels.csv");
    let begun = write(folder.path(), Some(&list)).unwrap();
    assert_eq!((begun.recordings, begun.unfilled), (3, 0));
    assert_eq!(
        table(&folder),
        [
            "file participant_id stimulus label",
            "a_rest.csv sub-1 rest open",
            "b_rest.csv b rest closed",
            "c.csv sub-3 open open",
        ]
    );
}

#[test]
fn a_list_of_labels_of_other_files_is_refused() {
    for (list, fault) in [
        ("file,label\nother.csv,open\n", Fault::NOTHING_TO_DESCRIBE),
        ("name,label\na.csv,open\n", Fault::MISSING_COLUMN),
    ] {
        let folder = folder(&[("a.csv", SIGNAL), ("labels.csv", list)]);
        let error = write(folder.path(), Some(&folder.path().join("labels.csv"))).unwrap_err();
        assert_eq!(error.problems()[0].fault, fault);
    }
}

#[test]
fn a_table_of_electrodes_is_one_recording() {
    let folder = folder(&[("anna_rest.csv", "Fp1,Fp2,Cz,Oz\n1,2,3,4\n2,3,4,5\n")]);
    write(folder.path(), None).unwrap();
    assert_eq!(table(&folder), ["file participant_id stimulus label", "anna_rest.csv anna rest ?"]);
}
