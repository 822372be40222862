//! How accurate a network, or a guess, is on what a scheme of splitting leaves unknown.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::condition::{CLEAN, Condition, NULL};
use super::record::{CellRecord, Training};
use super::shortcut::Shortcut;
use super::tally::{Tally, Unit, accuracy_interval};
use crate::error::{Error, Result};
use crate::evaluation::statistics::{Interval, Probability, mean, standard_deviation};
use crate::evaluation::{Cell, Known, NullDistribution, Spread, best_guess, minimum_effect};
use crate::preparation::Scheme;
use crate::recordings::{Design, Outline, Participant, RecordingId};
use crate::runs::Weights;
use crate::runs::series::ReportedSeries;
use crate::runs::series::reported;

/// The most that a guess without a signal reaches under a scheme ([`best_guess`]): where participants are left out it knows
/// nothing of them, else the labels of their other recordings, which train, unless these were dealt out anew.
pub(super) fn chance(record: &CellRecord, design: &Design) -> [usize; 2] {
    chance_knowing(design, known(&record.configuration.condition, record.configuration.scheme))
}

/// What that guess knows of a tested participant.
fn known(condition: &str, scheme: Scheme) -> Known {
    let dealt = Condition::named(condition).is_ok_and(|own| own.deals_labels());
    match scheme {
        Scheme::Random | Scheme::Stimulus | Scheme::Session if !dealt => Known::OwnLabels,
        Scheme::Random | Scheme::Stimulus | Scheme::Session | Scheme::Participant | Scheme::Both => {
            Known::Nothing
        }
    }
}

/// The same with so much known of participants.
pub(super) fn chance_knowing(design: &Design, known: Known) -> [usize; 2] {
    let labels = design.labels();
    let owner = |outline: &Outline| (outline.participant, labels.class(outline.label));
    best_guess(&design.outlines().iter().map(owner).collect::<Vec<(Participant, usize)>>(), known)
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
    /// What it could be with other stimuli.
    pub over_stimuli: Option<Interval>,
    /// What it could be with other participants and other stimuli at once.
    pub over_both: Option<Interval>,
    /// The least effect above chance that would be found in 80 % of such studies ([`minimum_effect`]), as a part.
    pub detectable: Option<f64>,
    /// Standard deviation of the accuracies of draws: other seeds and, for a random split, other test sets. Nothing for
    /// one draw.
    pub over_draws: Option<f64>,
    /// Mean part of the training recordings that are answered rightly.
    pub training: f64,
    /// The most that a guess reaches that knows the design alone.
    pub chance: f64,
    /// What the same network reaches with labels exchanged within participants, as far as that is trained.
    pub null: Option<EstimateNull>,
    /// Part of the answers that are right among the labels that the participant heard, which takes knowledge of the design;
    /// nothing where outputs are not recorded.
    pub among_heard: Option<f64>,
    /// The probability of being so accurate or more without a signal: that of the [null distribution](EstimateNull) where it
    /// is trained, else of being so far above [`chance`](Self::chance), participants as the units ([`level_test`](crate::evaluation::statistics::level_test)).
    pub p: f64,
    /// The standard error of that, if it was estimated from draws.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_error: Option<f64>,
}

impl Estimate {
    /// What the guess of [`chance`](Self::chance) knows of a tested participant.
    pub(crate) fn known(&self) -> Known {
        known(&self.condition, self.scheme)
    }

    /// All that the paper reports of a cell's network: one estimate for each of its weights, with the null distribution that is
    /// among all records.
    pub(super) fn all(record: &CellRecord, records: &[CellRecord], design: &Design) -> Vec<Self> {
        let weights = [Weights::Final, Weights::Best].into_iter();
        weights.filter_map(|weights| Self::of(record, weights, records, design)).collect()
    }

