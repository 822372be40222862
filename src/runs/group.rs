//! Runs that advance together, or one: from where each stands to their records.

use std::cell::OnceCell;
use std::mem::take;
use std::time::Instant;

use dfdx::prelude::*;

use super::course::{Course, Tested};
use super::{Control, Event, Purpose, Record};
use crate::error::{Error, Result};
use crate::models::Network;
use crate::nn::StateDict;
use crate::store::Lock;
use crate::training::{Checkpoint, Evaluation, Hyperparameters, Training};

/// The examples of a split's three parts, and what weights that they make are for.
pub(super) struct Parts<X> {
    pub(super) training: Vec<X>,
    pub(super) validation: Vec<X>,
    pub(super) test: Vec<X>,
    pub(super) purpose: Purpose,
}

/// A run that has no record yet.
pub(super) struct OpenRun<'a> {
    pub(super) course: Course<'a>,
    /// Where its training stands.
    pub(super) checkpoint: Checkpoint,
    /// Held until the run has its record.
    pub(super) lock: Lock,
}

/// What is the same for all runs.
pub(super) struct Group<'a, X, D> {
    pub(super) device: D,
    pub(super) hyperparameters: Hyperparameters,
    pub(super) seed: u64,
    pub(super) parts: &'a Parts<X>,
    pub(super) control: &'a Control<'a>,
}

