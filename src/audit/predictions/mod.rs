//! An audit of predictions, of any study and any model: from one table, without any signal.
//!
//! ```text
//! table ─► Predictions ─► DesignAudit (folds that leak, guesses without a signal, exchanges of labels)
//!                     ├─► ModelAudit  (accuracy with intervals, seeds, p under the design)
//!                     ├─► Comparison  (pairs of models, Holm)
//!                     └─► Limit       (limits of these statements)
//! ```
//!
//! | column | holds |
//! |---|---|
//! | `recording` | the name of a trial or signal |
//! | `participant_id` | the name of its participant |
//! | `label` | its true label, any text; 2 to 64 labels |
//! | `predicted` | the predicted label; may follow from probabilities |
//! | `fold` | the fold that tests it; rows outside a fold train it |
//! | `part` | in place of `fold`, or beside it: train, validation or test |
//! | `stimulus` | optional: the presented stimulus, if results should extend to other stimuli |
//! | `length` | optional: how long the recording is, in any unit |
//! | `seed`, `model` | optional: which training, which model |
//! | `probability_LABEL` | optional: probabilities, one column for each label |
//!
//! # Example
//! ```no_run
//! let audit = eegenre::audit::predictions::PredictionAudit::read("predictions.csv")?;
//! println!("{audit}");
//! for model in &audit.models {
//!     println!("{}: {:.3}, p = {:.4}", model.name, model.accuracy.accuracy.value, model.permutation.p);
//! }
//! # eegenre::Result::<()>::Ok(())
//! ```

mod accuracy;
mod columns;
mod comparison;
mod exchange;
mod guesses;
mod leakage;
mod limits;
mod permutation;
// What is private here is what the table says.
#[allow(clippy::module_inception, reason = "the type that the module is about")]
mod predictions;
mod report;
#[cfg(test)]
mod simulation_tests;
mod table;
#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod testing;
mod training;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

pub use accuracy::{Accuracy, Drawn, Estimate, Recall};
pub use comparison::Comparison;
pub use exchange::Level;
pub use guesses::{Guess, GuessedBy, Guesses};
pub use leakage::FoldLeakage;
pub use limits::Limit;
pub use permutation::{Exchanges, Permutation};
pub use predictions::MAX_MODELS;
pub use table::MAX_TABLE_BYTES;

use crate::error::Result;
use predictions::{Model, Predictions};

/// How chance is meant everywhere in an audit of predictions.
pub const CHANCE: &str = "Chance of a model is the mean accuracy of its predictions over exchanged labels.";

/// All that a table of predictions says. `Display` is the text of the command line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PredictionAudit {
    /// The name of the table's file.
    pub table: String,
    /// The SHA-256 of its bytes.
    pub digest: String,
    /// The version of eegenre.
    pub version: &'static str,
    /// The labels, those that are only predicted included.
    pub labels: Vec<String>,
    /// How many recordings there are.
    pub recordings: usize,
    /// How many participants there are.
    pub participants: usize,
    /// How many stimuli there are; nothing without that column.
    pub stimuli: Option<usize>,
    /// What varies in every interval.
    pub drawn: Drawn,
    /// What chance is.
    pub chance: &'static str,
    /// Whether the table says what trains; else rows outside a fold do.
    pub has_parts: bool,
    /// Whether the table has lengths.
    pub has_lengths: bool,
    /// Rows whose predicted label is not the most probable.
    pub less_probable: usize,
    /// Columns that say nothing here.
    pub not_read: Vec<String>,
    /// Models that have the same folds share a design.
    pub designs: Vec<DesignAudit>,
    /// Each model.
    pub models: Vec<ModelAudit>,
    /// Each pair of models.
    pub comparisons: Vec<Comparison>,
    /// What cannot be said.
    pub limits: Vec<Limit>,
}

/// What is the same whatever a model answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DesignAudit {
    /// The models that have these folds.
    pub models: Vec<String>,
    /// Each fold; of several seeds with folds of their own, all of them.
    pub folds: Vec<FoldLeakage>,
    /// All folds together.
    pub all_folds: FoldLeakage,
    /// What a guess without a signal reaches.
    pub guesses: Guesses,
    /// How labels are exchanged.
    pub exchanges: Exchanges,
    /// Whether any stimulus was met by several participants.
    pub stimuli_are_shared: bool,
    /// Whether each label has one stimulus alone.
    pub one_stimulus_a_label: bool,
}

