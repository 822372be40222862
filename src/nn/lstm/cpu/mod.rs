//! The LSTM layers of a stack as one node of the tape, their gradients by hand.
//!
//! [`forward`] computes the gates of a few sequences and of one register of units at a time, from the first product
//! to h_t, without leaving the registers. [`backward`] walks the steps in reverse and turns each gate into ∂L/∂z;
//! with frames in packed order, the gradients of the weights and of the input are products over many steps at once.
//! [`layout`] says where the gates lie. Matrices are padded to whole registers: a padded unit has weights of 0, so it
//! stays 0 and passes nothing on.

mod backward;
mod forward;
mod layout;

use std::sync::Arc;

use dfdx::prelude::*;

use self::backward::{Above, Backward};
use self::forward::{Forward, Pass, Weights};
use super::LstmLayer;
use crate::nn::dropout::Mask;
use crate::nn::kernels::{Buffer, Element, Level, add_rows, copy_rows, padded};
use crate::nn::storage::{contents, of_run, of_run_mut, with_gradient};
use crate::nn::{Dropout, Packed, Packings, Rows, Size};

/// h_t of the last layer for every frame of the batches.
pub(super) fn stack<I: Dim, H: Dim, E, T>(
    level: Level,
    input: Packed<I, E, Cpu, T>,
    first: &LstmLayer<I, H, E, Cpu>,
    rest: &[LstmLayer<H, H, E, Cpu>],
    dropouts: Option<&[Dropout]>,
) -> Result<Packed<H, E, Cpu, T>, CpuError>
where
    E: Dtype + Element,
    Cpu: Device<E>,
    T: Tape<E, Cpu>,
{
    let (stack, mut tape) = Stack::forward(level, input, first, rest, dropouts)?;
    let packings = Arc::clone(&stack.packings);
    let (runs, rows) = (packings.runs().len(), packings.rows());
    let (_, units) = first.sizes();
    let mut output = vec![E::ZERO; runs * rows * units.size()];
    for (run, output) in output.chunks_exact_mut(rows * units.size()).enumerate() {
        let last = stack.last(run);
        copy_rows(&last.hidden, last.width, output, units.size());
    }
    let shape = (Size(runs), rows, units);
    let output = stack.frames.device().try_tensor_from_vec(output, shape)?;
    if T::OWNS_TAPE {
        let output = output.clone();
        tape.add_backward_op(move |gradients| {
            let (units, width) = (units.size(), padded(units.size()));
            let above = with_gradient(gradients, &output, |gradient| {
                let of_run = |run: usize| {
                    let frames = stack.packings.runs()[run].frames();
                    let gradient = &of_run(gradient, run, runs)[..frames * units];
                    let ends = Buffer::zeros(stack.packings.batch() * width);
                    Above { ends, frames: Some(resized(gradient, units, width)) }
                };
                (0..runs).map(of_run).collect()
            })?;
            stack.backward(gradients, above)
        });
    }
    Ok(Packed::from_parts(output.put_tape(tape), packings))
}

/// h_t of the last layer for the last frame of each sequence.
///
/// Its gradient is the state from which the walk back starts, so that no gradient of all frames, almost all of it
/// zeros, is ever made.
pub(super) fn ends<I: Dim, H: Dim, E, T>(
    level: Level,
    input: Packed<I, E, Cpu, T>,
    first: &LstmLayer<I, H, E, Cpu>,
    rest: &[LstmLayer<H, H, E, Cpu>],
    dropouts: Option<&[Dropout]>,
) -> Result<Rows<H, E, Cpu, T>, CpuError>
where
    E: Dtype + Element,
    Cpu: Device<E>,
    T: Tape<E, Cpu>,
{
    let (stack, mut tape) = Stack::forward(level, input, first, rest, dropouts)?;
    let (runs, batch) = (stack.packings.runs().len(), stack.packings.batch());
    let (_, units) = first.sizes();
    let mut output = Vec::with_capacity(runs * batch * units.size());
    for (run, packing) in stack.packings.runs().iter().enumerate() {
        let last = stack.last(run);
        // No sequence is empty.
        for row in packing.ends().flatten() {
            output.extend_from_slice(&last.hidden[row * last.width..][..units.size()]);
        }
    }
    let shape = (Size(runs), batch, units);
    let output = stack.frames.device().try_tensor_from_vec(output, shape)?;
    if T::OWNS_TAPE {
        let output = output.clone();
        tape.add_backward_op(move |gradients| {
            let (units, width) = (units.size(), padded(units.size()));
            let above = with_gradient(gradients, &output, |gradient| {
                let of_run = |run: usize| {
                    let mut ends = Buffer::zeros(batch * width);
                    let gradients = of_run(gradient, run, runs).chunks_exact(units);
                    for (gradient, rank) in gradients.zip(stack.packings.runs()[run].ranks()) {
                        ends[rank * width..][..units].copy_from_slice(gradient);
                    }
                    Above { ends, frames: None }
                };
                (0..runs).map(of_run).collect()
            })?;
            stack.backward(gradients, above)
        });
    }
    Ok(output.put_tape(tape))
}

