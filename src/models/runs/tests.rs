//! Every network of several runs answers and learns what each run's network does alone.

use super::*;
use crate::models::{Network, builder};
use crate::nn::StateDict;
use crate::nn::testing::{TestDevice, assert_close};
use crate::preparation::{LastFrame, Signal};

const RUNS: usize = 3;

/// Signals of 1500 samples and more, unlike one another.
fn signals() -> Vec<Signal> {
    (0..6_usize)
        .map(|n| {
            let recording = format!("S{}/P{}", 1 + n % 3 * 4, n + 1).parse().unwrap();
            let samples = (0..1500 + 37 * n).map(|i| ((i * (n + 3)) as f32 / 17.0).sin()).collect();
            Signal { recording, genre: recording.song.genre(), samples, last_frame: LastFrame::default() }
        })
        .collect()
}

/// Gradients of Σ z², after the same forward pass alone and together.
fn same<B: BuildOnDevice<TestDevice, f32>>()
where
    B::Built: Network<TestDevice>,
{
    let device = TestDevice::default();
    let mut networks: Vec<B::Built> =
        (0..RUNS as u64).map(|seed| B::build_on_device(&TestDevice::seed_from_u64(seed))).collect();
    let dicts: Vec<StateDict> = networks.iter().map(StateDict::of).collect();
    let mut together: <B::Built as Network<TestDevice>>::Runs =
        StateDict::stack(&dicts).unwrap().build(&device).unwrap();
    let examples = <B::Built as Network<TestDevice>>::examples(&signals()).unwrap();
    let members: Vec<_> = examples.iter().collect();
    // Each run has another batch of three.
    let batches: Vec<Vec<_>> = (0..RUNS).map(|run| members[run..][..3].to_vec()).collect();
    let borrowed: Vec<&[_]> = batches.iter().map(Vec::as_slice).collect();
    let dropouts: Vec<Dropout> = (0..RUNS as u64).map(|run| Dropout::new(0.1, 1, run, 2).unwrap()).collect();

    let gradients = together.try_alloc_grads().unwrap();
    let logits = together.training_logits(&device, &borrowed, gradients, &dropouts).unwrap();
    let found = logits.as_vec();
    let len = (found.len(),);
    let gradients = logits.square().reshape_like(&len).sum::<Rank0, _>().backward();
    let gradients = StateDict::of_gradients(&together, &gradients).unstack();
    let tested = together.logits(&device, &members).unwrap().as_vec();
    let weights = StateDict::of(&together).unstack();
    for (run, network) in networks.iter_mut().enumerate() {
        let own = network.try_alloc_grads().unwrap();
        let logits = network.training_logits(&device, &batches[run], own, dropouts[run]).unwrap();
        assert_close(&found[run * 9..][..9], &logits.as_vec(), 1e-4, "logits in training");
        let own = StateDict::of_gradients(network, &logits.square().sum::<Rank0, _>().backward());
        for (found, expected, what) in
            [(&gradients[run], &own, "∂"), (&weights[run], &StateDict::of(network), "")]
        {
            let values = |dict: &StateDict| -> Vec<f32> {
                dict.names().flat_map(|name| dict.get(name).unwrap().1.to_vec()).collect()
            };
            assert_eq!(found.names().collect::<Vec<_>>(), expected.names().collect::<Vec<_>>());
            assert_close(&values(found), &values(expected), 1e-4, &format!("{what}weights of run {run}"));
        }
        let expected = network.logits(&device, &members).unwrap().as_vec();
        let values = expected.len();
        assert_close(&tested[run * values..][..values], &expected, 1e-4, "logits");
    }
}

#[test]
fn the_baseline() {
    same::<builder::Baseline>();
}

#[test]
fn three_lstm_layers() {
    // As the multi-layer LSTM, but small.
    same::<builder::Recurrent<8, 6, 3, 5>>();
}

#[test]
fn the_cnn() {
    same::<builder::Cnn>();
}

#[test]
fn frames_of_another_size_are_refused_by_name() {
    let device = TestDevice::default();
    let network = <builder::Baseline as BuildOnDevice<TestDevice, f32>>::build_on_device(&device);
    let dict = StateDict::stack(&[StateDict::of(&network)]).unwrap();
    let together: Recurrent<8, 32, 1, 16, f32, _> = dict.build(&device).unwrap();
    let signal = &signals()[0];
    let frames = crate::preparation::Frames::of(signal, 4).unwrap();
    let error = together.logits(&device, &[&frames]).unwrap_err();
    assert_eq!(error.problems()[0].place.to_string(), format!("recording {}", signal.recording));
}
