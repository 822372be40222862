//! Training epochs of one run alone and of several at once, on one device.
//!
//! ```text
//! cargo bench --features cuda --bench together -- --device cuda       all networks, 15 runs
//! cargo bench --bench together -- baseline --runs 4                   on the CPU, where runs are faster side by side
//! cargo bench --bench together -- --json --export DIR                 for benches/peers/gpu.py
//! ```
//!
//! An epoch is a training pass and a validation pass, as in `epoch`; the recordings are the same. Both ways are measured
//! in turn, three times, in one process.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints")]

#[path = "../src/bin/eegenre/memory.rs"]
mod memory;
#[path = "support/parts.rs"]
mod parts;

use std::path::PathBuf;
use std::time::Instant;

use dfdx::prelude::*;
use eegenre::error::Result;
use eegenre::models::{Model, Network, NetworkDevice, NetworkTask, Specification};
use eegenre::preparation::Framing;
use eegenre::runs::Processor;
use eegenre::training::{Checkpoint, Hyperparameters, Training};
use parts::Parts;

/// How long each measurement goes on, in seconds, after an epoch that is not counted.
const PATIENCE: f64 = 4.0;
const ROUNDS: usize = 3;

struct Arguments {
    networks: Vec<Model>,
    runs: u64,
    processor: Processor,
    json: bool,
    export: Option<PathBuf>,
}

impl Arguments {
    fn parse() -> Self {
        let mut parsed =
            Self { networks: Vec::new(), runs: 15, processor: Processor::Cpu, json: false, export: None };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = |name: &str| arguments.next().unwrap_or_else(|| panic!("{name}: a value"));
            match argument.as_str() {
                // Cargo's own.
                "--bench" => {}
                "--json" => parsed.json = true,
                "--runs" => parsed.runs = value("--runs").parse().expect("--runs: a number"),
                "--device" => parsed.processor = value("--device").parse().expect("--device: a device"),
                "--export" => parsed.export = Some(value("--export").into()),
                name => parsed.networks.push(name.parse().expect("a network")),
            }
        }
        if parsed.networks.is_empty() {
            parsed.networks = Model::ALL.to_vec();
        }
        parsed
    }
}

/// The median of the seconds that an epoch takes.
fn median_seconds(mut epoch: impl FnMut()) -> f64 {
    epoch();
    let (start, mut seconds) = (Instant::now(), Vec::new());
    while seconds.len() < 3 || start.elapsed().as_secs_f64() < PATIENCE {
        let start = Instant::now();
        epoch();
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// A network to be measured on a device.
struct Measure<'a, F> {
    arguments: &'a Arguments,
    device: &'a F,
    model: Model,
    hyperparameters: Hyperparameters,
}

impl<D: NetworkDevice, F: Fn(u64) -> D> NetworkTask<D> for Measure<'_, F> {
    type Output = ();

    fn run<N: Network<D>>(self, build: impl Fn(&D) -> Result<N> + Sync) {
        let Self { arguments, device, model, hyperparameters } = self;
        let parts = Parts::of(|signals| N::examples(Framing::PAPER, signals).expect("long enough signals"));
        if let Some(folder) = &arguments.export {
            parts.export(folder, if model == Model::Cnn { "cnn" } else { "lstm" });
            return;
        }
        let initial = |run: u64| -> (u64, Checkpoint) {
            let network = build(&device(run)).expect("room for weights");
            (run, Checkpoint::initial(&network).expect("room for moments").remove(0))
        };
        let standing: Vec<(u64, Checkpoint)> = (0..arguments.runs).map(initial).collect();
        let resume = |standing: &[(u64, Checkpoint)]| -> Training<N, D> {
            Training::resume(device(0), hyperparameters, 0, standing).expect("room for gradients")
        };
        let (mut alone, mut together) = (resume(&standing[..1]), resume(&standing));
        measure(arguments, model, hyperparameters, [&mut alone, &mut together], &parts);
    }
}

/// Epochs of one run and of all of them, in turn.
fn measure<N: Network<D>, D: NetworkDevice>(
    arguments: &Arguments,
    model: Model,
    hyperparameters: Hyperparameters,
    [alone, together]: [&mut Training<N, D>; 2],
    parts: &Parts<N::Example>,
) {
    let epoch = |training: &mut Training<N, D>| {
        let losses = training.epoch(&parts.training).expect("room for batches");
        assert!(losses.iter().all(Result::is_ok), "finite losses");
        training.evaluate(&parts.validation).expect("room for batches");
    };
    let [mut of_alone, mut of_together] = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        of_alone.push(median_seconds(|| epoch(alone)));
        of_together.push(median_seconds(|| epoch(together)));
    }
    for (way, runs, mut seconds) in [("alone", 1, of_alone), ("together", arguments.runs, of_together)] {
        seconds.sort_by(f64::total_cmp);
        let (low, median, high) = (seconds[0], seconds[ROUNDS / 2], seconds[ROUNDS - 1]);
        let per_run = median / runs as f64;
        // 15 runs of the paper's epochs, without records and evaluation of the training recordings.
        let minutes = 15.0 * hyperparameters.epochs as f64 * per_run / 60.0;
        if arguments.json {
            let json = serde_json::json!({
                "network": model, "way": way, "runs": runs, "device": arguments.processor.to_string(),
                "seconds": [low, median, high], "seconds_per_run": per_run, "minutes_of_15_runs": minutes,
            });
            println!("{json}");
        } else {
            let range = format!("({low:.4}-{high:.4})");
            println!("{model:<12}{way:<10}{runs:>5}{median:11.4} {range:<18}{per_run:11.5}{minutes:12.1}");
        }
    }
}

fn all<D: NetworkDevice>(arguments: &Arguments, device: impl Fn(u64) -> D) {
    if !arguments.json {
        println!("on {}", arguments.processor);
        println!("network     way        runs  s an epoch (range)          s a run  min, 15 runs");
    }
    for (model, hyperparameters) in [
        (Model::Baseline, Hyperparameters::BASELINE),
        (Model::Multilayer, Hyperparameters::MULTILAYER),
        (Model::Cnn, Hyperparameters::CNN),
    ] {
        if arguments.networks.contains(&model) {
            let measure = Measure { arguments, device: &device, model, hyperparameters };
            Specification::paper(model).with(measure).expect("the paper's networks can be had");
        }
    }
}

fn main() {
    memory::keep_freed_memory();
    let arguments = Arguments::parse();
    match arguments.processor {
        Processor::Cpu => all(&arguments, Cpu::seed_from_u64),
        #[cfg(feature = "cuda")]
        Processor::Cuda(ordinal) => {
            all(&arguments, |seed| Cuda::try_build(ordinal, seed).expect("a GPU of this number"));
        }
        #[cfg(not(feature = "cuda"))]
        Processor::Cuda(_) => panic!("--device cuda needs --features cuda"),
    }
}
