//! The committed records of the paper's experiment, and what the README says of them.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use eegenre::classifiers::trials::{Origin, TrialRecord, plan};
use eegenre::evaluation::statistics::{Interval, cluster_interval};
use eegenre::models::Model;
use eegenre::nn::StateDict;
use eegenre::recordings::{Fingerprint, Provenance};
use eegenre::reproduction::results::Results;
use eegenre::reproduction::study::VARIATIONS;
use eegenre::runs::prediction::WeightsFile;
use eegenre::runs::profile::Profile;
use eegenre::runs::series::{ReportedSeries, Series};
use eegenre::runs::{Record, Store, Weights};
use support::project;

/// What the folder of records may hold at most.
const MOST_BYTES: u64 = 24 << 20;

fn records(variation: &str, model: Model) -> Vec<Record> {
    Store::read(project().committed_records().join(variation).join(model.name())).unwrap()
}

/// Bytes of all files that git tracks: records, and weights of the first run of the full variations.
fn bytes_below(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| match entry.metadata().unwrap() {
            data if data.is_dir() => bytes_below(&entry.path()),
            data if is_tracked(&entry.path()) => data.len(),
            _ => 0,
        })
        .sum()
}

fn is_tracked(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_str().unwrap();
    let is_full = ["raw", "log"].iter().any(|name| path.parent().unwrap().parent().unwrap().ends_with(name));
    name.ends_with(".json") || (name.ends_with(".safetensors") && name.starts_with("run-00.") && is_full)
}

/// What stands in the README as the output of a command.
fn shown_in_readme(command: &str) -> String {
    let readme = fs::read_to_string(project().root().join("README.md")).unwrap();
    let (_, rest) = readme.split_once(&format!("<!-- eegenre {command} -->\n")).unwrap();
    let (shown, _) = rest.split_once("<!-- end -->").unwrap();
    shown.trim().to_owned()
}

#[test]
fn the_readme_shows_the_results_of_the_committed_records() {
    let groups = Model::ALL.map(|model| records("raw", model));
    let groups: Vec<&[Record]> = groups.iter().map(Vec::as_slice).collect();
    let results = Results::of(&groups, &Provenance::Published).unwrap();
    let shown = shown_in_readme("results --markdown: the first table");
    assert_eq!(shown, results.series_table().markdown().trim());
}

#[test]
fn the_readme_describes_its_figure_to_those_who_do_not_see_it() {
    let readme = fs::read_to_string(project().root().join("README.md")).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_eegenre"))
        .args(["figure", "controls", "--describe", "--json", "--project"])
        .arg(project().root())
        .env_remove("EEGENRE_DATA")
        .output()
        .unwrap();
    let described: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let description = described["figures"][0]["description"].as_str().unwrap();
    assert!(readme.contains(&format!("![{description}](figures/audit-controls.png)")), "{description}");
}

/// Variations that were not run on the published recordings.
const NOT_RECORDED: [&str; 2] = ["z-score", "min-max"];

#[test]
fn every_other_variation_is_recorded_with_all_its_runs() {
    for variation in VARIATIONS {
        for &model in variation.models {
            let runs = if NOT_RECORDED.contains(&variation.name) { 0 } else { variation.runs };
            let records = records(variation.name, model);
            assert_eq!(records.len() as u64, runs, "{} {model}", variation.name);
        }
    }
}

#[test]
fn committed_records_are_of_the_published_recordings_and_of_the_variation_that_their_folder_names() {
    for variation in VARIATIONS {
        for &model in variation.models {
            let records = records(variation.name, model);
            for record in &records {
                let configuration = &record.configuration;
                assert_eq!(configuration.settings, variation.settings(model), "{} {model}", variation.name);
                assert_eq!(configuration.data, Fingerprint::PUBLISHED);
            }
        }
    }
}

/// What the records of a comparison with section 3.4 say, whatever table of features they are of.
fn trials() -> Vec<TrialRecord> {
    let folder = project().committed_records().join("classification");
    let planned = [Origin::Recordings, Origin::Cut, Origin::Published].into_iter();
    let planned = planned.flat_map(|origin| plan(origin, Profile::Paper));
    planned
        .map(|trial| TrialRecord::load(&folder, trial).unwrap().unwrap_or_else(|| panic!("{}", trial.name())))
        .collect()
}

