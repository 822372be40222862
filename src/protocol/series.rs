//! All runs of a series, side by side.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use dfdx::prelude::*;

use super::run::{Parts, Run};
use super::store::{Lock, Store};
use super::together::{Standing, Together};
use super::{Configuration, Control, Event, Processor, Record, Schedule, Settings, revision};
use crate::error::{Error, Fault, Place, Result};
use crate::models::{self, Model, Network, NetworkDevice, NetworkTask};
use crate::nn::random;
use crate::preparation::Split;
use crate::recordings::DataSet;
use crate::training::Training;

/// Trains runs 0 to `runs` - 1 and returns their records, in order. Runs whose records are in the folder are not
/// trained again; a run that was stopped goes on where it stood.
///
/// The records have the same bytes for any number of threads and in whatever order the runs end.
///
/// # Errors
/// Those of [`Store::open`]; [`Fault::BadSetting`] for a network that is not to be had, or no threads or runs;
/// [`Fault::NoDevice`]; for each run that fails, why: [`Fault::LossNotFinite`], [`Fault::Unwritable`],
/// [`Fault::Interrupted`]. Other runs are trained all the same, and what they left stays.
pub fn train(
    set: &DataSet,
    split: &Split,
    settings: Settings,
    runs: u64,
    folder: &Path,
    control: &Control,
) -> Result<Vec<Record>> {
    for (name, number) in [("runs", runs), ("threads", control.threads as u64)] {
        if number == 0 {
            return Err(Error::new(Fault::BadSetting, Place::field(name), "at least 1", "0"));
        }
    }
    models::check_input(settings.model, settings.frame, settings.kernel)?;
    if settings.model == Model::Cnn && !settings.input.is_whole() {
        let expected = "whole for the CNN, which cuts slices itself";
        return Err(Error::new(
            Fault::BadSetting,
            Place::field("input"),
            expected,
            settings.input.to_string(),
        ));
    }
    settings.hyperparameters.check()?;
    control.processor.check()?;
    let configuration = Configuration {
        settings,
        data: set.fingerprint(),
        split: split.digest(),
        revision: revision(settings.model),
    };
    let store = Store::open(folder, configuration)?;
    let series = Series { set, split, store: &store, runs, control };
    match control.processor {
        Processor::Cpu => series.train::<Cpu>(|seed| Ok(Cpu::seed_from_u64(seed))),
        #[cfg(feature = "cuda")]
        Processor::Cuda(ordinal) => series.train::<Cuda>(move |seed| {
            Cuda::try_build(ordinal, seed).map_err(|cause| super::processor::no_device(ordinal, &cause))
        }),
        #[cfg(not(feature = "cuda"))]
        Processor::Cuda(ordinal) => Err(super::processor::no_device(ordinal, &"a program without CUDA")),
    }
}

#[derive(Clone, Copy)]
struct Series<'a> {
    set: &'a DataSet,
    split: &'a Split,
    store: &'a Store,
    runs: u64,
    control: &'a Control<'a>,
}

impl Series<'_> {
    fn train<D: NetworkDevice>(self, device: impl Fn(u64) -> Result<D> + Sync) -> Result<Vec<Record>> {
        let settings = self.store.configuration().settings;
        let task = TrainAll { series: self, device };
        models::choose(settings.model, settings.frame, settings.kernel, task)?
    }
}

struct TrainAll<'a, F> {
    series: Series<'a>,
    device: F,
}

impl<D: NetworkDevice, F: Fn(u64) -> Result<D> + Sync> NetworkTask<D> for TrainAll<'_, F> {
    type Output = Result<Vec<Record>>;

    fn run<N: Network<D>>(self, build: impl Fn(&D) -> N + Sync) -> Self::Output {
        let Self { series: Series { set, split, store, runs, control }, device } = self;
        let settings = store.configuration().settings;
        let signals = |names: &[_]| settings.preparation.signals(set, names);
        let answering = |names: &[_]| N::examples(&settings.input.answering(signals(names)?)?);
        let parts = Parts {
            training: N::examples(&settings.input.training(signals(split.training())?)?)?,
            validation: answering(split.validation())?,
            test: answering(split.test())?,
        };
        let all = All { store, runs, control, parts: &parts, device: &device, build: &build };
        let results = match control.schedule {
            Schedule::SideBySide => all.side_by_side::<N, D>(),
            Schedule::Together => all.together::<N, D>()?,
        };
        if control.stopped() && results.iter().any(|result| !matches!(result, Some(Ok(_)))) {
            return Err(interrupted(results));
        }
        // What others train is waited for; if one of them dies, its run is trained here.
        Error::gather((0..).zip(results).map(|(run, result)| match result {
            Some(result) => result,
            None => all.alone::<N, D>(run, store.wait_for_lock(run, control)?),
        }))
    }
}

/// All runs, and what makes and trains each.
struct All<'a, X, F, B> {
    store: &'a Store,
    runs: u64,
    control: &'a Control<'a>,
    parts: &'a Parts<X>,
    device: &'a F,
    build: &'a B,
}

