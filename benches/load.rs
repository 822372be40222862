//! Loading twelve workbooks of the real size: `cargo bench --bench load`.
//!
//! The goal is 0.25 s on two cores. The workbooks are synthetic ones, and the published ones where they are in the
//! project or beside it. Peak memory is that of a process: `benches/peers/load.py` prints it.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints")]

use std::path::{Path, PathBuf};

use divan::Bencher;
use eegenre::recordings::synthetic::{self, Settings};
use eegenre::recordings::{Song, load, read_workbook};

fn main() {
    divan::main();
}

/// The folders of workbooks to load: made or found.
fn folder(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    if name == "published" {
        let places = ["data/music-affect_v2", "../shared/music-affect_v2"];
        return places.into_iter().map(|place| root.join(place)).find(|place| place.is_dir());
    }
    let folder = root.join("target/benches/synthetic");
    std::fs::create_dir_all(folder.parent()?).ok()?;
    synthetic::ensure(&Settings::default(), &folder).expect("synthetic workbooks can be written");
    Some(folder)
}

#[divan::bench(args = ["synthetic", "published"], sample_count = 20, sample_size = 1)]
fn twelve_workbooks(bencher: Bencher, name: &str) {
    let Some(folder) = folder(name) else {
        eprintln!("{name}: not measured, the recordings are not here");
        return;
    };
    bencher.bench_local(|| load(&folder).expect("sound workbooks"));
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn one_workbook_on_one_core(bencher: Bencher) {
    let path = folder("synthetic").expect("made").join("S10.xlsx");
    let song = Song::new(10).expect("a song");
    bencher.bench_local(|| read_workbook(&path, song).expect("a sound workbook"));
}
