//! Running notebooks: each in a fresh kernel, every cell watched, every failure told.

use std::collections::VecDeque;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::cells::Cells;
use super::checks::Checks;
use super::document::{Code, Document, Output};
use super::ending::Ending;
use super::environment::Environment;
use super::failure;
use super::kernel::{End, Kernel};
use super::origin::Origin;
use super::passing::passed;
use super::progress::Progress;
use super::session::{CHECKS_VARIABLE, PROFILE_VARIABLE};
use super::setup::setup;
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::files::create_folder;
use crate::profile::Profile;
use crate::project;
use crate::recordings::{DATA_VARIABLE, Provenance, Source};

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
    /// Where executed copies and checks go; none is a folder of the profile and the recordings in `target/notebooks`.
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
    #[must_use]
    pub fn new(profile: Profile, source: Source) -> Self {
        let (cell, notebook) = match profile {
            Profile::Smoke => (5, 20),
            Profile::Quick => (20, 60),
            Profile::Paper => (12 * 60, 24 * 60),
        };
        Self {
            notebooks: project::root().join("notebooks"),
            only: None,
            profile,
            source,
            out: None,
            cell_limit: Duration::from_secs(60 * cell),
            notebook_limit: Duration::from_secs(60 * notebook),
            kernels: std::thread::available_parallelism().map_or(1, usize::from).min(4),
        }
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
        setup(environment, stop)?;
        let set = self.source.load()?;
        let out = self.out.clone().unwrap_or_else(|| {
            let name = format!("{}-{}", self.profile, set.fingerprint().short());
            project::root().join("target/notebooks").join(name)
        });
        create_folder(&out)?;
        // Kernels run elsewhere and need the whole path.
        let out = std::path::absolute(&out).unwrap_or(out);
        // A kernel chooses for itself as this process would, but in another folder; it is told of any other choice.
        let named = matches!(self.source, Source::Asked(_) | Source::Environment(_));
        let data = (named || self.source != Source::choose(None)).then(|| {
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
            let place = Place::file(&self.notebooks);
            return Err(Error::new(Fault::Interrupted, place, "all notebooks to run", "a request to stop"));
        }
        let published = set.provenance() == Provenance::Published && self.profile == Profile::Paper;
        let rewritten = published && self.notebooks == project::root().join("notebooks");
        if rewritten {
            // Notebooks may have drawn figures, so what they belong to is known only now.
            for path in &paths {
                let mut document = Document::read(&out.join(path.file_name().unwrap_or_default()))?;
                Origin::now(&document, self.profile, set.fingerprint())?.write_into(&mut document);
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

/// The notebooks of a folder, in the order of their names.
///
/// # Errors
/// [`Fault::UnreadableNotebook`] if there is no such folder or no notebook in it.
pub fn notebooks(folder: impl AsRef<Path>) -> Result<Vec<PathBuf>> {
    let folder = folder.as_ref();
    let unreadable = |found: String| {
        Error::new(Fault::UnreadableNotebook, Place::file(folder), "notebooks (*.ipynb)", found)
    };
    let entries = fs::read_dir(folder).map_err(|cause| unreadable(cause.to_string()))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "ipynb"))
        .collect();
    paths.sort();
    if paths.is_empty() { Err(unreadable("none".into())) } else { Ok(paths) }
}

/// A notebook's name: that of its file, without the extension.
pub(super) fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Notebooks that have run and passed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Executed {
    /// Where the executed copies are.
    pub folder: PathBuf,
    /// The notebooks.
    pub notebooks: Vec<ExecutedNotebook>,
    /// Whether the project's own notebooks were rewritten.
    pub rewritten: bool,
}

/// A notebook that has run and passed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExecutedNotebook {
    /// The executed copy.
    pub path: PathBuf,
    /// Its code cells.
    pub cells: usize,
    /// Its checks, all of which hold.
    pub checks: Checks,
    /// How long it took.
    pub seconds: f64,
}

impl fmt::Display for Executed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for notebook in &self.notebooks {
            let ExecutedNotebook { path, cells, checks, seconds } = notebook;
            let name = name(path);
            writeln!(f, "{name:24} {cells:2} cells, {:2} checks hold, {seconds:.0} s", checks.checks.len())?;
        }
        write!(f, "executed copies in {}", self.folder.display())?;
        if self.rewritten { write!(f, "; notebooks/ rewritten") } else { Ok(()) }
    }
}

