//! LSTM layers and a head of linear layers: what the paper's baseline (2.2) and multi-layer network (2.3) share.
//!
//! ```text
//! frames ─► LSTM × LAYERS ─► output at the true end ─► dropout
//!        ─► fc1 ─► ReLU ─► dropout ─► fc2 ─► ReLU ─► dropout ─► fc3 ─► ReLU ─► dropout ─► out ─► logits
//! ```

use dfdx::nn::modules::Linear;
use dfdx::prelude::*;

use super::architecture::{Architecture, Kind, Layer, Shape};
use super::{
    GENRES, HalfLife, Logits, LookBack, Model, Network, NetworkDevice, check_frames, contiguous,
    device_failed, runs,
};
use crate::error::{Error, Result};
use crate::nn::{Dropout, Lstm, Packed, Relu, Rows, visit_modules};
use crate::preparation::{Frames, Signal};

/// What builds a [`Recurrent`] with [`DeviceBuildExt::build_module`], as in [`dfdx::nn::builders`].
pub mod builder {
    /// `LAYERS` LSTM layers of `H` units over frames of `I` values, then linear layers of `H`, `B` and `H` units.
    #[derive(Debug, Clone, Copy, Default)]
    pub struct Recurrent<const I: usize, const H: usize, const LAYERS: usize, const B: usize>;
}

impl<const I: usize, const H: usize, const LAYERS: usize, const B: usize, D: Device<f32>>
    BuildOnDevice<D, f32> for builder::Recurrent<I, H, LAYERS, B>
{
    type Built = Recurrent<I, H, LAYERS, B, f32, D>;
}

impl<const I: usize, const H: usize, const LAYERS: usize, const B: usize>
    builder::Recurrent<I, H, LAYERS, B>
{
    /// The layers of what it builds, which is known as `model`.
    #[must_use]
    pub fn architecture(model: Model) -> Architecture {
        let lstm = (1..=LAYERS).map(|layer| {
            let inputs = if layer == 1 { I } else { H };
            // Four gates, each with weights for the frame and the state and with two biases.
            let parameters = 4 * H * (inputs + H + 2);
            let output = Shape::Signal { values: H };
            let lstm = Layer::new(Some("lstm"), Kind::Lstm { layer }, output, parameters);
            // What the last layer drops is dropped at the true end only.
            if layer < LAYERS { lstm.then_dropout() } else { lstm }
        });
        let head = [
            Layer::new(None, Kind::TrueEnd, Shape::Vector { values: H }, 0).then_dropout(),
            Layer::linear("fc1", H, H).then_relu().then_dropout(),
            Layer::linear("fc2", H, B).then_relu().then_dropout(),
            Layer::linear("fc3", B, H).then_relu().then_dropout(),
            Layer::linear("out", H, GENRES),
        ];
        Architecture { model, input: Shape::Signal { values: I }, layers: lstm.chain(head).collect() }
    }
}

/// `LAYERS` LSTM layers of `H` units over frames of `I` values, then linear layers of `H`, `B` and `H` units and an
/// output for each genre.
///
/// As a [`Module`] it maps [`Packed`] sequences to logits, `[sequences, 3]`, without dropout. As a [`ModuleMut`] it
/// maps sequences and their [`Dropout`] for training: masks 0 to `LAYERS - 2` fall between the LSTM layers, the next
/// one on the LSTM's output, the last three behind the linear layers.
#[derive(Debug, Clone)]
pub struct Recurrent<
    const I: usize,
    const H: usize,
    const LAYERS: usize,
    const B: usize,
    E: Dtype,
    D: Storage<E>,
> {
    /// The LSTM layers.
    pub lstm: Lstm<I, H, LAYERS, E, D>,
    /// First linear layer.
    pub fc1: Linear<H, H, E, D>,
    /// Second linear layer.
    pub fc2: Linear<H, B, E, D>,
    /// Third linear layer.
    pub fc3: Linear<B, H, E, D>,
    /// Output layer.
    pub out: Linear<H, GENRES, E, D>,
}

impl<const I: usize, const H: usize, const LAYERS: usize, const B: usize, D: Device<f32>>
    TensorCollection<f32, D> for Recurrent<I, H, LAYERS, B, f32, D>
{
    type To<E2: Dtype, D2: Device<E2>> = Recurrent<I, H, LAYERS, B, E2, D2>;

    fn iter_tensors<V: ModuleVisitor<Self, f32, D>>(
        visitor: &mut V,
    ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        visit_modules!(visitor, Recurrent { lstm, fc1, fc2, fc3, out })
    }
}

impl<const I: usize, const H: usize, const LAYERS: usize, const B: usize, D: NetworkDevice>
    Recurrent<I, H, LAYERS, B, f32, D>
{
    /// Outputs at the true ends to logits.
    fn head<T: Tape<f32, D>>(
        &self,
        ends: Rows<H, f32, D, T>,
        dropout: Option<Dropout>,
    ) -> Result<Logits<D, T>, D::Err> {
        // The LSTM has used up the masks between its layers.
        let first = LAYERS as u64 - 1;
        let x = dropped(dropout, first, ends)?;
        let x = dropped(dropout, first + 1, Relu.try_forward(self.fc1.try_forward(x)?)?)?;
        let x = dropped(dropout, first + 2, Relu.try_forward(self.fc2.try_forward(x)?)?)?;
        let x = dropped(dropout, first + 3, Relu.try_forward(self.fc3.try_forward(x)?)?)?;
        self.out.try_forward(x)
    }
}

