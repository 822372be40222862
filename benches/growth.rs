//! Growth of the multi-layer LSTM's training step with the length and with the number of the sequences.
//!
//! `cargo bench --bench growth` prints the step's time, the memory that it needs beyond model and data, and both per
//! frame, relative to the smallest batch. Each size runs in a thread of its own, whose pool of buffers is empty at
//! first, so that all memory of the step is counted. A growth counts as linear up to [`TOLERANCE`].

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints")]

#[path = "../tests/support/counting.rs"]
mod counting;

#[path = "../src/bin/eegenre/memory.rs"]
mod memory;

use std::time::{Duration, Instant};

use dfdx::prelude::*;
use eegenre::nn::{Dropout, Lstm, Packed};

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

/// How long each measurement goes on, and how often it is repeated at least.
const PATIENCE: Duration = Duration::from_secs(2);
const REPETITIONS: usize = 5;

/// Most that time or memory per frame may grow from the smallest batch: noise, and buffers whose sizes are rounded up
/// by at most a quarter.
const TOLERANCE: f64 = 1.25;

/// Most memory that a step of the paper's batch may need.
const BOUND_MB: f64 = 200.0;

/// A step's best time and most memory, and the frames of its batch.
struct Step {
    seconds: f64,
    bytes: f64,
    frames: f64,
}

fn main() {
    memory::keep_freed_memory();
    println!("step of three layers of 64      frames      ms    per frame      MB    per frame");
    let by_length =
        [200, 400, 800, 1600, 3200].map(|frames| (format!("16 sequences of {frames}"), vec![frames; 16]));
    let by_batch = [16, 32, 64, 128, 256].map(|batch| (format!("{batch} ragged sequences"), ragged(batch)));
    let length = at_most_linear(&by_length);
    let batch = at_most_linear(&by_batch);
    println!();
    println!("growth with the length is at most linear: {}", if length { "yes" } else { "NO" });
    println!("growth with the batch is at most linear: {}", if batch { "yes" } else { "NO" });
    let held = measured(ragged(16)).bytes / 1e6;
    println!("memory of a step of the paper's batch: {held:.1} MB, bound {BOUND_MB} MB");
}

/// Lengths of a batch like the paper's: 201 to 275 frames.
fn ragged(batch: usize) -> Vec<usize> {
    (0..batch).map(|n| 201 + n * 37 % 75).collect()
}

/// Measures batches of rising size and says whether neither time nor memory per frame grows.
fn at_most_linear(batches: &[(String, Vec<usize>)]) -> bool {
    println!();
    let steps: Vec<Step> = batches
        .iter()
        .map(|(name, lengths)| {
            let step = measured(lengths.clone());
            print!("{name:<28}{:10}{:8.1}", step.frames, step.seconds * 1e3);
            println!(
                "{:10.0} ns{:8.1}{:8.0} bytes",
                step.seconds / step.frames * 1e9,
                step.bytes / 1e6,
                step.bytes / step.frames
            );
            step
        })
        .collect();
    let [seconds, bytes] = [|step: &Step| step.seconds, |step: &Step| step.bytes].map(|quantity| {
        let per_frame = |step: &Step| quantity(step) / step.frames;
        steps.iter().map(per_frame).fold(0.0, f64::max) / per_frame(&steps[0])
    });
    println!("most per frame, relative to the smallest batch: time {seconds:.2}, memory {bytes:.2}");
    seconds <= TOLERANCE && bytes <= TOLERANCE
}

/// A step over sequences of these lengths.
fn measured(lengths: Vec<usize>) -> Step {
    std::thread::spawn(move || {
        let device = Cpu::seed_from_u64(1);
        let model: Lstm<_, _, 3, f32, _> =
            Lstm::new(&device, 1, Const::<8>, Const::<64>).expect("room for weights");
        let sequences: Vec<Vec<f32>> =
            lengths.iter().map(|&length| (0..8 * length).map(|i| (i as f32 * 0.7).cos()).collect()).collect();
        let batch = Packed::from_sequences(&device, Const, &[sequences]).expect("whole frames");
        let dropouts = [Dropout::new(0.1, 1, 0, 0).expect("a rate below 1")];
        let mut gradients = Some(model.alloc_grads());
        let mut step = || {
            let batch = batch.clone().traced(gradients.take().expect("given back below"));
            gradients = Some(model.ends(batch, Some(&dropouts)).square().sum().backward());
        };
        let bytes = counting::peak_bytes(&mut step) as f64;
        let mut seconds = f64::INFINITY;
        let (start, mut repetitions) = (Instant::now(), 0);
        while start.elapsed() < PATIENCE || repetitions < REPETITIONS {
            let start = Instant::now();
            step();
            seconds = seconds.min(start.elapsed().as_secs_f64());
            repetitions += 1;
        }
        Step { seconds, bytes, frames: lengths.iter().sum::<usize>() as f64 }
    })
    .join()
    .expect("a step does not panic")
}
