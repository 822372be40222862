//! The CNN (paper, section 2.4, Figure 6): residual blocks over slices of 960 samples, which vote.
//!
//! ```text
//! layer                               output        parameters
//! slice, 8 channels of 120 frames     [120,  8]
//! convolution, 32 kernels    (stem)   [120, 32]       32 ·  8 · 3 + 32        =   800
//! residual block           (block1)   [120, 32]   2 · (32 · 32 · 3 + 32 + 64) =  6336
//! max-pooling by 2                    [ 60, 32]
//! residual block           (block2)   [ 60, 32]                                  6336
//! max-pooling by 2                    [ 30, 32]
//! residual block           (block3)   [ 30, 32]                                  6336
//! average over time                   [32]
//! linear                      (out)   [3]             32 · 3 + 3              =    99
//!                                                                         sum   19907
//! ```
//!
//! # Differences from the paper
//! - The paper leaves open how wide its kernels are: 3, with a zero at both ends, so that a block keeps the length.
//! - It leaves open how a slice becomes channels: the 8 samples of a frame are 8 channels, as they are 8 inputs of the
//!   LSTMs. `Cnn<f32, D, 1>` reads 1 channel of 960 samples.
//! - Initialisation is not stated: PyTorch's, uniform on ±1/√n.

use std::collections::BTreeSet;

use dfdx::nn::modules::Linear;
use dfdx::prelude::*;

use super::architecture::{Architecture, Kind, Layer, Shape};
use super::{
    GENRES, Logits, LookBack, Model, Network, NetworkDevice, check_frames, contiguous, device_failed, runs,
};
use crate::error::{Error, Fault, Place, Result};
use crate::nn::{Conv1d, Dropout, GlobalAveragePool, MaxPool1d, ResidualBlock, Rows, Signals, visit_modules};
use crate::paper::{self, cnn};
use crate::preparation::{Signal, Slice, Slicing};

/// Channels of every layer.
pub(super) const CHANNELS: usize = cnn::CHANNELS;

/// Pooling between blocks.
pub(super) const POOL: MaxPool1d<{ cnn::POOL }> = MaxPool1d;

/// What builds a [`Cnn`] with [`DeviceBuildExt::build_module`], as in [`dfdx::nn::builders`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Builder<
    const I: usize = { paper::FRAME },
    const K: usize = { cnn::KERNEL },
    const P: usize = { cnn::PADDING },
>;

impl<const I: usize, const K: usize, const P: usize, D: Device<f32>> BuildOnDevice<D, f32>
    for Builder<I, K, P>
{
    type Built = Cnn<f32, D, I, K, P>;
}

impl<const I: usize, const K: usize, const P: usize> Builder<I, K, P> {
    /// The layers of what it builds, over slices of the paper's length.
    #[must_use]
    pub fn architecture() -> Architecture {
        let frames = paper::SLICE / I;
        let at = |frames| Shape::Slice { frames, values: CHANNELS };
        // 2P + 1 = K, which the residual blocks need to compile: no convolution changes the length.
        let convolution = |name, inputs, frames| {
            let parameters = CHANNELS * inputs * K + CHANNELS;
            Layer::new(Some(name), Kind::Convolution { kernel: K, padding: P }, at(frames), parameters)
        };
        let block = |name, frames| {
            let norm = |name| Layer::new(Some(name), Kind::BatchNorm, at(frames), 2 * CHANNELS);
            let inside = vec![
                convolution("conv1", CHANNELS, frames),
                norm("norm1").then_relu(),
                convolution("conv2", CHANNELS, frames),
                norm("norm2").then_relu(),
            ];
            let parameters = inside.iter().map(|layer| layer.parameters).sum();
            let block = Layer::new(Some(name), Kind::ResidualBlock, at(frames), parameters).then_relu();
            Layer { inside, ..block }
        };
        let pool = |frames| Layer::new(None, Kind::MaxPool { width: cnn::POOL }, at(frames / cnn::POOL), 0);
        let (half, quarter) = (frames / cnn::POOL, frames / cnn::POOL / cnn::POOL);
        let layers = vec![
            convolution("stem", I, frames),
            block("block1", frames),
            pool(frames),
            block("block2", half),
            pool(half),
            block("block3", quarter),
            Layer::new(None, Kind::AveragePool, Shape::Vector { values: CHANNELS }, 0),
            Layer::linear("out", CHANNELS, GENRES),
        ];
        Architecture { model: Model::Cnn, input: Shape::Slice { frames, values: I }, layers }
    }
}

