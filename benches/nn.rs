//! Times of the layers' forward and backward passes, as GFLOP/s and as a share of what one core can do.
//!
//! `cargo bench --bench nn` first measures the core's peak: independent multiply-adds in registers, nothing else.
//! Operations are counted as two for each multiply-add of a matrix product; what the activations cost is overhead.
//! The training passes of the convolutions include dfdx's sum over all outputs, and its gradient. Layers that are not
//! made of products are given in bytes: their input and output once each, and in training their gradients. Shares are
//! of the peak at the best of many repetitions, because other work on the machine only ever adds time.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints")]

#[path = "../src/bin/eegenre/memory.rs"]
mod memory;

use std::hint::black_box;
use std::time::{Duration, Instant};

use dfdx::prelude::*;
use eegenre::nn::{
    BatchNorm1d, Conv1d, Dropout, GlobalAveragePool, Level, Lstm, MaxPool1d, Packed, ResidualBlock, Signals,
    Size,
};

/// How long each measurement goes on.
const PATIENCE: Duration = Duration::from_secs(3);

fn main() {
    memory::keep_freed_memory();
    let peak = peak_gflops();
    println!("{}: {peak:.1} GFLOP/s in registers", Level::detected().name());
    println!();
    println!("layer                       pass       best ms   median ms   GFLOP/s   share of peak");
    let lengths = ragged(16);
    measure_lstm::<1>("baseline, batch 16", [8, 32], &lengths, peak);
    measure_lstm::<3>("multi-layer, batch 16", [8, 64], &lengths, peak);
    measure_lstm::<1>("one layer 64 to 64", [64, 64], &lengths, peak);
    measure_conv1d("conv1d 8 to 32, 120 long", [8, 32], 120, peak);
    measure_conv1d("conv1d 32 to 32, 120 long", [32, 32], 120, peak);
    measure_conv1d("conv1d 32 to 32, 30 long", [32, 32], 30, peak);
    for length in [120, 60, 30] {
        measure_residual(&format!("residual 32, {length} long"), length, peak);
    }
    println!();
    println!("layer (32 channels)         pass       best ms   median ms      GB/s");
    measure_batch_norm("batch norm, 120 long", 120);
    measure_pools("pools 2 and all, 120 long", 120);
}

/// Whether a layer's name holds the first argument that is not an option; all do if there is none.
fn wanted(name: &str) -> bool {
    std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"))
        .is_none_or(|filter| name.contains(&filter))
}

/// Lengths of a batch like the paper's: 201 to 275 frames.
fn ragged(batch: usize) -> Vec<usize> {
    (0..batch).map(|n| 201 + n * 37 % 75).collect()
}

