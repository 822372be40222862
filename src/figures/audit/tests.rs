use super::*;
use crate::audit::{ArtefactScan, CHOICES, GuessEstimate, Instrument, OneSplit, Specification, WHOLE};
use crate::evaluation::statistics::Interval;
use crate::figures::{Figure, View};
use crate::recordings::Fingerprint;
use crate::runs::Preset;
use crate::runs::profile::Profile;
use crate::runs::series::ReportedSeries;
use crate::store::Project;

fn estimate(condition: &str, scheme: Scheme, series: ReportedSeries, accuracy: f64) -> Estimate {
    Estimate {
        condition: condition.to_owned(),
        scheme,
        series,
        trainings: 8,
        epochs: 300,
        answers: 312,
        recordings: 160,
        accuracy,
        over_participants: Some(Interval::around(accuracy, 0.06)),
        over_stimuli: None,
        over_both: None,
        detectable: None,
        null: None,
        among_heard: None,
        over_draws: Some(0.05),
        training: 0.9,
        chance: 0.5,
        p_error: None,
        p: 0.2,
    }
}

/// An audit in which every condition is there.
pub(in super::super) fn audit() -> Audit {
    let series = [
        ReportedSeries::Baseline,
        ReportedSeries::MultilayerFinal,
        ReportedSeries::MultilayerBest,
        ReportedSeries::Cnn,
    ];
    let conditions =
        CONDITIONS.into_iter().flat_map(|condition| Scheme::ALL.map(|scheme| (condition, scheme)));
    let estimates = conditions.flat_map(|(condition, scheme)| {
        (0..4).map(move |place| estimate(condition.name, scheme, series[place], 0.35 + 0.1 * place as f64))
    });
    let guesses = Scheme::ALL.into_iter().flat_map(|scheme| {
        Shortcut::ALL.map(|shortcut| GuessEstimate {
            shortcut,
            scheme,
            accuracy: 0.4,
            over_participants: None,
        })
    });
    Audit {
        data: serde_json::from_value::<Fingerprint>("0".repeat(64).into()).unwrap(),
        known_as: None,
        words: crate::recordings::Words::MUSIC,
        profile: Profile::Paper,
        preset: Preset::Paper,
        missing: Vec::new(),
        left_out: Vec::new(),
        classifiers: None,
        blocks: None,
        artefacts: ArtefactScan { frame: 8, findings: Vec::new(), too_few_exchanges: None },
        guesses: guesses.collect(),
        estimates: estimates.collect(),
        claims: Vec::new(),
        one_split: OneSplit {
            conditions: Vec::new(),
            variance: Vec::new(),
            specifications: specifications(),
        },
        controls: Vec::new(),
        reaches: Vec::new(),
        echo: None,
        instrument: Instrument { readings: Vec::new(), planted: Vec::new() },
    }
}

/// Each choice twice for each network.
fn specifications() -> Vec<Specification> {
    let series = [ReportedSeries::Baseline, ReportedSeries::MultilayerFinal, ReportedSeries::Cnn];
    let one = |series, choice, accuracy| Specification { series, choice, accuracy };
    let each = series.into_iter().flat_map(|series| {
        CHOICES.into_iter().flat_map(move |choice| [one(series, choice, 0.4), one(series, choice, 0.5)])
    });
    each.collect()
}

#[test]
fn every_view_can_be_drawn_with_everything_and_with_nothing() {
    let mut nothing = Audit { guesses: Vec::new(), estimates: Vec::new(), ..audit() };
    nothing.one_split.specifications.clear();
    for view in View::ALL {
        for audit in [&audit(), &nothing] {
            let figure = Figure::audit(audit, view);
            assert_eq!(figure.name(), format!("audit-{view}"));
            assert!(figure.svg().unwrap().contains(view.title()));
        }
        assert_eq!(view.to_string().parse(), Ok(view));
    }
    assert!("8".parse::<View>().is_err());
}

#[test]
fn weights_that_were_chosen_are_not_drawn() {
    let marks = networks_row(&audit(), WHOLE, Scheme::Stimulus, "whole").marks;
    assert_eq!(
        marks.iter().map(|mark| mark.of).collect::<Vec<_>>(),
        [Marked::Baseline, Marked::Multilayer, Marked::Cnn]
    );
    assert_eq!(marks[0].percent, 35.0);
}

#[test]
fn only_the_papers_audit_of_the_published_recordings_is_tracked_and_says_what_is_unfinished() {
    let published = Audit {
        data: Fingerprint::PUBLISHED,
        known_as: crate::recordings::Provenance::Published.known_as(),
        ..audit()
    };
    let folder =
        |audit: &Audit| crate::figures::folder(&Project::of_tests(), [&Figure::audit(audit, View::Splits)]);
    assert!(folder(&published).ends_with("figures") && !folder(&published).ends_with("target/figures"));
    let unfinished = Audit { missing: vec!["cut stimulus cnn".into()], ..published.clone() };
    assert_eq!(folder(&unfinished), folder(&published));
    let [said, whole] = [&unfinished, &published].map(|audit| Figure::audit(audit, View::Splits).footer);
    assert!(said.contains("1 cells unfinished") && !whole.contains("unfinished"), "{said}");
    for other in [
        Audit { profile: Profile::Quick, ..published },
        audit(),
        Audit { estimates: Vec::new(), ..unfinished.clone() },
    ] {
        assert!(folder(&other).ends_with("target/figures"));
    }
}
