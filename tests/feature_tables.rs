//! Bad tables of features: each has one clear error, with its cell.

mod support;

use std::path::PathBuf;

use eegenre::error::{Fault, Problem};
use eegenre::features::published::{Band, read};
use eegenre::recordings::{Genre, Participant};
use rust_xlsxwriter::{Formula, Worksheet};
use support::{HEADING, blank, error_value, feature_sheet, published_features, unzip, workbook, zip};
use tempfile::TempDir;

/// A file in a folder that lasts as long as it.
struct File(TempDir);

impl File {
    fn of(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("table.xlsx"), bytes).unwrap();
        Self(folder)
    }

    fn changed(change: impl FnOnce(&mut Worksheet)) -> Self {
        let mut sheet = feature_sheet();
        change(&mut sheet);
        Self::of(&workbook([sheet]))
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("table.xlsx")
    }

    fn problems(&self) -> Vec<Problem> {
        read(self.path()).expect_err("the table has a flaw").problems().to_vec()
    }

    /// Asserts that there is one problem, in a cell.
    #[track_caller]
    fn assert_flaw(&self, fault: Fault, cell: &str, found: &str) {
        let problems = self.problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        let place = &problems[0].place;
        assert_eq!((problems[0].fault, place.cell.as_deref()), (fault, Some(cell)), "{}", problems[0]);
        assert_eq!((place.file.as_deref(), place.sheet.as_deref()), (Some(&*self.path()), Some("Sheet1")));
        assert!(problems[0].found.contains(found), "{}", problems[0]);
    }
}

#[test]
fn a_sound_table_is_read() {
    let file = File::changed(|sheet| {
        sheet.write(3, 3, 65535).unwrap();
        sheet.write(5, 0, "P7").unwrap();
    });
    let table = read(file.path()).unwrap();
    assert_eq!(table.names(), ["mean_F7", "sum_F7", "mean_F7 2"]);
    let rows = table.rows();
    assert_eq!(rows.len(), 5);
    assert_eq!(rows[0].values, [Some(0.25), Some(1.5), Some(-1.5)]);
    assert_eq!(rows[1].values[2], None);
    assert_eq!((rows[3].participant, rows[3].label), (Participant::new(7), Genre::Pop.into()));
    let bands: Vec<_> = rows.iter().map(|row| (row.band, row.recording)).collect();
    let [alpha, beta, gamma] = Band::ALL.map(Some);
    assert_eq!(bands, [(alpha, 0), (beta, 0), (gamma, 0), (alpha, 1), (beta, 1)]);
}

#[test]
fn a_table_may_begin_in_the_first_row() {
    let mut sheet = Worksheet::new();
    for (column, heading) in (0..).zip(["subject no.", "x", "label"]) {
        sheet.write(0, column, heading).unwrap();
        sheet.write(1, column, 2).unwrap();
    }
    let table = read(File::of(&workbook([sheet])).path()).unwrap();
    assert_eq!((table.rows().len(), table.rows()[0].label), (1, Genre::Instrumental.into()));
    assert_eq!(table.rows()[0].band, None);
}

#[test]
fn a_sheet_of_recordings_is_not_a_table_of_features() {
    File::of(&support::sound()).assert_flaw(Fault::NO_FEATURE_HEADER, "A1", "\"Time\"");
}

#[test]
fn the_heading_must_begin_in_column_a_and_end_with_the_label() {
    File::changed(|sheet| blank(sheet, HEADING, 0)).assert_flaw(Fault::NO_FEATURE_HEADER, "B2", "mean_F7");
    let file = File::changed(|sheet| {
        sheet.write(HEADING, 4, "genre").unwrap();
    });
    file.assert_flaw(Fault::NO_FEATURE_HEADER, "E2", "\"genre\"");
}

