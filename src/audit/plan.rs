//! Which cells of the audit are trained, and how much.

use std::fmt;

use super::condition::{CLEAN, CONDITIONS, CUT, Condition, RAW, WHOLE};
use crate::error::{Error, Fault, Place, Result};
use crate::models::Model;
use crate::preparation::{AskedFraming, Scheme};
use crate::recordings::Design;
use crate::runs::profile::Profile;
use crate::runs::{Preset, Settings};

/// A network under a condition, tested by a scheme of splitting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// The condition.
    pub condition: Condition,
    /// What the parts of its splits keep apart.
    pub scheme: Scheme,
    /// The network.
    pub model: Model,
    /// How often splits are drawn anew, each time with other initial weights too.
    pub draws: u64,
    /// Folds of each draw that are trained, from the first; `None` for all of them.
    pub folds: Option<usize>,
    /// Epochs of each training.
    pub epochs: usize,
    /// Where its sizes and all other hyper-parameters come from; scale and epochs are the cell's own.
    pub preset: Preset,
}

impl Cell {
    /// Its name: `cut participant baseline 300`, `cut participant baseline small 100`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {} {} {}", self.condition.name, self.scheme, self.model, self.extent(' '))
    }

    /// Its epochs, behind its preset where that is not the paper's.
    pub(super) fn extent(&self, between: char) -> String {
        match self.preset {
            Preset::Paper => self.epochs.to_string(),
            preset @ Preset::Small => format!("{preset}{between}{}", self.epochs),
        }
    }

    /// The arguments of `eegenre` that train the cell.
    #[must_use]
    pub(super) fn command(&self, profile: Profile) -> Vec<String> {
        ["audit", "--profile", profile.name(), "--cell", &self.name()].map(str::to_owned).into()
    }

    /// The cell of a profile that has this [name](Self::name).
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] if it has none.
    pub fn named(name: &str, profile: Profile) -> Result<Self> {
        plan(profile).into_iter().find(|cell| cell.name() == name).ok_or_else(|| {
            let expected = format!("a cell of the profile {profile}; `eegenre plan audit` lists their names");
            Error::new(Fault::BAD_SETTING, Place::field("cell"), expected, name)
        })
    }

    /// The settings of a draw's trainings. The draw is the seed of all that is random in them.
    #[must_use]
    pub fn settings(&self, set: &Design, draw: u64) -> Settings {
        let mut settings = self.preset.settings(self.model);
        settings.preparation = self.condition.preparation(set, draw);
        settings.input = self.condition.input();
        settings.hyperparameters.epochs = self.epochs;
        settings.seed = draw;
        settings.framed(set, AskedFraming::default())
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name())
    }
}

/// The cells of a profile, condition by condition, with the paper's sizes.
///
/// In the paper's profile every network has the paper's epochs under the [conditions of equal schedules](EQUAL) and under
/// both scales that are tried beside them. Controls that take more away train the baseline for the paper's epochs too, but
/// the multi-layer LSTM for 200 and the CNN for 300, and slices for 100: full schedules of all of them would take days. Whole
/// and cut signals are there with these epochs too, so that such a control stands beside a reference of equal epochs.
#[must_use]
pub fn plan(profile: Profile) -> Vec<Cell> {
    let cells = CONDITIONS.into_iter().flat_map(|condition| {
        let models = condition.models.iter().filter(move |model| concerns(profile, condition, **model));
        models.flat_map(move |&model| {
            Scheme::ALL.into_iter().flat_map(move |scheme| {
                let folds = (profile == Profile::Smoke).then_some(1);
                let preset = Preset::Paper;
                let of =
                    move |(draws, epochs)| Cell { condition, scheme, model, draws, folds, epochs, preset };
                trainings(profile, condition, scheme, model)
                    .into_iter()
                    .filter(|(draws, _)| *draws > 0)
                    .map(of)
            })
        })
    });
    cells.collect()
}

/// Conditions under which all networks have the paper's epochs: those that the claims are judged under.
pub const EQUAL: [&str; 5] = [RAW.name, "raw-clean", WHOLE.name, CLEAN.name, CUT.name];

/// Splits on which one training of each network shows what a random split decides.
const SPLITS: u64 = 40;

/// Trainings of a null distribution.
const EXCHANGES: u64 = 60;

/// The networks of a shorter profile: the baseline, which trains in seconds.
fn concerns(profile: Profile, condition: Condition, model: Model) -> bool {
    let is_short = matches!(condition.name, "whole" | "clean" | "cut" | "constant" | "cut-shuffle-1");
    profile == Profile::Paper || (model == Model::Baseline && is_short)
}

/// How many draws, and epochs of each training.
fn trainings(profile: Profile, condition: Condition, scheme: Scheme, model: Model) -> Vec<(u64, usize)> {
    let full = full_epochs(profile, model);
    match profile {
        Profile::Smoke | Profile::Quick => vec![(few(condition, scheme), full)],
        Profile::Paper => {
            let mut all = vec![(draws(condition, scheme, model), full)];
            let (draws, epochs) = short(condition, scheme, model);
            if epochs < full {
                all.push((draws, epochs));
            } else {
                all[0].0 = all[0].0.max(draws);
            }
            all
        }
    }
}

/// The longest schedule of a profile, that of the conditions of equal schedules.
pub(super) fn full_epochs(profile: Profile, model: Model) -> usize {
    match profile {
        Profile::Smoke => 2,
        Profile::Quick => 100,
        Profile::Paper => profile.extent(model).1,
    }
}

