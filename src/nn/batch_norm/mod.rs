//! Batch normalisation over time (paper, section 2.4: after every convolution of a residual block).
//!
//! Each channel is brought to mean 0 and variance 1 over the n = batch · length values of the batch, then scaled and
//! shifted by learnt numbers:
//!
//! ```text
//! μ = Σ x / n    σ² = Σ (x - μ)² / n    y = w (x - μ) / √(σ² + ε) + b        ε = 1e-5
//! ```
//!
//! In inference, running means of μ and of n σ² / (n - 1) from training take their places: a running value is 0.9 of
//! itself and 0.1 of the batch's after each step.
//!
//! S. Ioffe and C. Szegedy, *Batch Normalization*, ICML 2015. Names, constants and the two kinds of variance are those
//! of [`torch.nn.BatchNorm1d`](https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html).

#[cfg(any(test, feature = "cuda"))]
pub(in crate::nn) mod composed;
pub(in crate::nn) mod cpu;
pub(in crate::nn) mod normalisation;
pub(in crate::nn) mod statistics;

use dfdx::prelude::*;

use super::kernels::Level;
use super::{Signals, Size};

/// ε, added to the variance.
pub const EPSILON: f64 = 1e-5;

/// Share of a batch's statistics in the running ones.
pub const MOMENTUM: f64 = 0.1;

/// Batch normalisation of `C` channels: `[runs, batch, L, C]` to the same, each run by its own statistics.
///
/// As a [`Module`] it maps a batch without a tape by the running statistics. As a [`ModuleMut`] it maps a batch with
/// a tape by the batch's own statistics, and updates the running ones.
///
/// # Panics
/// In training, if a run's batch has only one value in each channel: its variance is not defined. (PyTorch raises an
/// error, too.)
///
/// ```
/// use dfdx::prelude::*;
/// use eegenre::nn::{BatchNorm1d, Signals, Size};
///
/// let device = Cpu::default();
/// let mut layer: BatchNorm1d<_, f32, _> = BatchNorm1d::new(&device, 1, Const::<1>)?;
/// let signal: Signals<Const<1>, f32, _> = device.tensor_from_vec(vec![1.0, 3.0], (Size(1), 1, 2, Const));
/// let y = layer.forward_mut(signal.leaky_trace());
/// assert!(y.as_vec().iter().zip([-1.0, 1.0]).all(|(y, expected)| (y - expected).abs() < 1e-5));
/// // 0.1 · mean, and 0.9 · 1 + 0.1 · 2
/// assert_eq!(layer.running_mean.as_vec(), [0.2]);
/// assert_eq!(layer.running_var.as_vec(), [1.1]);
/// # Ok::<(), CpuError>(())
/// ```
#[derive(Debug, Clone)]
pub struct BatchNorm1d<C: Dim, E: Dtype, D: Storage<E>> {
    /// w, `[runs, C]`; initially 1.
    pub weight: Tensor<(Size, C), E, D>,
    /// b, `[runs, C]`; initially 0.
    pub bias: Tensor<(Size, C), E, D>,
    /// Running μ, `[runs, C]`; initially 0. No optimiser moves it.
    pub running_mean: Tensor<(Size, C), E, D>,
    /// Running n σ² / (n - 1), `[runs, C]`; initially 1. No optimiser moves it.
    pub running_var: Tensor<(Size, C), E, D>,
}

impl<C: Dim, E: Dtype, D: Device<E>> BatchNorm1d<C, E, D> {
    /// With initial weights and statistics, for so many runs.
    ///
    /// # Errors
    /// When the device cannot hold them.
    pub fn new(device: &D, runs: usize, channels: C) -> Result<Self, D::Err> {
        let shape = (Size(runs), channels);
        Ok(Self {
            weight: device.try_ones_like(&shape)?,
            bias: device.try_zeros_like(&shape)?,
            running_mean: device.try_zeros_like(&shape)?,
            running_var: device.try_ones_like(&shape)?,
        })
    }
}

impl<C: ConstDim, E: Dtype, D: Device<E>> TensorCollection<E, D> for BatchNorm1d<C, E, D> {
    type To<E2: Dtype, D2: Device<E2>> = BatchNorm1d<C, E2, D2>;

