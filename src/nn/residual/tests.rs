use dfdx::optim::{Adam, AdamConfig, Optimizer};
use proptest::prelude::*;
use tempfile::tempdir;

use super::*;
use crate::nn::Size;
use crate::nn::kernels::Element;
use crate::nn::testing::{self, TestDevice, assert_close, cosines, safetensors_shapes, scattered};

/// A block of constant sizes.
type Block<const C: usize, const K: usize, E, D> = ResidualBlock<Const<C>, Const<K>, E, D>;

/// Weights of convolutions are cosines times 0.3, those of normalisations 1 and a tenth of cosines.
fn with_cosines<const C: usize, const K: usize, E: Dtype, D: Device<E>>(device: &D) -> Block<C, K, E, D> {
    let mut model = ResidualBlock::new(device, 1, Const, Const).unwrap();
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
) -> Signals<Const<C>, E, D> {
    device.tensor_from_vec(scattered(batch * length * C), (Size(1), batch, length, Const))
}

/// Σ of all elements, each weighted by a cosine, so that no two gradients are alike.
fn weighted_sum<C: Dim, E: Dtype, D: Device<E>, T: Tape<E, D>>(
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

/// The composed block in double precision against the fused one in `E`, with errors up to `tolerance`.
fn fused_agrees_with_composed<const C: usize, const K: usize, E: Dtype + Element>(
    level: Level,
    (batch, length): (usize, usize),
    tolerance: f64,
) where
    Cpu: Device<E>,
{
    let device = Cpu::default();
    let mut composed = with_cosines::<C, K, f64, Cpu>(&device);
    let model = composed.clone();
    let x = signals::<C, f64, Cpu>(&device, batch, length);
    let y = composed::training(x.leaky_trace(), &mut composed).unwrap();
    let values = y.as_vec();
    let gradients = weighted_sum(y).backward();
    let expected = list_gradients!(model, gradients);
    let of_x = gradients.get(&x).as_vec();
    let inferred = composed::inference(x, &composed).unwrap().as_vec();

    let mut fused: Block<C, K, E, Cpu> = with_cosines(&device);
    let model = fused.clone();
    let x: Signals<Const<C>, E, Cpu> = signals(&device, batch, length);
    let y = cpu::training(level, x.leaky_trace(), &mut fused).unwrap();
    assert_close(&y.as_vec(), &values, tolerance, level.name());
    let gradients = weighted_sum(y).backward();
    assert_close(&gradients.get(&x).as_vec(), &of_x, 10.0 * tolerance, level.name());
    for ((name, found), (_, expected)) in list_gradients!(model, gradients).iter().zip(&expected) {
        assert_close(found, expected, 10.0 * tolerance, name);
    }
    for bias in [&model.conv1.bias, &model.conv2.bias] {
        assert!(gradients.get(bias).as_vec().iter().all(|&gradient| gradient == E::ZERO));
    }
    for (found, expected) in [(&fused.norm1, &composed.norm1), (&fused.norm2, &composed.norm2)] {
        assert_close(&found.running_mean.as_vec(), &expected.running_mean.as_vec(), tolerance, "mean");
        assert_close(&found.running_var.as_vec(), &expected.running_var.as_vec(), tolerance, "variance");
    }
    let y = cpu::inference(level, &x, &fused).unwrap();
    assert_close(&y.as_vec(), &inferred, tolerance, level.name());
}

#[test]
fn fused_and_composed_agree_at_every_level() {
    // Fixed sizes: at random ones, rounding would now and then put a value on the other side of a ReLU's corner.
    for level in Level::available() {
        fused_agrees_with_composed::<32, 3, f32>(level, (4, 30), 2e-5);
        fused_agrees_with_composed::<5, 5, f32>(level, (2, 17), 2e-5);
        fused_agrees_with_composed::<17, 1, f32>(level, (3, 13), 2e-5);
    }
}

/// Random batches are this much smaller where nothing is optimised: the composed block is slow.
const DEBUG: usize = if cfg!(debug_assertions) { 10 } else { 1 };

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn fused_and_composed_agree_on_random_batches(
        batch in 2_usize..=33,
        length in 4_usize..=130 / DEBUG,
        size in 0..3,
    ) {
        match size {
            0 => fused_agrees_with_composed::<32, 3, f64>(Level::detected(), (batch, length), 1e-9),
            1 => fused_agrees_with_composed::<5, 5, f64>(Level::detected(), (batch, length), 1e-9),
            _ => fused_agrees_with_composed::<17, 1, f64>(Level::detected(), (batch, length), 1e-9),
        }
    }
}

