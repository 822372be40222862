//! How accurate a network, or a guess, is on what a scheme of splitting leaves unknown.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::record::{CellRecord, Training};
use super::shortcut::Shortcut;
use super::tally::{Tally, Unit, accuracy_interval};
use crate::error::{Error, Result};
use crate::evaluation::{Cell, Spread, minimum_effect};
use crate::paper::ReportedSeries;
use crate::preparation::Scheme;
use crate::protocol::Weights;
use crate::recordings::{Design, Participant, RecordingId};
use crate::series::reported;
use crate::statistics::{Interval, Probability, binomial_test, mean, standard_deviation};

/// What can be had by chance on the test recordings of a scheme, as numerator and denominator.
///
/// Everybody heard two genres. Where a participant's other recordings train, the genres are known, and guessing one of the
/// two is right in 1 of 2; where the participant is new, in 1 of 3, to which the paper compares (3.1). Whoever also counts
/// how many recordings of each genre train does better in a random split ([`Shortcut::Participant`]).
#[must_use]
pub const fn chance(scheme: Scheme) -> [usize; 2] {
    match scheme {
        Scheme::Random | Scheme::Song => [1, 2],
        Scheme::Participant | Scheme::Both => [1, 3],
    }
}

/// The accuracy of a network in a cell, with certain weights.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// The condition's name.
    pub condition: String,
    /// The scheme of splitting.
    pub scheme: Scheme,
    /// The network and its weights.
    pub series: ReportedSeries,
    /// Trainings.
    pub trainings: usize,
    /// Epochs of each.
    pub epochs: usize,
    /// Answers to test recordings, all trainings together.
    pub answers: usize,
    /// Recordings that were tested.
    pub recordings: usize,
    /// Part of the answers that are right.
    pub accuracy: f64,
    /// What it could be with other participants.
    pub over_participants: Option<Interval>,
    /// What it could be with other songs.
    pub over_songs: Option<Interval>,
    /// What it could be with other participants and other songs at once.
    pub over_both: Option<Interval>,
    /// The least effect above chance that would be found in 80 % of such studies ([`minimum_effect`]), as a part.
    pub detectable: Option<f64>,
    /// Standard deviation of the accuracies of draws: other seeds and, for a random split, other test sets. Nothing for
    /// one draw.
    pub over_draws: Option<f64>,
    /// Mean part of the training recordings that are answered rightly.
    pub training: f64,
    /// What can be had by [`chance`].
    pub chance: f64,
    /// The probability of being as far from chance, participants as the units.
    pub p: f64,
    /// The standard error of that, if it was estimated from draws.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_error: Option<f64>,
    /// The same by the exact binomial test, which takes recordings for independent: too sure where they are not.
    pub p_binomial: f64,
}

impl Estimate {
    /// All that the paper reports of a cell's network: one estimate for each of its weights.
    pub(super) fn all(record: &CellRecord) -> impl Iterator<Item = Self> {
        [Weights::Final, Weights::Best].into_iter().filter_map(|weights| Self::of(record, weights))
    }

    /// With certain weights, if the paper reports them.
    fn of(record: &CellRecord, weights: Weights) -> Option<Self> {
        let configuration = &record.configuration;
        let series = reported(record.model(), weights)?;
        let tally = Tally::of(&record.trainings, weights);
        let level = chance(configuration.scheme);
        let chance = level[0] as f64 / level[1] as f64;
        let fits = record.trainings.iter().map(|training| training.fit(weights).training);
        let fits: Vec<f64> = fits.map(|[right, of]| right as f64 / of as f64).collect();
        let draws: BTreeSet<u64> = record.trainings.iter().map(|training| training.draw).collect();
        let by_draw: Vec<f64> = (draws.into_iter())
            .map(|draw| {
                let own = record.trainings.iter().filter(|training| training.draw == draw).cloned();
                Tally::of(&own.collect::<Vec<Training>>(), weights).accuracy()
            })
            .collect();
        // Several answers to a recording count as one with their mean, rounded towards chance.
        let (right, of) = (tally.right() * tally.recordings(), tally.answers());
        let is_above = tally.right() * level[1] > level[0] * of;
        let right = if is_above { right / of } else { right.div_ceil(of) };
        let Probability { p, standard_error } = tally.test_level(Unit::Participant, level);
        Some(Self {
            condition: configuration.condition.clone(),
            scheme: configuration.scheme,
            series,
            trainings: record.trainings.len(),
            epochs: record.epochs(),
            answers: tally.answers(),
            recordings: tally.recordings(),
            accuracy: tally.accuracy(),
            over_participants: tally.interval(Unit::Participant),
            over_songs: tally.interval(Unit::Song),
            over_both: tally.interval_over_both(),
            detectable: detectable(&tally.cells(), chance),
            over_draws: (by_draw.len() > 1).then(|| standard_deviation(&by_draw)),
            training: mean(&fits),
            chance,
            p,
            p_error: standard_error,
            p_binomial: binomial_test(right, tally.recordings(), chance),
        })
    }
}

/// The least effect above chance that answers to these recordings would show, with their own spread over participants and
/// songs.
fn detectable(cells: &[Cell], chance: f64) -> Option<f64> {
    let design: Vec<RecordingId> = cells.iter().map(|(recording, ..)| *recording).collect();
    minimum_effect(&design, chance, Spread::of(cells))
}

/// The accuracy of a guess that never sees a signal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GuessEstimate {
    /// What it is made from.
    pub shortcut: Shortcut,
    /// The scheme of splitting.
    pub scheme: Scheme,
    /// Probability that an answer is right, mean over all test recordings.
    pub accuracy: f64,
    /// What it could be with other participants.
    pub over_participants: Option<Interval>,
}

/// Draws of each scheme from which guesses are estimated. They cost nothing.
const GUESS_DRAWS: u64 = 50;

impl GuessEstimate {
    /// All guesses under all schemes.
    ///
    /// # Errors
    /// Those of [`Scheme::draw`].
    pub(super) fn all(set: &Design) -> Result<Vec<Self>> {
        let schemes = Scheme::ALL.map(|scheme| {
            let splits = Error::gather((0..GUESS_DRAWS).map(|draw| scheme.draw(set, draw)))?.concat();
            Ok(Shortcut::ALL.map(|shortcut| {
                // By participant, the sum of the probabilities and how many there are.
                let mut sums: BTreeMap<Participant, (f64, usize)> = BTreeMap::new();
                for split in &splits {
                    for (recording, right) in split.test().iter().zip(shortcut.right(set, split)) {
                        let (sum, count) = sums.entry(recording.participant).or_default();
                        *sum += right;
                        *count += 1;
                    }
                }
                let sums: Vec<(f64, usize)> = sums.into_values().collect();
                let [right, of] = [
                    sums.iter().map(|(sum, _)| *sum).sum::<f64>(),
                    sums.iter().map(|(_, count)| *count as f64).sum(),
                ];
                Self { shortcut, scheme, accuracy: right / of, over_participants: accuracy_interval(&sums) }
            }))
        });
        Ok(Error::gather(schemes)?.concat())
    }
}
