//! What is tried: a classifier of features, divided in some way.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::division::Division;
use crate::classifiers::{Classifier, Recipe, SelectedOn, Selection};
use crate::runs::profile::Profile;

/// Features that a selection takes, at most: ten of the 26, so that there is something to choose.
pub const SELECTED: usize = 10;

/// Draws of a division that leaves a random part out. Each costs less than a second.
const DRAWS: u64 = 20;
/// Draws of one that is drawn for the classifiers' seeds, or for which stimuli go together, alone.
const FEW_DRAWS: u64 = 5;

/// Where features come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// [`FeatureTable::of`](crate::features::FeatureTable::of) recordings: a row for each.
    Recordings,
    /// The same of recordings that are all cut to the length of the shortest: neither their length nor what stands at
    /// their ends is left, and both predict the label.
    Cut,
    /// The table that Rahman et al. published: a row for each recording and band.
    Published,
}

impl Origin {
    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recordings => "recordings",
            Self::Cut => "cut",
            Self::Published => "published",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Repetitions of a trial with exchanged labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchanges {
    /// How many.
    pub number: u64,
    /// Draws of each, from the first.
    pub draws: u64,
}

/// A classifier of features, divided in some way so often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// Where the features come from.
    pub origin: Origin,
    /// What its tests keep apart.
    pub division: Division,
    /// The classifier, and how its features are selected.
    pub recipe: Recipe,
    /// How often it is divided, each time with another seed.
    pub draws: u64,
}

impl Trial {
    /// With as many draws as a division needs.
    #[must_use]
    pub fn new(origin: Origin, division: Division, recipe: Recipe) -> Self {
        let is_light = recipe.selection.is_none();
        let draws = match division {
            Division::Random if is_light => DRAWS,
            _ if is_light => FEW_DRAWS,
            _ => 1,
        };
        Self { origin, division, recipe, draws }
    }

    /// How often its labels are exchanged for a null distribution, and on how many of its draws each time.
    ///
    /// Where a draw decides what is tested, on all of them; else on the first, because the others move the start of a network
    /// alone. Not for a floating selection, of which 500 take an hour (KNN) to many hours.
    #[must_use]
    pub fn exchanges(&self, profile: Profile) -> Exchanges {
        let number = match (profile, self.recipe.selection) {
            (_, Some(Selection::FloatingForward { .. })) => 0,
            (Profile::Paper, _) => 500,
            (Profile::Quick, _) => 99,
            (Profile::Smoke, _) => 19,
        };
        let draws = if self.division == Division::Random { self.draws } else { 1 };
        Exchanges { number, draws }
    }

    /// Its name, and that of its record: `participant-knn`, `participant-svm-floating-forward-leaking`.
    #[must_use]
    pub fn name(&self) -> String {
        let Recipe { classifier, selection, selected_on } = self.recipe;
        let mut name = format!("{}-{classifier}", self.division);
        if let Some(selection) = selection {
            name += "-";
            name += selection.name();
        }
        if selected_on == SelectedOn::EveryRow {
            name += "-leaking";
        }
        name
    }
}

/// The trials of the comparison of section 3.4 on features of one origin.
///
/// Every classifier of all features under each division. In the paper's profile, on held-out participants, as Rahman et al.
/// divide, also with each selection, and once with a selection that has seen what is tested. A shorter one has neighbours and
/// support vectors, each division that does not leak by itself drawn once: networks take minutes on hundreds of recordings.
#[must_use]
pub fn plan(origin: Origin, profile: Profile) -> Vec<Trial> {
    let has_stimuli = origin != Origin::Published;
    let divisions =
        Division::ALL.into_iter().filter(move |division| has_stimuli || *division != Division::Stimulus);
    let of_all_features = divisions.flat_map(move |division| {
        Classifier::ALL.map(|classifier| Trial::new(origin, division, Recipe::of(classifier)))
    });
    let with = move |classifier, selection| {
        let recipe = Recipe { selection: Some(selection), ..Recipe::of(classifier) };
        Trial::new(origin, Division::Participant, recipe)
    };
    let selected = Classifier::ALL.into_iter().flat_map(move |classifier| {
        let ways =
            Selection::all(SELECTED).into_iter().filter(move |way| is_affordable(origin, classifier, *way));
        ways.map(move |way| with(classifier, way))
    });
    let floating = Selection::FloatingForward { count: SELECTED };
    let of_floating = [Classifier::Knn, Classifier::Svm].into_iter();
    let leaking = of_floating.filter(move |classifier| is_affordable(origin, *classifier, floating)).map(
        move |classifier| {
            let mut trial = with(classifier, floating);
            trial.recipe.selected_on = SelectedOn::EveryRow;
            trial
        },
    );
    if profile == Profile::Paper {
        of_all_features.chain(selected).chain(leaking).collect()
    } else {
        let is_short =
            |trial: &Trial| trial.division != Division::TenFold && trial.recipe.classifier != Classifier::Mlp;
        of_all_features.filter(is_short).map(|trial| Trial { draws: 1, ..trial }).collect()
    }
}

/// A floating selection trains thousands of classifiers in each fold. That takes neighbours seconds and support vectors
/// minutes; on the published table, of three times as many rows, it was stopped after ten. Networks would take hours.
fn is_affordable(origin: Origin, classifier: Classifier, selection: Selection) -> bool {
    match (selection, classifier) {
        (Selection::FloatingForward { .. }, Classifier::Svm) => origin != Origin::Published,
        (Selection::FloatingForward { .. }, Classifier::Mlp) => false,
        _ => true,
    }
}
