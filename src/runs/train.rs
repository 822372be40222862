//! A series: all runs of one configuration.

use std::path::Path;

use dfdx::prelude::*;

use super::group::Parts;
use super::store::Store;
use super::workers::Workers;
use super::{
    Configuration, Control, Instructions, Processor, Purpose, Record, Runs, Schedule, Settings, revision,
};
use crate::error::{Error, Fault, Place, Result};
use crate::models::{Model, Network, NetworkDevice, NetworkTask};
use crate::preparation::Split;
use crate::recordings::DataSet;

/// Trains these runs, or as many as a number says from run 0, and returns their records, in order. Runs whose records are in
/// the folder are not trained again; a run that was stopped goes on where it stood.
///
/// On a CPU the records have the same bytes for any number of threads, in whatever order the runs end and for either
/// [`Schedule`].
///
/// # Errors
/// Those of [`Store::open`]; [`Fault::FOREIGN_INSTRUCTIONS`] unless `control` accepts them; [`Fault::BAD_SETTING`] for sizes that a network cannot have, or no threads or runs;
/// [`Fault::NO_DEVICE`]; for each run that fails, why: [`Fault::NOT_FINITE`], [`Fault::UNWRITABLE`],
/// [`Fault::INTERRUPTED`]. Other runs are trained all the same, and what they left stays.
pub fn train(
    set: &DataSet,
    split: &Split,
    settings: Settings,
    runs: impl Into<Runs>,
    folder: &Path,
    control: &Control,
) -> Result<Vec<Record>> {
    let runs = &runs.into();
    for (name, number) in [("runs", runs.count()), ("threads", control.threads as u64)] {
        if number == 0 {
            return Err(Error::new(Fault::BAD_SETTING, Place::field(name), "at least 1", "0"));
        }
    }
    settings.network_for(set).check()?;
    if settings.model == Model::Cnn && !settings.input.is_whole() {
        let expected = "whole for the CNN, which cuts slices itself";
        return Err(Error::new(
            Fault::BAD_SETTING,
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
        instructions: Instructions::of(control.processor),
    };
    let store = Store::open(folder, configuration, control.stop)?.accepting(control.any_level);
    store.check_instructions(runs)?;
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
    runs: &'a Runs,
    control: &'a Control<'a>,
}

impl Series<'_> {
    fn train<D: NetworkDevice>(self, device: impl Fn(u64) -> Result<D> + Sync) -> Result<Vec<Record>> {
        let settings = self.store.configuration().settings;
        let task = TrainAll { series: self, device };
        settings.network_for(self.set).with(task)?
    }
}

struct TrainAll<'a, F> {
    series: Series<'a>,
    device: F,
}

impl<D: NetworkDevice, F: Fn(u64) -> Result<D> + Sync> NetworkTask<D> for TrainAll<'_, F> {
    type Output = Result<Vec<Record>>;

    fn run<N: Network<D>>(self, build: impl Fn(&D) -> Result<N> + Sync) -> Self::Output {
        let Self { series: Series { set, split, store, runs, control }, device } = self;
        let settings = store.configuration().settings;
        let signals = |names: &[_]| settings.preparation.signals(set, names);
        let (input, framing) = (settings.input, settings.framing());
        let answering = |names: &[_]| N::examples(framing, &input.answering(signals(names)?, framing)?);
        let parts = Parts {
            training: N::examples(framing, &input.training(signals(split.training())?, framing)?)?,
            validation: answering(split.validation())?,
            test: answering(split.test())?,
            purpose: Purpose::of(settings, set),
        };
        let workers = Workers { store, runs, control, parts: &parts, device: &device, build: &build };
        let results = match control.schedule {
            Schedule::SideBySide => workers.side_by_side::<N, D>(),
            Schedule::Together => workers.together::<N, D>()?,
        };
        if control.stopped() && results.iter().any(|result| !matches!(result, Some(Ok(_)))) {
            return Err(interrupted(results));
        }
        // What others train is waited for; if one of them dies, its run is trained here.
        Error::gather(runs.iter().zip(results).map(|(run, result)| match result {
            Some(result) => result,
            None => workers.alone::<N, D>(run, store.wait_for_lock(run, control.stop)?),
        }))
    }
}

/// One problem for all runs that were stopped or never begun, after those of runs that failed.
fn interrupted(results: Vec<Option<Result<Record>>>) -> Error {
    let (runs, done) = (results.len(), results.iter().filter(|result| matches!(result, Some(Ok(_)))).count());
    let failed = results.into_iter().flatten().filter_map(Result::err);
    let failed =
        failed.filter(|error| error.problems().iter().all(|problem| problem.fault != Fault::INTERRUPTED));
    let stopped = Error::new(
        Fault::INTERRUPTED,
        Place::field("training"),
        format!("{runs} runs"),
        format!("a request to stop when {done} were done"),
    );
    match Error::gather(failed.chain([stopped]).map(Err::<(), _>)) {
        Err(error) => error,
        Ok(_) => unreachable!("there is at least one problem"),
    }
}