/// What the notebooks of one run share.
struct Task<'a> {
    run: &'a Run,
    environment: &'a Environment,
    out: &'a Path,
    data: Option<&'a Path>,
    stop: &'a AtomicBool,
}

impl Task<'_> {
    /// Runs a notebook and reads its checks.
    fn notebook(&self, path: &Path, progress: &Progress) -> Result<ExecutedNotebook> {
        let begun = Instant::now();
        let name = name(path);
        let mut document = Document::read(path)?;
        for cell in document.code_mut() {
            cell.outputs.clear();
            cell.execution_count = None;
        }
        let cells = document.code().count();
        let checks = self.out.join(format!("{name}.checks.json"));
        // An old file would tell of another run. If it cannot be removed, the cell cannot write it either.
        let _ = fs::remove_file(&checks);
        let bar = progress.notebook(&name, cells);
        let executed = self.cells(path, &mut document, &checks, |number, first_line| {
            bar.cell(number, first_line);
        });
        let copy = self.out.join(path.file_name().unwrap_or_default());
        let written = document.write(&copy);
        let seconds = begun.elapsed().as_secs_f64();
        let result = executed.and(written).and_then(|()| passed(path, &checks));
        bar.end(result.is_ok(), seconds);
        Ok(ExecutedNotebook { path: copy, cells, checks: result?, seconds })
    }

    /// Executes the cells until one fails.
    fn cells(
        &self,
        path: &Path,
        document: &mut Document,
        checks: &Path,
        begins: impl Fn(u64, &str),
    ) -> Result<()> {
        let working = path.parent().unwrap_or(Path::new("."));
        let mut variables =
            vec![(PROFILE_VARIABLE, Path::new(self.run.profile.name())), (CHECKS_VARIABLE, checks)];
        variables.extend(self.data.map(|data| (DATA_VARIABLE, data)));
        let in_notebook = |place: Place| Place {
            field: place.field.or(place.file.map(|f| f.display().to_string())),
            ..Place::file(path)
        };
        let started = Cells::free(self.environment)
            .and_then(|cells| Kernel::start(self.environment, cells, working, &variables, self.stop));
        let mut kernel = started.map_err(|error| error.placed(in_notebook))?;
        let deadline = Instant::now() + self.run.notebook_limit;
        for (number, cell) in (1..).zip(document.code_mut()) {
            begins(number, cell.first_line());
            let limit = self.run.cell_limit.min(deadline.saturating_duration_since(Instant::now()));
            let problem = execute(&mut kernel, cell, number, limit, self.stop);
            if let Some((fault, expected, found)) = problem {
                let field = format!("code cell {number} `{}`", cell.first_line());
                let place = Place { field: Some(field), ..Place::file(path) };
                return Err(Problem::new(fault, place, expected, found).into());
            }
        }
        Ok(())
    }
}

/// Executes a cell. If it fails: the fault, what was expected and what was found.
fn execute(
    kernel: &mut Kernel,
    cell: &mut Code,
    number: u64,
    limit: Duration,
    stop: &AtomicBool,
) -> Option<(Fault, String, String)> {
    let ending = Ending::of(cell.source());
    let (mut outputs, end) = kernel.execute(&ending.code(cell.source()), limit, stop);
    let reached = ending.reached(&mut outputs);
    for output in &mut outputs {
        if let Output::ExecuteResult { execution_count, .. } = output {
            *execution_count = Some(number);
        }
    }
    cell.execution_count = Some(number);
    cell.outputs = outputs;
    let expected = "the cell to come to its end".to_owned();
    match end {
        End::Idle => failure::of(&cell.outputs, reached).map(|found| (Fault::CellFailed, expected, found)),
        End::TimedOut => {
            let found = format!("it still running after {:.0} s", limit.as_secs_f64());
            Some((Fault::CellTimedOut, expected, found))
        }
        End::Dead => Some((Fault::KernelDied, expected, "that the kernel had died".into())),
        End::Interrupted => Some((Fault::Interrupted, expected, "a request to stop".into())),
    }
}
