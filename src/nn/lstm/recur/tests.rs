//! The kernels against the composed steps. (That the layers compute what each run computes alone is tested two rooms
//! above.)

use super::*;
use crate::nn::Packed;
use crate::nn::emulation::{Input, answer};
use crate::nn::testing::{assert_close, scattered, weighted_sum};

/// Lengths: runs differ, one sequence is of one step.
const LENGTHS: [[usize; 4]; 3] = [[7, 5, 1, 5], [2, 2, 9, 2], [4, 4, 4, 4]];

/// Outputs and the gradients for x and W_hh, for units H.
fn kernels_agree(units: usize) {
    let device = Cpu::default();
    let runs = LENGTHS.len();
    let frame = [0.0; 9];
    let sequences = LENGTHS.map(|run| run.map(|length| &frame[..length]));
    let packed: Packed<Const<1>, f32, Cpu> = Packed::from_sequences(&device, Const, &sequences).unwrap();
    let packings = packed.packings();
    let rows = packings.rows();
    assert_eq!((rows, packings.steps()), (18, 9));
    let scaled = |values: Vec<f32>| values.into_iter().map(|value| 0.7 * value).collect::<Vec<f32>>();
    let x = scaled(scattered(runs * rows * 4 * units));
    let weights = scaled(scattered::<f32>(runs * 4 * units * units + 50).split_off(50));
    // What lies behind the frames of a run has no say.
    let of_frames = |mut values: Vec<f32>| {
        for (run, values) in packings.runs().iter().zip(values.chunks_exact_mut(rows * units)) {
            values[run.frames() * units..].fill(0.0);
        }
        values
    };
    let d_outputs = of_frames(scattered::<f32>(runs * rows * units + 9).split_off(9));

    let shape = (Size(runs), rows, Gates(Size(units)));
    let x_tensor = device.tensor_from_vec(x.clone(), shape);
    let shape = (Size(runs), Gates(Size(units)), Size(units));
    let w_tensor = device.tensor_from_vec(weights.clone(), shape);
    let outputs = composed::recur(x_tensor.leaky_trace(), &w_tensor, packings).unwrap();
    let expected_outputs = of_frames(outputs.as_vec());
    let gradients = weighted_sum(outputs, d_outputs.clone()).backward();

    let input = Input::default()
        .ints(&[packings.steps(), rows, packings.batch(), runs])
        .signed_ints(&packings.lengths_by_rank())
        .signed_ints(&packings.starts())
        .floats(&x)
        .floats(&weights)
        .floats(&d_outputs);
    let answer = answer("lstm", units, &input);
    let (outputs, rest) = answer.split_at(runs * rows * units);
    let (d_x, d_weights) = rest.split_at(runs * rows * 4 * units);
    assert_close(outputs, &expected_outputs, 1e-5, "h");
    assert_close(d_x, &gradients.get(&x_tensor).as_vec(), 1e-5, "dx");
    assert_close(d_weights, &gradients.get(&w_tensor).as_vec(), 1e-5, "dW");
}

#[test]
fn the_kernels_compute_what_the_composed_steps_do() {
    for units in [1, 5, 8] {
        kernels_agree(units);
    }
}
