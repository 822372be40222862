//! A batch of sequences for each run, each batch packed without padding.
//!
//! The rows of a run are those of its [`Packing`]. Runs have to be of one shape, so behind the last frame of a run follow rows
//! of zeros up to the number of rows of the longest one; nothing reads them, and they pass no gradient. One run has none.

use std::sync::Arc;

use dfdx::prelude::*;

use super::{Packing, Rows, Size};
use crate::error::{Error, Fault, Place, Result};

/// Which row of a run holds which frame of which of its sequences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packings {
    runs: Vec<Arc<Packing>>,
    rows: usize,
}

impl Packings {
    /// The packings of runs with these lengths of sequences.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] unless there is a run, all runs have the same number of sequences, at least one, and none of them
    /// is empty.
    fn new(lengths: &[Vec<usize>]) -> Result<Self> {
        let batch = lengths.first().map_or(0, Vec::len);
        let fits = |lengths: &Vec<usize>| lengths.len() == batch && !lengths.contains(&0);
        if batch == 0 || !lengths.iter().all(fits) {
            let expected = "as many sequences in every run, at least one, none empty";
            let found = format!("lengths {lengths:?}");
            return Err(Error::new(Fault::BAD_SETTING, Place::field("batches"), expected, found));
        }
        let runs: Vec<Arc<Packing>> = lengths.iter().map(|lengths| Arc::new(Packing::new(lengths))).collect();
        let rows = runs.iter().map(|run| run.frames()).max().unwrap_or(0);
        Ok(Self { runs, rows })
    }

    /// The packing of each run.
    #[must_use]
    pub fn runs(&self) -> &[Arc<Packing>] {
        &self.runs
    }

    /// Rows of a run: the frames of the longest one.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Sequences of each run.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.runs.first().map_or(0, |run| run.lengths().len())
    }

    /// Steps of the longest sequence of all.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.runs.iter().map(|run| run.steps()).max().unwrap_or(0)
    }

    /// Lengths of each run's sequences, in the order of its rows: `[runs, batch]`.
    #[cfg(any(test, feature = "cuda"))]
    pub(crate) fn lengths_by_rank(&self) -> Vec<i32> {
        let of_run = |run: &Arc<Packing>| {
            let mut lengths: Vec<i32> = run.lengths().iter().map(|length| *length as i32).collect();
            lengths.sort_by_key(|length| std::cmp::Reverse(*length));
            lengths
        };
        self.runs.iter().flat_map(of_run).collect()
    }

    /// The first row of each step of each run; 0 behind its last one: `[runs, steps]`.
    #[cfg(any(test, feature = "cuda"))]
    pub(crate) fn starts(&self) -> Vec<i32> {
        let of_step =
            |run: &Packing, step: usize| if step < run.steps() { run.rows(step).start as i32 } else { 0 };
        let of_run =
            |run: &Arc<Packing>| (0..self.steps()).map(|step| of_step(run, step)).collect::<Vec<_>>();
        self.runs.iter().flat_map(of_run).collect()
    }

    /// Each run's rows with the last frames of its sequences, in the order in which these were given: `[runs, batch]`.
    fn ends(&self) -> Vec<usize> {
        // No sequence is empty.
        self.runs.iter().flat_map(|run| run.ends().flatten()).collect()
    }
}

/// Packed batches: frames of `I` values, `[runs, rows, I]`.
#[derive(Debug, Clone)]
pub struct Packed<I: Dim, E: Dtype, D: Storage<E>, T = NoneTape> {
    frames: Rows<I, E, D, T>,
    packings: Arc<Packings>,
    /// Whether the frames are data: nothing before them can learn, and nobody asks for their gradient.
    data: bool,
}