impl<X, D: Device<f32>> Group<'_, X, D> {
    /// Trains runs to the last epoch and writes their records. Those that stand further back catch up with the others
    /// first. A run that fails leaves the others as they are.
    pub(super) fn finish<N: Network<D, Example = X>>(
        &self,
        mut open: Vec<OpenRun>,
    ) -> Vec<(u64, Result<Record>)> {
        let epochs = self.hyperparameters.epochs;
        for OpenRun { course, checkpoint, .. } in &open {
            self.control.tell(course.run, Event::Began { epoch: checkpoint.epochs, epochs });
        }
        let mut results = Vec::new();
        while let Some(behind) = open.iter().map(|run| run.checkpoint.epochs).min() {
            let (group, others): (Vec<_>, Vec<_>) =
                take(&mut open).into_iter().partition(|run| run.checkpoint.epochs == behind);
            let until = others.iter().map(|run| run.checkpoint.epochs).min().unwrap_or(epochs);
            open = others;
            let runs: Vec<u64> = group.iter().map(|run| run.course.run).collect();
            let advanced = match behind < epochs {
                true => self.advance::<N>(group, until, &mut results),
                false => self.records::<N>(group, &mut results).map(|()| Vec::new()),
            };
            match advanced {
                Ok(group) => open.extend(group),
                Err(error) => {
                    let lost = runs.into_iter().filter(|run| results.iter().all(|(other, _)| other != run));
                    results.extend(lost.map(|run| (run, Err(error.clone()))).collect::<Vec<_>>());
                }
            }
        }
        results
    }

    /// Trains runs that stand at one epoch until another. Those that fail or are stopped go to `results`.
    fn advance<'a, N: Network<D, Example = X>>(
        &self,
        mut group: Vec<OpenRun<'a>>,
        until: usize,
        results: &mut Vec<(u64, Result<Record>)>,
    ) -> Result<Vec<OpenRun<'a>>> {
        let mut training = self.training::<N>(&group)?;
        let mut saved = Instant::now();
        while training.epochs() < until && !group.is_empty() {
            if self.control.stopped() {
                note(&mut group, training.checkpoints());
                for OpenRun { course, checkpoint, .. } in group {
                    let interrupted = course.interrupt(&checkpoint).unwrap_or_else(|error| error);
                    results.push((course.run, Err(interrupted)));
                }
                return Ok(Vec::new());
            }
            let start = Instant::now();
            let losses = training.epoch(&self.parts.training)?;
            let of_training = answers(&training, &self.parts.training, self.control.training_curve)?;
            let of_validation = answers(&training, &self.parts.validation, true)?;
            let (epoch, seconds) = (training.epochs(), start.elapsed().as_secs_f64());
            let weights = OnceCell::new();
            let mut healthy = Vec::with_capacity(group.len());
            let evaluated = losses.into_iter().zip(of_training).zip(of_validation);
            for (index, (mut run, ((loss, of_training), of_validation))) in
                take(&mut group).into_iter().zip(evaluated).enumerate()
            {
                let course = &mut run.course;
                let evaluated = of_training.and_then(|training| Ok((training, of_validation?)));
                // What a spoilt network answers adds nothing to why it is spoilt.
                match loss.and_then(|_| evaluated.map_err(|error| course.in_epoch(epoch, error))) {
                    Ok((of_training, of_validation)) => {
                        let weights = || weights.get_or_init(|| training.weights())[index].clone();
                        course.add(epoch, of_training.as_ref(), of_validation.as_ref(), weights);
                        course.seconds += seconds;
                        self.control.tell(course.run, Event::Epoch { epoch, history: course.history() });
                        healthy.push(run);
                    }
                    Err(error) => results.push((course.run, Err(error))),
                }
            }
            group = healthy;
            if group.is_empty() {
                return Ok(group);
            }
            if group.len() < training.runs().len() {
                note(&mut group, training.checkpoints());
                training = self.training::<N>(&group)?;
            }
            if saved.elapsed() >= self.control.checkpoint_every && epoch < self.hyperparameters.epochs {
                note(&mut group, training.checkpoints());
                Error::gather(group.iter().map(|run| run.course.save(&run.checkpoint)))?;
                saved = Instant::now();
            }
        }
        note(&mut group, training.checkpoints());
        Ok(group)
    }

    /// Writes the records of runs after their last epoch.
    fn records<N: Network<D, Example = X>>(
        &self,
        group: Vec<OpenRun>,
        results: &mut Vec<(u64, Result<Record>)>,
    ) -> Result<()> {
        let mut training = self.training::<N>(&group)?;
        let last = self.tested(&training)?;
        let best: Vec<StateDict> = (group.iter())
            .map(|OpenRun { course, checkpoint, .. }| course.best_weights(&checkpoint.network).clone())
            .collect();
        training.load(&best)?;
        let best = self.tested(&training)?;
        let (at_once, epochs) = (group.len(), self.hyperparameters.epochs);
        for (index, OpenRun { course, checkpoint, lock }) in group.into_iter().enumerate() {
            let run = course.run;
            let last = last[index].as_ref().map_err(|error| course.in_epoch(epochs, error.clone()));
            let best =
                best[index].as_ref().map_err(|error| course.in_epoch(course.best_epoch(), error.clone()));
            let finished = last.and_then(|last| {
                course.finish(&checkpoint.network, &self.parts.purpose, [last, best?], self.control, at_once)
            });
            results.push((run, finished));
            drop(lock);
        }
        Ok(())
    }

    /// What the weights of each run answer to the test recordings, and to those that train if that is still open.
    fn tested<N: Network<D, Example = X>>(&self, training: &Training<N, D>) -> Result<Vec<Result<Tested>>> {
        let test = training.evaluate(&self.parts.test)?;
        let of_training = answers(training, &self.parts.training, !self.control.training_curve)?;
        let each = test.into_iter().zip(of_training);
        Ok(each.map(|(test, of_training)| Ok(Tested { test: test?, training: of_training? })).collect())
    }

    fn training<N: Network<D, Example = X>>(&self, group: &[OpenRun]) -> Result<Training<N, D>> {
        let standing: Vec<(u64, Checkpoint)> =
            group.iter().map(|run| (run.course.run, run.checkpoint.clone())).collect();
        Training::resume(self.device.clone(), self.hyperparameters, self.seed, &standing)
    }
}

/// What each run answers to a part of the split; nothing if that is not wanted, or the part is empty.
fn answers<N: Network<D>, D: Device<f32>>(
    training: &Training<N, D>,
    part: &[N::Example],
    is_wanted: bool,
) -> Result<Vec<Result<Option<Evaluation>>>> {
    if !is_wanted || part.is_empty() {
        return Ok(training.runs().iter().map(|_| Ok(None)).collect());
    }
    Ok(training.evaluate(part)?.into_iter().map(|one| one.map(Some)).collect())
}

