//! Pairs of models on the recordings that both answer.

use std::collections::BTreeMap;

use serde::Serialize;

use super::predictions::{Model, Predictions};
use crate::evaluation::crossed_half_width;
use crate::evaluation::statistics::{Interval, holm, sign_flip_test};

/// Differences are counted in parts of this, which every number of seeds up to 16 divides.
const PARTS: f64 = 720_720.0;

/// The accuracy of one model less that of another, each recording weighing the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The two models.
    pub models: [String; 2],
    /// Recordings that both answer.
    pub recordings: usize,
    /// The participants of these.
    pub participants: usize,
    /// The mean difference, from -1 to 1.
    pub difference: f64,
    /// Its 95 % interval over what is drawn elsewhere too ([`Drawn`](super::Drawn)).
    pub interval: Option<Interval>,
    /// The sign-flip test over participants, two-sided.
    pub p: f64,
    /// The same after Holm's correction for all pairs.
    pub p_holm: f64,
}

/// All pairs of models that answer a recording in common.
pub(super) fn comparisons(predictions: &Predictions) -> Vec<Comparison> {
    // Of each model, right answers and answers to each recording.
    let means: Vec<BTreeMap<usize, f64>> =
        predictions.models.iter().map(|model| mean_right(predictions, model)).collect();
    let mut all = Vec::new();
    for (second, other) in means.iter().enumerate() {
        for (first, one) in means[..second].iter().enumerate() {
            let models = [first, second].map(|place| predictions.models[place].name.clone());
            all.extend(compared(predictions, models, one, other));
        }
    }
    let adjusted = holm(&all.iter().map(|one| one.p).collect::<Vec<f64>>());
    all.iter_mut().zip(adjusted).for_each(|(one, adjusted)| one.p_holm = adjusted);
    all
}

/// The part of the answers to each recording that is right.
fn mean_right(predictions: &Predictions, model: &Model) -> BTreeMap<usize, f64> {
    let mut counts: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (place, predicted) in predictions.all_answers(model) {
        let own = counts.entry(place).or_default();
        *own = (own.0 + usize::from(predictions.recordings[place].label == predicted), own.1 + 1);
    }
    counts.into_iter().map(|(place, (right, of))| (place, right as f64 / of as f64)).collect()
}

fn compared(
    predictions: &Predictions,
    models: [String; 2],
    one: &BTreeMap<usize, f64>,
    other: &BTreeMap<usize, f64>,
) -> Option<Comparison> {
    let differences: Vec<((u32, u32), f64)> = one
        .iter()
        .filter_map(|(place, one)| Some((predictions.place(*place), one - other.get(place)?)))
        .collect();
    let count = differences.len() as f64;
    let difference = differences.iter().map(|(_, own)| own).sum::<f64>() / count;
    let mut participants: BTreeMap<u32, f64> = BTreeMap::new();
    differences
        .iter()
        .for_each(|((participant, _), own)| *participants.entry(*participant).or_default() += own);
    let sums: Vec<i64> = participants.values().map(|sum| (sum * PARTS).round() as i64).collect();
    let residuals: Vec<_> = differences.iter().map(|(place, own)| (*place, own - difference)).collect();
    let p = sign_flip_test(&sums).p;
    (!differences.is_empty()).then(|| Comparison {
        models,
        recordings: differences.len(),
        participants: participants.len(),
        difference,
        interval: crossed_half_width(&residuals, count).map(|half| Interval::around(difference, half)),
        p,
        p_holm: p,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::table;
    use super::*;

    #[test]
    fn pairs_are_compared_on_what_both_answer() {
        // Six participants, two recordings each; the second model is wrong in one of each, and lacks participant 6.
        let mut text = "recording,participant_id,label,predicted,fold,model\n".to_owned();
        for participant in 0..7 {
            for one in 0..2 {
                text += &format!("r{participant}{one},p{participant},{one},{one},{participant},a\n");
                if participant < 6 {
                    text += &format!("r{participant}{one},p{participant},{one},0,{participant},b\n");
                }
            }
        }
        let found = comparisons(&table(&text)).remove(0);
        assert_eq!((found.recordings, found.participants, found.difference), (12, 6, 0.5));
        // All signs alike: 2 of 2⁶.
        assert_eq!((found.p, found.p_holm), (2.0 / 64.0, 2.0 / 64.0));
        assert_eq!(found.interval, Some(Interval::around(0.5, 0.0)));
    }

    #[test]
    fn three_models_are_three_tests() {
        let mut text = "recording,participant_id,label,predicted,fold,model\n".to_owned();
        for participant in 0..8 {
            for (model, told) in [("a", 0), ("b", 1), ("c", 1)] {
                text += &format!(
                    "r{participant},p{participant},{},{told},{participant},{model}\n",
                    participant / 7
                );
            }
        }
        let found = comparisons(&table(&text));
        assert_eq!(found.len(), 3);
        let p: Vec<(f64, f64)> = found.iter().map(|one| (one.p, one.p_holm)).collect();
        // 7 against 1: sums as far from 0 as 6 are 18 of 256.
        assert_eq!(p[0].0, 18.0 / 256.0);
        assert!((p[0].1 - 3.0 * p[0].0).abs() < 1e-12);
        assert_eq!(p[2], (1.0, 1.0));
        assert!(
            comparisons(&table(
                "recording,participant_id,label,predicted,fold,model\n1,a,0,0,1,x\n2,b,1,1,2,y\n"
            ))
            .is_empty()
        );
    }
}
