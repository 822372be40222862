use proptest::prelude::*;

use super::read;
use crate::error::{Error, Fault, Result};
use crate::recordings::formats::Signals;

fn read_text(name: &str, text: &str, wanted: &[&str]) -> Result<Signals> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
    read(&path, &wanted)
}

fn names(signals: &Signals) -> Vec<&str> {
    signals.channels.iter().map(|channel| channel.name.as_str()).collect()
}

/// Rules and cells of all problems.
fn problems(error: &Error) -> Vec<(Fault, &str)> {
    error.problems().iter().map(|one| (one.fault, one.place.cell.as_deref().unwrap_or("-"))).collect()
}

#[track_caller]
fn assert_refused(text: &str, expected: &[(Fault, &str)]) {
    assert_eq!(problems(&read_text("P01.csv", text, &[]).unwrap_err()), expected);
}

#[test]
fn separators_and_decimal_marks_make_no_difference() {
    let expected = vec![vec![1.5, -0.25, 2.0], vec![10.0, 20.5, 30.0]];
    for (name, text) in [
        ("a.csv", "Time,F7 (uV),F8\n0,1.5,10\n0.08,-0.25,20.5\n0.16,2,30\n"),
        ("a.csv", "Time;F7 (uV);F8\r\n0;1,5;10\r\n0,08;-0,25;20,5\r\n0,16;2;30\r\n"),
        ("a.csv", "Time;F7 (uV);F8\n0;1.5;10\n0.08;-0.25;20.5\n0.16;2;30"),
        ("a.csv", "\n\n\"Time\"\t\"F7 (uV)\"\tF8\n0\t\"1,5\"\t10\n0,08\t-0,25\t20,5\n0,16\t2\t30\n\n\n"),
        ("a.tsv", "time (ms)\tF7 [µV]\tF8\n0\t1.5\t10\n80\t-0.25\t20.5\n160\t2\t30\n"),
    ] {
        let signals = read_text(name, text, &[]).unwrap();
        assert_eq!((signals.rate_hz, &signals.samples), (Some(12.5), &expected), "{text}");
        assert_eq!(names(&signals), ["F7", "F8"]);
        assert_eq!(signals.channels[0].unit.as_deref(), Some("µV"));
    }
}

#[test]
fn a_table_without_headings_names_channels_by_their_column() {
    let signals = read_text("a.csv", "1,2\n3,4\n", &[]).unwrap();
    assert_eq!((names(&signals), signals.rate_hz), (vec!["1", "2"], None));
    assert_eq!(signals.samples, [[1.0, 3.0], [2.0, 4.0]]);
}

#[test]
fn wanted_channels_come_in_their_order_and_others_may_hold_anything() {
    let text = "F7,mood,F8,\n1,good,2,x\n3,,4,\n";
    let signals = read_text("a.csv", text, &["F8", "F7"]).unwrap();
    assert_eq!(names(&signals), ["F8", "F7"]);
    assert_eq!(signals.samples, [[2.0, 4.0], [1.0, 3.0]]);
    let error = read_text("a.csv", text, &["Cz"]).unwrap_err();
    assert_eq!(error.problems()[0].fault, Fault::UNKNOWN_CHANNEL);
}

#[test]
fn a_column_may_end_early_but_have_no_gap() {
    let signals = read_text("a.csv", "P01,P02\n1,2\n3,\n5,\n", &[]).unwrap();
    assert_eq!(signals.samples, [vec![1.0, 3.0, 5.0], vec![2.0]]);
    assert_refused("P01,P02\n1,2\n3,\n5,6\n", &[(Fault::BLANK_CELL, "B3")]);
    // A blank line in the middle is a gap in every column.
    assert_refused("P01\n1\n\n3\n", &[(Fault::BLANK_CELL, "A3")]);
}

#[test]
fn cells_must_hold_finite_numbers() {
    assert_refused("F7\n1\nn/a\nnan\n2\n", &[(Fault::TEXT_CELL, "A3"), (Fault::NON_FINITE_CELL, "A4")]);
    assert_refused("F7\n\"1,5\"\n", &[(Fault::DECIMAL_MARK, "A2")]);
    // Not a heading, in a table that has none.
    assert_refused("1,NaN\n2,3\n", &[(Fault::NON_FINITE_CELL, "B1")]);
}

#[test]
fn headings_must_name_channels_once() {
    assert_refused("F7,F7\n1,2\n", &[(Fault::DUPLICATE_CHANNEL, "B1")]);
    assert_refused("Time,seconds,F7\n0,0,1\n1,1,1\n2,2,1\n", &[(Fault::DUPLICATE_CHANNEL, "B1")]);
    // As pandas writes its index.
    assert_refused(",F7\n0,1\n1,2\n", &[(Fault::UNNAMED_CHANNEL, "A1")]);
}

#[test]
fn a_table_must_hold_samples_in_every_column() {
    for empty in ["", "\n\n", "Time,F7\n", "Time\n1\n2\n3\n", "F7,F8"] {
        assert_refused(empty, &[(Fault::NO_SAMPLES, "-")]);
    }
    assert_refused("F7,F8\n1,\n", &[(Fault::EMPTY_COLUMN, "B2")]);
}

#[test]
fn times_must_be_even_and_as_many_as_samples() {
    assert_refused("Time,F7\n0,1\n1,2\n3,3\n4,4\n5,5\n", &[(Fault::TIME_SKIPS, "A4")]);
    assert_refused("F7,Time\n1,0\n2,1\n3,2\n4,\n", &[(Fault::BEYOND_TIME, "A5")]);
    assert_refused("Time,F7\n2020-01-01,1\n", &[(Fault::TEXT_CELL, "A2")]);
}

#[test]
fn columns_are_counted() {
    let wide = vec!["1"; 5000].join(",");
    let error = read_text("a.csv", &wide, &[]).unwrap_err();
    assert_eq!(
        (error.problems()[0].fault, error.problems()[0].place.line),
        (Fault::SHEET_TOO_LARGE, Some(1))
    );
}

proptest! {
    #[test]
    fn no_text_panics(text in "[Timeµ,;\t\"\n\r0-9.eE+-]{0,200}") {
        let _ = read_text("a.csv", &text, &[]);
        let _ = read_text("a.tsv", &text, &["i"]);
    }

    #[test]
    fn what_was_written_is_read(
        samples in proptest::collection::vec(proptest::collection::vec(-1e6_f64..1e6, 3), 1..30),
        commas: bool,
    ) {
        let mark = |number: &f64| if commas { number.to_string().replace('.', ",") } else { number.to_string() };
        let lines = samples.iter().map(|line| line.iter().map(mark).collect::<Vec<_>>().join(";"));
        let text = std::iter::once("a;b;c".to_owned()).chain(lines).collect::<Vec<_>>().join("\n");
        let signals = read_text("a.csv", &text, &[]).unwrap();
        for (channel, read) in signals.samples.iter().enumerate() {
            let written: Vec<f64> = samples.iter().map(|line| line[channel]).collect();
            prop_assert_eq!(read, &written);
        }
    }
}

#[test]
fn tabs_semicolons_or_commas_outside_quotes_separate() {
    let delimiter = |text: &str| super::delimiter(std::path::Path::new("table.csv"), text);
    assert_eq!(delimiter("a,b,c\n1;2;3;4"), b',');
    assert_eq!(delimiter("\n\"a,b,c,d\";b;c"), b';');
    assert_eq!(delimiter("\"a;b\",c"), b',');
    assert_eq!(delimiter("a\tb\tc, d"), b'\t');
    assert_eq!([delimiter(""), delimiter("recording")], [b','; 2]);
}
