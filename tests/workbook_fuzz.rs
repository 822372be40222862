//! Thousands of damaged workbooks: nothing panics, and memory stays bounded.
//!
//! Bytes are flipped and cut in the archive itself, which mostly breaks its checksums, and in its inflated parts,
//! which are then packed again with sound checksums, so that the damage reaches the parser.

#[path = "support/damage.rs"]
mod damage;
mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::path::Path;

use damage::{Damage, damages, panics};
use eegenre::recordings::{Song, Workbook, read_workbook};
use proptest::prelude::*;
use support::*;

/// Counts what a thread holds beyond what it held at the start of a measurement, and the most of it.
struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

fn count(change: isize) {
    // A thread that is being torn down has no counters any more; what it frees then is of no interest.
    let _ = HELD.try_with(|held| {
        held.set(held.get() + change);
        let _ = MOST.try_with(|most| most.set(most.get().max(held.get())));
    });
}

// SAFETY: every call goes to the system's allocator unchanged; counting touches no memory of its callers.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes held while `work` ran.
fn most_bytes_held(work: impl FnOnce()) -> isize {
    let before = HELD.get();
    MOST.set(before);
    work();
    MOST.get() - before
}

/// Texts that a parser may stumble over.
const TEXTS: &[&str] = &[
    "<",
    ">",
    "\"",
    "&",
    "&#x0;",
    "<c r=\"ZZZZZZZZ99999999999\"><v>1</v></c>",
    "<c t=\"s\"><v>99999999</v></c>",
    "<c t=\"s\"><v>-1</v></c>",
    "<row r=\"4294967295\"/>",
    "<dimension ref=\"A1:XFD1048576\"/>",
    "<!--",
    "<![CDATA[",
    "<!DOCTYPE a [<!ENTITY b \"bb\">]>",
    "uniqueCount=\"18446744073709551615\"",
    "\u{feff}",
    "1e999",
    "</sheetData>",
];

/// Reads damaged workbooks and returns how many were still sound, how many were not, and the most memory that one of
/// them took. A panic fails the test, also one that the library would turn into an error.
fn read_damaged(
    cases: u32,
    is_sound: impl Fn(&Path) -> bool,
    spoil: impl Fn(&[Damage], prop::sample::Index) -> Vec<u8>,
) -> (u32, u32, isize) {
    let before = panics();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("S1.xlsx");
    let (mut sound, mut flawed, mut most) = (0, 0, 0);
    for (damages, part) in damages(cases, TEXTS) {
        std::fs::write(&path, spoil(&damages, part)).unwrap();
        let held = most_bytes_held(|| match is_sound(&path) {
            true => sound += 1,
            false => flawed += 1,
        });
        most = most.max(held);
    }
    assert_eq!(panics(), before, "the reader panicked; what it said is above");
    (sound, flawed, most)
}

/// A small workbook takes well under this, and no damage of a few bytes may make it take more.
const MOST_BYTES: isize = 8 << 20;

fn is_a_song(path: &Path) -> bool {
    read_workbook(path, Song::new(1).unwrap()).is_ok()
}

#[test]
fn damaged_archives_neither_panic_nor_grow() {
    let bytes = sound();
    let (sound, flawed, most) = read_damaged(3000, is_a_song, |damages, _| {
        let mut bytes = bytes.clone();
        damages.iter().for_each(|damage| damage.apply(&mut bytes));
        bytes
    });
    eprintln!("archives: {sound} sound, {flawed} refused, at most {most} bytes held");
    assert!(flawed > 1000 && sound > 0, "the damage is neither nothing nor everything: {sound}, {flawed}");
    assert!(most < MOST_BYTES, "{most} bytes held");
}

/// Spoils a sheet every other time, as it holds what is read, and else any part.
fn spoil_a_part(parts: &[(String, Vec<u8>)], damages: &[Damage], part: prop::sample::Index) -> Vec<u8> {
    let mut parts = parts.to_vec();
    let sheet = parts.iter().position(|(name, _)| name.ends_with("sheet1.xml")).unwrap();
    let part = if part.index(2) == 0 { sheet } else { part.index(parts.len()) };
    damages.iter().for_each(|damage| damage.apply(&mut parts[part].1));
    zip(&parts)
}

