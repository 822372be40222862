//! Convolution over time (paper, section 2.4: 32 kernels in every layer), with stride 1.
//!
//! For an input x of `I` channels, zero beyond both ends, `O` kernels w of width `K`, and a padding of `P`:
//!
//! ```text
//! y[t, o] = b[o] + Σ_k Σ_i w[o, i, k] · x[t + k - P, i]        0 ≤ t < L + 2P - K + 1
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
pub mod windows;

use dfdx::prelude::*;

use super::kernels::Level;
use super::random;

/// A batch of signals of `C` channels: `[batch, length, channels]`.
pub type Signals<const C: usize, E, D, T = NoneTape> = Tensor<(usize, usize, Const<C>), E, D, T>;

/// What builds a [`Conv1d`] with [`DeviceBuildExt::build_module`], as in [`dfdx::nn::builders`].
pub mod builder {
    /// `O` kernels of width `K` over `I` channels, padding `P` at both ends.
    #[derive(Debug, Clone, Copy, Default)]
    pub struct Conv1d<const I: usize, const O: usize, const K: usize, const P: usize>;
}

impl<const I: usize, const O: usize, const K: usize, const P: usize, E: Dtype, D: Device<E>>
    BuildOnDevice<D, E> for builder::Conv1d<I, O, K, P>
{
    type Built = Conv1d<I, O, K, P, E, D>;
}

/// `O` kernels of width `K` over `I` channels, padding `P` at both ends: `[batch, L, I]` to
/// `[batch, L + 2P - K + 1, O]`.
///
/// ```
/// use dfdx::prelude::*;
/// use eegenre::nn::conv1d::{self, Signals};
///
/// let device = Cpu::default();
/// let model = device.build_module::<conv1d::builder::Conv1d<8, 32, 3, 1>, f32>();
/// // A slice of 960 samples in frames of 8.
/// let slice: Signals<8, f32, _> = device.zeros_like(&(1, 120, Const));
/// assert_eq!(model.forward(slice).shape(), &(1, 120, Const::<32>));
/// ```
#[derive(Debug, Clone)]
pub struct Conv1d<const I: usize, const O: usize, const K: usize, const P: usize, E: Dtype, D: Storage<E>> {
    /// w, `[O, I, K]`; initially uniform on ±1/√(I K).
    pub weight: Tensor<Rank3<O, I, K>, E, D>,
    /// b, `[O]`; initially uniform on ±1/√(I K).
    pub bias: Tensor<Rank1<O>, E, D>,
}

impl<const I: usize, const O: usize, const K: usize, const P: usize, E: Dtype, D: Device<E>>
    TensorCollection<E, D> for Conv1d<I, O, K, P, E, D>
{
    type To<E2: Dtype, D2: Device<E2>> = Conv1d<I, O, K, P, E2, D2>;

    fn iter_tensors<V: ModuleVisitor<Self, E, D>>(
        visitor: &mut V,
    ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        visitor.visit_fields(
            (
                Self::tensor(
                    "weight",
                    |s| &s.weight,
                    |s| &mut s.weight,
                    TensorOptions::reset_with(|weight| random::fill_symmetric(weight, I * K)),
                ),
                Self::tensor(
                    "bias",
                    |s| &s.bias,
                    |s| &mut s.bias,
                    TensorOptions::reset_with(|bias| random::fill_symmetric(bias, I * K)),
                ),
            ),
            |(weight, bias)| Conv1d { weight, bias },
        )
    }
}

/// A device that has convolution over time.
///
/// On [`Cpu`] it is one fused node of the tape; elsewhere it is composed of dfdx's primitives.
pub trait Conv1dKernel<E: Dtype>: Device<E> {
    /// The equation of [the module](self): `[batch, L, I]` to `[batch, L + 2P - K + 1, O]`.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    ///
    /// # Panics
    /// If the padded signal is shorter than a kernel.
    fn conv1d<const I: usize, const O: usize, const K: usize, const P: usize, T: Tape<E, Self>>(
        input: Signals<I, E, Self, T>,
        layer: &Conv1d<I, O, K, P, E, Self>,
    ) -> Result<Signals<O, E, Self, T>, Self::Err>;

    /// The same, recorded on `tape`, where nobody wants the gradient of the input. It may be left out.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    ///
    /// # Panics
    /// If the padded signal is shorter than a kernel.
    fn conv1d_of_data<const I: usize, const O: usize, const K: usize, const P: usize, T: Tape<E, Self>>(
        input: Signals<I, E, Self>,
        tape: T,
        layer: &Conv1d<I, O, K, P, E, Self>,
    ) -> Result<Signals<O, E, Self, T>, Self::Err>;
}

impl<const I: usize, const O: usize, const K: usize, const P: usize, E: Dtype, D: Conv1dKernel<E>>
    Conv1d<I, O, K, P, E, D>
{
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
            fn conv1d<const I: usize, const O: usize, const K: usize, const P: usize, T: Tape<$E, Self>>(
                input: Signals<I, $E, Self, T>,
                layer: &Conv1d<I, O, K, P, $E, Self>,
            ) -> Result<Signals<O, $E, Self, T>, CpuError> {
                // Made contiguous on the tape: the gradient of a permuted view is stored in the view's own order.
                let (input, tape) = input.try_contiguous()?.split_tape();
                cpu::conv1d(Level::detected(), input, tape, layer, cpu::InputGradient::Wanted)
            }

            fn conv1d_of_data<
                const I: usize,
                const O: usize,
                const K: usize,
                const P: usize,
                T: Tape<$E, Self>,
            >(
                input: Signals<I, $E, Self>,
                tape: T,
                layer: &Conv1d<I, O, K, P, $E, Self>,
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
    fn conv1d<const I: usize, const O: usize, const K: usize, const P: usize, T: Tape<E, Self>>(
        input: Signals<I, E, Self, T>,
        layer: &Conv1d<I, O, K, P, E, Self>,
    ) -> Result<Signals<O, E, Self, T>, Self::Err> {
        composed::conv1d(input, layer)
    }

    fn conv1d_of_data<const I: usize, const O: usize, const K: usize, const P: usize, T: Tape<E, Self>>(
        input: Signals<I, E, Self>,
        tape: T,
        layer: &Conv1d<I, O, K, P, E, Self>,
    ) -> Result<Signals<O, E, Self, T>, Self::Err> {
        composed::conv1d(input.put_tape(tape), layer)
    }
}

/// Length of the output for an input of `length`.
///
/// # Panics
/// If the padded signal is shorter than a kernel.
fn output_length<const K: usize, const P: usize>(length: usize) -> usize {
    assert!(length + 2 * P >= K, "a signal of {length} values padded by {P} is shorter than a kernel of {K}");
    length + 2 * P - K + 1
}

impl<
    const I: usize,
    const O: usize,
    const K: usize,
    const P: usize,
    E: Dtype,
    D: Conv1dKernel<E>,
    T: Tape<E, D>,
> Module<Signals<I, E, D, T>> for Conv1d<I, O, K, P, E, D>
{
    type Output = Signals<O, E, D, T>;
    type Error = D::Err;

    fn try_forward(&self, input: Signals<I, E, D, T>) -> Result<Self::Output, D::Err> {
        D::conv1d(input, self)
    }
}

impl<const I: usize, const O: usize, const K: usize, const P: usize, E: Dtype, D: Storage<E>> NonMutableModule
    for Conv1d<I, O, K, P, E, D>
{
}

#[cfg(test)]
mod tests;
