//! Thousands of damaged EDF, BDF and text files: nothing panics, and memory stays bounded.

#[path = "support/counting.rs"]
mod counting;
#[path = "support/damage.rs"]
mod damage;

use std::path::Path;

use counting::{Counting, peak_bytes};
use damage::{damages, panics};
use eegenre::recordings::formats::read;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A file of a few kB takes well under this, and no damage of a few bytes may make it take more.
const MOST_BYTES: usize = 8 << 20;

/// Texts that a reader may stumble over.
const TEXTS: &[&str] = &[
    "99999999",
    "-1      ",
    "0       ",
    "1e308   ",
    "nan     ",
    "-0      ",
    "EDF+D",
    "EDF Annotations ",
    "Status          ",
    "\u{feff}",
    ";",
    "\t",
    "\"",
    ",,,,,,,,",
    "1,5",
    "Time",
    "\n\n\n",
    "\r",
    "\0",
];

/// Damages a file in many ways and reads it: some are refused, some are still sound, and none panics. Says how many.
fn read_damaged(name: &str, cases: u32) -> String {
    let before = panics();
    let sound =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats").join(name)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let (mut read_well, mut refused, mut most) = (0, 0, 0);
    for (damages, _) in damages(cases, TEXTS) {
        let mut bytes = sound.clone();
        damages.iter().for_each(|damage| damage.apply(&mut bytes));
        std::fs::write(&path, bytes).unwrap();
        most = most.max(peak_bytes(|| match read(&path, &[]) {
            Ok(_) => read_well += 1,
            Err(_) => refused += 1,
        }));
    }
    assert_eq!(panics(), before, "the reader panicked; what it said is above");
    assert!(refused > cases / 10, "{name}: {read_well} sound, {refused} refused");
    assert!(most < MOST_BYTES, "{name}: {most} bytes held");
    format!("{name}: {read_well} sound, {refused} refused, at most {most} bytes held")
}

/// One test, because memory is counted for the whole process.
#[test]
fn damaged_files_neither_panic_nor_grow() {
    for name in [
        "synthetic-mne.edf",
        "synthetic-pyedflib.bdf",
        "synthetic-discontinuous-without-gap.edf",
        "synthetic-mne-12.5-hz.csv",
        "synthetic-decimal-commas.csv",
        #[cfg(feature = "parquet")]
        "synthetic-mne-12.5-hz.parquet",
    ] {
        eprintln!("{}", read_damaged(name, 2000));
    }
}
