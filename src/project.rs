//! Where the project keeps things.

use std::path::{Path, PathBuf};

use crate::recordings::Provenance;

/// The project's root: where it was built, or the current folder if that is gone.
#[must_use]
pub fn root() -> PathBuf {
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR"));
    if built_in.join("Cargo.toml").is_file() { built_in.to_owned() } else { PathBuf::from(".") }
}

/// Where the published recordings are looked for: `data/music-affect_v2`, ignored by git.
#[must_use]
pub fn published_recordings() -> PathBuf {
    root().join("data/music-affect_v2")
}

/// Where synthetic recordings are made on first use: `data/synthetic`, ignored by git.
#[must_use]
pub fn synthetic_recordings() -> PathBuf {
    root().join("data/synthetic")
}

/// Where records of the paper's protocol are: `data/records/raw` for the published recordings, else `target/records`.
///
/// As with figures, folders that git tracks hold results of the published recordings only.
#[must_use]
pub fn records(provenance: &Provenance) -> PathBuf {
    root().join(match provenance {
        Provenance::Published => "data/records/raw",
        Provenance::Synthetic(_) | Provenance::Unknown => "target/records",
    })
}
