//! How far back the network of each run looks, before its training and after.

use std::fs;
use std::path::Path;

use dfdx::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Record, Settings, Store, Weights, significant};
use crate::error::{Error, Fault, Place, Result};
use crate::evaluation::statistics::quantile;
use crate::models::{LookBack, Model, Network, NetworkTask};
use crate::nn::{StateDict, random};
use crate::preparation::Split;
use crate::recordings::DataSet;
use crate::report::Table;
use crate::store::{read_record, write_record};

/// What such files hold.
const LOOK_BACK: &str = "how far back the network of a run looks";

/// How far back the network of a run looks, over the test recordings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunLookBack {
    /// The run.
    pub run: u64,
    /// The program that measured it.
    pub program: String,
    /// Seconds of a frame.
    pub frame_seconds: f64,
    /// With the initial weights.
    pub untrained: LookBack,
    /// With the weights after the last epoch.
    pub trained: LookBack,
}

/// How far back the runs of a network look.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LookBacks {
    /// The network.
    pub model: Model,
    /// Epochs of its runs; 0 without any.
    pub epochs: usize,
    /// Those that are recorded, in the order of their runs.
    pub runs: Vec<RunLookBack>,
}

/// Measures how far back the network of each run looks whose final weights are in a folder of records, and keeps it beside
/// them. What is there already stays. Always on a CPU.
///
/// # Errors
/// Those of [`Store::read`] and of reading weights; [`Fault::FOREIGN_WEIGHTS`] for weights of another network;
/// [`Fault::UNWRITABLE`].
pub fn look_back(set: &DataSet, split: &Split, folder: &Path) -> Result<()> {
    let open = Store::read(folder)?.into_iter().filter(|record| {
        !Store::look_back_in(folder, record.run).exists()
            && Store::weights_in(folder, record.run, Weights::Final).exists()
    });
    let open: Vec<Record> = open.collect();
    let Some(settings) = open.first().map(|record| record.configuration.settings) else { return Ok(()) };
    let task = Measure { set, split, settings, runs: &open, folder };
    settings.network_for(set).with::<Cpu, _>(task)?
}

struct Measure<'a> {
    set: &'a DataSet,
    split: &'a Split,
    settings: Settings,
    runs: &'a [Record],
    folder: &'a Path,
}

impl NetworkTask<Cpu> for Measure<'_> {
    type Output = Result<()>;

    fn run<N: Network<Cpu>>(self, build: impl Fn(&Cpu) -> Result<N> + Sync) -> Result<()> {
        let Self { set, split, settings, runs, folder } = self;
        let signals = settings.preparation.signals(set, split.test())?;
        let framing = settings.framing();
        let examples = N::examples(framing, &settings.input.answering(signals, framing)?)?;
        let examples: Vec<&N::Example> = examples.iter().collect();
        let frame_seconds = framing.frame as f64 / set.rate_hz();
        for Record { run, .. } in runs {
            let device = Cpu::seed_from_u64(random::bits(settings.seed, *run));
            let mut network = build(&device)?;
            let measured = |network: &N| {
                Ok::<_, Error>(network.look_back(&device, &examples)?.remove(0).rounded(significant))
            };
            let untrained = measured(&network)?;
            let path = Store::weights_in(folder, *run, Weights::Final);
            let in_file =
                |error: Error| error.placed(|place| Place { field: place.field, ..Place::file(&path) });
            let bytes = fs::read(&path).map_err(|cause| {
                Error::new(Fault::UNREADABLE_FILE, Place::file(&path), "a file of weights", cause.to_string())
            })?;
            let (weights, _) = StateDict::from_bytes(&bytes).map_err(in_file)?;
            StateDict::load_runs(&[weights], &mut network).map_err(in_file)?;
            let program = concat!("eegenre ", env!("CARGO_PKG_VERSION")).to_owned();
            let found =
                RunLookBack { run: *run, program, frame_seconds, untrained, trained: measured(&network)? };
            write_record(Store::look_back_in(folder, *run), &found)?;
        }
        Ok(())
    }
}

impl RunLookBack {
    /// That of the initial weights.
    #[must_use]
    pub const fn of_untrained(&self) -> &LookBack {
        &self.untrained
    }

    /// That of the weights after the last epoch.
    #[must_use]
    pub const fn of_trained(&self) -> &LookBack {
        &self.trained
    }
}

impl LookBacks {
    /// Those of the runs whose records are in a folder, as far as they were measured.
    ///
    /// # Errors
    /// Those of [`Store::read`]; [`Fault::BAD_RECORD`].
    pub fn read(folder: &Path, model: Model) -> Result<Self> {
        let records = Store::read(folder)?;
        let epochs = records.first().map(|record| record.configuration.settings.hyperparameters.epochs);
        let runs = records.into_iter().map(|record| {
            let path = Store::look_back_in(folder, record.run);
            let found: Option<RunLookBack> = read_record(&path, LOOK_BACK)?;
            match found {
                Some(found) if found.run != record.run => {
                    let (expected, found) = (format!("run {}", record.run), format!("run {}", found.run));
                    Err(Error::new(Fault::BAD_RECORD, Place::file(path), expected, found))
                }
                found => Ok(found),
            }
        });
        let runs = Error::gather(runs)?.into_iter().flatten().collect();
        Ok(Self { model, epochs: epochs.unwrap_or(0), runs })
    }

