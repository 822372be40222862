//! The steps of an LSTM layer in dfdx's primitives: about twenty nodes of the tape for each. Runs on any device.

use dfdx::prelude::*;

use crate::nn::lstm::Gates;
use crate::nn::{Packings, Rows, Size};

/// The equations of [`nn::lstm`](crate::nn::lstm), one after the other, from what the frames bring to them.
///
/// Every step is of all sequences. What is computed for one that has ended is in no row of the output, so it passes no
/// gradient.
pub(super) fn recur<H: Dim, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    x: Tensor<(Size, usize, Gates<H>), E, D, T>,
    weight_hh: &Tensor<(Size, Gates<H>, H), E, D>,
    packings: &Packings,
) -> Result<Rows<H, E, D, T>, D::Err> {
    let device = x.device().clone();
    let (runs, rows, Gates(units)) = *x.shape();
    let (steps, batch) = (packings.steps(), packings.batch());
    let (x, mut tape) = x.split_tape();
    let weight = weight_hh.retaped::<T>().try_permute::<(Size, H, Gates<H>), Axes3<0, 2, 1>>()?;
    let (weight, weight_tape) = weight.split_tape();
    tape = tape.merge(weight_tape);
    let number = |gate: usize| device.try_tensor_from_vec(vec![gate; runs.0 * batch], (runs, batch));
    let gates = [number(0)?, number(1)?, number(2)?, number(3)?];

    let mut state: Option<[Rows<H, E, D>; 2]> = None;
    let mut outputs = Vec::with_capacity(steps);
    for step in 0..steps {
        let at_step = device.try_tensor_from_vec(rows_of_step(packings, step), (runs, batch))?;
        let z: Tensor<(Size, usize, Gates<H>), E, D, T> = x.clone().put_tape(tape).try_gather(at_step)?;
        // z_t = x_t + W_hh h_{t-1}
        let z = match &state {
            None => z,
            Some([hidden, _]) => z.try_add(hidden.retaped::<T>().try_matmul(weight.clone())?)?,
        };
        let (z, z_tape) = z.try_reshape_like(&(runs, batch, Const::<4>, units))?.split_tape();
        let gate = |gate: usize| -> Result<Rows<H, E, D, T>, D::Err> {
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
    // [steps, runs, batch, H] to [runs, rows, H]
    let (stacked, stack_tape) = outputs.try_stack()?.split_tape();
    let stacked = stacked.put_tape(tape.merge(stack_tape));
    let stacked = stacked.try_permute::<(Size, usize, usize, H), Axes4<1, 0, 2, 3>>()?;
    let by_step: Rows<H, E, D, T> = stacked.try_reshape_like(&(runs, steps * batch, units))?;
    by_step.try_gather(device.try_tensor_from_vec(places_of_rows(packings, rows), (runs, rows))?)
}

/// For each run and rank the row of a step; the first row where there is none: `[runs, batch]`.
fn rows_of_step(packings: &Packings, step: usize) -> Vec<usize> {
    let of_run = packings.runs().iter().flat_map(|run| {
        let rows = if step < run.steps() { run.rows(step) } else { 0..0 };
        (0..packings.batch()).map(move |rank| if rank < rows.len() { rows.start + rank } else { 0 })
    });
    of_run.collect()
}

/// For each row of each run its place in step · batch + rank; the first place where the run has no such row: `[runs, rows]`.
fn places_of_rows(packings: &Packings, rows: usize) -> Vec<usize> {
    let mut places = vec![0; packings.runs().len() * rows];
    for (run, places) in packings.runs().iter().zip(places.chunks_exact_mut(rows)) {
        for step in 0..run.steps() {
            for (rank, row) in run.rows(step).enumerate() {
                places[row] = step * packings.batch() + rank;
            }
        }
    }
    places
}
