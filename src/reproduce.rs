//! The main job: everything there is, from recordings to figures and results, in one call.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use serde::Serialize;

use crate::error::Result;
use crate::figures::{self, Figure};
use crate::models::Model;
use crate::preparation::{Split, SplitSummary};
use crate::profile::Profile;
use crate::progress::Steps;
use crate::protocol::{self, Control, Progress};
use crate::recordings::{Description, Source};
use crate::results::Results;

/// The seed of the split that results are reported on.
pub const SPLIT_SEED: u64 = 0;

/// What the main job found and wrote.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reproduction {
    /// Where the recordings came from, and why from there.
    pub source: String,
    /// How much was run.
    pub profile: Profile,
    /// The recordings in numbers.
    pub data: Description,
    /// The paper's split (2.1), from [`SPLIT_SEED`].
    pub split: SplitSummary,
    /// The figures.
    pub figures: Vec<PathBuf>,
    /// The folder of the records.
    pub records: PathBuf,
    /// The paper's results beside ours (3).
    pub results: Results,
}

/// Reads and checks the recordings, describes them, splits them as the paper does, draws the figures, trains the three
/// networks and holds their results against the paper's. Runs whose records are there are not trained again.
///
/// # Errors
/// All problems of the recordings; a figure that cannot be written; those of [`protocol::train`]. Once `stop` is true,
/// [`Fault::Interrupted`](crate::error::Fault::Interrupted).
pub fn reproduce(source: &Source, profile: Profile, stop: &AtomicBool) -> Result<Reproduction> {
    let mut steps = Steps::new(5);
    steps.begin(format!("reading recordings from {source}"));
    let set = source.load()?;
    steps.begin("describing them");
    let data = Description::of(&set);
    steps.begin("splitting them as the paper does");
    let split = Split::random(&set, SPLIT_SEED)?;
    let drawn = [Figure::recordings(&set), Figure::design(&set)];
    let folder = figures::folder(&drawn);
    let mut written = Vec::new();
    for figure in drawn {
        steps.begin(format!("drawing {}", figure.name()));
        written.extend(figure.save(&folder)?);
    }
    // Two sets of bars would draw over each other.
    steps.finish();
    let records = profile.records(&set);
    for model in Model::ALL {
        let (runs, epochs) = profile.extent(model);
        let settings = profile.settings(model);
        let progress = Progress::new(model.name(), runs, epochs);
        let control = Control { observer: &progress, ..Control::new(stop) };
        let trained = protocol::train(&set, &split, settings, runs, &records.join(model.name()), &control);
        progress.finish();
        trained?;
    }
    let results = Results::read(&records, &set)?;
    Ok(Reproduction {
        source: source.to_string(),
        profile,
        data,
        split: split.summary(),
        figures: written,
        records,
        results,
    })
}

impl fmt::Display for Reproduction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "source        {}\n{}", self.source, self.data)?;
        write!(f, "\nsplit         {}", self.split)?;
        for figure in &self.figures {
            write!(f, "\nfigure        {}", figure.display())?;
        }
        write!(f, "\nprofile       {}\nrecords       {}", self.profile, self.records.display())?;
        write!(f, "\n\n{}", self.results)
    }
}