    /// The mean over runs of the part of the influence within so many seconds before the end; nothing without runs in which
    /// anything moves an answer.
    #[must_use]
    pub fn within_seconds(&self, seconds: f64, of: impl Fn(&RunLookBack) -> &LookBack) -> Option<f64> {
        let moved = self.runs.iter().filter(|run| of(run).frames() > 0);
        let parts: Vec<f64> =
            moved.map(|run| of(run).within((seconds / run.frame_seconds).round() as usize)).collect();
        (!parts.is_empty()).then(|| parts.iter().sum::<f64>() / parts.len() as f64)
    }

    /// The median over runs of the seconds before the end that hold so much of the influence.
    #[must_use]
    pub fn seconds_holding(&self, part: f64, of: impl Fn(&RunLookBack) -> &LookBack) -> Option<f64> {
        median(
            self.runs.iter().filter_map(|run| Some(of(run).frames_holding(part)? as f64 * run.frame_seconds)),
        )
    }

    /// The median over runs of the seconds over which the forget gates of the highest layer keep half: of the median unit, and
    /// of the unit that keeps longest. Nothing for the CNN.
    #[must_use]
    pub fn half_life_seconds(&self, of: impl Fn(&RunLookBack) -> &LookBack) -> Option<[f64; 2]> {
        let last = |run: &RunLookBack| {
            of(run)
                .half_lives
                .last()
                .map(|life| [life.median, life.longest].map(|span| span * run.frame_seconds))
        };
        let lives: Vec<[f64; 2]> = self.runs.iter().filter_map(last).collect();
        Some([median(lives.iter().map(|life| life[0]))?, median(lives.iter().map(|life| life[1]))?])
    }
}

/// One row each for the trained and the untrained networks of some models: the seconds before the end that hold half, and 95 %, of
/// the influence on an answer, and the half-lives of the forget gates.
#[must_use]
pub fn look_back_table(all: &[LookBacks]) -> Table {
    let mut table = Table::new([
        "network",
        "runs",
        "epochs",
        "half of the influence (s)",
        "95 % (s)",
        "forget gates keep half (s): median unit",
        "longest unit",
    ]);
    for own in all.iter().filter(|own| !own.runs.is_empty()) {
        let mut row = |name: &str, epochs: usize, of: fn(&RunLookBack) -> &LookBack| {
            let seconds = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.1}"));
            let lives = own.half_life_seconds(of);
            table.push([
                format!("{}, {name}", own.model),
                own.runs.len().to_string(),
                epochs.to_string(),
                seconds(own.seconds_holding(0.5, of)),
                seconds(own.seconds_holding(0.95, of)),
                seconds(lives.map(|lives| lives[0])),
                seconds(lives.map(|lives| lives[1])),
            ]);
        };
        row("untrained", 0, RunLookBack::of_untrained);
        row("trained", own.epochs, RunLookBack::of_trained);
    }
    table
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    quantile(&values.collect::<Vec<f64>>(), 0.5)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::recordings::synthetic::{self, Effect};
    use crate::runs::{self, Control};

    /// Two runs of two epochs, and how far their networks look.
    fn measured(model: Model) -> LookBacks {
        let set = synthetic::small(Effect::Local).unwrap();
        let split = Split::random(&set, 0).unwrap();
        let mut settings = Settings::paper(model);
        settings.hyperparameters.epochs = 2;
        let folder = tempfile::tempdir().unwrap();
        let stop = AtomicBool::new(false);
        let control = Control { threads: 2, ..Control::new(&stop) };
        runs::train(&set, &split, settings, 2, folder.path(), &control).unwrap();
        look_back(&set, &split, folder.path()).unwrap();
        let found = LookBacks::read(folder.path(), model).unwrap();
        // What is there stays.
        let path = Store::look_back_in(folder.path(), 1);
        let before = fs::read(&path).unwrap();
        look_back(&set, &split, folder.path()).unwrap();
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(found.runs.len(), 2);
        found
    }

    #[test]
    fn an_lstm_looks_back_from_the_end_and_nowhere_beyond_the_recording() {
        let found = measured(Model::Baseline);
        for run in &found.runs {
            assert_eq!(run.frame_seconds, 1.0);
            assert_ne!(run.untrained, run.trained);
            for look in [&run.untrained, &run.trained] {
                // 125 frames; the gradient underflows before their beginning.
                assert!((2..=125).contains(&look.frames()), "{}", look.frames());
                assert!((look.influence.iter().sum::<f64>() - 1.0).abs() < 1e-3);
                // With gates near a half nearly all of it lies in the last seconds.
                assert!(look.within(16) > 0.9, "{}", look.within(16));
                assert!((0.2..20.0).contains(&look.half_lives[0].median));
            }
        }
        assert!(found.within_seconds(16.0, |run| &run.trained).unwrap() > 0.9);
    }

    #[test]
    fn the_cnn_sees_its_receptive_field() {
        // 3 of the stem; 4 more in the first block; then 1 and 2 · 4, 2 and 4 · 4 for pooling and the other two blocks: 34 frames of 1 s.
        let found = measured(Model::Cnn);
        for run in &found.runs {
            for look in [&run.untrained, &run.trained] {
                assert!(look.frames() <= 34 && look.frames() > 24, "{}", look.frames());
                assert!(look.half_lives.is_empty());
            }
        }
        assert!(look_back_table(&[found]).to_string().contains("cnn, trained"));
    }
}