/// Best and median time of a call.
fn times(mut call: impl FnMut()) -> (f64, f64) {
    let start = Instant::now();
    let mut seconds = Vec::new();
    while start.elapsed() < PATIENCE || seconds.len() < 5 {
        let start = Instant::now();
        call();
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    (seconds[0], seconds[seconds.len() / 2])
}

fn report(layer: &str, pass: &str, (best, median): (f64, f64), flop: f64, peak: f64) {
    let gflops = flop / best / 1e9;
    println!(
        "{layer:<28}{pass:<11}{:7.2}{:12.2}{gflops:10.1}{:13.0} %",
        best * 1e3,
        median * 1e3,
        100.0 * gflops / peak
    );
}

fn measure_lstm<const LAYERS: usize>(name: &str, [inputs, units]: [usize; 2], lengths: &[usize], peak: f64) {
    if !wanted(name) {
        return;
    }
    let device = Cpu::seed_from_u64(1);
    let model: Lstm<_, _, LAYERS, f32, _> =
        Lstm::new(&device, 1, Size(inputs), Size(units)).expect("room for weights");
    let sequences: Vec<Vec<f32>> = lengths
        .iter()
        .map(|&length| (0..inputs * length).map(|i| (i as f32 * 0.7).cos()).collect())
        .collect();
    let batch = Packed::from_sequences(&device, Size(inputs), &[sequences]).expect("whole frames");
    let dropouts = [Dropout::new(0.1, 1, 0, 0).expect("a rate below 1")];
    // Each frame of each layer: 4H · (I + H) multiply-adds; three times that with both gradients.
    let frames = lengths.iter().sum::<usize>() as f64;
    let flop = 2.0 * frames * (4 * units * (inputs + units + (LAYERS - 1) * 2 * units)) as f64;

    let forward = times(|| {
        black_box(model.ends(batch.clone(), None));
    });
    report(name, "forward", forward, flop, peak);
    let mut gradients = Some(model.alloc_grads());
    let both = times(|| {
        let batch = batch.clone().traced(gradients.take().expect("given back below"));
        let output = model.ends(batch, Some(&dropouts));
        gradients = Some(output.square().sum().backward());
    });
    report(name, "training", both, 3.0 * flop, peak);
}

/// Signals of a batch.
const BATCH: usize = 64;

/// Width of the kernels.
const WIDTH: usize = 3;

fn signals(device: &Cpu, channels: usize, length: usize) -> Signals<Size, f32, Cpu> {
    let values = (0..BATCH * length * channels).map(|i| (i as f32 * 0.7).cos()).collect();
    device.tensor_from_vec(values, (Size(1), BATCH, length, Size(channels)))
}

fn measure_conv1d(name: &str, [inputs, outputs]: [usize; 2], length: usize, peak: f64) {
    if !wanted(name) {
        return;
    }
    let device = Cpu::seed_from_u64(1);
    let model: Conv1d<_, _, _, f32, _> =
        Conv1d::new(&device, 1, Size(inputs), Size(outputs), Size(WIDTH)).expect("room for weights");
    let signals = signals(&device, inputs, length);
    let flop = (2 * BATCH * length * outputs * inputs * WIDTH) as f64;

    let forward = times(|| {
        black_box(model.forward(signals.clone()));
    });
    report(name, "forward", forward, flop, peak);
    let mut gradients = Some(model.alloc_grads());
    let both = times(|| {
        let signals = signals.trace(gradients.take().expect("given back below"));
        gradients = Some(model.forward(signals).sum().backward());
    });
    report(name, "training", both, 3.0 * flop, peak);
    let without = times(|| {
        let (data, tape) = signals.trace(gradients.take().expect("given back below")).split_tape();
        let output = model.try_forward_data(data, tape).expect("room for the output");
        gradients = Some(output.sum().backward());
    });
    report(name, "of data", without, 2.0 * flop, peak);
}

fn measure_residual(name: &str, length: usize, peak: f64) {
    if !wanted(name) {
        return;
    }
    const CHANNELS: usize = 32;
    let device = Cpu::seed_from_u64(1);
    let mut model: ResidualBlock<_, _, f32, _> =
        ResidualBlock::new(&device, 1, Size(CHANNELS), Size(WIDTH)).expect("room for weights");
    let signals = signals(&device, CHANNELS, length);
    let flop = (2 * 2 * BATCH * length * CHANNELS * CHANNELS * WIDTH) as f64;

    let forward = times(|| {
        black_box(model.forward(signals.clone()));
    });
    report(name, "forward", forward, flop, peak);
    let mut gradients = Some(model.alloc_grads());
    let both = times(|| {
        let signals = signals.trace(gradients.take().expect("given back below"));
        gradients = Some(model.forward_mut(signals).sum().backward());
    });
    report(name, "training", both, 3.0 * flop, peak);
}

fn report_bytes(layer: &str, pass: &str, (best, median): (f64, f64), values: usize) {
    let bytes = (values * size_of::<f32>()) as f64;
    println!("{layer:<28}{pass:<11}{:7.2}{:12.2}{:10.1}", best * 1e3, median * 1e3, bytes / best / 1e9);
}

fn measure_batch_norm(name: &str, length: usize) {
    if !wanted(name) {
        return;
    }
    let device = Cpu::seed_from_u64(1);
    let mut model: BatchNorm1d<_, f32, _> = BatchNorm1d::new(&device, 1, Size(32)).expect("room for weights");
    let signals = signals(&device, 32, length);
    let values = 2 * BATCH * length * 32;

    let forward = times(|| {
        black_box(model.forward(signals.clone()));
    });
    report_bytes(name, "forward", forward, values);
    let mut gradients = Some(model.alloc_grads());
    let both = times(|| {
        let signals = signals.trace(gradients.take().expect("given back below"));
        gradients = Some(model.forward_mut(signals).sum().backward());
    });
    report_bytes(name, "training", both, 2 * values);
}

fn measure_pools(name: &str, length: usize) {
    if !wanted(name) {
        return;
    }
    let device = Cpu::seed_from_u64(1);
    let pools = (MaxPool1d { width: 2 }, GlobalAveragePool);
    let signals = signals(&device, 32, length);
    // Input, its half behind the first pool, and that again as the input of the second.
    let values = 2 * BATCH * length * 32;

    let forward = times(|| {
        black_box(pools.forward(signals.clone()));
    });
    report_bytes(name, "forward", forward, values);
    let both = times(|| {
        black_box(pools.forward(signals.leaky_trace()).sum().backward());
    });
    report_bytes(name, "training", both, 2 * values);
}

/// Floating-point operations a second of one core, at the best of many tries.
fn peak_gflops() -> f64 {
    const ROUNDS: u64 = 1 << 18;
    let mut flop = 0;
    let (best, _) = times(|| flop = Level::detected().multiply_adds(black_box(ROUNDS)));
    flop as f64 / best / 1e9
}
