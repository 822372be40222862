//! The steps of an LSTM layer in dfdx's primitives: about twenty nodes of the tape for each. Runs on any device.

use dfdx::prelude::*;

use super::{Batches, Gates};
use crate::nn::runs::{Packings, Runs};

/// The equations of [`nn::lstm`](crate::nn::lstm), one after the other, from what the frames bring to them.
pub(super) fn recur<const H: usize, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    x: Tensor<(Runs, usize, Gates<H>), E, D, T>,
    weight_hh: &Tensor<(Runs, Gates<H>, Const<H>), E, D>,
    packings: &Packings,
) -> Result<Batches<H, E, D, T>, D::Err> {
    let device = x.device().clone();
    let (runs, steps, batch) = (Runs(packings.runs()), packings.steps(), packings.batch());
    let (x, mut tape) = x.try_reshape_like(&(runs, steps, batch, Gates::<H>))?.split_tape();
    let (weight, weight_tape) =
        (weight_hh.retaped::<T>()).try_permute::<(Runs, Const<H>, Gates<H>), Axes3<0, 2, 1>>()?.split_tape();
    tape = tape.merge(weight_tape);
    let number = |gate: usize| device.try_tensor_from_vec(vec![gate; runs.0 * batch], (runs, batch));
    let gates = [number(0)?, number(1)?, number(2)?, number(3)?];

    let mut state: Option<[Batches<H, E, D>; 2]> = None;
    let mut outputs = Vec::with_capacity(steps);
    for step in 0..steps {
        let step = device.try_tensor_from_vec(vec![step; runs.0], (runs,))?;
        let z: Tensor<(Runs, usize, Gates<H>), E, D, T> = x.clone().put_tape(tape).try_select(step)?;
        // z_t = x_t + W_hh h_{t-1}
        let z = match &state {
            None => z,
            Some([hidden, _]) => z.try_add(hidden.retaped::<T>().try_matmul(weight.clone())?)?,
        };
        let (z, z_tape) = z.try_reshape_like(&(runs, batch, Const::<4>, Const::<H>))?.split_tape();
        let gate = |gate: usize| -> Result<Batches<H, E, D, T>, D::Err> {
            z.retaped::<T>().try_select(gates[gate].clone())
        };
        // i, f, o = σ(z_i, z_f, z_o)    g = tanh(z_g)
        let (i, f) = (gate(0)?.try_sigmoid()?, gate(1)?.try_sigmoid()?);
        let (g, o) = (gate(2)?.try_tanh()?, gate(3)?.try_sigmoid()?);
        // c_t = f ⊙ c_{t-1} + i ⊙ g
        let mut c = i.try_mul(g)?;
        if let Some([_, cell]) = state {
            c = c.try_add(f.try_mul(cell)?)?;
        }
        let (c, c_tape) = c.split_tape();
        // h_t = o ⊙ tanh(c_t)
        let (h, h_tape) = o.try_mul(c.retaped::<T>().try_tanh()?)?.split_tape();
        tape = z_tape.merge(c_tape).merge(h_tape);
        outputs.push(h.retaped::<T>());
        state = Some([h, c]);
    }
    // [steps, runs, batch, H] to [runs, steps · batch, H]
    let (stacked, stack_tape) = outputs.try_stack()?.split_tape();
    let output = stacked.put_tape(tape.merge(stack_tape));
    let output = output.try_permute::<(Runs, usize, usize, Const<H>), Axes4<1, 0, 2, 3>>()?;
    output.try_reshape_like(&(runs, steps * batch, Const))
}
