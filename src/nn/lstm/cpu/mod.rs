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
use self::forward::{Forward, Pass};
use super::LstmLayer;
use crate::nn::dropout::Mask;
use crate::nn::kernels::{Buffer, Element, Level, padded};
use crate::nn::storage::{contents, with_gradient};
use crate::nn::{Dropout, Packed, Packing, Rows};

/// h_t of the last layer for every frame of a batch.
pub(super) fn stack<const I: usize, const H: usize, E, T>(
    level: Level,
    input: Packed<I, E, Cpu, T>,
    first: &LstmLayer<I, H, E, Cpu>,
    rest: &[LstmLayer<H, H, E, Cpu>],
    dropout: Option<Dropout>,
) -> Result<Packed<H, E, Cpu, T>, CpuError>
where
    E: Dtype + Element,
    Cpu: Device<E>,
    T: Tape<E, Cpu>,
{
    let (stack, mut tape) = Stack::forward(level, input, first, rest, dropout)?;
    let packing = Arc::clone(&stack.packing);
    let last = stack.last();
    let output = resized(&last.hidden, last.width, H).to_vec();
    let output = stack.frames.device().try_tensor_from_vec(output, (packing.frames(), Const))?;
    if T::OWNS_TAPE {
        let output = output.clone();
        tape.add_backward_op(move |gradients| {
            let frames = with_gradient(gradients, &output, |gradient| resized(gradient, H, padded(H)))?;
            let ends = Buffer::zeros(stack.packing.lengths().len() * padded(H));
            stack.backward(gradients, Above { ends, frames: Some(frames) })
        });
    }
    Ok(Packed::from_parts(output.put_tape(tape), packing))
}

/// h_t of the last layer for the last frame of each sequence; 0 for an empty one.
///
/// Its gradient is the state from which the walk back starts, so that no gradient of all frames, almost all of it
/// zeros, is ever made.
pub(super) fn ends<const I: usize, const H: usize, E, T>(
    level: Level,
    input: Packed<I, E, Cpu, T>,
    first: &LstmLayer<I, H, E, Cpu>,
    rest: &[LstmLayer<H, H, E, Cpu>],
    dropout: Option<Dropout>,
) -> Result<Rows<H, E, Cpu, T>, CpuError>
where
    E: Dtype + Element,
    Cpu: Device<E>,
    T: Tape<E, Cpu>,
{
    let (stack, mut tape) = Stack::forward(level, input, first, rest, dropout)?;
    let (last, sequences) = (stack.last(), stack.packing.lengths().len());
    let mut output = vec![E::ZERO; sequences * H];
    for (output, row) in output.chunks_exact_mut(H).zip(stack.packing.ends()) {
        if let Some(row) = row {
            output.copy_from_slice(&last.hidden[row * last.width..][..H]);
        }
    }
    let output = stack.frames.device().try_tensor_from_vec(output, (sequences, Const))?;
    if T::OWNS_TAPE {
        let output = output.clone();
        tape.add_backward_op(move |gradients| {
            let mut ends = Buffer::zeros(sequences * padded(H));
            with_gradient(gradients, &output, |gradient| {
                for (gradient, rank) in gradient.chunks_exact(H).zip(stack.packing.ranks()) {
                    ends[rank * padded(H)..][..H].copy_from_slice(gradient);
                }
            })?;
            stack.backward(gradients, Above { ends, frames: None })
        });
    }
    Ok(output.put_tape(tape))
}

/// What a forward pass through all layers leaves for the backward pass.
struct Stack<const I: usize, const H: usize, E: Dtype + Element> {
    level: Level,
    packing: Arc<Packing>,
    frames: Rows<I, E, Cpu>,
    /// Whether ∂L/∂x of the first layer is of no use.
    data: bool,
    first: LstmLayer<I, H, E, Cpu>,
    rest: Vec<LstmLayer<H, H, E, Cpu>>,
    dropout: Option<Dropout>,
    /// One of each layer; without a tape, the last one only.
    passes: Vec<Pass<E>>,
}

