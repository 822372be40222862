//! Running notebooks: each in a fresh kernel, every cell watched, every failure reported.

mod executed;
mod exercises;
mod passing;
mod progress;
mod task;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::committed::Origin;
use super::document::{Document, name, notebooks};
use super::environment::Environment;
use super::setup::setup;
use crate::error::{Error, Fault, Place, Result};
use crate::recordings::Source;
use crate::runs::queue::side_by_side;
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
    /// Recordings to draw anew what shows samples, if they are the published ones.
    pub source: Option<Source>,
    /// Where executed copies and checks go; none is the folder of [executed notebooks](Project::executed_notebooks) of the
    /// environment's project.
    pub out: Option<PathBuf>,
    /// Whether the project's own notebooks get what they put out.
    pub update: bool,
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
    /// [`Fault::NO_CHECKOUT`]
    pub fn new(project: &Project, source: Option<Source>) -> Result<Self> {
        Ok(Self {
            notebooks: project.notebooks()?,
            only: None,
            source,
            out: None,
            update: false,
            cell_limit: Duration::from_secs(5 * 60),
            notebook_limit: Duration::from_secs(20 * 60),
            kernels: std::thread::available_parallelism().map_or(1, usize::from).min(4),
        })
    }

    /// Sets the environment up if needed, runs the notebooks and reads their checks.
    ///
    /// They are of the published study on every machine, so what they put out is what is committed. With `update`, and only
    /// if all pass, the project's own notebooks get it.
    ///
    /// # Errors
    /// Those of [`setup`]; [`Fault::BAD_SETTING`] if there is no such notebook. Then, for every
    /// notebook that fails: [`Fault::CELL_FAILED`] for an error, a panic or a `?` that returned early,
    /// [`Fault::CELL_TIMED_OUT`], [`Fault::KERNEL_DIED`], [`Fault::NO_CHECKS`], [`Fault::CHECK_FAILED`]. Once `stop` is
    /// true, [`Fault::INTERRUPTED`].
    pub fn run(&self, environment: &Environment, stop: &AtomicBool) -> Result<Executed> {
        let paths = self.paths()?;
        let project = Project::at(environment.checkout());
        check_writable(self.out.clone().unwrap_or_else(|| project.executed_notebooks()))?;
        setup(environment, stop)?;
        let out = self.out.clone().unwrap_or_else(|| project.executed_notebooks());
        create_folder(&out)?;
        // Kernels run elsewhere and need the whole path.
        let out = std::path::absolute(&out).unwrap_or(out);
        // A kernel chooses for itself as this process would, but in another folder; it is told of any other choice.
        let data =
            self.source.as_ref().filter(|source| !matches!(source, Source::Project(_))).map(|source| {
                let folder = source.folder();
                std::path::absolute(folder).unwrap_or_else(|_| folder.clone())
            });
        let task = Task { run: self, environment, out: &out, data: data.as_deref(), stop };
        let progress = Progress::new(paths.len());
        let stopped = || stop.load(Ordering::Relaxed);
        let work = |kernel: &mut Option<_>, path: &PathBuf| task.notebook(path, kernel, &progress);
        let results = side_by_side(self.kernels.max(1), &paths, stopped, || None, work);
        progress.finish();
        let notebooks = Error::gather(results.into_iter().flatten())?;
        if stop.load(Ordering::Relaxed) {
            return Err(Error::interrupted(Place::file(&self.notebooks), "all notebooks to run"));
        }
        let is_own = self.notebooks == environment.notebooks();
        let rewritten = self.update && is_own;
        let mut changed = Vec::new();
        for path in paths.iter().filter(|_| is_own) {
            let mut document = Document::read(&out.join(path.file_name().unwrap_or_default()))?;
            if rewritten {
                Origin::below(environment.checkout(), &document)?.write_into(&mut document)?;
                document.write(path)?;
            } else {
                let cells = document.changed(&Document::read(path)?);
                changed.extend(cells.into_iter().map(|cell| format!("{}, {cell}", name(path))));
            }
        }
        Ok(Executed { folder: out, notebooks, rewritten, changed })
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
            return Err(Error::new(Fault::BAD_SETTING, place, expected, only.clone()));
        }
        Ok(chosen)
    }
}
