//! A notebook's session: what its first cell begins and its last cell ends.

mod checks;
mod display;

use std::fmt::Display;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use crate::audit::{self, Audit};
use crate::classification::{self, Classification, Tables};
use crate::error::{Error, Fault, Place, Result};
use crate::experiment::Experiment;
use crate::models::Model;
use crate::profile::Profile;
use crate::protocol::{Control, Record, Store, Weights};
use crate::recordings::{Provenance, Source};
use crate::report::Table;
use crate::results::Results;
use crate::store::Project;
use crate::study::{self, Study};

pub use checks::{Check, Checks};

/// The environment variable that names the profile.
pub const PROFILE_VARIABLE: &str = "EEGENRE_PROFILE";
/// The environment variable that names the file into which a notebook writes its checks.
pub const CHECKS_VARIABLE: &str = "EEGENRE_CHECKS";

/// Recordings, split, profile and checks of one notebook.
///
/// Which recordings and how much training is decided outside, so that one notebook serves all: by `EEGENRE_DATA` (see
/// [`Source`]) and by [`PROFILE_VARIABLE`]. Without them, a notebook runs the quick profile.
#[derive(Debug)]
pub struct Session {
    /// What is trained in it.
    pub experiment: Experiment,
    /// What it has checked.
    pub checks: Checks,
    project: Project,
    source: String,
    folder: PathBuf,
    checks_path: PathBuf,
}

impl Session {
    /// Reads the recordings, and makes synthetic ones if there are none.
    ///
    /// The project is that of the folder in which the cells run, unless `EEGENRE_PROJECT` names another
    /// ([`Project::choose`]).
    ///
    /// # Errors
    /// Those of [`Project::choose`] and [`Source::load`]; [`Fault::BadSetting`] for another profile than there are.
    pub fn begin(notebook: &str) -> Result<Self> {
        let profile = match std::env::var(PROFILE_VARIABLE) {
            Ok(name) => name.parse()?,
            Err(std::env::VarError::NotPresent) => Profile::default(),
            Err(cause) => {
                let place = Place::field(PROFILE_VARIABLE);
                return Err(Error::new(Fault::BadSetting, place, "smoke, quick or paper", cause.to_string()));
            }
        };
        let project = Project::choose(None)?;
        let checks_path = std::env::var_os(CHECKS_VARIABLE).map_or_else(
            || project.executed_notebooks().join(format!("{notebook}.checks.json")),
            PathBuf::from,
        );
        let source = Source::choose(&project, None);
        Self::with(project, notebook, &source, profile, checks_path)
    }

    fn with(
        project: Project,
        notebook: &str,
        source: &Source,
        profile: Profile,
        checks_path: PathBuf,
    ) -> Result<Self> {
        let experiment = Experiment::new(&project, source.load()?, profile)?;
        let folder = source.folder().clone();
        let source = experiment.set.provenance().known_as().unwrap_or_else(|| "not known".to_owned());
        Ok(Self { experiment, checks: Checks::of(notebook), project, source, folder, checks_path })
    }

    /// What all its numbers are of.
    #[must_use]
    pub fn table(&self) -> Table {
        let Experiment { set, split, profile, .. } = &self.experiment;
        let mut table = Table::new(["", "this notebook"]);
        table.push(["recordings", &self.source]);
        table.push(["fingerprint", &set.fingerprint().short()]);
        table.push(["split", &split.summary().digest[..12]]);
        table.push(["profile", profile.name()]);
        for model in Model::ALL {
            let (runs, epochs) = profile.extent(model);
            table.push([model.name(), &format!("{runs} runs of {epochs} epochs")]);
        }
        table.push(["program", concat!("eegenre ", env!("CARGO_PKG_VERSION"))]);
        table
    }

    /// The records of all runs of a network; what is not there is trained, silently.
    ///
    /// # Errors
    /// Those of [`Experiment::train`].
    pub fn train(&self, model: Model) -> Result<Vec<Record>> {
        self.experiment.train(model, &Control::new(&AtomicBool::new(false)))
    }

