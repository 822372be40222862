//! Batches of sequences of unequal length, one for each run.
//!
//! A run's sequences are ordered by falling length, as in [`nn::Packing`](Packing). Runs have to be of one shape, so
//! all are padded to the longest sequence of all; what is computed behind the end of a sequence changes nothing before
//! it, is never read, and passes no gradient.
//!
//! ```text
//! row of sequence s at step t, in every run:  t · batch + (rank of s in its run)
//! ```

use std::sync::Arc;

use dfdx::prelude::*;

use super::{Batches, Runs};
use crate::error::{Error, Fault, Place, Result};
use crate::nn::Packing;

/// Which row of a run holds which frame of which sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packings {
    runs: Vec<Packing>,
    batch: usize,
    steps: usize,
}

impl Packings {
    /// The packings of runs with these lengths of sequences.
    ///
    /// # Errors
    /// [`Fault::BadSetting`] unless all runs have the same number of sequences, at least one, and none of them is
    /// empty.
    fn new(lengths: &[Vec<usize>]) -> Result<Self> {
        let batch = lengths.first().map_or(0, Vec::len);
        let fits = |lengths: &Vec<usize>| lengths.len() == batch && !lengths.contains(&0);
        if batch == 0 || !lengths.iter().all(fits) {
            let expected = "as many sequences in every run, at least one, none empty";
            let found = format!("lengths {lengths:?}");
            return Err(Error::new(Fault::BadSetting, Place::field("batches"), expected, found));
        }
        let runs: Vec<Packing> = lengths.iter().map(|lengths| Packing::new(lengths)).collect();
        let steps = runs.iter().map(Packing::steps).max().unwrap_or(0);
        Ok(Self { runs, batch, steps })
    }

    /// How many runs there are.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.runs.len()
    }

    /// Sequences of each run.
    #[must_use]
    pub const fn batch(&self) -> usize {
        self.batch
    }

    /// Steps of the longest sequence of all.
    #[must_use]
    pub const fn steps(&self) -> usize {
        self.steps
    }

    /// For each row of all runs, the row that a run alone would have it in; none behind the end of a sequence.
    pub(crate) fn rows_alone(&self) -> Vec<Option<usize>> {
        let mut rows = Vec::with_capacity(self.runs() * self.steps * self.batch);
        for run in &self.runs {
            for step in 0..self.steps {
                let alone = if step < run.steps() { run.rows(step) } else { 0..0 };
                rows.extend((0..self.batch).map(|rank| (rank < alone.len()).then_some(alone.start + rank)));
            }
        }
        rows
    }

    /// Lengths of each run's sequences, in the order of its rows: `[runs · batch]`.
    #[cfg(any(test, feature = "cuda"))]
    pub(crate) fn lengths_by_rank(&self) -> Vec<usize> {
        let mut lengths = vec![0; self.runs() * self.batch];
        for (run, packing) in self.runs.iter().enumerate() {
            for (length, rank) in packing.lengths().iter().zip(packing.ranks()) {
                lengths[run * self.batch + rank] = *length;
            }
        }
        lengths
    }

    /// Each run's rows with the last frames of its sequences, in the order in which these were given:
    /// `[runs · batch]`.
    fn ends(&self) -> Vec<usize> {
        let end = |(length, rank): (&usize, &usize)| (length - 1) * self.batch + rank;
        self.runs.iter().flat_map(|run| run.lengths().iter().zip(run.ranks()).map(end)).collect()
    }
}

/// Frames of `I` values of all sequences of all runs: `[runs, steps · batch, I]`.
#[derive(Debug, Clone)]
pub struct Packed<const I: usize, E: Dtype, D: Storage<E>, T = NoneTape> {
    frames: Batches<I, E, D, T>,
    packings: Arc<Packings>,
}

impl<const I: usize, E: Dtype, D: Device<E>> Packed<I, E, D> {
    /// Packs a batch of sequences for each run. A sequence is a slice of frames, one after the other.
    ///
    /// # Errors
    /// [`Fault::BadSetting`] unless all runs have the same number of sequences, at least one, and each is a number of
    /// frames of `I` values, at least one; [`Fault::DeviceFailed`] if the device cannot hold them.
    pub fn from_sequences(device: &D, runs: &[Vec<&[E]>]) -> Result<Self> {
        let (values, packings) = padded(I, runs)?;
        let shape = (Runs(packings.runs()), packings.steps * packings.batch, Const);
        let frames = device.try_tensor_from_vec(values, shape).map_err(device_failed)?;
        Ok(Self { frames, packings: Arc::new(packings) })
    }

    /// Packs one batch of sequences that so many runs read.
    ///
    /// # Errors
    /// As [`Self::from_sequences`].
    pub fn shared(device: &D, runs: usize, sequences: &[&[E]]) -> Result<Self> {
        if runs == 0 {
            return Err(Error::new(Fault::BadSetting, Place::field("runs"), "at least one", "none"));
        }
        let (values, mut packings) = padded(I, &[sequences.to_vec()])?;
        let rows = packings.steps * packings.batch;
        let frames: Tensor<(usize, Const<I>), E, D> =
            device.try_tensor_from_vec(values, (rows, Const)).map_err(device_failed)?;
        packings.runs = vec![packings.runs[0].clone(); runs];
        let frames =
            frames.try_broadcast_like::<_, Axis<0>>(&(Runs(runs), rows, Const)).map_err(device_failed)?;
        Ok(Self { frames, packings: Arc::new(packings) })
    }

    /// The same with a tape that gathers into `gradients`, for training.
    #[must_use]
    pub fn traced(self, gradients: Gradients<E, D>) -> Packed<I, E, D, OwnedTape<E, D>> {
        Packed { frames: self.frames.traced(gradients), packings: self.packings }
    }

