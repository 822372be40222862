//! What features know, and what classifiers make of them.

mod distributions;
mod view;

pub(super) use distributions::Distributions;
pub use view::FeatureView;

use super::dots::{Dots, Group, Mark, Marked, Row};
use crate::classifiers::SelectedOn;
use crate::classifiers::trials::RahmanLabel;
use crate::classifiers::trials::{Classification, Division, Origin, TrialEstimate};
use crate::features::{Feature, FeatureSummary};

/// The title of the figure of accuracies.
pub(super) const CLASSIFIERS: &str = "Classifiers of features: known people and stimuli, and new ones";

/// How much of each feature's spread lies between labels and between participants; of several channels, those of the first.
pub(super) fn knowledge(summary: &FeatureSummary) -> Dots {
    let is_first = summary.features.len() > Feature::ALL.len();
    let rows = summary.features.iter().take(Feature::ALL.len()).map(|feature| {
        let marks = [(Marked::Genre, feature.by_label), (Marked::Participant, feature.by_participant)];
        let marks = marks.into_iter().filter_map(|(of, part)| Some(Mark::new(of, part?, None))).collect();
        Row { name: feature.name.replace('-', " "), chance: None, marks, note: String::new() }
    });
    let name = if is_first { "features of the first channel" } else { "features of the recordings" };
    let group = Group { name: name.to_owned(), rows: rows.collect() };
    Dots::new(
        vec![group],
        "part of the spread of ranks (%)",
        "0: as much as between groups that mean nothing.",
    )
}

/// Accuracies of all features under each division, of selected ones on held-out participants, and as reported.
pub(super) fn classifiers(classification: &Classification) -> Dots {
    let of_origin = |origin: Origin, name: &str| {
        let own = |estimate: &&TrialEstimate| estimate.trial.origin == origin;
        let estimates: Vec<&TrialEstimate> = classification.estimates.iter().filter(own).collect();
        let of_all = Division::ALL.map(|division| {
            let is_row = move |estimate: &TrialEstimate| {
                estimate.trial.division == division && estimate.trial.recipe.selection.is_none()
            };
            row(&estimates, apart(division), is_row)
        });
        let ways = ["mutual-information", "minimum-redundancy", "floating-forward"];
        let selected = ways.map(|way| {
            let name = format!("held-out participants, {}", way.replace('-', " "));
            row(&estimates, &name, move |estimate| is_selected(estimate, way, SelectedOn::TrainingPart))
        });
        let leaking = row(&estimates, "the same, on what is tested too", |estimate| {
            is_selected(estimate, ways[2], SelectedOn::EveryRow)
        });
        let rows = of_all.into_iter().chain(selected).chain([leaking]);
        Group { name: name.to_owned(), rows: rows.filter(|row| !row.marks.is_empty()).collect() }
    };
    let reported = classification.beside.iter().filter(|row| row.reported.label != RahmanLabel::Rating);
    let marks: Vec<Mark> = reported
        .map(|row| Mark::new(Marked::Classifier(row.classifier), row.reported.percent / 100.0, None))
        .collect();
    let is_of = |estimate: &&TrialEstimate| estimate.trial.division == Division::Participant;
    let chance = classification.estimates.iter().find(is_of).map(|estimate| 100.0 * estimate.chance);
    let rows = vec![Row {
        name: "held-out participants, all features".to_owned(),
        chance,
        marks,
        note: String::new(),
    }];
    let rows = rows.into_iter().filter(|row| !row.marks.is_empty()).collect();
    Dots::of_accuracies(vec![
        of_origin(Origin::Recordings, "here, features of the recordings"),
        of_origin(Origin::Cut, "here, features of the recordings cut to one length"),
        of_origin(Origin::Published, "here, the published table of features"),
        Group { name: "as reported, features of 14 channels (Rahman et al.)".to_owned(), rows },
    ])
}

fn is_selected(estimate: &TrialEstimate, way: &str, on: SelectedOn) -> bool {
    let recipe = estimate.trial.recipe;
    recipe.selection.is_some_and(|selection| selection.name() == way) && recipe.selected_on == on
}

/// The classifiers of all estimates of a row.
fn row(estimates: &[&TrialEstimate], name: &str, is_row: impl Fn(&TrialEstimate) -> bool) -> Row {
    let own: Vec<&&TrialEstimate> = estimates.iter().filter(|estimate| is_row(estimate)).collect();
    let mark = |estimate: &&&TrialEstimate| {
        let of = Marked::Classifier(estimate.trial.recipe.classifier);
        Mark::new(of, estimate.accuracy, estimate.over_participants)
    };
    let chance = own.first().map(|estimate| 100.0 * estimate.chance);
    Row { name: name.to_owned(), chance, marks: own.iter().map(mark).collect(), note: String::new() }
}

const fn apart(division: Division) -> &'static str {
    match division {
        Division::Participant => "held-out participants, all features",
        Division::Stimulus => "new stimuli, all features",
        Division::Random => "the paper's splits, all features",
        Division::TenFold => "ten random parts, all features",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::FeatureTable;
    use crate::figures::Figure;
    use crate::recordings::synthetic::{self, Settings};
    use crate::recordings::{DataSet, Recording};

    fn few() -> DataSet {
        let set = synthetic::generate(&Settings::default()).unwrap();
        let cut = |recording: &Recording| Recording {
            samples: recording.samples[..60].to_vec(),
            ..recording.clone()
        };
        DataSet::new(set.recordings().iter().map(cut).collect()).unwrap()
    }

    #[test]
    fn features_can_be_drawn_as_far_as_there_are_any() {
        let set = few();
        let table = FeatureTable::of(&set);
        let figures = [Figure::distributions(&table, &set), Figure::knowledge(&table.summary(), &set)];
        for (view, figure) in FeatureView::ALL.into_iter().zip(figures) {
            assert_eq!((figure.title.as_str(), figure.png().is_ok()), (view.title(), true), "{view}");
            assert_eq!(view.name().parse(), Ok(view));
        }
        assert!("8".parse::<FeatureView>().is_err());
    }

    #[test]
    fn accuracies_that_are_not_there_are_not_drawn() {
        let set = few();
        let nothing = Classification {
            data: set.fingerprint(),
            known_as: None,
            profile: crate::runs::profile::Profile::Quick,
            without_exchanges: Vec::new(),
            missing: Vec::new(),
            features: Default::default(),
            estimates: Vec::new(),
            beside: Vec::new(),
            baselines: crate::classifiers::trials::baselines::Baselines::default(),
        };
        assert_eq!(classifiers(&nothing), Dots::of_accuracies(Vec::new()));
        assert!(Figure::classifiers(&nothing).svg().unwrap().contains(CLASSIFIERS));
    }
}
