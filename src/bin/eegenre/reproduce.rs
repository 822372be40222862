//! The main job: everything there is, from records (and recordings, where they are) to figures, results and the book.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Serialize;

use eegenre::audit::Live;
use eegenre::audit::committed::{self, CheckedRecords};
use eegenre::classifiers::trials::Classification;
use eegenre::error::{Error, Fault, Place, Problem, Result};
use eegenre::figures::{self, Figure};
use eegenre::notebook::{self, Environment, Executed, Run};
use eegenre::preparation::{Split, SplitSummary};
use eegenre::recordings::{Description, Material, Provenance};
use eegenre::report::{Steps, Table};
use eegenre::reproduction::experiment::{Experiment, SPLIT_SEED};
use eegenre::reproduction::results::Results;
use eegenre::reproduction::{Retrained, summary};
use eegenre::runs::Control;
use eegenre::runs::profile::Profile;
use eegenre::store::{Project, check_writable};

/// What the main job found and wrote.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reproduction {
    /// What the results are of, and why of that.
    pub of: String,
    /// How much is trained again, where there are recordings.
    pub profile: Profile,
    /// The committed records, all sound.
    pub checked: CheckedRecords,
    /// The recordings in numbers.
    pub data: Description,
    /// The paper's split (2.1), from [`SPLIT_SEED`].
    pub split: SplitSummary,
    /// The figures. Those of the published study are as they are committed.
    pub figures: Vec<String>,
    /// The folder of the records that the results are from.
    pub records: String,
    /// The paper's results beside ours (3).
    pub results: Results,
    /// Every fact, number and claim of the paper beside what is found here.
    pub summary: Table,
    /// What was trained again of the published study, beside what is recorded; nothing without the recordings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retrained: Option<Retrained>,
    /// What was trained live, on small synthetic studies.
    pub live: Live,
    /// The notebooks, all of whose checks hold.
    pub notebooks: Executed,
    /// The contents page of the book made of them.
    pub book: String,
}

/// Checks the committed records, rebuilds every table, verdict and figure from them, runs the notebooks, makes the book of
/// them, and trains live on two small synthetic studies. With the published recordings it also trains again as far as the
/// profile says, and compares with the records; with other recordings it trains on them, and results are theirs.
///
/// What notebooks need is set up once. `control` says what trains; progress goes to standard error.
///
/// # Errors
/// [`Fault::NO_CHECKOUT`]; [`Fault::NO_DEVICE`]; those of [`committed::check`], [`Experiment::train`], [`notebook::setup`],
/// [`Run::run`], [`notebook::book`] and [`Live::check`]; [`Fault::CHANGED_FILE`] for a figure that is not drawn as it is
/// committed. Once it is asked to stop, [`Fault::INTERRUPTED`].
pub fn reproduce(
    project: &Project,
    of: &Material,
    profile: Profile,
    control: &Control,
) -> Result<Reproduction> {
    // What is missing should be said before anything slow.
    let environment = Environment::of(project)?;
    control.processor.check()?;
    for folder in [project.records(), project.figures(), project.executed_notebooks()] {
        check_writable(folder)?;
    }
    notebook::claim_book(&project.book())?;
    let stop = control.stop;
    let checked = committed::check(project)?;
    notebook::setup(&environment, stop)?;
    let is_published = of.provenance() == Provenance::Published;
    let (retrained, records) = match of.recordings() {
        Some(set) => {
            let experiment = Experiment::new(project, set.clone(), profile)?;
            let trained = experiment.train_all(control)?;
            let retrained = is_published.then(|| Retrained::of(project, &trained)).transpose()?;
            (retrained, experiment.records)
        }
        None => (None, PathBuf::new()),
    };
    let (records, shown) =
        if is_published { (Profile::Paper.records(project, of), Profile::Paper) } else { (records, profile) };
    let (results, classification) = (Results::read(&records, of)?, Classification::read(project, of, shown)?);
    let figures = draw(project, figures::all(project, of, &records, shown)?, stop)?;
    let live = Live::train(project, control)?;
    live.check()?;
    let notebooks = Run::new(project, of.source().cloned())?.run(&environment, stop)?;
    let (data, split) = (of.description(), Split::random(of, SPLIT_SEED)?);
    Ok(Reproduction {
        of: of.to_string(),
        profile,
        checked,
        figures: figures.iter().map(|file| file.display().to_string()).collect(),
        book: notebook::book(&environment, &notebooks.folder, &project.book(), stop)?.display().to_string(),
        notebooks,
        records: records.display().to_string(),
        summary: summary(&split, &data, &results, &classification),
        split: split.summary(),
        data,
        results,
        retrained,
        live,
    })
}

/// Draws figures into the project's folder of figures that can be made again, unless `stop` becomes true first, and holds
/// those that are committed against them. Returns the files.
fn draw(project: &Project, drawn: Vec<Figure>, stop: &AtomicBool) -> Result<Vec<PathBuf>> {
    let folder = project.figures();
    let mut steps = Steps::new(drawn.len() as u64);
    let mut written = Vec::new();
    let mut problems = Vec::new();
    for figure in &drawn {
        if stop.load(Ordering::Relaxed) {
            return Err(Error::interrupted(Place::field(figure.name()), "to draw it"));
        }
        steps.begin(format!("drawing {}", figure.name()));
        let files = figure.save(&folder)?;
        if figure.is_tracked() {
            problems.extend(files.iter().filter_map(|file| differs(project, file)));
        }
        written.extend(files);
    }
    steps.finish();
    Error::unless_none(problems)?;
    Ok(written)
}

/// A problem if the committed figure of this name is another picture.
fn differs(project: &Project, drawn: &Path) -> Option<Problem> {
    let committed = project.committed_figures().join(drawn.file_name()?);
    let same = fs::read(drawn).ok().zip(fs::read(&committed).ok()).is_some_and(|(one, other)| one == other);
    let expected = format!("the picture that is drawn from the records, {}", drawn.display());
    (!same).then(|| Problem::new(Fault::CHANGED_FILE, Place::file(committed), expected, "another"))
}

impl fmt::Display for Reproduction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n\n{}", self.of, self.data)?;
        writeln!(f, "split         {}", self.split)?;
        writeln!(f, "records       {}: {}", self.records, self.checked)?;
        for figure in &self.figures {
            writeln!(f, "figure        {}", figure)?;
        }
        writeln!(f, "notebooks     {}", self.notebooks.folder.display())?;
        if let Some(retrained) = &self.retrained {
            writeln!(f, "\nTrained again (profile {}), beside the records:\n\n{retrained}", self.profile)?;
        }
        write!(f, "\nThe paper beside the records. {}\n\n{}", self.results.introduction(), self.summary)?;
        for note in self.results.notes() {
            write!(f, "\n{note}")?;
        }
        writeln!(f, "\n\nTrained live, on small synthetic studies of known truth:\n\n{}", self.live)?;
        write!(f, "\nThe book: {}", self.book)
    }
}
