//! A notebook's session: its first cell begins it and its last cell ends it.

mod any_study;
mod checks;
mod display;
mod live;

use std::fmt::Display;
use std::path::PathBuf;

use crate::audit::Audit;
use crate::classifiers::trials::Classification;
use crate::error::{Error, Fault, Place, Result};
use crate::figures::{FeatureView, Figure, Subject, of_features};
use crate::models::Model;
use crate::preparation::Split;
use crate::recordings::synthetic::{self, Effect};
use crate::recordings::{Description, Design, Material, Provenance, Source};
use crate::report::Table;
use crate::reproduction::experiment::SPLIT_SEED;
use crate::reproduction::paper;
use crate::reproduction::results::Results;
use crate::reproduction::study::{self, Study};
use crate::runs::profile::Profile;
use crate::runs::{LookBacks, Record, Store};
use crate::store::Project;

pub use any_study::{Classified, StudySession};
pub use checks::{Check, Checks};
pub use live::Live;

/// The environment variable that names the folder into which a notebook writes its checks.
pub const CHECKS_VARIABLE: &str = "EEGENRE_CHECKS";

/// The published study in one notebook: its design, its records, and what the notebook checks of them.
///
/// Everything is read from the records of the checkout, so that a notebook shows the same on every machine. The published
/// recordings are only looked for (see [`Source`]) to draw anew what shows samples. What is trained in a notebook is
/// trained on a small synthetic study, in cells of its own ([`Self::train`]).
#[derive(Debug)]
pub struct Session {
    /// Who heard what, and how long.
    pub design: Design,
    /// The paper's split (2.1).
    pub split: Split,
    /// What it has checked.
    pub checks: Checks,
    project: Project,
    of: Material,
    checks_path: PathBuf,
}

impl Session {
    /// Reads what is recorded of the published recordings.
    ///
    /// The project is that of the folder in which the cells run, unless `EEGENRE_PROJECT` names another
    /// ([`Project::choose`]).
    ///
    /// # Errors
    /// Those of [`Project::choose`], [`Material::recorded`] and [`Source::load`].
    pub fn begin(notebook: &str) -> Result<Self> {
        let project = Project::choose(None)?;
        let source = Source::choose(&project, None);
        let checks_path = checks_path(&project, notebook);
        Self::with(project, notebook, source, checks_path)
    }

    fn with(project: Project, notebook: &str, source: Source, checks_path: PathBuf) -> Result<Self> {
        let recorded = Material::recorded(&project)?;
        let of = match source {
            Source::Synthetic(_) => recorded,
            source => {
                let set = source.load()?;
                let is_published = set.provenance() == Provenance::Published;
                if is_published { Material::Recordings(source, set) } else { recorded }
            }
        };
        let (design, split) = ((*of).clone(), Split::random(&of, SPLIT_SEED)?);
        Ok(Self { design, split, checks: Checks::of(notebook), project, of, checks_path })
    }

