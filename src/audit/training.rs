//! The trainings of a cell, side by side.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use super::plan::Cell;
use super::record::{CellRecord, Training};
use crate::error::{Error, Fault, Place, Result};
use crate::preparation::Split;
use crate::recordings::{DataSet, Design, Label, RecordingId};
use crate::runs::profile::Profile;
use crate::runs::queue::side_by_side;
use crate::runs::{self, Control, Instructions, PlannedUnit, Record, Store, expected_seconds};
use crate::store::{claim, discard};

/// What the stamp of a cell's folder says.
const WORKSPACE: &str = "trainings of an audit's cell";

/// One training of a cell.
struct Task {
    draw: u64,
    fold: usize,
    split: Split,
}

/// A training, and what computed it.
type Computed = (Training, Instructions);

/// Number of trainings that a cell's record lacks on these recordings; all of them if there is none.
///
/// # Errors
/// Those of [`Scheme::draw`](crate::preparation::Scheme::draw).
pub(super) fn lacking(cell: &Cell, set: &Design, record: Option<&CellRecord>) -> Result<usize> {
    match record {
        Some(record) => open_tasks(cell, set, record),
        None => tasks(cell, set),
    }
    .map(|tasks| tasks.len())
}

/// Trains what a cell's record below `records` lacks, and adds it to the record, whose lock the caller holds. Each training
/// leaves a record below `workspace`, so that what was interrupted goes on; `began` is told of each as it begins.
///
/// # Errors
/// Those of [`runs::train`], for each training that fails; once `control` is asked to stop, [`Fault::INTERRUPTED`].
/// What was done by then is recorded.
pub(super) fn train(
    cell: &Cell,
    set: &DataSet,
    records: &Path,
    workspace: &Path,
    control: &Control,
    began: &(impl Fn(&str) + Sync),
) -> Result<()> {
    let workspace = own_workspace(cell, workspace);
    let mut record = CellRecord::read(records, cell, set)?.unwrap_or_else(|| CellRecord::empty(cell, set));
    let tasks = open_tasks(cell, set, &record)?;
    if !control.any_level {
        check_instructions(&tasks, &workspace, &Instructions::of(control.processor))?;
    }
    // Where something else is, nothing is in its way, and what trainings leave there stays.
    let _ = claim(&workspace, WORKSPACE);
    let work = |(): &mut (), task: &Task| {
        began(&format!("draw {}, fold {}", task.draw + 1, task.fold));
        task.train(cell, set, &workspace, control)
    };
    let stopped = || control.stop.load(Ordering::Relaxed);
    let results = side_by_side(control.threads, &tasks, stopped, || (), work);
    let (done, failed): (Vec<_>, Vec<_>) = results.into_iter().flatten().partition(Result::is_ok);
    let done: Vec<Computed> = Error::gather(done)?;
    let count = done.len();
    if count > 0 {
        record.add(done);
        record.write(records, cell)?;
    }
    if control.stop.load(Ordering::Relaxed) {
        let found = format!("a request to stop when {count} were done");
        let expected = format!("{} trainings", tasks.len());
        return Err(Error::new(Fault::INTERRUPTED, Place::field(cell.name()), expected, found));
    }
    Error::gather(failed).map(drop)
}

/// Does one training of a cell and leaves its record below `workspace`, from where the cell's record takes it over. If either
/// record exists, nothing is trained. Returns the file with the training.
///
/// # Errors
/// [`Fault::BAD_SETTING`] if the cell has no such draw or fold; those of [`runs::train`].
pub(super) fn train_one(
    cell: &Cell,
    set: &DataSet,
    records: &Path,
    workspace: &Path,
    [draw, fold]: [u64; 2],
    control: &Control,
) -> Result<PathBuf> {
    let workspace = own_workspace(cell, workspace);
    let tasks = tasks(cell, set)?;
    let Some(task) = tasks.iter().find(|task| [task.draw, task.fold as u64] == [draw, fold]) else {
        let folds = tasks.iter().map(|task| task.fold).max().unwrap_or(0);
        let expected = format!("a draw from 0 to {}, a fold from 1 to {folds}", cell.draws - 1);
        let (place, found) = (Place::field(cell.name()), format!("draw {draw}, fold {fold}"));
        return Err(Error::new(Fault::BAD_SETTING, place, expected, found));
    };
    if let Some(record) = CellRecord::read(records, cell, set)? {
        let path = CellRecord::path(records, cell);
        if record.has(task.draw, task.fold) {
            return Ok(path);
        }
        if !control.any_level {
            Instructions::of(control.processor)
                .check(&record.configuration.instructions, Place::file(path))?;
        }
    }
    let _ = claim(&workspace, WORKSPACE);
    task.run(cell, set, &workspace, control)?;
    Ok(task.record(&workspace))
}

