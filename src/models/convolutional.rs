//! Residual blocks over slices, whose units are averaged over time: the paper's CNN (2.4) with any sizes.
//!
//! ```text
//! slice ─► stem ─► block1 ─► pool ─► block2 ─► pool ─► block3 ─► average over time ─► out ─► logits
//! ```

use std::collections::BTreeSet;

use dfdx::prelude::*;

use super::paper::cnn;
use super::{Logits, LookBack, Network, NetworkDevice, check_frames, contiguous, device_failed};
use crate::error::{Error, Fault, Place, Result};
use crate::nn::{
    Conv1d, Dropout, GlobalAveragePool, Linear, MaxPool1d, ResidualBlock, Signals, Size, visit_modules,
};
use crate::preparation::{Framing, Signal, Slice};

/// Pooling between blocks.
const POOL: MaxPool1d = MaxPool1d { width: cnn::POOL };

/// Residual blocks of `C` channels over slices with frames of `I` samples; kernels have an odd width `K`, and there is an output for
/// each of `G` classes.
///
/// As a [`Module`] it maps slices, `[runs, batch, frames, I]`, to logits, `[runs, batch, G]`, with the running statistics of
/// its normalisations. As a [`ModuleMut`] it maps slices with a tape, with the statistics of each run's batch.
#[derive(Debug, Clone)]
pub struct Convolutional<I: Dim, C: Dim, K: Dim, G: Dim, E: Dtype, D: Storage<E>> {
    /// The first convolution.
    pub stem: Conv1d<I, C, K, E, D>,
    /// The first residual block.
    pub block1: ResidualBlock<C, K, E, D>,
    /// The second one.
    pub block2: ResidualBlock<C, K, E, D>,
    /// The third one.
    pub block3: ResidualBlock<C, K, E, D>,
    /// Output layer.
    pub out: Linear<C, G, E, D>,
}

impl<I: Dim, C: Dim, K: Dim, G: Dim, D: Device<f32>> Convolutional<I, C, K, G, f32, D> {
    /// With initial weights, for so many runs.
    ///
    /// # Errors
    /// When the device cannot hold them.
    ///
    /// # Panics
    /// If the kernels' width is not odd.
    pub fn new(
        device: &D,
        runs: usize,
        (inputs, channels, width, classes): (I, C, K, G),
    ) -> Result<Self, D::Err> {
        Ok(Self {
            stem: Conv1d::new(device, runs, inputs, channels, width)?,
            block1: ResidualBlock::new(device, runs, channels, width)?,
            block2: ResidualBlock::new(device, runs, channels, width)?,
            block3: ResidualBlock::new(device, runs, channels, width)?,
            out: Linear::new(device, runs, channels, classes)?,
        })
    }
}

impl<I: ConstDim, C: ConstDim, K: ConstDim, G: ConstDim, D: Device<f32>> TensorCollection<f32, D>
    for Convolutional<I, C, K, G, f32, D>
{
    type To<E2: Dtype, D2: Device<E2>> = Convolutional<I, C, K, G, E2, D2>;

    fn iter_tensors<V: ModuleVisitor<Self, f32, D>>(
        visitor: &mut V,
    ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        visit_modules!(visitor, Convolutional { stem, block1, block2, block3, out })
    }
}

impl<I: Dim, C: Dim, K: Dim, G: Dim, D: NetworkDevice> Module<Signals<I, f32, D>>
    for Convolutional<I, C, K, G, f32, D>
{
    type Output = Logits<G, D>;
    type Error = D::Err;

    fn try_forward(&self, slices: Signals<I, f32, D>) -> Result<Self::Output, D::Err> {
        let means = GlobalAveragePool.try_forward(self.units(slices)?)?;
        self.out.try_forward(means)
    }
}

impl<I: Dim, C: Dim, K: Dim, G: Dim, D: NetworkDevice> ModuleMut<Signals<I, f32, D, OwnedTape<f32, D>>>
    for Convolutional<I, C, K, G, f32, D>
{
    type Output = Logits<G, D, OwnedTape<f32, D>>;
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
        let means = GlobalAveragePool.try_forward(self.block3.try_forward_mut(x)?)?;
        self.out.try_forward(means)
    }
}

impl<I: Dim, C: Dim, K: Dim, G: Dim, D: NetworkDevice> Convolutional<I, C, K, G, f32, D> {
    /// The units that are averaged over time, `[runs, batch, frames / 4, C]`.
    fn units(&self, slices: Signals<I, f32, D>) -> Result<Signals<C, f32, D>, D::Err> {
        let x = self.stem.try_forward(slices)?;
        let x = POOL.try_forward(self.block1.try_forward(x)?)?;
        let x = POOL.try_forward(self.block2.try_forward(x)?)?;
        self.block3.try_forward(x)
    }