    /// With certain weights, if the paper reports them.
    fn of(record: &CellRecord, weights: Weights, records: &[CellRecord], design: &Design) -> Option<Self> {
        let configuration = &record.configuration;
        let series = reported(record.model(), weights)?;
        let tally = Tally::of(&record.trainings, weights);
        let level = chance(record, design);
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
        let null = EstimateNull::of(record, weights, records);
        let bound = tally.test_level(Unit::Participant, level);
        let Probability { p, standard_error } =
            null.map_or(bound, |null| Probability { p: null.p, standard_error: None });
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
            over_stimuli: tally.interval(Unit::Stimulus),
            over_both: tally.interval_over_both(),
            detectable: detectable(&tally.cells(), chance),
            over_draws: (by_draw.len() > 1).then(|| standard_deviation(&by_draw)),
            training: mean(&fits),
            chance,
            null,
            among_heard: among_heard(record, weights, design),
            p,
            p_error: standard_error,
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

/// Of fewer exchanges no p can be 5 %, and nothing is said.
const FEWEST_EXCHANGES: usize = 19;

impl EstimateNull {
    /// That of a cell's network with certain weights: the condition without pads and zeros has one, for the same scheme,
    /// network and epochs.
    pub(super) fn of(record: &CellRecord, weights: Weights, records: &[CellRecord]) -> Option<Self> {
        let own = &record.configuration;
        let exchanged = records.iter().find(|other| {
            (other.configuration.condition.as_str(), other.configuration.scheme) == (NULL.name, own.scheme)
                && (other.model(), other.epochs()) == (record.model(), record.epochs())
        })?;
        if own.condition != CLEAN.name {
            return None;
        }
        let mut draws: BTreeMap<u64, (usize, usize)> = BTreeMap::new();
        for training in &exchanged.trainings {
            let own = draws.entry(training.draw).or_default();
            for (_, is_right) in training.right(weights) {
                *own = (own.0 + usize::from(is_right), own.1 + 1);
            }
        }
        if draws.len() < FEWEST_EXCHANGES {
            return None;
        }
        let of = draws.values().map(|(_, of)| *of).max().unwrap_or(0);
        let null = NullDistribution { of, right: draws.into_values().map(|(right, _)| right).collect() };
        let accuracy = Tally::of(&record.trainings, weights).accuracy();
        let right = (accuracy * of as f64 - 1e-9).ceil() as usize;
        Some(Self {
            exchanges: null.exchanges(),
            chance: null.chance(),
            range: null.range(),
            p: null.p(right),
        })
    }
}

/// Classes that each participant has. Where a control changes labels, those of the tested recordings count; the design does not know
/// them. Elsewhere those of the design count: a few tested recordings may have fewer, which would tell the answer.
fn heard(record: &CellRecord, design: &Design) -> BTreeMap<Participant, BTreeSet<usize>> {
    let labels = design.labels();
    let told = record.trainings.iter().flat_map(|training| &training.answers);
    let tested: Vec<(RecordingId, usize)> = told.map(|(id, [label, ..])| (*id, *label)).collect();
    let of_design = |outline: &Outline| (outline.id(), labels.class(outline.label));
    let all: BTreeMap<RecordingId, usize> = design.outlines().iter().map(of_design).collect();
    let is_changed = tested.iter().any(|(id, label)| all.get(id) != Some(label));
    let mut heard: BTreeMap<Participant, BTreeSet<usize>> = BTreeMap::new();
    for (id, label) in if is_changed { tested } else { all.into_iter().collect() } {
        heard.entry(id.participant).or_default().insert(label);
    }
    heard
}

/// The part of the answers that are right if only labels count that the participant heard: of slices most votes, each for the
/// highest output among these; of equally many the lower label.
fn among_heard(record: &CellRecord, weights: Weights, design: &Design) -> Option<f64> {
    let heard = heard(record, design);
    let (mut right, mut of) = (0, 0_usize);
    for training in &record.trainings {
        for (recording, [label, ..]) in &training.answers {
            let outputs = &training.logits.get(recording)?[usize::from(weights == Weights::Best)];
            let own = &heard[&recording.participant];
            let mut votes = vec![0_usize; outputs.first()?.len()];
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
/// stimuli.
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

/// Draws of each scheme from which guesses are estimated, at most. On the published recordings they cost nothing.
const GUESS_DRAWS: u64 = 50;

/// Recordings that are dealt for the guesses of a scheme, in all folds of all draws: on larger designs there are fewer draws.
const DEALT: u64 = GUESS_DRAWS * 24 * 192;

impl GuessEstimate {
    /// All guesses under all schemes.
    ///
    /// # Errors
    /// Those of [`Scheme::draw`].
    pub fn all(set: &Design) -> Result<Vec<Self>> {
        let schemes = Scheme::ALL.map(|scheme| {
            let folds = scheme.draws(set, 1)?.len().max(1);
            let draws = DEALT / (folds * set.outlines().len()) as u64;
            let splits = scheme.draws(set, draws.clamp(1, GUESS_DRAWS))?;
            let shortcuts = Shortcut::ALL.into_iter().filter(|_| !splits.is_empty());
            let estimates = shortcuts.map(|shortcut| {
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
            });
            Ok(estimates.collect::<Vec<Self>>())
        });
        Ok(Error::gather(schemes)?.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{CellConfiguration, Fit, plan};
    use crate::models::Model;
    use crate::recordings::{DataSet, synthetic};
    use crate::runs::profile::Profile;

    /// One training each for some draws, with the same numbers of right answers to two recordings of each of the first three
    /// participants.
    fn cell(set: &DataSet, condition: &str, right: &[usize]) -> CellRecord {
        let cell = plan(Profile::Paper).into_iter().find(|cell| {
            (cell.condition.name, cell.scheme, cell.model)
                == (condition, Scheme::Participant, Model::Baseline)
        });
        let fit = Fit { epoch: 1, training: [1, 1], validation: [1, 1] };
        let tested: Vec<RecordingId> = set
            .participants()
            .into_iter()
            .take(3)
            .flat_map(|who| {
                let own = set.outlines().iter().filter(move |outline| outline.participant == who);
                let own: Vec<RecordingId> = own.map(Outline::id).collect();
                [own[0], own[7]]
            })
            .collect();
        let labels = set.labels();
        let trainings = (0..).zip(right).map(|(draw, right)| {
            let answers = tested.iter().enumerate().map(|(place, id)| {
                let label = labels.class(set.outline(*id).unwrap().label);
                let answer = if place < *right { label } else { (label + 1) % 3 };
                (*id, [label, answer, answer])
            });
            // The highest output is for a label that the participant did not hear, the second for the right one.
            let logits = tested.iter().map(|id| {
                let own = set.labels_of(id.participant);
                let truth = set.outline(*id).unwrap().label;
                let output =
                    |label| if own.contains(&label) { f32::from(u8::from(label == truth)) } else { 9.0 };
                let row: Vec<f32> = labels.iter().map(output).collect();
                (*id, [vec![row.clone()], vec![row]])
            });
            Training {
                draw,
                fold: 1,
                split: String::new(),
                last: fit,
                best: fit,
                answers: answers.collect(),
                logits: logits.collect(),
            }
        });
        CellRecord {
            configuration: CellConfiguration::of(&cell.unwrap(), set),
            program: String::new(),
            trainings: trainings.collect(),
        }
    }

    #[test]
    fn p_is_that_of_exchanged_labels_where_they_are_trained_and_else_that_of_the_bound() {
        let set = synthetic::generate(&synthetic::Settings::default()).unwrap();
        let (clean, null) = (
            cell(&set, "clean", &[4, 5, 3]),
            cell(&set, "null", &[&[1, 2, 4, 5, 2, 1, 3, 3, 1][..], &[1; 10]].concat()),
        );
        let records = [clean.clone(), null];
        let with = &Estimate::all(&clean, &records, &set)[0];
        // Two of 19 exchanges have the mean of 4 right answers, or more.
        let found = with.null.unwrap();
        assert_eq!((found.exchanges, found.p, with.p), (19, 0.15, 0.15));
        assert!((found.chance - 32.0 / 114.0).abs() < 1e-12);
        let few = [clean.clone(), cell(&set, "null", &[4; 18])];
        assert_eq!(Estimate::all(&clean, &few, &set)[0].null, None);
        let without = &Estimate::all(&clean, &records[..1], &set)[0];
        assert_eq!((without.null, without.chance), (None, 1.0 / 3.0));
        // Twelve of eighteen: participants have 6, 5 and 1 of 6, so 4, 3 and -1 above a third: all but two of eight choices are less.
        assert_eq!(without.p, 2.0 / 8.0);
        // No other condition has this null distribution.
        let whole = CellRecord {
            configuration: CellConfiguration { condition: "whole".into(), ..clean.configuration.clone() },
            ..clean
        };
        assert_eq!(Estimate::all(&whole, &records, &set)[0].null, None);
    }

    #[test]
    fn among_the_genres_that_a_participant_heard_the_third_does_not_count() {
        let set = synthetic::generate(&synthetic::Settings::default()).unwrap();
        let record = cell(&set, "clean", &[0, 0]);
        let estimate = &Estimate::all(&record, &[], &set)[0];
        assert_eq!((estimate.accuracy, estimate.among_heard), (0.0, Some(1.0)));
        // A participant of whom one label alone is tested has two all the same.
        let mut few = record.clone();
        let wrong = |label: usize, own: &BTreeSet<usize>| *own.iter().find(|other| **other != label).unwrap();
        for training in &mut few.trainings {
            let kept: BTreeMap<Participant, usize> =
                training.answers.iter().map(|(id, [label, ..])| (id.participant, *label)).collect();
            training.answers.retain(|id, [label, ..]| kept[&id.participant] == *label);
            for (id, [label, ..]) in &training.answers {
                let own =
                    set.labels_of(id.participant).into_iter().map(|own| set.labels().class(own)).collect();
                let row: Vec<f32> =
                    (0..3).map(|class| f32::from(u8::from(class == wrong(*label, &own)))).collect();
                training.logits.insert(*id, [vec![row.clone()], vec![row]]);
            }
        }
        assert_eq!(Estimate::all(&few, &[], &set)[0].among_heard, Some(0.0));
        let mut silent = record;
        silent.trainings[0].logits.clear();
        assert_eq!(Estimate::all(&silent, &[], &set)[0].among_heard, None);
    }
}
