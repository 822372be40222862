//! The paper's experiment to a certain extent: three networks, each trained several times on one split.
//!
//! The main job trains it, where there are recordings.

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::models::Model;
use crate::preparation::Split;
use crate::recordings::DataSet;
use crate::runs::profile::Profile;
use crate::runs::{self, Control, PlannedUnit, Progress, Record, Settings};
use crate::store::Project;

/// The seed of the split that results are reported on.
pub const SPLIT_SEED: u64 = 0;

/// What is trained: recordings, split, and how much of the paper's experiment.
#[derive(Debug, Clone, PartialEq)]
pub struct Experiment {
    /// The recordings.
    pub set: DataSet,
    /// The paper's split of them (2.1), from [`SPLIT_SEED`].
    pub split: Split,
    /// Runs and epochs.
    pub profile: Profile,
    /// Where its records are: a folder for each network.
    pub records: PathBuf,
}

impl Experiment {
    /// The experiment on these recordings, with records of its own in a project: it reads none that git tracks.
    ///
    /// # Errors
    /// Those of [`Split::random`].
    pub fn new(project: &Project, set: DataSet, profile: Profile) -> Result<Self> {
        let split = Split::random(&set, SPLIT_SEED)?;
        let records = profile.own_records(project, &set);
        Ok(Self { set, split, profile, records })
    }

    /// The settings of a network: the paper's, with the profile's number of epochs.
    #[must_use]
    pub fn settings(&self, model: Model) -> Settings {
        self.profile.settings(model)
    }

    /// The records of all runs of a network. What is not there is trained; what was interrupted goes on.
    ///
    /// # Errors
    /// Those of [`runs::train`].
    pub fn train(&self, model: Model, control: &Control) -> Result<Vec<Record>> {
        let (runs, _) = self.profile.extent(model);
        let folder = self.records.join(model.name());
        runs::train(&self.set, &self.split, self.settings(model), runs, &folder, control)
    }

    /// One unit for each run of each network: `runs` runs, or those of the profile.
    ///
    /// # Errors
    /// [`Fault::BAD_RECORD`](crate::error::Fault::BAD_RECORD) for a folder that cannot be read.
    pub fn units(&self, runs: Option<u64>) -> Result<Vec<PlannedUnit>> {
        let of = |model: Model| {
            let (planned, epochs) = self.profile.extent(model);
            let (folder, epochs) = (self.records.join(model.name()), epochs.to_string());
            let out = folder.display().to_string();
            let command = ["train", model.name(), "--preset", "paper", "--epochs", &epochs, "--out", &out];
            let command = command.map(str::to_owned);
            let runs = runs.unwrap_or(planned).into();
            PlannedUnit::series(model.name(), &self.settings(model), &runs, &folder, &command)
        };
        Error::gather(Model::ALL.map(of)).map(|units| units.concat())
    }

    /// The same of all networks, with progress that is shown.
    ///
    /// # Errors
    /// Those of [`Self::train`].
    pub fn train_all(&self, control: &Control) -> Result<Vec<(Model, Vec<Record>)>> {
        let trained = Model::ALL.into_iter().map(|model| {
            let (runs, epochs) = self.profile.extent(model);
            let progress = Progress::new(model.name(), runs, epochs);
            let records = self.train(model, &Control { observer: &progress, ..*control });
            progress.finish();
            Ok((model, records?))
        });
        trained.collect()
    }
}
