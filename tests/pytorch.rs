//! Whole networks beside PyTorch's: weights written by it, values, and twenty steps of training.
//!
//! The expected numbers and the weights in `tests/pytorch/` come from `tests/pytorch/generate.py`, whose head says how
//! to run it.

use std::path::Path;

use dfdx::prelude::*;
use eegenre::models::{Baseline, Cnn, Multilayer, Network};
use eegenre::nn::StateDict;
use eegenre::preparation::{Frames, LastFrame, Signal, Slice, Slicing};
use eegenre::recordings::RecordingId;
use eegenre::training::{Hyperparameters, Training};

/// Where a network is trained: on a GPU where the crate is built for one.
type TestDevice = AutoDevice;

/// Steps of training, and batches that they take in turn.
const STEPS: usize = 20;
const BATCHES: usize = 4;

/// Visits a network's trainable tensors in order: tensor i becomes cos(i²), cos((i + 1)²), … times a scale.
struct FillWithCosines {
    scale: f64,
    index: usize,
}

impl<D: Device<f32>> TensorVisitor<f32, D> for FillWithCosines {
    type Viewer = (ViewTensorMut, ViewTensorName);
    type Err = D::Err;
    type E2 = f32;
    type D2 = D;

    fn visit<S: Shape>(
        &mut self,
        options: TensorOptions<S, f32, D>,
        (tensor, name): (&mut Tensor<S, f32, D>, String),
    ) -> Result<Option<Tensor<S, f32, D>>, D::Err> {
        if options.do_gradient_update {
            // The weight of a normalisation is near 1.
            let centre = if name.contains("norm") && name.ends_with("weight") { 1.0 } else { 0.0 };
            let value = |i: usize| centre + self.scale * ((i + self.index) as f64).powi(2).cos();
            let values: Vec<f32> = (0..tensor.shape().num_elements()).map(|i| value(i) as f32).collect();
            tensor.copy_from(&values);
            self.index += 1;
        }
        Ok(None)
    }
}

fn fill_with_cosines<N: TensorCollection<f32, TestDevice>>(network: &mut N, scale: f64) {
    let mut visitor = FillWithCosines { scale, index: 0 };
    N::iter_tensors(&mut RecursiveWalker { m: (network, String::new()), f: &mut visitor }).unwrap();
}

/// Two waves: `frames` frames of 8 samples, those of example `n`.
fn signal(frames: usize, n: usize) -> Signal {
    // Song 1, 5 or 9: label n mod 3.
    let recording: RecordingId = format!("S{}/P{:02}", 1 + n % 3 * 4, n + 1).parse().unwrap();
    let sample = |i: usize| {
        let (i, n, step) = (i as f64, n as f64, (1 + n % 3) as f64);
        ((i * 0.7 * step + n).cos() + (i * 0.01 * (n + 1.0)).cos()) as f32
    };
    Signal {
        recording,
        class: n % 3,
        channels: 1,
        samples: (0..8 * frames).map(sample).collect(),
        last_frame: LastFrame::default(),
    }
}

/// A batch of whole signals.
fn sequences(index: usize) -> Vec<Frames> {
    (0..8).map(|n| Frames::of(&signal(30 + 37 * n % 50, 8 * index + n), 8).unwrap()).collect()
}

/// A batch of slices.
fn slices(index: usize) -> Vec<Slice> {
    (0..12).flat_map(|n| Slicing::default().slices(&signal(120, 12 * index + n)).unwrap()).collect()
}

#[track_caller]
fn assert_close(found: &[f32], expected: &[f32], tolerance: f32) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        // Written so that NaN fails.
        assert!((found - expected).abs() <= tolerance, "{found} for {expected}");
    }
}

/// Loads what PyTorch wrote, if it wrote any, and compares; then trains.
fn agrees<N: Network<TestDevice>>(
    mut network: N,
    scale: f64,
    learning_rate: f64,
    batch: impl Fn(usize) -> Vec<N::Example>,
    [logits, losses, afterwards]: [&[f32]; 3],
) {
    let device = TestDevice::default();
    fill_with_cosines(&mut network, scale);
    let answers = |network: &N| {
        let examples = batch(0);
        let members: Vec<&N::Example> = examples[..3].iter().collect();
        network.logits(&device, &members).unwrap().as_vec()
    };
    assert_close(&answers(&network), logits, 2e-6);

    // Batches are as large as the examples given, so an epoch is one step; without dropout, order does not matter.
    let hyperparameters = Hyperparameters { epochs: STEPS, batch: 64, learning_rate, dropout: 0.0 };
    let mut training = Training::new(device.clone(), network, hyperparameters, 0, &[0]).unwrap();
    let mut loss = |step: usize| training.epoch(&batch(step % BATCHES)).unwrap().remove(0).unwrap() as f32;
    let found: Vec<f32> = (0..STEPS).map(&mut loss).collect();
    assert_close(&found, losses, 1e-3);
    assert_close(&answers(training.network()), afterwards, 1e-2);
}