#[test]
fn every_trial_of_features_is_recorded_with_all_its_draws_and_on_one_table_of_its_origin() {
    let trials = trials();
    for record in &trials {
        let configuration = &record.configuration;
        let first =
            trials.iter().find(|other| other.configuration.trial.origin == configuration.trial.origin);
        assert_eq!(configuration.table, first.unwrap().configuration.table, "{}", configuration.trial.name());
        let draws: BTreeSet<u64> = record.folds.iter().map(|fold| fold.draw).collect();
        assert_eq!(draws.len() as u64, configuration.trial.draws, "{}", configuration.trial.name());
    }
}

#[test]
fn committed_weights_say_what_they_are_for_in_the_bytes_that_training_writes() {
    for variation in ["raw", "log"] {
        for model in Model::ALL {
            let folder = project().committed_records().join(variation).join(model.name());
            let configuration = records(variation, model)[0].configuration.clone();
            for which in [Weights::Final, Weights::Best] {
                let path = Store::weights_in(&folder, 0, which);
                let purpose = WeightsFile::read(&path).unwrap().purpose().cloned().unwrap();
                assert_eq!(purpose.settings, configuration.settings, "{}", path.display());
                assert_eq!((purpose.data, purpose.rate_hz), (configuration.data, 8.0));
                assert!(purpose.labels.are_published());
                let bytes = fs::read(&path).unwrap();
                let (weights, _) = StateDict::from_bytes(&bytes).unwrap();
                assert!(weights.to_bytes(Some(purpose.to_note().unwrap())) == bytes, "{}", path.display());
            }
        }
    }
}

/// A table of the model card, without its head.
fn rows_of_the_card(name: &str) -> Vec<String> {
    let card = fs::read_to_string(project().committed_records().join("MODEL_CARD.md")).unwrap();
    let (_, rest) = card.split_once(&format!("<!-- {name} -->\n")).unwrap();
    let (table, _) = rest.split_once("<!-- end -->").unwrap();
    table.trim().lines().skip(2).map(str::to_owned).collect()
}

/// As `31.1 to 46.4`.
fn in_percent(interval: Interval) -> String {
    let Interval { low, high } = interval.of_parts().in_percent();
    format!("{low:.1} to {high:.1}")
}

#[test]
fn the_model_card_has_the_numbers_of_every_file_of_weights() {
    let mut files = Vec::new();
    let mut runs = Vec::new();
    for variation in ["raw", "log"] {
        for model in Model::ALL {
            let records = records(variation, model);
            for weights in [Weights::Final, Weights::Best] {
                let file = format!("{variation}/{}/run-00.{}.safetensors", model.name(), weights.name());
                assert!(project().committed_records().join(&file).is_file(), "{file}");
                let outcome = records[0].outcome(weights);
                let mut participants = std::collections::BTreeMap::<_, (f64, usize)>::new();
                for answer in &outcome.predictions {
                    let (right, of) = participants.entry(answer.recording.participant).or_default();
                    *right += f64::from(u8::from(answer.label == answer.predicted));
                    *of += 1;
                }
                let clusters: Vec<(f64, usize)> = participants.into_values().collect();
                let interval = in_percent(cluster_interval(&clusters).unwrap());
                let (epoch, right, accuracy) = (outcome.epoch, outcome.right(), 100.0 * outcome.accuracy());
                assert_eq!(outcome.recordings(), 39);
                files.push(format!("| `{file}` | {epoch} | {right} | {accuracy:.1} ({interval}) |"));
                let series = Series::of(&records, weights).unwrap();
                if series.reported().is_some() {
                    runs.push(format!(
                        "| {variation} | {} | {:.1} | {} | {} | {:.1} |",
                        series.label,
                        100.0 * series.average,
                        in_percent(series.over_runs.unwrap()),
                        in_percent(series.over_recordings),
                        100.0 * series.training,
                    ));
                }
            }
        }
    }
    assert_eq!(rows_of_the_card("files"), files);
    assert_eq!(rows_of_the_card("runs"), runs);
}

