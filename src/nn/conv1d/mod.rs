//! Convolution over time (paper, section 2.4: 32 kernels in every layer), with stride 1, as long as its input.
//!
//! For an input x of `I` channels, zero beyond both ends, and `O` kernels w of an odd width `K`:
//!
//! ```text
//! y[t, o] = b[o] + Σ_k Σ_i w[o, i, k] · x[t + k - P, i]        P = (K - 1) / 2
//! ```
//!
//! Shapes, names and initialisation of the weights are those of
//! [`torch.nn.Conv1d`](https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html). The signal is stored
//! otherwise: `[batch, length, channels]`, so the `K · I` values under a kernel lie side by side in memory, and the
//! whole convolution is one product of overlapping rows with a matrix, without a copy of those rows.

#[cfg(any(test, feature = "cuda"))]
pub(in crate::nn) mod composed;
mod cpu;
pub(in crate::nn) mod products;
#[cfg(any(test, feature = "cuda"))]
pub mod windows;

use dfdx::prelude::*;

use super::kernels::Level;
use super::{Size, random};

/// Batches of signals of `C` channels: `[runs, batch, length, channels]`.
pub type Signals<C, E, D, T = NoneTape> = Tensor<(Size, usize, usize, C), E, D, T>;

/// `O` kernels of an odd width `K` over `I` channels: `[runs, batch, L, I]` to `[runs, batch, L, O]`.
///
/// ```
/// use dfdx::prelude::*;
/// use eegenre::nn::{Conv1d, Signals, Size};
///
/// let device = Cpu::default();
/// let layer: Conv1d<_, _, _, f32, _> = Conv1d::new(&device, 1, Const::<8>, Const::<32>, Const::<3>)?;
/// // A slice of 960 samples in frames of 8.
/// let slice: Signals<Const<8>, f32, _> = device.zeros_like(&(Size(1), 1, 120, Const));
/// assert_eq!(layer.forward(slice).shape(), &(Size(1), 1, 120, Const::<32>));
/// # Ok::<(), CpuError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Conv1d<I: Dim, O: Dim, K: Dim, E: Dtype, D: Storage<E>> {
    /// w, `[runs, O, I, K]`; initially uniform on ±1/√(I K).
    pub weight: Tensor<(Size, O, I, K), E, D>,
    /// b, `[runs, O]`; initially uniform on ±1/√(I K).
    pub bias: Tensor<(Size, O), E, D>,
}

impl<I: Dim, O: Dim, K: Dim, E: Dtype, D: Device<E>> Conv1d<I, O, K, E, D> {
    /// With initial weights, for so many runs.
    ///
    /// # Errors
    /// When the device cannot hold them.
    ///
    /// # Panics
    /// If the kernels' width is not odd.
    pub fn new(device: &D, runs: usize, inputs: I, outputs: O, width: K) -> Result<Self, D::Err> {
        assert!(!width.size().is_multiple_of(2), "a kernel is {} wide, which is not odd", width.size());
        let mut layer = Self {
            weight: device.try_zeros_like(&(Size(runs), outputs, inputs, width))?,
            bias: device.try_zeros_like(&(Size(runs), outputs))?,
        };
        let fan_in = inputs.size() * width.size();
        random::fill_symmetric(&mut layer.weight, fan_in)?;
        random::fill_symmetric(&mut layer.bias, fan_in)?;
        Ok(layer)
    }
}

impl<I: ConstDim, O: ConstDim, K: ConstDim, E: Dtype, D: Device<E>> TensorCollection<E, D>
    for Conv1d<I, O, K, E, D>
{
    type To<E2: Dtype, D2: Device<E2>> = Conv1d<I, O, K, E2, D2>;

    fn iter_tensors<V: ModuleVisitor<Self, E, D>>(
        visitor: &mut V,
    ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        visitor.visit_fields(
            (
                Self::tensor(
                    "weight",
                    |s| &s.weight,
                    |s| &mut s.weight,
                    TensorOptions::reset_with(|_| Ok(())),
                ),
                Self::tensor("bias", |s| &s.bias, |s| &mut s.bias, TensorOptions::reset_with(|_| Ok(()))),
            ),
            |(weight, bias)| Conv1d { weight, bias },
        )
    }
}

