//! Dropout as one node of the tape. Nothing is kept for the gradient: the mask is made again.

use dfdx::prelude::*;

use super::Mask;
use crate::nn::kernels::Element;
use crate::nn::storage::{contents, with_gradient};

/// y = x m / (1 - p), and ∂L/∂x = ∂L/∂y m / (1 - p).
pub(super) fn dropout<S: Shape, E: Dtype + Element, T: Tape<E, Cpu>>(
    input: Tensor<S, E, Cpu, T>,
    mask: Mask,
) -> Result<Tensor<S, E, Cpu, T>, CpuError>
where
    Cpu: Device<E>,
{
    let (input, mut tape) = input.split_tape();
    let mut values = vec![E::ZERO; input.shape().num_elements()];
    add_masked(&mut values, &contents(&input)?, mask);
    let output = input.device().try_tensor_from_vec(values, *input.shape())?;
    if T::OWNS_TAPE {
        let output = output.clone();
        tape.add_backward_op(move |gradients| {
            // Taken out and put back: gradients can be borrowed only one at a time.
            let from_output = with_gradient(gradients, &output, std::mem::take)?;
            with_gradient(gradients, &input, |gradient| add_masked(gradient, &from_output, mask))?;
            with_gradient(gradients, &output, |gradient| *gradient = from_output)
        });
    }
    Ok(output.put_tape(tape))
}

/// to += from · m / (1 - p). A product, so that NaN stays NaN where it is dropped.
fn add_masked<E: Element>(to: &mut [E], from: &[E], mask: Mask) {
    let factors = [E::ZERO, E::from_f64(mask.scale())];
    for (index, (to, from)) in (0..).zip(to.chunks_mut(4).zip(from.chunks(4))) {
        let stays = mask.stays(index);
        for ((to, from), stays) in to.iter_mut().zip(from).zip(stays) {
            *to += *from * factors[usize::from(stays)];
        }
    }
}