#[test]
fn the_model_card_has_the_accuracies_without_what_names_genres() {
    let design = eegenre::recordings::Material::recorded(&project()).unwrap();
    let audit = eegenre::audit::Audit::read(&project(), &design, Profile::Paper).unwrap();
    let series = [ReportedSeries::Baseline, ReportedSeries::MultilayerFinal, ReportedSeries::Cnn];
    let rows = series.map(|series| {
        let estimate = audit.estimate("clean", eegenre::preparation::Scheme::Participant, series).unwrap();
        assert!(estimate.p > 0.05, "{series:?}: the card says that none is significant");
        let interval = in_percent(estimate.over_participants.unwrap());
        format!("| {} | {:.1} | {interval} |", series.label(), 100.0 * estimate.accuracy)
    });
    assert_eq!(rows_of_the_card("clean"), rows);
}

#[test]
fn they_are_small() {
    let bytes = bytes_below(&project().committed_records());
    assert!(bytes <= MOST_BYTES, "{bytes} bytes");
}

#[test]
fn every_prediction_is_exported_once_and_gives_the_recorded_accuracies() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("predictions.csv");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_eegenre"))
        .args(["records", "export", "--out"])
        .arg(&file)
        .arg("--project")
        .arg(project().root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut reader = csv::Reader::from_path(&file).unwrap();
    let columns: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(columns, eegenre::audit::export::COLUMNS);
    // Each column is described.
    let readme = fs::read_to_string(project().root().join("data/README.md")).unwrap();
    assert!(columns.iter().all(|column| readme.contains(&format!("`{column}`"))));

    let at = |name: &str| columns.iter().position(|column| column == name).unwrap();
    let keys = [
        "recording",
        "part_of",
        "condition",
        "network",
        "epochs",
        "scheme",
        "draw",
        "fold",
        "run",
        "weights",
    ];
    let lines: Vec<csv::StringRecord> = reader.records().map(|line| line.unwrap()).collect();
    let seen: BTreeSet<Vec<&str>> = lines.iter().map(|line| keys.map(|key| &line[at(key)]).into()).collect();
    assert_eq!(seen.len(), lines.len(), "no prediction comes twice");

    // The experiment: right answers of each run, as its records count them.
    for model in Model::ALL {
        for record in records("raw", model) {
            for weights in [Weights::Final, Weights::Best] {
                let of_run = |line: &&csv::StringRecord| {
                    line[at("part_of")] == *"experiment"
                        && line[at("condition")] == *"raw"
                        && line[at("network")] == *model.name()
                        && line[at("run")] == *record.run.to_string()
                        && line[at("weights")] == *weights.name()
                };
                let right: Vec<bool> =
                    lines.iter().filter(of_run).map(|line| line[at("label")] == line[at("answer")]).collect();
                let counted: usize =
                    (0..3).map(|genre| record.outcome(weights).confusion[genre][genre]).sum();
                assert_eq!(right.iter().filter(|right| **right).count(), counted);
                assert_eq!(right.len(), record.outcome(weights).predictions.len());
            }
        }
    }
    // The audit: an accuracy as its table prints it.
    let design = eegenre::recordings::Material::recorded(&project()).unwrap();
    let audit = eegenre::audit::Audit::read(&project(), &design, Profile::Paper).unwrap();
    let of_cell = |line: &&csv::StringRecord| {
        let wanted = ["audit", "clean", "baseline", "300", "participant", "final"];
        let named = ["part_of", "condition", "network", "epochs", "scheme", "weights"];
        named.iter().zip(wanted).all(|(name, value)| line[at(name)] == *value)
    };
    let right: Vec<bool> =
        lines.iter().filter(of_cell).map(|line| line[at("label")] == line[at("answer")]).collect();
    let accuracy = 100.0 * right.iter().filter(|right| **right).count() as f64 / right.len() as f64;
    let shown = audit.percent(
        "clean",
        eegenre::preparation::Scheme::Participant,
        eegenre::reproduction::paper::ReportedSeries::Baseline,
    );
    assert_eq!(format!("{accuracy:.1}"), shown);
}
