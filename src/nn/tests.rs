//! Every layer of several runs computes what each run computes alone.

use dfdx::prelude::*;

use super::testing::{TestDevice, assert_close, scattered};
use super::{
    BatchNorm1d, Conv1d, Dropout, Linear, Lstm, LstmKernel, Packed, ResidualBlock, Signals, Size, StateDict,
};

const RUNS: usize = 3;
const TOLERANCE: f64 = 2e-5;

/// A module for each run, with weights of its own.
fn alone<M>(build: impl Fn(&TestDevice) -> Result<M, <TestDevice as HasErr>::Err>) -> Vec<M> {
    (0..RUNS as u64).map(|seed| build(&TestDevice::seed_from_u64(seed)).unwrap()).collect()
}

/// The same modules in one stack.
fn together<M: TensorCollection<f32, TestDevice, To<f32, TestDevice> = M>>(modules: &[M]) -> M {
    let dicts: Vec<StateDict> = modules.iter().flat_map(StateDict::of_runs).collect();
    StateDict::stack(&dicts).unwrap().build(&TestDevice::default()).unwrap()
}

/// Asserts that each run has in a stack what it has alone, to rounding. What is small beside the run's other numbers,
/// as the gradient of a bias that a normalisation takes away, may differ as much as they.
#[track_caller]
fn assert_same(stacked: &StateDict, alone: &[StateDict]) {
    let runs = stacked.unstack();
    assert_eq!(runs.len(), alone.len());
    let listed = |dict: &StateDict| -> (Vec<(String, Vec<usize>)>, Vec<f32>) {
        let tensors = dict.names().map(|name| (name, dict.get(name).unwrap()));
        let (names, values): (Vec<_>, Vec<_>) =
            tensors.map(|(name, (shape, values))| ((name.to_owned(), shape.to_vec()), values)).unzip();
        (names, values.concat())
    };
    for (run, (found, expected)) in runs.iter().zip(alone).enumerate() {
        let ((names, found), (expected_names, expected)) = (listed(found), listed(expected));
        assert_eq!(names, expected_names);
        assert_close(&found, &expected, TOLERANCE, &format!("{names:?} of run {run}"));
    }
}

/// The gradients of the one run of a module.
fn of_gradients<M: TensorCollection<f32, TestDevice>>(
    module: &M,
    gradients: &Gradients<f32, TestDevice>,
) -> StateDict {
    StateDict::of_gradients(module, gradients).unstack().remove(0)
}

/// Values for run `run`, unlike those of the others.
fn values(len: usize, run: usize) -> Vec<f32> {
    scattered::<f32>(len + 100 * run).split_off(100 * run)
}

/// Runs' values one behind the other.
fn all_values(len: usize) -> Vec<f32> {
    (0..RUNS).flat_map(|run| values(len, run)).collect()
}

/// The gradients of Σ y w, with weights w unlike any input.
fn backward<S: Shape>(
    y: Tensor<S, f32, TestDevice, OwnedTape<f32, TestDevice>>,
    mut weights: Vec<f32>,
) -> Gradients<f32, TestDevice> {
    weights.iter_mut().for_each(|weight| *weight = (9.0 * *weight).sin());
    let weights = y.device().tensor_from_vec(weights, *y.shape());
    let len = (y.shape().num_elements(),);
    (y * weights).reshape_like(&len).sum::<Rank0, _>().backward()
}

