//! Tables that are read, and tables that are refused.

use std::fs;

use proptest::prelude::*;

use super::PredictionAudit;
use super::testing::{rows, table};
use crate::error::{Error, Fault};
use crate::recordings::MOST_LABELS;

const HEADING: &str = "recording,participant_id,stimulus,label,predicted,fold,length,seed,model";

fn read(bytes: &[u8]) -> Result<PredictionAudit, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.csv");
    fs::write(&path, bytes).unwrap();
    PredictionAudit::read(path)
}

/// Faults, each with its cell and its column.
fn faults(text: &str) -> Vec<(Fault, String, String)> {
    let error = read(text.as_bytes()).unwrap_err();
    let told = |text: &Option<String>| text.clone().unwrap_or_default();
    error.problems().iter().map(|one| (one.fault, told(&one.place.cell), told(&one.place.field))).collect()
}

#[test]
fn delimiters_marks_and_decimal_commas_change_nothing() {
    let text = "recording,participant_id,label,predicted,fold,length\n1,a,yes,yes,1,2.5\n2,b,no,yes,2,3\n";
    let expected = table(text);
    let european = format!("\u{feff}{}", text.replace(',', ";").replace("2.5", "2,5"));
    for other in [european, text.replace(',', "\t"), text.replace('\n', "\r\n"), format!("\n{text}")] {
        let found = table(&other);
        assert_eq!(found.recordings, expected.recordings, "{other:?}");
        assert_eq!(
            (found.labels, found.participants),
            (expected.labels.clone(), expected.participants.clone())
        );
    }
}

#[test]
fn predictions_follow_from_probabilities() {
    let text = "recording,participant_id,label,fold,probability_left,probability_right\n1,a,left,1,0.9,0.1\n2,b,right,2,0.6,0.4\n";
    let found = table(text);
    assert_eq!(found.models[0].runs[0].predicted, [[0], [0]]);
    // What is told counts, and is compared with them.
    let told = "recording,participant_id,label,predicted,fold,probability_left,probability_right\n1,a,left,right,1,0.9,0.1\n2,b,right,left,2,0.5,0.5\n";
    assert_eq!(table(told).source.less_probable, 1);
}

#[test]
fn the_order_of_rows_changes_nothing() {
    let rows = ["1,a,x,0,0,1,1,1,m", "2,a,y,1,0,2,2,1,m", "3,b,x,0,1,10,1,1,m", "4,b,y,1,1,9,2,1,m"];
    let audit = |rows: &[&str]| {
        let mut audit = read(format!("{HEADING}\n{}\n", rows.join("\n")).as_bytes()).unwrap();
        audit.digest = String::new();
        audit
    };
    let mut reversed = rows;
    reversed.reverse();
    assert_eq!(audit(&rows), audit(&reversed));
    let folds: Vec<String> = audit(&rows).designs[0].folds.iter().map(|fold| fold.fold.clone()).collect();
    assert_eq!(folds, ["1", "2", "9", "10"]);
}

#[test]
fn every_mistake_is_named_with_its_cell_and_column() {
    let sound = "1,a,x,0,0,1,5,1,m\n2,b,y,1,1,2,5,1,m\n";
    for (row, fault, cell, column) in [
        ("3,b,x,0,0,1,5,1", Fault::RAGGED_ROW, "I4", ""),
        (",b,x,0,0,1,5,1,m", Fault::BLANK_CELL, "A4", "column recording"),
        ("3,b,x,0,,1,5,1,m", Fault::BLANK_CELL, "E4", "column predicted"),
        ("3,b,x,0,0,1,-5,1,m", Fault::TEXT_CELL, "G4", "column length"),
        ("3,b,x,0,0,1,long,1,m", Fault::TEXT_CELL, "G4", "column length"),
        ("1,b,x,0,0,3,5,1,m", Fault::INCONSISTENT_ROW, "B4", "column participant_id"),
        ("1,a,y,0,0,3,5,1,m", Fault::INCONSISTENT_ROW, "C4", "column stimulus"),
        ("1,a,x,1,0,3,5,1,m", Fault::INCONSISTENT_ROW, "D4", "column label"),
        ("1,a,x,0,1,1,5,1,m", Fault::REPEATED_PREDICTION, "A4", "column recording"),
    ] {
        let found = faults(&format!("{HEADING}\n{sound}{row}\n"));
        assert_eq!(found, [(fault, cell.to_owned(), column.to_owned())], "{row}");
    }
    let probable = "recording,participant_id,label,part,probability_0,probability_1\n1,a,0,test,0.5,0.5\n";
    for (row, fault, cell) in [
        ("2,b,1,later,0.5,0.5", Fault::UNKNOWN_PART, "D3"),
        ("2,b,1,test,0.5,2", Fault::BAD_PROBABILITY, "F3"),
        ("2,b,1,test,0.5,0.6", Fault::BAD_PROBABILITY, "E3"),
        ("2,b,1,test,,", Fault::BLANK_CELL, "C3"),
    ] {
        let found = faults(&format!("{probable}{row}\n"));
        assert_eq!((found[0].0, found[0].1.as_str(), found.len()), (fault, cell, 1), "{row}");
    }
}

