//! Each rule that a folder of workbooks must keep, broken once: one error that names file, sheet and cell.

mod support;

use eegenre::error::Fault;
use eegenre::recordings::{Description, MAX_PROBLEMS, load};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Worksheet};
use support::*;

const SHEET: &str = "xl/worksheets/sheet1.xml";

#[test]
fn a_sound_folder_is_read() {
    let set = load(Folder::sound().path()).unwrap();
    assert_eq!(set.recordings().len(), 36);
    assert_eq!(set.rate_hz(), f64::from(RATE_HZ));
    let last = set.recordings().last().unwrap();
    assert_eq!(last.id().to_string(), "S12/P24");
    let expected: Vec<f64> = (1..=SECONDS * RATE_HZ).map(|row| sample(row, 3)).collect();
    assert_eq!(last.samples, expected);
}

#[test]
fn the_folder_above_the_workbooks_is_as_good() {
    let outer = tempfile::tempdir().unwrap();
    let inner = outer.path().join("music-affect_v2-eeg-timeseries");
    std::fs::create_dir(&inner).unwrap();
    for song in 1..=12 {
        std::fs::write(inner.join(format!("S{song}.xlsx")), sound()).unwrap();
    }
    assert_eq!(load(outer.path()).unwrap(), load(&inner).unwrap());
}

#[test]
fn four_rows_a_second_are_four_hertz() {
    let folder = Folder::sound();
    for song in 1..=12 {
        folder.put(&format!("S{song}.xlsx"), &workbook([sheet(4)]));
    }
    assert_eq!(load(folder.path()).unwrap().rate_hz(), 4.0);
}

#[test]
fn columns_may_end_early_and_blanks_below_are_cut() {
    let folder = Folder::with_s3(&changed(|sheet| {
        for row in 20..=SECONDS * RATE_HZ {
            blank(sheet, row, 2);
        }
        blank(sheet, 60, 1);
        sheet.write(61, 3, "  ").unwrap();
    }));
    let set = load(folder.path()).unwrap();
    let lengths: Vec<usize> = set
        .recordings()
        .iter()
        .filter(|one| one.stimulus.as_str() == "S3")
        .map(|one| one.samples.len())
        .collect();
    assert_eq!(lengths, [32, 19, 32]);
}

#[test]
fn zip_compression_and_metadata_do_not_change_the_fingerprint() {
    let set = load(Folder::sound().path()).unwrap();
    let mut parts = unzip(&sound());
    parts.reverse();
    parts.push(("docProps/comment.bin".into(), vec![7; 1000]));
    assert_eq!(load(Folder::with_s3(&zip(&parts)).path()).unwrap().fingerprint(), set.fingerprint());
}

#[test]
fn a_folder_must_exist() {
    let here = tempfile::tempdir().unwrap();
    for (name, found) in [("absent", "nothing"), ("file", "a file")] {
        let path = here.path().join(name);
        if name == "file" {
            std::fs::write(&path, "text").unwrap();
        }
        let error = load(&path).unwrap_err();
        let [problem] = error.problems() else { panic!("{error}") };
        assert_eq!((problem.fault, problem.found.as_str()), (Fault::MISSING_FOLDER, found));
        assert_eq!(problem.place.file.as_deref(), Some(path.as_path()));
    }
}

#[test]
fn a_folder_must_hold_workbooks() {
    let error = load(tempfile::tempdir().unwrap().path()).unwrap_err();
    assert_eq!(error.problems()[0].fault, Fault::MISSING_FOLDER);
    assert_eq!(error.problems()[0].found, "none of them");
}

#[test]
fn every_song_must_be_there() {
    let folder = Folder::sound();
    std::fs::remove_file(folder.file("S3.xlsx")).unwrap();
    assert_eq!(folder.problem_of_s3().fault, Fault::MISSING_SONG);
    // Another study lacks most of them, and reads of it once.
    std::fs::remove_file(folder.file("S7.xlsx")).unwrap();
    let problems = folder.problems();
    let found: Vec<&str> = problems.iter().map(|problem| problem.found.as_str()).collect();
    assert_eq!(found, ["no S3.xlsx, S7.xlsx"]);
    assert!(problems[0].to_string().contains("eegenre data init DIR"), "{}", problems[0]);
}

