//! `eegenre train`.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use eegenre::error::Result;
use eegenre::models::Model;
use eegenre::preparation::{
    Ablated, Ablation, AskedFraming, Input, LastFrame, MedianFilter, Normalisation, Preparation, Split, Zeros,
};
use eegenre::recordings::Design;
use eegenre::reproduction::experiment::SPLIT_SEED;
use eegenre::runs::{self, Control, Preset, Progress, RUNS, Runs, Settings};
use eegenre::store::Project;

use crate::data::DataArgs;
use crate::device::DeviceArgs;
use crate::split::warn_of_leaks;
use crate::{print, signals};

/// What a network is and what its signals go through.
#[derive(Args)]
pub struct NetworkArgs {
    /// Normalisation of each channel of a recording [default: that of the preset, raw or z-score]
    #[arg(long, value_name = "raw|log|z-score|min-max")]
    pub normalize: Option<Normalisation>,
    /// Samples to keep from the start of each recording [default: all]
    #[arg(long, value_name = "N")]
    pub truncate: Option<NonZeroUsize>,
    /// Width of a median filter, an odd number of samples [default: none]
    #[arg(long, value_name = "N")]
    pub median: Option<u32>,
    /// Replace samples of exactly 0: keep leaves them, reflect mirrors the samples before them [default: keep]
    #[arg(long, value_name = "keep|reflect")]
    pub zeros: Option<Zeros>,
    /// The treatment of an incomplete last frame [default: zero as in the paper; with another normalisation than raw, cut]
    ///
    /// zero: filled with zeros after scaling, which on another scale than raw can reveal the stimulus. cut: left out. hold:
    /// filled with the last sample.
    #[arg(long, value_name = "zero|cut|hold")]
    pub last_frame: Option<LastFrame>,
    /// Remove one property, to see whether the network needs it [default: nothing]
    ///
    /// constant, noise (no signal), crop (no length), end (no last second), shuffle-N (no order beyond N seconds),
    /// participant-scale, labels, own-labels, participant-labels
    #[arg(long, value_name = "NAME")]
    pub ablate: Option<Ablated>,
    /// Seed of the ablation
    #[arg(long, value_name = "N", default_value_t = 0, requires = "ablate")]
    pub ablation_seed: u64,
    /// The input of an LSTM: whole signals, the CNN's slices, or both in training [default: whole]
    #[arg(long, value_name = "whole|slices|slices-and-whole")]
    pub input: Option<Input>,
    /// Samples of a frame (of all channels): one step of an LSTM, one place of the CNN
    ///
    /// [default: 8 at 8 Hz with one channel, as in the paper; else 1/8 s, at most a quarter of the shortest recording]
    #[arg(long, value_name = "N")]
    pub frame: Option<usize>,
    /// Samples of a slice, a multiple of the frame: the input of the CNN, and of an LSTM with --input slices
    ///
    /// [default: 960 at 8 Hz with one channel, as in the paper; else 4 s, or the shortest recording if that is shorter]
    #[arg(long, value_name = "N")]
    pub slice: Option<usize>,
    /// Samples from one slice to the next, a multiple of the frame [default: half a slice]
    #[arg(long, value_name = "N")]
    pub hop: Option<usize>,
    /// Width of the CNN's kernels, an odd number of frames [default: 3]
    #[arg(long, value_name = "N")]
    pub kernel: Option<usize>,
    /// Units of an LSTM's layers, or channels of the CNN's [default: the paper's 32, 64 or 32; small 16]
    #[arg(long, value_name = "N")]
    pub units: Option<usize>,
}

impl NetworkArgs {
    /// The settings of a preset for a network and recordings, as far as these do not change them.
    pub fn settings(&self, model: Model, preset: Preset, design: &Design) -> Result<Settings> {
        let mut settings = preset.settings(model);
        // A pad must not become a signal through the scale unless that was asked for.
        settings.preparation.last_frame = match self.normalize {
            Some(Normalisation::Raw) => LastFrame::Zero,
            Some(_) => LastFrame::Cut,
            None => settings.preparation.last_frame,
        };
        let Self { frame, slice, hop, .. } = *self;
        Ok(self.over(settings)?.framed(design, AskedFraming { frame, slice, hop }))
    }

