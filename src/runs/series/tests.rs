use super::run_answers::confusion;
use super::testing::{BASELINE, outcome, record, records, scattered, steady};
use super::*;
use crate::error::{Error, Fault};
use crate::evaluation::statistics::mean;

fn faults(error: &Error) -> Vec<Fault> {
    error.problems().iter().map(|problem| problem.fault).collect()
}

#[test]
fn condensed_records_make_the_same_series() {
    for model in Model::ALL {
        let records = records(model, 0.7, &BASELINE, scattered);
        let condensed: Vec<Record> = records.iter().map(Record::condensed).collect();
        assert!(condensed.iter().all(|record| record.history.training.epochs() == 2));
        assert_eq!(condensed[0].condensed(), condensed[0]);
        for weights in [Weights::Final, Weights::Best] {
            assert_eq!(Series::of(&condensed, weights), Series::of(&records, weights));
        }
    }
}

#[test]
fn a_series_is_summed_up_as_in_the_paper() {
    let series = Series::of(&records(Model::Baseline, 0.7, &BASELINE, scattered), Weights::Final).unwrap();
    assert_eq!(series.label, "baseline");
    assert_eq!((series.lowest, series.highest), (12.0 / 39.0, 25.0 / 39.0));
    assert!((series.trimmed_mean.unwrap() - 228.0 / 13.0 / 39.0).abs() < 1e-12);
    assert_eq!((series.trimmed_mean, series.kept_runs), (Some(series.average), 13));
    assert!((series.training - 0.7).abs() < 1e-12 && series.training_by_slice.is_none());
    assert_eq!((series.runs.len(), series.recordings), (15, 39));
    assert_eq!((series.chance.label.as_str(), series.chance.recordings), ("classical", vec![15, 12, 12]));
    assert_eq!(series.digest.len(), 64);
}

#[test]
fn rows_and_columns_of_right_answers_have_the_same_mean() {
    let series = Series::of(&records(Model::Baseline, 0.7, &BASELINE, scattered), Weights::Final).unwrap();
    assert!((mean(&series.right_parts()) - series.average).abs() < 1e-12);
    // 265 right answers, without the 12 and the 25 of the lowest and the highest run.
    assert_eq!(series.right_by_recording.values().sum::<usize>(), 228);
}

#[test]
fn weights_answer_for_themselves_with_the_training_accuracy_of_their_epoch() {
    let mut record = record(Model::Multilayer, 0, 0.9, &scattered(0, 20), &scattered(0, 24));
    record.best.epoch = 7;
    record.history.training.right[6] = 500;
    let [last, best] =
        [Weights::Final, Weights::Best].map(|weights| Series::of(&[record.clone()], weights).unwrap());
    assert_eq!((last.right[0], best.right[0]), (20, 24));
    assert_eq!((last.training, best.training), (0.9, 0.5));
    assert_eq!(best.label, "multi-layer, best on validation");
}

#[test]
fn the_cnn_is_given_by_vote_and_by_slice() {
    let series = Series::of(&records(Model::Cnn, 0.99, &BASELINE, scattered), Weights::Final).unwrap();
    assert!((series.training - 0.99).abs() < 1e-12);
    assert!((series.training_by_slice.unwrap() - 0.96).abs() < 1e-12);
}

#[test]
fn fewer_than_three_runs_have_no_trimmed_mean() {
    let series = Series::of(&records(Model::Baseline, 0.7, &[12, 25], scattered), Weights::Final).unwrap();
    assert_eq!(series.trimmed_mean, None);
    assert!(series.over_runs.is_some());
}

#[test]
fn records_come_in_any_order() {
    let mut records = records(Model::Baseline, 0.7, &BASELINE, scattered);
    let expected = Series::of(&records, Weights::Final).unwrap();
    records.reverse();
    assert_eq!(Series::of(&records, Weights::Final).unwrap(), expected);
}

#[test]
fn predictions_of_a_run_come_in_any_order() {
    let mut records = records(Model::Baseline, 0.7, &BASELINE, scattered);
    let expected = Series::of(&records, Weights::Final).unwrap();
    records[3].last.predictions.rotate_left(5);
    assert_eq!(Series::of(&records, Weights::Final).unwrap(), expected);
}

#[test]
fn no_records_are_refused() {
    assert_eq!(faults(&Series::of(&[], Weights::Final).unwrap_err()), [Fault::NO_RECORDS]);
}

#[test]
fn records_of_different_configurations_are_refused() {
    let mut records = records(Model::Baseline, 0.7, &[12, 13, 14], scattered);
    records[1].configuration.settings.seed = 1;
    let error = Series::of(&records, Weights::Final).unwrap_err();
    assert_eq!(faults(&error), [Fault::MIXED_RECORDS]);
    assert_eq!(error.problems()[0].place.to_string(), "run 1");
}

#[test]
fn a_run_that_is_there_twice_is_refused() {
    let mut records = records(Model::Baseline, 0.7, &[12, 13, 14], scattered);
    records[2].run = 1;
    assert_eq!(faults(&Series::of(&records, Weights::Final).unwrap_err()), [Fault::REPEATED_RUN]);
}