#[test]
fn a_thirteenth_song_has_no_genre() {
    let folder = Folder::sound();
    folder.put("S13.xlsx", &sound());
    let problems = folder.problems();
    assert_eq!((problems.len(), problems[0].fault), (1, Fault::UNKNOWN_SONG));
}

#[test]
fn a_song_may_not_come_twice() {
    let folder = Folder::sound();
    folder.put("S03.xlsx", &sound());
    let fault = folder.problem_of_s3().fault;
    assert_eq!(fault, Fault::DUPLICATE_SONG);
}

#[test]
fn a_workbook_must_be_a_zip_archive() {
    let old_excel = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    let cases: [(&[u8], &str); 3] =
        [(b"Time,P01\n1,0.5\n", "\"Time\""), (b"", "an empty file"), (&old_excel, "password")];
    for (bytes, found) in cases {
        let problem = Folder::with_s3(bytes).problem_of_s3();
        assert_eq!(problem.fault, Fault::NOT_A_ZIP);
        assert!(problem.found.contains(found), "{problem}");
    }
}

#[test]
fn a_zip_archive_must_be_whole() {
    let whole = sound();
    for length in [2, 30, whole.len() / 2, whole.len() - 1] {
        let problem = Folder::with_s3(&whole[..length]).problem_of_s3();
        assert_eq!(problem.fault, Fault::DAMAGED_ZIP, "{problem}");
    }
}

#[test]
fn a_zip_archive_must_match_its_checksums() {
    let mut bytes = sound();
    let at =
        bytes.windows(SHEET.len()).position(|window| window == SHEET.as_bytes()).unwrap() + SHEET.len() + 40;
    bytes[at] ^= 0x55;
    let problem = Folder::with_s3(&bytes).problem_of_s3();
    assert_eq!(problem.fault, Fault::DAMAGED_ZIP, "{problem}");
    assert!(problem.found.contains(SHEET), "{problem}");
}

#[test]
fn a_workbook_may_not_inflate_without_bound() {
    let mut parts = unzip(&sound());
    parts.push(("xl/worksheets/sheet2.xml".into(), vec![b' '; 64 << 20]));
    let bytes = zip(&parts);
    assert!(bytes.len() < 1 << 20, "the bomb is small: {} bytes", bytes.len());
    let problem = Folder::with_s3(&bytes).problem_of_s3();
    assert_eq!(problem.fault, Fault::INFLATES_BEYOND_BOUND, "{problem}");
    assert!(problem.expected.contains("100 times"), "{problem}");
}

#[test]
fn no_piece_of_a_sheet_may_be_as_long_as_a_sheet() {
    // Digits that deflate two-fold.
    let digits: String =
        (0..400_000).map(|number: u64| (number * 2_654_435_761 % 100_000).to_string()).collect();
    for (start, end) in [("<!--", "-->"), ("<c r=\"", "\"/>"), ("", "")] {
        let bytes = replaced(SHEET, "<sheetData>", &format!("<sheetData>{start}{digits}{end}"));
        let problem = Folder::with_s3(&bytes).problem_of_s3();
        assert_eq!(problem.fault, Fault::INFLATES_BEYOND_BOUND, "{problem}");
        assert!(problem.found.contains(SHEET), "{problem}");
    }
}

#[test]
fn stored_results_of_formulas_are_used_and_counted() {
    let result = |row: u32, column: u16| Formula::new("=1+1").set_result(sample(row, column).to_string());
    let bytes = changed(|sheet| {
        for row in 10..20 {
            sheet.write_formula(row, 2, result(row, 2)).unwrap();
        }
        sheet.write_formula(3, 0, Formula::new("=A2").set_result("1")).unwrap();
    });
    let [plain, set] = [sound(), bytes].map(|bytes| load(Folder::with_s3(&bytes).path()).unwrap());
    assert_eq!(set.fingerprint(), plain.fingerprint());
    assert_eq!((plain.formulas(), set.formulas()), (0, 11));
    assert!(Description::of(&set).to_string().contains("formulas      11 cells hold one"));
    assert!(!Description::of(&plain).to_string().contains("formulas"));
}

