//! How accurate a network, or a guess, is on what a scheme of splitting leaves unknown.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::condition::{CLEAN, NULL};
use super::record::{CellRecord, Training};
use super::shortcut::Shortcut;
use super::tally::{Tally, Unit, accuracy_interval};
use crate::error::{Error, Result};
use crate::evaluation::{Cell, Known, NullDistribution, Spread, even_guess, minimum_effect};
use crate::models::GENRES;
use crate::paper::ReportedSeries;
use crate::preparation::Scheme;
use crate::protocol::Weights;
use crate::recordings::{Design, Participant, RecordingId};
use crate::series::reported;
use crate::statistics::{Interval, Probability, binomial_test, mean, standard_deviation};

/// What a guess reaches that knows the design of a record's answers alone: where a scheme leaves participants out, nothing of
/// the participant, else the labels of the participant's other recordings, which train ([`even_guess`]).
pub(super) fn chance(record: &CellRecord) -> [usize; 2] {
    even_guess_of(
        record,
        match record.configuration.scheme {
            Scheme::Random | Scheme::Song => Known::OwnLabels,
            Scheme::Participant | Scheme::Both => Known::Nothing,
        },
    )
}

/// What a guess reaches that knows so much of the participants of a record.
pub(super) fn even_guess_of(record: &CellRecord, known: Known) -> [usize; 2] {
    let labels: BTreeMap<RecordingId, usize> = record
        .trainings
        .iter()
        .flat_map(|training| training.answers.iter().map(|(recording, [label, ..])| (*recording, *label)))
        .collect();
    let owners: Vec<(Participant, usize)> =
        labels.into_iter().map(|(recording, label)| (recording.participant, label)).collect();
    even_guess(&owners, known)
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
    /// What a guess reaches that knows the design alone.
    pub chance: f64,
    /// What the same network reaches with labels exchanged within participants, as far as that is trained.
    pub null: Option<EstimateNull>,
    /// Part of the answers that are right among the genres that the participant heard, which takes knowledge of the design;
    /// nothing where outputs are not recorded.
    pub among_heard: Option<f64>,
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
        let level = chance(record);
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
            null: None,
            among_heard: among_heard(record, weights),
            p,
            p_error: standard_error,
            p_binomial: binomial_test(right, tally.recordings(), chance),
        })
    }
}

/// A null distribution of trainings: each draw of the condition `null` is one exchange of labels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EstimateNull {
    /// Exchanges that are trained.
    pub exchanges: usize,
    /// Their mean accuracy: chance of this network under this design and split.
    pub chance: f64,
    /// What 95 % of them stay within.
    pub range: Option<[f64; 2]>,
    /// `(1 + exchanges that are as accurate) / (1 + exchanges)`; of several draws with the true labels their mean counts.
    pub p: f64,
}

/// Gives each estimate of the condition whose null distribution is trained that distribution, for the same scheme, network, weights
/// and epochs.
pub(super) fn add_nulls(estimates: &mut [Estimate], records: &[CellRecord]) {
    for estimate in estimates.iter_mut().filter(|estimate| estimate.condition == CLEAN.name) {
        for record in records.iter().filter(|record| record.configuration.condition == NULL.name) {
            let weights = [Weights::Final, Weights::Best]
                .into_iter()
                .find(|weights| reported(record.model(), *weights) == Some(estimate.series));
            let is_same =
                record.configuration.scheme == estimate.scheme && record.epochs() == estimate.epochs;
            let Some(weights) = weights.filter(|_| is_same) else { continue };
            let mut draws: BTreeMap<u64, (usize, usize)> = BTreeMap::new();
            for training in &record.trainings {
                let own = draws.entry(training.draw).or_default();
                for (_, is_right) in training.right(weights) {
                    *own = (own.0 + usize::from(is_right), own.1 + 1);
                }
            }
            let of = draws.values().map(|(_, of)| *of).max().unwrap_or(0);
            let null = NullDistribution { of, right: draws.into_values().map(|(right, _)| right).collect() };
            let right = (estimate.accuracy * of as f64 - 1e-9).ceil() as usize;
            let (exchanges, chance, range) = (null.exchanges(), null.chance(), null.range());
            estimate.null = Some(EstimateNull { exchanges, chance, range, p: null.p(right) });
        }
    }
}

/// The part of the answers that are right if only genres count that the participant heard: of slices most votes, each for the
/// highest output among these; of equally many the lower label.
fn among_heard(record: &CellRecord, weights: Weights) -> Option<f64> {
    let mut heard: BTreeMap<Participant, BTreeSet<usize>> = BTreeMap::new();
    for training in &record.trainings {
        for (recording, [label, ..]) in &training.answers {
            heard.entry(recording.participant).or_default().insert(*label);
        }
    }
    let (mut right, mut of) = (0, 0_usize);
    for training in &record.trainings {
        for (recording, [label, ..]) in &training.answers {
            let outputs = &training.logits.get(recording)?[usize::from(weights == Weights::Best)];
            let own = &heard[&recording.participant];
            let mut votes = [0_usize; GENRES];
            for row in outputs {
                let best = own
                    .iter()
                    .copied()
                    .reduce(|best, other| if row[other] > row[best] { other } else { best })?;
                votes[best] += 1;
            }
            let answer = own
                .iter()
                .copied()
                .reduce(|best, other| if votes[other] > votes[best] { other } else { best })?;
            right += usize::from(answer == *label);
            of += 1;
        }
    }
    (of > 0).then(|| right as f64 / of as f64)
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