/// ```python
/// import torch
/// from torch import arange, cos
///
/// conv1, conv2 = torch.nn.Conv1d(2, 2, 3, padding=1), torch.nn.Conv1d(2, 2, 3, padding=1)
/// norm1, norm2 = torch.nn.BatchNorm1d(2), torch.nn.BatchNorm1d(2)
/// conv1.weight.data = 0.3 * cos(arange(12.0)).reshape(2, 2, 3)
/// conv1.bias.data = 0.3 * cos(arange(2.0) + 1)
/// norm1.weight.data = 1 + 0.1 * cos(arange(2.0) + 2)
/// norm1.bias.data = 0.1 * cos(arange(2.0) + 3)
/// conv2.weight.data = 0.3 * cos(arange(12.0) + 4).reshape(2, 2, 3)
/// conv2.bias.data = 0.3 * cos(arange(2.0) + 5)
/// norm2.weight.data = 1 + 0.1 * cos(arange(2.0) + 6)
/// norm2.bias.data = 0.1 * cos(arange(2.0) + 7)
///
/// def block(x):
///     x = x.transpose(1, 2)
///     y = torch.relu(norm2(conv2(torch.relu(norm1(conv1(x))))))
///     return torch.relu(y + x).transpose(1, 2)
///
/// x = cos(arange(20.0) ** 2).reshape(2, 5, 2).requires_grad_()  # [batch, length, channels]
/// y = block(x)
/// (y * cos(arange(20.0)).reshape(2, 5, 2)).sum().backward()
/// print(y, x.grad, conv1.weight.grad, norm1.weight.grad, norm1.bias.grad)
/// print(conv2.weight.grad, norm2.weight.grad, norm2.bias.grad)
/// print(conv1.bias.grad, conv2.bias.grad)  # rounding errors up to 2e-6
/// block(x + 1)
/// for norm in (norm1, norm2):
///     print(norm.running_mean, norm.running_var)
/// norm1.eval(), norm2.eval()
/// print(block(x))
/// ```
#[test]
#[rustfmt::skip]
fn values_gradients_and_running_statistics_are_those_of_pytorch() {
    let device = TestDevice::default();
    let mut model: Block<2, 3, f32, _> = with_cosines(&device);
    let x: Signals<Const<2>, f32, _> = signals(&device, 2, 5);
    let y = model.forward_mut(x.leaky_trace());
    assert_close(&y.as_vec(), &[
        2.465382, 2.07679, 1.032109, 0.2200612, 0.0, 0.9912028, 0.0, 0.3005925, 0.3918572, 0.776686,
        0.8623189, 0.0, 2.609159, 2.487208, 0.7158076, 0.4171773, 0.0, 0.9996483, 0.0, 0.0,
    ], 1e-5, "y");
    let gradients = weighted_sum(y).backward();
    assert_close(&gradients.get(&x).as_vec(), &[
        -0.7798394, 2.105644, -2.97246, 1.654387, 0.2946569, 0.1655346, 0.1534196, 0.6584384, -0.1523883,
        -0.8919668, 1.110718, -1.833323, 2.501767, -0.9929196, -0.7864605, 0.06738651, -0.3184925, 0.1241369,
        0.4347133, -0.4257314,
    ], 1e-5, "x");
    let expected: [&[f64]; 6] = [
        &[4.60238, 11.61059, -19.95992, 4.136884, 13.67075, -21.67085, -6.132593, -4.067492, 24.21664,
          -4.490836, -9.897541, 17.77644],
        &[8.910872, -9.045801],
        &[11.65894, -11.78282],
        &[0.1114342, -11.63893, 14.70767, -2.623359, -3.339851, 10.14425, -3.766098, -14.23078, 12.76863,
          -7.001257, -4.394504, 9.097982],
        &[1.974053, 1.116286],
        &[1.564444, -0.3019313],
    ];
    for ((name, found), expected) in list_gradients!(model, gradients).iter().zip(expected) {
        assert_close(found, expected, 1e-5, name);
    }
    for bias in [&model.conv1.bias, &model.conv2.bias] {
        assert!(gradients.get(bias).as_vec().iter().all(|gradient| gradient.abs() < 1e-5));
    }

    let _ = model.forward_mut((x.clone() + 1.0).leaky_traced());
    assert_close(&model.norm1.running_mean.as_vec(), &[0.0128587, -0.04652587], 1e-5, "norm1.running_mean");
    assert_close(&model.norm1.running_var.as_vec(), &[0.8274488, 0.8275819], 1e-5, "norm1.running_var");
    assert_close(&model.norm2.running_mean.as_vec(), &[0.02455493, 0.06283941], 1e-5, "norm2.running_mean");
    assert_close(&model.norm2.running_var.as_vec(), &[0.8111365, 0.8113344], 1e-5, "norm2.running_var");
    assert_close(&model.forward(x).as_vec(), &[
        1.296015, 0.9124171, 0.0, 0.0, 0.0, 1.135112, 0.02110437, 0.55492, 0.5409253, 1.031013, 1.106658,
        0.2765557, 1.07032, 1.063353, 0.4593844, 0.5582756, 0.07081579, 1.205538, 0.0, 0.0,
    ], 1e-5, "inference");
}