#[test]
#[rustfmt::skip]
fn the_baseline_computes_and_learns_as_in_pytorch() {
    let network = Baseline::new(&TestDevice::default(), 1, Default::default()).unwrap();
    agrees(network, 0.3, 1e-3, sequences, [
        &[
            0.4166619, 0.4549376, -0.08181965, 0.3550452, 0.4626942, -0.1240724, 0.3989111,
            0.7569628, -0.08323595,
        ],
        &[
            1.09397, 1.21842, 1.17961, 1.0385, 1.05146, 1.17107, 1.15432, 1.02504, 1.02788,
            1.13738, 1.13192, 1.01392, 1.00992, 1.10892, 1.1111, 1.00153, 0.991062, 1.08541,
            1.09006, 0.986115,
        ],
        &[
            0.336952, 0.216962, -0.100951, 0.150925, 0.416025, -0.158162, 0.237418, 0.541471,
            0.228573,
        ],
    ]);
}

#[test]
#[rustfmt::skip]
fn the_multilayer_lstm_computes_and_learns_as_in_pytorch() {
    let network = Multilayer::new(&TestDevice::default(), 1, Default::default()).unwrap();
    agrees(network, 0.2, 1e-3, sequences, [
        &[
            0.0718022, -0.1467676, 0.1725826, 0.07796234, -0.1651014, 0.1836395, 0.02713424,
            -0.1674732, 0.1349755,
        ],
        &[
            1.13101, 1.089, 1.10972, 1.096, 1.07952, 1.09122, 1.09209, 1.08119, 1.05851,
            1.0782, 1.07372, 1.05885, 1.01739, 1.03262, 1.02269, 1.00007, 0.953321, 0.940227,
            0.931152, 0.877,
        ],
        &[
            0.37145, -0.151723, -0.222874, -0.368769, 0.335232, 0.0984981, -0.319437, 0.180279,
            0.266211,
        ],
    ]);
}

#[test]
#[rustfmt::skip]
fn the_cnn_computes_and_learns_as_in_pytorch() {
    let network = Cnn::new(&TestDevice::default(), 1, Default::default()).unwrap();
    agrees(network, 0.15, 2e-3, slices, [
        &[
            -0.1631865, -0.1123139, -0.8621911, 0.1165916, 0.02724029, -0.761186, -0.1668861,
            -0.3284062, -1.050112,
        ],
        &[
            2.30232, 1.86921, 1.4099, 1.0386, 0.568532, 0.373627, 0.218585, 0.176299, 0.116112,
            0.0733809, 0.0486687, 0.0496014, 0.046958, 0.036286, 0.0289024, 0.029847, 0.0299574,
            0.0254391, 0.0213031, 0.0212877,
        ],
        &[
            3.5872, -0.207694, -1.05191, -0.238265, 4.70918, -0.21219, -1.68184, -1.08571,
            5.44917,
        ],
    ]);
}

/// All names, shapes and orders, in files that `safetensors.torch.save_file` wrote: what is loaded from them computes
/// what the same weights made by formula do, which the tests above compare with PyTorch.
fn is_read<N: Network<TestDevice>>(mut loaded: N, name: &str, scale: f64, examples: &[N::Example]) {
    let mut expected = loaded.clone();
    fill_with_cosines(&mut expected, scale);
    let bytes =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pytorch").join(name)).unwrap();
    StateDict::load_runs(&[StateDict::from_bytes(&bytes).unwrap().0], &mut loaded).unwrap();
    let (device, members): (_, Vec<&N::Example>) = (TestDevice::default(), examples.iter().collect());
    let [found, expected] =
        [loaded, expected].map(|network| network.logits(&device, &members).unwrap().as_vec());
    assert_close(&found, &expected, 1e-6);
}

#[test]
fn a_state_dict_of_an_lstm_written_by_pytorch_is_read() {
    let network = Baseline::new(&TestDevice::default(), 1, Default::default()).unwrap();
    is_read(network, "baseline.safetensors", 0.3, &sequences(0));
}

#[test]
fn a_state_dict_of_the_cnn_written_by_pytorch_is_read() {
    let network = Cnn::new(&TestDevice::default(), 1, Default::default()).unwrap();
    is_read(network, "cnn.safetensors", 0.15, &slices(0));
}
