//! The paper's experiment once more with other choices: which of the open choices change its numbers?
//!
//! Each [`Variation`] changes one thing. Its records are in a folder of its own beside those of the main experiment.

mod table;

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::error::{Error, Fault, Place, Result};
use crate::models::Model;
use crate::preparation::{Normalisation, Split};
use crate::recordings::{DataSet, Design, Provenance};
use crate::reproduction::experiment::SPLIT_SEED;
use crate::reproduction::paper::{self, ReportedSeries};
use crate::runs::series::{Series, SeriesBuilder};
use crate::runs::{self, Control, PlannedUnit, Progress, Runs, Settings, Store};
use crate::store::Project;

/// Runs of a variation that is not one of the two full ones.
const FEW: u64 = 5;

/// What a variation changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Nothing,
    Normalisation(Normalisation),
    SplitSeed(u64),
    Frame(usize),
    Kernel(usize),
}

/// One way to run the experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variation {
    /// Its name, and that of its folder.
    pub name: &'static str,
    /// What is different.
    pub what: &'static str,
    /// The networks that it concerns.
    pub models: &'static [Model],
    /// Runs of each.
    pub runs: u64,
    change: Change,
}

const BASELINE: &[Model] = &[Model::Baseline];
const CNN: &[Model] = &[Model::Cnn];

/// All variations, the main experiment first.
pub const VARIATIONS: &[Variation] = &[
    full("raw", "as the paper, nothing normalised", Change::Nothing),
    full("log", "ln(x + 0.01)", Change::Normalisation(Normalisation::Log)),
    few("split-1", "another split", &Model::ALL, Change::SplitSeed(1)),
    few("split-2", "another split", &Model::ALL, Change::SplitSeed(2)),
    few("split-3", "another split", &Model::ALL, Change::SplitSeed(3)),
    few("split-4", "another split", &Model::ALL, Change::SplitSeed(4)),
    few("split-5", "another split", &Model::ALL, Change::SplitSeed(5)),
    few("z-score", "z-scores of each recording", &Model::ALL, Change::Normalisation(Normalisation::ZScore)),
    few("min-max", "each recording from 0 to 1", &Model::ALL, Change::Normalisation(Normalisation::MinMax)),
    few("frame-1", "one sample at every step", BASELINE, Change::Frame(1)),
    few("channel-1", "one channel of 960 samples", CNN, Change::Frame(1)),
    few("kernel-5", "kernels of 5", CNN, Change::Kernel(5)),
    few("kernel-7", "kernels of 7", CNN, Change::Kernel(7)),
];

const fn full(name: &'static str, what: &'static str, change: Change) -> Variation {
    Variation { name, what, models: &Model::ALL, runs: paper::RUNS as u64, change }
}

const fn few(name: &'static str, what: &'static str, models: &'static [Model], change: Change) -> Variation {
    Variation { name, what, models, runs: FEW, change }
}

impl Variation {
    /// The variation of this name.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] if there is none.
    pub fn named(name: &str) -> Result<Self> {
        VARIATIONS.iter().find(|variation| variation.name == name).copied().ok_or_else(|| {
            let names: Vec<&str> = VARIATIONS.iter().map(|variation| variation.name).collect();
            Error::new(Fault::BAD_SETTING, Place::field("variation"), format!("one of {names:?}"), name)
        })
    }

    /// Whether it changes a choice, on the main split: it is neither the main experiment nor another split.
    #[must_use]
    pub const fn is_choice(&self) -> bool {
        !matches!(self.change, Change::Nothing | Change::SplitSeed(_))
    }

    /// Its settings for a network.
    #[must_use]
    pub fn settings(&self, model: Model) -> Settings {
        let mut settings = Settings::paper(model);
        match self.change {
            Change::Nothing | Change::SplitSeed(_) => {}
            Change::Normalisation(normalisation) => settings.preparation.normalisation = normalisation,
            Change::Frame(frame) => settings.frame = frame,
            Change::Kernel(kernel) => settings.kernel = Some(kernel),
        }
        settings
    }

    /// Its split.
    ///
    /// # Errors
    /// Those of [`Split::random`].
    pub fn split(&self, design: &Design) -> Result<Split> {
        let seed = if let Change::SplitSeed(seed) = self.change { seed } else { SPLIT_SEED };
        Split::random(design, seed)
    }

    /// Trains its networks in the folder of its name below `folder`. Runs that are done are not trained again. Where there
    /// are few runs, records are [condensed](runs::Record::condensed); of others, [how far their networks look
    /// back](runs::look_back) is kept too.
    ///
    /// # Errors
    /// Those of [`runs::train`] and [`runs::look_back`].
    pub fn train(&self, set: &DataSet, folder: &Path, control: &Control) -> Result<()> {
        for &model in self.models {
            self.train_runs(model, self.runs.into(), set, folder, control)?;
            let folder = self.folder(folder, model);
            if self.runs == FEW {
                // No curve is drawn of so few.
                Store::condense(folder)?;
            } else {
                runs::look_back(set, &self.split(set)?, &folder)?;
            }
        }
        Ok(())
    }

    /// Trains one run of one of the variation's networks. Returns the file with the record.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] if it has no such network or run; those of [`runs::train`].
    pub fn train_run(
        &self,
        model: Model,
        run: u64,
        set: &DataSet,
        folder: &Path,
        control: &Control,
    ) -> Result<PathBuf> {
        if !self.models.contains(&model) || run >= self.runs {
            let names: Vec<&str> = self.models.iter().map(|model| model.name()).collect();
            let expected = format!("a network of {}, a run from 0 to {}", names.join(", "), self.runs - 1);
            let found = format!("{model}, run {run}");
            return Err(Error::new(Fault::BAD_SETTING, Place::field(self.name), expected, found));
        }
        self.train_runs(model, Runs::one(run), set, folder, control)?;
        Ok(Store::record_in(&self.folder(folder, model), run))
    }

