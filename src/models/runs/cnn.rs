//! The CNN of several runs.

use dfdx::prelude::*;

use super::{Logits, Networks};
use crate::error::Result;
use crate::models::cnn::{CHANNELS, POOL, stacked};
use crate::models::{GENRES, NetworkDevice, device_failed};
use crate::nn::runs::{Conv1d, Linear, ResidualBlock, Runs};
use crate::nn::{Dropout, GlobalAveragePool, Rows, Signals, visit_modules};
use crate::preparation::Slice;

/// A [`Cnn`](crate::models::Cnn) for each run: slices, `[runs · batch, frames, I]`, one run's behind the other's, to
/// logits, `[runs, batch, 3]`.
#[derive(Debug, Clone)]
pub struct Cnn<E: Dtype, D: Storage<E>, const I: usize, const K: usize, const P: usize> {
    /// The first convolution.
    pub stem: Conv1d<I, CHANNELS, K, P, E, D>,
    /// The first residual block.
    pub block1: ResidualBlock<CHANNELS, K, P, E, D>,
    /// The second one.
    pub block2: ResidualBlock<CHANNELS, K, P, E, D>,
    /// The third one.
    pub block3: ResidualBlock<CHANNELS, K, P, E, D>,
    /// Output layer.
    pub out: Linear<CHANNELS, GENRES, E, D>,
}

impl<const I: usize, const K: usize, const P: usize, D: Device<f32>> TensorCollection<f32, D>
    for Cnn<f32, D, I, K, P>
{
    type To<E2: Dtype, D2: Device<E2>> = Cnn<E2, D2, I, K, P>;

    fn iter_tensors<V: ModuleVisitor<Self, f32, D>>(
        visitor: &mut V,
    ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        visit_modules!(visitor, Cnn { stem, block1, block2, block3, out })
    }
}

impl<const I: usize, const K: usize, const P: usize, D: NetworkDevice> Cnn<f32, D, I, K, P> {
    fn runs(&self) -> Runs {
        self.out.weight.shape().0
    }

    /// Means over time, one run's slices behind the other's, to logits.
    fn answer<T: Tape<f32, D>>(&self, means: Rows<CHANNELS, f32, D, T>) -> Result<Logits<D, T>, D::Err> {
        let (slices, _) = *means.shape();
        let runs = self.runs();
        self.out.try_forward(means.try_reshape_like(&(runs, slices / runs.0, Const))?)
    }
}

impl<const I: usize, const K: usize, const P: usize, D: NetworkDevice> Module<Signals<I, f32, D>>
    for Cnn<f32, D, I, K, P>
{
    type Output = Logits<D>;
    type Error = D::Err;

    fn try_forward(&self, slices: Signals<I, f32, D>) -> Result<Self::Output, D::Err> {
        let x = self.stem.try_forward(slices)?;
        let x = POOL.try_forward(self.block1.try_forward(x)?)?;
        let x = POOL.try_forward(self.block2.try_forward(x)?)?;
        let means = GlobalAveragePool.try_forward(self.block3.try_forward(x)?)?;
        self.answer(means)
    }
}

impl<const I: usize, const K: usize, const P: usize, D: NetworkDevice>
    ModuleMut<Signals<I, f32, D, OwnedTape<f32, D>>> for Cnn<f32, D, I, K, P>
{
    type Output = Logits<D, OwnedTape<f32, D>>;
    type Error = D::Err;

    fn try_forward_mut(
        &mut self,
        slices: Signals<I, f32, D, OwnedTape<f32, D>>,
    ) -> Result<Self::Output, D::Err> {
        let x = self.stem.try_forward(slices)?;
        let x = POOL.try_forward(self.block1.try_forward_mut(x)?)?;
        let x = POOL.try_forward(self.block2.try_forward_mut(x)?)?;
        let means = GlobalAveragePool.try_forward(self.block3.try_forward_mut(x)?)?;
        self.answer(means)
    }
}

impl<const I: usize, const K: usize, const P: usize, D: NetworkDevice> Networks<D> for Cnn<f32, D, I, K, P> {
    type Example = Slice;

    fn logits(&self, device: &D, batch: &[&Slice]) -> Result<Logits<D>> {
        let slices: Signals<I, f32, D> = stacked(device, batch)?;
        let (count, length, _) = *slices.shape();
        let Runs(runs) = self.runs();
        let copies = slices.try_broadcast_like::<_, Axis<0>>(&(runs, count, length, Const::<I>));
        let copies = copies.and_then(|slices| slices.try_reshape_like(&(runs * count, length, Const)));
        copies.and_then(|slices| self.try_forward(slices)).map_err(device_failed)
    }

    fn training_logits(
        &mut self,
        device: &D,
        batches: &[&[&Slice]],
        gradients: Gradients<f32, D>,
        _: &[Dropout],
    ) -> Result<Logits<D, OwnedTape<f32, D>>> {
        let slices = stacked(device, &batches.concat())?.traced(gradients);
        self.try_forward_mut(slices).map_err(device_failed)
    }
}
