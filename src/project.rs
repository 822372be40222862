//! Where the project keeps things, and which results may be written where.
//!
//! The folders that git tracks hold results of the published recordings only. Every other run writes under
//! `target/`, so that a result of synthetic data can never be taken for a real one.

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

/// Where the figures of a data set go: `figures` for the published recordings, else `target/figures`.
#[must_use]
pub fn figures(provenance: &Provenance) -> PathBuf {
    match provenance {
        Provenance::Published => root().join("figures"),
        Provenance::Synthetic(_) | Provenance::Unknown => root().join("target/figures"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_published_recordings_reach_a_tracked_folder() {
        assert_eq!(figures(&Provenance::Published), root().join("figures"));
        for other in [Provenance::Synthetic("null".into()), Provenance::Unknown] {
            assert!(figures(&other).starts_with(root().join("target")));
        }
    }
}
