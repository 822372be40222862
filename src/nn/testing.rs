//! What the tests of several layers share.

use std::path::Path;

use dfdx::prelude::*;

/// Where the tests of the layers run: on a GPU where there is one.
#[cfg(not(feature = "cuda"))]
pub(crate) type TestDevice = dfdx::tensor::Cpu;
/// Where the tests of the layers run: on a GPU where there is one.
#[cfg(feature = "cuda")]
pub(crate) type TestDevice = dfdx::tensor::Cuda;

/// Asserts that two tensors are equal up to `tolerance` times the largest magnitude that is expected.
#[track_caller]
pub(crate) fn assert_close<E: Copy + Into<f64>, F: Copy + Into<f64>>(
    found: &[E],
    expected: &[F],
    tolerance: f64,
    what: &str,
) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let expected: Vec<f64> = expected.iter().map(|&value| value.into()).collect();
    let scale = expected.iter().fold(0.0_f64, |scale, value| scale.max(value.abs()));
    for (index, (&found, &expected)) in found.iter().zip(&expected).enumerate() {
        let error = (found.into() - expected).abs();
        // Written so that NaN fails.
        assert!(error <= tolerance * scale, "{what}[{index}]: {} for {expected}", found.into());
    }
}

/// cos(start), cos(start + 1), …
pub(crate) fn cosines<E: Dtype>(len: usize, start: usize) -> Vec<E> {
    (0..len).map(|i| E::from_f64(((i + start) as f64).cos()).expect("a floating-point type")).collect()
}

/// cos(0), cos(1), cos(4), …, cos(i²), …: numbers without a pattern.
///
/// For sums over many rows, where cosines of successive numbers would cancel and leave little but rounding to compare.
pub(crate) fn scattered<E: Dtype>(len: usize) -> Vec<E> {
    (0..len).map(|i| E::from_f64((i as f64).powi(2).cos()).expect("a floating-point type")).collect()
}

/// Σ of all elements, each times its weight: a loss in which no two gradients are alike.
pub(crate) fn weighted_sum<S, E, D, T, Ax>(x: Tensor<S, E, D, T>, weights: Vec<E>) -> Tensor<Rank0, E, D, T>
where
    S: Shape + ReduceShapeTo<Rank0, Ax>,
    Ax: Axes,
    E: Dtype,
    D: Device<E>,
    T: Tape<E, D>,
{
    let weights = x.device().tensor_from_vec(weights, *x.shape());
    (x * weights).sum::<Rank0, Ax>()
}

/// Names and shapes of the tensors in a file, by name.
pub(crate) fn safetensors_shapes(path: &Path) -> Vec<(String, String)> {
    let bytes = std::fs::read(path).unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: serde_json::Value = serde_json::from_slice(&bytes[8..][..length]).unwrap();
    let tensors = header.as_object().unwrap().iter();
    tensors.map(|(name, tensor)| (name.clone(), tensor["shape"].to_string())).collect()
}