#[test]
fn gradients_are_the_limits_of_finite_differences() {
    const EPSILON: f64 = 1e-6;
    let device = Cpu::default();
    let model: Block<2, 3, f64, Cpu> = with_cosines(&device);
    let x: Signals<Const<2>, f64, Cpu> = signals(&device, 2, 5);
    let loss = |x: Signals<Const<2>, f64, Cpu>, model: &Block<2, 3, f64, Cpu>| {
        weighted_sum(model.clone().forward_mut(x.leaky_traced())).array()
    };
    let gradients = weighted_sum(model.clone().forward_mut(x.leaky_trace())).backward();
    let shifted = |values: &[f64], index: usize, by: f64| {
        let mut values = values.to_vec();
        values[index] += by;
        values
    };
    let values = x.as_vec();
    let at =
        |index: usize, by: f64| loss(device.tensor_from_vec(shifted(&values, index, by), *x.shape()), &model);
    let difference = |index: usize| (at(index, EPSILON) - at(index, -EPSILON)) / (2.0 * EPSILON);
    let expected: Vec<f64> = (0..values.len()).map(difference).collect();
    assert_close(&gradients.get(&x).as_vec(), &expected, 1e-7, "x");
    macro_rules! check {
        ($($layer:ident . $weight:ident),*) => {$({
            let values = model.$layer.$weight.as_vec();
            let at = |index: usize, by: f64| {
                let mut model = model.clone();
                model.$layer.$weight.copy_from(&shifted(&values, index, by));
                loss(x.clone(), &model)
            };
            let difference = |index: usize| (at(index, EPSILON) - at(index, -EPSILON)) / (2.0 * EPSILON);
            let expected: Vec<f64> = (0..values.len()).map(difference).collect();
            let found = gradients.get(&model.$layer.$weight).as_vec();
            // Absolute: those of the convolutions' biases are zero.
            for (found, expected) in found.iter().zip(&expected) {
                assert!((found - expected).abs() < 1e-6, "{}: {found} {expected}", stringify!($layer.$weight));
            }
        })*};
    }
    check!(
        conv1.weight,
        conv1.bias,
        norm1.weight,
        norm1.bias,
        conv2.weight,
        conv2.bias,
        norm2.weight,
        norm2.bias
    );
}

