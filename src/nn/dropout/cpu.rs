//! Dropout as one node of the tape. Nothing is kept for the gradient: the mask is made again.

use dfdx::prelude::*;

use super::Mask;
use crate::nn::Rows;
use crate::nn::kernels::Element;
use crate::nn::storage::{contents, of_run_mut, with_gradient};

/// y = x m / (1 - p), and ∂L/∂x = ∂L/∂y m / (1 - p).
pub(super) fn dropout<N: Dim, E: Dtype + Element, T: Tape<E, Cpu>>(
    input: Rows<N, E, Cpu, T>,
    masks: Vec<Mask>,
) -> Result<Rows<N, E, Cpu, T>, CpuError>
where
    Cpu: Device<E>,
{
    let (input, mut tape) = input.split_tape();
    let mut values = contents(&input)?;
    multiply(&masks, &mut values);
    let output = input.device().try_tensor_from_vec(values.to_vec(), *input.shape())?;
    if T::OWNS_TAPE {
        let output = output.clone();
        tape.add_backward_op(move |gradients| {
            // The forward pass's values have been used up, and their memory is as large as the gradient's.
            with_gradient(gradients, &output, |gradient| values.copy_from_slice(gradient))?;
            multiply(&masks, &mut values);
            with_gradient(gradients, &input, |gradient| {
                for (gradient, value) in gradient.iter_mut().zip(&*values) {
                    *gradient += *value;
                }
            })
        });
    }
    Ok(output.put_tape(tape))
}

/// Multiplies the elements of each run by its mask.
fn multiply<E: Element>(masks: &[Mask], elements: &mut [E]) {
    for (run, mask) in masks.iter().enumerate() {
        mask.multiply(of_run_mut(elements, run, masks.len()));
    }
}
