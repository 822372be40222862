//! Convolution in dfdx's primitives: the values under each kernel, gathered, times the weights. Runs on any device.

use dfdx::prelude::*;

use super::windows::WindowsKernel;
use super::{Conv1d, Signals};
use crate::nn::{Rows, Size};

pub(in crate::nn) fn conv1d<I: Dim, O: Dim, K: Dim, E: Dtype, D: WindowsKernel<E>, T: Tape<E, D>>(
    input: Signals<I, E, D, T>,
    layer: &Conv1d<I, O, K, E, D>,
) -> Result<Signals<O, E, D, T>, D::Err> {
    let (runs, batch, length, inputs) = *input.shape();
    let (_, outputs, _, width) = *layer.weight.shape();
    let under = width.size() * inputs.size();
    // x[t + k - P, i] as [runs, batch L, K I] and w as [runs, K I, O]
    let windows = D::windows(input, width.size())?.try_reshape_like(&(runs, batch * length, under))?;
    let weight = layer.weight.retaped::<T>().try_permute::<(Size, K, I, O), Axes4<0, 3, 2, 1>>()?;
    let y: Rows<O, E, D, T> = windows.try_matmul(weight.try_reshape_like(&(runs, under, outputs))?)?;
    let shape = *y.shape();
    let y = y.try_add(layer.bias.retaped::<T>().try_broadcast_like::<_, Axis<1>>(&shape)?)?;
    y.try_reshape_like(&(runs, batch, length, outputs))
}
