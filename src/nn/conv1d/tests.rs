use dfdx::optim::{Adam, AdamConfig, Optimizer};
use proptest::prelude::*;
use tempfile::tempdir;

use super::*;
use crate::nn::testing::{self, TestDevice, assert_close, cosines, scattered};

/// A layer of constant sizes.
type Layer<const I: usize, const O: usize, const K: usize, E, D> = Conv1d<Const<I>, Const<O>, Const<K>, E, D>;

fn with_cosines<const I: usize, const O: usize, const K: usize, E: Dtype, D: Device<E>>(
    device: &D,
) -> Layer<I, O, K, E, D> {
    let mut model = Conv1d::new(device, 1, Const, Const, Const).unwrap();
    model.weight.copy_from(&cosines(O * I * K, 0));
    model.bias.copy_from(&cosines(O, 1));
    model
}

fn signals<const C: usize, E: Dtype, D: Device<E>>(
    device: &D,
    batch: usize,
    length: usize,
) -> Signals<Const<C>, E, D> {
    device.tensor_from_vec(cosines(batch * length * C, 5), (Size(1), batch, length, Const))
}

/// Σ of all elements, each weighted by a cosine, so that no two gradients are alike.
fn weighted_sum<C: Dim, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    x: Signals<C, E, D, T>,
) -> Tensor<Rank0, E, D, T> {
    let weights = cosines(x.shape().num_elements(), 0);
    testing::weighted_sum(x, weights)
}

/// ```python
/// import torch
/// from torch import arange, cos
///
/// conv = torch.nn.Conv1d(2, 3, 3, padding=1)
/// conv.weight.data = cos(arange(18.0)).reshape(3, 2, 3)
/// conv.bias.data = cos(arange(3.0) + 1)
/// x = cos(arange(16.0) + 5).reshape(2, 4, 2).requires_grad_()  # [batch, length, channels]
/// y = conv(x.transpose(1, 2)).transpose(1, 2)
/// (y * cos(arange(24.0)).reshape(2, 4, 3)).sum().backward()
/// print(y, x.grad, conv.weight.grad, conv.bias.grad)
/// ```
#[test]
#[rustfmt::skip]
fn values_and_gradients_are_those_of_pytorch() {
    let device = TestDevice::default();
    let model: Layer<2, 3, 3, f32, _> = with_cosines(&device);
    let x = signals(&device, 2, 4);
    let y = model.forward(x.leaky_trace());
    assert_close(&y.as_vec(), &[
        -0.2890504, -1.118282, -1.508978, 0.5169947, -0.1993135, -0.5502908, 1.731944, 0.4605257,
        -0.4981245, -0.08934194, -1.231201, -1.925529, 0.9857104, 0.2595433, -0.1378453, 1.829702,
        0.6043442, -0.3197023, -0.1472819, -1.176574, -1.762687, -0.1211104, -0.8790084, -1.217432,
    ], 1e-5, "y");
    let gradients = weighted_sum(y).backward();
    assert_close(&gradients.get(&x).as_vec(), &[
        -0.8082258, 0.6516759, 0.2393301, -0.2024638, -0.2120552, 0.1805362, -1.650008, 1.611094,
        -0.6472575, 0.389736, 0.1073606, -0.09517907, -0.067169, 0.06210174, -1.896175, 1.786724,
    ], 1e-4, "x");
    assert_close(&gradients.get(&model.weight).as_vec(), &[
        0.2329135, -0.7219272, 1.880995, -1.423674, 0.5851101, 0.455122, -0.1975213, -0.7398759, 1.557899,
        -1.771342, 0.5592413, 0.008112073, -0.4463559, -0.07758619, -0.1975213, -0.4904465, 0.01920852,
        -0.446356,
    ], 1e-4, "weight");
    assert_close(&gradients.get(&model.bias).as_vec(), &[0.255801, -0.2599794, -0.5367361], 1e-4, "bias");
}

