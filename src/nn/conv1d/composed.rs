//! Convolution in dfdx's primitives: the values under each kernel, gathered, times the weights. Runs on any device.

use dfdx::prelude::*;

use super::windows::WindowsKernel;
use super::{Conv1d, Signals, output_length};

pub(in crate::nn) fn conv1d<
    const I: usize,
    const O: usize,
    const K: usize,
    const P: usize,
    E: Dtype,
    D: WindowsKernel<E>,
    T: Tape<E, D>,
>(
    input: Signals<I, E, D, T>,
    layer: &Conv1d<I, O, K, P, E, D>,
) -> Result<Signals<O, E, D, T>, D::Err> {
    let (batch, length, _) = *input.shape();
    let windows = D::windows::<I, K, P, T>(input)?;
    // w as [K I, O]
    let weight = layer.weight.retaped::<T>().try_permute::<Rank3<K, I, O>, Axes3<2, 1, 0>>()?;
    let weight = weight.try_reshape_like(&(K * I, Const::<O>))?;
    let product = windows.try_matmul(weight)?;
    let shape = *product.shape();
    let output = product.try_add(layer.bias.retaped::<T>().try_broadcast_like(&shape)?)?;
    output.try_reshape_like(&(batch, output_length::<K, P>(length), Const))
}