    /// The same with a tape that keeps every gradient.
    #[must_use]
    pub fn leaky_traced(self) -> Packed<I, E, D, OwnedTape<E, D>> {
        Packed { frames: self.frames.leaky_traced(), packings: self.packings }
    }
}

impl<const I: usize, E: Dtype, D: Device<E>, T: Tape<E, D>> Packed<I, E, D, T> {
    /// Frames and packings that belong together.
    pub(crate) fn from_parts(frames: Batches<I, E, D, T>, packings: Arc<Packings>) -> Self {
        debug_assert_eq!(frames.shape().1, packings.steps * packings.batch);
        Self { frames, packings }
    }

    pub(crate) fn into_parts(self) -> (Batches<I, E, D, T>, Arc<Packings>) {
        (self.frames, self.packings)
    }

    /// The frames, `[runs, steps · batch, I]`.
    #[must_use]
    pub const fn frames(&self) -> &Batches<I, E, D, T> {
        &self.frames
    }

    /// Which row is which frame.
    #[must_use]
    pub fn packings(&self) -> &Packings {
        &self.packings
    }

    /// The last frame of each sequence, `[runs, batch, I]`, in the order in which a run's sequences were given.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    pub fn try_ends(self) -> Result<Batches<I, E, D, T>, D::Err> {
        let Self { frames, packings } = self;
        let ends =
            frames.device().try_tensor_from_vec(packings.ends(), (Runs(packings.runs()), packings.batch))?;
        frames.try_gather(ends)
    }
}

/// The values of all runs, row by row, and which row is which.
fn padded<E: Dtype>(frame: usize, runs: &[Vec<&[E]>]) -> Result<(Vec<E>, Packings)> {
    let whole = |sequence: &&[E]| sequence.len().is_multiple_of(frame);
    if !runs.iter().flatten().all(whole) {
        let lengths: Vec<usize> = runs.iter().flatten().map(|sequence| sequence.len()).collect();
        let (expected, found) = (format!("multiples of {frame} values"), format!("{lengths:?} values"));
        return Err(Error::new(Fault::BadSetting, Place::field("sequences"), expected, found));
    }
    let lengths: Vec<Vec<usize>> =
        runs.iter().map(|run| run.iter().map(|sequence| sequence.len() / frame).collect()).collect();
    let packings = Packings::new(&lengths)?;
    let rows = packings.steps * packings.batch;
    let mut values = vec![E::default(); runs.len() * rows * frame];
    for ((run, packing), values) in runs.iter().zip(&packings.runs).zip(values.chunks_exact_mut(rows * frame))
    {
        for (sequence, rank) in run.iter().zip(packing.ranks()) {
            for (step, from) in sequence.chunks_exact(frame).enumerate() {
                values[(step * packings.batch + rank) * frame..][..frame].copy_from_slice(from);
            }
        }
    }
    Ok((values, packings))
}

fn device_failed(cause: impl std::fmt::Display) -> Error {
    Error::new(Fault::DeviceFailed, Place::field("batches"), "room for the batches", cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::testing::TestDevice;

    #[test]
    fn sequences_lie_by_step_and_falling_length_and_end_in_their_own_order() {
        let device = TestDevice::default();
        let runs: [Vec<&[f32]>; 2] = [vec![&[1.0, 2.0], &[3.0]], vec![&[4.0], &[5.0, 6.0, 7.0]]];
        let packed: Packed<1, f32, _> = Packed::from_sequences(&device, &runs).unwrap();
        assert_eq!(packed.frames().as_vec(), [1.0, 3.0, 2.0, 0.0, 0.0, 0.0, 5.0, 4.0, 6.0, 0.0, 7.0, 0.0]);
        let none = None;
        #[rustfmt::skip]
        let alone = [
            Some(0), Some(1), Some(2), none, none, none,
            Some(0), Some(1), Some(2), none, Some(3), none,
        ];
        assert_eq!(packed.packings().rows_alone(), alone);
        assert_eq!(packed.packings().lengths_by_rank(), [2, 1, 3, 1]);
        let frames = packed.frames().clone();
        let ends = packed.leaky_traced().try_ends().unwrap();
        assert_eq!(ends.as_vec(), [2.0, 3.0, 4.0, 7.0]);
        let gradient = ends.sum().backward().get(&frames).as_vec();
        assert_eq!(gradient, [0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0]);
    }

    #[test]
    fn a_shared_batch_is_the_same_in_every_run() {
        let device = TestDevice::default();
        let sequences: [&[f32]; 2] = [&[1.0], &[2.0, 3.0]];
        let shared: Packed<1, f32, _> = Packed::shared(&device, 3, &sequences).unwrap();
        let own: Packed<1, f32, _> = Packed::from_sequences(&device, &vec![sequences.to_vec(); 3]).unwrap();
        assert_eq!(shared.packings(), own.packings());
        assert_eq!(shared.frames().as_vec(), own.frames().as_vec());
        assert_eq!(shared.try_ends().unwrap().as_vec(), own.try_ends().unwrap().as_vec());
    }

    #[test]
    fn batches_that_do_not_fit_together_are_refused() {
        let device = TestDevice::default();
        for (runs, expected) in [
            (vec![], "as many sequences"),
            (vec![vec![]], "as many sequences"),
            (vec![vec![&[1.0, 2.0][..]], vec![]], "as many sequences"),
            (vec![vec![&[][..]]], "as many sequences"),
            (vec![vec![&[1.0, 2.0][..], &[1.0][..]]], "multiples of 2 values"),
        ] {
            let error = Packed::<2, f32, TestDevice>::from_sequences(&device, &runs).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
