//! The rectifier as one node of the tape.

use dfdx::prelude::*;

use crate::nn::kernels::Element;
use crate::nn::storage::{contents, with_gradient};

/// y = max(x, 0), and ∂L/∂x = ∂L/∂y where x is above 0 or NaN.
pub(super) fn relu<S: Shape, E: Dtype + Element, T: Tape<E, Cpu>>(
    input: Tensor<S, E, Cpu, T>,
) -> Result<Tensor<S, E, Cpu, T>, CpuError>
where
    Cpu: Device<E>,
{
    let (input, mut tape) = input.split_tape();
    let mut values = contents(&input)?;
    // Not `max`, which gives the other operand for NaN.
    for value in values.iter_mut().filter(|value| **value <= E::ZERO) {
        *value = E::ZERO;
    }
    let output = input.device().try_tensor_from_vec(values.to_vec(), *input.shape())?;
    if T::OWNS_TAPE {
        let output = output.clone();
        tape.add_backward_op(move |gradients| {
            // The output is 0 exactly where nothing passes.
            let above = with_gradient(gradients, &output, |gradient| gradient.clone())?;
            with_gradient(gradients, &input, |gradient| {
                for ((gradient, above), value) in gradient.iter_mut().zip(above).zip(&*values) {
                    if *value != E::ZERO {
                        *gradient += above;
                    }
                }
            })
        });
    }
    Ok(output.put_tape(tape))
}
