use proptest::prelude::*;

use super::*;
use crate::nn::Size;
use crate::nn::testing::{TestDevice, assert_close, scattered, weighted_sum};

fn signals<const C: usize, D: Device<f32>>(
    device: &D,
    batch: usize,
    length: usize,
) -> Signals<Const<C>, f32, D> {
    device.tensor_from_vec(scattered(batch * length * C), (Size(1), batch, length, Const))
}

/// ```python
/// import torch
///
/// x = torch.tensor([1., 2, 2, 3, 0, 3, 1, 1, 5, 0, 5, 4, 9, 9]).reshape(1, 7, 2).requires_grad_()
/// y = torch.nn.MaxPool1d(3)(x.transpose(1, 2)).transpose(1, 2)
/// (y * torch.tensor([1., 2, 3, 4]).reshape(1, 2, 2)).sum().backward()
/// print(y, x.grad)
/// ```
#[test]
fn of_equal_values_the_first_has_the_gradient_and_a_remainder_is_dropped_as_in_pytorch() {
    let device = TestDevice::default();
    let values = vec![1.0, 2.0, 2.0, 3.0, 0.0, 3.0, 1.0, 1.0, 5.0, 0.0, 5.0, 4.0, 9.0, 9.0];
    let x: Signals<Const<2>, f32, _> = device.tensor_from_vec(values, (Size(1), 1, 7, Const));
    let y = MaxPool1d { width: 3 }.forward(x.leaky_trace());
    assert_eq!(y.as_vec(), [2.0, 3.0, 5.0, 4.0]);
    let gradients = weighted_sum(y, vec![1.0, 2.0, 3.0, 4.0]).backward();
    let expected = [0.0, 0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 3.0, 0.0, 0.0, 4.0, 0.0, 0.0];
    assert_eq!(gradients.get(&x).as_vec(), expected);
}

/// ```python
/// x = torch.tensor([1., float("nan"), 2, 3, 2, float("nan")]).reshape(1, 6, 1).requires_grad_()
/// y = torch.nn.MaxPool1d(2)(x.transpose(1, 2))
/// y.sum().backward()
/// print(y, x.grad)
/// ```
#[test]
fn nan_is_the_largest_wherever_it_stands() {
    let device = TestDevice::default();
    let values = vec![1.0, f32::NAN, 2.0, 3.0, f32::NAN, 2.0];
    let x: Signals<Const<1>, f32, _> = device.tensor_from_vec(values, (Size(1), 1, 6, Const));
    let y = MaxPool1d { width: 2 }.forward(x.leaky_trace());
    let found = y.as_vec();
    assert!(found[0].is_nan() && found[1] == 3.0 && found[2].is_nan(), "{found:?}");
    assert_eq!(y.sum().backward().get(&x).as_vec(), [0.0, 1.0, 0.0, 1.0, 1.0, 0.0]);

    let means = GlobalAveragePool.forward(x);
    assert!(means.as_vec()[0].is_nan());
}

fn fused_agrees_with_composed<const C: usize>(width: usize, batch: usize, length: usize) {
    let device = Cpu::default();
    let x: Signals<Const<C>, f32, Cpu> = signals(&device, batch, length);
    macro_rules! passes {
        ($y:expr) => {{
            let y = $y.unwrap();
            let values = y.as_vec();
            let weights = scattered(values.len());
            (values, weighted_sum(y, weights).backward().get(&x).as_vec())
        }};
    }
    let largest = passes!(composed::max_pool(x.leaky_trace(), width));
    let means = passes!(composed::global_average_pool(x.leaky_trace()));
    for level in Level::available() {
        assert_eq!(passes!(cpu::max_pool(level, x.leaky_trace(), width)), largest);
        let (values, gradient) = passes!(cpu::global_average_pool(level, x.leaky_trace()));
        assert_close(&values, &means.0, 1e-5, level.name());
        assert_close(&gradient, &means.1, 1e-5, level.name());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn fused_and_composed_agree_on_random_batches(
        batch in 1_usize..=17,
        length in 3_usize..=50,
        size in 0..3,
    ) {
        match size {
            0 => fused_agrees_with_composed::<32>(2, batch, length),
            1 => fused_agrees_with_composed::<5>(3, batch, length),
            _ => fused_agrees_with_composed::<17>(1, batch, length),
        }
    }
}

/// (L(x + ε) - L(x - ε)) / 2ε is exact for linear pieces, up to rounding.
#[test]
fn gradients_are_finite_differences() {
    const EPSILON: f64 = 1e-3;
    let device = Cpu::default();
    let values: Vec<f64> = scattered(2 * 5 * 3);
    let tensor = |values: Vec<f64>| -> Signals<Const<3>, f64, Cpu> {
        device.tensor_from_vec(values, (Size(1), 2, 5, Const))
    };
    macro_rules! check {
        ($pool:expr, $outputs:expr) => {
            let loss = |index: usize, by: f64| {
                let mut values = values.clone();
                values[index] += by;
                weighted_sum($pool.forward(tensor(values)), scattered($outputs)).array()
            };
            let differences =
                (0..30).map(|index| (loss(index, EPSILON) - loss(index, -EPSILON)) / (2.0 * EPSILON));
            let x = tensor(values.clone());
            let y = $pool.forward(x.leaky_trace());
            let found = weighted_sum(y, scattered($outputs)).backward().get(&x).as_vec();
            assert_close(&found, &differences.collect::<Vec<_>>(), 1e-9, stringify!($pool));
        };
    }
    check!(MaxPool1d { width: 2 }, 12);
    check!(GlobalAveragePool, 6);
}

#[test]
fn gradients_of_two_passes_add_up() {
    let device = TestDevice::default();
    let x: Signals<Const<3>, f32, _> = signals(&device, 2, 6);
    let pass = |gradients| {
        let largest = MaxPool1d { width: 2 }.forward(x.trace(gradients));
        weighted_sum(GlobalAveragePool.forward(largest), scattered(6)).backward()
    };
    let once = pass(Gradients::leaky());
    let first = once.get(&x).as_vec();
    assert!(first.iter().any(|&gradient| gradient != 0.0));
    let twice = pass(once).get(&x).as_vec();
    assert_close(&twice, &first.iter().map(|gradient| 2.0 * gradient).collect::<Vec<_>>(), 1e-6, "twice");
}

#[test]
#[should_panic(expected = "a signal of 1 values is shorter than a window of 2")]
fn a_signal_shorter_than_a_window_is_refused() {
    let device = TestDevice::default();
    let _ = MaxPool1d { width: 2 }.forward(signals::<3, _>(&device, 2, 1));
}
