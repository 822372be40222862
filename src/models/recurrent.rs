//! LSTM layers and a head of linear layers: what the paper's baseline (2.2) and multi-layer network (2.3) share.
//!
//! ```text
//! frames ─► LSTM × LAYERS ─► output at the true end ─► dropout
//!        ─► fc1 ─► ReLU ─► dropout ─► fc2 ─► ReLU ─► dropout ─► fc3 ─► ReLU ─► dropout ─► out ─► logits
//! ```

use std::sync::Arc;

use dfdx::prelude::*;

use super::{HalfLife, Logits, LookBack, Network, NetworkDevice, check_frames, contiguous, device_failed};
use crate::error::{Error, Result};
use crate::nn::{Dropout, Linear, Lstm, Packed, Packing, Relu, Rows, visit_modules};
use crate::preparation::{Frames, Framing, Signal};

/// `LAYERS` LSTM layers of `H` units over frames of `I` values, then linear layers of `H`, `B` and `H` units and an
/// output for each of `G` classes.
///
/// As a [`Module`] it maps [`Packed`] sequences to logits, `[runs, batch, G]`, without dropout. As a [`ModuleMut`] it
/// maps sequences and a [`Dropout`] of each run for training: masks 0 to `LAYERS - 2` fall between the LSTM layers, the next
/// one on the LSTM's output, the last three behind the linear layers.
#[derive(Debug, Clone)]
pub struct Recurrent<I: Dim, H: Dim, B: Dim, G: Dim, const LAYERS: usize, E: Dtype, D: Storage<E>> {
    /// The LSTM layers.
    pub lstm: Lstm<I, H, LAYERS, E, D>,
    /// First linear layer.
    pub fc1: Linear<H, H, E, D>,
    /// Second linear layer.
    pub fc2: Linear<H, B, E, D>,
    /// Third linear layer.
    pub fc3: Linear<B, H, E, D>,
    /// Output layer.
    pub out: Linear<H, G, E, D>,
}

impl<I: Dim, H: Dim, B: Dim, G: Dim, const LAYERS: usize, D: Device<f32>>
    Recurrent<I, H, B, G, LAYERS, f32, D>
{
    /// With initial weights, for so many runs.
    ///
    /// # Errors
    /// When the device cannot hold them.
    pub fn new(
        device: &D,
        runs: usize,
        (inputs, units, narrow, classes): (I, H, B, G),
    ) -> Result<Self, D::Err> {
        Ok(Self {
            lstm: Lstm::new(device, runs, inputs, units)?,
            fc1: Linear::new(device, runs, units, units)?,
            fc2: Linear::new(device, runs, units, narrow)?,
            fc3: Linear::new(device, runs, narrow, units)?,
            out: Linear::new(device, runs, units, classes)?,
        })
    }
}

impl<I: ConstDim, H: ConstDim, B: ConstDim, G: ConstDim, const LAYERS: usize, D: Device<f32>>
    TensorCollection<f32, D> for Recurrent<I, H, B, G, LAYERS, f32, D>
{
    type To<E2: Dtype, D2: Device<E2>> = Recurrent<I, H, B, G, LAYERS, E2, D2>;

    fn iter_tensors<V: ModuleVisitor<Self, f32, D>>(
        visitor: &mut V,
    ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        visit_modules!(visitor, Recurrent { lstm, fc1, fc2, fc3, out })
    }
}

impl<I: Dim, H: Dim, B: Dim, G: Dim, const LAYERS: usize, D: NetworkDevice>
    Recurrent<I, H, B, G, LAYERS, f32, D>
{
    fn forward<T: Tape<f32, D>>(
        &self,
        input: Packed<I, f32, D, T>,
        dropouts: Option<&[Dropout]>,
    ) -> Result<Logits<G, D, T>, D::Err> {
        // The LSTM has used up the masks between its layers.
        let first = LAYERS as u64 - 1;
        let x = dropped(dropouts, first, self.lstm.try_ends(input, dropouts)?)?;
        let x = dropped(dropouts, first + 1, Relu.try_forward(self.fc1.try_forward(x)?)?)?;
        let x = dropped(dropouts, first + 2, Relu.try_forward(self.fc2.try_forward(x)?)?)?;
        let x = dropped(dropouts, first + 3, Relu.try_forward(self.fc3.try_forward(x)?)?)?;
        self.out.try_forward(x)
    }

    /// Whole signals as a batch for each run, none padded.
    fn packed(&self, device: &D, batches: &[&[&Frames]]) -> Result<Packed<I, f32, D>> {
        let (_, _, frame) = *self.lstm.first.weight_ih.shape();
        let batches = batches.iter().map(|batch| sequences(batch, frame));
        Packed::from_sequences(device, frame, &Error::gather(batches)?)
    }

    /// The squared gradients of the outputs to each value of batches, summed over outputs: `[runs, rows, I]` in packed order.
    fn squared_gradients(&self, device: &D, batch: &Packed<I, f32, D>) -> Result<Vec<f64>, D::Err> {
        let frames = batch.frames();
        let mut squares = vec![0.0; frames.shape().num_elements()];
        let (_, classes) = *self.out.bias.shape();
        for output in 0..classes.size() {
            let logits = self.forward(batch.clone().leaky_traced(), None)?;
            let shape = *logits.shape();
            let mut is_own = vec![0.0; classes.size()];
            is_own[output] = 1.0;
            let of_output = device.try_tensor_from_vec(is_own.repeat(shape.0.0 * shape.1), shape)?;
            let of_output: Logits<G, D> = of_output;
            let gradients = logits.try_mul(of_output)?.try_sum::<Rank0, _>()?.try_backward()?;
            for (square, gradient) in squares.iter_mut().zip(gradients.get(frames).as_vec()) {
                *square += f64::from(gradient).powi(2);
            }
        }
        Ok(squares)
    }
}

