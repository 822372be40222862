//! The kernels against the composed steps. (That the layers compute what each run computes alone is tested a room
//! above.)

use super::*;
use crate::nn::emulation::{Input, answer};
use crate::nn::runs::Runs;
use crate::nn::testing::{assert_close, scattered, weighted_sum};

/// Lengths by rank: runs differ, one sequence is of one step.
const LENGTHS: [[usize; 4]; 3] = [[7, 5, 5, 1], [9, 2, 2, 2], [4, 4, 4, 4]];

/// Outputs and the gradients for x and W_hh, for units H.
fn kernels_agree<const H: usize>() {
    let device = Cpu::default();
    let (runs, batch) = (LENGTHS.len(), LENGTHS[0].len());
    let frame = [0.0; 9];
    let sequences: Vec<Vec<&[f32]>> =
        LENGTHS.iter().map(|run| run.iter().map(|&length| &frame[..length]).collect()).collect();
    let packed: Packed<1, f32, Cpu> = Packed::from_sequences(&device, &sequences).unwrap();
    let packings = packed.packings();
    let (steps, rows) = (packings.steps(), packings.steps() * batch);
    let scaled = |values: Vec<f32>| values.into_iter().map(|value| 0.7 * value).collect::<Vec<f32>>();
    let x = scaled(scattered(runs * rows * 4 * H));
    let weights = scaled(scattered::<f32>(runs * 4 * H * H + 50).split_off(50));
    // What lies behind an end has no say.
    let alone = packings.rows_alone();
    let mut d_outputs: Vec<f32> = scattered::<f32>(runs * rows * H + 9).split_off(9);
    for (row, d_outputs) in alone.iter().zip(d_outputs.chunks_exact_mut(H)) {
        if row.is_none() {
            d_outputs.fill(0.0);
        }
    }

    let shape = (Runs(runs), rows, Gates::<H>);
    let x_tensor = device.tensor_from_vec(x.clone(), shape);
    let w_tensor = device.tensor_from_vec(weights.clone(), (Runs(runs), Gates::<H>, Const::<H>));
    let outputs = composed::recur(x_tensor.leaky_trace(), &w_tensor, packings).unwrap();
    let mut expected_outputs = outputs.as_vec();
    for (row, outputs) in alone.iter().zip(expected_outputs.chunks_exact_mut(H)) {
        if row.is_none() {
            outputs.fill(0.0);
        }
    }
    let len = (d_outputs.len(),);
    let gradients = weighted_sum(outputs.reshape_like(&len), d_outputs.clone()).backward();

    let input = Input::default()
        .ints(&[runs, steps, batch])
        .ints(&packings.lengths_by_rank())
        .floats(&x)
        .floats(&weights)
        .floats(&d_outputs);
    let answer = answer("lstm", H, &input);
    let (outputs, rest) = answer.split_at(runs * rows * H);
    let (d_x, d_weights) = rest.split_at(runs * rows * 4 * H);
    assert_close(outputs, &expected_outputs, 1e-5, "h");
    assert_close(d_x, &gradients.get(&x_tensor).as_vec(), 1e-5, "dx");
    assert_close(d_weights, &gradients.get(&w_tensor).as_vec(), 1e-5, "dW");
}

#[test]
fn the_kernels_compute_what_the_composed_steps_do() {
    kernels_agree::<1>();
    kernels_agree::<5>();
    kernels_agree::<8>();
}