/// Of two runs with I, O and K.
fn fused_agrees_with_composed([inputs, outputs, width]: [usize; 3], batch: usize, length: usize) {
    let device = Cpu::default();
    let sizes = [inputs, outputs, width].map(Size);
    let model: Conv1d<Size, Size, Size, f32, Cpu> =
        Conv1d::new(&device, 2, sizes[0], sizes[1], sizes[2]).unwrap();
    let shape = (Size(2), batch, length, Size(inputs));
    let x: Signals<Size, f32, Cpu> = device.tensor_from_vec(scattered(2 * batch * length * inputs), shape);
    let passes = |y: Signals<Size, f32, Cpu, OwnedTape<f32, Cpu>>| {
        let values = y.as_vec();
        let gradients = testing::weighted_sum(y, scattered(values.len())).backward();
        let of_weights = [gradients.get(&model.weight).as_vec(), gradients.get(&model.bias).as_vec()];
        (values, gradients.get(&x).as_vec(), of_weights)
    };
    let expected = passes(composed::conv1d(x.leaky_trace(), &model).unwrap());
    for level in Level::available() {
        let (untaped, tape) = x.leaky_trace().split_tape();
        let found = cpu::conv1d(level, untaped, tape, &model, cpu::InputGradient::Wanted);
        let found = passes(found.unwrap());
        assert_close(&found.0, &expected.0, 1e-5, level.name());
        assert_close(&found.1, &expected.1, 1e-4, level.name());
        assert_close(&found.2[0], &expected.2[0], 1e-4, level.name());
        assert_close(&found.2[1], &expected.2[1], 1e-4, level.name());
    }
}

/// Random batches are this much smaller where nothing is optimised: the composed layer is slow.
const DEBUG: usize = if cfg!(debug_assertions) { 10 } else { 1 };

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn fused_and_composed_agree_on_random_batches(
        batch in 1_usize..=33,
        length in 1_usize..=300 / DEBUG,
        size in 0..4,
    ) {
        match size {
            0 => fused_agrees_with_composed([8, 32, 3], batch, length),
            1 => fused_agrees_with_composed([5, 19, 5], batch, length),
            2 => fused_agrees_with_composed([1, 3, 1], batch, length),
            _ => fused_agrees_with_composed([17, 2, 9], batch, length),
        }
    }
}

/// (L(w + ε) - L(w - ε)) / 2ε is exact for a linear layer, up to rounding.
#[test]
fn gradients_are_finite_differences() {
    const EPSILON: f64 = 0.5;
    let device = Cpu::default();
    let model: Layer<3, 2, 3, f64, Cpu> = with_cosines(&device);
    let x = signals(&device, 2, 5);
    let gradients = weighted_sum(model.forward(x.leaky_trace())).backward();
    let differences = |len: usize, loss: &dyn Fn(usize, f64) -> f64| -> Vec<f64> {
        (0..len).map(|index| (loss(index, EPSILON) - loss(index, -EPSILON)) / (2.0 * EPSILON)).collect()
    };
    let shifted = |mut values: Vec<f64>, index: usize, by: f64| {
        values[index] += by;
        values
    };
    let expected = differences(30, &|index, by| {
        let x = device.tensor_from_vec(shifted(x.as_vec(), index, by), *x.shape());
        weighted_sum(model.forward(x)).array()
    });
    assert_close(&gradients.get(&x).as_vec(), &expected, 1e-12, "x");
    let expected = differences(18, &|index, by| {
        let mut model = model.clone();
        model.weight.copy_from(&shifted(model.weight.as_vec(), index, by));
        weighted_sum(model.forward(x.clone())).array()
    });
    assert_close(&gradients.get(&model.weight).as_vec(), &expected, 1e-12, "weight");
    let expected = differences(2, &|index, by| {
        let mut model = model.clone();
        model.bias.copy_from(&shifted(model.bias.as_vec(), index, by));
        weighted_sum(model.forward(x.clone())).array()
    });
    assert_close(&gradients.get(&model.bias).as_vec(), &expected, 1e-12, "bias");
}

#[test]
fn gradients_of_two_passes_add_up() {
    let device = TestDevice::default();
    let model: Layer<2, 3, 3, f32, _> = with_cosines(&device);
    let x: Signals<Const<2>, f32, _> = signals(&device, 2, 4);
    let pass = |gradients| weighted_sum(model.forward(x.trace(gradients))).backward();
    let once = pass(model.alloc_grads());
    let first = [once.get(&model.weight).as_vec(), once.get(&model.bias).as_vec()];
    let twice = pass(once);
    for (first, twice) in
        first.iter().zip([twice.get(&model.weight).as_vec(), twice.get(&model.bias).as_vec()])
    {
        assert_close(&twice, &first.iter().map(|gradient| 2.0 * gradient).collect::<Vec<_>>(), 1e-6, "twice");
    }
}

