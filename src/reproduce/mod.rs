//! The main job: everything there is, from recordings to figures and results, in one call.

mod summary;

pub use summary::summary;

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use crate::classification::{Classification, Tables};
use crate::error::{Error, Place, Result};
use crate::experiment::Experiment;
use crate::figures::{self, Subject};
use crate::models::Model;
use crate::notebook::{self, Environment, Executed, Run};
use crate::preparation::SplitSummary;
use crate::profile::Profile;
use crate::protocol::{Control, Progress};
use crate::recordings::{Description, Source};
use crate::report::{Steps, Table, as_text};
use crate::results::Results;
use crate::store::{Project, check_writable};

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
    #[serde(serialize_with = "as_text")]
    pub figures: Vec<PathBuf>,
    /// The folder of the records.
    #[serde(serialize_with = "as_text")]
    pub records: PathBuf,
    /// The paper's results beside ours (3).
    pub results: Results,
    /// Every fact, number and claim of the paper beside what is found here.
    pub summary: Table,
    /// The notebooks, all of whose checks hold.
    pub notebooks: Executed,
    /// The contents page of the book made of them.
    #[serde(serialize_with = "as_text")]
    pub book: PathBuf,
}

/// Reads and checks the recordings, describes them, splits them as the paper does, trains the three networks, draws the
/// figures, runs the notebooks, makes the book of them and holds the results against the paper's. Runs whose records are
/// there are not trained again, and what notebooks need is set up once. `control` says what trains; progress is shown
/// whoever watches.
///
/// # Errors
/// [`Fault::NoCheckout`](crate::error::Fault::NoCheckout); [`Fault::NoDevice`](crate::error::Fault::NoDevice); all problems of the recordings; those of [`notebook::setup`], [`Experiment::train`], [`Run::run`] and
/// [`notebook::book`]; a figure that cannot be written. Once it is asked to stop,
/// [`Fault::Interrupted`](crate::error::Fault::Interrupted).
pub fn reproduce(
    project: &Project,
    source: &Source,
    profile: Profile,
    control: &Control,
) -> Result<Reproduction> {
    // What is missing should be said before hours of training.
    let environment = Environment::of(project)?;
    control.processor.check()?;
    for folder in [project.records(), project.figures(), project.executed_notebooks()] {
        check_writable(folder)?;
    }
    notebook::claim_book(&project.book())?;
    let stop = control.stop;
    let mut steps = Steps::new(3);
    steps.begin(format!("reading recordings from {source}"));
    let set = source.load_unless(stop)?;
    steps.begin("describing them");
    let data = Description::of(&set);
    steps.begin("splitting them as the paper does");
    let experiment = Experiment::new(project, set, profile)?;
    // Two sets of bars would draw over each other.
    steps.finish();
    // Early for the same reason.
    notebook::setup(&environment, stop)?;
    for model in Model::ALL {
        let (runs, epochs) = profile.extent(model);
        let progress = Progress::new(model.name(), runs, epochs);
        let trained = experiment.train(model, &Control { observer: &progress, ..*control });
        progress.finish();
        trained?;
    }
    let results = Results::read(&experiment.records, &experiment.set)?;
    let figures = draw(project, &experiment, stop)?;
    let notebooks = Run::new(project, profile, source.clone())?.run(&environment, stop)?;
    let book = project.book();
    // The notebooks have tried what was not recorded.
    let tables = Tables::of(&experiment.set, source.folder())?;
    let classification = Classification::read(project, &experiment.set, &tables, profile)?;
    Ok(Reproduction {
        source: source.to_string(),
        profile,
        split: experiment.split.summary(),
        figures,
        book: notebook::book(&environment, &notebooks.folder, &book, stop)?,
        notebooks,
        records: experiment.records.clone(),
        summary: summary(&experiment, &data, &results, &classification),
        data,
        results,
    })
}

/// Draws all figures, unless `stop` becomes true first. Returns the files.
fn draw(project: &Project, experiment: &Experiment, stop: &AtomicBool) -> Result<Vec<PathBuf>> {
    let (set, records) = (&experiment.set, &experiment.records);
    let drawn = Error::gather(Subject::ALL.iter().map(|subject| subject.figure(set, records)))?;
    let folder = figures::folder(project, &drawn);
    let mut steps = Steps::new(drawn.len() as u64);
    let mut written = Vec::new();
    for figure in &drawn {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::interrupted(Place::field(figure.name()), "to draw it"));
        }
        steps.begin(format!("drawing {}", figure.name()));
        written.extend(figure.save(&folder)?);
    }
    steps.finish();
    Ok(written)
}

impl fmt::Display for Reproduction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "source        {}\n{}", self.source, self.data)?;
        writeln!(f, "split         {}", self.split)?;
        for figure in &self.figures {
            writeln!(f, "figure        {}", figure.display())?;
        }
        writeln!(f, "profile       {}\nrecords       {}", self.profile, self.records.display())?;
        writeln!(f, "notebooks     {}", self.notebooks.folder.display())?;
        writeln!(f, "book          {}", self.book.display())?;
        write!(f, "\n{}\n\n{}", self.results.introduction(), self.summary)?;
        for note in self.results.notes() {
            write!(f, "\n{note}")?;
        }
        Ok(())
    }
}
