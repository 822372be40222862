//! What folds leak: how much of what they test is known from training.

use serde::Serialize;

use super::predictions::Predictions;
use super::training::each_fold;

/// What a fold tests, and how much of it also trains. Shares are parts of the tested rows, from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FoldLeakage {
    /// The name of the fold; empty for all folds together.
    pub fold: String,
    /// Rows that train, validation included. Over all folds, their mean, rounded.
    pub trains: usize,
    /// Rows that are tested.
    pub tests: usize,
    /// The recording itself also trains.
    pub recordings: f64,
    /// Another recording of the participant, or this one, also trains.
    pub participants: f64,
    /// The same of the stimulus; nothing without that column.
    pub stimuli: Option<f64>,
}

/// The leakage of each fold of some divisions, and of all together.
pub(super) fn leakage(predictions: &Predictions, divisions: &[usize]) -> (Vec<FoldLeakage>, FoldLeakage) {
    let has_stimuli = !predictions.stimuli.is_empty();
    let mut folds = Vec::new();
    for division in divisions {
        each_fold(predictions, &predictions.divisions[*division], |fold, training| {
            let share = |is_known: &dyn Fn(usize) -> bool| {
                fold.tests.iter().filter(|place| is_known(**place)).count() as f64 / fold.tests.len() as f64
            };
            let of = |place: usize| &predictions.recordings[place];
            let stimulus = |place: usize| {
                of(place).stimulus.is_some_and(|stimulus| training.of_stimulus(stimulus).is_some())
            };
            folds.push(FoldLeakage {
                fold: fold.name.clone(),
                trains: training.count(),
                tests: fold.tests.len(),
                recordings: share(&|place| training.has(place)),
                participants: share(&|place| training.of_participant(of(place).participant).is_some()),
                stimuli: has_stimuli.then(|| share(&stimulus)),
            });
        });
    }
    let tests: usize = folds.iter().map(|fold| fold.tests).sum();
    let in_all = |own: &dyn Fn(&FoldLeakage) -> f64| {
        folds.iter().map(|fold| own(fold) * fold.tests as f64).sum::<f64>() / tests as f64
    };
    let trains: usize = folds.iter().map(|fold| fold.trains).sum();
    let all = FoldLeakage {
        fold: String::new(),
        trains: (trains as f64 / folds.len() as f64).round() as usize,
        tests,
        recordings: in_all(&|fold| fold.recordings),
        participants: in_all(&|fold| fold.participants),
        stimuli: has_stimuli.then(|| in_all(&|fold| fold.stimuli.unwrap_or(0.0))),
    };
    (folds, all)
}

#[cfg(test)]
mod tests {
    use super::super::testing::table;
    use super::*;

    #[test]
    fn leakage_is_that_counted_by_hand() {
        // Fold 1 tests two recordings: of a, who also trains, with x, which trains; of b, who does not, with z, which does not.
        let predictions = table(
            "recording,participant_id,stimulus,label,predicted,fold\n1,a,x,0,0,1\n2,b,z,1,1,1\n3,a,y,0,1,2\n4,c,x,1,0,2\n",
        );
        let (folds, all) = leakage(&predictions, &[0]);
        let shares: Vec<_> =
            folds.iter().map(|fold| (fold.recordings, fold.participants, fold.stimuli)).collect();
        assert_eq!(shares, [(0.0, 0.5, Some(0.5)), (0.0, 0.5, Some(0.5))]);
        assert_eq!((all.trains, all.tests, all.participants), (2, 4, 0.5));
    }

    #[test]
    fn a_given_part_trains_what_it_says() {
        let predictions = table(
            "recording,participant_id,label,predicted,part\n1,a,0,,train\n2,b,1,,val\n3,b,1,1,test\n4,c,0,1,test\n",
        );
        let (folds, _) = leakage(&predictions, &[0]);
        assert_eq!(
            (folds[0].trains, folds[0].tests, folds[0].participants, folds[0].stimuli),
            (2, 2, 0.5, None)
        );
    }

    #[test]
    fn a_recording_that_two_folds_test_trains_for_itself() {
        let predictions =
            table("recording,participant_id,label,predicted,fold\n1,a,0,0,1\n1,a,0,0,2\n2,b,1,1,2\n");
        let (folds, all) = leakage(&predictions, &[0]);
        assert_eq!([folds[0].recordings, folds[1].recordings], [1.0, 0.5]);
        assert!((all.recordings - 2.0 / 3.0).abs() < 1e-12);
    }
}
