//! A study of anyone's in one notebook: described, scanned, split, classified, trained on and audited.

use std::path::PathBuf;

use super::{Checks, Live, checks_path};
use crate::audit::predictions::PredictionAudit;
use crate::audit::{self, ArtefactScan, GuessEstimate, Shortcut};
use crate::classifiers::trials::{Division, Exchanges, Origin, Trial, TrialEstimate, TrialRecord};
use crate::classifiers::{Classifier, Recipe};
use crate::error::Result;
use crate::features::FeatureTable;
use crate::figures::Figure;
use crate::models::Model;
use crate::preparation::{Framing, Scheme};
use crate::recordings::synthetic::{self, Effect};
use crate::recordings::{DataSet, Description, Provenance, Source};
use crate::report::{Table, percent};
use crate::store::{Project, create_folder};

/// Exchanges of labels behind a p value.
const EXCHANGES: u64 = 99;

/// Recordings of any study, and what a notebook checks of them.
#[derive(Debug)]
pub struct StudySession {
    /// The recordings.
    pub set: DataSet,
    /// What it has checked.
    pub checks: Checks,
    project: Project,
    checks_path: PathBuf,
}

/// A classification under held-out participants, and its audit.
#[derive(Debug, Clone, PartialEq)]
pub struct Classified {
    /// Accuracy, interval, chance, exchanges.
    pub estimate: TrialEstimate,
    /// The audit of its predictions.
    pub predictions: PredictionAudit,
}

impl StudySession {
    /// Reads the recordings of a folder, or makes the small study whose truth is known.
    ///
    /// # Errors
    /// Those of [`Project::choose`] and [`Source::load`].
    pub fn begin(notebook: &str, folder: Option<&str>) -> Result<Self> {
        let project = Project::choose(None)?;
        let set = match folder {
            Some(folder) => Source::Asked(folder.into()).load()?,
            None => synthetic::small(Effect::Local)?,
        };
        let checks_path = checks_path(&project, notebook);
        Ok(Self { set, checks: Checks::of(notebook), project, checks_path })
    }

    /// Whether the recordings are synthetic, so that their truth is known.
    #[must_use]
    pub fn truth_is_known(&self) -> bool {
        matches!(self.set.provenance(), Provenance::Synthetic(_))
    }