/// A device that has convolution over time.
///
/// On [`Cpu`] it is one fused node of the tape; elsewhere it is composed of dfdx's primitives.
pub trait Conv1dKernel<E: Dtype>: Device<E> {
    /// The equation of [the module](self): `[runs, batch, L, I]` to `[runs, batch, L, O]`.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    fn conv1d<I: Dim, O: Dim, K: Dim, T: Tape<E, Self>>(
        input: Signals<I, E, Self, T>,
        layer: &Conv1d<I, O, K, E, Self>,
    ) -> Result<Signals<O, E, Self, T>, Self::Err>;

    /// The same, recorded on `tape`, where nobody wants the gradient of the input. It may be left out.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    fn conv1d_of_data<I: Dim, O: Dim, K: Dim, T: Tape<E, Self>>(
        input: Signals<I, E, Self>,
        tape: T,
        layer: &Conv1d<I, O, K, E, Self>,
    ) -> Result<Signals<O, E, Self, T>, Self::Err>;
}

impl<I: Dim, O: Dim, K: Dim, E: Dtype, D: Conv1dKernel<E>> Conv1d<I, O, K, E, D> {
    /// As [`Module::try_forward`] for data, whose gradient nobody wants: the first layer of a network. Recorded on
    /// `tape`.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    pub fn try_forward_data<T: Tape<E, D>>(
        &self,
        input: Signals<I, E, D>,
        tape: T,
    ) -> Result<Signals<O, E, D, T>, D::Err> {
        D::conv1d_of_data(input, tape, self)
    }
}

macro_rules! fused {
    ($($E:ty),*) => {$(
        impl Conv1dKernel<$E> for Cpu {
            fn conv1d<I: Dim, O: Dim, K: Dim, T: Tape<$E, Self>>(
                input: Signals<I, $E, Self, T>,
                layer: &Conv1d<I, O, K, $E, Self>,
            ) -> Result<Signals<O, $E, Self, T>, CpuError> {
                // Made contiguous on the tape: the gradient of a permuted view is stored in the view's own order.
                let (input, tape) = input.try_contiguous()?.split_tape();
                cpu::conv1d(Level::detected(), input, tape, layer, cpu::InputGradient::Wanted)
            }

            fn conv1d_of_data<I: Dim, O: Dim, K: Dim, T: Tape<$E, Self>>(
                input: Signals<I, $E, Self>,
                tape: T,
                layer: &Conv1d<I, O, K, $E, Self>,
            ) -> Result<Signals<O, $E, Self, T>, CpuError> {
                cpu::conv1d(Level::detected(), input, tape, layer, cpu::InputGradient::Unwanted)
            }
        }
    )*};
}
fused!(f32, f64);

#[cfg(feature = "cuda")]
impl<E: Dtype> Conv1dKernel<E> for Cuda
where
    Self: windows::WindowsKernel<E>,
{
    fn conv1d<I: Dim, O: Dim, K: Dim, T: Tape<E, Self>>(
        input: Signals<I, E, Self, T>,
        layer: &Conv1d<I, O, K, E, Self>,
    ) -> Result<Signals<O, E, Self, T>, Self::Err> {
        composed::conv1d(input, layer)
    }

    fn conv1d_of_data<I: Dim, O: Dim, K: Dim, T: Tape<E, Self>>(
        input: Signals<I, E, Self>,
        tape: T,
        layer: &Conv1d<I, O, K, E, Self>,
    ) -> Result<Signals<O, E, Self, T>, Self::Err> {
        composed::conv1d(input.put_tape(tape), layer)
    }
}

impl<I: Dim, O: Dim, K: Dim, E: Dtype, D: Conv1dKernel<E>, T: Tape<E, D>> Module<Signals<I, E, D, T>>
    for Conv1d<I, O, K, E, D>
{
    type Output = Signals<O, E, D, T>;
    type Error = D::Err;

    fn try_forward(&self, input: Signals<I, E, D, T>) -> Result<Self::Output, D::Err> {
        D::conv1d(input, self)
    }
}

impl<I: Dim, O: Dim, K: Dim, E: Dtype, D: Storage<E>> NonMutableModule for Conv1d<I, O, K, E, D> {}

#[cfg(test)]
mod tests;