#[test]
fn a_heading_must_be_there_and_be_a_text() {
    File::changed(|sheet| blank(sheet, HEADING, 2)).assert_flaw(Fault::UNREADABLE_HEADING, "C2", "blank");
    let file = File::changed(|sheet| {
        sheet.write(HEADING, 2, 5).unwrap();
    });
    let problems = file.problems();
    assert!(problems.iter().all(|problem| problem.fault == Fault::UNREADABLE_HEADING), "{problems:?}");
    let beyond = File::changed(|sheet| {
        sheet.write(4, 6, 5).unwrap();
    });
    beyond.assert_flaw(Fault::UNREADABLE_HEADING, "G5", "the number 5 without a heading");
}

#[test]
fn a_participant_is_a_whole_number_from_one_up() {
    for bad in [0.0, -1.0, 1.5, 1e12] {
        let file = File::changed(|sheet| {
            sheet.write(3, 0, bad).unwrap();
        });
        file.assert_flaw(Fault::UNREADABLE_PARTICIPANT, "A4", &bad.to_string());
    }
    let file = File::changed(|sheet| {
        sheet.write(3, 0, "someone").unwrap();
    });
    file.assert_flaw(Fault::UNREADABLE_PARTICIPANT, "A4", "someone");
}

#[test]
fn a_formula_without_a_value_is_named_wherever_it_stands() {
    // The participant, a value, the label, the last value of all, a heading.
    for (row, column, cell) in [(3, 0, "A4"), (3, 2, "C4"), (3, 4, "E4"), (6, 3, "D7"), (HEADING, 2, "C2")] {
        let file = File::changed(|sheet| {
            sheet.write_formula(row, column, "=1+1").unwrap();
        });
        file.assert_flaw(Fault::FORMULA_WITHOUT_VALUE, cell, "a formula");
    }
}

#[test]
fn a_stored_result_of_a_formula_is_a_value() {
    let file = File::changed(|sheet| {
        sheet.write_formula(3, 3, Formula::new("=1+1").set_result("-2.5")).unwrap();
    });
    assert_eq!(read(file.path()).unwrap().rows()[1].values[2], Some(-2.5));
}

#[test]
fn a_label_is_one_of_three() {
    for bad in [0.0, 4.0, 1.5] {
        let file = File::changed(|sheet| {
            sheet.write(3, 4, bad).unwrap();
        });
        file.assert_flaw(Fault::UNKNOWN_LABEL, "E4", &bad.to_string());
    }
    let file = File::changed(|sheet| {
        sheet.write(3, 4, "pop").unwrap();
    });
    file.assert_flaw(Fault::UNKNOWN_LABEL, "E4", "pop");
}

#[test]
fn a_value_is_a_number() {
    let file = File::changed(|sheet| {
        sheet.write(3, 2, "n/a").unwrap();
    });
    file.assert_flaw(Fault::TEXT_CELL, "C4", "n/a");
    let file = File::changed(|sheet| {
        sheet.write(3, 2, true).unwrap();
    });
    file.assert_flaw(Fault::BOOLEAN_CELL, "C4", "TRUE");
    File::changed(|sheet| error_value(sheet, 3, 2)).assert_flaw(Fault::ERROR_CELL, "C4", "#DIV/0!");
}

#[test]
fn no_cell_of_a_row_is_blank() {
    for (column, cell) in [(0, "A4"), (2, "C4"), (4, "E4")] {
        File::changed(|sheet| blank(sheet, 3, column)).assert_flaw(Fault::BLANK_CELL, cell, "a blank cell");
    }
    let file = File::changed(|sheet| (0..5).for_each(|column| blank(sheet, 3, column)));
    file.assert_flaw(Fault::BLANK_CELL, "A4", "a blank row above the filled cell A5");
}

#[test]
fn a_table_has_rows() {
    let file = File::changed(|sheet| {
        for row in HEADING + 1..HEADING + 6 {
            (0..5).for_each(|column| blank(sheet, row, column));
        }
    });
    let problems = file.problems();
    assert_eq!((problems.len(), problems[0].fault), (1, Fault::EMPTY_SHEET));
    assert_eq!(File::of(&workbook([Worksheet::new()])).problems()[0].fault, Fault::EMPTY_SHEET);
    assert_eq!(
        File::of(&workbook([feature_sheet(), feature_sheet()])).problems()[0].fault,
        Fault::SEVERAL_SHEETS
    );
}