impl<const I: usize, const H: usize, E: Dtype + Element> Stack<I, H, E>
where
    Cpu: Device<E>,
{
    fn forward<T: Tape<E, Cpu>>(
        level: Level,
        input: Packed<I, E, Cpu, T>,
        first: &LstmLayer<I, H, E, Cpu>,
        rest: &[LstmLayer<H, H, E, Cpu>],
        dropout: Option<Dropout>,
    ) -> Result<(Self, T), CpuError> {
        let data = input.is_data();
        let (frames, packing) = input.into_parts();
        let (frames, tape) = frames.split_tape();
        let pass = Pass::new(&packing, contents(&frames)?, first, T::OWNS_TAPE)?;
        let mut stack = Self {
            level,
            packing,
            frames,
            data,
            first: first.clone(),
            rest: rest.to_owned(),
            dropout,
            passes: vec![level.run(Forward(pass))],
        };
        for (boundary, weights) in rest.iter().enumerate() {
            let last = stack.last();
            let mut between = resized(&last.hidden, last.width, H);
            if let Some(mask) = stack.mask(boundary) {
                mask.multiply(&mut between);
            }
            if !T::OWNS_TAPE {
                stack.passes.clear();
            }
            let pass = Pass::new(&stack.packing, between, weights, T::OWNS_TAPE)?;
            stack.passes.push(level.run(Forward(pass)));
        }
        Ok((stack, tape))
    }

    fn last(&self) -> &Pass<E> {
        self.passes.last().expect("there is a first layer")
    }

    /// What falls between the layers `boundary` and `boundary` + 1.
    fn mask(&self, boundary: usize) -> Option<Mask> {
        self.dropout.and_then(|dropout| dropout.mask(boundary as u64))
    }

    fn backward(mut self, gradients: &mut Gradients<E, Cpu>, above: Above<E>) -> Result<(), CpuError> {
        let width = padded(H);
        let sequences = self.packing.lengths().len();
        let mut above = above;
        while let Some(pass) = self.passes.pop() {
            let boundary = self.passes.len().checked_sub(1);
            let input = boundary.is_some() || !self.data;
            let found = self.level.run(Backward { pass, above, input });
            let Some(boundary) = boundary else {
                found.add_to(gradients, &self.first)?;
                return match found.frames {
                    Some(dx) => add_frames(gradients, &self.frames, &dx),
                    None => Ok(()),
                };
            };
            found.add_to(gradients, &self.rest[boundary])?;
            let mut frames = found.frames.expect("asked for above");
            if let Some(mask) = self.mask(boundary) {
                // Masks count elements without padding.
                if width == H {
                    mask.multiply(&mut frames);
                } else {
                    let mut narrow = resized(&frames, width, H);
                    mask.multiply(&mut narrow);
                    frames = resized(&narrow, H, width);
                }
            }
            above = Above { ends: Buffer::zeros(sequences * width), frames: Some(frames) };
        }
        Ok(())
    }
}

/// Adds ∂L/∂x, found as `[N, padded(I)]`, to the gradient of the frames.
fn add_frames<const I: usize, E: Dtype + Element>(
    gradients: &mut Gradients<E, Cpu>,
    frames: &Rows<I, E, Cpu>,
    found: &[E],
) -> Result<(), CpuError> {
    with_gradient(gradients, frames, |gradient| {
        for (gradient, found) in gradient.chunks_exact_mut(I).zip(found.chunks_exact(padded(I))) {
            for (gradient, found) in gradient.iter_mut().zip(found) {
                *gradient += *found;
            }
        }
    })
}

/// Rows of `from` elements as rows of `to`: cut, or with zeros behind them.
fn resized<E: Element>(rows: &[E], from: usize, to: usize) -> Buffer<E> {
    let len = rows.len() / from * to;
    if from == to {
        let mut copy = Buffer::stale(len);
        copy.copy_from_slice(rows);
        return copy;
    }
    let mut resized = if from < to { Buffer::zeros(len) } else { Buffer::stale(len) };
    let columns = from.min(to);
    for (resized, row) in resized.chunks_exact_mut(to).zip(rows.chunks_exact(from)) {
        resized[..columns].copy_from_slice(&row[..columns]);
    }
    resized
}