fn dropped<N: Dim, D: NetworkDevice, T: Tape<f32, D>>(
    dropouts: Option<&[Dropout]>,
    mask: u64,
    x: Rows<N, f32, D, T>,
) -> Result<Rows<N, f32, D, T>, D::Err> {
    match dropouts {
        Some(dropouts) => Dropout::try_apply(dropouts, mask, x),
        None => Ok(x),
    }
}

fn sequences<'a, I: Dim>(batch: &[&'a Frames], frame: I) -> Result<Vec<&'a [f32]>> {
    check_frames(batch, frame.size())?;
    Ok(batch.iter().map(|frames| contiguous(frames.values())).collect())
}

impl<I: Dim, H: Dim, B: Dim, G: Dim, const LAYERS: usize, D: NetworkDevice, T: Tape<f32, D>>
    Module<Packed<I, f32, D, T>> for Recurrent<I, H, B, G, LAYERS, f32, D>
{
    type Output = Logits<G, D, T>;
    type Error = D::Err;

    fn try_forward(&self, input: Packed<I, f32, D, T>) -> Result<Self::Output, D::Err> {
        self.forward(input, None)
    }
}

impl<I: Dim, H: Dim, B: Dim, G: Dim, const LAYERS: usize, D: NetworkDevice>
    ModuleMut<(Packed<I, f32, D, OwnedTape<f32, D>>, &[Dropout])> for Recurrent<I, H, B, G, LAYERS, f32, D>
{
    type Output = Logits<G, D, OwnedTape<f32, D>>;
    type Error = D::Err;

    fn try_forward_mut(
        &mut self,
        (input, dropouts): (Packed<I, f32, D, OwnedTape<f32, D>>, &[Dropout]),
    ) -> Result<Self::Output, D::Err> {
        self.forward(input, Some(dropouts))
    }
}

impl<I: ConstDim, H: ConstDim, B: ConstDim, G: ConstDim, const LAYERS: usize, D: NetworkDevice> Network<D>
    for Recurrent<I, H, B, G, LAYERS, f32, D>
{
    type Example = Frames;
    type Classes = G;

    fn runs(&self) -> usize {
        self.out.bias.shape().0.0
    }

    fn examples(framing: Framing, signals: &[Signal]) -> Result<Vec<Frames>> {
        Error::gather(signals.iter().map(|signal| Frames::of(signal, framing.frame)))
    }

    fn logits(&self, device: &D, batch: &[&Frames]) -> Result<Logits<G, D>> {
        let (_, _, frame) = *self.lstm.first.weight_ih.shape();
        let input = Packed::shared(device, frame, self.runs(), &sequences(batch, frame)?)?;
        self.forward(input, None).map_err(device_failed)
    }

    fn training_logits(
        &mut self,
        device: &D,
        batches: &[&[&Frames]],
        gradients: Gradients<f32, D>,
        dropouts: &[Dropout],
    ) -> Result<Logits<G, D, OwnedTape<f32, D>>> {
        let input = self.packed(device, batches)?.traced(gradients);
        self.forward(input, Some(dropouts)).map_err(device_failed)
    }

    fn look_back(&self, device: &D, examples: &[&Frames]) -> Result<Vec<LookBack>> {
        let batch = self.packed(device, &vec![examples; self.runs()])?;
        let squares = self.squared_gradients(device, &batch).map_err(device_failed)?;
        let (_, rows, frame) = *batch.frames().shape();
        let (packings, frame) = (batch.packings().clone(), frame.size());
        let gates = self.lstm.try_forget_gates(batch).map_err(device_failed)?;
        let gates: Vec<(usize, Vec<f32>)> =
            gates.iter().map(|gates| (gates.shape().2.size(), gates.as_vec())).collect();
        let of_run = |(run, packing): (usize, &Arc<Packing>)| {
            let squares = &squares[run * rows * frame..][..rows * frame];
            let size = |row: usize| squares[row * frame..][..frame].iter().sum::<f64>().sqrt();
            let sizes: Vec<Vec<f64>> = (packing.lengths().iter().enumerate())
                .map(|(sequence, length)| {
                    let rows = (0..*length).rev().filter_map(|step| packing.row(sequence, step));
                    rows.map(size).collect()
                })
                .collect();
            let half_lives = gates.iter().map(|(units, gates)| {
                HalfLife::of(&gates[run * rows * units..][..packing.frames() * units], *units)
            });
            LookBack::of(&sizes, half_lives.collect())
        };
        Ok(packings.runs().iter().enumerate().map(of_run).collect())
    }
}