/// The audit of a model's predictions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelAudit {
    /// Its name; empty if the table names none.
    pub name: String,
    /// Recordings that it answers.
    pub recordings: usize,
    /// How accurate it is.
    pub accuracy: Accuracy,
    /// Whether that is more than chance.
    pub permutation: Permutation,
}

impl PredictionAudit {
    /// Reads a table of comma-, semicolon- or tab-separated values, and audits it.
    ///
    /// # Errors
    /// All problems of the table, each with its cell and column, up to [`MAX_PROBLEMS`](crate::recordings::MAX_PROBLEMS);
    /// [`Fault::UNREADABLE_FILE`](crate::error::Fault::UNREADABLE_FILE) for a file that is no such text, or is larger than
    /// [`MAX_TABLE_BYTES`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        Ok(Self::of(&table::read(path.as_ref())?))
    }

    fn of(predictions: &Predictions) -> Self {
        let source = predictions.source.clone();
        let mut groups: BTreeMap<BTreeSet<usize>, Vec<&Model>> = BTreeMap::new();
        for model in &predictions.models {
            let divisions = model.runs.iter().map(|run| run.division).collect();
            groups.entry(divisions).or_default().push(model);
        }
        let (mut designs, mut permutations) = (Vec::new(), BTreeMap::new());
        for (divisions, models) in groups {
            let divisions: Vec<usize> = divisions.into_iter().collect();
            let (exchanges, each) = permutation::permutations(predictions, &models);
            permutations.extend(models.iter().map(|model| model.name.clone()).zip(each));
            designs.push(DesignAudit::of(predictions, &divisions, &models, exchanges));
        }
        let models = predictions.models.iter().filter_map(|model| {
            let answered: BTreeSet<usize> = predictions.all_answers(model).map(|answer| answer.0).collect();
            Some(ModelAudit {
                name: name(model),
                recordings: answered.len(),
                accuracy: Accuracy::of(predictions, model),
                permutation: permutations.remove(&model.name)?,
            })
        });
        let mut audit = Self {
            table: source.name,
            digest: source.digest,
            version: env!("CARGO_PKG_VERSION"),
            labels: predictions.labels.clone(),
            recordings: predictions.recordings.len(),
            participants: predictions.participants.len(),
            stimuli: Some(predictions.stimuli.len()).filter(|stimuli| *stimuli > 0),
            drawn: Drawn::of(predictions),
            chance: CHANCE,
            has_parts: predictions.divisions.iter().flatten().any(|fold| fold.trains.is_some()),
            has_lengths: predictions.recordings.iter().any(|recording| recording.length.is_some()),
            less_probable: source.less_probable,
            not_read: source.not_read,
            designs,
            models: models.collect(),
            comparisons: comparison::comparisons(predictions),
            limits: Vec::new(),
        };
        audit.limits = limits::limits(&audit);
        audit
    }

    /// A model by its name.
    #[must_use]
    pub fn model(&self, name: &str) -> Option<&ModelAudit> {
        self.models.iter().find(|model| model.name == name)
    }

    /// The design of a model.
    #[must_use]
    pub fn design(&self, model: &str) -> Option<&DesignAudit> {
        self.designs.iter().find(|design| design.models.iter().any(|own| own == model))
    }
}

impl DesignAudit {
    fn of(predictions: &Predictions, divisions: &[usize], models: &[&Model], exchanges: Exchanges) -> Self {
        let (folds, all_folds) = leakage::leakage(predictions, divisions);
        let (mut participants, mut stimuli): (
            BTreeMap<usize, BTreeSet<usize>>,
            BTreeMap<usize, BTreeSet<usize>>,
        ) = Default::default();
        for recording in &predictions.recordings {
            let Some(stimulus) = recording.stimulus else { continue };
            participants.entry(stimulus).or_default().insert(recording.participant);
            stimuli.entry(recording.label).or_default().insert(stimulus);
        }
        Self {
            models: models.iter().map(|model| name(model)).collect(),
            folds,
            all_folds,
            guesses: Guesses::of(predictions, divisions),
            exchanges,
            stimuli_are_shared: participants.values().any(|own| own.len() > 1),
            one_stimulus_a_label: !stimuli.is_empty() && stimuli.values().all(|own| own.len() == 1),
        }
    }
}

/// What a model is called.
fn name(model: &Model) -> String {
    if model.name.is_empty() { "model".to_owned() } else { model.name.clone() }
}
