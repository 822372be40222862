//! How well features separate labels, and how accurate classifiers of features are.

mod distributions;
mod view;

pub(super) use distributions::Distributions;
pub use view::FeatureView;

use super::dots::{Dots, Group, Level, Mark, Marked, Row};
use crate::classifiers::SelectedOn;
use crate::classifiers::trials::RahmanLabel;
use crate::classifiers::trials::{Classification, Division, Origin, TrialEstimate};
use crate::features::{Feature, FeatureSummary};

/// The titles of the figure of accuracies, and of the one for an appendix.
pub(super) const CLASSIFIERS: [&str; 2] = [
    "How accurate are classifiers of features?",
    "Appendix: classifiers of all features, of selected ones, and of the published table",
];

/// The most rows of a main figure.
const MOST_ROWS: usize = 7;

/// How much of each feature's spread lies between labels and between participants; of several channels, those of the first. A main
/// figure has the features that separate labels best, the best first.
pub(super) fn knowledge(summary: &FeatureSummary, all: bool) -> Dots {
    let is_first = summary.features.len() > Feature::ALL.len();
    let mut features: Vec<_> = summary.features.iter().take(Feature::ALL.len()).collect();
    let number = features.len();
    if !all {
        let share = |part: Option<f64>| part.unwrap_or(f64::NEG_INFINITY);
        features.sort_by(|one, other| share(other.by_label).total_cmp(&share(one.by_label)));
        features.truncate(MOST_ROWS);
    }
    let between_participants = summary.features.iter().take(number);
    let more = between_participants.filter(|one| one.by_participant > one.by_label).count();
    let rows = features.into_iter().map(|feature| {
        let marks = [(Marked::Genre, feature.by_label), (Marked::Participant, feature.by_participant)];
        let marks = marks.into_iter().filter_map(|(of, part)| Some(Mark::new(of, part?, None))).collect();
        Row { name: feature.name.replace('-', " "), chance: None, marks, note: String::new() }
    });
    let rows: Vec<Row> = rows.collect();
    let of = if is_first { "the first channel" } else { "the recordings" };
    let name = match all {
        true => format!("features of {of}"),
        false => format!("the {} of {number} features of {of} that separate labels best", rows.len()),
    };
    Dots::new(
        vec![Group { name, rows }],
        "share of the variance of ranks (%)",
        "0: as much as between groups drawn at random.",
        format!(
            "Look at the distance between the two marks of a row: {more} of {number} features separate participants better than \
             labels."
        ),
    )
}

/// Accuracies of all features under each division, and as reported; for an appendix also of selected ones, and of the published
/// table of features.
pub(super) fn classifiers(classification: &Classification, all: bool) -> Dots {
    let of_origin = |origin: Origin, name: &str, divisions: &[Division]| {
        let own = |estimate: &&TrialEstimate| estimate.trial.origin == origin;
        let estimates: Vec<&TrialEstimate> = classification.estimates.iter().filter(own).collect();
        let of_all = divisions.iter().map(|&division| {
            let is_row = move |estimate: &TrialEstimate| {
                estimate.trial.division == division && estimate.trial.recipe.selection.is_none()
            };
            row(&estimates, apart(division), is_row)
        });
        let ways = ["mutual-information", "minimum-redundancy", "floating-forward"];
        let selected = ways.map(|way| {
            let name = format!("held out, {}", way.replace('-', " "));
            row(&estimates, &name, move |estimate| is_selected(estimate, way, SelectedOn::TrainingPart))
        });
        let leaking = row(&estimates, "the same, selected on test too", |estimate| {
            is_selected(estimate, ways[2], SelectedOn::EveryRow)
        });
        let selected = selected.into_iter().chain([leaking]).filter(|_| all);
        let rows = of_all.chain(selected);
        Group { name: name.to_owned(), rows: rows.filter(|row| !row.marks.is_empty()).collect() }
    };
    let reported = classification.beside.iter().filter(|row| row.reported.label != RahmanLabel::Rating);
    let marks: Vec<Mark> = reported
        .map(|row| Mark::new(Marked::Classifier(row.classifier), row.reported.percent / 100.0, None))
        .collect();
    let is_of = |estimate: &&TrialEstimate| estimate.trial.division == Division::Participant;
    let chance = classification.estimates.iter().find(is_of).map(level);
    let rows =
        vec![Row { name: apart(Division::Participant).to_owned(), chance, marks, note: String::new() }];
    let rows = rows.into_iter().filter(|row| !row.marks.is_empty()).collect();
    let of_cut: &[Division] = if all { &Division::ALL } else { &[Division::Participant, Division::Random] };
    let mut groups = vec![
        of_origin(Origin::Recordings, "here, features of the recordings", &Division::ALL),
        of_origin(Origin::Cut, "here, features of the recordings cut to one length", of_cut),
    ];
    if all {
        groups.push(of_origin(Origin::Published, "here, the published table of features", &Division::ALL));
    }
    groups.push(Group { name: "as reported, features of 14 channels (Rahman et al.)".to_owned(), rows });
    Dots::of_accuracies(
        groups,
        "Compare the first row of each group, held-out participants, with the last row, which holds the reported accuracies.",
    )
}

/// What a guess reaches under the division of a trial.
fn level(estimate: &TrialEstimate) -> Level {
    Level::of(estimate.chance, estimate.trial.division.known())
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
    let chance = own.first().map(|estimate| level(estimate));
    Row { name: name.to_owned(), chance, marks: own.iter().map(mark).collect(), note: String::new() }
}

const fn apart(division: Division) -> &'static str {
    match division {
        Division::Participant => "held-out participants",
        Division::Stimulus => "held-out stimuli",
        Division::Random => "random splits, as the paper's",
        Division::TenFold => "ten random parts",
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
        let summary = table.summary();
        let figures = [
            Figure::distributions(&table, &set),
            Figure::knowledge(&summary, &set),
            Figure::all_knowledge(&summary, &set),
        ];
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
        for (figure, title) in
            [Figure::classifiers(&nothing), Figure::all_classifiers(&nothing)].into_iter().zip(CLASSIFIERS)
        {
            assert!(figure.svg().unwrap().contains(title));
            assert!(figure.description().starts_with("Dot plot of test accuracy, in percent, in 0 rows"));
        }
    }
}