impl<X: Send + Sync, F, B> All<'_, X, F, B> {
    /// Runs side by side, each on a thread of its own. Nothing for a run that another process trains.
    fn side_by_side<N: Network<D, Example = X>, D: NetworkDevice>(&self) -> Vec<Option<Result<Record>>>
    where
        F: Fn(u64) -> Result<D> + Sync,
        B: Fn(&D) -> N + Sync,
    {
        let results: Vec<Mutex<Option<Result<Record>>>> = (0..self.runs).map(|_| Mutex::new(None)).collect();
        let next = AtomicU64::new(0);
        let attempt =
            |run: u64| self.lock(run).and_then(|lock| lock.map(|lock| self.alone(run, lock)).transpose());
        let work = || {
            while !self.control.stopped() {
                let run = next.fetch_add(1, Ordering::Relaxed);
                let Some(place) = usize::try_from(run).ok().and_then(|run| results.get(run)) else { return };
                let result = attempt(run).transpose();
                if matches!(result, Some(Err(_))) {
                    self.control.tell(run, Event::Failed);
                }
                *place.lock().unwrap_or_else(PoisonError::into_inner) = result;
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..self.control.threads {
                scope.spawn(work);
            }
        });
        (results.into_iter())
            .map(|result| result.into_inner().unwrap_or_else(PoisonError::into_inner))
            .collect()
    }

    /// Runs that advance together. Nothing for a run that another process trains.
    ///
    /// # Errors
    /// Why there is no device.
    fn together<N: Network<D, Example = X>, D: NetworkDevice>(&self) -> Result<Vec<Option<Result<Record>>>>
    where
        F: Fn(u64) -> Result<D>,
        B: Fn(&D) -> N,
    {
        let settings = self.store.configuration().settings;
        let mut results: Vec<Option<Result<Record>>> = (0..self.runs).map(|_| None).collect();
        let mut waiting = Vec::new();
        for (run, result) in (0..).zip(&mut results) {
            let standing =
                self.lock(run).and_then(|lock| lock.map(|lock| self.standing(run, lock)).transpose());
            match standing.transpose() {
                Some(Ok(Ready::Done(record))) => *result = Some(Ok(*record)),
                Some(Ok(Ready::Waits(standing))) => waiting.push(*standing),
                Some(Err(error)) => {
                    self.control.tell(run, Event::Failed);
                    *result = Some(Err(error));
                }
                None => {}
            }
        }
        let together = Together {
            device: (self.device)(settings.seed)?,
            hyperparameters: settings.hyperparameters,
            seed: settings.seed,
            parts: self.parts,
            control: self.control,
        };
        for (run, result) in together.finish::<N>(waiting) {
            if result.is_err() {
                self.control.tell(run, Event::Failed);
            }
            results[run as usize] = Some(result);
        }
        Ok(results)
    }

    /// The right to train a run; none if another process has it.
    fn lock(&self, run: u64) -> Result<Option<Lock>> {
        let lock = self.store.try_lock(run)?;
        if lock.is_none() {
            self.control.tell(run, Event::Elsewhere);
        }
        Ok(lock)
    }

    /// The record of a run that is done. Another process may have ended it while this one was waiting for the lock.
    fn present(&self, run: u64) -> Result<Option<Record>> {
        let record = self.store.record(run)?;
        if record.is_some() {
            self.store.remove_checkpoint(run);
            self.control.tell(run, Event::Present);
        }
        Ok(record)
    }

    /// A training at its beginning, from the run's own initial weights.
    fn training<N: Network<D, Example = X>, D: NetworkDevice>(&self, run: u64) -> Result<Training<N, D>>
    where
        F: Fn(u64) -> Result<D>,
        B: Fn(&D) -> N,
    {
        let Settings { hyperparameters, seed, .. } = self.store.configuration().settings;
        let device = (self.device)(random::bits(seed, run))?;
        let network = (self.build)(&device);
        Training::new(device, network, hyperparameters, seed, run)
    }

    fn alone<N: Network<D, Example = X>, D: NetworkDevice>(&self, run: u64, _lock: Lock) -> Result<Record>
    where
        F: Fn(u64) -> Result<D>,
        B: Fn(&D) -> N,
    {
        match self.present(run)? {
            Some(record) => Ok(record),
            None => Run::new(self.store, self.training::<N, D>(run)?, run)?.finish(self.parts, self.control),
        }
    }

    /// Where a run stands.
    fn standing<N: Network<D, Example = X>, D: NetworkDevice>(
        &self,
        run: u64,
        lock: Lock,
    ) -> Result<Ready<'_>>
    where
        F: Fn(u64) -> Result<D>,
        B: Fn(&D) -> N,
    {
        if let Some(record) = self.present(run)? {
            return Ok(Ready::Done(Box::new(record)));
        }
        let run = Run::new(self.store, self.training::<N, D>(run)?, run)?;
        let (course, checkpoint) = run.standing();
        Ok(Ready::Waits(Box::new(Standing { course, checkpoint, lock })))
    }
}

/// A run before runs advance together.
enum Ready<'a> {
    Done(Box<Record>),
    Waits(Box<Standing<'a>>),
}

/// One problem for all runs that were stopped or never begun, after those of runs that failed.
fn interrupted(results: Vec<Option<Result<Record>>>) -> Error {
    let (runs, done) = (results.len(), results.iter().filter(|result| matches!(result, Some(Ok(_)))).count());
    let failed = results.into_iter().flatten().filter_map(Result::err);
    let failed =
        failed.filter(|error| error.problems().iter().all(|problem| problem.fault != Fault::Interrupted));
    let stopped = Error::new(
        Fault::Interrupted,
        Place::field("training"),
        format!("{runs} runs"),
        format!("a request to stop when {done} were done"),
    );
    match Error::gather(failed.chain([stopped]).map(Err::<(), _>)) {
        Err(error) => error,
        Ok(_) => unreachable!("there is at least one problem"),
    }
}
