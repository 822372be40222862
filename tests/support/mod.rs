//! Small workbooks in the layout of the published ones, and ways to spoil them.

// Each test program uses a part of this.
#![allow(dead_code)]

use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Once;

use eegenre::error::{Error, Fault, Problem};
use eegenre::store::Project;
use rust_xlsxwriter::{Format, Formula, IntoExcelData, Workbook, Worksheet};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

pub mod tasks;

/// Seconds of a small workbook.
pub const SECONDS: u32 = 4;
/// Its rows per second.
pub const RATE_HZ: u32 = 8;
/// Its participants' columns.
pub const NAMES: [&str; 3] = ["P01", "P2", "P24"];

/// The sample in a row below the heading (from 1) and a participant's column (from 1).
pub fn sample(row: u32, column: u16) -> f64 {
    f64::from(row) / 8.0 + f64::from(column) * 100.0
}

/// A sheet with `rate_hz` rows a second.
pub fn sheet(rate_hz: u32) -> Worksheet {
    let mut sheet = Worksheet::new();
    sheet.write(0, 0, "Time").unwrap();
    for (column, name) in (1..).zip(NAMES) {
        sheet.write(0, column, name).unwrap();
    }
    for row in 1..=SECONDS * rate_hz {
        sheet.write(row, 0, (row - 1) / rate_hz + 1).unwrap();
        for column in 1..=NAMES.len() as u16 {
            sheet.write(row, column, sample(row, column)).unwrap();
        }
    }
    sheet
}

/// A workbook of the given sheets.
pub fn workbook(sheets: impl IntoIterator<Item = Worksheet>) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for sheet in sheets {
        workbook.push_worksheet(sheet);
    }
    workbook.save_to_buffer().unwrap()
}

/// A sound workbook.
pub fn sound() -> Vec<u8> {
    workbook([sheet(RATE_HZ)])
}

/// A workbook whose sheet was changed.
pub fn changed(change: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut sheet = sheet(RATE_HZ);
    change(&mut sheet);
    workbook([sheet])
}

/// A workbook with another value in one cell.
pub fn with_cell(row: u32, column: u16, value: impl IntoExcelData) -> Vec<u8> {
    changed(|sheet| {
        sheet.write(row, column, value).unwrap();
    })
}

/// Blanks a cell.
pub fn blank(sheet: &mut Worksheet, row: u32, column: u16) {
    // Writing a blank with a format replaces what was there by an empty cell.
    sheet.write_blank(row, column, &Format::new().set_bold()).unwrap();
}

/// Puts a spreadsheet error into a cell.
pub fn error_value(sheet: &mut Worksheet, row: u32, column: u16) {
    sheet.write_formula(row, column, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
}

/// The parts of a zip archive, inflated.
pub fn unzip(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let parts = (0..archive.len()).map(|index| {
        let mut entry = archive.by_index(index).unwrap();
        let mut contents = Vec::new();
        entry.read_to_end(&mut contents).unwrap();
        (entry.name().unwrap().into_owned(), contents)
    });
    parts.collect()
}

/// A zip archive of parts.
pub fn zip(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, contents) in parts {
        archive.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        archive.write_all(contents).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A sound workbook in whose part `name` a text was replaced.
pub fn replaced(name: &str, from: &str, to: &str) -> Vec<u8> {
    let mut parts = unzip(&sound());
    let (_, contents) = parts.iter_mut().find(|(part, _)| part == name).expect("the part exists");
    let text = String::from_utf8(contents.clone()).unwrap();
    assert!(text.contains(from), "{name} does not hold {from}: {text}");
    *contents = text.replacen(from, to, 1).into_bytes();
    zip(&parts)
}

/// The heading of a table of features stands in row 2, as in the published table.
pub const HEADING: u32 = 1;
const HEADINGS: [&str; 5] = ["subject no.", "mean_F7", "sum_F7", "mean_F7", "label"];

/// A sound table of features: three rows of one participant and two of another.
pub fn feature_sheet() -> Worksheet {
    let mut sheet = Worksheet::new();
    for (column, heading) in (0..).zip(HEADINGS) {
        sheet.write(HEADING, column, heading).unwrap();
    }
    let rows = [(1, 6.0, 1), (1, 17.0, 1), (1, 20.0, 1), (7, 6.0, 3), (7, 17.0, 3)];
    for (row, (participant, values, label)) in (HEADING + 1..).zip(rows) {
        sheet.write(row, 0, participant).unwrap();
        sheet.write(row, 1, 0.25).unwrap();
        sheet.write(row, 2, 0.25 * values).unwrap();
        sheet.write(row, 3, -1.5).unwrap();
        sheet.write(row, 4, label).unwrap();
    }
    sheet
}

/// A folder of twelve workbooks.
pub struct Folder(pub TempDir);

impl Folder {
    /// Twelve sound workbooks.
    pub fn sound() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let bytes = sound();
        for song in 1..=12 {
            folder.put(&format!("S{song}.xlsx"), &bytes);
        }
        folder
    }

    /// Twelve workbooks, the third of which has other bytes.
    pub fn with_s3(bytes: &[u8]) -> Self {
        let folder = Self::sound();
        folder.put("S3.xlsx", bytes);
        folder
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.file(name), bytes).unwrap();
    }

    /// All problems of the folder.
    pub fn problems(&self) -> Vec<Problem> {
        let error: Error = eegenre::recordings::load(self.path()).expect_err("the folder has a flaw");
        error.problems().to_vec()
    }

    /// The only problem of the folder, which must be in S3.xlsx.
    pub fn problem_of_s3(&self) -> Problem {
        let problems = self.problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].place.file.as_deref(), Some(self.file("S3.xlsx").as_path()));
        problems.into_iter().next().unwrap()
    }

    /// Asserts that S3.xlsx has one flaw: of a kind, in a cell of the sheet, found as a text that holds `found`.
    pub fn assert_flaw(&self, fault: Fault, cell: &str, found: &str) {
        let problem = self.problem_of_s3();
        assert_eq!(problem.fault, fault, "{problem}");
        assert_eq!(problem.place.sheet.as_deref(), Some("Sheet1"), "{problem}");
        assert_eq!(problem.place.cell.as_deref(), Some(cell), "{problem}");
        assert!(problem.found.contains(found), "{problem}");
    }
}

/// This checkout.
pub fn project() -> Project {
    Project::at(env!("CARGO_MANIFEST_DIR"))
}

/// The published recordings, if this machine has them beside the project. Says once which is the case.
pub fn published_recordings() -> Option<PathBuf> {
    static SAID: Once = Once::new();
    let root = project().root().to_owned();
    let places = ["data/music-affect_v2", "../shared/music-affect_v2"].map(|place| root.join(place));
    let found = places.into_iter().find(|place| place.is_dir());
    SAID.call_once(|| say("published recordings", found.as_deref()));
    found
}

/// The published table of features, if this machine has it beside the recordings. Says once which is the case.
pub fn published_features() -> Option<PathBuf> {
    static SAID: Once = Once::new();
    let found = published_recordings().and_then(eegenre::features::published::find);
    SAID.call_once(|| say("published table of features", found.as_deref()));
    found
}

/// Says whether something published is tested, past the test harness, which hides what passing tests print.
fn say(what: &str, found: Option<&Path>) {
    let said = match found {
        Some(place) => format!("tested, in {}", place.display()),
        None => "NOT tested: neither in data/ nor in ../shared".to_owned(),
    };
    #[allow(clippy::disallowed_methods, reason = "the harness intercepts what a test prints with a macro")]
    std::io::stderr().write_all(format!("{what}: {said}\n").as_bytes()).unwrap();
}
