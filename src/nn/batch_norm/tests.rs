use dfdx::optim::{Adam, AdamConfig, Optimizer};
use proptest::prelude::*;
use tempfile::tempdir;

use super::*;
use crate::nn::Size;
use crate::nn::testing::{self, TestDevice, assert_close, cosines, safetensors_shapes, scattered};

/// A layer of a constant number of channels.
type Layer<const C: usize, E, D> = BatchNorm1d<Const<C>, E, D>;

fn with_cosines<const C: usize, E: Dtype, D: Device<E>>(device: &D) -> Layer<C, E, D> {
    let mut model = BatchNorm1d::new(device, 1, Const).unwrap();
    let one = E::from_f64(1.0).unwrap();
    model.weight.copy_from(&cosines(C, 0).into_iter().map(|weight: E| weight + one).collect::<Vec<_>>());
    model.bias.copy_from(&cosines(C, 1));
    model
}

/// scale · cos(start), scale · cos(start + 1), …, all plus offset.
fn signals<const C: usize, E: Dtype, D: Device<E>>(
    device: &D,
    (batch, length): (usize, usize),
    start: usize,
    [scale, offset]: [f64; 2],
) -> Signals<Const<C>, E, D> {
    let value = |i: usize| E::from_f64(offset + scale * ((i + start) as f64).cos()).unwrap();
    let values = (0..batch * length * C).map(value).collect();
    device.tensor_from_vec(values, (Size(1), batch, length, Const))
}

/// Σ of all elements, each with its own weight, so that no two gradients are alike.
fn weighted_sum<C: Dim, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    x: Signals<C, E, D, T>,
) -> Tensor<Rank0, E, D, T> {
    let weights = scattered(x.shape().num_elements());
    testing::weighted_sum(x, weights)
}

/// ```python
/// import torch
/// from torch import arange, cos
///
/// norm = torch.nn.BatchNorm1d(3)
/// norm.weight.data = cos(arange(3.0)) + 1
/// norm.bias.data = cos(arange(3.0) + 1)
/// x = (10 * cos(arange(24.0) + 5)).reshape(2, 4, 3).requires_grad_()  # [batch, length, channels]
/// y = norm(x.transpose(1, 2)).transpose(1, 2)
/// (y * cos(arange(24.0) ** 2).reshape(2, 4, 3)).sum().backward()
/// print(y, x.grad, norm.weight.grad, norm.bias.grad)
/// norm((3 * cos(arange(24.0)) + 1).reshape(2, 4, 3).transpose(1, 2))
/// print(norm.running_mean, norm.running_var)
/// print(norm.eval()(x.transpose(1, 2)).transpose(1, 2))
/// ```
#[test]
#[rustfmt::skip]
fn values_gradients_and_running_statistics_are_those_of_pytorch() {
    let device = TestDevice::default();
    let mut model: Layer<3, f32, _> = with_cosines(&device);
    let x = signals(&device, (2, 4), 5, [10.0, 0.0]);
    let y = model.forward_mut(x.leaky_trace());
    assert_close(&y.as_vec(), &[
        1.754458, 1.566402, -0.5066818, -0.6371863, -2.497327, -1.5083, 0.1983231, 1.313809, -0.4101372,
        0.9356716, -2.168454, -1.582865, -1.359777, 0.9152383, -0.3590446, 2.447828, -1.708163, -1.609463,
        -2.795724, 0.40244, -0.3574737, 3.778825, -1.153121, -1.585975,
    ], 1e-5, "y");
    let gradients = weighted_sum(y).backward();
    assert_close(&gradients.get(&x).as_vec(), &[
        0.3302344, 0.03785343, -0.03870989, -0.4858438, -0.209395, 0.02965555, -0.1363723, -0.009350679,
        0.03040752, 0.2910179, 0.1795163, -0.03833827, 0.5826065, 0.1064296, 0.02909028, -0.09452428,
        -0.02522704, 0.02664575, -0.2631548, -0.2656364, -0.02541729, -0.2239635, 0.1858098, -0.01333367,
    ], 1e-5, "x");
    assert_close(&gradients.get(&model.weight).as_vec(), &[2.988676, 1.089841, -2.600068], 1e-5, "weight");
    assert_close(&gradients.get(&model.bias).as_vec(), &[1.444999, 1.525181, 1.848312], 1e-5, "bias");

    let _ = model.forward_mut(signals(&device, (2, 4), 0, [3.0, 1.0]).leaky_trace());
    assert_close(&model.running_mean.as_vec(), &[0.1688047, 0.1327571, 0.06659273], 1e-5, "running_mean");
    assert_close(&model.running_var.as_vec(), &[2.873967, 6.717691, 9.779346], 1e-5, "running_var");
    assert_close(&model.forward(x).as_vec(), &[
        3.687648, 5.211116, 0.4051235, -1.375374, -5.909763, -2.568987, 0.3933678, 4.519865, 0.6917938,
        1.954307, -5.009762, -2.790393, -2.905071, 3.429128, 0.8435036, 5.155485, -3.750122, -2.86937,
        -5.944918, 2.025795, 0.848168, 7.973156, -2.231183, -2.799628,
    ], 1e-5, "inference");
}