    /// What all its numbers are of.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new(["", "this notebook"]);
        table.push(["study", &self.design.provenance().known_as().unwrap_or_default()]);
        table.push(["fingerprint", &self.design.fingerprint().short()]);
        table.push(["split", &self.split.summary().digest[..12]]);
        for model in Model::ALL {
            let (runs, epochs) = Profile::Paper.extent(model);
            table.push([model.name(), &format!("{runs} runs of {epochs} epochs, from records")]);
        }
        table.push(["program", concat!("eegenre ", env!("CARGO_PKG_VERSION"))]);
        table
    }

    /// The recordings in numbers.
    #[must_use]
    pub fn description(&self) -> Description {
        self.of.description()
    }

    /// The records of all runs of a network.
    ///
    /// # Errors
    /// Those of [`Store::read`]; [`Fault::NO_RECORDS`] if one of the runs is not there.
    pub fn records(&self, model: Model) -> Result<Vec<Record>> {
        let folder = self.runs().join(model.name());
        let records = Store::read(&folder)?;
        if records.len() == paper::RUNS {
            return Ok(records);
        }
        let (expected, found) = (format!("{} records", paper::RUNS), records.len().to_string());
        Err(Error::new(Fault::NO_RECORDS, Place::file(folder), expected, found))
    }

    /// How far back the runs of the networks look, of the experiment or of a variation of it: `raw` or `log`.
    ///
    /// # Errors
    /// Those of [`LookBacks::read`].
    pub fn look_backs(&self, variation: &str) -> Result<[LookBacks; 3]> {
        let folder = study::folder(&self.project, &self.design).join(variation);
        let [baseline, multilayer, cnn] =
            Model::ALL.map(|model| LookBacks::read(&folder.join(model.name()), model));
        Ok([baseline?, multilayer?, cnn?])
    }

    fn runs(&self) -> PathBuf {
        Profile::Paper.records(&self.project, &self.design)
    }

    /// The results of all networks.
    ///
    /// # Errors
    /// Those of [`Results::read`].
    pub fn results(&self) -> Result<Results> {
        Results::read(self.runs(), &self.design)
    }

    /// The experiment with other choices.
    ///
    /// # Errors
    /// Those of [`Study::read`].
    pub fn study(&self) -> Result<Study> {
        Study::read(&study::folder(&self.project, &self.design))
    }

    /// The audit.
    ///
    /// # Errors
    /// Those of [`Audit::read`].
    pub fn audit(&self) -> Result<Audit> {
        Audit::read(&self.project, &self.design, Profile::Paper)
    }

    /// What features know, and what classifiers make of them.
    ///
    /// # Errors
    /// Those of [`Classification::read`].
    pub fn classification(&self) -> Result<Classification> {
        Classification::read(&self.project, &self.design, Profile::Paper)
    }

    /// A figure of the paper, or of the design.
    ///
    /// # Errors
    /// Those of [`Subject::figure`].
    pub fn figure(&self, subject: Subject) -> Result<Figure> {
        subject.figure(&self.project, &self.of, self.runs())
    }

    /// A figure of features.
    ///
    /// # Errors
    /// Those of [`of_features`].
    pub fn figure_of_features(&self, view: FeatureView) -> Result<Figure> {
        let figures = of_features(&self.project, &self.of, &[view])?;
        let missing = || Error::new(Fault::UNDRAWABLE, Place::field(view.to_string()), "one figure", "none");
        figures.into_iter().next().ok_or_else(missing)
    }

    /// A small synthetic study on which a network is trained here and now.
    ///
    /// # Errors
    /// Those of [`runs::train`](crate::runs::train).
    pub fn train(&self, model: Model, epochs: usize) -> Result<Live> {
        let set = synthetic::small(Effect::Local)?;
        Live::train(&self.project, &self.checks.notebook, &set, model, epochs)
    }

    /// Checks that two values are equal.
    pub fn check<T: PartialEq<U> + Display, U: Display>(&mut self, what: &str, expected: T, found: U) {
        self.checks.equal(what, expected, found);
    }

    /// Writes the file of checks, without which a notebook has failed.
    ///
    /// # Errors
    /// [`Fault::UNWRITABLE`]
    pub fn end(self) -> Result<Checks> {
        self.checks.write(&self.checks_path)?;
        Ok(self.checks)
    }
}

/// Where a notebook leaves its checks.
fn checks_path(project: &Project, notebook: &str) -> PathBuf {
    let folder =
        std::env::var_os(CHECKS_VARIABLE).map_or_else(|| project.executed_notebooks(), PathBuf::from);
    Checks::file(&folder, notebook)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_of_the_published_study_whatever_recordings_there_are_and_leaves_its_checks_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mine = folder.path().join("mine");
        crate::recordings::synthetic::write(&Default::default(), &mine).unwrap();
        let path = folder.path().join("99-test.json");
        for source in [Source::Synthetic(mine.clone()), Source::Asked(mine)] {
            let mut session = Session::with(Project::of_tests(), "99-test", source, path.clone()).unwrap();
            assert_eq!(session.design.provenance(), Provenance::Published);
            assert_eq!(session.description().participants, session.design.participants().len());
            session.check("participants", 24, session.design.participants().len());
            session.check("songs", 11, session.design.stimuli().len());
            let checks = session.end().unwrap();
            assert_eq!(Checks::read(&path), Ok(checks.clone()));
            assert_eq!(checks.failed().count(), 1);
        }
    }
}
