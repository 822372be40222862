//! How far dependencies reach, measured without a network: the accuracy of autocorrelations, lag by lag.
//!
//! A network that does not profit from order far apart may only be unable to learn it from 122 recordings. So the
//! question is also put directly. Of each recording, cut to the length of the shortest:
//!
//! ```text
//! l_t = ln(sample + 0.01), held within 1.5 of the recording's median      bursts of artefacts are no part of the question
//! d_s = mean of l over second s + 1 less that over second s               slow drifts would drown what lies far apart
//! r_k = Σ (d_s - m)(d_{s+k} - m) / Σ (d_s - m)²                           m: mean of d; k: lag in seconds
//! ```
//!
//! Voltages have both signs and no logarithm. Of a channel with a negative sample, l is that of its power, which knows no unit:
//! `l_t = ln((x_t - median)² + 0.01 · mean of (x - median)²)`.
//!
//! The autocorrelations r_k of an octave of lags (1, 2-3, 4-7, …, 64-127 s) are the features of a trial as in
//! [`classification`](crate::classifiers::trials): support vectors, each participant left out in turn. Where only an octave
//! of long lags predicts the label, the label is in dependencies of that length and nowhere nearer.
//!
//! Of several channels the autocorrelations of all of them are the features, channel after channel.
//!
//! Autocorrelations tell of linear dependencies that a whole recording has in common. A single event that echoes once,
//! or a dependency without correlation, they do not see.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::classifiers::trials::{
    Division, Origin, Trial, TrialEstimate, TrialRecord, probability_above_chance,
};
use crate::classifiers::{Classifier, Recipe};
use crate::error::{Error, Result};
use crate::evaluation::statistics::{Interval, Probability, holm, mean, quantile};
use crate::features::{FeatureRow, FeatureTable};
use crate::preparation::Preparation;
use crate::recordings::{DataSet, Recording};

/// How far from its median the logarithm of a sample may lie.
const HELD: f64 = 1.5;

/// The accuracy of an octave of lags.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reach {
    /// The shortest and the longest lag, in seconds.
    pub lags_seconds: [usize; 2],
    /// Accuracy on held-out participants, from 0 to 1.
    pub accuracy: f64,
    /// What a guess reaches that knows the design alone.
    pub chance: f64,
    /// What it could be with other participants.
    pub over_participants: Option<Interval>,
    /// The probability of being so far above chance, participants as the units ([`level_test`](crate::evaluation::statistics::level_test)).
    pub p: f64,
    /// The standard error of that, if it was estimated from draws.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_error: Option<f64>,
    /// The same, corrected for all octaves (Holm).
    pub p_holm: f64,
}

impl Reach {
    /// All octaves of lags that recordings are long enough for, the shortest first; none of a single participant.
    ///
    /// # Errors
    /// Those of [`TrialRecord::make`].
    pub fn all(set: &DataSet) -> Result<Vec<Self>> {
        if !Division::Participant.is_allowed_by(set) {
            return Ok(Vec::new());
        }
        let cut = Preparation::of_one_length(set).remaining(set)?;
        let changes: Vec<Vec<Vec<f64>>> = cut.recordings().par_iter().map(changes_by_second).collect();
        let seconds = changes.iter().flatten().map(Vec::len).min().unwrap_or(0);
        let octaves = (0..usize::BITS - 1).map(|power| [1 << power, (2 << power) - 1]);
        let octaves = octaves.take_while(|[_, longest]| *longest < seconds);
        let mut reaches = Error::gather(octaves.map(|lags| Self::of(&cut, &changes, lags)))?;
        let corrected = holm(&reaches.iter().map(|reach| reach.p).collect::<Vec<f64>>());
        reaches.iter_mut().zip(corrected).for_each(|(reach, p)| reach.p_holm = p);
        Ok(reaches)
    }

    fn of(set: &DataSet, changes: &[Vec<Vec<f64>>], [shortest, longest]: [usize; 2]) -> Result<Self> {
        let rows = set.recordings().iter().zip(changes).enumerate().map(|(index, (recording, changes))| {
            let lags = |own: &Vec<f64>| (shortest..=longest).map(|lag| autocorrelation(own, lag)).collect();
            let values = changes.iter().map(lags).collect::<Vec<Vec<Option<f64>>>>().concat();
            let Recording { participant, label, stimulus, take, .. } = *recording;
            FeatureRow {
                participant,
                label,
                stimulus: Some(stimulus),
                take,
                band: None,
                recording: index,
                values,
            }
        });
        let names = set.channels().prefixes().into_iter().flat_map(|channel| {
            (shortest..=longest).map(move |lag| format!("{channel}autocorrelation at {lag} s"))
        });
        let table = FeatureTable::new(names.collect(), rows.collect())?;
        let trial = Trial::new(Origin::Cut, Division::Participant, Recipe::of(Classifier::Svm));
        let record = TrialRecord::make(Trial { draws: 1, ..trial }, &table)?;
        let TrialEstimate { accuracy, chance, over_participants, .. } = TrialEstimate::of(&record);
        let Probability { p, standard_error: p_error } = probability_above_chance(&record);
        Ok(Self {
            lags_seconds: [shortest, longest],
            accuracy,
            chance,
            over_participants,
            p,
            p_error,
            p_holm: p,
        })
    }

