//! The main job: everything there is, from recordings to figures and results, in one call.

mod summary;

pub use summary::summary;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::atomic::AtomicBool;

use serde::Serialize;

use crate::error::{Error, Fault, Place, Result};
use crate::experiment::Experiment;
use crate::figures::{self, Figure};
use crate::models::Model;
use crate::paper;
use crate::preparation::SplitSummary;
use crate::progress::Steps;
use crate::project;
use crate::protocol::{Control, Progress};
use crate::recordings::{DataSet, Description, Provenance, Source};
use crate::results::Results;

/// How much of the paper's experiment is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// A few epochs of each network, to see that everything works: under a minute.
    Smoke,
    /// Fewer runs and shorter ones than the paper's, for a first impression: under ten minutes on two cores.
    #[default]
    Quick,
    /// The whole of it.
    Paper,
}

impl Profile {
    /// All of them, the shortest first.
    pub const ALL: [Self; 3] = [Self::Smoke, Self::Quick, Self::Paper];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Smoke => "smoke",
            Self::Quick => "quick",
            Self::Paper => "paper",
        }
    }

    /// Runs of a network, and epochs of each.
    #[must_use]
    pub const fn extent(self, model: Model) -> (u64, usize) {
        match (self, model) {
            (Self::Smoke, _) => (2, 3),
            (Self::Quick, Model::Baseline) => (6, 300),
            (Self::Quick, Model::Multilayer) => (4, 150),
            (Self::Quick, Model::Cnn) => (4, 400),
            (Self::Paper, Model::Baseline) => (paper::RUNS as u64, paper::baseline::EPOCHS),
            (Self::Paper, Model::Multilayer) => (paper::RUNS as u64, paper::multilayer::EPOCHS),
            (Self::Paper, Model::Cnn) => (paper::RUNS as u64, paper::cnn::EPOCHS),
        }
    }

    /// Where its records go: `data/records/raw` for the paper's profile on the published recordings, else a folder of
    /// its own under `target/records`. Shorter runs and other recordings never change what git tracks.
    #[must_use]
    pub fn records(self, set: &DataSet) -> PathBuf {
        match (self, set.provenance()) {
            (Self::Paper, provenance @ Provenance::Published) => project::records(&provenance),
            _ => {
                let name = format!("{}-{}", self.name(), set.fingerprint().short());
                project::root().join("target/records").join(name)
            }
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Profile {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name).ok_or_else(|| {
            Error::new(Fault::BadSetting, Place::field("profile"), "smoke, quick or paper", name)
        })
    }
}

/// What the main job found and wrote.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reproduction {
    /// Where the recordings came from, and why from there.
    pub source: String,
    /// How much was run.
    pub profile: Profile,
    /// The recordings in numbers.
    pub data: Description,
    /// The paper's split (2.1), from [`SPLIT_SEED`](crate::experiment::SPLIT_SEED).
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
/// All problems of the recordings; a figure that cannot be written; those of [`Experiment::train`]. Once `stop` is true,
/// [`Fault::Interrupted`].
pub fn reproduce(source: &Source, profile: Profile, stop: &AtomicBool) -> Result<Reproduction> {
    let mut steps = Steps::new(5);
    steps.begin(format!("reading recordings from {source}"));
    let set = source.load()?;
    steps.begin("describing them");
    let data = Description::of(&set);
    steps.begin("splitting them as the paper does");
    let experiment = Experiment::new(set, profile)?;
    let Experiment { set, split, .. } = &experiment;
    let folder = figures::folder(&set.provenance());
    let mut written = Vec::new();
    for figure in [Figure::recordings(set), Figure::design(set)] {
        steps.begin(format!("drawing {}", figure.name()));
        written.extend(figure.save(&folder)?);
    }
    // Two sets of bars would draw over each other.
    steps.finish();
    for model in Model::ALL {
        let (runs, epochs) = profile.extent(model);
        let progress = Progress::new(model.name(), runs, epochs);
        let trained = experiment.train(model, &Control { observer: &progress, ..Control::new(stop) });
        progress.finish();
        trained?;
    }
    let results = Results::read(experiment.records(), set)?;
    Ok(Reproduction {
        source: source.to_string(),
        profile,
        data,
        split: split.summary(),
        figures: written,
        records: experiment.records(),
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