#[test]
fn a_cell_far_outside_is_refused() {
    let file = File::changed(|sheet| {
        sheet.write(3, 1024, 1).unwrap();
    });
    file.assert_flaw(Fault::SHEET_TOO_LARGE, "AMK4", "the number 1");
}

#[test]
fn every_mistake_is_named_up_to_twenty() {
    let file = File::changed(|sheet| {
        sheet.write(2, 1, "a").unwrap();
        sheet.write(4, 4, 9).unwrap();
        blank(sheet, 5, 3);
    });
    let found: Vec<_> =
        file.problems().into_iter().map(|problem| (problem.fault, problem.place.cell)).collect();
    let cell = |name: &str| Some(name.to_owned());
    assert_eq!(
        found,
        [(Fault::TEXT_CELL, cell("B3")), (Fault::UNKNOWN_LABEL, cell("E5")), (Fault::BLANK_CELL, cell("D6"))]
    );
    let file = File::changed(|sheet| {
        for row in 10..40 {
            sheet.write(row, 0, "nobody").unwrap();
        }
    });
    let problems = file.problems();
    assert_eq!((problems.len(), problems[20].fault), (21, Fault::MORE_PROBLEMS));
}

#[test]
fn other_files_are_refused() {
    let sound = workbook([feature_sheet()]);
    assert_eq!(File::of(b"subject no.,mean_F7").problems()[0].fault, Fault::NOT_A_ZIP);
    assert_eq!(File::of(&sound[..sound.len() / 2]).problems()[0].fault, Fault::DAMAGED_ZIP);
    assert_eq!(File::of(&zip(&[("a.xml".into(), vec![])])).problems()[0].fault, Fault::NOT_A_WORKBOOK);
    let missing = tempfile::tempdir().unwrap().path().join("table.xlsx");
    assert_eq!(read(missing).unwrap_err().problems()[0].fault, Fault::UNREADABLE_FILE);
    // XML that ends in the middle.
    let mut parts = unzip(&sound);
    let (_, part) = parts.iter_mut().find(|(name, _)| name.ends_with("sheet1.xml")).unwrap();
    part.truncate(part.len() * 3 / 4);
    assert!(File::of(&zip(&parts)).problems().iter().any(|problem| problem.fault == Fault::NOT_A_WORKBOOK));
}

#[test]
fn the_published_table_is_three_bands_of_192_recordings() {
    let Some(path) = published_features() else { return };
    let table = read(path).unwrap();
    assert_eq!((table.rows().len(), table.names().len()), (576, 25));
    assert_eq!(table.digest(), "38b97fe22abcb6c0a63003b97315e0e73bfa19a8bbc7667ef6c801ac12d4e6a6");
    for (index, row) in table.rows().iter().enumerate() {
        assert_eq!((row.band, row.recording), (Some(Band::ALL[index % 3]), index / 3), "row {index}");
    }
    // What the documentation says of the two columns that share a name, and of values that are none.
    let column = |name: &str| table.names().iter().position(|known| known == name).unwrap();
    let (integral, variance, fuzzy) = (column("ssi_F7"), column("var_F7 2"), column("fuzzy_F7"));
    for row in table.rows() {
        let (integral, variance) = (row.values[integral].unwrap(), row.values[variance].unwrap());
        let expected = integral / f64::from(row.band.unwrap().values() - 1);
        assert!((variance / expected - 1.0).abs() < 1e-9);
    }
    assert_eq!(table.rows().iter().filter(|row| row.values[fuzzy].is_none()).count(), 4);
    assert_eq!(table.rows().iter().flat_map(|row| &row.values).filter(|value| value.is_none()).count(), 4);
    let participants: std::collections::BTreeSet<_> =
        table.rows().iter().map(|row| row.participant).collect();
    assert_eq!(participants.len(), 24);
    for genre in Genre::ALL {
        assert_eq!(table.rows().iter().filter(|row| row.label == genre.into()).count(), 192);
    }
}