#[test]
fn damaged_parts_neither_panic_nor_grow() {
    let parts = unzip(&sound());
    let (sound, flawed, most) =
        read_damaged(3000, is_a_song, |damages, part| spoil_a_part(&parts, damages, part));
    eprintln!("parts: {sound} sound, {flawed} refused, at most {most} bytes held");
    assert!(flawed > 500 && sound > 500, "the damage is neither nothing nor everything: {sound}, {flawed}");
    assert!(most < MOST_BYTES, "{most} bytes held");
}

#[test]
fn damaged_tables_of_features_neither_panic_nor_grow() {
    let parts = unzip(&workbook([feature_sheet()]));
    let is_a_table = |path: &Path| eegenre::features::published::read(path).is_ok();
    let (sound, flawed, most) =
        read_damaged(3000, is_a_table, |damages, part| spoil_a_part(&parts, damages, part));
    eprintln!("tables: {sound} sound, {flawed} refused, at most {most} bytes held");
    assert!(flawed > 500 && sound > 500, "the damage is neither nothing nor everything: {sound}, {flawed}");
    assert!(most < MOST_BYTES, "{most} bytes held");
}

#[test]
fn cells_anywhere_take_no_memory_for_the_gap() {
    let most = ["XFC1048576", "B1048576", "ZZZ9"].map(|cell| {
        let bytes = replaced(
            "xl/worksheets/sheet1.xml",
            "</row></sheetData>",
            &format!("</row><row r=\"1048576\"><c r=\"{cell}\"><v>1</v></c></row></sheetData>"),
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("S1.xlsx");
        std::fs::write(&path, bytes).unwrap();
        most_bytes_held(|| {
            read_workbook(&path, Song::new(1).unwrap()).expect_err("a cell far outside");
        })
    });
    assert!(most.iter().all(|most| *most < MOST_BYTES), "{most:?} bytes held");
}

#[test]
fn an_archive_that_inflates_without_end_takes_bounded_memory() {
    let mut parts = unzip(&sound());
    parts.push(("xl/worksheets/sheet2.xml".into(), vec![b' '; 192 << 20]));
    let most = bytes_held_for(&zip(&parts), |read| {
        read.expect_err("it inflates beyond the bound");
    });
    assert!(most < MOST_BYTES, "{most} bytes held");
}

/// The most memory that reading a workbook takes.
fn bytes_held_for(bytes: &[u8], check: impl FnOnce(eegenre::Result<Workbook>)) -> isize {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("S1.xlsx");
    std::fs::write(&path, bytes).unwrap();
    most_bytes_held(|| check(read_workbook(&path, Song::new(1).unwrap())))
}

#[test]
fn a_large_workbook_takes_the_memory_of_its_samples_and_its_file() {
    const PARTICIPANTS: usize = 24;
    const ROWS: usize = 256 * 280;
    let mut sheet = String::from(
        "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Time</t></is></c>",
    );
    for participant in 1..=PARTICIPANTS {
        sheet += &format!("<c t=\"inlineStr\"><is><t>P{participant}</t></is></c>");
    }
    sheet += "</row>";
    for row in 0..ROWS {
        sheet += &format!("<row r=\"{}\"><c r=\"A{0}\"><v>{}</v></c>", row + 2, 1 + row / 256);
        for column in 0..PARTICIPANTS {
            let number = (row * PARTICIPANTS + column) as u64 * 2_654_435_761 % 1_000_000_007;
            let letter = char::from(b'B' + column as u8);
            sheet += &format!("<c r=\"{letter}{}\"><v>0.{number:015}</v></c>", row + 2);
        }
        sheet += "</row>";
    }
    sheet += "</sheetData></worksheet>";
    assert!(sheet.len() > 64 << 20, "{} bytes of XML", sheet.len());
    let mut parts = unzip(&sound());
    parts.iter_mut().find(|(name, _)| name.ends_with("sheet1.xml")).unwrap().1 = sheet.into_bytes();
    let bytes = zip(&parts);
    let samples = (8 * ROWS * (PARTICIPANTS + 1)) as isize;
    let most = bytes_held_for(&bytes, |read| {
        let recordings = read.unwrap().recordings;
        assert_eq!(recordings.len(), PARTICIPANTS);
        assert!(
            recordings.iter().all(|recording| recording.samples.len() == ROWS && recording.rate_hz == 256.0)
        );
    });
    eprintln!("{} MiB of file, {} MiB of samples, {} MiB held", bytes.len() >> 20, samples >> 20, most >> 20);
    // Vectors that grow have up to twice the room that they fill.
    assert!(most < 2 * bytes.len() as isize + 2 * samples + MOST_BYTES, "{most} bytes held");
}