/// Notes where the runs of a group stand, as far as they are of it.
fn note(group: &mut [OpenRun], checkpoints: Vec<(u64, Checkpoint)>) {
    let mut checkpoints = checkpoints.into_iter();
    for run in group {
        let own = checkpoints.find(|(number, _)| *number == run.course.run);
        run.checkpoint = own.expect("every run of a group is trained, in its order").1;
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::sync::atomic::AtomicBool;

    use tempfile::tempdir;

    use super::super::tests::{Watch, contents, set, settings, trained};
    use super::super::{History, Schedule, Settings, Store, train};
    use super::*;
    use crate::error::Fault;
    use crate::models::Model;
    use crate::preparation::Split;
    use crate::recordings::DataSet;

    fn together(
        set: &DataSet,
        settings: Settings,
        runs: u64,
        folder: &Path,
        control: &Control,
    ) -> Result<Vec<Record>> {
        let control = Control { schedule: Schedule::Together, ..*control };
        train(set, &Split::random(set, 0).unwrap(), settings, runs, folder, &control)
    }

    #[test]
    fn runs_together_leave_the_records_that_each_leaves_alone() {
        let (set, folder) = (set(), tempdir().unwrap());
        let stop = AtomicBool::new(false);
        for model in Model::ALL {
            let settings = settings(model, 2);
            let folder_alone = folder.path().join("alone").join(model.name());
            let alone = trained(&set, settings, 3, &folder_alone, 2);
            let watch = Watch::new(&stop, usize::MAX);
            let control = Control { observer: &watch, ..Control::new(&stop) };
            let folder = folder.path().join(model.name());
            let records = together(&set, settings, 3, &folder, &control).unwrap();
            assert_eq!(records.len(), 3);
            assert_eq!(records, alone);
            assert_eq!(contents(&folder), contents(&folder_alone));
            assert_eq!(Store::read(&folder).unwrap(), records);
            // The configuration, and of each run the record and two files of weights.
            assert_eq!(contents(&folder).len(), 1 + 3 * 3);
            assert_eq!((watch.seen("began"), watch.seen("epoch"), watch.seen("finished")), (3, 6, 3));
            let again = together(&set, settings, 3, &folder, &control).unwrap();
            assert_eq!((again, watch.seen("present")), (records, 3));
        }
    }

    #[test]
    fn what_was_interrupted_goes_on_and_ends_with_the_same_bytes() {
        let (set, whole, parts) = (set(), tempdir().unwrap(), tempdir().unwrap());
        let settings = settings(Model::Baseline, 4);
        let stop = AtomicBool::new(false);
        together(&set, settings, 3, whole.path(), &Control::new(&stop)).unwrap();
        for attempt in 0.. {
            let stop = AtomicBool::new(false);
            let watch = Watch::new(&stop, 4);
            let control = Control { observer: &watch, ..Control::new(&stop) };
            match together(&set, settings, 3, parts.path(), &control) {
                Ok(_) => {
                    assert!(attempt > 0, "12 epochs, 6 an attempt");
                    break;
                }
                Err(error) => {
                    let faults = error.problems().iter().map(|problem| problem.fault);
                    assert!(faults.into_iter().all(|fault| fault == Fault::INTERRUPTED), "{error}");
                    assert!(parts.path().join("run-02.checkpoint").exists());
                }
            }
        }
        assert_eq!(contents(parts.path()), contents(whole.path()));
    }

    #[test]
    fn without_the_curve_of_training_all_else_is_the_same() {
        let (set, folder) = (set(), tempdir().unwrap());
        for model in Model::ALL {
            let (settings, folder) = (settings(model, 4), folder.path().join(model.name()));
            let with = trained(&set, settings, 2, &folder.join("with"), 2);
            let until = |epochs: usize, training_curve: bool| {
                let stop = AtomicBool::new(false);
                let watch = Watch::new(&stop, epochs);
                let control = Control { training_curve, observer: &watch, ..Control::new(&stop) };
                together(&set, settings, 2, &folder.join("without"), &control)
            };
            until(2, false).unwrap_err();
            // A checkpoint without the curve is not where a run with one can go on.
            let error = until(usize::MAX, true).unwrap_err();
            assert!(error.to_string().contains("after each epoch"), "{error}");
            let without = until(usize::MAX, false).unwrap();
            for (with, without) in with.iter().zip(&without) {
                let training = with.condensed().history.training;
                assert!(training.epochs() < with.history.training.epochs());
                let history = History { training, ..with.history.clone() };
                assert_eq!(*without, Record { history, ..with.clone() });
            }
            let weights = |of: &str| {
                let mut files = contents(&folder.join(of));
                files.retain(|name, _| name.ends_with(".safetensors"));
                files
            };
            assert_eq!(weights("with").len(), 4);
            assert_eq!(weights("with"), weights("without"));
        }
    }

    #[test]
    fn runs_that_stand_further_back_catch_up() {
        let (set, folder) = (set(), tempdir().unwrap());
        let settings = settings(Model::Baseline, 5);
        let alone = trained(&set, settings, 2, &folder.path().join("alone"), 2);
        // Run 0 is stopped after 3 epochs, on a thread of its own.
        let (folder, stop) = (folder.path().join("together"), AtomicBool::new(false));
        let watch = Watch::new(&stop, 3);
        let control = Control { threads: 1, observer: &watch, ..Control::new(&stop) };
        let split = Split::random(&set, 0).unwrap();
        train(&set, &split, settings, 2, &folder, &control).unwrap_err();
        let stop = AtomicBool::new(false);
        let watch = Watch::new(&stop, usize::MAX);
        let control = Control { observer: &watch, ..Control::new(&stop) };
        let records = together(&set, settings, 2, &folder, &control).unwrap();
        assert_eq!(watch.seen("epoch"), 2 + 5);
        assert_eq!(records, alone);
    }

    #[test]
    fn a_run_that_fails_leaves_the_others_as_they_are() {
        let (set, folder) = (set(), tempdir().unwrap());
        let settings = settings(Model::Baseline, 3);
        let alone = trained(&set, settings, 3, &folder.path().join("alone"), 2);
        let (folder, stop) = (folder.path().join("together"), AtomicBool::new(false));
        let watch = Watch::new(&stop, 2);
        let control = Control { observer: &watch, ..Control::new(&stop) };
        together(&set, settings, 3, &folder, &control).unwrap_err();
        // The weights of run 1 become too large to compute with.
        let path = folder.join("run-01.checkpoint");
        let (mut dict, note) = StateDict::from_bytes(&fs::read(&path).unwrap()).unwrap();
        let shape = dict.get("network.out.weight").unwrap().0.to_vec();
        dict.insert("network.out.weight".to_owned(), shape.clone(), vec![3e38; shape.iter().product()]);
        fs::write(&path, dict.to_bytes(note)).unwrap();

        let stop = AtomicBool::new(false);
        let error = together(&set, settings, 3, &folder, &Control::new(&stop)).unwrap_err();
        assert_eq!(error.problems().len(), 1, "{error}");
        assert_eq!(error.problems()[0].fault, Fault::NOT_FINITE);
        assert!(error.to_string().starts_with("run 1, epoch 2, batch 1: "), "{error}");
        let records = Store::read(&folder).unwrap();
        assert_eq!(records.len(), 2);
        assert_eq!(records[0], alone[0]);
        assert_eq!(records[1], alone[2]);
    }

    #[test]
    fn a_checkpoint_that_is_damaged_is_told_and_the_others_are_trained() {
        let (set, folder) = (set(), tempdir().unwrap());
        fs::write(folder.path().join("run-01.checkpoint"), b"not a checkpoint").unwrap();
        let stop = AtomicBool::new(false);
        let settings = settings(Model::Baseline, 1);
        let error = together(&set, settings, 3, folder.path(), &Control::new(&stop)).unwrap_err();
        assert_eq!(error.problems().len(), 1);
        assert!(error.to_string().contains("run-01.checkpoint"), "{error}");
        let runs: Vec<u64> = Store::read(folder.path()).unwrap().iter().map(|record| record.run).collect();
        assert_eq!(runs, [0, 2]);
    }
}