#[test]
fn a_heading_that_lacks_columns_says_which() {
    let found = faults("recording,subject,predicted\n1,a,0\n");
    assert_eq!(found.iter().map(|one| one.0).collect::<Vec<_>>(), [Fault::MISSING_COLUMN; 3]);
    assert_eq!(faults("")[0].0, Fault::MISSING_COLUMN);
    assert_eq!(
        faults("recording,participant_id,label,label,predicted,fold\n")[0].0,
        Fault::UNREADABLE_HEADING
    );
    let error = read(b"recording,participant_id,label,fold\n").unwrap_err().to_string();
    assert!(
        error.contains("expected a column predicted, or one probability_LABEL for each label"),
        "{error}"
    );
}

#[test]
fn a_table_without_anything_to_say_is_refused() {
    let labels: Vec<_> = (0..=MOST_LABELS).map(|label| (label, label, label)).collect();
    for text in [rows(&[]), rows(&[(0, 0, 0), (1, 0, 0)]), rows(&labels)] {
        assert_eq!(faults(&text)[0].0, Fault::UNUSABLE_PREDICTIONS);
    }
    assert!(read(rows(&labels[1..]).as_bytes()).is_ok());
    let untested = "recording,participant_id,label,predicted,part\n1,a,0,0,train\n2,b,1,1,train\n";
    assert_eq!(faults(untested)[0].0, Fault::UNUSABLE_PREDICTIONS);
    assert_eq!(read(b"recording\xff").unwrap_err().problems()[0].fault, Fault::UNREADABLE_FILE);
    assert_eq!(
        PredictionAudit::read("no/such/file").unwrap_err().problems()[0].fault,
        Fault::UNREADABLE_FILE
    );
}

#[test]
fn blank_lines_and_any_line_ends_count_as_in_an_editor() {
    for end in ["\n", "\r\n", "\r"] {
        let text = ["", HEADING, "", "1,a"].join(end);
        assert_eq!(faults(&text)[0].1, "C4", "{end:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
        let _ = read(&[HEADING.as_bytes(), b"\n", &bytes].concat());
    }

    #[test]
    fn any_small_table_is_audited(
        cells in prop::collection::vec((0_usize..9, 0_usize..4, 0_usize..3, 0_usize..3, 0_usize..3, 0_usize..2), 2..30),
    ) {
        let row = |(recording, _, _, predicted, fold, seed): &(usize, usize, usize, usize, usize, usize)| {
            format!("{recording},p{},s{},{},{predicted},{fold},{},{seed},m{}\n", recording % 4, recording % 3, recording % 2, recording % 5, seed)
        };
        let rows: std::collections::BTreeSet<String> = cells.iter().map(row).collect();
        if let Ok(audit) = read(format!("{HEADING}\n{}", rows.into_iter().collect::<String>()).as_bytes()) {
            for model in &audit.models {
                prop_assert!((0.0..=1.0).contains(&model.accuracy.accuracy.value));
                prop_assert!(model.permutation.p > 0.0 && model.permutation.p <= 1.0);
            }
            for design in &audit.designs {
                let shares = design.folds.iter().chain([&design.all_folds]);
                prop_assert!(shares.into_iter().all(|fold| fold.recordings <= fold.participants && fold.participants <= 1.0));
                prop_assert!(design.guesses.each.iter().all(|guess| (0.0..=1.0 + 1e-12).contains(&guess.accuracy)));
            }
        }
    }
}