fn fused_agrees_with_composed<const C: usize>(batch: usize, length: usize) {
    let device = Cpu::default();
    // Two runs with weights of their own.
    let one: Layer<C, f32, Cpu> = with_cosines(&device);
    let mut model: Layer<C, f32, Cpu> = BatchNorm1d::new(&device, 2, Const).unwrap();
    let of_two = |weight: Vec<f32>| [weight.clone(), weight.iter().map(|w| 0.5 * w + 0.1).collect()].concat();
    model.weight.copy_from(&of_two(one.weight.as_vec()));
    model.bias.copy_from(&of_two(one.bias.as_vec()));
    let shape = (Size(2), batch, length, Const);
    // Not the weights of the sum: its gradient would be nothing but rounding.
    let values = scattered(2 * batch * length * C + 100).split_off(100);
    let x: Signals<Const<C>, f32, Cpu> = device.tensor_from_vec(values, shape);
    let passes = |y: Signals<Const<C>, f32, Cpu, OwnedTape<f32, Cpu>>| {
        let values = y.as_vec();
        let gradients = weighted_sum(y).backward();
        let of_weights = [gradients.get(&model.weight).as_vec(), gradients.get(&model.bias).as_vec()];
        (values, gradients.get(&x).as_vec(), of_weights)
    };
    let mut composed = model.clone();
    let expected = passes(composed::training(x.leaky_trace(), &mut composed).unwrap());
    let inferred = composed::inference(x.clone(), &composed).unwrap().as_vec();
    for level in Level::available() {
        let mut fused = model.clone();
        let found = passes(cpu::training(level, x.leaky_trace(), &mut fused).unwrap());
        assert_close(&found.0, &expected.0, 1e-4, level.name());
        assert_close(&found.1, &expected.1, 1e-3, level.name());
        assert_close(&found.2[0], &expected.2[0], 1e-3, level.name());
        assert_close(&found.2[1], &expected.2[1], 1e-3, level.name());
        // The means are near 0: within 1e-6 of a standard deviation.
        for (found, expected) in fused.running_mean.as_vec().iter().zip(composed.running_mean.as_vec()) {
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
        assert_close(&fused.running_var.as_vec(), &composed.running_var.as_vec(), 1e-5, level.name());
        let found = cpu::inference(level, &x, &composed).unwrap();
        assert_close(&found.as_vec(), &inferred, 1e-5, level.name());
    }
}

/// Random batches are this much smaller where nothing is optimised: the composed layer is slow.
const DEBUG: usize = if cfg!(debug_assertions) { 10 } else { 1 };

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn fused_and_composed_agree_on_random_batches(
        batch in 2_usize..=33,
        length in 4_usize..=300 / DEBUG,
        size in 0..3,
    ) {
        match size {
            0 => fused_agrees_with_composed::<32>(batch, length),
            1 => fused_agrees_with_composed::<5>(batch, length),
            _ => fused_agrees_with_composed::<17>(batch, length),
        }
    }
}

