//! The LSTM layer (paper, sections 2.2 and 2.3), over sequences of unequal length.
//!
//! For a frame x_t, the state (h_{t-1}, c_{t-1}) of the step before, zero at first, and ⊙ element by element:
//!
//! ```text
//! z   = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh        four blocks of H rows: z_i, z_f, z_g, z_o
//! i   = σ(z_i)    f = σ(z_f)    g = tanh(z_g)    o = σ(z_o)
//! c_t = f ⊙ c_{t-1} + i ⊙ g
//! h_t = o ⊙ tanh(c_t)
//! ```
//!
//! S. Hochreiter and J. Schmidhuber, *Long Short-Term Memory*, Neural Computation 9(8), 1997; the forget gate f is
//! from F. A. Gers et al., *Learning to Forget*, 2000. Order of the gates, shapes and names of the weights and their
//! initialisation are those of [`torch.nn.LSTM`](https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html).

#[cfg(any(test, feature = "cuda"))]
mod composed;
mod cpu;
mod gates;
pub(in crate::nn) mod tensors;

use dfdx::prelude::*;

#[cfg(feature = "cuda")]
use super::DropoutKernel;
use super::kernels::Level;
use super::{Dropout, Packed, Rows};
use tensors::{layer_tensors, lstm_tensors};

/// The dimension of four blocks of `H` rows, one for each gate. (Stable Rust has no `Const<{ 4 * H }>`.)
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gates<const H: usize>;

impl<const H: usize> Dim for Gates<H> {
    fn size(&self) -> usize {
        4 * H
    }

    fn from_size(size: usize) -> Option<Self> {
        (size == 4 * H).then_some(Self)
    }
}

impl<const H: usize> ConstDim for Gates<H> {
    const SIZE: usize = 4 * H;
}

/// The weights of one layer.
#[derive(Debug, Clone)]
pub struct LstmLayer<const I: usize, const H: usize, E: Dtype, D: Storage<E>> {
    /// W_ih, `[4H, I]`.
    pub weight_ih: Tensor<(Gates<H>, Const<I>), E, D>,
    /// W_hh, `[4H, H]`.
    pub weight_hh: Tensor<(Gates<H>, Const<H>), E, D>,
    /// b_ih, `[4H]`.
    pub bias_ih: Tensor<(Gates<H>,), E, D>,
    /// b_hh, `[4H]`. Of no use beside b_ih; PyTorch has both, and Adam moves both.
    pub bias_hh: Tensor<(Gates<H>,), E, D>,
}

/// A device that has LSTM layers.
///
/// On [`Cpu`] a stack of them is one fused node of the tape; elsewhere it is composed of dfdx's primitives.
pub trait LstmKernel<E: Dtype>: Device<E> {
    /// h_t of the last layer for every frame: `[N, I]` to `[N, H]`, in packed order. Mask k of `dropout` falls
    /// between the layers k and k + 1.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    fn lstm<const I: usize, const H: usize, T: Tape<E, Self>>(
        input: Packed<I, E, Self, T>,
        first: &LstmLayer<I, H, E, Self>,
        rest: &[LstmLayer<H, H, E, Self>],
        dropout: Option<Dropout>,
    ) -> Result<Packed<H, E, Self, T>, Self::Err>;

    /// h_t of the last layer for the last frame of each sequence, zeros for an empty one: what
    /// [`Packed::try_ends`] makes of [`Self::lstm`], `[sequences, H]`.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    fn lstm_ends<const I: usize, const H: usize, T: Tape<E, Self>>(
        input: Packed<I, E, Self, T>,
        first: &LstmLayer<I, H, E, Self>,
        rest: &[LstmLayer<H, H, E, Self>],
        dropout: Option<Dropout>,
    ) -> Result<Rows<H, E, Self, T>, Self::Err> {
        Self::lstm(input, first, rest, dropout)?.try_ends()
    }
}

macro_rules! fused {
    ($($E:ty),*) => {$(
        impl LstmKernel<$E> for Cpu {
            fn lstm<const I: usize, const H: usize, T: Tape<$E, Self>>(
                input: Packed<I, $E, Self, T>,
                first: &LstmLayer<I, H, $E, Self>,
                rest: &[LstmLayer<H, H, $E, Self>],
                dropout: Option<Dropout>,
            ) -> Result<Packed<H, $E, Self, T>, CpuError> {
                cpu::stack(Level::detected(), input, first, rest, dropout)
            }

            fn lstm_ends<const I: usize, const H: usize, T: Tape<$E, Self>>(
                input: Packed<I, $E, Self, T>,
                first: &LstmLayer<I, H, $E, Self>,
                rest: &[LstmLayer<H, H, $E, Self>],
                dropout: Option<Dropout>,
            ) -> Result<Rows<H, $E, Self, T>, CpuError> {
                cpu::ends(Level::detected(), input, first, rest, dropout)
            }
        }
    )*};
}
fused!(f32, f64);