/// The paper's CNN over slices with frames of `I` samples; kernels are `K` wide, with `P = (K - 1) / 2` zeros at both
/// ends.
///
/// As a [`Module`] it maps slices, `[batch, frames, I]`, to logits, `[batch, 3]`, with the running statistics of its
/// normalisations. As a [`ModuleMut`] it maps slices with a tape, with the statistics of the batch.
///
/// ```
/// use dfdx::prelude::*;
/// use eegenre::models::builder;
///
/// let network = Cpu::default().build_module::<builder::Cnn, f32>();
/// assert_eq!(network.num_trainable_params(), 19_907);
/// ```
#[derive(Debug, Clone)]
pub struct Cnn<
    E: Dtype,
    D: Storage<E>,
    const I: usize = { paper::FRAME },
    const K: usize = { cnn::KERNEL },
    const P: usize = { cnn::PADDING },
> {
    /// The first convolution.
    pub stem: Conv1d<I, CHANNELS, K, P, E, D>,
    /// The first residual block.
    pub block1: ResidualBlock<CHANNELS, K, P, E, D>,
    /// The second one.
    pub block2: ResidualBlock<CHANNELS, K, P, E, D>,
    /// The third one.
    pub block3: ResidualBlock<CHANNELS, K, P, E, D>,
    /// Output layer.
    pub out: Linear<CHANNELS, GENRES, E, D>,
}

impl<const I: usize, const K: usize, const P: usize, D: Device<f32>> TensorCollection<f32, D>
    for Cnn<f32, D, I, K, P>
{
    type To<E2: Dtype, D2: Device<E2>> = Cnn<E2, D2, I, K, P>;

    fn iter_tensors<V: ModuleVisitor<Self, f32, D>>(
        visitor: &mut V,
    ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        visit_modules!(visitor, Cnn { stem, block1, block2, block3, out })
    }
}

impl<const I: usize, const K: usize, const P: usize, D: NetworkDevice> Module<Signals<I, f32, D>>
    for Cnn<f32, D, I, K, P>
{
    type Output = Logits<D>;
    type Error = D::Err;

    fn try_forward(&self, slices: Signals<I, f32, D>) -> Result<Self::Output, D::Err> {
        let means: Rows<CHANNELS, f32, D> = GlobalAveragePool.try_forward(self.units(slices)?)?;
        self.out.try_forward(means)
    }
}

impl<const I: usize, const K: usize, const P: usize, D: NetworkDevice> Cnn<f32, D, I, K, P> {
    /// The units that are averaged over time, `[batch, frames / 4, 32]`.
    fn units(&self, slices: Signals<I, f32, D>) -> Result<Signals<CHANNELS, f32, D>, D::Err> {
        let x = self.stem.try_forward(slices)?;
        let x = POOL.try_forward(self.block1.try_forward(x)?)?;
        let x = POOL.try_forward(self.block2.try_forward(x)?)?;
        self.block3.try_forward(x)
    }

    /// How far the units in the middle of a slice move when one frame of the slice does, frame by frame from the first. A
    /// frame moves by a tenth of the standard deviation of the slice's values.
    fn movements(&self, device: &D, slice: &Slice) -> Result<Vec<f64>> {
        let frames = slice.values.nrows();
        // A slice that does not vary has no scale of its own.
        let step = (0.1 * slice.values.std(0.0)).max(1e-3);
        let mut moved: Vec<Slice> = vec![slice.clone(); frames + 1];
        for (frame, moved) in moved.iter_mut().take(frames).enumerate() {
            moved.values.row_mut(frame).mapv_inplace(|value| value + step);
        }
        let batch: Vec<&Slice> = moved.iter().collect();
        let units = self.units(stacked(device, &batch)?).map_err(device_failed)?;
        let (times, units) = (units.shape().1, units.as_vec());
        let middle = |example: usize| &units[(example * times + times / 2) * CHANNELS..][..CHANNELS];
        let distance = |example: usize| {
            let pairs = middle(example).iter().zip(middle(frames));
            pairs.map(|(one, other)| f64::from(one - other).powi(2)).sum::<f64>().sqrt()
        };
        Ok((0..frames).map(distance).collect())
    }
}