impl<I: Dim, E: Dtype, D: Device<E>> Packed<I, E, D> {
    /// Packs a batch of sequences for each run. A sequence is a slice of frames, one after the other, `frame` values each.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] unless all runs have the same number of sequences, at least one, and each is a number of
    /// frames, at least one; [`Fault::DEVICE_FAILED`] if the device cannot hold them.
    ///
    /// ```
    /// use dfdx::prelude::*;
    /// use eegenre::nn::Packed;
    ///
    /// // One run, which reads a sequence of three frames and one of one frame, two values a frame.
    /// let batch = [vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], vec![7.0, 8.0]];
    /// let packed: Packed<Const<2>, f32, Cpu> = Packed::from_sequences(&Cpu::default(), Const, &[batch])?;
    /// assert_eq!(packed.frames().as_vec(), [1.0, 2.0, 7.0, 8.0, 3.0, 4.0, 5.0, 6.0]);
    /// assert_eq!(packed.try_ends()?.as_vec(), [5.0, 6.0, 7.0, 8.0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_sequences<S: AsRef<[E]>>(device: &D, frame: I, runs: &[impl AsRef<[S]>]) -> Result<Self> {
        let size = frame.size();
        let lengths = runs.iter().enumerate().map(|(run, batch)| {
            let whole = |(index, sequence): (usize, &S)| {
                let values = sequence.as_ref().len();
                if size > 0 && values.is_multiple_of(size) {
                    return Ok(values / size);
                }
                let place = Place::field(format!("run {run}, sequence {index}"));
                let (expected, found) = (format!("a multiple of {size} values"), format!("{values} values"));
                Err(Error::new(Fault::BAD_SETTING, place, expected, found))
            };
            Error::gather(batch.as_ref().iter().enumerate().map(whole))
        });
        let packings = Packings::new(&Error::gather(lengths)?)?;
        let mut values = vec![E::default(); runs.len() * packings.rows * size];
        for ((batch, packing), values) in
            runs.iter().zip(&packings.runs).zip(values.chunks_exact_mut(packings.rows * size))
        {
            for (index, sequence) in batch.as_ref().iter().enumerate() {
                for (step, from) in sequence.as_ref().chunks_exact(size).enumerate() {
                    if let Some(row) = packing.row(index, step) {
                        values[row * size..][..size].copy_from_slice(from);
                    }
                }
            }
        }
        let shape = (Size(runs.len()), packings.rows, frame);
        let frames = device.try_tensor_from_vec(values, shape).map_err(device_failed)?;
        Ok(Self { frames, packings: Arc::new(packings), data: false })
    }

    /// Packs one batch of sequences that so many runs read.
    ///
    /// # Errors
    /// As [`Self::from_sequences`].
    pub fn shared<S: AsRef<[E]>>(device: &D, frame: I, runs: usize, batch: &[S]) -> Result<Self> {
        if runs == 0 {
            return Err(Error::new(Fault::BAD_SETTING, Place::field("runs"), "at least one", "none"));
        }
        let one = Self::from_sequences(device, frame, &[batch])?;
        if runs == 1 {
            return Ok(one);
        }
        let Packings { runs: own, rows } = (*one.packings).clone();
        let frames = one.frames.try_reshape_like(&(rows, frame)).map_err(device_failed)?;
        let frames =
            frames.try_broadcast_like::<_, Axis<0>>(&(Size(runs), rows, frame)).map_err(device_failed)?;
        let packings = Packings { runs: vec![Arc::clone(&own[0]); runs], rows };
        Ok(Self { frames, packings: Arc::new(packings), data: false })
    }

    /// The same batches with a tape that gathers into `gradients`, for training.
    ///
    /// The frames count as data, of whose gradient a layer need not make anything. [`Self::leaky_traced`] has it.
    #[must_use]
    pub fn traced(self, gradients: Gradients<E, D>) -> Packed<I, E, D, OwnedTape<E, D>> {
        Packed { frames: self.frames.traced(gradients), packings: self.packings, data: true }
    }

    /// The same batches with a tape that keeps every gradient, that of the frames too.
    #[must_use]
    pub fn leaky_traced(self) -> Packed<I, E, D, OwnedTape<E, D>> {
        Packed { frames: self.frames.leaky_traced(), packings: self.packings, data: false }
    }
}

fn device_failed(cause: impl std::fmt::Display) -> Error {
    Error::new(Fault::DEVICE_FAILED, Place::field("batches"), "room for the batches", cause.to_string())
}

impl<I: Dim, E: Dtype, D: Device<E>, T: Tape<E, D>> Packed<I, E, D, T> {
    /// Frames and packings that belong together; for layers, which know that they do.
    pub(crate) fn from_parts(frames: Rows<I, E, D, T>, packings: Arc<Packings>) -> Self {
        debug_assert_eq!(frames.shape().1, packings.rows);
        Self { frames, packings, data: false }
    }

