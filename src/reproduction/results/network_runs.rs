//! The runs of one network, gathered record by record: its series, and what its curves show of the paper's statements.

use std::path::Path;

use crate::error::Result;
use crate::models::Model;
use crate::reproduction::paper::{OBSERVATIONS, Observation};
use crate::reproduction::verdict::ObservedRun;
use crate::runs::series::{self, RunAnswers, SeriesBuilder};
use crate::runs::{Record, Store, Weights};

/// What is gathered of the records of one network.
#[derive(Debug, Default)]
pub(super) struct NetworkRuns {
    pub(super) series: Vec<SeriesBuilder>,
    pub(super) observed: Vec<(Observation, Vec<ObservedRun>)>,
}

/// What is kept of one record.
struct NetworkRun {
    model: Model,
    answers: Vec<RunAnswers>,
    observed: Vec<ObservedRun>,
}

impl NetworkRun {
    fn of(record: &Record) -> Self {
        let model = record.configuration.settings.model;
        let series = SeriesBuilder::reported(model);
        Self {
            model,
            answers: series.iter().map(|series| RunAnswers::of(record, series.weights())).collect(),
            observed: observations(model).map(|observation| ObservedRun::of(observation, record)).collect(),
        }
    }
}

/// What the paper says of the curves of a network.
fn observations(model: Model) -> impl Iterator<Item = Observation> {
    let own = series::reported(model, Weights::Final);
    OBSERVATIONS.into_iter().filter(move |observation| own == Some(observation.series))
}

impl NetworkRuns {
    /// From records in memory.
    pub(super) fn of(records: &[Record]) -> Self {
        let mut network = Self::default();
        records.iter().for_each(|record| network.add(NetworkRun::of(record)));
        network
    }

    /// From a folder of records; nothing if it is not there.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>> {
        let mut network = Self::default();
        Store::each(folder, |record| NetworkRun::of(&record), |run| network.add(run))?;
        Ok((!network.series.is_empty()).then_some(network))
    }

    /// The first run says which network it is.
    fn add(&mut self, run: NetworkRun) {
        if self.series.is_empty() {
            self.series = SeriesBuilder::reported(run.model);
            self.observed = observations(run.model).map(|observation| (observation, Vec::new())).collect();
        }
        self.series.iter_mut().zip(run.answers).for_each(|(series, answers)| series.add(answers));
        self.observed.iter_mut().zip(run.observed).for_each(|((_, runs), observed)| runs.push(observed));
    }
}