/// A cell of a sound sheet becomes this XML.
fn with_xml(cell: &str, xml: &str) -> Vec<u8> {
    let parts = unzip(&sound());
    let (_, sheet) = parts.iter().find(|(name, _)| name == SHEET).unwrap();
    let sheet = String::from_utf8(sheet.clone()).unwrap();
    let start = sheet.find(&format!("<c r=\"{cell}\"")).unwrap();
    let end = start + sheet[start..].find("</c>").unwrap() + "</c>".len();
    replaced(SHEET, &sheet[start..end], xml)
}

/// What libraries write for a formula that they cannot calculate.
const UNCALCULATED: [&str; 6] = [
    // openpyxl
    "<f>1+1</f><v></v>",
    "<f>1+1</f><v/>",
    "<f>1+1</f>",
    // of a formula that was filled down
    "<f t=\"shared\" si=\"0\"/>",
    // an array formula
    "<f t=\"array\" ref=\"A1:A9\">1+1</f><v/>",
    // XlsxWriter, which asks for calculation on opening
    "<f>1+1</f><v>0</v>",
];

#[test]
fn a_formula_without_a_value_is_named_wherever_it_stands() {
    for contents in UNCALCULATED {
        // A sample in the middle, the last of a recording, the last of the last, a time, the last time.
        for cell in ["C14", "B33", "D33", "A14", "A33"] {
            let bytes = with_xml(cell, &format!("<c r=\"{cell}\">{contents}</c>"));
            Folder::with_s3(&bytes).assert_flaw(Fault::FORMULA_WITHOUT_VALUE, cell, "a formula");
        }
        for cell in ["A1", "B1", "D1"] {
            let bytes = with_xml(cell, &format!("<c r=\"{cell}\">{contents}</c>"));
            Folder::with_s3(&bytes).assert_flaw(Fault::FORMULA_WITHOUT_VALUE, cell, "a formula");
        }
    }
    // An empty text, as XlsxWriter writes for a result that was given as "".
    let bytes = with_xml("D33", "<c r=\"D33\" t=\"str\"><f>1+1</f><v></v></c>");
    Folder::with_s3(&bytes).assert_flaw(Fault::FORMULA_WITHOUT_VALUE, "D33", "without a stored value");
}

#[test]
fn a_formula_beside_the_recordings_is_named_too() {
    for at in ["A40", "F5", "B40"] {
        let row: u32 = at[1..].parse().unwrap();
        let cell = format!("<c r=\"{at}\"><f>1+1</f><v/></c>");
        let bytes = match row {
            40 => replaced(SHEET, "</sheetData>", &format!("<row r=\"40\">{cell}</row></sheetData>")),
            _ => replaced(SHEET, "</row><row r=\"6\"", &format!("{cell}</row><row r=\"6\"")),
        };
        let problems = Folder::with_s3(&bytes).problems();
        let named = problems.iter().any(|problem| {
            (problem.fault, problem.place.cell.as_deref()) == (Fault::FORMULA_WITHOUT_VALUE, Some(at))
        });
        assert!(named, "{at}: {problems:?}");
    }
}

#[test]
fn a_result_of_0_counts_where_formulas_were_calculated() {
    let mut parts = unzip(&with_xml("C14", "<c r=\"C14\"><f>1-1</f><v>0</v></c>"));
    let (_, workbook) = parts.iter_mut().find(|(name, _)| name == "xl/workbook.xml").unwrap();
    let text = String::from_utf8(workbook.clone()).unwrap();
    assert!(text.contains(" fullCalcOnLoad=\"1\""), "{text}");
    *workbook = text.replace(" fullCalcOnLoad=\"1\"", "").into_bytes();
    let set = load(Folder::with_s3(&zip(&parts)).path()).unwrap();
    assert_eq!(set.formulas(), 1);
}

