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
#[cfg(any(test, feature = "cuda"))]
pub mod recur;

use dfdx::prelude::*;

use super::kernels::Level;
use super::{Dropout, Packed, Rows, Size, random};

/// The dimension of four blocks of `H` rows, one for each gate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gates<H>(
    /// The dimension of a block.
    pub H,
);

impl<H: Dim> Dim for Gates<H> {
    fn size(&self) -> usize {
        4 * self.0.size()
    }

    fn from_size(size: usize) -> Option<Self> {
        if size.is_multiple_of(4) { H::from_size(size / 4).map(Self) } else { None }
    }
}

impl<H: ConstDim> ConstDim for Gates<H> {
    const SIZE: usize = 4 * H::SIZE;
}

/// The weights of one layer.
#[derive(Debug, Clone)]
pub struct LstmLayer<I: Dim, H: Dim, E: Dtype, D: Storage<E>> {
    /// W_ih, `[runs, 4H, I]`.
    pub weight_ih: Tensor<(Size, Gates<H>, I), E, D>,
    /// W_hh, `[runs, 4H, H]`.
    pub weight_hh: Tensor<(Size, Gates<H>, H), E, D>,
    /// b_ih, `[runs, 4H]`.
    pub bias_ih: Tensor<(Size, Gates<H>), E, D>,
    /// b_hh, `[runs, 4H]`. Of no use beside b_ih; PyTorch has both, and Adam moves both.
    pub bias_hh: Tensor<(Size, Gates<H>), E, D>,
}

impl<I: Dim, H: Dim, E: Dtype, D: Device<E>> LstmLayer<I, H, E, D> {
    fn new(device: &D, runs: usize, inputs: I, units: H) -> Result<Self, D::Err> {
        let (runs, gates) = (Size(runs), Gates(units));
        let mut layer = Self {
            weight_ih: device.try_zeros_like(&(runs, gates, inputs))?,
            weight_hh: device.try_zeros_like(&(runs, gates, units))?,
            bias_ih: device.try_zeros_like(&(runs, gates))?,
            bias_hh: device.try_zeros_like(&(runs, gates))?,
        };
        random::fill_symmetric(&mut layer.weight_ih, units.size())?;
        random::fill_symmetric(&mut layer.weight_hh, units.size())?;
        random::fill_symmetric(&mut layer.bias_ih, units.size())?;
        random::fill_symmetric(&mut layer.bias_hh, units.size())?;
        Ok(layer)
    }
}

impl<I: Dim, H: Dim, E: Dtype, D: Storage<E>> LstmLayer<I, H, E, D> {
    /// I and H.
    fn sizes(&self) -> (I, H) {
        let (_, Gates(units), inputs) = *self.weight_ih.shape();
        (inputs, units)
    }
}

/// A device that has LSTM layers.
///
/// On [`Cpu`] a stack of them is one fused node of the tape; elsewhere it is composed of dfdx's primitives.
pub trait LstmKernel<E: Dtype>: Device<E> {
    /// h_t of the last layer for every frame: `[runs, rows, I]` to `[runs, rows, H]`, in packed order. Mask k of a run's
    /// dropout falls between its layers k and k + 1.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    fn lstm<I: Dim, H: Dim, T: Tape<E, Self>>(
        input: Packed<I, E, Self, T>,
        first: &LstmLayer<I, H, E, Self>,
        rest: &[LstmLayer<H, H, E, Self>],
        dropouts: Option<&[Dropout]>,
    ) -> Result<Packed<H, E, Self, T>, Self::Err>;

    /// h_t of the last layer for the last frame of each sequence: what [`Packed::try_ends`] makes of [`Self::lstm`],
    /// `[runs, batch, H]`.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    fn lstm_ends<I: Dim, H: Dim, T: Tape<E, Self>>(
        input: Packed<I, E, Self, T>,
        first: &LstmLayer<I, H, E, Self>,
        rest: &[LstmLayer<H, H, E, Self>],
        dropouts: Option<&[Dropout]>,
    ) -> Result<Rows<H, E, Self, T>, Self::Err> {
        Self::lstm(input, first, rest, dropouts)?.try_ends()
    }
}

