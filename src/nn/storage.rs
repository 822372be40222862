//! In and out of dfdx's storage on a CPU: what an operation from outside the crate may read and write.

use dfdx::prelude::*;

use super::kernels::{Buffer, Element};

/// A tensor's elements in the order of its shape. dfdx lends its own storage to nobody, so they are copied.
pub(crate) fn contents<S: Shape, E: Dtype + Element>(
    tensor: &Tensor<S, E, Cpu>,
) -> Result<Buffer<E>, CpuError> {
    // Copies only where the tensor is a permuted or broadcast view; `copy_into` knows nothing of strides.
    let tensor = tensor.clone().try_contiguous()?;
    let mut elements = Buffer::stale(tensor.shape().num_elements());
    tensor.copy_into(&mut elements);
    Ok(elements)
}

/// The elements of one of so many runs, which lie one behind the other.
pub(crate) fn of_run<E>(elements: &[E], run: usize, runs: usize) -> &[E] {
    let size = elements.len() / runs;
    &elements[run * size..][..size]
}

/// As [`of_run`], to be written.
pub(crate) fn of_run_mut<E>(elements: &mut [E], run: usize, runs: usize) -> &mut [E] {
    let size = elements.len() / runs;
    &mut elements[run * size..][..size]
}

/// Lends a tensor's gradient, zeros if there was none, to `action`.
pub(crate) fn with_gradient<S: Shape, E: Dtype + Element, R>(
    gradients: &mut Gradients<E, Cpu>,
    tensor: &Tensor<S, E, Cpu>,
    action: impl FnOnce(&mut Vec<E>) -> R,
) -> Result<R, CpuError> {
    Ok(action(gradients.get_or_alloc_mut(tensor)?))
}

/// Lends the gradients of two different tensors, the first to be read and the second to be added to.
pub(crate) fn with_gradients<S1: Shape, S2: Shape, E: Dtype + Element, R>(
    gradients: &mut Gradients<E, Cpu>,
    read: &Tensor<S1, E, Cpu>,
    written: &Tensor<S2, E, Cpu>,
    action: impl FnOnce(&[E], &mut [E]) -> R,
) -> Result<R, CpuError> {
    // dfdx lends one at a time: the first is taken out and put back.
    let first = with_gradient(gradients, read, std::mem::take)?;
    let result = with_gradient(gradients, written, |second| action(&first, second));
    with_gradient(gradients, read, |gradient| *gradient = first)?;
    result
}