#[test]
fn data_have_the_same_outputs_and_weight_gradients() {
    let device = TestDevice::default();
    let model: Layer<2, 3, 3, f32, _> = with_cosines(&device);
    let x: Signals<Const<2>, f32, _> = signals(&device, 2, 4);
    let expected = model.forward(x.leaky_trace());
    let found = model.try_forward_data(x.clone(), OwnedTape::default()).unwrap();
    assert_eq!(found.as_vec(), expected.as_vec());
    let [expected, found] = [expected, found].map(|y| weighted_sum(y).backward());
    assert_eq!(found.get(&model.weight).as_vec(), expected.get(&model.weight).as_vec());
    assert_eq!(found.get(&model.bias).as_vec(), expected.get(&model.bias).as_vec());
}

#[test]
fn a_permuted_view_has_its_own_gradient() {
    let device = TestDevice::default();
    let model: Layer<2, 3, 3, f32, _> = with_cosines(&device);
    let x: Signals<Const<2>, f32, _> = device.tensor_from_vec(scattered(24), (Size(1), 4, 3, Const));
    let view = |x: Signals<Const<2>, f32, TestDevice>| -> Signals<Const<2>, f32, TestDevice> {
        x.permute::<_, Axes4<0, 2, 1, 3>>()
    };
    let shape = (Size(1), 3, 4, Const);
    let copy: Signals<Const<2>, f32, _> = device.tensor_from_vec(view(x.clone()).as_vec(), shape);
    let expected = weighted_sum(model.forward(copy.leaky_trace())).backward().get(&copy).as_vec();
    let permuted = view(x);
    let found = weighted_sum(model.forward(permuted.leaky_trace())).backward().get(&permuted).as_vec();
    assert_close(&found, &expected, 1e-6, "view");
}

#[test]
fn nan_reaches_the_outputs_under_whose_kernels_it_lies_and_no_others() {
    let device = TestDevice::default();
    let model: Layer<1, 1, 3, f32, _> = with_cosines(&device);
    let mut values = vec![1.0; 12];
    values[7] = f32::NAN;
    let y = model.forward(device.tensor_from_vec(values, (Size(1), 2, 6, Const)));
    let nan: Vec<usize> = (0..12).filter(|&index| y.as_vec()[index].is_nan()).collect();
    assert_eq!(nan, [6, 7, 8]);
}

#[test]
#[should_panic(expected = "a kernel is 4 wide, which is not odd")]
fn a_kernel_of_an_even_width_is_refused() {
    let _ = Conv1d::<_, _, _, f32, _>::new(&TestDevice::default(), 1, Size(1), Size(1), Size(4));
}

#[test]
fn initial_weights_are_uniform_within_one_over_the_root_of_the_values_under_a_kernel() {
    let model: Layer<32, 64, 5, f32, _> =
        Conv1d::new(&TestDevice::default(), 1, Const, Const, Const).unwrap();
    // n = 10240 numbers from ±1/√160. Standard errors: of the mean 1/√(480 n) = 4.5e-4, of the variance
    // 1/160 · √(4/45/n) = 1.8e-5.
    let weights = model.weight.as_vec();
    let bound = 160_f32.sqrt().recip();
    let n = weights.len() as f32;
    assert!((weights.iter().sum::<f32>() / n).abs() < 2.5e-3);
    assert!((weights.iter().map(|w| w * w).sum::<f32>() / n - 1.0 / 480.0).abs() < 1e-4);
    assert!(weights.iter().chain(&model.bias.as_vec()).all(|w| w.abs() <= bound));
    assert!(weights.iter().any(|&w| w > 0.99 * bound) && weights.iter().any(|&w| w < -0.99 * bound));
}

#[test]
fn weights_are_saved_and_loaded_and_moved_by_the_optimiser() {
    let device = TestDevice::default();
    let folder = tempdir().unwrap();
    let path = folder.path().join("conv.safetensors");
    let mut model: Layer<2, 3, 3, f32, _> = with_cosines(&device);
    model.save_safetensors(&path).unwrap();
    let mut loaded: Layer<2, 3, 3, f32, _> = Conv1d::new(&device, 1, Const, Const, Const).unwrap();
    loaded.load_safetensors(&path).unwrap();
    assert_eq!(loaded.weight.as_vec(), model.weight.as_vec());
    assert_eq!(loaded.bias.as_vec(), model.bias.as_vec());

    let mut adam = Adam::new(&model, AdamConfig::default());
    let x: Signals<Const<2>, f32, _> = signals(&device, 2, 4);
    let gradients = weighted_sum(model.forward_mut(x.traced(model.alloc_grads()))).backward();
    adam.update(&mut model, &gradients).unwrap();
    assert_ne!(loaded.weight.as_vec(), model.weight.as_vec());
    assert_ne!(loaded.bias.as_vec(), model.bias.as_vec());
}
