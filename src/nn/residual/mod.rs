//! The residual block of the paper's CNN (section 2.4): two convolutions whose channels and length are those of the
//! input, each followed by batch normalisation and a ReLU, and the input added.
//!
//! ```text
//! y = ReLU(ReLU(norm2(conv2(ReLU(norm1(conv1(x)))))) + x)
//! ```
//!
//! K. He et al., *Deep Residual Learning for Image Recognition*, CVPR 2016, have no ReLU between the second normalisation
//! and the sum; the paper has one behind each normalisation and one behind the sum. See [`Conv1d`] and [`BatchNorm1d`]
//! for the pieces.

#[cfg(any(test, feature = "cuda"))]
mod composed;
mod cpu;
mod inference;
mod training;

use dfdx::prelude::*;

use super::kernels::Level;
use super::{BatchNorm1d, Conv1d, Signals};

/// A residual block of `C` channels with kernels of an odd width `K`: `[runs, batch, L, C]` to the same.
///
/// As a [`Module`] it maps a batch without a tape by the running statistics. As a [`ModuleMut`] it maps a batch with
/// a tape by the batch's own statistics, and updates the running ones.
///
/// # Panics
/// In training, if a run's batch has only one value in each channel.
///
/// ```
/// use dfdx::prelude::*;
/// use eegenre::nn::{ResidualBlock, Signals, Size};
///
/// let device = Cpu::default();
/// let mut block: ResidualBlock<_, _, f32, _> = ResidualBlock::new(&device, 1, Const::<32>, Const::<3>)?;
/// let batch: Signals<Const<32>, f32, _> = device.ones_like(&(Size(1), 64, 120, Const));
/// assert_eq!(block.forward(batch.clone()).shape(), batch.shape());
/// let gradients = block.forward_mut(batch.leaky_trace()).square().mean().backward();
/// assert_eq!(gradients.get(&block.conv1.weight).shape(), block.conv1.weight.shape());
/// # Ok::<(), CpuError>(())
/// ```
#[derive(Debug, Clone)]
pub struct ResidualBlock<C: Dim, K: Dim, E: Dtype, D: Storage<E>> {
    /// The first convolution.
    pub conv1: Conv1d<C, C, K, E, D>,
    /// The normalisation of its output.
    pub norm1: BatchNorm1d<C, E, D>,
    /// The second convolution.
    pub conv2: Conv1d<C, C, K, E, D>,
    /// The normalisation of its output.
    pub norm2: BatchNorm1d<C, E, D>,
}

impl<C: Dim, K: Dim, E: Dtype, D: Device<E>> ResidualBlock<C, K, E, D> {
    /// With initial weights, for so many runs.
    ///
    /// # Errors
    /// When the device cannot hold them.
    ///
    /// # Panics
    /// If the kernels' width is not odd.
    pub fn new(device: &D, runs: usize, channels: C, width: K) -> Result<Self, D::Err> {
        Ok(Self {
            conv1: Conv1d::new(device, runs, channels, channels, width)?,
            norm1: BatchNorm1d::new(device, runs, channels)?,
            conv2: Conv1d::new(device, runs, channels, channels, width)?,
            norm2: BatchNorm1d::new(device, runs, channels)?,
        })
    }
}

impl<C: ConstDim, K: ConstDim, E: Dtype, D: Device<E>> TensorCollection<E, D> for ResidualBlock<C, K, E, D> {
    type To<E2: Dtype, D2: Device<E2>> = ResidualBlock<C, K, E2, D2>;

    fn iter_tensors<V: ModuleVisitor<Self, E, D>>(
        visitor: &mut V,
    ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        visit_modules!(visitor, ResidualBlock { conv1, norm1, conv2, norm2 })
    }
}

/// A device that has residual blocks.
///
/// On [`Cpu`] a block is one fused node of the tape; elsewhere it is composed of the composed pieces.
pub trait ResidualBlockKernel<E: Dtype>: Device<E> {
    /// The equation of [the module](self), normalised by the running statistics.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    fn residual_inference<C: Dim, K: Dim>(
        input: Signals<C, E, Self>,
        block: &ResidualBlock<C, K, E, Self>,
    ) -> Result<Signals<C, E, Self>, Self::Err>;

    /// The equation of [the module](self), normalised by the batch's statistics; updates the running ones.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    ///
    /// # Panics
    /// If a run's batch has only one value in each channel.
    fn residual_training<C: Dim, K: Dim>(
        input: Signals<C, E, Self, OwnedTape<E, Self>>,
        block: &mut ResidualBlock<C, K, E, Self>,
    ) -> Result<Signals<C, E, Self, OwnedTape<E, Self>>, Self::Err>;
}

macro_rules! fused {
    ($($E:ty),*) => {$(
        impl ResidualBlockKernel<$E> for Cpu {
            fn residual_inference<C: Dim, K: Dim>(
                input: Signals<C, $E, Self>,
                block: &ResidualBlock<C, K, $E, Self>,
            ) -> Result<Signals<C, $E, Self>, CpuError> {
                cpu::inference(Level::detected(), &input, block)
            }

            fn residual_training<C: Dim, K: Dim>(
                input: Signals<C, $E, Self, OwnedTape<$E, Self>>,
                block: &mut ResidualBlock<C, K, $E, Self>,
            ) -> Result<Signals<C, $E, Self, OwnedTape<$E, Self>>, CpuError> {
                cpu::training(Level::detected(), input, block)
            }
        }
    )*};
}
fused!(f32, f64);

#[cfg(feature = "cuda")]
impl<E: Dtype> ResidualBlockKernel<E> for Cuda
where
    Self: super::conv1d::windows::WindowsKernel<E>,
{
    fn residual_inference<C: Dim, K: Dim>(
        input: Signals<C, E, Self>,
        block: &ResidualBlock<C, K, E, Self>,
    ) -> Result<Signals<C, E, Self>, Self::Err> {
        composed::inference(input, block)
    }

    fn residual_training<C: Dim, K: Dim>(
        input: Signals<C, E, Self, OwnedTape<E, Self>>,
        block: &mut ResidualBlock<C, K, E, Self>,
    ) -> Result<Signals<C, E, Self, OwnedTape<E, Self>>, Self::Err> {
        composed::training(input, block)
    }
}

impl<C: Dim, K: Dim, E: Dtype, D: ResidualBlockKernel<E>> Module<Signals<C, E, D>>
    for ResidualBlock<C, K, E, D>
{
    type Output = Signals<C, E, D>;
    type Error = D::Err;

    fn try_forward(&self, input: Signals<C, E, D>) -> Result<Self::Output, D::Err> {
        D::residual_inference(input, self)
    }
}

impl<C: Dim, K: Dim, E: Dtype, D: ResidualBlockKernel<E>> ModuleMut<Signals<C, E, D, OwnedTape<E, D>>>
    for ResidualBlock<C, K, E, D>
{
    type Output = Signals<C, E, D, OwnedTape<E, D>>;
    type Error = D::Err;

    fn try_forward_mut(&mut self, input: Signals<C, E, D, OwnedTape<E, D>>) -> Result<Self::Output, D::Err> {
        D::residual_training(input, self)
    }
}

#[cfg(test)]
mod tests;