#[test]
fn a_promise_of_texts_beyond_the_files_size_is_refused() {
    let bytes = replaced("xl/sharedStrings.xml", "uniqueCount=\"4\"", "uniqueCount=\"99999999999\"");
    let problem = Folder::with_s3(&bytes).problem_of_s3();
    assert_eq!(problem.fault, Fault::INFLATES_BEYOND_BOUND, "{problem}");
}

#[test]
fn another_kind_of_archive_is_not_a_workbook() {
    let bytes = zip(&[("mimetype".into(), b"application/epub+zip".to_vec())]);
    assert_eq!(Folder::with_s3(&bytes).problem_of_s3().fault, Fault::NOT_A_WORKBOOK);
}

#[test]
fn damaged_xml_is_named_after_the_last_sound_cell() {
    let bytes = replaced(SHEET, "<c r=\"B3\"", "<c r=\"B3\"<");
    let problem = Folder::with_s3(&bytes).problem_of_s3();
    assert_eq!(problem.fault, Fault::NOT_A_WORKBOOK, "{problem}");
    assert_eq!(problem.place.cell.as_deref(), Some("A3"), "{problem}");
}

#[test]
fn cells_must_come_in_order() {
    let bytes = replaced(SHEET, "<c r=\"B3\"", "<c r=\"B2\"");
    Folder::with_s3(&bytes).assert_flaw(Fault::NOT_A_WORKBOOK, "B2", "out of order");
}

#[test]
fn a_workbook_must_have_a_sheet() {
    let bytes = replaced("xl/workbook.xml", "<sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rId1\"/>", "");
    assert_eq!(Folder::with_s3(&bytes).problem_of_s3().fault, Fault::NO_SHEET);
}

#[test]
fn one_sheet_only_may_hold_data() {
    let mut second = Worksheet::new();
    second.write(7, 7, 1.0).unwrap();
    let problem = Folder::with_s3(&workbook([sheet(RATE_HZ), second])).problem_of_s3();
    assert_eq!(problem.fault, Fault::SEVERAL_SHEETS);
    assert!(problem.found.contains("\"Sheet1\", \"Sheet2\""), "{problem}");
    let with_an_empty_one = Folder::with_s3(&workbook([Worksheet::new(), sheet(RATE_HZ)]));
    assert_eq!(load(with_an_empty_one.path()).unwrap().recordings().len(), 36);
}

#[test]
fn a_sheet_may_not_be_empty() {
    let problem = Folder::with_s3(&workbook([Worksheet::new()])).problem_of_s3();
    assert_eq!(problem.fault, Fault::EMPTY_SHEET);
    let mut heading = Worksheet::new();
    heading.write(0, 0, "Time").unwrap();
    heading.write(0, 1, "P01").unwrap();
    let problem = Folder::with_s3(&workbook([heading])).problem_of_s3();
    assert_eq!(problem.fault, Fault::EMPTY_SHEET);
}

#[test]
fn the_first_heading_must_be_time() {
    let named = Folder::with_s3(&with_cell(0, 0, "Seconds"));
    named.assert_flaw(Fault::NO_TIME_HEADER, "A1", "\"Seconds\"");
    let unnamed = Folder::with_s3(&changed(|sheet| blank(sheet, 0, 0)));
    unnamed.assert_flaw(Fault::NO_TIME_HEADER, "A1", "B1");
}

#[test]
fn time_may_not_go_backwards() {
    let folder = Folder::with_s3(&changed(|sheet| {
        for row in 9..=16 {
            sheet.write(row, 0, 0).unwrap();
        }
        for row in 17..=32 {
            sheet.write(row, 0, 1 + (row - 17) / 8).unwrap();
        }
    }));
    folder.assert_flaw(Fault::TIME_GOES_BACKWARDS, "A10", "second 0");
}

