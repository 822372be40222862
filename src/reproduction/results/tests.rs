use super::*;
use crate::reproduction::verdict::{ClaimVerdict, Verdict};
use crate::runs::series::testing::{BASELINE, record, records, scattered};

/// All four series: the baseline as in the paper, the others near it.
fn groups() -> [Vec<Record>; 3] {
    let multilayer = (0..15).map(|run| {
        let (last, best) = (scattered(run, 18 + run % 5), scattered(run, 20 + run % 5));
        record(Model::Multilayer, run as u64, 0.97, &last, &best)
    });
    [
        records(Model::Cnn, 0.99, &BASELINE.map(|right| right - 1), scattered),
        records(Model::Baseline, 0.7, &BASELINE, scattered),
        multilayer.collect(),
    ]
}

fn results(provenance: &Provenance) -> Results {
    let groups = groups();
    Results::of(&groups.each_ref().map(Vec::as_slice), provenance).unwrap()
}

#[test]
fn the_four_series_stand_in_the_papers_order_with_a_verdict_each() {
    let results = results(&Provenance::Published);
    let labels: Vec<&str> = results.series.iter().map(|series| series.label.as_str()).collect();
    let expected = ["baseline", "multi-layer, final weights", "multi-layer, best on validation", "CNN"];
    assert_eq!(labels, expected);
    assert_eq!((results.verdicts.len(), results.claims.len(), results.withheld.len()), (4, 4, 0));
    assert_eq!(results.verdicts[0].verdict, Verdict::Reproduced);
    assert_eq!(results.claims[2].verdict, ClaimVerdict::NotDecided);
}

#[test]
fn the_profile_is_that_of_all_three_networks() {
    assert_eq!(results(&Provenance::Published).profile(), Some(Profile::Paper));
    let mut groups = groups();
    let alone = Results::of(&[groups[1].as_slice()], &Provenance::Published).unwrap();
    assert_eq!(alone.profile(), None);
    groups[2].pop();
    let fewer = Results::of(&groups.each_ref().map(Vec::as_slice), &Provenance::Published).unwrap();
    assert_eq!(fewer.profile(), None);
}

#[test]
fn synthetic_recordings_never_give_a_verdict() {
    let results = results(&Provenance::Synthetic("null effect".into()));
    assert!(results.verdicts.is_empty() && results.claims.is_empty());
    let json = serde_json::to_value(&results).unwrap();
    assert_eq!(json["series"].as_array().unwrap().len(), 4);
    assert!(json.get("verdicts").is_none() && json.get("claims").is_none());
    assert_eq!(json["withheld"][0]["reason"], "the recordings are synthetic");
    for text in [results.to_string(), results.markdown()] {
        assert!(text.contains("synthetic (null effect)"), "{text}");
        assert!(text.contains("No verdict on the paper: the recordings are synthetic."), "{text}");
        assert!(!text.contains("reproduced") && !text.contains("ours"), "{text}");
    }
}

#[test]
fn records_of_other_recordings_give_no_verdict_whatever_provenance_is_said() {
    let mut groups = groups();
    let other: Fingerprint = serde_json::from_value("0".repeat(64).into()).unwrap();
    groups.iter_mut().flatten().for_each(|record| record.configuration.data = other);
    for provenance in [Provenance::Published, Provenance::Unknown] {
        let results = Results::of(&groups.each_ref().map(Vec::as_slice), &provenance).unwrap();
        assert!(results.verdicts.is_empty() && results.claims.is_empty());
        assert_eq!(results.withheld[0].reason, "the recordings are not those of the paper");
    }
}

#[test]
fn one_network_alone_is_judged_and_claims_say_what_is_missing() {
    let results = Results::of(&[groups()[1].as_slice()], &Provenance::Published).unwrap();
    assert_eq!((results.verdicts.len(), results.claims.len(), results.withheld.len()), (1, 1, 6));
    assert!(results.to_string().contains("No verdict on the CNN is below the baseline: no runs of: CNN."));
}

#[test]
fn two_runs_are_shown_without_an_average() {
    let two = records(Model::Baseline, 0.7, &[12, 25], scattered);
    let text = Results::of(&[two.as_slice()], &Provenance::Published).unwrap().to_string();
    assert!(text.contains("fewer than 3 runs"), "{text}");
    assert!(text.contains("No verdict on baseline: 2 runs; a verdict needs 4."), "{text}");
}

#[test]
fn the_table_has_the_papers_numbers_beside_ours() {
    let results = results(&Provenance::Published);
    let markdown = results.markdown();
    let rows: Vec<&str> = markdown.lines().collect();
    assert_eq!(
        rows[2],
        "| series | runs | epochs | lowest: paper | ours | average: paper | ours | highest: paper | ours | training: paper \
         | ours | verdict |"
    );
    assert_eq!(
        rows[4],
        "| baseline | 15 | 300 | 31 | 30.8 | 45 | 45.0 | 64 | 64.1 | about 70 | 70.0 | reproduced |"
    );
    assert!(rows[7].contains("| above 98 | 99.0 (slices 96.0) |"), "{}", rows[7]);
    assert!(rows[0].contains("Chance: 33.3 by guessing, 38.5 by always answering classical."));
    let bars = |row: &&str| row.matches('|').count();
    assert!(rows[2..8].iter().all(|row| bars(row) == 13));
}

#[test]
fn json_holds_series_verdicts_and_claims() {
    let json = serde_json::to_value(results(&Provenance::Published)).unwrap();
    assert_eq!(json["verdicts"][0]["verdict"], "reproduced");
    assert_eq!(json["verdicts"][0]["series"], "baseline");
    assert_eq!(json["claims"][2]["claim"]["than"]["series"], "cnn");
    assert_eq!(json["claims"][2]["verdict"], "not-decided");
    assert_eq!(json["claims"][3]["claim"]["than"], "chance");
    assert_eq!(json["series"][1]["weights"], "final");
    assert!(json.get("withheld").is_none());
}

#[test]
fn nothing_is_refused() {
    let error = Results::of(&[], &Provenance::Published).unwrap_err();
    assert_eq!(error.problems()[0].fault, Fault::NO_RECORDS);
}

#[test]
fn a_network_that_comes_twice_is_refused() {
    let [cnn, ..] = groups();
    let error = Results::of(&[cnn.as_slice(), cnn.as_slice()], &Provenance::Published).unwrap_err();
    assert_eq!(error.problems()[0].fault, Fault::MIXED_RECORDS);
}

#[test]
fn networks_on_different_splits_are_refused() {
    let mut groups = groups();
    groups[0].iter_mut().for_each(|record| record.configuration.split = "another".into());
    let error = Results::of(&groups.each_ref().map(Vec::as_slice), &Provenance::Published).unwrap_err();
    assert_eq!(error.problems()[0].fault, Fault::MIXED_RECORDS);
    assert_eq!(error.problems()[0].place.to_string(), "CNN");
}