    /// Slices of one length, the same for every run: `[runs, batch, frames, I]`.
    fn shared(&self, device: &D, batch: &[&Slice]) -> Result<Signals<I, f32, D>> {
        let slices = self.slices(device, &[batch])?;
        let (_, count, length, inputs) = *slices.shape();
        let (runs, ..) = *self.stem.weight.shape();
        if runs == Size(1) {
            return Ok(slices);
        }
        let one = slices.try_reshape_like(&(count, length, inputs)).map_err(device_failed)?;
        one.try_broadcast_like::<_, Axis<0>>(&(runs, count, length, inputs)).map_err(device_failed)
    }

    /// Slices of one length, a batch for each run: `[runs, batch, frames, I]`.
    fn slices(&self, device: &D, batches: &[&[&Slice]]) -> Result<Signals<I, f32, D>> {
        let (_, _, inputs, _) = *self.stem.weight.shape();
        let all = batches.concat();
        check_frames(&all, inputs.size())?;
        let length = all.first().map_or(0, |slice| slice.values.nrows());
        if length == 0 || all.iter().any(|slice| slice.values.nrows() != length) {
            let found = format!("{:?}", all.iter().map(|slice| slice.values.nrows()).collect::<Vec<_>>());
            let expected = "slices of one length, at least one frame";
            return Err(Error::new(Fault::BAD_SETTING, Place::field("batch"), expected, found));
        }
        let mut values = Vec::with_capacity(all.len() * length * inputs.size());
        for slice in &all {
            values.extend_from_slice(contiguous(&slice.values));
        }
        let shape = (Size(batches.len()), all.len() / batches.len(), length, inputs);
        device.try_tensor_from_vec(values, shape).map_err(device_failed)
    }

    /// For each run: how far the units in the middle of a slice move when one frame of the slice does, frame by frame from
    /// the first. A frame moves by a tenth of the standard deviation of the slice's values.
    fn movements(&self, device: &D, slice: &Slice) -> Result<Vec<Vec<f64>>> {
        let frames = slice.values.nrows();
        // A slice that does not vary has no scale of its own.
        let step = (0.1 * slice.values.std(0.0)).max(1e-3);
        let mut moved: Vec<Slice> = vec![slice.clone(); frames + 1];
        for (frame, moved) in moved.iter_mut().take(frames).enumerate() {
            moved.values.row_mut(frame).mapv_inplace(|value| value + step);
        }
        let batch: Vec<&Slice> = moved.iter().collect();
        let units = self.units(self.shared(device, &batch)?).map_err(device_failed)?;
        let (Size(runs), slices, times, channels) = *units.shape();
        let (channels, units) = (channels.size(), units.as_vec());
        let of_run = |run: usize| {
            let middle = |example: usize| {
                &units[((run * slices + example) * times + times / 2) * channels..][..channels]
            };
            let distance = |example: usize| {
                let pairs = middle(example).iter().zip(middle(frames));
                pairs.map(|(one, other)| f64::from(one - other).powi(2)).sum::<f64>().sqrt()
            };
            (0..frames).map(distance).collect()
        };
        Ok((0..runs).map(of_run).collect())
    }
}

impl<I: ConstDim, C: ConstDim, K: ConstDim, G: ConstDim, D: NetworkDevice> Network<D>
    for Convolutional<I, C, K, G, f32, D>
{
    type Example = Slice;
    type Classes = G;

    fn runs(&self) -> usize {
        self.out.bias.shape().0.0
    }

    fn examples(framing: Framing, signals: &[Signal]) -> Result<Vec<Slice>> {
        framing.slicing()?.all_slices(signals)
    }

    fn logits(&self, device: &D, batch: &[&Slice]) -> Result<Logits<G, D>> {
        self.try_forward(self.shared(device, batch)?).map_err(device_failed)
    }

    fn training_logits(
        &mut self,
        device: &D,
        batches: &[&[&Slice]],
        gradients: Gradients<f32, D>,
        _: &[Dropout],
    ) -> Result<Logits<G, D, OwnedTape<f32, D>>> {
        let slices = self.slices(device, batches)?.traced(gradients);
        self.try_forward_mut(slices).map_err(device_failed)
    }

    /// Of the first slice of each recording. Units see equally far, so slices are aligned at the last frame that any moves.
    fn look_back(&self, device: &D, examples: &[&Slice]) -> Result<Vec<LookBack>> {
        let mut recordings = BTreeSet::new();
        let firsts = examples.iter().filter(|slice| recordings.insert(slice.recording));
        let sizes = Error::gather(firsts.map(|slice| self.movements(device, slice)))?;
        let of_run = |run: usize| {
            let sizes: Vec<&Vec<f64>> = sizes.iter().map(|of_runs| &of_runs[run]).collect();
            let moved = |sizes: &&Vec<f64>| sizes.iter().rposition(|size| *size > 0.0);
            let end = sizes.iter().filter_map(moved).max().map_or(0, |last| last + 1);
            let backwards =
                sizes.iter().map(|sizes| sizes[..end.min(sizes.len())].iter().rev().copied().collect());
            LookBack::of(&backwards.collect::<Vec<Vec<f64>>>(), Vec::new())
        };
        Ok((0..self.runs()).map(of_run).collect())
    }
}