    fn train_runs(
        &self,
        model: Model,
        runs: Runs,
        set: &DataSet,
        folder: &Path,
        control: &Control,
    ) -> Result<()> {
        let settings = self.settings(model);
        let title = format!("{} {model}", self.name);
        let progress = Progress::new(title, runs.clone(), settings.hyperparameters.epochs);
        let (folder, control) = (self.folder(folder, model), Control { observer: &progress, ..*control });
        let trained = runs::train(set, &self.split(set)?, settings, runs, &folder, &control);
        progress.finish();
        trained.map(drop)
    }

    /// One unit for each run of each of the variation's networks.
    ///
    /// # Errors
    /// [`Fault::BAD_RECORD`] for a folder that cannot be read.
    pub fn units(&self, folder: &Path) -> Result<Vec<PlannedUnit>> {
        let of = |model: &Model| {
            let command = ["study", self.name, "--network", model.name(), "--records"];
            let command = command.map(str::to_owned).into_iter().chain([folder.display().to_string()]);
            let name = format!("{} {model}", self.name);
            let folder = self.folder(folder, *model);
            PlannedUnit::series(
                &name,
                &self.settings(*model),
                &self.runs.into(),
                &folder,
                &command.collect::<Vec<_>>(),
            )
        };
        Error::gather(self.models.iter().map(of)).map(|units| units.concat())
    }

    /// The folder of the records of one of the variation's networks, below those of all variations.
    fn folder(&self, records: &Path, model: Model) -> PathBuf {
        records.join(self.name).join(model.name())
    }
}

/// Where the records of all variations go: `data/records` for the published recordings, else a folder of their own under
/// `target/records`.
#[must_use]
pub fn folder(project: &Project, design: &Design) -> PathBuf {
    match design.provenance() {
        Provenance::Published => project.committed_records(),
        Provenance::Synthetic(_) | Provenance::Unknown => {
            project.records().join(format!("study-{}", design.fingerprint().short()))
        }
    }
}

/// The variations beside each other, as far as there are records.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Study {
    /// One row for each variation that has records.
    pub rows: Vec<Row>,
}

/// One variation with its series.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// What is different.
    pub what: &'static str,
    /// Its series, in the paper's order.
    pub series: Vec<Series>,
}

impl Study {
    /// Reads the records below a folder.
    ///
    /// # Errors
    /// Those of [`Store::read`] and [`Series::of`]; [`Fault::NO_RECORDS`] if there are none at all.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut rows = Vec::new();
        for Variation { name, what, models, .. } in VARIATIONS {
            let mut series = Vec::new();
            for model in *models {
                series.extend(SeriesBuilder::read_reported(&folder.join(name).join(model.name()), *model)?);
            }
            if !series.is_empty() {
                rows.push(Row { name, what, series });
            }
        }
        if rows.is_empty() {
            let expected = "records of at least one variation";
            return Err(Error::new(Fault::NO_RECORDS, Place::file(folder), expected, "none below it"));
        }
        Ok(Self { rows })
    }
}

impl Study {
    /// The averages of a series, as the paper has them, on each split that was tried with nothing else changed, the main
    /// one first. Splits on which it has too few runs are left out.
    #[must_use]
    pub fn averages_over_splits(&self, series: ReportedSeries) -> Vec<f64> {
        let rows = self.rows.iter().filter(|row| {
            let is_row = |variation: &&Variation| variation.name == row.name;
            VARIATIONS.iter().find(is_row).is_some_and(|variation| !variation.is_choice())
        });
        let own = |row: &Row| row.series.iter().find(|own| own.reported() == Some(series))?.trimmed_mean;
        rows.filter_map(own).collect()
    }

    /// On how many of these splits the first series' average is above the second's.
    #[must_use]
    pub fn splits_above(&self, first: ReportedSeries, second: ReportedSeries) -> usize {
        let [first, second] = [first, second].map(|series| self.averages_over_splits(series));
        first.iter().zip(&second).filter(|(one, other)| one > other).count()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_variation_can_be_trained_and_differs_from_the_main_experiment() {
        let names: BTreeSet<&str> = VARIATIONS.iter().map(|variation| variation.name).collect();
        assert_eq!(names.len(), VARIATIONS.len());
        let set = crate::recordings::synthetic::generate(&Default::default()).unwrap();
        let main = VARIATIONS[0];
        for variation in VARIATIONS {
            assert_eq!(Variation::named(variation.name).as_ref(), Ok(variation));
            for &model in variation.models {
                let settings = variation.settings(model);
                settings.network(1, 3).check().unwrap();
                let same_split = variation.split(&set).unwrap() == main.split(&set).unwrap();
                let same = same_split && settings == main.settings(model);
                assert_eq!(same, *variation == main, "{}", variation.name);
            }
        }
    }

    #[test]
    fn an_unknown_variation_and_an_empty_folder_are_refused() {
        assert_eq!(Variation::named("fast").unwrap_err().problems()[0].fault, Fault::BAD_SETTING);
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Study::read(folder.path()).unwrap_err().problems()[0].fault, Fault::NO_RECORDS);
    }
}
