use dfdx::optim::{Adam, AdamConfig, Optimizer};
use proptest::prelude::*;
use tempfile::tempdir;

use super::*;
use crate::nn::testing::{self, TestDevice, assert_close, cosines, scattered};

/// Weights of convolutions are cosines times 0.3, those of normalisations 1 and a tenth of cosines.
fn with_cosines<const C: usize, const K: usize, const P: usize, E: Dtype, D: Device<E>>(
    device: &D,
) -> ResidualBlock<C, K, P, E, D> {
    let mut model = <builder::ResidualBlock<C, K, P> as BuildOnDevice<D, E>>::build_on_device(device);
    let scaled = |len: usize, start: usize, scale: f64, offset: f64| -> Vec<E> {
        let value = |i: usize| E::from_f64(offset + scale * ((i + start) as f64).cos()).unwrap();
        (0..len).map(value).collect()
    };
    model.conv1.weight.copy_from(&scaled(C * C * K, 0, 0.3, 0.0));
    model.conv1.bias.copy_from(&scaled(C, 1, 0.3, 0.0));
    model.norm1.weight.copy_from(&scaled(C, 2, 0.1, 1.0));
    model.norm1.bias.copy_from(&scaled(C, 3, 0.1, 0.0));
    model.conv2.weight.copy_from(&scaled(C * C * K, 4, 0.3, 0.0));
    model.conv2.bias.copy_from(&scaled(C, 5, 0.3, 0.0));
    model.norm2.weight.copy_from(&scaled(C, 6, 0.1, 1.0));
    model.norm2.bias.copy_from(&scaled(C, 7, 0.1, 0.0));
    model
}

fn signals<const C: usize, E: Dtype, D: Device<E>>(
    device: &D,
    batch: usize,
    length: usize,
) -> Signals<C, E, D> {
    device.tensor_from_vec(scattered(batch * length * C), (batch, length, Const))
}

/// Σ of all elements, each weighted by a cosine, so that no two gradients are alike.
fn weighted_sum<const C: usize, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    x: Signals<C, E, D, T>,
) -> Tensor<Rank0, E, D, T> {
    let weights = cosines(x.shape().num_elements(), 0);
    testing::weighted_sum(x, weights)
}

/// Gradients of all weights but the biases of the convolutions, which are zero.
macro_rules! list_gradients {
    ($model:expr, $gradients:expr) => {{
        let (model, gradients) = (&$model, &$gradients);
        [
            ("conv1.weight", gradients.get(&model.conv1.weight).as_vec()),
            ("norm1.weight", gradients.get(&model.norm1.weight).as_vec()),
            ("norm1.bias", gradients.get(&model.norm1.bias).as_vec()),
            ("conv2.weight", gradients.get(&model.conv2.weight).as_vec()),
            ("norm2.weight", gradients.get(&model.norm2.weight).as_vec()),
            ("norm2.bias", gradients.get(&model.norm2.bias).as_vec()),
        ]
    }};
}

fn fused_agrees_with_composed<const C: usize, const K: usize, const P: usize>(batch: usize, length: usize) {
    let device = Cpu::default();
    let model: ResidualBlock<C, K, P, f64, Cpu> = with_cosines(&device);
    let x: Signals<C, f64, Cpu> = signals(&device, batch, length);
    let mut composed = model.clone();
    let y = composed::training(x.leaky_trace(), &mut composed).unwrap();
    let values = y.as_vec();
    let weights: Vec<f64> = scattered(values.len());
    let gradients = testing::weighted_sum(y, weights).backward();
    let expected = list_gradients!(model, gradients);
    let of_x = gradients.get(&x).as_vec();
    let inferred = composed::inference(x.clone(), &composed).unwrap().as_vec();

    let model: ResidualBlock<C, K, P, f32, Cpu> = with_cosines(&device);
    let x: Signals<C, f32, Cpu> = signals(&device, batch, length);
    for level in Level::available() {
        let mut fused = model.clone();
        let y = cpu::training(level, x.leaky_trace(), &mut fused).unwrap();
        assert_close(&y.as_vec(), &values, 1e-4, level.name());
        let gradients = testing::weighted_sum(y, scattered(values.len())).backward();
        assert_close(&gradients.get(&x).as_vec(), &of_x, 1e-3, level.name());
        for ((name, found), (_, expected)) in list_gradients!(model, gradients).iter().zip(&expected) {
            assert_close(found, expected, 1e-3, name);
        }
        for bias in [&model.conv1.bias, &model.conv2.bias] {
            assert!(gradients.get(bias).as_vec().iter().all(|&gradient| gradient == 0.0));
        }
        for (found, expected) in [(&fused.norm1, &composed.norm1), (&fused.norm2, &composed.norm2)] {
            assert_close(&found.running_mean.as_vec(), &expected.running_mean.as_vec(), 1e-5, "mean");
            assert_close(&found.running_var.as_vec(), &expected.running_var.as_vec(), 1e-5, "variance");
        }
        let y = cpu::inference(level, &x, &fused).unwrap();
        assert_close(&y.as_vec(), &inferred, 1e-5, level.name());
    }
}

#[test]
fn trial() {
    fused_agrees_with_composed::<32, 3, 1>(3, 12);
    fused_agrees_with_composed::<5, 5, 2>(2, 17);
}
