//! Where the project keeps things.

use std::path::{Path, PathBuf};

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
