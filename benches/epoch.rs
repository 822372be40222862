//! Whole training epochs of the paper's networks on recordings of the real lengths: training and a validation pass.
//!
//! ```text
//! cargo bench --bench epoch                           all networks, one run, then as many side by side as cores
//! cargo bench --bench epoch -- cnn --threads 1        one of them
//! cargo bench --bench epoch -- --json --export DIR    for benches/peers/train.py
//! ```
//!
//! The recordings are synthetic, of the published ones' lengths, and split as the paper does. Operations are counted
//! as two for each multiply-add of a matrix product: once forward, twice back, except that nobody asks for the
//! gradient of a recording. A run uses one thread; with several threads, so many runs train side by side.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints")]

#[path = "../src/bin/eegenre/memory.rs"]
mod memory;
#[path = "support/parts.rs"]
mod parts;

use std::path::PathBuf;
use std::sync::Barrier;
use std::time::Instant;

use dfdx::prelude::Cpu;
use eegenre::error::Result;
use eegenre::models::{Model, Network, NetworkTask, Specification};
use eegenre::nn::Level;
use eegenre::preparation::{Example, Framing};
use eegenre::training::{Hyperparameters, Training};
use parts::Parts;

/// How long each measurement goes on, in seconds.
const PATIENCE: f64 = 4.0;

/// Epochs that each measurement has at least, after one that is not counted.
const EPOCHS: usize = 5;

struct Arguments {
    networks: Vec<String>,
    threads: Vec<usize>,
    json: bool,
    export: Option<PathBuf>,
}

impl Arguments {
    fn parse() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut parsed = Self { networks: Vec::new(), threads: vec![1, cores], json: false, export: None };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                // Cargo's own.
                "--bench" => {}
                "--json" => parsed.json = true,
                "--threads" => {
                    let threads = arguments.next().and_then(|threads| threads.parse().ok());
                    parsed.threads = vec![threads.expect("--threads: a number")];
                }
                "--export" => parsed.export = Some(arguments.next().expect("--export: a folder").into()),
                name => parsed.networks.push(name.to_owned()),
            }
        }
        parsed
    }

    fn wants(&self, network: &str) -> bool {
        self.networks.is_empty() || self.networks.iter().any(|name| name == network)
    }
}

/// Frames of the two parts.
fn frames<X: Example>(parts: &Parts<X>) -> [f64; 2] {
    [&parts.training, &parts.validation]
        .map(|part| part.iter().map(|example| example.values().nrows() as f64).sum())
}

/// Multiply-adds of one frame in a forward pass, and how many of them have no gradient of their input.
struct Work {
    forward: usize,
    of_recordings: usize,
}

impl Work {
    /// Floating-point operations of an epoch.
    fn flop(&self, [training, validation]: [f64; 2]) -> f64 {
        let step = (3 * self.forward - self.of_recordings) as f64;
        2.0 * training.mul_add(step, validation * self.forward as f64)
    }
}

/// Seconds of each epoch of runs side by side, as many as threads.
fn seconds<N: Network<Cpu>>(
    build: impl Fn(&Cpu) -> Result<N> + Sync,
    hyperparameters: Hyperparameters,
    parts: &Parts<N::Example>,
    threads: usize,
) -> Vec<f64> {
    let barrier = Barrier::new(threads);
    let run = |run: usize| {
        let device = Cpu::seed_from_u64(run as u64);
        let network = build(&device).expect("room for weights");
        let mut training =
            Training::new(device, network, hyperparameters, 0, &[run as u64]).expect("room for gradients");
        let mut epoch = || {
            let losses = training.epoch(&parts.training).expect("room for a batch");
            assert!(losses[0].is_ok(), "a finite loss");
            training.evaluate(&parts.validation).expect("room for a batch");
        };
        epoch();
        let start = Instant::now();
        epoch();
        let epochs = ((PATIENCE / start.elapsed().as_secs_f64()) as usize).max(EPOCHS);
        barrier.wait();
        let mut seconds = Vec::with_capacity(epochs);
        for _ in 0..epochs {
            let start = Instant::now();
            epoch();
            seconds.push(start.elapsed().as_secs_f64());
        }
        seconds
    };
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..threads).map(|index| scope.spawn(move || run(index))).collect();
        runs.into_iter().flat_map(|run| run.join().expect("a run that ends")).collect()
    })
}