/// Draws of a shorter profile.
fn few(condition: Condition, scheme: Scheme) -> u64 {
    let is_honest = matches!(condition.name, "whole" | "clean" | "cut" | "constant");
    match scheme {
        Scheme::Random => 2,
        Scheme::Participant | Scheme::Stimulus | Scheme::Session => u64::from(is_honest),
        Scheme::Both => 0,
    }
}

/// Draws at the paper's epochs. Each draw has a seed of its own; of a random scheme it is another split too.
fn draws(condition: Condition, scheme: Scheme, model: Model) -> u64 {
    let seeds = if model == Model::Baseline { 3 } else { 1 };
    match (condition.name, scheme) {
        ("raw", Scheme::Random) => SPLITS,
        ("raw" | "raw-clean", Scheme::Participant) => seeds,
        ("raw" | "raw-clean", Scheme::Stimulus | Scheme::Session | Scheme::Both) => 0,
        ("null", Scheme::Participant) => EXCHANGES,
        ("raw-clean" | "whole" | "clean" | "cut" | "z-score" | "min-max", Scheme::Random) => 8,
        ("whole" | "clean" | "cut", Scheme::Participant | Scheme::Stimulus | Scheme::Both) => seeds,
        _ => 0,
    }
}

/// Draws of the controls, and epochs. The multi-layer LSTM takes ten times as long as the others and is spared what they
/// show already.
fn short(condition: Condition, scheme: Scheme, model: Model) -> (u64, usize) {
    let is_light = model != Model::Multilayer;
    let epochs = match model {
        Model::Baseline => Profile::Paper.extent(model).1,
        Model::Multilayer if !condition.input().is_whole() => 100,
        Model::Multilayer => 200,
        Model::Cnn => 300,
    };
    let draws = match (condition.name, scheme) {
        ("raw" | "raw-clean" | "clean" | "null" | "z-score" | "min-max", _) => 0,
        ("crop" | "noise" | "participant-scale", Scheme::Random) if !is_light => 0,
        (_, Scheme::Random) => 8,
        ("whole" | "cut" | "slices" | "slices-and-whole", Scheme::Participant) => 1,
        ("whole" | "cut", Scheme::Stimulus) => 2,
        ("whole" | "cut", Scheme::Both) => 1,
        ("crop" | "end" | "constant", Scheme::Participant) => u64::from(is_light),
        ("constant", Scheme::Stimulus) => 2 * u64::from(is_light),
        ("constant", Scheme::Both) => u64::from(is_light),
        _ => 0,
    };
    (draws, epochs)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::preparation::split::testing::PUBLISHED;

    #[test]
    fn every_cell_has_a_name_of_its_own_and_something_to_train() {
        for profile in Profile::ALL {
            let cells = plan(profile);
            let names: BTreeSet<String> = cells.iter().map(Cell::name).collect();
            assert_eq!(names.len(), cells.len());
            assert!(cells.iter().all(|cell| cell.draws > 0 && cell.epochs > 0));
            assert!(cells.iter().all(|cell| cell.condition.models.contains(&cell.model)));
        }
    }

    #[test]
    fn the_papers_profile_has_every_condition() {
        let cells = plan(Profile::Paper);
        for condition in CONDITIONS {
            assert!(cells.iter().any(|cell| cell.condition == condition), "{}", condition.name);
        }
    }

    #[test]
    fn under_conditions_of_equal_schedules_all_networks_have_the_papers_epochs() {
        let cells = plan(Profile::Paper);
        let has = |name: &str, scheme, model| {
            let epochs = Profile::Paper.extent(model).1;
            let is_it = |cell: &&Cell| {
                (cell.condition.name, cell.scheme, cell.model, cell.epochs) == (name, scheme, model, epochs)
            };
            cells.iter().find(is_it).map_or(0, |cell| cell.draws)
        };
        for name in EQUAL {
            let is_raw = name.starts_with("raw");
            let schemes = if is_raw { &[Scheme::Random, Scheme::Participant][..] } else { &PUBLISHED };
            for &scheme in schemes {
                assert!(has(name, scheme, Model::Baseline) >= 3, "{name} {scheme}");
                assert!(has(name, scheme, Model::Multilayer) >= 1, "{name} {scheme}");
                assert!(has(name, scheme, Model::Cnn) >= 1, "{name} {scheme}");
            }
        }
        for model in Model::ALL {
            assert!(has("raw", Scheme::Random, model) >= 40);
            assert!(["whole", "z-score", "min-max"].iter().all(|name| has(name, Scheme::Random, model) >= 8));
        }
        assert!(has("null", Scheme::Participant, Model::Baseline) >= 60);
    }

    #[test]
    fn a_control_has_a_reference_of_equal_epochs() {
        let cells = plan(Profile::Paper);
        let is_control =
            |cell: &&Cell| !EQUAL.contains(&cell.condition.name) && cell.condition.input().is_whole();
        let logarithmic = |cell: &&Cell| !matches!(cell.condition.name, "z-score" | "min-max" | "null");
        for cell in cells.iter().filter(is_control).filter(logarithmic) {
            let reference = if cell.condition.block_seconds().is_some() { CUT } else { WHOLE };
            let is_reference = |other: &Cell| {
                other.condition == reference
                    && (other.scheme, other.model, other.epochs) == (cell.scheme, cell.model, cell.epochs)
            };
            assert!(cells.iter().any(is_reference), "{}", cell.name());
        }
    }
}