    /// Whether the gradient of the frames is of no use.
    pub(crate) const fn is_data(&self) -> bool {
        self.data
    }

    pub(crate) fn into_parts(self) -> (Rows<I, E, D, T>, Arc<Packings>) {
        (self.frames, self.packings)
    }

    /// The frames, `[runs, rows, I]`, in packed order.
    #[must_use]
    pub const fn frames(&self) -> &Rows<I, E, D, T> {
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
    pub fn try_ends(self) -> Result<Rows<I, E, D, T>, D::Err> {
        let Self { frames, packings, .. } = self;
        let shape = (frames.shape().0, packings.batch());
        let ends = frames.device().try_tensor_from_vec(packings.ends(), shape)?;
        frames.try_gather(ends)
    }

    /// As [`Self::try_ends`].
    ///
    /// # Panics
    /// When the device cannot hold the result.
    #[must_use]
    pub fn ends(self) -> Rows<I, E, D, T> {
        self.try_ends().expect("the device holds one frame of each sequence")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::testing::TestDevice;

    type Pairs = Packed<Const<2>, f32, TestDevice>;

    #[test]
    fn sequences_lie_by_step_and_falling_length_and_end_in_their_own_order() {
        let device = TestDevice::default();
        let runs: [Vec<&[f32]>; 2] = [vec![&[1.0, 2.0], &[3.0]], vec![&[4.0], &[5.0, 6.0, 7.0]]];
        let packed = Packed::from_sequences(&device, Const::<1>, &runs).unwrap();
        assert_eq!(packed.frames().as_vec(), [1.0, 3.0, 2.0, 0.0, 5.0, 4.0, 6.0, 7.0]);
        let packings = packed.packings();
        assert_eq!((packings.rows(), packings.batch(), packings.steps()), (4, 2, 3));
        let frames = packed.frames().clone();
        let ends = packed.leaky_traced().ends();
        assert_eq!(ends.as_vec(), [2.0, 3.0, 4.0, 7.0]);
        let gradient = ends.sum().backward().get(&frames).as_vec();
        assert_eq!(gradient, [0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0]);
    }

    #[test]
    fn a_shared_batch_is_the_same_in_every_run() {
        let device = TestDevice::default();
        let batch: [&[f32]; 2] = [&[1.0, 4.0], &[2.0, 3.0, 5.0, 6.0]];
        for runs in [1, 3] {
            let shared = Packed::shared(&device, Const::<2>, runs, &batch).unwrap();
            let own = Packed::from_sequences(&device, Const::<2>, &vec![batch; runs]).unwrap();
            assert_eq!(shared.packings(), own.packings());
            assert_eq!(shared.frames().as_vec(), own.frames().as_vec());
            assert_eq!(shared.ends().as_vec(), own.ends().as_vec());
        }
    }

    #[test]
    fn sequences_that_are_not_whole_frames_are_all_named() {
        let runs = [vec![vec![0.0; 8], vec![0.0; 7]], vec![vec![0.0; 8], vec![0.0; 9]]];
        let error = Pairs::from_sequences(&TestDevice::default(), Const, &runs).unwrap_err();
        let problems: Vec<String> = error.problems().iter().map(ToString::to_string).collect();
        assert!(problems[0].starts_with("run 0, sequence 1: expected a multiple of 2 values, found 7"));
        assert!(problems[1].starts_with("run 1, sequence 1: expected a multiple of 2 values, found 9"));
    }

    #[test]
    fn batches_that_do_not_fit_together_are_refused() {
        let device = TestDevice::default();
        let some: &[f32] = &[1.0, 2.0];
        for runs in [vec![], vec![vec![]], vec![vec![some], vec![]], vec![vec![&[][..]]]] {
            let error = Pairs::from_sequences(&device, Const, &runs).unwrap_err();
            assert!(error.to_string().contains("as many sequences"), "{error}");
        }
        assert!(Pairs::shared(&device, Const, 0, &[some]).is_err());
        assert!(Packed::from_sequences(&device, Size(0), &[[some]]).is_err());
    }
}
