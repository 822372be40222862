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

/// What builds a [`ResidualBlock`] with [`DeviceBuildExt::build_module`], as in [`dfdx::nn::builders`].
pub mod builder {
    /// `C` channels, kernels of width `K`, padding `P` = (K - 1) / 2.
    #[derive(Debug, Clone, Copy, Default)]
    pub struct ResidualBlock<const C: usize, const K: usize, const P: usize>;
}

impl<const C: usize, const K: usize, const P: usize, E: Dtype, D: Device<E>> BuildOnDevice<D, E>
    for builder::ResidualBlock<C, K, P>
{
    type Built = ResidualBlock<C, K, P, E, D>;
}

/// A residual block of `C` channels: `[batch, L, C]` to the same. Kernels have width `K`; the padding `P` that keeps
/// the length is (K - 1) / 2, and no other compiles.
///
/// As a [`Module`] it maps a batch without a tape by the running statistics. As a [`ModuleMut`] it maps a batch with
/// a tape by the batch's own statistics, and updates the running ones.
///
/// # Panics
/// In training, if the batch has only one value in each channel.
///
/// ```
/// use dfdx::prelude::*;
/// use eegenre::nn::{Signals, residual};
///
/// let device = Cpu::default();
/// let mut model = device.build_module::<residual::builder::ResidualBlock<32, 3, 1>, f32>();
/// let batch: Signals<32, f32, _> = device.ones_like(&(64, 120, Const));
/// assert_eq!(model.forward(batch.clone()).shape(), &(64, 120, Const::<32>));
/// let gradients = model.forward_mut(batch.leaky_trace()).square().mean().backward();
/// assert_eq!(gradients.get(&model.conv1.weight).shape(), model.conv1.weight.shape());
/// ```
///
/// ```compile_fail
/// use dfdx::prelude::*;
/// use eegenre::nn::residual;
///
/// // Kernels of width 3 with padding 2 would make signals longer.
/// let _ = Cpu::default().build_module::<residual::builder::ResidualBlock<32, 3, 2>, f32>();
/// ```
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

impl<const C: usize, const K: usize, const P: usize, E: Dtype, D: Storage<E>> ResidualBlock<C, K, P, E, D> {
    /// To be named where the length has to be kept.
    const KEEPS_LENGTH: () = assert!(2 * P + 1 == K, "a residual block needs a padding of P = (K - 1) / 2");
}

impl<const C: usize, const K: usize, const P: usize, E: Dtype, D: Device<E>> TensorCollection<E, D>
    for ResidualBlock<C, K, P, E, D>
{
    type To<E2: Dtype, D2: Device<E2>> = ResidualBlock<C, K, P, E2, D2>;

    fn iter_tensors<V: ModuleVisitor<Self, E, D>>(
        visitor: &mut V,
    ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        let () = Self::KEEPS_LENGTH;
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
    fn residual_inference<const C: usize, const K: usize, const P: usize>(
        input: Signals<C, E, Self>,
        block: &ResidualBlock<C, K, P, E, Self>,
    ) -> Result<Signals<C, E, Self>, Self::Err>;

    /// The equation of [the module](self), normalised by the batch's statistics; updates the running ones.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    ///
    /// # Panics
    /// If the batch has only one value in each channel.
    fn residual_training<const C: usize, const K: usize, const P: usize>(
        input: Signals<C, E, Self, OwnedTape<E, Self>>,
        block: &mut ResidualBlock<C, K, P, E, Self>,
    ) -> Result<Signals<C, E, Self, OwnedTape<E, Self>>, Self::Err>;
}

macro_rules! fused {
    ($($E:ty),*) => {$(
        impl ResidualBlockKernel<$E> for Cpu {
            fn residual_inference<const C: usize, const K: usize, const P: usize>(
                input: Signals<C, $E, Self>,
                block: &ResidualBlock<C, K, P, $E, Self>,
            ) -> Result<Signals<C, $E, Self>, CpuError> {
                cpu::inference(Level::detected(), &input, block)
            }

            fn residual_training<const C: usize, const K: usize, const P: usize>(
                input: Signals<C, $E, Self, OwnedTape<$E, Self>>,
                block: &mut ResidualBlock<C, K, P, $E, Self>,
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
    fn residual_inference<const C: usize, const K: usize, const P: usize>(
        input: Signals<C, E, Self>,
        block: &ResidualBlock<C, K, P, E, Self>,
    ) -> Result<Signals<C, E, Self>, Self::Err> {
        composed::inference(input, block)
    }

    fn residual_training<const C: usize, const K: usize, const P: usize>(
        input: Signals<C, E, Self, OwnedTape<E, Self>>,
        block: &mut ResidualBlock<C, K, P, E, Self>,
    ) -> Result<Signals<C, E, Self, OwnedTape<E, Self>>, Self::Err> {
        composed::training(input, block)
    }
}

impl<const C: usize, const K: usize, const P: usize, E: Dtype, D: ResidualBlockKernel<E>>
    Module<Signals<C, E, D>> for ResidualBlock<C, K, P, E, D>
{
    type Output = Signals<C, E, D>;
    type Error = D::Err;

    fn try_forward(&self, input: Signals<C, E, D>) -> Result<Self::Output, D::Err> {
        let () = Self::KEEPS_LENGTH;
        D::residual_inference(input, self)
    }
}

impl<const C: usize, const K: usize, const P: usize, E: Dtype, D: ResidualBlockKernel<E>>
    ModuleMut<Signals<C, E, D, OwnedTape<E, D>>> for ResidualBlock<C, K, P, E, D>
{
    type Output = Signals<C, E, D, OwnedTape<E, D>>;
    type Error = D::Err;

    fn try_forward_mut(&mut self, input: Signals<C, E, D, OwnedTape<E, D>>) -> Result<Self::Output, D::Err> {
        let () = Self::KEEPS_LENGTH;
        D::residual_training(input, self)
    }
}

#[cfg(test)]
mod tests;