#[test]
fn records_that_contradict_themselves_are_refused() {
    let breakings: [fn(&mut Record); 8] = [
        |record| record.last.predictions.clear(),
        |record| record.last.predictions[1].recording = record.last.predictions[0].recording,
        |record| drop(record.last.predictions.pop()),
        |record| record.last.confusion[0][0] += 1,
        |record| record.last.epoch = 0,
        |record| record.last.epoch = 301,
        |record| record.history.training.recordings = 0,
        |record| record.history.training.right[299] = 1001,
    ];
    for (index, break_it) in breakings.into_iter().enumerate() {
        for run in 0..2 {
            let mut records = records(Model::Baseline, 0.7, &[12, 13], scattered);
            break_it(&mut records[run]);
            // A curve without recordings divides by zero only if nothing checks it.
            if index == 6 {
                records[run].history.training.examples = 0;
            }
            let error = Series::of(&records, Weights::Final).unwrap_err();
            assert!(
                faults(&error).iter().all(|fault| *fault == Fault::INCONSISTENT_RECORD),
                "{index}: {error}"
            );
        }
    }
}

#[test]
fn two_weights_of_the_same_runs_are_paired() {
    let runs = (0..15).map(|run| {
        let (last, best) = (steady(run, 16 + run % 3), steady(run, 20 + run % 3));
        record(Model::Multilayer, run as u64, 0.9, &last, &best)
    });
    let runs: Vec<Record> = runs.collect();
    let [last, best] = [Weights::Final, Weights::Best].map(|weights| Series::of(&runs, weights).unwrap());
    let comparison = Comparison::of(&best, &last).unwrap();
    assert!((comparison.difference - 4.0 / 39.0).abs() < 1e-12);
    // Every run gains four answers: no doubt over runs, though runs differ from one another.
    assert!(comparison.over_runs.paired && comparison.over_runs.interval.unwrap().width() < 1e-12);
    assert!((comparison.over_runs.p - 2f64.powi(-14)).abs() < 1e-12);
    // Few of the 39 recordings make the difference, so another test set could be without it.
    assert!(comparison.over_runs.is_above() && comparison.over_recordings.p > 0.01);
}

#[test]
fn runs_of_two_networks_are_not_paired() {
    let [baseline, cnn] = [(Model::Baseline, 20), (Model::Cnn, 14)].map(|(model, right)| {
        let right: Vec<usize> = (0..15).map(|run| right + run % 3).collect();
        Series::of(&records(model, 0.7, &right, scattered), Weights::Final).unwrap()
    });
    let comparison = Comparison::of(&baseline, &cnn).unwrap();
    assert!(!comparison.over_runs.paired && comparison.over_recordings.paired);
    assert!(comparison.over_runs.is_above() && comparison.over_recordings.is_above());
    let mirrored = Comparison::of(&cnn, &baseline).unwrap();
    assert!(mirrored.over_runs.is_below() && mirrored.over_recordings.is_below());
    assert_eq!(mirrored.over_runs.p, comparison.over_runs.p);
}

#[test]
fn six_recordings_of_difference_are_needed_to_decide() {
    // With the same answers in all runs the test over recordings is McNemar's: six against none, p = 2 / 2⁶.
    for (gained, p) in [(5, 0.0625), (6, 0.03125)] {
        let [first, second] =
            [(Model::Multilayer, 20 + gained), (Model::Baseline, 20)].map(|(model, right)| {
                Series::of(&records(model, 0.7, &[right; 3], steady), Weights::Final).unwrap()
            });
        assert!((Comparison::of(&first, &second).unwrap().over_recordings.p - p).abs() < 1e-12);
    }
}

#[test]
fn numbers_of_runs_may_differ() {
    let first = Series::of(&records(Model::Baseline, 0.7, &[18, 20, 22], scattered), Weights::Final).unwrap();
    let second = Series::of(&records(Model::Cnn, 0.7, &[18, 22], scattered), Weights::Final).unwrap();
    let comparison = Comparison::of(&first, &second).unwrap();
    assert!(comparison.difference.abs() < 1e-12);
    let interval = comparison.over_recordings.interval.unwrap();
    assert!((interval.low + interval.high).abs() < 1e-12);
}

#[test]
fn series_on_other_recordings_are_not_compared() {
    let first = Series::of(&records(Model::Baseline, 0.7, &[18, 20], scattered), Weights::Final).unwrap();
    let mut others = records(Model::Cnn, 0.7, &[18], scattered);
    let mut smaller = outcome(3000, &scattered(0, 18));
    smaller.predictions.pop();
    smaller.confusion = confusion(&smaller).unwrap();
    others[0].last = smaller;
    let second = Series::of(&others, Weights::Final).unwrap();
    assert_eq!(faults(&Comparison::of(&first, &second).unwrap_err()), [Fault::MIXED_RECORDS]);
}

#[test]
fn chance_has_two_levels() {
    let series = Series::of(&records(Model::Baseline, 0.7, &[20; 15], scattered), Weights::Final).unwrap();
    let guessing = Comparison::with_guessing(&series);
    let most_frequent = Comparison::with_most_frequent(&series);
    assert!((guessing.difference - (20.0 - 13.0) / 39.0).abs() < 1e-12);
    assert!((most_frequent.difference - (20.0 - 15.0) / 39.0).abs() < 1e-12);
    // scipy.stats.binomtest(20, 39, 1/3).pvalue, scipy.stats.binomtest(20, 39, 15/39).pvalue
    assert!((guessing.over_recordings.p - 0.025_732_836_384).abs() < 1e-9);
    assert!((most_frequent.over_recordings.p - 0.102_749_746_571).abs() < 1e-9);
    assert!(most_frequent.over_runs.is_above() && !most_frequent.over_recordings.is_above());
}
