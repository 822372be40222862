//! What is trained in a notebook: one network, on a small synthetic study of known truth.

use std::sync::atomic::AtomicBool;

use crate::error::{Error, Fault, Place, Result};
use crate::figures::Figure;
use crate::models::Model;
use crate::preparation::{Normalisation, Split};
use crate::recordings::DataSet;
use crate::report::Table;
use crate::reproduction::experiment::SPLIT_SEED;
use crate::runs::{self, Control, Preset, Record};
use crate::store::{Project, renew};

/// One training, here and now.
#[derive(Debug, Clone, PartialEq)]
pub struct Live {
    /// The recordings.
    pub set: DataSet,
    /// The random split of it.
    pub split: Split,
    /// How the training went, and what the network answers.
    pub record: Record,
}

impl Live {
    /// Trains a network for so many epochs on a random split of recordings, with the preset of the study; the paper's is log-scaled.
    ///
    /// # Errors
    /// Those of [`runs::train`].
    pub(super) fn train(
        project: &Project,
        notebook: &str,
        set: &DataSet,
        model: Model,
        epochs: usize,
    ) -> Result<Self> {
        let split = Split::random(set, SPLIT_SEED)?;
        let preset = Preset::of(set);
        let mut settings = preset.settings_for(model, set);
        if preset.is_paper() && !set.has_negative_samples() {
            settings.preparation.normalisation = Normalisation::Log;
        }
        settings.hyperparameters.epochs = epochs;
        // Every time anew: that it trains here is what it is for.
        let folder = project.records().join(format!("live-{notebook}-{model}"));
        renew(&folder, "a training of a notebook")?;
        let never = AtomicBool::new(false);
        let control = Control::new(&never);
        let records = runs::train(set, &split, settings, 1, &folder, &control)?;
        let record = records.into_iter().next().ok_or_else(|| {
            Error::new(Fault::NO_RECORDS, Place::file(&folder), "the record of one run", "none")
        })?;
        Ok(Self { set: set.clone(), split, record })
    }

    /// Mean loss on the recordings that train, after the first epoch and after the last.
    #[must_use]
    pub fn losses(&self) -> [f64; 2] {
        let losses = &self.record.history.training.loss;
        [losses.first(), losses.last()].map(|loss| loss.copied().unwrap_or(f64::NAN))
    }

    /// Whether the loss on the recordings that train is lower after the last epoch than after the first.
    #[must_use]
    pub fn learns(&self) -> bool {
        let [first, last] = self.losses();
        last < first
    }

    /// The curves of the training.
    ///
    /// # Errors
    /// Those of [`Figure::training`].
    pub fn figure(&self) -> Result<Figure> {
        Figure::training(std::slice::from_ref(&self.record), &self.set.provenance())
    }

    /// What was trained, on what, and what came of it.
    #[must_use]
    pub fn table(&self) -> Table {
        let Record { configuration, history, .. } = &self.record;
        let [first, last] = self.losses();
        let mut table = Table::new(["", "trained here"]);
        table.push(["study", &self.set.provenance().known_as().unwrap_or_default()]);
        table.push(["recordings that train", &history.training.recordings.to_string()]);
        table.push(["network", configuration.settings.model.name()]);
        table.push(["epochs", &configuration.settings.hyperparameters.epochs.to_string()]);
        table.push(["training loss, first and last epoch", &format!("{first:.3} and {last:.3}")]);
        table
    }
}