#[test]
fn time_may_not_skip() {
    let folder = Folder::with_s3(&changed(|sheet| {
        for row in 25..=32 {
            sheet.write(row, 0, 9).unwrap();
        }
    }));
    folder.assert_flaw(Fault::TIME_SKIPS, "A26", "second 9");
}

#[test]
fn time_is_counted_in_whole_seconds() {
    let folder = Folder::with_s3(&with_cell(5, 0, 1.5));
    folder.assert_flaw(Fault::TIME_NOT_WHOLE_SECONDS, "A6", "1.5");
}

#[test]
fn a_second_may_not_be_crowded() {
    let folder = Folder::with_s3(&with_cell(9, 0, 1));
    folder.assert_flaw(Fault::UNEVEN_RATE, "A2", "9");
}

#[test]
fn workbooks_of_one_folder_have_one_rate() {
    let problem = Folder::with_s3(&workbook([sheet(4)])).problem_of_s3();
    assert_eq!(problem.fault, Fault::MIXED_RATES);
    assert_eq!(problem.found, "4 rows per second");
}

#[test]
fn a_sample_may_not_be_text_nor_a_date() {
    let folder = Folder::with_s3(&with_cell(13, 2, "n/a"));
    folder.assert_flaw(Fault::TEXT_CELL, "C14", "\"n/a\"");
    let folder = Folder::with_s3(&changed(|sheet| {
        let date = ExcelDateTime::from_ymd(2020, 7, 19).unwrap();
        sheet.write_with_format(13, 2, date, &Format::new().set_num_format("yyyy-mm-dd")).unwrap();
    }));
    folder.assert_flaw(Fault::TEXT_CELL, "C14", "date");
}

#[test]
fn a_time_may_not_be_text() {
    let folder = Folder::with_s3(&with_cell(13, 0, "two"));
    folder.assert_flaw(Fault::TEXT_CELL, "A14", "\"two\"");
}

#[test]
fn a_sample_may_not_be_an_error_value() {
    Folder::with_s3(&changed(|sheet| error_value(sheet, 13, 2))).assert_flaw(
        Fault::ERROR_CELL,
        "C14",
        "#DIV/0!",
    );
}

#[test]
fn a_sample_may_not_be_a_boolean() {
    let folder = Folder::with_s3(&with_cell(13, 2, true));
    folder.assert_flaw(Fault::BOOLEAN_CELL, "C14", "TRUE");
}

#[test]
fn a_cell_inside_a_column_may_not_be_blank() {
    Folder::with_s3(&changed(|sheet| blank(sheet, 13, 2))).assert_flaw(Fault::BLANK_CELL, "C14", "C15");
    Folder::with_s3(&changed(|sheet| blank(sheet, 13, 0))).assert_flaw(Fault::BLANK_CELL, "A14", "A15");
}

#[test]
fn a_sample_must_be_finite() {
    for number in ["1e999", "-1e999"] {
        let bytes = replaced(SHEET, "<c r=\"C14\"><v>201.625</v>", &format!("<c r=\"C14\"><v>{number}</v>"));
        Folder::with_s3(&bytes).assert_flaw(Fault::NON_FINITE_CELL, "C14", "inf");
    }
    let bytes = replaced(SHEET, "<c r=\"C14\"><v>201.625</v>", "<c r=\"C14\"><v>NaN</v>");
    Folder::with_s3(&bytes).assert_flaw(Fault::NON_FINITE_CELL, "C14", "NaN");
}

#[test]
fn a_participant_may_have_one_column() {
    let folder = Folder::with_s3(&with_cell(0, 3, "P1"));
    folder.assert_flaw(Fault::DUPLICATE_PARTICIPANT, "D1", "P01, who already has column B1");
}

#[test]
fn a_participants_name_is_p_and_a_number() {
    let folder = Folder::with_s3(&with_cell(0, 3, "Anna"));
    folder.assert_flaw(Fault::UNREADABLE_PARTICIPANT, "D1", "\"Anna\"");
    let folder = Folder::with_s3(&with_cell(0, 3, 24));
    folder.assert_flaw(Fault::UNREADABLE_PARTICIPANT, "D1", "the number 24");
    let folder = Folder::with_s3(&changed(|sheet| blank(sheet, 0, 3)));
    folder.assert_flaw(Fault::UNREADABLE_PARTICIPANT, "D1", "blank heading above D2");
}

