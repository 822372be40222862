//! LSTM layers and a head of linear layers, of several runs.

use dfdx::prelude::*;

use super::{Logits, Networks};
use crate::error::Result;
use crate::models::{GENRES, NetworkDevice, check_frames, contiguous, device_failed};
use crate::nn::runs::{Batches, Linear, Lstm, Packed, dropout};
use crate::nn::{Dropout, Relu, visit_modules};
use crate::preparation::Frames;

/// A [`Recurrent`](crate::models::Recurrent) network for each run: a batch of sequences for each, to logits,
/// `[runs, batch, 3]`.
#[derive(Debug, Clone)]
pub struct Recurrent<
    const I: usize,
    const H: usize,
    const LAYERS: usize,
    const B: usize,
    E: Dtype,
    D: Storage<E>,
> {
    /// The LSTM layers.
    pub lstm: Lstm<I, H, LAYERS, E, D>,
    /// First linear layer.
    pub fc1: Linear<H, H, E, D>,
    /// Second linear layer.
    pub fc2: Linear<H, B, E, D>,
    /// Third linear layer.
    pub fc3: Linear<B, H, E, D>,
    /// Output layer.
    pub out: Linear<H, GENRES, E, D>,
}

impl<const I: usize, const H: usize, const LAYERS: usize, const B: usize, D: Device<f32>>
    TensorCollection<f32, D> for Recurrent<I, H, LAYERS, B, f32, D>
{
    type To<E2: Dtype, D2: Device<E2>> = Recurrent<I, H, LAYERS, B, E2, D2>;

    fn iter_tensors<V: ModuleVisitor<Self, f32, D>>(
        visitor: &mut V,
    ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        visit_modules!(visitor, Recurrent { lstm, fc1, fc2, fc3, out })
    }
}

impl<const I: usize, const H: usize, const LAYERS: usize, const B: usize, D: NetworkDevice>
    Recurrent<I, H, LAYERS, B, f32, D>
{
    fn forward<T: Tape<f32, D>>(
        &self,
        input: Packed<I, f32, D, T>,
        dropouts: Option<&[Dropout]>,
    ) -> Result<Logits<D, T>, D::Err> {
        // The LSTM has used up the masks between its layers.
        let first = LAYERS as u64 - 1;
        let x = dropped(dropouts, first, self.lstm.try_ends(input, dropouts)?)?;
        let x = dropped(dropouts, first + 1, Relu.try_forward(self.fc1.try_forward(x)?)?)?;
        let x = dropped(dropouts, first + 2, Relu.try_forward(self.fc2.try_forward(x)?)?)?;
        let x = dropped(dropouts, first + 3, Relu.try_forward(self.fc3.try_forward(x)?)?)?;
        self.out.try_forward(x)
    }
}

fn dropped<const N: usize, D: NetworkDevice, T: Tape<f32, D>>(
    dropouts: Option<&[Dropout]>,
    mask: u64,
    x: Batches<N, f32, D, T>,
) -> Result<Batches<N, f32, D, T>, D::Err> {
    match dropouts {
        Some(dropouts) => dropout::try_apply(dropouts, mask, x),
        None => Ok(x),
    }
}

impl<const I: usize, const H: usize, const LAYERS: usize, const B: usize, D: NetworkDevice> Networks<D>
    for Recurrent<I, H, LAYERS, B, f32, D>
{
    type Example = Frames;

    fn logits(&self, device: &D, batch: &[&Frames]) -> Result<Logits<D>> {
        let input = Packed::shared(device, self.out.weight.shape().0.0, &sequences::<I>(batch)?)?;
        self.forward(input, None).map_err(device_failed)
    }

    fn training_logits(
        &mut self,
        device: &D,
        batches: &[&[&Frames]],
        gradients: Gradients<f32, D>,
        dropouts: &[Dropout],
    ) -> Result<Logits<D, OwnedTape<f32, D>>> {
        let batches: Vec<Vec<&[f32]>> =
            batches.iter().map(|batch| sequences::<I>(batch)).collect::<Result<_>>()?;
        let input = Packed::from_sequences(device, &batches)?.traced(gradients);
        self.forward(input, Some(dropouts)).map_err(device_failed)
    }
}

fn sequences<'a, const I: usize>(batch: &[&'a Frames]) -> Result<Vec<&'a [f32]>> {
    check_frames(batch, I)?;
    Ok(batch.iter().map(|frames| contiguous(frames.values())).collect())
}