/// One unit for each training of a cell. A training is done if the cell's record holds it, or if its own record exists below
/// `workspace`.
///
/// # Errors
/// Those of [`CellRecord::read`] and [`Scheme::draw`](crate::preparation::Scheme::draw).
pub(super) fn units(
    cell: &Cell,
    set: &Design,
    records: &Path,
    workspace: &Path,
    profile: Profile,
) -> Result<Vec<PlannedUnit>> {
    let workspace = own_workspace(cell, workspace);
    let record = CellRecord::read(records, cell, set)?;
    let is_begun = workspace.is_dir();
    let seconds = expected_seconds(&cell.settings(set, 0));
    let of = |task: Task| {
        let Task { draw, fold, .. } = task;
        let file = task.record(&workspace);
        let is_recorded = record.as_ref().is_some_and(|record| record.has(draw, fold));
        let done = is_recorded || (is_begun && file.exists());
        let mut command = cell.command(profile);
        command.extend(["--draw".to_owned(), draw.to_string(), "--fold".to_owned(), fold.to_string()]);
        let name = format!("{cell} draw-{draw} fold-{fold:02}");
        PlannedUnit { name, file, done, seconds: if done { 0.0 } else { seconds }, command }
    };
    Ok(tasks(cell, set)?.into_iter().map(of).collect())
}

/// Removes what the trainings of a cell left below `workspace`, once its own record is written. What stays does no harm.
pub(super) fn clear(cell: &Cell, workspace: &Path) {
    let _ = discard(own_workspace(cell, workspace), WORKSPACE);
}

/// The folder of one cell below `workspace`.
fn own_workspace(cell: &Cell, workspace: &Path) -> PathBuf {
    workspace.join(cell.condition.name).join(format!("{}-{}-{}", cell.scheme, cell.model, cell.extent('-')))
}

/// The trainings that a record lacks.
fn open_tasks(cell: &Cell, set: &Design, record: &CellRecord) -> Result<Vec<Task>> {
    let mut tasks = tasks(cell, set)?;
    tasks.retain(|task| !record.has(task.draw, task.fold));
    Ok(tasks)
}

/// All trainings, draw after draw, fold after fold.
fn tasks(cell: &Cell, set: &Design) -> Result<Vec<Task>> {
    let draws = (0..cell.draws).map(|draw| {
        let splits = cell.scheme.draw(set, draw)?;
        let folds = cell.folds.unwrap_or(splits.len());
        let numbered = (1..).zip(splits).take(folds);
        Ok(numbered.map(|(fold, split)| Task { draw, fold, split }).collect::<Vec<_>>())
    });
    Error::gather(draws).map(|draws| draws.into_iter().flatten().collect())
}

/// Refuses to go on with a cell that other instructions began.
fn check_instructions(tasks: &[Task], workspace: &Path, ours: &Instructions) -> Result<()> {
    for task in tasks {
        let folder = task.folder(workspace);
        if let Some(found) = Store::instructions(&folder)? {
            ours.check(&found, Place::file(folder))?;
        }
    }
    Ok(())
}

impl Task {
    /// Where it leaves its record.
    fn folder(&self, workspace: &Path) -> PathBuf {
        workspace.join(format!("draw-{}", self.draw)).join(format!("fold-{:02}", self.fold))
    }

    /// The file of the training's record.
    fn record(&self, workspace: &Path) -> PathBuf {
        Store::record_in(&self.folder(workspace), 0)
    }

    /// The record of its run, which is trained on one thread: the trainings of a cell are side by side already.
    fn run(&self, cell: &Cell, set: &DataSet, workspace: &Path, control: &Control) -> Result<Record> {
        let (settings, folder) = (cell.settings(set, self.draw), self.folder(workspace));
        let control = Control { threads: 1, training_curve: false, ..*control };
        let mut records = runs::train(set, &self.split, settings, 1, &folder, &control)?;
        Ok(records.remove(0))
    }

    fn train(&self, cell: &Cell, set: &DataSet, workspace: &Path, control: &Control) -> Result<Computed> {
        let Self { draw, fold, split } = self;
        let record = self.run(cell, set, workspace, control)?;
        let preparation = record.configuration.settings.preparation;
        let tested = preparation.signals(set, split.test())?;
        let names = set.labels();
        let labels: BTreeMap<RecordingId, Label> =
            tested.into_iter().map(|signal| (signal.recording, names[signal.class])).collect();
        let training = Training::of(*draw, *fold, &record, &labels);
        Ok((training, record.configuration.instructions))
    }
}
