//! How much of the paper's experiment is run.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::Serialize;

use crate::error::{Error, Fault, Place, Result};
use crate::models::Model;
use crate::models::paper;
use crate::recordings::{Design, Provenance};
use crate::runs::RUNS;
use crate::runs::{self, Settings, revision};
use crate::store::Project;

/// How much of the paper's experiment is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// A few epochs of each network, to see that everything works.
    Smoke,
    /// Fewer runs and shorter ones than the paper's, for a first impression: under ten minutes on two cores.
    #[default]
    Quick,
    /// The whole of it.
    Paper,
}

impl Profile {
    /// All of them, the shortest first.
    pub const ALL: [Self; 3] = [Self::Smoke, Self::Quick, Self::Paper];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Smoke => "smoke",
            Self::Quick => "quick",
            Self::Paper => "paper",
        }
    }

    /// The one that what goes past the paper has without being told: that of the paper for the published recordings, of
    /// which it is recorded, else quick.
    #[must_use]
    pub fn of_audit(set: &Design) -> Self {
        if set.provenance() == Provenance::Published { Self::Paper } else { Self::Quick }
    }

    /// Runs of a network, and epochs of each.
    #[must_use]
    pub const fn extent(self, model: Model) -> (u64, usize) {
        match (self, model) {
            (Self::Smoke, _) => (2, 3),
            (Self::Quick, Model::Baseline) => (6, 300),
            (Self::Quick, Model::Multilayer) => (4, 150),
            (Self::Quick, Model::Cnn) => (4, 400),
            (Self::Paper, Model::Baseline) => (RUNS as u64, paper::baseline::EPOCHS),
            (Self::Paper, Model::Multilayer) => (RUNS as u64, paper::multilayer::EPOCHS),
            (Self::Paper, Model::Cnn) => (RUNS as u64, paper::cnn::EPOCHS),
        }
    }

    /// How it trains a network: as the paper, for as many epochs as [`Self::extent`] says.
    #[must_use]
    pub fn settings(self, model: Model) -> Settings {
        let mut settings = Settings::paper(model);
        settings.hyperparameters.epochs = self.extent(model).1;
        settings
    }

    /// The profile that leaves such runs, all of them; none if there is no such profile or a run is missing.
    #[must_use]
    pub fn of(settings: &Settings, runs: &[u64]) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| {
            *settings == profile.settings(settings.model)
                && runs.iter().copied().eq(0..profile.extent(settings.model).0)
        })
    }

    /// Where its records of a project go: `data/records/raw` for the paper's profile on the published recordings, else a folder of
    /// its own under `target/records`. Shorter runs and other recordings never change what git tracks.
    #[must_use]
    pub fn records(self, project: &Project, set: &Design) -> PathBuf {
        match (self, set.provenance()) {
            (Self::Paper, provenance @ Provenance::Published) => runs::folder(project, &provenance),
            _ => self.own_records(project, set),
        }
    }

    /// Where this program's own runs of it go, on whatever recordings: a folder of their own under `target/records`.
    #[must_use]
    pub fn own_records(self, project: &Project, set: &Design) -> PathBuf {
        // What another program left is no obstacle: each of its revisions has a folder of its own.
        let [baseline, multilayer, cnn] = Model::ALL.map(revision);
        let revisions = format!("r{baseline}.{multilayer}.{cnn}");
        let name = format!("{}-{}-{revisions}", self.name(), set.fingerprint().short());
        project.records().join(name)
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Profile {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name).ok_or_else(|| {
            Error::new(Fault::BAD_SETTING, Place::field("profile"), "smoke, quick or paper", name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_tell_their_profile_and_a_missing_run_or_another_setting_has_none() {
        for profile in Profile::ALL {
            for model in Model::ALL {
                let runs: Vec<u64> = (0..profile.extent(model).0).collect();
                let mut settings = profile.settings(model);
                assert_eq!(Profile::of(&settings, &runs), Some(profile));
                assert_eq!(Profile::of(&settings, &runs[1..]), None);
                assert_eq!(Profile::of(&settings, &[]), None);
                settings.seed = 1;
                assert_eq!(Profile::of(&settings, &runs), None);
            }
        }
    }
}
