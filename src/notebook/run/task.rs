//! Running one notebook: its cells one after the other in a kernel that remembers nothing, until one fails; then its
//! checks.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::exercises::done;
use super::passing::passed;
use super::progress::Progress;
use super::{ExecutedNotebook, Run};
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::notebook::document::{Code, Document, Output, name};
use crate::notebook::environment::Environment;
use crate::notebook::kernel::ending::Ending;
use crate::notebook::kernel::{Cells, End, Kernel, failure};
use crate::notebook::session::{CHECKS_VARIABLE, Checks};
use crate::recordings::DATA_VARIABLE;

/// What the notebooks of one run share.
pub(super) struct Task<'a> {
    pub run: &'a Run,
    pub environment: &'a Environment,
    pub out: &'a Path,
    pub data: Option<&'a Path>,
    pub stop: &'a AtomicBool,
}

impl Task<'_> {
    /// Runs a notebook and reads its checks. `kernel` is one that has run others, and is left for the next.
    pub fn notebook(
        &self,
        path: &Path,
        kernel: &mut Option<Kernel>,
        progress: &Progress,
    ) -> Result<ExecutedNotebook> {
        let begun = Instant::now();
        let name = name(path);
        let mut document = Document::read(path)?;
        for cell in document.code_mut() {
            cell.outputs.clear();
            cell.execution_count = None;
        }
        let cells = document.code().count();
        let checks = Checks::file(self.out, &name);
        // An old file would tell of another run.
        if let Err(cause) = fs::remove_file(&checks)
            && cause.kind() != ErrorKind::NotFound
        {
            let expected = "to remove the checks of an earlier run";
            return Err(Error::new(Fault::UNWRITABLE, Place::file(&checks), expected, cause.to_string()));
        }
        let bar = progress.notebook(&name, cells);
        let executed = self.cells(path, &mut document, kernel, |number, first_line| {
            bar.cell(number, first_line);
        });
        let copy = self.out.join(path.file_name().unwrap_or_default());
        let written = document.write(&copy);
        let seconds = begun.elapsed().as_secs_f64();
        let result = executed.and(written).and_then(|()| passed(path, &checks));
        bar.end(result.is_ok(), seconds);
        Ok(ExecutedNotebook { path: copy, cells, checks: result?, seconds })
    }

    /// Executes the cells until one fails. Only if none does is the kernel left for another notebook.
    fn cells(
        &self,
        path: &Path,
        document: &mut Document,
        kernel: &mut Option<Kernel>,
        begins: impl Fn(u64, &str),
    ) -> Result<()> {
        let working = path.parent().unwrap_or(Path::new("."));
        let in_notebook = |place: Place| Place {
            field: place.field.or(place.file.map(|f| f.display().to_string())),
            ..Place::file(path)
        };
        let mut given = self.kernel(kernel.take(), working).map_err(|error| error.placed(in_notebook))?;
        let deadline = Instant::now() + self.run.notebook_limit;
        let limit = || self.run.cell_limit.min(deadline.saturating_duration_since(Instant::now()));
        let exercises = document.exercises().map_err(|(expected, found)| {
            Error::new(Fault::NOTEBOOK_STYLE, in_notebook(Place::field("exercise")), expected, found)
        });
        let mut exercises = exercises?;
        let last = document.code().count() as u64;
        for (number, cell) in (1..).zip(document.code_mut()) {
            begins(number, cell.first_line());
            // The last cell ends the session that changed cells may use.
            if number == last {
                let run = |code: &mut Code| execute(&mut given, code, number, limit(), self.stop);
                done(std::mem::take(&mut exercises), run).map_err(|error| error.placed(in_notebook))?;
            }
            let limit = limit();
            let problem = execute(&mut given, cell, number, limit, self.stop);
            if let Some((fault, expected, found)) = problem {
                let field = format!("code cell {number} `{}`", cell.first_line());
                let place = Place { field: Some(field), ..Place::file(path) };
                return Err(Problem::new(fault, place, expected, found).into());
            }
        }
        *kernel = Some(given);
        Ok(())
    }

    /// The kernel that another notebook has left, without what that one made, or a new one.
    fn kernel(&self, left: Option<Kernel>, working: &Path) -> Result<Kernel> {
        if let Some(mut left) = left
            && left.forget(self.run.cell_limit, self.stop)
        {
            return Ok(left);
        }
        let mut variables = vec![(CHECKS_VARIABLE, self.out)];
        variables.extend(self.data.map(|data| (DATA_VARIABLE, data)));
        let cells = Cells::free(self.environment)?;
        Kernel::start(self.environment, cells, working, &variables, self.stop)
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
        output.describe_picture();
    }
    cell.execution_count = Some(number);
    cell.outputs = outputs;
    let expected = "the cell to come to its end".to_owned();
    match end {
        End::Idle => failure::of(&cell.outputs, reached).map(|found| (Fault::CELL_FAILED, expected, found)),
        End::TimedOut => {
            let found = format!("it still running after {:.0} s", limit.as_secs_f64());
            Some((Fault::CELL_TIMED_OUT, expected, found))
        }
        End::Dead => Some((Fault::KERNEL_DIED, expected, "that the kernel had died".into())),
        End::Interrupted => Some((Fault::INTERRUPTED, expected, "a request to stop".into())),
    }
}