#[test]
fn linear_layers() {
    const BATCH: usize = 4;
    let device = TestDevice::default();
    let modules: Vec<Linear<Const<5>, Const<6>, f32, _>> =
        alone(|device| Linear::new(device, 1, Const, Const));
    let stacked = together(&modules);
    let x = device.tensor_from_vec(all_values(BATCH * 5), (Size(RUNS), BATCH, Const::<5>));
    let y = stacked.forward(x.leaky_trace());
    let found = y.as_vec();
    let gradients = backward(y, all_values(BATCH * 6));
    let dx = gradients.get(&x).as_vec();
    let mut expected = Vec::new();
    for (run, module) in modules.iter().enumerate() {
        let x = device.tensor_from_vec(values(BATCH * 5, run), (Size(1), BATCH, Const::<5>));
        let y = module.forward(x.leaky_trace());
        assert_close(&found[run * BATCH * 6..][..BATCH * 6], &y.as_vec(), TOLERANCE, "y");
        let gradients = backward(y, values(BATCH * 6, run));
        assert_close(&dx[run * BATCH * 5..][..BATCH * 5], &gradients.get(&x).as_vec(), TOLERANCE, "dx");
        expected.push(of_gradients(module, &gradients));
    }
    assert_same(&StateDict::of_gradients(&stacked, &gradients), &expected);
}

#[test]
fn convolutions() {
    const BATCH: usize = 3;
    const LENGTH: usize = 10;
    let device = TestDevice::default();
    let modules: Vec<Conv1d<Const<4>, Const<6>, Const<3>, f32, _>> =
        alone(|device| Conv1d::new(device, 1, Const, Const, Const));
    let stacked = together(&modules);
    let input = BATCH * LENGTH * 4;
    let output = BATCH * LENGTH * 6;
    let x = device.tensor_from_vec(all_values(input), (Size(RUNS), BATCH, LENGTH, Const));
    let y = stacked.forward(x.leaky_trace());
    let found = y.as_vec();
    let gradients = backward(y, all_values(output));
    let dx = gradients.get(&x).as_vec();
    let mut expected = Vec::new();
    for (run, module) in modules.iter().enumerate() {
        let x = device.tensor_from_vec(values(input, run), (Size(1), BATCH, LENGTH, Const));
        let y = module.forward(x.leaky_trace());
        assert_close(&found[run * output..][..output], &y.as_vec(), TOLERANCE, "y");
        let gradients = backward(y, values(output, run));
        assert_close(&dx[run * input..][..input], &gradients.get(&x).as_vec(), TOLERANCE, "dx");
        expected.push(of_gradients(module, &gradients));
    }
    assert_same(&StateDict::of_gradients(&stacked, &gradients), &expected);
}

/// Two steps of training, then inference: normalisations and residual blocks.
macro_rules! trained_and_tested {
    ($build:expr) => {{
        const BATCH: usize = 3;
        const LENGTH: usize = 10;
        const VALUES: usize = BATCH * LENGTH * 4;
        let device = TestDevice::default();
        let mut modules = alone($build);
        let mut stacked = together(&modules);
        let stack: Signals<Const<4>, f32, _> =
            device.tensor_from_vec(all_values(VALUES), (Size(RUNS), BATCH, LENGTH, Const));
        let _ = stacked.forward_mut(stack.leaky_trace());
        let y = stacked.forward_mut(stack.leaky_trace());
        let found = y.as_vec();
        let gradients = backward(y, all_values(VALUES));
        let dx = gradients.get(&stack).as_vec();
        let tested = stacked.forward(stack.clone()).as_vec();
        let mut expected = Vec::new();
        for (run, module) in modules.iter_mut().enumerate() {
            let own = run * VALUES..(run + 1) * VALUES;
            let x: Signals<Const<4>, f32, _> =
                device.tensor_from_vec(values(VALUES, run), (Size(1), BATCH, LENGTH, Const));
            let _ = module.forward_mut(x.leaky_trace());
            let y = module.forward_mut(x.leaky_trace());
            assert_close(&found[own.clone()], &y.as_vec(), TOLERANCE, "y");
            let gradients = backward(y, values(VALUES, run));
            assert_close(&dx[own.clone()], &gradients.get(&x).as_vec(), TOLERANCE, "dx");
            assert_close(&tested[own], &module.forward(x).as_vec(), TOLERANCE, "y in inference");
            expected.push(of_gradients(module, &gradients));
        }
        assert_same(&StateDict::of_gradients(&stacked, &gradients), &expected);
        // The running statistics, too.
        let expected: Vec<StateDict> = modules.iter().flat_map(StateDict::of_runs).collect();
        assert_same(&StateDict::of(&stacked), &expected);
    }};
}