fn dropped<const N: usize, D: NetworkDevice, T: Tape<f32, D>>(
    dropout: Option<Dropout>,
    mask: u64,
    x: Rows<N, f32, D, T>,
) -> Result<Rows<N, f32, D, T>, D::Err> {
    match dropout {
        Some(dropout) => dropout.try_apply(mask, x),
        None => Ok(x),
    }
}

impl<const I: usize, const H: usize, const LAYERS: usize, const B: usize, D: NetworkDevice, T: Tape<f32, D>>
    Module<Packed<I, f32, D, T>> for Recurrent<I, H, LAYERS, B, f32, D>
{
    type Output = Logits<D, T>;
    type Error = D::Err;

    fn try_forward(&self, input: Packed<I, f32, D, T>) -> Result<Self::Output, D::Err> {
        self.head(self.lstm.try_ends(input, None)?, None)
    }
}

impl<const I: usize, const H: usize, const LAYERS: usize, const B: usize, D: NetworkDevice>
    ModuleMut<(Packed<I, f32, D, OwnedTape<f32, D>>, Dropout)> for Recurrent<I, H, LAYERS, B, f32, D>
{
    type Output = Logits<D, OwnedTape<f32, D>>;
    type Error = D::Err;

    fn try_forward_mut(
        &mut self,
        (input, dropout): (Packed<I, f32, D, OwnedTape<f32, D>>, Dropout),
    ) -> Result<Self::Output, D::Err> {
        self.head(self.lstm.try_ends(input, Some(dropout))?, Some(dropout))
    }
}

impl<const I: usize, const H: usize, const LAYERS: usize, const B: usize, D: NetworkDevice> Network<D>
    for Recurrent<I, H, LAYERS, B, f32, D>
{
    type Example = Frames;
    type Runs = runs::Recurrent<I, H, LAYERS, B, f32, D>;

    fn examples(signals: &[Signal]) -> Result<Vec<Frames>> {
        Error::gather(signals.iter().map(|signal| Frames::of(signal, I)))
    }

    fn logits(&self, device: &D, batch: &[&Frames]) -> Result<Logits<D>> {
        self.try_forward(packed(device, batch)?).map_err(device_failed)
    }

    fn training_logits(
        &mut self,
        device: &D,
        batch: &[&Frames],
        gradients: Gradients<f32, D>,
        dropout: Dropout,
    ) -> Result<Logits<D, OwnedTape<f32, D>>> {
        let input = packed(device, batch)?.traced(gradients);
        self.try_forward_mut((input, dropout)).map_err(device_failed)
    }

    fn look_back(&self, device: &D, examples: &[&Frames]) -> Result<LookBack> {
        let batch: Packed<I, f32, D> = packed(device, examples)?;
        let squares = self.squared_gradients(device, &batch).map_err(device_failed)?;
        let packing = batch.packing();
        let sizes: Vec<Vec<f64>> = (packing.lengths().iter().enumerate())
            .map(|(sequence, length)| {
                let rows = (0..*length).rev().filter_map(|step| packing.row(sequence, step));
                rows.map(|row| squares[row * I..][..I].iter().sum::<f64>().sqrt()).collect()
            })
            .collect();
        let gates = self.lstm.try_forget_gates(batch).map_err(device_failed)?;
        let half_lives = gates.iter().map(|gates| HalfLife::of(&gates.as_vec(), H)).collect();
        Ok(LookBack::of(&sizes, half_lives))
    }
}

impl<const I: usize, const H: usize, const LAYERS: usize, const B: usize, D: NetworkDevice>
    Recurrent<I, H, LAYERS, B, f32, D>
{
    /// The squared gradients of the outputs to each value of a batch, summed over outputs: `[frames, I]` in packed order.
    fn squared_gradients(&self, device: &D, batch: &Packed<I, f32, D>) -> Result<Vec<f64>, D::Err> {
        let (frames, sequences) = (batch.frames(), batch.packing().lengths().len());
        let mut squares = vec![0.0; batch.packing().frames() * I];
        for output in 0..GENRES {
            let logits = self.try_forward(batch.clone().leaky_traced())?;
            let mut is_own = [0.0; GENRES];
            is_own[output] = 1.0;
            let of_output: Logits<D> =
                device.try_tensor_from_vec(is_own.repeat(sequences), (sequences, Const))?;
            let gradients = logits.try_mul(of_output)?.try_sum::<Rank0, _>()?.try_backward()?;
            for (square, gradient) in squares.iter_mut().zip(gradients.get(frames).as_vec()) {
                *square += f64::from(gradient).powi(2);
            }
        }
        Ok(squares)
    }
}

/// Whole signals as one batch, none padded.
fn packed<const I: usize, D: Device<f32>>(device: &D, batch: &[&Frames]) -> Result<Packed<I, f32, D>> {
    check_frames(batch, I)?;
    let sequences: Vec<&[f32]> = batch.iter().map(|frames| contiguous(frames.values())).collect();
    Packed::from_sequences(device, &sequences)
}