    /// Other settings, as far as these do not change them.
    pub fn over(&self, settings: Settings) -> Result<Settings> {
        let Self {
            normalize,
            truncate,
            median,
            zeros,
            last_frame,
            ablate,
            ablation_seed: seed,
            input,
            frame,
            slice,
            hop,
            kernel,
            units,
        } = *self;
        let median = median.map(MedianFilter::new).transpose()?;
        let before = settings.preparation;
        let preparation = Preparation {
            truncate: truncate.or(before.truncate),
            zeros: zeros.unwrap_or(before.zeros),
            ablation: ablate.map(|of| Ablation { of, seed }).or(before.ablation),
            median: median.or(before.median),
            normalisation: normalize.unwrap_or(before.normalisation),
            last_frame: last_frame.unwrap_or(before.last_frame),
        };
        Ok(Settings {
            frame: frame.unwrap_or(settings.frame),
            slice: slice.unwrap_or(settings.slice),
            hop: hop.unwrap_or(settings.hop),
            kernel: kernel.or(settings.kernel),
            units: units.or(settings.units),
            input: input.unwrap_or(settings.input),
            preparation,
            ..settings
        })
    }
}

#[derive(Args)]
pub struct TrainArgs {
    /// Which network
    #[arg(value_name = "baseline|multilayer|cnn")]
    model: Model,
    #[command(flatten)]
    data: DataArgs,
    /// Sizes and hyper-parameters to start from [default: paper at 8 Hz with one channel, else small]
    ///
    /// paper: those of the paper. small: fewer units and epochs, and z-scores of each channel. data/README.md lists both; the
    /// options here change each by itself.
    #[arg(long, value_name = "paper|small")]
    preset: Option<Preset>,
    #[command(flatten)]
    network: NetworkArgs,
    /// Number of trainings, each from a seed of its own, or a range: A..B trains the runs A to B - 1
    #[arg(long, value_name = "N|A..B", default_value_t = Runs::from(RUNS as u64))]
    runs: Runs,
    /// Train only this run, counted from 0
    #[arg(long, value_name = "K", conflicts_with = "runs")]
    run: Option<u64>,
    /// Passes over the training recordings [default: the paper's 300, 600 or 3000; small 100, 100 or 40]
    #[arg(long, value_name = "E")]
    epochs: Option<usize>,
    /// The seed from which the seeds of all runs follow
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Manifest of a split, as `eegenre split --out` writes it [default: the paper's, from seed 0]
    #[arg(long, value_name = "FILE")]
    split: Option<PathBuf>,
    #[command(flatten)]
    device: DeviceArgs,
    /// Runs side by side [default: one on each core]
    #[arg(long, value_name = "T")]
    threads: Option<NonZeroUsize>,
    /// Folder of the records [default: target/records/NETWORK]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Seconds between two saved states of an unfinished run, at most
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    checkpoint: u64,
}

impl TrainArgs {
    pub fn run(self, project: &Project, json: bool) -> Result<()> {
        let set = self.data.load(project)?;
        let preset = self.preset.unwrap_or_else(|| Preset::of(&set));
        let mut settings = self.network.settings(self.model, preset, &set)?;
        settings.seed = self.seed;
        if let Some(epochs) = self.epochs {
            settings.hyperparameters.epochs = epochs;
        }
        let split = match &self.split {
            Some(path) => Split::read(path, &set)?,
            None => Split::random(&set, SPLIT_SEED)?,
        };
        let remaining = settings.preparation.remaining(&set)?;
        warn_of_leaks(&remaining, std::slice::from_ref(&split));
        let folder = self.out.unwrap_or_else(|| project.records().join(self.model.name()));
        let stop = signals::working();
        let runs = self.run.map_or(self.runs, Runs::one);
        let progress = Progress::new(self.model.name(), runs.clone(), settings.hyperparameters.epochs);
        let mut control = Control { observer: &progress, ..self.device.control(&stop)? };
        control.checkpoint_every = Duration::from_secs(self.checkpoint);
        if let Some(threads) = self.threads {
            control.threads = threads.get();
        }
        let records = runs::train(&set, &split, settings, runs, &folder, &control);
        progress.finish();
        drop(stop);
        let records = records?;
        if json {
            let runs: Vec<_> = records
                .iter()
                .map(|record| {
                    json!({
                        "run": record.run,
                        "test": record.last.recordings(),
                        "final": { "epoch": record.last.epoch, "right": record.last.right() },
                        "best": { "epoch": record.best.epoch, "right": record.best.right() },
                    })
                })
                .collect();
            print(&json!({ "folder": folder.display().to_string(), "runs": runs }), json)
        } else {
            print(&format!("records in {}\n\n{}", folder.display(), runs::runs_table(&records)), json)
        }
    }
}