#[test]
fn normalisations() {
    trained_and_tested!(|device| BatchNorm1d::<Const<4>, f32, _>::new(device, 1, Const));
}

#[test]
fn residual_blocks() {
    trained_and_tested!(|device| ResidualBlock::<Const<4>, Const<3>, f32, _>::new(device, 1, Const, Const));
}

/// Sequences of each run; the runs differ in lengths and in values.
const LENGTHS: [[usize; 4]; RUNS] = [[3, 7, 1, 5], [2, 2, 9, 1], [4, 4, 4, 4]];

fn sequences(run: usize) -> Vec<Vec<f32>> {
    LENGTHS[run].iter().enumerate().map(|(n, &length)| values(2 * length, 4 * run + n)).collect()
}

/// LSTM layers with the dropout of step `step`, or without: ends alone, and the ends of all outputs.
fn lstm_layers(step: Option<u64>) {
    const H: usize = 4;
    let device = TestDevice::default();
    let modules: Vec<Lstm<Const<2>, Const<H>, 3, f32, _>> =
        alone(|device| Lstm::new(device, 1, Const, Const));
    let stacked = together(&modules);
    let dropouts: Option<Vec<Dropout>> =
        step.map(|step| (0..RUNS).map(|run| Dropout::new(0.4, 11, run as u64, step).unwrap()).collect());
    let batches: Vec<Vec<Vec<f32>>> = (0..RUNS).map(sequences).collect();
    let packed = Packed::from_sequences(&device, Const, &batches).unwrap();
    let y = stacked.ends(packed.clone().leaky_traced(), dropouts.as_deref());
    let found = y.as_vec();
    let layers = (&stacked.first, &stacked.rest);
    let all = TestDevice::lstm(packed, layers.0, layers.1, dropouts.as_deref()).unwrap();
    assert_close(&all.ends().as_vec(), &found, TOLERANCE, "ends of all outputs");
    let gradients = backward(y, all_values(4 * H));
    let mut expected = Vec::new();
    for (run, module) in modules.iter().enumerate() {
        let packed = Packed::from_sequences(&device, Const, &batches[run..=run]).unwrap();
        let y = module.ends(packed.leaky_traced(), dropouts.as_ref().map(|dropouts| &dropouts[run..=run]));
        assert_close(&found[run * 4 * H..][..4 * H], &y.as_vec(), TOLERANCE, "h");
        let gradients = backward(y, values(4 * H, run));
        expected.push(of_gradients(module, &gradients));
    }
    assert_same(&StateDict::of_gradients(&stacked, &gradients), &expected);
}

#[test]
fn lstm_layers_without_dropout() {
    lstm_layers(None);
}

#[test]
fn lstm_layers_with_the_masks_of_each_run() {
    lstm_layers(Some(0));
    lstm_layers(Some(5));
}

#[test]
fn what_is_not_finite_in_one_run_stays_there() {
    let device = TestDevice::default();
    let modules: Vec<Lstm<Const<2>, Const<4>, 1, f32, _>> =
        alone(|device| Lstm::new(device, 1, Const, Const));
    let stacked = together(&modules);
    let finite = values(6, 0);
    let runs = [[finite.clone()], [vec![f32::NAN; 6]], [finite]];
    let packed = Packed::from_sequences(&device, Const, &runs).unwrap();
    let y = stacked.try_ends(packed.leaky_traced(), None).unwrap();
    let found = y.as_vec();
    let gradients = StateDict::of_gradients(&stacked, &backward(y, vec![1.0; 12])).unstack();
    assert!(found[..4].iter().chain(&found[8..]).all(|h| h.is_finite()));
    assert!(found[4..8].iter().all(|h| h.is_nan()));
    for (run, finite) in [(0, true), (1, false), (2, true)] {
        for name in gradients[run].names() {
            let all = gradients[run].get(name).unwrap().1.iter().all(|value| value.is_finite());
            assert!(all == finite || name == "weight_hh_l0", "{name} of run {run}");
        }
    }
}
