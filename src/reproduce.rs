//! The main job: everything there is, from recordings to figures, in one call.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use crate::error::Result;
use crate::figures::Figure;
use crate::preparation::{Scheme, Split};
use crate::progress::Steps;
use crate::project;
use crate::recordings::{Description, Source};

/// What the main job found and wrote.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reproduction {
    /// Where the recordings came from, and why from there.
    pub source: String,
    /// The recordings in numbers.
    pub data: Description,
    /// The figures.
    pub figures: Vec<PathBuf>,
}

/// Reads and checks the recordings, describes them and draws the figures.
///
/// # Errors
/// All problems of the recordings; or a figure that cannot be written.
pub fn reproduce(source: &Source) -> Result<Reproduction> {
    let mut steps = Steps::new(4);
    steps.begin(format!("reading recordings from {source}"));
    let set = source.load()?;
    steps.begin("describing them");
    let data = Description::of(&set);
    let folder = project::figures(&set.provenance());
    let mut figures = Vec::new();
    for figure in [Figure::recordings(&set), Figure::design(&set)] {
        steps.begin(format!("drawing {}", figure.name()));
        figures.extend(figure.save(&folder)?);
    }
    steps.finish();
    Ok(Reproduction { source: source.to_string(), data, figures })
}

impl fmt::Display for Reproduction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "recordings    {}\n{}", self.source, self.data)?;
        self.figures.iter().try_for_each(|figure| write!(f, "\nfigure        {}", figure.display()))
    }
}