    /// What all its numbers are of.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new(["", "this notebook"]);
        table.push([
            "study",
            &self.set.known_as().unwrap_or_else(|| "recordings that are not known".to_owned()),
        ]);
        table.push(["fingerprint", &self.set.fingerprint().short()]);
        table.push(["program", concat!("eegenre ", env!("CARGO_PKG_VERSION"))]);
        table
    }

    /// The recordings in numbers.
    #[must_use]
    pub fn description(&self) -> Description {
        Description::of(&self.set)
    }

    /// Two signals of each label.
    #[must_use]
    pub fn signals(&self) -> Figure {
        Figure::recordings(&self.set)
    }

    /// Who has which label, and how long recordings are.
    #[must_use]
    pub fn design(&self) -> Figure {
        Figure::design(&self.set)
    }

    /// Properties of the files that may name labels without being signal.
    ///
    /// # Errors
    /// Those of [`ArtefactScan::of`].
    pub fn scan(&self) -> Result<ArtefactScan> {
        ArtefactScan::of(&self.set, Framing::unit(&self.set))
    }

    /// The splits that the design allows: folds, recordings of the first fold in each part, and what test shares with the rest.
    ///
    /// # Errors
    /// Those of [`Scheme::draw`].
    pub fn splits(&self) -> Result<Table> {
        let heading = ["kept apart", "folds", "training", "validation", "test", "shared with test"];
        let mut table = Table::new(heading);
        for scheme in Scheme::allowed_by(&self.set) {
            let folds = scheme.draw(&self.set, 0)?;
            let Some(first) = folds.first() else { continue };
            let [training, validation, test] =
                [first.training(), first.validation(), first.test()].map(|part| part.len().to_string());
            let (name, shared) = (scheme.to_string(), first.leakage().test.to_string());
            table.push([name, folds.len().to_string(), training, validation, test, shared]);
        }
        Ok(table)
    }

    /// Accuracy in percent of guesses that never see a signal: a row for each, a column for each split.
    ///
    /// # Errors
    /// Those of [`GuessEstimate::all`].
    pub fn guesses(&self) -> Result<Table> {
        let (all, schemes) = (GuessEstimate::all(&self.set)?, Scheme::allowed_by(&self.set));
        let heading = ["guess from".to_owned()].into_iter().chain(schemes.iter().map(Scheme::to_string));
        let mut table = Table::new(heading);
        for shortcut in Shortcut::ALL {
            let cells = schemes.iter().map(|scheme| {
                let own = all.iter().find(|guess| (guess.shortcut, guess.scheme) == (shortcut, *scheme));
                own.map_or_else(String::new, |guess| percent(guess.accuracy))
            });
            table.push([shortcut.to_string()].into_iter().chain(cells));
        }
        Ok(table)
    }

    /// Support vectors on features of the recordings, each participant left out, repeated with exchanged labels; and the audit of
    /// what they predict, which sees no signal.
    ///
    /// # Errors
    /// Those of [`TrialRecord::make`] and [`PredictionAudit::read`].
    pub fn classify(&self, set: &DataSet) -> Result<Classified> {
        let table = FeatureTable::of(set);
        let recipe = Recipe::of(Classifier::Svm);
        let trial = Trial { draws: 1, ..Trial::new(Origin::Recordings, Division::Participant, recipe) };
        let mut record = TrialRecord::make(trial, &table)?;
        record.exchange(&table, Exchanges { number: EXCHANGES, draws: 1 })?;
        let folder = self.project.records().join(format!("study-{}", set.fingerprint().short()));
        create_folder(&folder)?;
        let path = folder.join("predictions.csv");
        record.write_predictions(set, &path)?;
        let predictions = PredictionAudit::read(&path)?;
        Ok(Classified { estimate: TrialEstimate::of(&record), predictions })
    }

    /// Trains a network on a random split of the recordings.
    ///
    /// # Errors
    /// Those of [`runs::train`](crate::runs::train).
    pub fn train(&self, model: Model, epochs: usize) -> Result<Live> {
        Live::train(&self.project, &self.checks.notebook, &self.set, model, epochs)
    }

    /// A paragraph for a methods section.
    #[must_use]
    pub fn methods(&self, scan: &ArtefactScan, classified: &Classified) -> String {
        audit::methods(&self.set, scan, &classified.estimate, &classified.predictions)
    }

    /// Whether every recording is tested once under every split that holds something out, and never where it trains.
    ///
    /// # Errors
    /// Those of [`Scheme::draw`].
    pub fn each_is_tested_once(&self) -> Result<bool> {
        let mut schemes = Scheme::allowed_by(&self.set);
        schemes.retain(|scheme| *scheme != Scheme::Random);
        let mut all = true;
        for scheme in schemes {
            let folds = scheme.draw(&self.set, 0)?;
            let mut tested: Vec<_> = folds.iter().flat_map(|fold| fold.test().to_vec()).collect();
            tested.sort_unstable();
            all &= tested.iter().eq(self
                .set
                .outlines()
                .iter()
                .map(|outline| outline.id())
                .collect::<Vec<_>>()
                .iter());
            all &= folds
                .iter()
                .all(|fold| fold.test().iter().all(|id| fold.training().binary_search(id).is_err()));
        }
        Ok(all)
    }

    /// Checks that two values are equal.
    pub fn check<T: PartialEq<U> + std::fmt::Display, U: std::fmt::Display>(
        &mut self,
        what: &str,
        expected: T,
        found: U,
    ) {
        self.checks.equal(what, expected, found);
    }

    /// Writes the file of checks, without which a notebook has failed.
    ///
    /// # Errors
    /// [`Fault::UNWRITABLE`](crate::error::Fault::UNWRITABLE)
    pub fn end(self) -> Result<Checks> {
        self.checks.write(&self.checks_path)?;
        Ok(self.checks)
    }
}
