//! Pooling over time (paper, section 2.4: the largest of each two values between the residual blocks, and the mean of
//! all values behind the last).
//!
//! ```text
//! max      y[t, c] = max x[K t + k, c]    0 ≤ k < K, 0 ≤ t < ⌊L / K⌋
//! average  y[c] = Σ x[t, c] / L
//! ```

#[cfg(any(test, feature = "cuda"))]
mod composed;
mod cpu;

use dfdx::prelude::*;

use super::kernels::Level;
use super::{Rows, Signals};

/// The largest of each K = `width` values of a channel: `[runs, batch, L, C]` to `[runs, batch, ⌊L / K⌋, C]`.
///
/// As [`torch.nn.MaxPool1d(K)`](https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html): windows do
/// not overlap, a remainder is dropped, NaN is larger than any number, and of equal values the first has the gradient.
///
/// # Panics
/// If a signal is shorter than a window, or a window is empty.
///
/// ```
/// use dfdx::prelude::*;
/// use eegenre::nn::{MaxPool1d, Signals, Size};
///
/// let signal: Signals<Const<1>, f32, Cpu> =
///     Cpu::default().tensor_from_vec(vec![1.0, 2.0, 4.0, 3.0, 5.0], (Size(1), 1, 5, Const));
/// assert_eq!(MaxPool1d { width: 2 }.forward(signal).as_vec(), [2.0, 4.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxPool1d {
    /// Values of a window, at least one.
    pub width: usize,
}

/// The mean of each channel: `[runs, batch, L, C]` to `[runs, batch, C]`, as
/// [`torch.nn.AdaptiveAvgPool1d(1)`](https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html).
///
/// ```
/// use dfdx::prelude::*;
/// use eegenre::nn::{GlobalAveragePool, Signals, Size};
///
/// let signal: Signals<Const<1>, f32, Cpu> =
///     Cpu::default().tensor_from_vec(vec![1.0, 2.0, 6.0], (Size(1), 1, 3, Const));
/// assert_eq!(GlobalAveragePool.forward(signal).as_vec(), [3.0]);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct GlobalAveragePool;

/// A device that has pooling over time.
///
/// On [`Cpu`] each is one fused node of the tape; elsewhere they are composed of dfdx's primitives.
pub trait PoolKernel<E: Dtype>: Device<E> {
    /// See [`MaxPool1d`].
    ///
    /// # Errors
    /// When the device cannot hold the result.
    ///
    /// # Panics
    /// If a signal is shorter than a window.
    fn max_pool<C: Dim, T: Tape<E, Self>>(
        input: Signals<C, E, Self, T>,
        width: usize,
    ) -> Result<Signals<C, E, Self, T>, Self::Err>;

    /// See [`GlobalAveragePool`].
    ///
    /// # Errors
    /// When the device cannot hold the result.
    fn global_average_pool<C: Dim, T: Tape<E, Self>>(
        input: Signals<C, E, Self, T>,
    ) -> Result<Rows<C, E, Self, T>, Self::Err>;
}

macro_rules! fused {
    ($($E:ty),*) => {$(
        impl PoolKernel<$E> for Cpu {
            fn max_pool<C: Dim, T: Tape<$E, Self>>(
                input: Signals<C, $E, Self, T>,
                width: usize,
            ) -> Result<Signals<C, $E, Self, T>, CpuError> {
                cpu::max_pool(Level::detected(), input, width)
            }

            fn global_average_pool<C: Dim, T: Tape<$E, Self>>(
                input: Signals<C, $E, Self, T>,
            ) -> Result<Rows<C, $E, Self, T>, CpuError> {
                cpu::global_average_pool(Level::detected(), input)
            }
        }
    )*};
}
fused!(f32, f64);

#[cfg(feature = "cuda")]
impl<E: Dtype> PoolKernel<E> for Cuda
where
    Self: Device<E>,
{
    fn max_pool<C: Dim, T: Tape<E, Self>>(
        input: Signals<C, E, Self, T>,
        width: usize,
    ) -> Result<Signals<C, E, Self, T>, Self::Err> {
        composed::max_pool(input, width)
    }

    fn global_average_pool<C: Dim, T: Tape<E, Self>>(
        input: Signals<C, E, Self, T>,
    ) -> Result<Rows<C, E, Self, T>, Self::Err> {
        composed::global_average_pool(input)
    }
}

/// Windows of `width` values in a signal of `length`.
///
/// # Panics
/// If there is none, or a window is empty.
fn windows(length: usize, width: usize) -> usize {
    assert!(width > 0, "a window of a pool holds at least one value");
    assert!(length >= width, "a signal of {length} values is shorter than a window of {width}");
    length / width
}

impl NonMutableModule for MaxPool1d {}
impl ZeroSizedModule for GlobalAveragePool {}
impl NonMutableModule for GlobalAveragePool {}

impl<C: Dim, E: Dtype, D: PoolKernel<E>, T: Tape<E, D>> Module<Signals<C, E, D, T>> for MaxPool1d {
    type Output = Signals<C, E, D, T>;
    type Error = D::Err;

    fn try_forward(&self, input: Signals<C, E, D, T>) -> Result<Self::Output, D::Err> {
        D::max_pool(input, self.width)
    }
}

impl<C: Dim, E: Dtype, D: PoolKernel<E>, T: Tape<E, D>> Module<Signals<C, E, D, T>> for GlobalAveragePool {
    type Output = Rows<C, E, D, T>;
    type Error = D::Err;

    fn try_forward(&self, input: Signals<C, E, D, T>) -> Result<Self::Output, D::Err> {
        D::global_average_pool(input)
    }
}

#[cfg(test)]
mod tests;
