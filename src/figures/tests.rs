use super::theme::written::Written;
use super::*;
use crate::recordings::synthetic::{self, Settings};
use crate::recordings::{Channels, MOST_LABELS, Material, Recording};
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

/// A study of many labels whose participants, stimuli and labels have long names.
fn study_of(labels: usize) -> DataSet {
    let name = |what: &str, number: usize| format!("{what} with a long name {number:02}");
    let recordings = (0..10).flat_map(|participant| {
        (0..labels).map(move |label| Recording {
            stimulus: name("stimulus", label).parse().unwrap(),
            label: name("label", label).parse().unwrap(),
            participant: name("participant", participant).parse().unwrap(),
            take: 1,
            session: None,
            rate_hz: 1.0,
            channels: Channels::ONE,
            samples: (0..80).map(|at| ((at * (label + 2) + participant) % 17) as f64 - 4.0).collect(),
            synthetic: None,
        })
    });
    DataSet::new(recordings.collect()).unwrap()
}

/// Where a figure writes its texts.
fn texts(figure: &Figure) -> Vec<Written> {
    let (resolution, mut svg) = (theme::PRINT_PIXELS_PER_INCH, String::new());
    theme::written::take();
    {
        let area = SVGBackend::with_string(&mut svg, figure.pixels(resolution)).into_drawing_area();
        figure.draw(&area, resolution).unwrap();
    }
    theme::written::take()
}

/// No text touches another one, and none leaves the figure.
fn assert_legible(figure: &Figure) {
    let (width, height) = figure.pixels(theme::PRINT_PIXELS_PER_INCH);
    let texts = texts(figure);
    assert!(texts.len() > 5, "{} has {} texts", figure.name(), texts.len());
    for (place, one) in texts.iter().enumerate() {
        let inside =
            one.from.0 >= 0 && one.from.1 >= 0 && one.to.0 <= width as i32 && one.to.1 <= height as i32;
        assert!(inside, "{} leaves {} of {width} by {height}: {one:?}", one.text, figure.name());
        if let Some(other) = texts[..place].iter().find(|other| one.touches(other)) {
            panic!("in {}, {one:?} touches {other:?}", figure.name());
        }
    }
}

/// It says what is compared and the main values, not only where to look.
fn assert_described(figure: &Figure) {
    let (caption, description) = (figure.caption(), figure.description());
    let numbers = description.split(|letter: char| !letter.is_ascii_digit()).filter(|run| !run.is_empty());
    assert!(numbers.count() >= 4 && description.len() > 80, "{}: {description}", figure.name());
    assert!(
        caption.len() > figure.title.len() + 40 && !description.contains(&caption),
        "{}: {caption}",
        figure.name()
    );
    for text in [&caption, &description] {
        assert!(
            !text.contains("NaN") && !text.contains("  ") && text.ends_with(['.', '?']),
            "{}: {text}",
            figure.name()
        );
    }
}

#[test]
fn every_figure_has_a_caption_and_a_description_and_is_legible() {
    let project = project();
    let of = Material::recorded(&project).unwrap();
    let records = Profile::Paper.records(&project, &of);
    let all = all(&project, &of, &records, Profile::Paper).unwrap();
    assert_eq!(all.len(), Subject::ALL.len() + FeatureView::ALL.len() + View::ALL.len() + 2);
    for figure in &all {
        assert_described(figure);
        if !matches!(figure.drawing, Drawing::Kept(..)) {
            assert_legible(figure);
        }
    }
}

#[test]
fn many_labels_and_long_names_stay_legible() {
    for labels in [8, 9, MOST_LABELS] {
        let set = study_of(labels);
        let table = FeatureTable::of(&set);
        let summary = table.summary();
        for figure in [
            Figure::recordings(&set),
            Figure::design(&set),
            Figure::distributions(&table, &set),
            Figure::knowledge(&summary, &set),
            Figure::all_knowledge(&summary, &set),
        ] {
            assert_described(&figure);
            assert_legible(&figure);
        }
    }
}

#[test]
fn a_kept_figure_says_what_the_drawn_one_said() {
    let png = Figure::architecture(Model::Baseline).png().unwrap();
    let texts = raster::texts(&png);
    assert_eq!(texts[DESCRIPTION], Figure::architecture(Model::Baseline).description());
    assert!(Figure::architecture(Model::Baseline).caption().ends_with(&texts[CAPTION]));
}

#[test]
fn a_main_figure_has_at_most_seven_rows() {
    let rows = |figure: &Figure| match &figure.drawing {
        Drawing::Dots(dots) => dots.rows(),
        _ => 0,
    };
    let audit = audit::tests::audit();
    for view in [View::Shortcuts, View::Controls, View::Splits] {
        assert!((1..=7).contains(&rows(&Figure::audit(&audit, view))), "{view}");
    }
    for view in [View::AllShortcuts, View::AllControls, View::AllSplits] {
        assert!(rows(&Figure::audit(&audit, view)) > 7, "{view}");
    }
}
