use std::fs;

use proptest::prelude::*;
use tempfile::TempDir;

use super::{Study, Summary};
use crate::error::{Error, Fault, Problem, Result};

const SETTINGS: &str =
    "name = \"Two songs\"\nunit = \"µV\"\nrate_hz = 10.0\nlabel_name = \"genre\"\nmay_be_negative = true\n";
const TABLE: &str = "file\tparticipant_id\tstimulus\tlabel\n\
                     a.csv\tsub-01\tsong 1\tpop\n\
                     b.csv\tsub-01\tsong 2\trock\n";

/// Two files of 40 samples of `F7` and `F8` at 10 Hz, described by this table and these settings.
fn folder(table: &str, settings: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> =
        (0..40).map(|row| format!("{},{},{}", f64::from(row) / 10.0, row - 3, row * 2)).collect();
    for name in ["a.csv", "b.csv"] {
        put(&folder, name, &format!("Time,F7 (mV),F8 (uV)\n{}\n", lines.join("\n")));
    }
    put(&folder, "recordings.tsv", table);
    put(&folder, "study.toml", settings);
    folder
}

fn put(folder: &TempDir, name: &str, text: &str) {
    fs::write(folder.path().join(name), text).unwrap();
}

fn check(folder: &TempDir) -> Result<Summary> {
    Study::read(folder.path())?.check()
}

/// Rule, line and column of each problem.
fn places(error: &Error) -> Vec<(Fault, u64, &str)> {
    let place = |one: &Problem| (one.fault, one.place.line.unwrap_or(0));
    let problems = error.problems().iter();
    problems.map(|one| (place(one).0, place(one).1, one.place.field.as_deref().unwrap_or(""))).collect()
}

/// The problems of a table with these columns behind the required ones and these cells in its first line.
#[track_caller]
fn assert_refused(columns: &str, cells: &str, expected: &[(Fault, u64, &str)]) {
    let table = TABLE.replacen("label\n", &format!("label\t{columns}\n"), 1);
    let table = table.replacen("pop\n", &format!("pop\t{cells}\n"), 1);
    assert_eq!(places(&check(&folder(&table, SETTINGS)).unwrap_err()), expected);
}

/// The problems of a table in which a text is replaced.
#[track_caller]
fn assert_replaced(from: &str, to: &str, expected: &[(Fault, u64, &str)]) {
    assert!(TABLE.contains(from));
    assert_eq!(places(&check(&folder(&TABLE.replacen(from, to, 1), SETTINGS)).unwrap_err()), expected);
}

#[test]
fn a_study_is_summed_up() {
    let folder = folder(TABLE, SETTINGS);
    let summary = check(&folder).unwrap();
    assert_eq!((summary.files, summary.recordings, summary.participants, summary.stimuli), (2, 2, 1, 2));
    assert_eq!((summary.rates_hz, summary.seconds, summary.total_seconds), ([10.0; 2], [4.0; 2], 8.0));
    let text = summary.to_string();
    assert!(
        text.contains("genre: pop (1), rock (1)") && text.contains("2 channels: F7, F8, in µV"),
        "{text}"
    );
}

#[test]
fn recordings_are_parts_of_files_in_the_unit_of_the_study() {
    let table = "file;participant_id;stimulus;label;channels;start_seconds;stop_seconds;order;session\n\
                 a.csv;1;x;pop;F8,F7;0.5;1.5;1;ses-1\n\
                 a.csv;1;x;rock;F8,F7;n/a;0.2;2;ses-1\n\
                 a.csv;1;x;rock;F8,F7;3.9;;1;ses-2\n";
    let folder = folder("", SETTINGS);
    fs::remove_file(folder.path().join("recordings.tsv")).unwrap();
    put(&folder, "recordings.csv", table);
    let recordings = Study::read(folder.path()).unwrap().load().unwrap();
    let samples: Vec<_> = recordings.iter().map(|(_, signals)| signals.samples.clone()).collect();
    let f8: Vec<f64> = (5..15).map(|row| f64::from(row) * 2.0).collect();
    let f7: Vec<f64> = (5..15).map(|row| f64::from(row - 3) * 1000.0).collect();
    assert_eq!(samples[0][0], f8);
    assert!(samples[0][1].iter().zip(f7).all(|(own, expected)| (own - expected).abs() < 1e-6));
    assert_eq!((samples[1][0].len(), &samples[2][0]), (2, &vec![78.0]));
    assert!(recordings.iter().all(|(_, signals)| signals.rate_hz == Some(10.0)));
}

#[test]
fn a_column_may_be_a_participant() {
    let table = "file\tparticipant_id\tstimulus\tlabel\tcolumn\n\
                 a.csv\tone\tx\tpop\tF7\n\
                 a.csv\ttwo\tx\trock\tF8\n";
    let summary = check(&folder(table, SETTINGS)).unwrap();
    assert_eq!((summary.participants, summary.channels.len()), (2, 0));
}