#[test]
fn gradients_are_the_limits_of_finite_differences() {
    const EPSILON: f64 = 1e-5;
    let device = Cpu::default();
    let model: Layer<2, f64, Cpu> = with_cosines(&device);
    let x: Signals<Const<2>, f64, Cpu> = signals(&device, (2, 4), 5, [2.0, 1.0]);
    let loss = |x: Signals<Const<2>, f64, Cpu>, model: &Layer<2, f64, Cpu>| {
        weighted_sum(model.clone().forward_mut(x.leaky_trace())).array()
    };
    let gradients = weighted_sum(model.clone().forward_mut(x.leaky_trace())).backward();
    let differences = |len: usize, loss: &dyn Fn(usize, f64) -> f64| -> Vec<f64> {
        (0..len).map(|index| (loss(index, EPSILON) - loss(index, -EPSILON)) / (2.0 * EPSILON)).collect()
    };
    let shifted = |mut values: Vec<f64>, index: usize, by: f64| {
        values[index] += by;
        values
    };
    let expected = differences(16, &|index, by| {
        loss(device.tensor_from_vec(shifted(x.as_vec(), index, by), *x.shape()), &model)
    });
    assert_close(&gradients.get(&x).as_vec(), &expected, 1e-8, "x");
    let expected = differences(2, &|index, by| {
        let mut model = model.clone();
        model.weight.copy_from(&shifted(model.weight.as_vec(), index, by));
        loss(x.clone(), &model)
    });
    assert_close(&gradients.get(&model.weight).as_vec(), &expected, 1e-8, "weight");
    let expected = differences(2, &|index, by| {
        let mut model = model.clone();
        model.bias.copy_from(&shifted(model.bias.as_vec(), index, by));
        loss(x.clone(), &model)
    });
    assert_close(&gradients.get(&model.bias).as_vec(), &expected, 1e-8, "bias");
}

/// Mean and unbiased variance, in double precision and two passes, of each of two channels.
fn exact_statistics(values: &[f32]) -> [(f64, f64); 2] {
    [0, 1].map(|channel| {
        let values: Vec<f64> = values[channel..].iter().step_by(2).map(|&value| value.into()).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        (mean, values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0))
    })
}

#[test]
fn statistics_are_exact_for_large_means_and_heavy_tails() {
    let (batch, length) = (64, 120);
    let noise: Vec<f64> = scattered(batch * length * 2);
    let far_from_zero = |i: usize| 1e4 + 1.4 * noise[i];
    let heavy_tailed = |i: usize| (7.0 * noise[i]).exp();
    // The first signal is thousands of times as large as the others.
    let outlier = |i: usize| (noise[i] + 3.0) * if i < length * 2 { 1e4 } else { 1.0 };
    let data: [&dyn Fn(usize) -> f64; 3] = [&far_from_zero, &heavy_tailed, &outlier];
    let device = Cpu::default();
    for (case, value) in data.into_iter().enumerate() {
        let values: Vec<f32> = (0..noise.len()).map(|i| value(i) as f32).collect();
        let exact = exact_statistics(&values);
        let n = (batch * length) as f64;
        let x: Signals<Const<2>, f32, Cpu> =
            device.tensor_from_vec(values.clone(), (Size(1), batch, length, Const));
        for level in Level::available() {
            let mut model: Layer<2, f32, Cpu> = BatchNorm1d::new(&device, 1, Const).unwrap();
            let y = cpu::training(level, x.leaky_trace(), &mut model).unwrap().as_vec();
            let normalised: Vec<f64> = (values.iter().zip([0, 1].into_iter().cycle()))
                .map(|(&value, channel)| {
                    let (mean, variance) = exact[channel];
                    (f64::from(value) - mean) / (variance * (n - 1.0) / n + super::EPSILON).sqrt()
                })
                .collect();
            assert_close(&y, &normalised, 2e-6, &format!("case {case} {}", level.name()));
            let variances = model.running_var.as_vec();
            for ((_, exact), found) in exact.iter().zip(variances) {
                let found = (f64::from(found) - 0.9) * 10.0;
                assert!((found / exact - 1.0).abs() < 3e-6, "case {case}: {found} for {exact}");
            }
        }
    }
}

