use super::*;
use crate::audit::{CellConfiguration, Condition, Fit, Training, plan};
use crate::models::Model;
use crate::recordings::{DataSet, Participant, RecordingId, Song, synthetic};
use crate::reproduction::study::Row;
use crate::runs::Weights;
use crate::runs::series::Series;
use crate::runs::series::testing::{records as runs, steady};

/// Trainings of a network under a condition, one a split, each with so many right answers of 39.
fn cell(set: &DataSet, condition: &str, model: Model, right: &[usize]) -> CellRecord {
    let condition = Condition::named(condition).unwrap();
    let cell = plan(Profile::Paper)
        .into_iter()
        .find(|cell| (cell.condition, cell.scheme, cell.model) == (condition, Scheme::Random, model))
        .unwrap();
    let fit = Fit { epoch: 1, training: [1, 1], validation: [1, 1] };
    let trainings = (0..).zip(right).map(|(draw, right)| {
        let answers = (0..39).map(|place: usize| {
            let song = Song::new(place as u32 % 12 + 1).unwrap();
            let id = RecordingId::new(song.into(), Participant::new(place as u32));
            let label = song.genre().label();
            let answer = if place < *right { label } else { (label + 1) % 3 };
            (id, [label, answer, answer])
        });
        let split = String::new();
        Training {
            draw,
            fold: 1,
            split,
            last: fit,
            best: fit,
            answers: answers.collect(),
            logits: BTreeMap::new(),
        }
    });
    CellRecord {
        configuration: CellConfiguration::of(&cell, set),
        program: String::new(),
        trainings: trainings.collect(),
    }
}

fn set() -> DataSet {
    synthetic::generate(&synthetic::Settings::default()).unwrap()
}

#[test]
fn the_papers_order_is_counted_on_the_splits_that_all_networks_have() {
    let set = set();
    let records = [
        cell(&set, "raw", Model::Baseline, &[18, 18, 18, 18, 18]),
        cell(&set, "raw", Model::Multilayer, &[20, 17, 20, 18, 30]),
        // The last split has no CNN; on the third the CNN is as good as the baseline.
        cell(&set, "raw", Model::Cnn, &[17, 16, 18, 16]),
        cell(&set, "whole", Model::Baseline, &[30; 8]),
    ];
    let found = OneSplit::of(&records, None, Profile::Paper);
    assert_eq!(found.conditions.len(), 1);
    let raw = found.as_paper().unwrap();
    assert_eq!((raw.splits, raw.in_order), (4, 1));
    assert_eq!(raw.sentence(), "the paper's order comes out in 1 of 4 splits");
    // 18 of 39 are 46.2 %, above 45; 20 are 51.3, below 52.
    let below: Vec<usize> = raw.series.iter().map(|own| own.below_paper).collect();
    assert_eq!(below, [0, 4, 4, 2]);
    let layers = &raw.differences[0];
    // +2, -1, +2 and 0 of 39; 7 points are 2.7 of 39.
    assert_eq!((layers.holds, layers.as_large), (2, 0));
    assert!((layers.points[1] + 100.0 / 39.0).abs() < 1e-9);
    assert_eq!(found.specifications.len(), 5 + 5 + 4 + 8);
    assert_eq!(found.specifications.iter().filter(|one| one.choice == "log").count(), 8);
    assert!(found.variance.is_empty());
    assert_eq!(found.series_table().rows().len(), 4);
    assert_eq!(found.differences_table().rows().len(), 4);
}

#[test]
fn runs_on_one_split_tell_seeds_from_splits() {
    let set = set();
    let right: Vec<usize> = (0..40).map(|split| 14 + split % 9).collect();
    let models = Model::ALL.map(|model| cell(&set, "raw", model, &right));
    let row = |name: &'static str, right: &[usize]| {
        let series =
            Model::ALL.map(|model| Series::of(&runs(model, 0.7, right, steady), Weights::Final).unwrap());
        Row { name, what: "", series: series.into() }
    };
    let same = Study { rows: vec![row("raw", &[20; 15]), row("split-1", &[12; 5]), row("log", &[26; 15])] };
    let found = OneSplit::of(&models, Some(&same), Profile::Paper).variance;
    assert_eq!(found.len(), 3);
    for own in &found {
        // Runs of one split agree: all of the spread is that of splits.
        assert_eq!((own.seeds, own.seed_freedom, own.choices), (0.0, 14 + 4, 2));
        assert!((own.between_splits - own.all).abs() < 1e-9 && own.all > 5.0);
        // 20 and 26 of 39: 15.4 points apart.
        assert!((own.between_choices.unwrap() - 100.0 * 6.0 / 39.0 / 2.0_f64.sqrt()).abs() < 1e-9);
        assert!((7.0..8.1).contains(&own.of_answers));
    }
    // Runs of one split spread as much as everything: nothing is left for splits.
    let wide: Vec<usize> = (0..15).map(|run| if run % 2 == 0 { 10 } else { 26 }).collect();
    let seeds = Study { rows: vec![row("raw", &wide)] };
    let found = OneSplit::of(&models, Some(&seeds), Profile::Paper).variance;
    assert!(found.iter().all(|own| own.between_splits == 0.0 && own.between_choices.is_none()));
    assert_eq!(OneSplit::of(&models, Some(&seeds), Profile::Paper).variance_table().rows().len(), 3);
}
