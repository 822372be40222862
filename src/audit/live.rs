//! Trained live, wherever the program runs: a small synthetic study whose truth is planted where the networks find it, and
//! one in which nothing is.
//!
//! Both have the design of the real study, 125 s of every recording, and no person behind them. The CNN is trained for each
//! of some participants on all others, as in the [audit](crate::audit). What is planted must be found, and nothing where
//! nothing is: so a reader sees the program learn, and sees what an accuracy at chance looks like.

use std::fmt;

use serde::Serialize;

use crate::audit::{self, CUT, Cell, Estimate};
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::models::Model;
use crate::preparation::Scheme;
use crate::recordings::synthetic::{self, Effect};
use crate::report::Table;
use crate::runs::{Control, Preset};
use crate::store::{Project, renew};

/// Participants that are held out, one after the other.
const PARTICIPANTS: usize = 12;
/// Epochs of each training.
const EPOCHS: usize = 60;

/// Accuracies on the two small studies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Live {
    /// Where the speed of changes is planted.
    pub planted: Estimate,
    /// Where nothing is.
    pub null: Estimate,
}

impl Live {
    /// Trains both, always anew.
    ///
    /// # Errors
    /// Those of [`audit::measure`].
    pub fn train(project: &Project, control: &Control) -> Result<Self> {
        let measured = [Effect::Local, Effect::Null].map(|effect| {
            let set = synthetic::small(effect)?;
            let folder = project.records().join(format!("live-{effect}"));
            renew(&folder, "a live training")?;
            let (condition, scheme, model) = (CUT, Scheme::Participant, Model::Cnn);
            let (draws, folds, preset) = (1, Some(PARTICIPANTS), Preset::Paper);
            let cell = Cell { condition, scheme, model, draws, folds, epochs: EPOCHS, preset };
            let estimates = audit::measure(&folder, &set, &cell, control)?;
            let none = || {
                let (place, expected) = (Place::file(&folder), "the accuracy of one cell");
                Error::new(Fault::NO_RECORDS, place, expected, "none")
            };
            estimates.into_iter().next().ok_or_else(none)
        });
        let [planted, null] = measured;
        Ok(Self { planted: planted?, null: null? })
    }

    /// Refuses an instrument that does not find what is planted, or finds something where nothing is.
    ///
    /// # Errors
    /// [`Fault::CHECK_FAILED`] for each.
    pub fn check(&self) -> Result<()> {
        let rows = [(&self.planted, true), (&self.null, false)];
        let wrong = rows.into_iter().filter(|(estimate, planted)| is_found(estimate) != *planted);
        let problems = wrong.map(|(estimate, planted)| {
            let place = Place::field(format!("live training, synthetic, {}", name(planted)));
            let expected = if planted { "a label that is found" } else { "no label, where none is planted" };
            let found = format!("{:.1} % accuracy", 100.0 * estimate.accuracy);
            Problem::new(Fault::CHECK_FAILED, place, expected, found)
        });
        Error::unless_none(problems.collect())
    }

    /// Planted beside found.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new([
            "planted (synthetic)",
            "network",
            "epochs",
            "held-out participants",
            "accuracy, %",
            "95 % CI over participants",
            "chance, %",
            "found",
        ]);
        for (estimate, planted) in [(&self.planted, true), (&self.null, false)] {
            let interval = estimate.over_participants.map_or_else(String::new, |interval| {
                format!("{:.1} to {:.1}", 100.0 * interval.low, 100.0 * interval.high)
            });
            table.push([
                name(planted).to_owned(),
                estimate.series.label().to_owned(),
                estimate.epochs.to_string(),
                estimate.trainings.to_string(),
                format!("{:.1}", 100.0 * estimate.accuracy),
                interval,
                format!("{:.1}", 100.0 * estimate.chance),
                if is_found(estimate) { "yes" } else { "no" }.to_owned(),
            ]);
        }
        table
    }
}

const fn name(planted: bool) -> &'static str {
    if planted { "local texture" } else { "nothing" }
}

/// Whether the whole interval lies above chance.
fn is_found(estimate: &Estimate) -> bool {
    estimate.over_participants.is_some_and(|interval| interval.low > estimate.chance)
}

impl fmt::Display for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.table().to_string().trim_end())
    }
}