impl<const I: usize, const K: usize, const P: usize, D: NetworkDevice>
    ModuleMut<Signals<I, f32, D, OwnedTape<f32, D>>> for Cnn<f32, D, I, K, P>
{
    type Output = Logits<D, OwnedTape<f32, D>>;
    type Error = D::Err;

    fn try_forward_mut(
        &mut self,
        slices: Signals<I, f32, D, OwnedTape<f32, D>>,
    ) -> Result<Self::Output, D::Err> {
        // Nobody asks for the gradient of a recording.
        let (slices, tape) = slices.split_tape();
        let x = self.stem.try_forward_data(slices, tape)?;
        let x = POOL.try_forward(self.block1.try_forward_mut(x)?)?;
        let x = POOL.try_forward(self.block2.try_forward_mut(x)?)?;
        let means: Rows<CHANNELS, f32, D, _> =
            GlobalAveragePool.try_forward(self.block3.try_forward_mut(x)?)?;
        self.out.try_forward(means)
    }
}

impl<const I: usize, const K: usize, const P: usize, D: NetworkDevice> Network<D> for Cnn<f32, D, I, K, P> {
    type Example = Slice;
    type Runs = runs::Cnn<f32, D, I, K, P>;

    fn examples(signals: &[Signal]) -> Result<Vec<Slice>> {
        Slicing::new(I, paper::SLICE, paper::HOP)?.all_slices(signals)
    }

    fn logits(&self, device: &D, batch: &[&Slice]) -> Result<Logits<D>> {
        self.try_forward(stacked(device, batch)?).map_err(device_failed)
    }

    fn training_logits(
        &mut self,
        device: &D,
        batch: &[&Slice],
        gradients: Gradients<f32, D>,
        _: Dropout,
    ) -> Result<Logits<D, OwnedTape<f32, D>>> {
        self.try_forward_mut(stacked(device, batch)?.traced(gradients)).map_err(device_failed)
    }

    /// Of the first slice of each recording. Units see equally far, so slices are aligned at the last frame that any moves.
    fn look_back(&self, device: &D, examples: &[&Slice]) -> Result<LookBack> {
        let mut recordings = BTreeSet::new();
        let firsts = examples.iter().filter(|slice| recordings.insert(slice.recording));
        let sizes = Error::gather(firsts.map(|slice| self.movements(device, slice)))?;
        let moved = |sizes: &Vec<f64>| sizes.iter().rposition(|size| *size > 0.0);
        let end = sizes.iter().filter_map(moved).max().map_or(0, |last| last + 1);
        let backwards =
            sizes.iter().map(|sizes| sizes[..end.min(sizes.len())].iter().rev().copied().collect());
        Ok(LookBack::of(&backwards.collect::<Vec<Vec<f64>>>(), Vec::new()))
    }
}

/// Slices of one length as one batch.
pub(super) fn stacked<const I: usize, D: Device<f32>>(
    device: &D,
    batch: &[&Slice],
) -> Result<Signals<I, f32, D>> {
    check_frames(batch, I)?;
    let length = batch.first().map_or(0, |slice| slice.values.nrows());
    if length == 0 || batch.iter().any(|slice| slice.values.nrows() != length) {
        let found = format!("{:?}", batch.iter().map(|slice| slice.values.nrows()).collect::<Vec<_>>());
        let expected = "slices of one length, at least one frame";
        return Err(Error::new(Fault::BadSetting, Place::field("batch"), expected, found));
    }
    let mut values = Vec::with_capacity(batch.len() * length * I);
    for slice in batch {
        values.extend_from_slice(contiguous(&slice.values));
    }
    device.try_tensor_from_vec(values, (batch.len(), length, Const)).map_err(device_failed)
}