    fn iter_tensors<V: ModuleVisitor<Self, E, D>>(
        visitor: &mut V,
    ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        visitor.visit_fields(
            (
                Self::tensor("weight", |s| &s.weight, |s| &mut s.weight, TensorOptions::reset_to_ones()),
                Self::tensor("bias", |s| &s.bias, |s| &mut s.bias, TensorOptions::reset_to_zeros()),
                Self::tensor(
                    "running_mean",
                    |s| &s.running_mean,
                    |s| &mut s.running_mean,
                    TensorOptions::detached(|mean| mean.try_fill_with_zeros()),
                ),
                Self::tensor(
                    "running_var",
                    |s| &s.running_var,
                    |s| &mut s.running_var,
                    TensorOptions::detached(|variance| variance.try_fill_with_ones()),
                ),
            ),
            |(weight, bias, running_mean, running_var)| BatchNorm1d {
                weight,
                bias,
                running_mean,
                running_var,
            },
        )
    }
}

/// A device that has batch normalisation over time.
///
/// On [`Cpu`] it is one fused node of the tape; elsewhere it is composed of dfdx's primitives.
pub trait BatchNorm1dKernel<E: Dtype>: Device<E> {
    /// Normalises by the running statistics.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    fn batch_norm_inference<C: Dim>(
        input: Signals<C, E, Self>,
        layer: &BatchNorm1d<C, E, Self>,
    ) -> Result<Signals<C, E, Self>, Self::Err>;

    /// Normalises by the batch's statistics, and updates the running ones.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    ///
    /// # Panics
    /// If a run's batch has only one value in each channel.
    fn batch_norm_training<C: Dim>(
        input: Signals<C, E, Self, OwnedTape<E, Self>>,
        layer: &mut BatchNorm1d<C, E, Self>,
    ) -> Result<Signals<C, E, Self, OwnedTape<E, Self>>, Self::Err>;
}

macro_rules! fused {
    ($($E:ty),*) => {$(
        impl BatchNorm1dKernel<$E> for Cpu {
            fn batch_norm_inference<C: Dim>(
                input: Signals<C, $E, Self>,
                layer: &BatchNorm1d<C, $E, Self>,
            ) -> Result<Signals<C, $E, Self>, CpuError> {
                cpu::inference(Level::detected(), &input, layer)
            }

            fn batch_norm_training<C: Dim>(
                input: Signals<C, $E, Self, OwnedTape<$E, Self>>,
                layer: &mut BatchNorm1d<C, $E, Self>,
            ) -> Result<Signals<C, $E, Self, OwnedTape<$E, Self>>, CpuError> {
                cpu::training(Level::detected(), input, layer)
            }
        }
    )*};
}
fused!(f32, f64);

#[cfg(feature = "cuda")]
impl<E: Dtype> BatchNorm1dKernel<E> for Cuda
where
    Self: Device<E>,
{
    fn batch_norm_inference<C: Dim>(
        input: Signals<C, E, Self>,
        layer: &BatchNorm1d<C, E, Self>,
    ) -> Result<Signals<C, E, Self>, Self::Err> {
        composed::inference(input, layer)
    }

    fn batch_norm_training<C: Dim>(
        input: Signals<C, E, Self, OwnedTape<E, Self>>,
        layer: &mut BatchNorm1d<C, E, Self>,
    ) -> Result<Signals<C, E, Self, OwnedTape<E, Self>>, Self::Err> {
        composed::training(input, layer)
    }
}

/// Values of each channel in a batch of signals of one run.
///
/// # Panics
/// If there is only one.
pub(in crate::nn) fn values_per_channel(batch: usize, length: usize) -> usize {
    let values = batch * length;
    assert!(
        values > 1,
        "batch normalisation in training needs more than one value per channel, found {values}"
    );
    values
}

impl<C: Dim, E: Dtype, D: BatchNorm1dKernel<E>> Module<Signals<C, E, D>> for BatchNorm1d<C, E, D> {
    type Output = Signals<C, E, D>;
    type Error = D::Err;

    fn try_forward(&self, input: Signals<C, E, D>) -> Result<Self::Output, D::Err> {
        D::batch_norm_inference(input, self)
    }
}

impl<C: Dim, E: Dtype, D: BatchNorm1dKernel<E>> ModuleMut<Signals<C, E, D, OwnedTape<E, D>>>
    for BatchNorm1d<C, E, D>
{
    type Output = Signals<C, E, D, OwnedTape<E, D>>;
    type Error = D::Err;

    fn try_forward_mut(&mut self, input: Signals<C, E, D, OwnedTape<E, D>>) -> Result<Self::Output, D::Err> {
        D::batch_norm_training(input, self)
    }
}

#[cfg(test)]
mod tests;
