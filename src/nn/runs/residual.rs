//! Residual blocks of several runs.

use dfdx::prelude::*;

use super::{BatchNorm1d, Conv1d};
use crate::nn::conv1d::windows::WindowsKernel;
use crate::nn::{Relu, ReluKernel, Signals};

/// The block of [`nn::residual`](crate::nn::residual) for each run: `[runs · batch, L, C]`, one run's signals behind
/// the other's, to the same.
///
/// As a [`Module`] it maps signals without a tape by the running statistics. As a [`ModuleMut`] it maps signals with a
/// tape by the batches' own statistics, and updates the running ones.
#[derive(Debug, Clone)]
pub struct ResidualBlock<const C: usize, const K: usize, const P: usize, E: Dtype, D: Storage<E>> {
    /// The first convolution.
    pub conv1: Conv1d<C, C, K, P, E, D>,
    /// The normalisation of its output.
    pub norm1: BatchNorm1d<C, E, D>,
    /// The second convolution.
    pub conv2: Conv1d<C, C, K, P, E, D>,
    /// The normalisation of its output.
    pub norm2: BatchNorm1d<C, E, D>,
}

impl<const C: usize, const K: usize, const P: usize, E: Dtype, D: Device<E>> TensorCollection<E, D>
    for ResidualBlock<C, K, P, E, D>
{
    type To<E2: Dtype, D2: Device<E2>> = ResidualBlock<C, K, P, E2, D2>;

    fn iter_tensors<V: ModuleVisitor<Self, E, D>>(
        visitor: &mut V,
    ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        visit_modules!(visitor, ResidualBlock { conv1, norm1, conv2, norm2 })
    }
}

impl<const C: usize, const K: usize, const P: usize, E: Dtype, D: ReluKernel<E> + WindowsKernel<E>>
    Module<Signals<C, E, D>> for ResidualBlock<C, K, P, E, D>
{
    type Output = Signals<C, E, D>;
    type Error = D::Err;

    fn try_forward(&self, input: Signals<C, E, D>) -> Result<Self::Output, D::Err> {
        let inner = self.norm1.try_forward(self.conv1.try_forward(input.clone())?)?;
        let inner = self.norm2.try_forward(self.conv2.try_forward(Relu.try_forward(inner)?)?)?;
        Relu.try_forward(Relu.try_forward(inner)?.try_add(input)?)
    }
}

impl<const C: usize, const K: usize, const P: usize, E: Dtype, D: ReluKernel<E> + WindowsKernel<E>>
    ModuleMut<Signals<C, E, D, OwnedTape<E, D>>> for ResidualBlock<C, K, P, E, D>
{
    type Output = Signals<C, E, D, OwnedTape<E, D>>;
    type Error = D::Err;

    fn try_forward_mut(&mut self, input: Signals<C, E, D, OwnedTape<E, D>>) -> Result<Self::Output, D::Err> {
        let inner = self.conv1.try_forward(input.with_empty_tape())?;
        let inner = Relu.try_forward(self.norm1.try_forward_mut(inner)?)?;
        let inner = Relu.try_forward(self.norm2.try_forward_mut(self.conv2.try_forward(inner)?)?)?;
        Relu.try_forward(input.try_add(inner)?)
    }
}