#[test]
fn one_folder_has_one_table() {
    let both = folder(TABLE, SETTINGS);
    put(&both, "recordings.csv", TABLE);
    assert_eq!(places(&check(&both).unwrap_err()), [(Fault::TWO_TABLES, 0, "")]);
    let none = tempfile::tempdir().unwrap();
    put(&none, "study.toml", SETTINGS);
    assert_eq!(places(&check(&none).unwrap_err()), [(Fault::NO_DESCRIPTION, 0, "")]);
}

#[test]
fn every_problem_is_named_at_once_with_line_and_column() {
    let table = "file\tparticipant_id\tstimulus\tlabel\n\
                 gone.csv\t?\tx\ta/b\n\
                 a.csv\t1\t\trock\n";
    let error = check(&folder(table, "name = 3")).unwrap_err();
    let expected = [
        (Fault::STUDY_SETTINGS, 1, ""),
        (Fault::MISSING_FILE, 2, "file"),
        (Fault::UNFILLED, 2, "participant_id"),
        (Fault::UNREADABLE_NAME, 2, "label"),
        (Fault::EMPTY_FIELD, 3, "stimulus"),
    ];
    assert_eq!(places(&error), expected);
    assert!(
        error.to_string().contains("recordings.tsv, line 2, label: expected 1 to 64 characters"),
        "{error}"
    );
}

#[test]
fn columns_must_be_there_once_and_be_known() {
    assert_replaced(
        "stimulus",
        "stimulous",
        &[(Fault::UNKNOWN_COLUMN, 1, "stimulous"), (Fault::MISSING_COLUMN, 1, "stimulus")],
    );
    assert_refused("order\torder", "1\t2", &[(Fault::DUPLICATE_COLUMN, 1, "order")]);
    assert_replaced("pop\n", "pop\tmore\n", &[(Fault::EXTRA_CELL, 2, "last")]);
    assert_eq!(places(&check(&folder("", SETTINGS)).unwrap_err()), [(Fault::MISSING_COLUMN, 0, "")]);
}

#[test]
fn cells_that_must_be_filled_are() {
    assert_replaced("pop", "?", &[(Fault::UNFILLED, 2, "label")]);
    assert_replaced("\tpop", "", &[(Fault::EMPTY_FIELD, 2, "label")]);
    assert_replaced("a.csv", "", &[(Fault::EMPTY_FIELD, 2, "file")]);
}

#[test]
fn times_and_orders_are_numbers() {
    assert_refused("start_seconds", "-1", &[(Fault::BAD_TIME, 2, "start_seconds")]);
    assert_refused("stop_seconds", "inf", &[(Fault::BAD_TIME, 2, "stop_seconds")]);
    assert_refused("start_seconds\tstop_seconds", "2\t1", &[(Fault::BAD_TIME, 2, "stop_seconds")]);
    assert_refused("order", "first", &[(Fault::BAD_TIME, 2, "order")]);
    assert_refused("stop_seconds", "4.2", &[(Fault::BEYOND_END, 2, "stop_seconds")]);
}

#[test]
fn channels_are_named_once() {
    assert_refused("column\tchannels", "F7\tF8", &[(Fault::CHANNELS_TWICE, 2, "channels")]);
    assert_refused("channels", "F7,F7", &[(Fault::CHANNELS_TWICE, 2, "channels")]);
    assert_refused("channels", "F7,", &[(Fault::CHANNELS_TWICE, 2, "channels")]);
    assert_refused("channels", "F7", &[(Fault::MIXED_CHANNELS, 3, "channels")]);
}

#[test]
fn several_channels_are_interleaved_and_have_one_length_each_and_one_order() {
    let whole = folder(TABLE, SETTINGS);
    let set = Study::read(whole.path()).unwrap().data_set().unwrap();
    assert_eq!(set.channels().names(), ["F7", "F8"]);
    let [first, _] = set.recordings() else { panic!("two recordings") };
    // F7 is in mV.
    assert_eq!((first.length(), first.part(1..3)), (40, &[-2000.0, 2.0, -1000.0, 4.0][..]));
    let one = |column: &str| {
        let table = TABLE.replacen("label\n", "label\tchannels\n", 1);
        let table = table.replace("pop\n", &format!("pop\t{column}\n")).replace("rock\n", "rock\tF8\n");
        Study::read(folder(&table, SETTINGS).path()).unwrap().data_set()
    };
    assert!(one("F8").unwrap().channels().is_one());
    assert_eq!(places(&one("F8,F7").unwrap_err()), [(Fault::MIXED_CHANNELS, 3, "channels")]);
    put(&whole, "b.csv", "Time,F7,F8\n0,1,1\n0.1,2,2\n0.2,3,\n");
    assert_eq!(places(&check(&whole).unwrap_err()), [(Fault::UNEQUAL_CHANNELS, 3, "channels")]);
    let many = (0..257).map(|channel| format!("C{channel}")).collect::<Vec<_>>().join(",");
    let row = vec!["1"; 257].join(",");
    put(&whole, "b.csv", &format!("{many}\n{row}\n{row}\n"));
    assert_eq!(places(&check(&whole).unwrap_err()), [(Fault::BAD_CHANNELS, 3, "channels")]);
}