#[test]
fn gradients_of_two_passes_add_up() {
    let device = TestDevice::default();
    let mut model: Layer<3, f32, _> = with_cosines(&device);
    let x: Signals<Const<3>, f32, _> = signals(&device, (2, 4), 5, [1.0, 0.0]);
    let mut pass = |gradients| weighted_sum(model.forward_mut(x.trace(gradients))).backward();
    let once = pass(Gradients::leaky());
    let first = once.get(&x).as_vec();
    let twice = pass(once).get(&x).as_vec();
    assert_close(&twice, &first.iter().map(|gradient| 2.0 * gradient).collect::<Vec<_>>(), 1e-6, "twice");
}

#[test]
fn nan_reaches_all_of_its_channel_and_no_other() {
    let device = TestDevice::default();
    let mut model: Layer<3, f32, _> = with_cosines(&device);
    let mut values: Vec<f32> = cosines(24, 0);
    values[7] = f32::NAN;
    let x: Signals<Const<3>, f32, _> = device.tensor_from_vec(values, (Size(1), 2, 4, Const));
    let y = model.forward_mut(x.leaky_trace());
    assert!(y.as_vec().iter().enumerate().all(|(index, value)| value.is_nan() == (index % 3 == 1)));
    let gradient = weighted_sum(y).backward().get(&x).as_vec();
    assert!(gradient.iter().enumerate().all(|(index, value)| value.is_nan() == (index % 3 == 1)));
    assert!(model.running_mean.as_vec()[1].is_nan() && model.running_var.as_vec()[1].is_nan());
}

#[test]
#[should_panic(expected = "needs more than one value per channel, found 1")]
fn one_value_per_channel_is_refused_in_training() {
    let device = TestDevice::default();
    let mut model: Layer<3, f32, _> = with_cosines(&device);
    let _ = model.forward_mut(signals(&device, (1, 1), 0, [1.0, 0.0]).leaky_trace());
}

#[test]
fn one_value_per_channel_has_an_inference() {
    let device = TestDevice::default();
    let model: Layer<3, f32, _> = BatchNorm1d::new(&device, 1, Const).unwrap();
    let x: Signals<Const<3>, f32, _> = signals(&device, (1, 1), 0, [1.0, 0.0]);
    assert_close(&model.forward(x.clone()).as_vec(), &x.as_vec(), 1e-5, "a new layer changes nothing");
}

/// Keys and shapes of `torch.nn.BatchNorm1d(3).state_dict()` but `num_batches_tracked`, of no use with a fixed momentum.
#[test]
fn weights_and_running_statistics_are_saved_and_loaded_and_only_weights_are_trained() {
    let device = TestDevice::default();
    let folder = tempdir().unwrap();
    let path = folder.path().join("norm.safetensors");
    let mut model: Layer<3, f32, _> = with_cosines(&device);
    assert_eq!(model.num_trainable_params(), 6);
    let mut adam = Adam::new(&model, AdamConfig::default());
    let x = signals(&device, (2, 4), 0, [1.0, 1.0]);
    let traced = x.traced(model.alloc_grads());
    let gradients = weighted_sum(model.forward_mut(traced)).backward();
    let before = model.clone();
    adam.update(&mut model, &gradients).unwrap();
    assert_ne!(model.weight.as_vec(), before.weight.as_vec());
    assert_ne!(model.bias.as_vec(), before.bias.as_vec());
    assert_eq!(model.running_mean.as_vec(), before.running_mean.as_vec());
    assert_eq!(model.running_var.as_vec(), before.running_var.as_vec());

    model.save_safetensors(&path).unwrap();
    let expected = ["bias", "running_mean", "running_var", "weight"];
    assert_eq!(safetensors_shapes(&path), expected.map(|name| (name.to_owned(), "[1,3]".to_owned())));
    let mut loaded: Layer<3, f32, _> = BatchNorm1d::new(&device, 1, Const).unwrap();
    assert_eq!(loaded.weight.as_vec(), [1.0; 3]);
    assert_eq!(loaded.bias.as_vec(), [0.0; 3]);
    assert_eq!(loaded.running_mean.as_vec(), [0.0; 3]);
    assert_eq!(loaded.running_var.as_vec(), [1.0; 3]);
    loaded.load_safetensors(&path).unwrap();
    assert_eq!(loaded.weight.as_vec(), model.weight.as_vec());
    assert_eq!(loaded.running_var.as_vec(), model.running_var.as_vec());
}
