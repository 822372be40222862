//! The power of the echo check: how often [`Reach`] finds an echo that was put into recordings.
//!
//! An echo of correlation r at a lag L is added to the logarithm of power, z, less its median:
//!
//! ```text
//! y_t = (z_t + a z_{t-L}) / √(1 + a²)      a / (1 + a²) = r; the first L seconds stay as they are
//! ```
//!
//! Every channel gets the echo of its own power.
//!
//! Where z does not depend on itself L earlier, y depends on itself with r and has the same variance. Classical recordings get
//! the echo and pop ones its inverse; with *one genre*, classical ones alone.
//!
//! Two kinds of recordings get it: synthetic ones in which nothing is planted, one set for each of ten seeds, and the recordings
//! that are audited, with the genres of each participant exchanged in ten ways, so that only the echo depends on the
//! genre. An echo is found if the octave of its lag predicts the genre of held-out participants significantly above chance
//! (p < 0.05 after Holm's correction for all octaves).

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Reach;
use crate::error::{Error, Result};
use crate::evaluation::statistics::quantile;
use crate::preparation::{Ablated, Ablation};
use crate::recordings::synthetic::{self, Effect, Settings};
use crate::recordings::{DataSet, Design, Fingerprint, Label, Recording};
use crate::report::{Steps, Table};
use crate::store::{create_folder, read_record, write_record};

/// Sets of each kind.
const SETS: u64 = 10;
/// Lags in seconds.
const LAGS: [usize; 3] = [20, 50, 100];
/// Correlations.
const CORRELATIONS: [f64; 3] = [0.1, 0.2, 0.3];

/// How often echoes are found that were put into recordings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EchoPower {
    /// What identifies the recordings.
    pub data: Fingerprint,
    /// One row for each echo.
    pub rows: Vec<EchoRow>,
}

/// How often one kind of echo is found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EchoRow {
    /// Whether the recordings are synthetic.
    pub is_synthetic: bool,
    /// The echo's lag.
    pub lag_seconds: usize,
    /// Its correlation; 0 for none.
    pub correlation: f64,
    /// Whether classical recordings alone have it.
    pub is_of_one_genre: bool,
    /// Sets.
    pub sets: usize,
    /// Sets in which the octave of its lag is above chance.
    pub found: usize,
    /// Sets in which another octave is.
    pub elsewhere: usize,
}

impl EchoPower {
    /// Of all echoes, and of none; some minutes.
    ///
    /// # Errors
    /// Those of [`Reach::all`].
    pub fn of(set: &DataSet) -> Result<Self> {
        let none = (LAGS[1], 0.0, false);
        let echoes = LAGS.into_iter().flat_map(|lag| {
            CORRELATIONS
                .into_iter()
                .flat_map(move |correlation| [false, true].map(|one| (lag, correlation, one)))
        });
        let echoes: Vec<(usize, f64, bool)> = [none].into_iter().chain(echoes).collect();
        let synthetic = Error::gather((0..SETS).map(|seed| {
            synthetic::generate(&Settings { effect: Effect::Null, seed, ..Settings::default() })
        }))?;
        let exchanged = (0..SETS).map(|seed| Ablation { of: Ablated::OwnLabels, seed }.apply(set));
        let exchanged = Error::gather(exchanged)?;
        let mut steps = Steps::new(2 * echoes.len() as u64);
        let kinds = [(true, &synthetic), (false, &exchanged)];
        let rows = kinds
            .into_iter()
            .flat_map(|(is_synthetic, sets)| echoes.iter().map(move |echo| (is_synthetic, sets, *echo)));
        let rows = rows.map(|(is_synthetic, sets, (lag_seconds, correlation, is_of_one_genre))| {
            steps.begin(format!("an echo of {correlation} after {lag_seconds} s"));
            let mut row = EchoRow {
                is_synthetic,
                lag_seconds,
                correlation,
                is_of_one_genre,
                sets: sets.len(),
                found: 0,
                elsewhere: 0,
            };
            for set in sets {
                let reaches = Reach::all(&with_echo(set, lag_seconds, correlation, is_of_one_genre)?)?;
                let is_found = |reach: &&Reach| reach.accuracy > reach.chance && reach.p_holm < 0.05;
                let found: Vec<&Reach> = reaches.iter().filter(is_found).collect();
                row.found += usize::from(found.iter().any(|reach| reach.has(lag_seconds)));
                row.elsewhere += usize::from(found.iter().any(|reach| !reach.has(lag_seconds)));
            }
            Ok(row)
        });
        let rows = Error::gather(rows.collect::<Vec<Result<EchoRow>>>())?;
        steps.finish();
        Ok(Self { data: set.fingerprint(), rows })
    }

    fn path(folder: &Path) -> PathBuf {
        folder.join("echo.json")
    }

    /// Those that are recorded of these recordings, if they are.
    ///
    /// # Errors
    /// As [`SignalFindings::load`](super::SignalFindings::load).
    pub fn load(folder: &Path, design: &Design) -> Result<Option<Self>> {
        let path = Self::path(folder);
        let found = read_record::<Self>(&path, "how often echoes are found")?;
        found.as_ref().map_or(Ok(()), |found| design.check_record(&path, found.data))?;
        Ok(found)
    }

    /// Writes them among the records of an audit.
    ///
    /// # Errors
    /// Those of [`write_record`].
    pub fn write(&self, folder: &Path) -> Result<()> {
        create_folder(folder)?;
        write_record(Self::path(folder), self)
    }

