use super::*;
use crate::error::Fault;
use crate::runs::Curve;
use crate::runs::Weights;
use crate::runs::series::testing::{BASELINE, records, scattered};

fn series(records: &[Record]) -> Series {
    Series::of(records, Weights::Final).unwrap()
}

#[test]
fn the_line_is_the_first_run_with_the_median_test_accuracy() {
    assert_eq!(median(&[0.4, 0.2, 0.3, 0.3, 0.5]), 2);
    assert_eq!(median(&[0.4, 0.2]), 1);
    assert_eq!(median(&[0.4]), 0);
    let mut records = records(Model::Baseline, 0.7, &BASELINE, scattered);
    // 18 of 39 is the median of the fifteen, and run 3 is the first that has it.
    records[3].history.validation.loss[7] = 0.25;
    records[4].history.validation.loss[7] = 4.0;
    let training = Training::of(&records, &series(&records)).unwrap();
    let losses = &training.panels[1].validation;
    assert_eq!((losses.line[7], losses.band[7], losses.band[8]), (0.25, (0.25, 4.0), (1.0, 1.0)));
    assert!(training.note[0].contains("run 3, whose test accuracy, 46.2 %, is the median of 15 runs of 300"));
}

#[test]
fn each_figure_shows_what_the_papers_shows() {
    let shown = Model::ALL.map(|model| {
        let records = records(model, 0.7, &[13, 14, 15], scattered);
        let panels = Training::of(&records, &series(&records)).unwrap().panels;
        panels.into_iter().map(|panel| panel.quantity).collect::<Vec<_>>()
    });
    use Quantity::{Accuracy, Loss};
    assert_eq!(shown, [vec![Accuracy, Loss], vec![Accuracy], vec![Loss]]);
}

#[test]
fn accuracies_are_of_recordings_and_in_percent() {
    let records = records(Model::Baseline, 0.7, &[13, 14, 15], scattered);
    let training = Training::of(&records, &series(&records)).unwrap();
    assert_eq!(training.panels[0].training.band[0], (70.0, 70.0));
}

#[test]
fn a_record_without_a_value_for_each_epoch_is_refused() {
    let sound = records(Model::Multilayer, 0.7, &[13, 14, 15], scattered);
    for spoil in [
        (|curve: &mut Curve| curve.loss.truncate(3)) as fn(&mut Curve),
        |curve| curve.right.truncate(3),
        |curve| curve.loss[5] = f64::NAN,
        |curve| curve.right[5] = curve.recordings + 1,
        |curve| curve.recordings = 0,
    ] {
        let mut records = sound.clone();
        spoil(&mut records[1].history.validation);
        let error = Training::of(&records, &series(&sound)).unwrap_err();
        assert_eq!(error.problems().len(), 1);
        assert_eq!(error.problems()[0].fault, Fault::INCONSISTENT_RECORD);
        assert_eq!(error.problems()[0].place.to_string(), "run 1");
    }
}

#[test]
fn a_running_median_passes_over_single_peaks() {
    let mut values = vec![1.0; 200];
    values[100] = 50.0;
    assert_eq!(running_median(&values), [1.0; 200]);
    let rising: Vec<f64> = (0..200).map(f64::from).collect();
    assert_eq!(running_median(&rising)[100], 100.0);
    assert_eq!(running_median(&rising)[0], 12.0);
}

#[test]
fn only_many_epochs_are_smoothed_and_the_note_says_so() {
    for (model, is_smoothed) in [(Model::Multilayer, false), (Model::Cnn, true)] {
        let records = records(model, 0.7, &[13, 14, 15], scattered);
        let note = Training::of(&records, &series(&records)).unwrap().note;
        assert_eq!(note[1].contains("running median"), is_smoothed, "{note:?}");
    }
}

#[test]
fn names_move_apart_and_stay_above_the_axis() {
    assert_eq!(apart(vec![10, 50, 90], 20, 100), [10, 50, 90]);
    assert_eq!(apart(vec![10, 12, 90], 20, 100), [10, 30, 90]);
    assert_eq!(apart(vec![95, 97, 99], 20, 100), [60, 80, 100]);
}