macro_rules! fused {
    ($($E:ty),*) => {$(
        impl LstmKernel<$E> for Cpu {
            fn lstm<I: Dim, H: Dim, T: Tape<$E, Self>>(
                input: Packed<I, $E, Self, T>,
                first: &LstmLayer<I, H, $E, Self>,
                rest: &[LstmLayer<H, H, $E, Self>],
                dropouts: Option<&[Dropout]>,
            ) -> Result<Packed<H, $E, Self, T>, CpuError> {
                cpu::stack(Level::detected(), input, first, rest, dropouts)
            }

            fn lstm_ends<I: Dim, H: Dim, T: Tape<$E, Self>>(
                input: Packed<I, $E, Self, T>,
                first: &LstmLayer<I, H, $E, Self>,
                rest: &[LstmLayer<H, H, $E, Self>],
                dropouts: Option<&[Dropout]>,
            ) -> Result<Rows<H, $E, Self, T>, CpuError> {
                cpu::ends(Level::detected(), input, first, rest, dropouts)
            }
        }
    )*};
}
fused!(f32, f64);

#[cfg(feature = "cuda")]
impl<E: Dtype> LstmKernel<E> for Cuda
where
    Self: super::DropoutKernel<E> + recur::RecurKernel<E>,
{
    fn lstm<I: Dim, H: Dim, T: Tape<E, Self>>(
        input: Packed<I, E, Self, T>,
        first: &LstmLayer<I, H, E, Self>,
        rest: &[LstmLayer<H, H, E, Self>],
        dropouts: Option<&[Dropout]>,
    ) -> Result<Packed<H, E, Self, T>, Self::Err> {
        composed::stack(input, first, rest, dropouts)
    }
}

/// `LAYERS` LSTM layers of `H` units, each over the outputs of the one before, the first over frames of `I` values.
///
/// | tensor (k: layer, from 0) | shape in each run | initialised |
/// |---|---|---|
/// | `weight_ih_l{k}` | `[4H, I]`, then `[4H, H]` | uniform on ±1/√H |
/// | `weight_hh_l{k}` | `[4H, H]` | uniform on ±1/√H |
/// | `bias_ih_l{k}`, `bias_hh_l{k}` | `[4H]` | uniform on ±1/√H |
///
/// As a [`Module`] it maps batches without dropout, with or without a tape. As a [`ModuleMut`] it maps batches and
/// a [`Dropout`] of each run for training: masks 0 to `LAYERS - 2` fall between the layers.
///
/// ```
/// use dfdx::prelude::*;
/// use eegenre::nn::{Lstm, Packed, Size};
///
/// let device = Cpu::default();
/// let lstm: Lstm<_, _, 1, f32, _> = Lstm::new(&device, 1, Const::<8>, Const::<32>)?;
/// // One recording of three frames and one of two.
/// let batch = Packed::from_sequences(&device, Const, &[[vec![0.5; 24], vec![0.25; 16]]])?;
/// let ends = lstm.forward(batch).ends();
/// assert_eq!(ends.shape(), &(Size(1), 2, Const::<32>));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Lstm<I: Dim, H: Dim, const LAYERS: usize, E: Dtype, D: Storage<E>> {
    /// Layer 0.
    pub first: LstmLayer<I, H, E, D>,
    /// Layers 1 to `LAYERS - 1`.
    pub rest: Vec<LstmLayer<H, H, E, D>>,
}

/// Tensors of the layer `$layer` of the module `$s`, from their names.
macro_rules! layer_tensors {
    ($names:expr, |$s:ident| $layer:expr, $($weight:ident),*) => {{
        let [$($weight),*] = $names;
        ($(Self::tensor(
            $weight,
            move |$s| &$layer.$weight,
            move |$s| &mut $layer.$weight,
            TensorOptions::reset_with(|_| Ok(())),
        ),)*)
    }};
}