#[test]
fn files_lie_in_the_folder() {
    for outside in ["../a.csv", "/etc/passwd", "x/../../a.csv"] {
        assert_replaced("a.csv", outside, &[(Fault::OUTSIDE_FOLDER, 2, "file")]);
    }
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_out_of_the_folder() {
    let (folder, elsewhere) = (folder(TABLE, SETTINGS), folder(TABLE, SETTINGS));
    fs::remove_file(folder.path().join("a.csv")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path().join("a.csv"), folder.path().join("a.csv")).unwrap();
    assert_eq!(places(&check(&folder).unwrap_err()), [(Fault::OUTSIDE_FOLDER, 2, "file")]);
}

#[test]
fn a_study_has_two_labels_or_more_and_no_recording_twice() {
    assert_replaced("rock", "pop", &[(Fault::LABEL_COUNT, 0, "label")]);
    assert_replaced("song 2", "song 1", &[(Fault::DUPLICATE_ROW, 3, "participant_id")]);
}

#[test]
fn settings_are_checked() {
    let fault = |from: &str, to: &str| {
        assert!(SETTINGS.contains(from));
        places(&check(&folder(TABLE, &SETTINGS.replacen(from, to, 1))).unwrap_err())[0].0
    };
    for (from, to) in [
        ("rate_hz", "rate"),
        ("10.0", "0.0"),
        ("10.0", "nan"),
        ("true", "\"yes\""),
        ("name = \"Two songs\"\n", ""),
        ("unit", "unit ="),
    ] {
        assert_eq!(fault(from, to), Fault::STUDY_SETTINGS, "{to}");
    }
    assert_eq!(fault("\"genre\"", "\"?\""), Fault::UNFILLED);
    assert_eq!(fault("µV", ""), Fault::EMPTY_FIELD);
    let none = folder(TABLE, SETTINGS);
    fs::remove_file(none.path().join("study.toml")).unwrap();
    assert_eq!(places(&check(&none).unwrap_err()), [(Fault::STUDY_SETTINGS, 0, "")]);
    let unknown = check(&folder(TABLE, &SETTINGS.replacen("rate_hz", "\nrate", 1))).unwrap_err();
    assert_eq!(unknown.problems()[0].place.line, Some(4));
}

#[test]
fn files_must_agree_with_the_settings() {
    let faults = |from: &str, to: &str| {
        let error = check(&folder(TABLE, &SETTINGS.replacen(from, to, 1))).unwrap_err();
        error.problems().iter().map(|one| one.fault).collect::<Vec<_>>()
    };
    assert_eq!(faults("10.0", "10.2"), [Fault::MIXED_RATES; 2]);
    assert_eq!(faults("µV", "a.u."), [Fault::MIXED_UNITS; 2]);
    assert_eq!(faults("true", "false"), [Fault::UNEXPECTED_NEGATIVE; 2]);
    assert!(check(&folder(TABLE, &SETTINGS.replacen("10.0", "10.05", 1))).is_ok());
}

#[test]
fn a_file_without_time_needs_a_rate() {
    let folder = folder(TABLE, &SETTINGS.replacen("rate_hz = 10.0\n", "", 1));
    assert!(check(&folder).is_ok(), "both files have a Time column");
    put(&folder, "b.csv", "F7,F8\n1,2\n");
    assert_eq!(places(&check(&folder).unwrap_err()), [(Fault::NO_RATE, 3, "file")]);
    // Without rate_hz, the first recording's holds for all.
    put(&folder, "b.csv", "Time,F7,F8\n0,1,1\n1,2,2\n2,3,3\n");
    assert_eq!(places(&check(&folder).unwrap_err()), [(Fault::MIXED_RATES, 3, "file")]);
}

proptest! {
    #[test]
    fn no_description_panics(
        lines in proptest::collection::vec("(file|label|order|a.csv|[a-z?/\\.;,\t\"0-9-]{0,9})(\t(stimulus|n/a|[0-9.e-]{0,5})){0,6}", 0..6),
        settings in "(name|unit|rate_hz|[a-z]{0,3}) ?=? ?(\"[a-z]*\"?|[0-9.e]{0,4}|true|\\[\\])\n",
    ) {
        let table = format!("file\tparticipant_id\tstimulus\tlabel\n{}", lines.join("\n"));
        let _ = check(&folder(&table, &settings));
        let _ = check(&folder(&lines.join("\n"), SETTINGS));
    }
}