    /// In how many of how many sets an echo of at least this correlation was found, in either kind of recordings: of all genres
    /// and of one.
    #[must_use]
    pub fn found(&self, is_synthetic: bool, correlation: f64) -> [usize; 2] {
        let own = self.rows.iter().filter(|row| {
            row.is_synthetic == is_synthetic && row.correlation > 0.0 && row.correlation >= correlation
        });
        own.fold([0, 0], |[found, of], row| [found + row.found, of + row.sets])
    }

    /// A row for each echo.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table =
            Table::new(["put into", "lag (s)", "correlation", "genres", "sets", "found", "found elsewhere"]);
        for row in &self.rows {
            let EchoRow { lag_seconds, correlation, sets, found, elsewhere, .. } = row;
            let is_none = *correlation == 0.0;
            table.push([
                if row.is_synthetic { "synthetic recordings" } else { "these recordings, labels exchanged" }
                    .to_owned(),
                if is_none { String::new() } else { lag_seconds.to_string() },
                if is_none { "no echo".to_owned() } else { correlation.to_string() },
                match (is_none, row.is_of_one_genre) {
                    (true, _) => String::new(),
                    (false, true) => "classical".to_owned(),
                    (false, false) => "classical, pop inverted".to_owned(),
                },
                sets.to_string(),
                if is_none { String::new() } else { found.to_string() },
                if is_none { found.max(elsewhere).to_string() } else { elsewhere.to_string() },
            ]);
        }
        table
    }
}

/// Recordings with an echo that goes with their genre.
fn with_echo(set: &DataSet, lag_seconds: usize, correlation: f64, is_of_one_genre: bool) -> Result<DataSet> {
    // The first label and the last.
    let labels = set.labels();
    let signed = |label: Label| match labels.class(label) {
        0 => correlation,
        class if class + 1 == labels.count() && !is_of_one_genre => -correlation,
        _ => 0.0,
    };
    let recordings = set.recordings().iter().map(|recording| {
        let lag = (lag_seconds as f64 * recording.rate_hz).round() as usize;
        let correlation = signed(recording.label);
        let samples = recording.channels.map(&recording.samples, |own| echoed(own, lag, correlation));
        Recording { samples, ..recording.clone() }
    });
    DataSet::new(recordings.collect())
}

/// Samples with an echo of their logarithm after so many samples.
fn echoed(samples: &[f64], lag: usize, correlation: f64) -> Vec<f64> {
    let log: Vec<f64> = samples.iter().map(|sample| (sample + 0.01).ln()).collect();
    let Some(median) = quantile(&log, 0.5).filter(|_| correlation != 0.0) else { return samples.to_vec() };
    // a of a / (1 + a²) = r, the smaller one.
    let weight = (1.0 - (1.0 - 4.0 * correlation.powi(2)).max(0.0).sqrt()) / (2.0 * correlation);
    let echo = |place: usize| match place.checked_sub(lag) {
        None => log[place],
        Some(earlier) => {
            let own = log[place] - median + weight * (log[earlier] - median);
            median + own / (1.0 + weight * weight).sqrt()
        }
    };
    (0..log.len()).map(|place| (echo(place).exp() - 0.01).max(0.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::shuffle::Shuffler;
    use crate::evaluation::statistics::mean;

    #[test]
    fn an_echo_has_the_correlation_that_it_is_given_and_leaves_the_variance() {
        let mut chance = Shuffler::of_tests(5);
        let mut uniform = || chance.below(1 << 40) as f64 / (1_u64 << 40) as f64;
        let samples: Vec<f64> = (0..20_000).map(|_| (2.0 * uniform() - 1.0).exp()).collect();
        for correlation in [0.3, -0.3, 0.1] {
            let echo = echoed(&samples, 160, correlation);
            assert_eq!(
                echo[..160].iter().zip(&samples).filter(|(one, other)| (*one - *other).abs() > 1e-9).count(),
                0
            );
            let log: Vec<f64> = echo.iter().map(|sample| (sample + 0.01).ln()).collect();
            let centre = mean(&log);
            let product = |lag: usize| {
                let pairs = log.iter().zip(&log[lag..]);
                pairs.map(|(one, other)| (one - centre) * (other - centre)).sum::<f64>()
            };
            let found = product(160) / product(0);
            assert!((found - correlation).abs() < 0.03, "{found} and not {correlation}");
            let spread = |log: &[f64]| mean(&log.iter().map(|log| log.powi(2)).collect::<Vec<f64>>());
            let before: Vec<f64> = samples.iter().map(|sample| (sample + 0.01).ln()).collect();
            assert!((spread(&log) / spread(&before) - 1.0).abs() < 0.03);
        }
        assert_eq!(echoed(&samples[..3], 160, 0.3).len(), 3);
        assert_eq!(echoed(&samples[..3], 1, 0.0), samples[..3]);
    }

    #[test]
    fn a_strong_echo_of_one_genre_is_found_at_its_lag() {
        let set = synthetic::generate(&Settings { effect: Effect::Null, ..Settings::default() }).unwrap();
        let reaches = Reach::all(&with_echo(&set, 20, 0.4, true).unwrap()).unwrap();
        let highest = reaches.iter().max_by(|one, other| one.accuracy.total_cmp(&other.accuracy)).unwrap();
        assert!(highest.has(20) && highest.p_holm < 0.05, "{highest:?}");
    }
}
