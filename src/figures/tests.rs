use super::*;
use crate::recordings::synthetic::{self, Settings};
use crate::runs::series::testing::{BASELINE, records, scattered};

fn paper_records() -> Vec<Record> {
    records(Model::Baseline, 0.7, &BASELINE, scattered)
}

fn project() -> Project {
    Project::of_tests()
}

fn tracked() -> PathBuf {
    project().committed_figures()
}

#[test]
fn the_paper_profile_on_the_published_recordings_reaches_the_tracked_folder() {
    let figure = Figure::training(&paper_records(), &Provenance::Published).unwrap();
    assert!(figure.footer.contains(" · profile paper · "), "{}", figure.footer);
    assert_eq!(folder(&project(), [&figure, &Figure::architecture(Model::Cnn)]), tracked());
}

#[test]
fn other_recordings_and_other_runs_never_reach_the_tracked_folder() {
    let synthetic = Figure::recordings(&synthetic::generate(&Settings::default()).unwrap());
    let elsewhere = [Provenance::Unknown, Provenance::Synthetic("null".into())]
        .map(|provenance| Figure::training(&paper_records(), &provenance).unwrap());
    let fewer = Figure::training(&paper_records()[..14], &Provenance::Published).unwrap();
    assert!(fewer.footer.contains(" · no profile · "), "{}", fewer.footer);
    // The paper's profile has three networks.
    let results = Results::of(&[&paper_records()], &Provenance::Published).unwrap();
    for figure in elsewhere.iter().chain([&synthetic, &fewer, &Figure::results(&results)]) {
        let together = folder(&project(), [figure, &Figure::architecture(Model::Cnn)]);
        assert_eq!(together, project().figures(), "{}", figure.footer);
    }
}

#[test]
fn records_of_other_recordings_are_not_called_published() {
    let mut records = paper_records();
    let other: Fingerprint = serde_json::from_value("0".repeat(64).into()).unwrap();
    records.iter_mut().for_each(|record| record.configuration.data = other);
    let figure = Figure::training(&records, &Provenance::Published).unwrap();
    assert!(
        figure.footer.starts_with("recordings of unknown origin · data 000000000000"),
        "{}",
        figure.footer
    );
    assert_ne!(folder(&project(), [&figure]), tracked());
}
