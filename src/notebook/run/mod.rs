//! Running notebooks: each in a fresh kernel, every cell watched, every failure told.

mod executed;
mod passing;
mod progress;
mod task;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::committed::Origin;
use super::document::{Document, name, notebooks};
use super::environment::Environment;
use super::setup::setup;
use crate::error::{Error, Fault, Place, Result};
use crate::profile::Profile;
use crate::recordings::{Provenance, Source};
use crate::store::{Project, check_writable, create_folder};
pub use executed::{Executed, ExecutedNotebook};
use progress::Progress;
use task::Task;

/// What is run, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The folder of the notebooks.
    pub notebooks: PathBuf,
    /// Only the notebooks whose names start so.
    pub only: Option<String>,
    /// How much of the experiment they run.
    pub profile: Profile,
    /// The recordings.
    pub source: Source,
    /// Where executed copies and checks go; none is a folder of the profile and the recordings among the
    /// [executed notebooks](Project::executed_notebooks) of the environment's project.
    pub out: Option<PathBuf>,
    /// Time that a cell has.
    pub cell_limit: Duration,
    /// Time that a notebook has, all its cells together.
    pub notebook_limit: Duration,
    /// Kernels side by side. Each needs about a gigabyte of memory.
    pub kernels: usize,
}

impl Run {
    /// The project's notebooks, with generous limits and a kernel on each of up to four cores.
    ///
    /// # Errors
    /// [`Fault::NoCheckout`]
    pub fn new(project: &Project, profile: Profile, source: Source) -> Result<Self> {
        let (cell, notebook) = match profile {
            Profile::Smoke => (5, 20),
            Profile::Quick => (20, 60),
            Profile::Paper => (12 * 60, 24 * 60),
        };
        Ok(Self {
            notebooks: project.notebooks()?,
            only: None,
            profile,
            source,
            out: None,
            cell_limit: Duration::from_secs(60 * cell),
            notebook_limit: Duration::from_secs(60 * notebook),
            kernels: std::thread::available_parallelism().map_or(1, usize::from).min(4),
        })
    }

    /// Sets the environment up if needed, runs the notebooks and reads their checks.
    ///
    /// The project's own notebooks are rewritten in place, with what they put out, by the paper's profile on the
    /// published recordings and only if all pass; every other run leaves them alone.
    ///
    /// # Errors
    /// Those of [`setup`] and of the recordings; [`Fault::BadSetting`] if there is no such notebook. Then, for every
    /// notebook that fails: [`Fault::CellFailed`] for an error, a panic or a `?` that returned early,
    /// [`Fault::CellTimedOut`], [`Fault::KernelDied`], [`Fault::NoChecks`], [`Fault::CheckFailed`]. Once `stop` is
    /// true, [`Fault::Interrupted`].
    pub fn run(&self, environment: &Environment, stop: &AtomicBool) -> Result<Executed> {
        let paths = self.paths()?;
        let project = Project::at(environment.checkout());
        check_writable(self.out.clone().unwrap_or_else(|| project.executed_notebooks()))?;
        setup(environment, stop)?;
        let set = self.source.load_unless(stop)?;
        let out = self.out.clone().unwrap_or_else(|| {
            let name = format!("{}-{}", self.profile, set.fingerprint().short());
            project.executed_notebooks().join(name)
        });
        create_folder(&out)?;
        // Kernels run elsewhere and need the whole path.
        let out = std::path::absolute(&out).unwrap_or(out);
        // A kernel chooses for itself as this process would, but in another folder; it is told of any other choice.
        let named = matches!(self.source, Source::Asked(_) | Source::Environment(_));
        let data = (named || self.source != Source::choose(&project, None)).then(|| {
            let folder = self.source.folder();
            std::path::absolute(folder).unwrap_or_else(|_| folder.clone())
        });
        let task = Task { run: self, environment, out: &out, data: data.as_deref(), stop };
        let progress = Progress::new(paths.len());
        let queue = Mutex::new(paths.iter().collect::<VecDeque<_>>());
        let results = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..self.kernels.clamp(1, paths.len()) {
                scope.spawn(|| {
                    while let Some(path) = {
                        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                        next.filter(|_| !stop.load(Ordering::Relaxed))
                    } {
                        let result = task.notebook(path, &progress);
                        results.lock().unwrap_or_else(PoisonError::into_inner).push((path, result));
                    }
                });
            }
        });
        progress.finish();
        let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
        results.sort_by_key(|(path, _)| *path);
        let notebooks = Error::gather(results.into_iter().map(|(_, result)| result))?;
        if stop.load(Ordering::Relaxed) {
            return Err(Error::interrupted(Place::file(&self.notebooks), "all notebooks to run"));
        }
        let published = set.provenance() == Provenance::Published && self.profile == Profile::Paper;
        let rewritten = published && self.notebooks == environment.notebooks();
        if rewritten {
            // Notebooks may have drawn figures, so what they belong to is known only now.
            for path in &paths {
                let mut document = Document::read(&out.join(path.file_name().unwrap_or_default()))?;
                Origin::below(environment.checkout(), &document, self.profile, set.fingerprint())?
                    .write_into(&mut document)?;
                document.write(path)?;
            }
        }
        Ok(Executed { folder: out, notebooks, rewritten })
    }

    /// The notebooks to run, in order.
    fn paths(&self) -> Result<Vec<PathBuf>> {
        let all = notebooks(&self.notebooks)?;
        let Some(only) = &self.only else { return Ok(all) };
        let names: Vec<String> = all.iter().map(|path| name(path)).collect();
        let chosen: Vec<PathBuf> = all.into_iter().filter(|path| name(path).starts_with(only)).collect();
        if chosen.is_empty() {
            let place = Place::field("only");
            let expected = format!("the start of one of: {}", names.join(", "));
            return Err(Error::new(Fault::BadSetting, place, expected, only.clone()));
        }
        Ok(chosen)
    }
}
