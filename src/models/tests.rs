//! Every network of several runs answers and learns what each run's network does alone.

use super::*;
use crate::nn::testing::{TestDevice, assert_close};
use crate::nn::{Size, StateDict};
use crate::preparation::split::testing::signal;
use crate::preparation::{Frames, Framing, Signal};

const RUNS: usize = 3;

/// Signals of 1500 samples and more, unlike one another.
fn signals() -> Vec<Signal> {
    (0..6_usize)
        .map(|n| {
            let samples: Vec<f32> = (0..1500 + 37 * n).map(|i| ((i * (n + 3)) as f32 / 17.0).sin()).collect();
            signal(&format!("S{}/P{:02}", 1 + n % 3 * 4, n + 1), &samples)
        })
        .collect()
}

/// Gradients of Σ z², after the same forward pass alone and together.
fn same<N: Network<TestDevice>>(build: impl Fn(&TestDevice) -> N) {
    let device = TestDevice::default();
    let mut networks: Vec<N> = (0..RUNS as u64).map(|seed| build(&TestDevice::seed_from_u64(seed))).collect();
    let dicts: Vec<StateDict> = networks.iter().flat_map(StateDict::of_runs).collect();
    let mut together: N = StateDict::stack(&dicts).unwrap().build(&device).unwrap();
    assert_eq!(together.runs(), RUNS);
    let examples = N::examples(Framing::PAPER, &signals()).unwrap();
    let members: Vec<_> = examples.iter().collect();
    // Each run has another batch of three.
    let batches: Vec<&[_]> = (0..RUNS).map(|run| &members[run..][..3]).collect();
    let dropouts: Vec<Dropout> = (0..RUNS as u64).map(|run| Dropout::new(0.1, 1, run, 2).unwrap()).collect();
    let values = |dict: &StateDict| -> Vec<f32> {
        dict.names().flat_map(|name| dict.get(name).unwrap().1.to_vec()).collect()
    };
    // Logits, and the gradients of each run.
    let passes = |network: &mut N, batches: &[&[&N::Example]], dropouts: &[Dropout]| {
        let gradients = network.try_alloc_grads().unwrap();
        let logits = network.training_logits(&device, batches, gradients, dropouts).unwrap();
        let found = logits.as_vec();
        let gradients = logits.square().sum::<Rank0, _>().backward();
        (found, StateDict::of_gradients(network, &gradients).unstack())
    };
    let (found, gradients) = passes(&mut together, &batches, &dropouts);
    let tested = together.logits(&device, &members).unwrap().as_vec();
    let looks = together.look_back(&device, &members).unwrap();
    let weights = StateDict::of_runs(&together);
    for (run, network) in networks.iter_mut().enumerate() {
        let (logits, own) = passes(network, &batches[run..=run], &dropouts[run..=run]);
        assert_close(&found[run * 9..][..9], &logits, 1e-4, "logits in training");
        for (found, expected, what) in
            [(&gradients[run], &own[0], "∂"), (&weights[run], &StateDict::of_runs(network)[0], "")]
        {
            assert_eq!(found.names().collect::<Vec<_>>(), expected.names().collect::<Vec<_>>());
            assert_close(&values(found), &values(expected), 1e-4, &format!("{what}weights of run {run}"));
        }
        let expected = network.logits(&device, &members).unwrap().as_vec();
        let size = expected.len();
        assert_close(&tested[run * size..][..size], &expected, 1e-4, "logits");
        let expected = network.look_back(&device, &members).unwrap().remove(0);
        assert_close(&looks[run].influence, &expected.influence, 1e-3, "influence");
        assert_eq!(looks[run].half_lives.len(), expected.half_lives.len());
    }
}

#[test]
fn the_baseline() {
    same(|device| Baseline::new(device, 1, Default::default()).unwrap());
}

#[test]
fn three_lstm_layers_of_sizes_that_are_known_when_they_run() {
    let sizes = (Size(8), Size(6), Size(5), Size(3));
    same(|device| Recurrent::<_, _, _, _, 3, f32, _>::new(device, 1, sizes).unwrap());
}

#[test]
fn the_cnn() {
    same(|device| Cnn::new(device, 1, Default::default()).unwrap());
}

#[test]
fn frames_of_another_size_are_refused_by_name() {
    let device = TestDevice::default();
    let network: Baseline<_> = Baseline::new(&device, 2, Default::default()).unwrap();
    let signal = &signals()[0];
    let frames = Frames::of(signal, 4).unwrap();
    let error = network.logits(&device, &[&frames]).unwrap_err();
    assert_eq!(error.problems()[0].place.to_string(), format!("recording {}", signal.recording));
}