/// A network to be measured.
struct Measure<'a> {
    arguments: &'a Arguments,
    model: Model,
    hyperparameters: Hyperparameters,
    work: Work,
    peak: f64,
}

impl NetworkTask<Cpu> for Measure<'_> {
    type Output = ();

    fn run<N: Network<Cpu>>(self, build: impl Fn(&Cpu) -> Result<N> + Sync) {
        let Self { arguments, model, hyperparameters, work, peak } = self;
        let parts = Parts::of(|signals| N::examples(Framing::PAPER, signals).expect("long enough signals"));
        if let Some(folder) = &arguments.export {
            parts.export(folder, if model == Model::Cnn { "cnn" } else { "lstm" });
            return;
        }
        for &threads in &arguments.threads {
            let mut seconds = seconds(&build, hyperparameters, &parts, threads);
            seconds.sort_by(f64::total_cmp);
            let (best, median) = (seconds[0], seconds[seconds.len() / 2]);
            let flop = work.flop(frames(&parts));
            let share = flop / median / 1e9 / peak;
            if arguments.json {
                println!(
                    "{}",
                    serde_json::json!({
                        "network": model, "threads": threads, "best_seconds": best,
                        "median_seconds": median, "gflop": flop / 1e9, "share_of_peak": share,
                    })
                );
            } else {
                println!(
                    "{model:<12}{threads:>8}{best:12.4}{median:12.4}{:10.2}{:16.0} %",
                    flop / 1e9,
                    100.0 * share
                );
            }
        }
    }
}

fn main() {
    memory::keep_freed_memory();
    let arguments = Arguments::parse();
    let peak = peak_gflops();
    if !arguments.json {
        println!("{}: {peak:.1} GFLOP/s in registers of one core", Level::detected().name());
        println!("network     threads      best s    median s     GFLOP  share of peak (median)");
    }
    // An LSTM of H units over I values: 4H (I + H).
    let baseline = Work { forward: 4 * 32 * (8 + 32), of_recordings: 4 * 32 * 8 };
    let multilayer = Work { forward: 4 * 64 * (8 + 5 * 64), of_recordings: 4 * 64 * 8 };
    // Convolutions of width 3, two in each block, of which the later ones see a half and a quarter of the frames.
    let stem = 3 * 8 * 32;
    let blocks = (2 * 3 * 32 * 32) * 7 / 4;
    let cnn = Work { forward: stem + blocks, of_recordings: stem };
    for (model, hyperparameters, work) in [
        (Model::Baseline, Hyperparameters::BASELINE, baseline),
        (Model::Multilayer, Hyperparameters::MULTILAYER, multilayer),
        (Model::Cnn, Hyperparameters::CNN, cnn),
    ] {
        if arguments.wants(model.name()) {
            let measure = Measure { arguments: &arguments, model, hyperparameters, work, peak };
            Specification::paper(model).with(measure).expect("the paper's networks can be had");
        }
    }
}

/// Floating-point operations a second of one core, at the best of many tries.
fn peak_gflops() -> f64 {
    const ROUNDS: u64 = 1 << 18;
    let mut best = 0.0_f64;
    let start = Instant::now();
    while start.elapsed().as_secs_f64() < 1.0 {
        let start = Instant::now();
        let flop = Level::detected().multiply_adds(std::hint::black_box(ROUNDS));
        best = best.max(flop as f64 / start.elapsed().as_secs_f64() / 1e9);
    }
    best
}