    /// Whether a lag belongs to the octave.
    #[must_use]
    pub const fn has(&self, lag_seconds: usize) -> bool {
        self.lags_seconds[0] <= lag_seconds && lag_seconds <= self.lags_seconds[1]
    }

    /// Its lags in words: `1 s`, `32-63 s`.
    #[must_use]
    pub fn lags(&self) -> String {
        match self.lags_seconds {
            [one, other] if one == other => format!("{one} s"),
            [shortest, longest] => format!("{shortest}-{longest} s"),
        }
    }
}

/// The change of held log power from each whole second to the next, channel after channel.
fn changes_by_second(recording: &Recording) -> Vec<Vec<f64>> {
    let second = (recording.rate_hz.round() as usize).max(1);
    recording.channels.split(&recording.samples).iter().map(|samples| changes(samples, second)).collect()
}

/// The same of one channel, a second having so many samples.
fn changes(samples: &[f64], second: usize) -> Vec<f64> {
    let log = logarithms(samples);
    let Some(median) = quantile(&log, 0.5) else { return Vec::new() };
    let held: Vec<f64> = log.iter().map(|log| (log - median).clamp(-HELD, HELD)).collect();
    let seconds: Vec<f64> = held.chunks_exact(second).map(mean).collect();
    seconds.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// The logarithm of each sample; of its power, where one is negative.
fn logarithms(samples: &[f64]) -> Vec<f64> {
    if samples.iter().all(|sample| *sample >= 0.0) {
        return samples.iter().map(|sample| (sample + 0.01).ln()).collect();
    }
    let centre = quantile(samples, 0.5).unwrap_or(0.0);
    let powers: Vec<f64> = samples.iter().map(|sample| (sample - centre).powi(2)).collect();
    let least = 0.01 * mean(&powers);
    powers.into_iter().map(|power| (power + least).ln()).collect()
}

/// r_k; nothing for values that do not vary.
fn autocorrelation(values: &[f64], lag: usize) -> Option<f64> {
    let centre = mean(values);
    let product = |(one, other): (&f64, &f64)| (one - centre) * (other - centre);
    let sum = |lag: usize| values.iter().zip(values.get(lag..).unwrap_or_default()).map(product).sum::<f64>();
    let part = sum(lag) / sum(0);
    part.is_finite().then_some(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recordings::synthetic::{self, Effect, Settings};

    #[test]
    fn autocorrelations_are_those_of_the_formula() {
        // By hand: six times the values' distances from their mean are -13, -1, -7, 11, 5 and 5.
        let values = [1.0, 3.0, 2.0, 5.0, 4.0, 4.0];
        let expected = [390.0, 23.0, 100.0, -183.0].map(|sum| sum / 390.0);
        for (lag, expected) in expected.into_iter().enumerate() {
            assert!((autocorrelation(&values, lag).unwrap() - expected).abs() < 1e-12, "lag {lag}");
        }
        assert_eq!(autocorrelation(&[2.0, 2.0], 1), None);
    }

    #[test]
    fn voltages_have_the_changes_of_their_power_in_any_unit() {
        // A carrier whose amplitude swings with a period of 10 s, for 120 s at 16 Hz.
        let carrier = |at: usize| if at.is_multiple_of(2) { 1.0 } else { -1.0 };
        let swing = |at: usize| 1.0 + 0.8 * (std::f64::consts::TAU * at as f64 / 160.0).sin();
        let microvolts: Vec<f64> = (0..1920).map(|at| 20.0 * swing(at) * carrier(at)).collect();
        let volts: Vec<f64> = microvolts.iter().map(|sample| 1e-6 * sample).collect();
        let [of_microvolts, of_volts] = [&microvolts, &volts].map(|samples| changes(samples, 16));
        assert_eq!(of_microvolts.len(), 119);
        assert!(of_microvolts.iter().zip(&of_volts).all(|(one, other)| (one - other).abs() < 1e-9));
        let at = |lag| autocorrelation(&of_volts, lag).unwrap();
        assert!(at(10) > 0.8 && at(5) < -0.5, "{} and {}", at(10), at(5));
    }

    #[test]
    fn an_echo_is_seen_at_its_lag_and_nothing_where_nothing_is_planted() {
        let reaches = |effect, strength| {
            let set = synthetic::generate(&Settings { effect, strength, seed: 1 }).unwrap();
            Reach::all(&set).unwrap()
        };
        let echo = reaches(Effect::LongRange, 1.0);
        let lags: Vec<String> = echo.iter().map(Reach::lags).collect();
        assert_eq!(lags, ["1 s", "2-3 s", "4-7 s", "8-15 s", "16-31 s", "32-63 s", "64-127 s"]);
        let highest = echo.iter().max_by(|one, other| one.accuracy.total_cmp(&other.accuracy)).unwrap();
        assert!(highest.has(50) && highest.over_participants.unwrap().low > 1.0 / 3.0, "{echo:?}");
        let nothing = reaches(Effect::Null, 1.0);
        assert!(nothing.iter().all(|reach| reach.accuracy < 1.0 / 3.0 || reach.p_holm > 0.05), "{nothing:?}");
    }
}