impl<I: ConstDim, H: ConstDim, const LAYERS: usize, E: Dtype, D: Device<E>> TensorCollection<E, D>
    for Lstm<I, H, LAYERS, E, D>
{
    type To<E2: Dtype, D2: Device<E2>> = Lstm<I, H, LAYERS, E2, D2>;

    fn iter_tensors<V: ModuleVisitor<Self, E, D>>(
        visitor: &mut V,
    ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        // PyTorch's names stand directly in the module, so the layers are no modules of their own.
        let names = |k: usize| {
            ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map(|weight| format!("{weight}_l{k}"))
        };
        let first = names(0);
        let rest: Vec<[String; 4]> = (1..LAYERS).map(names).collect();
        let first = layer_tensors!(&first, |s| s.first, weight_ih, weight_hh, bias_ih, bias_hh);
        let rest = rest
            .iter()
            .enumerate()
            .map(|(k, names)| layer_tensors!(names, |s| s.rest[k], weight_ih, weight_hh, bias_ih, bias_hh));
        visitor.visit_fields((first, rest.collect::<Vec<_>>()), |(first, rest)| {
            let (weight_ih, weight_hh, bias_ih, bias_hh) = first;
            let first = LstmLayer { weight_ih, weight_hh, bias_ih, bias_hh };
            let layer = |(weight_ih, weight_hh, bias_ih, bias_hh)| LstmLayer {
                weight_ih,
                weight_hh,
                bias_ih,
                bias_hh,
            };
            Lstm { first, rest: rest.into_iter().map(layer).collect() }
        })
    }
}

impl<I: Dim, H: Dim, const LAYERS: usize, E: Dtype, D: Device<E>> Lstm<I, H, LAYERS, E, D> {
    /// With initial weights, for so many runs.
    ///
    /// # Errors
    /// When the device cannot hold them.
    pub fn new(device: &D, runs: usize, inputs: I, units: H) -> Result<Self, D::Err> {
        let first = LstmLayer::new(device, runs, inputs, units)?;
        let rest = (1..LAYERS).map(|_| LstmLayer::new(device, runs, units, units));
        Ok(Self { first, rest: rest.collect::<Result<_, _>>()? })
    }
}

impl<I: Dim, H: Dim, const LAYERS: usize, E: Dtype, D: LstmKernel<E>> Lstm<I, H, LAYERS, E, D> {
    /// The last layer's output at the last frame of each sequence, `[runs, batch, H]`, in the order in which the
    /// sequences were given. As [`Packed::try_ends`] after a forward pass, with a dropout of each run as
    /// in a [`ModuleMut`], but on a [`Cpu`] without the outputs between, nor a gradient for each of them.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    pub fn try_ends<T: Tape<E, D>>(
        &self,
        input: Packed<I, E, D, T>,
        dropouts: Option<&[Dropout]>,
    ) -> Result<Rows<H, E, D, T>, D::Err> {
        D::lstm_ends(input, &self.first, &self.rest, dropouts)
    }

    /// As [`Self::try_ends`].
    ///
    /// # Panics
    /// When the device cannot hold the result.
    #[must_use]
    pub fn ends<T: Tape<E, D>>(
        &self,
        input: Packed<I, E, D, T>,
        dropouts: Option<&[Dropout]>,
    ) -> Rows<H, E, D, T> {
        self.try_ends(input, dropouts).expect("the device holds one frame of each sequence")
    }
}

impl<I: Dim, H: Dim, const LAYERS: usize, E: Dtype, D: LstmKernel<E>, T: Tape<E, D>>
    Module<Packed<I, E, D, T>> for Lstm<I, H, LAYERS, E, D>
{
    type Output = Packed<H, E, D, T>;
    type Error = D::Err;

    fn try_forward(&self, input: Packed<I, E, D, T>) -> Result<Self::Output, D::Err> {
        D::lstm(input, &self.first, &self.rest, None)
    }
}

impl<I: Dim, H: Dim, const LAYERS: usize, E: Dtype, D: LstmKernel<E>>
    ModuleMut<(Packed<I, E, D, OwnedTape<E, D>>, &[Dropout])> for Lstm<I, H, LAYERS, E, D>
{
    type Output = Packed<H, E, D, OwnedTape<E, D>>;
    type Error = D::Err;

    fn try_forward_mut(
        &mut self,
        (input, dropouts): (Packed<I, E, D, OwnedTape<E, D>>, &[Dropout]),
    ) -> Result<Self::Output, D::Err> {
        D::lstm(input, &self.first, &self.rest, Some(dropouts))
    }
}

#[cfg(test)]
mod tests;