/// What a forward pass through all layers leaves for the backward pass.
struct Stack<I: Dim, H: Dim, E: Dtype + Element> {
    level: Level,
    packings: Arc<Packings>,
    frames: Rows<I, E, Cpu>,
    /// Whether ∂L/∂x of the first layer is of no use.
    data: bool,
    first: LstmLayer<I, H, E, Cpu>,
    rest: Vec<LstmLayer<H, H, E, Cpu>>,
    /// Of each run, or of none.
    dropouts: Vec<Dropout>,
    /// Of each run, one of each layer; without a tape, the last one only.
    passes: Vec<Vec<Pass<E>>>,
}

impl<I: Dim, H: Dim, E: Dtype + Element> Stack<I, H, E>
where
    Cpu: Device<E>,
{
    fn forward<T: Tape<E, Cpu>>(
        level: Level,
        input: Packed<I, E, Cpu, T>,
        first: &LstmLayer<I, H, E, Cpu>,
        rest: &[LstmLayer<H, H, E, Cpu>],
        dropouts: Option<&[Dropout]>,
    ) -> Result<(Self, T), CpuError> {
        let data = input.is_data();
        let (frames, packings) = input.into_parts();
        let (frames, tape) = frames.split_tape();
        let values = contents(&frames)?;
        let mut stack = Self {
            level,
            packings,
            frames,
            data,
            first: first.clone(),
            rest: rest.to_owned(),
            dropouts: dropouts.unwrap_or_default().to_owned(),
            passes: Vec::new(),
        };
        let first = Weights::of(first)?;
        let rest: Vec<Weights<E>> = rest.iter().map(Weights::of).collect::<Result<_, _>>()?;
        let runs = stack.packings.runs().len();
        for run in 0..runs {
            let packing = &stack.packings.runs()[run];
            let frames = &of_run(&values, run, runs)[..packing.frames() * first.inputs];
            let pass = first.pass(packing, Buffer::copy_of(frames), run, T::OWNS_TAPE);
            let mut passes = vec![level.run(Forward(pass))];
            for (boundary, weights) in rest.iter().enumerate() {
                let last = &passes[passes.len() - 1];
                let mut between = resized(&last.hidden, last.width, weights.inputs);
                if let Some(mask) = stack.mask(run, boundary) {
                    mask.multiply(&mut between);
                }
                if !T::OWNS_TAPE {
                    passes.clear();
                }
                let pass = weights.pass(&stack.packings.runs()[run], between, run, T::OWNS_TAPE);
                passes.push(level.run(Forward(pass)));
            }
            stack.passes.push(passes);
        }
        Ok((stack, tape))
    }

    fn last(&self, run: usize) -> &Pass<E> {
        self.passes[run].last().expect("there is a first layer")
    }

    /// What falls between the layers `boundary` and `boundary` + 1 of a run.
    fn mask(&self, run: usize, boundary: usize) -> Option<Mask> {
        self.dropouts.get(run).and_then(|dropout| dropout.mask(boundary as u64))
    }

    fn backward(mut self, gradients: &mut Gradients<E, Cpu>, above: Vec<Above<E>>) -> Result<(), CpuError> {
        let passes = std::mem::take(&mut self.passes);
        for (run, (passes, above)) in passes.into_iter().zip(above).enumerate() {
            self.backward_of_run(gradients, run, passes, above)?;
        }
        Ok(())
    }

    fn backward_of_run(
        &self,
        gradients: &mut Gradients<E, Cpu>,
        run: usize,
        mut passes: Vec<Pass<E>>,
        mut above: Above<E>,
    ) -> Result<(), CpuError> {
        while let Some(pass) = passes.pop() {
            let boundary = passes.len().checked_sub(1);
            let input = boundary.is_some() || !self.data;
            let (units, width) = (pass.units, pass.width);
            let found = self.level.run(Backward { pass, above, input });
            let Some(boundary) = boundary else {
                found.add_to(gradients, &self.first, run)?;
                return match found.frames {
                    Some(dx) => self.add_frames(gradients, run, &dx),
                    None => Ok(()),
                };
            };
            found.add_to(gradients, &self.rest[boundary], run)?;
            let mut frames = found.frames.expect("asked for above");
            if let Some(mask) = self.mask(run, boundary) {
                // Masks count elements without padding.
                if width == units {
                    mask.multiply(&mut frames);
                } else {
                    let mut narrow = resized(&frames, width, units);
                    mask.multiply(&mut narrow);
                    frames = resized(&narrow, units, width);
                }
            }
            let ends = Buffer::zeros(self.packings.batch() * width);
            above = Above { ends, frames: Some(frames) };
        }
        Ok(())
    }

    /// Adds ∂L/∂x of a run, found as `[N, padded(I)]`, to the gradient of the frames.
    fn add_frames(&self, gradients: &mut Gradients<E, Cpu>, run: usize, found: &[E]) -> Result<(), CpuError> {
        let (Size(runs), _, inputs) = *self.frames.shape();
        let inputs = inputs.size();
        with_gradient(gradients, &self.frames, |gradient| {
            add_rows(found, padded(inputs), of_run_mut(gradient, run, runs), inputs);
        })
    }
}

/// Rows of `from` elements as rows of `to`: cut, or with zeros behind them.
fn resized<E: Element>(rows: &[E], from: usize, to: usize) -> Buffer<E> {
    let len = rows.len() / from * to;
    if from == to {
        return Buffer::copy_of(rows);
    }
    let mut resized = if from < to { Buffer::zeros(len) } else { Buffer::stale(len) };
    copy_rows(rows, from, &mut resized, to);
    resized
}