#[test]
fn a_participants_column_may_not_be_empty() {
    let folder = Folder::with_s3(&with_cell(0, 4, "P5"));
    folder.assert_flaw(Fault::EMPTY_COLUMN, "E2", "blank column");
}

#[test]
fn samples_may_not_go_on_beyond_time() {
    let folder = Folder::with_s3(&with_cell(33, 2, 1.0));
    folder.assert_flaw(Fault::BEYOND_TIME, "C34", "ends at A33");
}

#[test]
fn a_cell_far_outside_is_refused() {
    let folder = Folder::with_s3(&with_cell(40, 16_383, 1.0));
    folder.assert_flaw(Fault::SHEET_TOO_LARGE, "XFD41", "the number 1");
}

#[test]
fn a_file_that_cannot_be_opened_is_named() {
    let folder = Folder::sound();
    std::fs::remove_file(folder.file("S3.xlsx")).unwrap();
    std::fs::create_dir(folder.file("S3.xlsx")).unwrap();
    assert_eq!(folder.problem_of_s3().fault, Fault::UNREADABLE_FILE);
}

#[cfg(unix)]
#[test]
fn a_link_to_nowhere_is_named() {
    let folder = Folder::sound();
    std::fs::remove_file(folder.file("S3.xlsx")).unwrap();
    std::os::unix::fs::symlink("/nonexistent", folder.file("S3.xlsx")).unwrap();
    assert_eq!(folder.problem_of_s3().fault, Fault::UNREADABLE_FILE);
}

#[test]
fn all_errors_of_a_folder_are_reported_at_once() {
    let folder = Folder::sound();
    folder.put("S1.xlsx", b"text");
    folder.put("S2.xlsx", &sound()[..100]);
    folder.put(
        "S3.xlsx",
        &changed(|sheet| {
            sheet.write(13, 2, "n/a").unwrap();
            sheet.write(20, 3, false).unwrap();
        }),
    );
    std::fs::remove_file(folder.file("S4.xlsx")).unwrap();
    let faults: Vec<Fault> = folder.problems().iter().map(|problem| problem.fault).collect();
    let expected =
        [Fault::MISSING_SONG, Fault::NOT_A_ZIP, Fault::DAMAGED_ZIP, Fault::TEXT_CELL, Fault::BOOLEAN_CELL];
    assert_eq!(faults, expected);
}

#[test]
fn all_errors_of_a_sheet_are_reported_at_once() {
    let folder = Folder::with_s3(&changed(|sheet| {
        sheet.write(0, 3, "Anna").unwrap();
        sheet.write(13, 2, "n/a").unwrap();
        sheet.write(33, 1, 1.0).unwrap();
        for row in 25..=32 {
            sheet.write(row, 0, 9).unwrap();
        }
    }));
    let faults: Vec<Fault> = folder.problems().iter().map(|problem| problem.fault).collect();
    let expected = [Fault::UNREADABLE_PARTICIPANT, Fault::TEXT_CELL, Fault::BEYOND_TIME, Fault::TIME_SKIPS];
    assert_eq!(faults, expected);
}

#[test]
fn a_sheet_full_of_text_lists_the_first_problems_and_counts_the_rest() {
    let folder = Folder::with_s3(&changed(|sheet| {
        for row in 1..=32 {
            sheet.write(row, 1, "n/a").unwrap();
        }
    }));
    let problems = folder.problems();
    assert_eq!(problems.len(), MAX_PROBLEMS + 1);
    assert_eq!(problems[MAX_PROBLEMS].fault, Fault::MORE_PROBLEMS);
    assert_eq!(problems[MAX_PROBLEMS].found, format!("{} more", 32 - MAX_PROBLEMS));
}
