//! The main job: everything there is, from recordings to figures, in one call.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use crate::error::Result;
use crate::figures::{self, Figure};
use crate::preparation::{Split, SplitSummary};
use crate::progress::Steps;
use crate::recordings::{Description, Source};

/// What the main job found and wrote.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reproduction {
    /// Where the recordings came from, and why from there.
    pub source: String,
    /// The recordings in numbers.
    pub data: Description,
    /// The paper's split (2.1), from [`SPLIT_SEED`].
    pub split: SplitSummary,
    /// The figures.
    pub figures: Vec<PathBuf>,
}

/// The seed of the split that results are reported on.
pub const SPLIT_SEED: u64 = 0;

/// Reads and checks the recordings, describes them, splits them as the paper does and draws the figures.
///
/// # Errors
/// All problems of the recordings; or a figure that cannot be written.
pub fn reproduce(source: &Source) -> Result<Reproduction> {
    let mut steps = Steps::new(5);
    steps.begin(format!("reading recordings from {source}"));
    let set = source.load()?;
    steps.begin("describing them");
    let data = Description::of(&set);
    steps.begin("splitting them as the paper does");
    let split = Split::random(&set, SPLIT_SEED)?.summary();
    let folder = figures::folder(&set.provenance());
    let mut written = Vec::new();
    for figure in [Figure::recordings(&set), Figure::design(&set)] {
        steps.begin(format!("drawing {}", figure.name()));
        written.extend(figure.save(&folder)?);
    }
    steps.finish();
    Ok(Reproduction { source: source.to_string(), data, split, figures: written })
}

impl fmt::Display for Reproduction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "source        {}\n{}", self.source, self.data)?;
        write!(f, "\nsplit         {}", self.split)?;
        self.figures.iter().try_for_each(|figure| write!(f, "\nfigure        {}", figure.display()))
    }
}