#[cfg(feature = "cuda")]
impl<E: Dtype> LstmKernel<E> for Cuda
where
    Self: DropoutKernel<E>,
{
    fn lstm<const I: usize, const H: usize, T: Tape<E, Self>>(
        input: Packed<I, E, Self, T>,
        first: &LstmLayer<I, H, E, Self>,
        rest: &[LstmLayer<H, H, E, Self>],
        dropout: Option<Dropout>,
    ) -> Result<Packed<H, E, Self, T>, Self::Err> {
        composed::stack(input, first, rest, dropout)
    }
}

/// What builds an [`Lstm`] with [`DeviceBuildExt::build_module`], as in [`dfdx::nn::builders`].
pub mod builder {
    /// `LAYERS` layers of `H` units over frames of `I` values.
    #[derive(Debug, Clone, Copy, Default)]
    pub struct Lstm<const I: usize, const H: usize, const LAYERS: usize = 1>;
}

impl<const I: usize, const H: usize, const LAYERS: usize, E: Dtype, D: Device<E>> BuildOnDevice<D, E>
    for builder::Lstm<I, H, LAYERS>
{
    type Built = Lstm<I, H, LAYERS, E, D>;
}

/// `LAYERS` LSTM layers, each over the outputs of the one before.
///
/// | tensor (k: layer, from 0) | shape | initialised |
/// |---|---|---|
/// | `weight_ih_l{k}` | `[4H, I]`, then `[4H, H]` | uniform on ±1/√H |
/// | `weight_hh_l{k}` | `[4H, H]` | uniform on ±1/√H |
/// | `bias_ih_l{k}`, `bias_hh_l{k}` | `[4H]` | uniform on ±1/√H |
///
/// As a [`Module`] it maps a batch without dropout, with or without a tape. As a [`ModuleMut`] it maps a batch and
/// its [`Dropout`] for training: masks 0 to `LAYERS - 2` fall between the layers.
///
/// ```
/// use dfdx::prelude::*;
/// use eegenre::nn::{Packed, lstm};
///
/// let device = Cpu::default();
/// let model = device.build_module::<lstm::builder::Lstm<8, 32>, f32>();
/// // One recording of three frames and one of two.
/// let batch = Packed::from_sequences(&device, &[vec![0.5; 24], vec![0.25; 16]])?;
/// let ends = model.forward(batch).ends();
/// assert_eq!(ends.shape(), &(2, Const::<32>));
/// # Ok::<(), eegenre::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Lstm<const I: usize, const H: usize, const LAYERS: usize, E: Dtype, D: Storage<E>> {
    /// Layer 0.
    pub first: LstmLayer<I, H, E, D>,
    /// Layers 1 to `LAYERS - 1`.
    pub rest: Vec<LstmLayer<H, H, E, D>>,
}

lstm_tensors!(Lstm, LstmLayer);

impl<const I: usize, const H: usize, const LAYERS: usize, E: Dtype, D: LstmKernel<E>>
    Lstm<I, H, LAYERS, E, D>
{
    /// The last layer's output at the last frame of each sequence, `[sequences, H]`, in the order in which the
    /// sequences were given; zeros for an empty one. As [`Packed::try_ends`] after a forward pass, with `dropout` as
    /// in a [`ModuleMut`], but on a [`Cpu`] without the outputs between, nor a gradient for each of them.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    pub fn try_ends<T: Tape<E, D>>(
        &self,
        input: Packed<I, E, D, T>,
        dropout: Option<Dropout>,
    ) -> Result<Rows<H, E, D, T>, D::Err> {
        D::lstm_ends(input, &self.first, &self.rest, dropout)
    }

    /// As [`Self::try_ends`].
    ///
    /// # Panics
    /// When the device cannot hold the result.
    #[must_use]
    pub fn ends<T: Tape<E, D>>(
        &self,
        input: Packed<I, E, D, T>,
        dropout: Option<Dropout>,
    ) -> Rows<H, E, D, T> {
        self.try_ends(input, dropout).expect("the device holds one frame of each sequence")
    }
}

impl<const I: usize, const H: usize, const LAYERS: usize, E: Dtype, D: LstmKernel<E>, T: Tape<E, D>>
    Module<Packed<I, E, D, T>> for Lstm<I, H, LAYERS, E, D>
{
    type Output = Packed<H, E, D, T>;
    type Error = D::Err;

    fn try_forward(&self, input: Packed<I, E, D, T>) -> Result<Self::Output, D::Err> {
        D::lstm(input, &self.first, &self.rest, None)
    }
}

impl<const I: usize, const H: usize, const LAYERS: usize, E: Dtype, D: LstmKernel<E>>
    ModuleMut<(Packed<I, E, D, OwnedTape<E, D>>, Dropout)> for Lstm<I, H, LAYERS, E, D>
{
    type Output = Packed<H, E, D, OwnedTape<E, D>>;
    type Error = D::Err;

    fn try_forward_mut(
        &mut self,
        (input, dropout): (Packed<I, E, D, OwnedTape<E, D>>, Dropout),
    ) -> Result<Self::Output, D::Err> {
        D::lstm(input, &self.first, &self.rest, Some(dropout))
    }
}

#[cfg(test)]
mod tests;