#[test]
fn gradients_of_two_passes_add_up() {
    let device = TestDevice::default();
    let mut model: Block<5, 3, f32, _> = with_cosines(&device);
    let x: Signals<Const<5>, f32, _> = signals(&device, 2, 6);
    let weights = model.clone();
    let mut pass = |gradients| weighted_sum(model.forward_mut(x.trace(gradients))).backward();
    let once = pass(Gradients::leaky());
    let of_x = once.get(&x).as_vec();
    let first = list_gradients!(weights, once);
    let twice = pass(once);
    let double = |gradient: &[f32]| gradient.iter().map(|gradient| 2.0 * gradient).collect::<Vec<_>>();
    assert_close(&twice.get(&x).as_vec(), &double(&of_x), 1e-5, "x");
    for ((name, first), (_, twice)) in first.iter().zip(&list_gradients!(weights, twice)) {
        assert_close(twice, &double(first), 1e-5, name);
        assert!(first.iter().any(|&gradient| gradient != 0.0), "{name}");
    }
}

#[test]
fn nan_reaches_the_output() {
    let device = TestDevice::default();
    let mut model: Block<2, 3, f32, _> = with_cosines(&device);
    let mut values: Vec<f32> = scattered(24);
    values[13] = f32::NAN;
    let x: Signals<Const<2>, f32, _> = device.tensor_from_vec(values, (Size(1), 2, 6, Const));
    // In inference, two steps to either side of step 0 of the second signal, and none in the first signal.
    let y = model.forward(x.clone()).as_vec();
    let nan: Vec<usize> = (0..24).filter(|&index| y[index].is_nan()).collect();
    assert_eq!(nan, [12, 13, 14, 15, 16, 17]);
    // In training, everything: the statistics of every channel are lost.
    let y = model.forward_mut(x.leaky_trace());
    assert!(y.as_vec().iter().all(|value| value.is_nan()));
    let gradients = weighted_sum(y).backward();
    assert!(gradients.get(&x).as_vec().iter().all(|value| value.is_nan()));
}

#[test]
#[should_panic(expected = "needs more than one value per channel, found 1")]
fn one_value_per_channel_is_refused_in_training() {
    let device = TestDevice::default();
    let mut model: Block<2, 3, f32, _> = with_cosines(&device);
    let _ = model.forward_mut(signals(&device, 1, 1).leaky_traced());
}

#[test]
fn the_parameters_are_those_of_pytorch_and_running_statistics_are_none() {
    let model: Block<32, 3, f32, _> = ResidualBlock::new(&TestDevice::default(), 1, Const, Const).unwrap();
    // 2 · (32 · 32 · 3 + 32 + 2 · 32)
    assert_eq!(model.num_trainable_params(), 6336);
}

#[test]
fn weights_are_saved_by_the_names_of_the_layers_and_moved_by_the_optimiser() {
    let device = TestDevice::default();
    let folder = tempdir().unwrap();
    let path = folder.path().join("block.safetensors");
    let mut model: Block<2, 3, f32, _> = with_cosines(&device);
    let before = model.clone();
    let mut adam = Adam::new(&model, AdamConfig::default());
    let x: Signals<Const<2>, f32, _> = signals(&device, 2, 5);
    let traced = x.trace(model.alloc_grads());
    let gradients = weighted_sum(model.forward_mut(traced)).backward();
    adam.update(&mut model, &gradients).unwrap();
    assert_ne!(model.conv1.weight.as_vec(), before.conv1.weight.as_vec());
    assert_ne!(model.norm2.bias.as_vec(), before.norm2.bias.as_vec());

    model.save_safetensors(&path).unwrap();
    let convolution = |k: u8| [(format!("conv{k}.bias"), "[1,2]"), (format!("conv{k}.weight"), "[1,2,2,3]")];
    let norm = |k: u8| {
        ["bias", "running_mean", "running_var", "weight"].map(|name| (format!("norm{k}.{name}"), "[1,2]"))
    };
    let expected = [&convolution(1)[..], &convolution(2), &norm(1), &norm(2)].concat();
    let expected: Vec<_> = expected.into_iter().map(|(name, shape)| (name, shape.to_owned())).collect();
    assert_eq!(safetensors_shapes(&path), expected);
    let mut loaded: Block<2, 3, f32, _> = ResidualBlock::new(&device, 1, Const, Const).unwrap();
    loaded.load_safetensors(&path).unwrap();
    assert_eq!(loaded.forward(x.clone()).as_vec(), model.forward(x).as_vec());
}