    /// The results of all networks; what is not there is trained, silently.
    ///
    /// # Errors
    /// Those of [`Experiment::results`].
    pub fn results(&self) -> Result<Results> {
        self.experiment.results(&Control::new(&AtomicBool::new(false)))
    }

    /// The file of weights of a network's first run, the only one that a repository keeps.
    #[must_use]
    pub fn weights(&self, model: Model, weights: Weights) -> PathBuf {
        Store::weights_in(&self.experiment.records.join(model.name()), 0, weights)
    }

    /// The experiment with other choices, as far as there are records of it on these recordings; maybe none.
    ///
    /// # Errors
    /// Those of [`Study::read`], but not that there are no records.
    pub fn study(&self) -> Result<Study> {
        let study = Study::read(&study::folder(&self.project, &self.experiment.set));
        study.or_else(|error| match error.problems() {
            [problem] if problem.fault == Fault::NoRecords => Ok(Study { rows: Vec::new() }),
            _ => Err(error),
        })
    }

    /// What the numbers are worth, as far as it is recorded. In a shorter profile than the paper's, what is not there is
    /// trained, silently.
    ///
    /// # Errors
    /// Those of [`audit::train`] and [`Audit::read`].
    pub fn audit(&self) -> Result<Audit> {
        let Experiment { set, profile, .. } = &self.experiment;
        if *profile != Profile::Paper {
            audit::train(&self.project, set, *profile, &[], &Control::new(&AtomicBool::new(false)))?;
        }
        Audit::read(&self.project, set, *profile)
    }

    /// Features of the recordings, and those that were published with them, if they are there.
    ///
    /// # Errors
    /// Those of [`Tables::of`].
    pub fn features(&self) -> Result<Tables> {
        Tables::of(&self.experiment.set, &self.folder)
    }

    /// What classifiers make of features; what is not recorded yet is tried, silently.
    ///
    /// # Errors
    /// Those of [`classification::classify`] and [`Classification::read`].
    pub fn classify(&self, tables: &Tables) -> Result<Classification> {
        let Experiment { set, profile, .. } = &self.experiment;
        classification::classify(&self.project, set, tables, *profile)?;
        Classification::read(&self.project, set, tables, *profile)
    }

    /// Checks that two values are equal.
    pub fn check<T: PartialEq<U> + Display, U: Display>(&mut self, what: &str, expected: T, found: U) {
        self.checks.equal(what, expected, found);
    }

    /// Checks a number that only the whole experiment on the published recordings must give; elsewhere it does nothing.
    pub fn check_published<T: PartialEq<U> + Display, U: Display>(
        &mut self,
        what: &str,
        expected: T,
        found: U,
    ) {
        if self.is_published() {
            self.checks.equal(what, expected, found);
        }
    }

    /// Whether this is the whole experiment on the published recordings.
    #[must_use]
    pub fn is_published(&self) -> bool {
        let Experiment { set, profile, .. } = &self.experiment;
        *profile == Profile::Paper && set.provenance() == Provenance::Published
    }

    /// Writes the file of checks, without which a notebook has failed.
    ///
    /// # Errors
    /// [`Fault::Unwritable`]
    pub fn end(self) -> Result<Checks> {
        self.checks.write(&self.checks_path)?;
        Ok(self.checks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(folder: &std::path::Path) -> Session {
        let project = Project::of_tests();
        let source = Source::Synthetic(project.synthetic_recordings());
        Session::with(project, "99-test", &source, Profile::Smoke, folder.join("99-test.json")).unwrap()
    }

    #[test]
    fn a_session_leaves_its_checks_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mut session = session(folder.path());
        session.check("participants", 24, session.experiment.set.participants().len());
        session.check("songs", 11, 12);
        let checks = session.end().unwrap();
        assert_eq!(Checks::read(folder.path().join("99-test.json")), Ok(checks.clone()));
        assert_eq!(checks.failed().count(), 1);
    }

    #[test]
    fn what_only_the_published_recordings_give_is_not_checked_elsewhere() {
        let mut session = session(tempfile::tempdir().unwrap().path());
        session.check_published("average", "43.8", "12.0");
        assert!(session.checks.checks.is_empty());
        assert!(session.table().to_string().contains("synthetic"));
    }
}
