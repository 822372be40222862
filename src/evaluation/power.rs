//! How large an effect must be to be found: power from simulation under the design.

use std::collections::BTreeMap;

use serde::Serialize;

use super::crossed::{Cell, crossed_interval};
use crate::evaluation::shuffle::Shuffler;
use crate::evaluation::statistics::{Interval, mean};
use crate::recordings::RecordingId;

/// The power at which an effect counts as detectable.
pub const POWER: f64 = 0.8;

/// Simulated sets for each size of an effect: a power of 80 % has a standard error of 2.8 points.
const SETS: u64 = 200;

/// Steps between the sizes of effects, in parts of all answers.
const STEP: f64 = 0.01;

/// Standard deviations of the accuracies of participants and of stimuli, beyond that of drawing answers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// From participant to participant.
    pub participants: f64,
    /// From stimulus to stimulus.
    pub stimuli: f64,
}

impl Spread {
    /// Estimated from answers: the variance of the accuracies of participants, or stimuli, less that which drawing answers
    /// explains; 0 if that is more.
    #[must_use]
    pub fn of(cells: &[Cell]) -> Self {
        Self { participants: between(cells, |id| id.participant), stimuli: between(cells, |id| id.stimulus) }
    }
}

/// The standard deviation of the accuracies of groups of recordings, beyond that of drawing answers.
fn between<K: Ord>(cells: &[Cell], group: impl Fn(RecordingId) -> K) -> f64 {
    let mut sums: BTreeMap<K, (f64, f64)> = BTreeMap::new();
    for (recording, sum, count) in cells.iter().filter(|(.., count)| *count > 0) {
        // A recording counts once, however often it was answered.
        let own = sums.entry(group(*recording)).or_default();
        *own = (own.0 + sum / *count as f64, own.1 + 1.0);
    }
    let means: Vec<f64> = sums.values().map(|(sum, count)| sum / count).collect();
    let centre = mean(&means);
    let groups = means.len() as f64;
    let variance = means.iter().map(|own| (own - centre).powi(2)).sum::<f64>() / (groups - 1.0);
    let drawn = mean(&sums.values().map(|(_, count)| centre * (1.0 - centre) / count).collect::<Vec<f64>>());
    if groups < 2.0 { 0.0 } else { (variance - drawn).max(0.0).sqrt() }
}

/// One answer to each recording, right with a probability that spreads over participants and stimuli around an accuracy.
///
/// The probability of a recording is `accuracy + u + v`, held from 0 to 1, with `u` and `v` drawn evenly for the participant and
/// the stimulus from `±√3` times their spreads.
pub(super) fn simulated(design: &[RecordingId], accuracy: f64, spread: Spread, seed: u64) -> Vec<Cell> {
    let mut chance = Shuffler::of_tests(seed);
    let mut uniform = || chance.below(1 << 53) as f64 / (1_u64 << 53) as f64;
    let (mut people, mut pieces) = (BTreeMap::new(), BTreeMap::new());
    for id in design {
        let width = 3.0_f64.sqrt() * 2.0;
        let mut drawn = |spread: f64| (uniform() - 0.5) * width * spread;
        people.entry(id.participant).or_insert_with(|| drawn(spread.participants));
        pieces.entry(id.stimulus).or_insert_with(|| drawn(spread.stimuli));
    }
    design
        .iter()
        .map(|id| {
            let own = people[&id.participant] + pieces[&id.stimulus];
            (*id, f64::from(uniform() < accuracy + own), 1)
        })
        .collect()
}

/// The part of simulated sets of which the crossed interval lies above chance.
fn power(design: &[RecordingId], chance: f64, effect: f64, spread: Spread) -> f64 {
    let found = (0..SETS).filter(|seed| {
        let cells = simulated(design, chance + effect, spread, *seed);
        crossed_interval(&cells).is_some_and(|Interval { low, .. }| low > chance)
    });
    found.count() as f64 / SETS as f64
}

/// The least effect above chance, as a part of all answers, that is found in 80 % of simulated sets: found is an accuracy whose
/// [`crossed_interval`] lies above chance. A recording that was answered several times counts as one answer, so the effect is
/// rather too large than too small.
///
/// Nothing if no effect is found so often.
#[must_use]
pub fn minimum_effect(design: &[RecordingId], chance: f64, spread: Spread) -> Option<f64> {
    let steps = ((1.0 - chance) / STEP).floor() as u64;
    let is_found = |step: u64| power(design, chance, step as f64 * STEP, spread) >= POWER;
    // Power grows with the effect but for the error of simulation: the first step of a bisection.
    let (mut low, mut high) = (0, steps);
    if !is_found(high) {
        return None;
    }
    while high - low > 1 {
        let middle = low.midpoint(high);
        if is_found(middle) { high = middle } else { low = middle }
    }
    Some(high as f64 * STEP)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preparation::split::testing::paper_like;
    use crate::recordings::Participant;

    fn design() -> Vec<RecordingId> {
        paper_like().recordings().iter().map(|one| one.id()).collect()
    }

    #[test]
    fn simulated_answers_have_the_accuracy_and_the_spread_that_they_are_given() {
        let spread = Spread { participants: 0.15, stimuli: 0.1 };
        let (mut accuracy, mut found) = (0.0, [0.0; 2]);
        for seed in 0..200 {
            let cells = simulated(&design(), 0.4, spread, seed);
            accuracy += cells.iter().map(|(_, sum, _)| sum).sum::<f64>() / 192.0 / 200.0;
            let own = Spread::of(&cells);
            found[0] += own.participants.powi(2) / 200.0;
            found[1] += own.stimuli.powi(2) / 200.0;
        }
        assert!((accuracy - 0.4).abs() < 0.01, "{accuracy}");
        // Variances that are held at 0 or above are a little too large on average.
        let found = found.map(f64::sqrt);
        assert!((found[0] - 0.15).abs() < 0.03 && (found[1] - 0.1).abs() < 0.03, "{found:?}");
    }

    #[test]
    fn what_is_detectable_grows_with_the_spread_and_shrinks_with_participants() {
        let none = Spread { participants: 0.0, stimuli: 0.0 };
        let all = minimum_effect(&design(), 1.0 / 3.0, none).unwrap();
        // By the normal approximation (1.96 + 0.84) √(2/9 / 192) = 0.096 for independent answers; with t of 11 degrees wider.
        assert!((0.08..0.15).contains(&all), "{all}");
        let spread =
            minimum_effect(&design(), 1.0 / 3.0, Spread { participants: 0.1, stimuli: 0.1 }).unwrap();
        assert!(spread > all + 0.01, "{spread} beside {all}");
        let few: Vec<RecordingId> =
            design().into_iter().filter(|id| id.participant <= Participant::new(8)).collect();
        assert!(minimum_effect(&few, 1.0 / 3.0, none).unwrap() > all + 0.03);
        assert_eq!(minimum_effect(&design()[..1], 1.0 / 3.0, none), None);
    }
}
