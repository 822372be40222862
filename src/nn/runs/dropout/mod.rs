//! Dropout of several runs, each with the masks that it would have alone.

#[cfg(feature = "cuda")]
mod cuda;

use dfdx::prelude::*;

use super::{Batches, Packings, Runs};
use crate::nn::Dropout;
use crate::nn::dropout::Mask;

/// Applies a layer's masks to one row for each example: `[runs, batch, N]`.
///
/// # Errors
/// When the device cannot hold the result.
///
/// # Panics
/// Unless there is a dropout for each run.
pub fn try_apply<const N: usize, E: Dtype, D: DropoutKernel<E>, T: Tape<E, D>>(
    dropouts: &[Dropout],
    layer: u64,
    input: Batches<N, E, D, T>,
) -> Result<Batches<N, E, D, T>, D::Err> {
    let (runs, batch, _) = *input.shape();
    apply(dropouts, layer, input, || (0..runs.0).flat_map(|_| (0..batch).map(Some)).collect())
}

/// Applies a layer's masks to the frames of sequences: `[runs, steps · batch, N]`.
///
/// # Errors
/// When the device cannot hold the result.
///
/// # Panics
/// Unless there is a dropout for each run.
pub(super) fn try_apply_to_frames<const N: usize, E: Dtype, D: DropoutKernel<E>, T: Tape<E, D>>(
    dropouts: &[Dropout],
    layer: u64,
    frames: Batches<N, E, D, T>,
    packings: &Packings,
) -> Result<Batches<N, E, D, T>, D::Err> {
    apply(dropouts, layer, frames, || packings.rows_alone())
}

fn apply<const N: usize, E: Dtype, D: DropoutKernel<E>, T: Tape<E, D>>(
    dropouts: &[Dropout],
    layer: u64,
    input: Batches<N, E, D, T>,
    rows: impl FnOnce() -> Vec<Option<usize>>,
) -> Result<Batches<N, E, D, T>, D::Err> {
    assert_eq!(dropouts.len(), input.shape().0.0, "runs with a dropout");
    // All runs drop at one rate, so all have a mask or none has.
    let masks: Vec<Mask> = dropouts.iter().filter_map(|dropout| dropout.mask(layer)).collect();
    if masks.is_empty() {
        return Ok(input);
    }
    let factors = D::factors::<N>(input.device(), &masks, &rows())?;
    input.try_mul(factors)
}

/// A device that makes the factors of several runs' masks.
pub trait DropoutKernel<E: Dtype>: Device<E> {
    /// What the mask of each run multiplies its rows by, `[runs, rows, N]`; 0 for rows that a run alone has not.
    /// `alone` has the row that each would be if its run were alone.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    fn factors<const N: usize>(
        &self,
        masks: &[Mask],
        alone: &[Option<usize>],
    ) -> Result<Batches<N, E, Self>, Self::Err>;
}

impl<E: Dtype> DropoutKernel<E> for Cpu
where
    Self: Device<E>,
{
    fn factors<const N: usize>(
        &self,
        masks: &[Mask],
        alone: &[Option<usize>],
    ) -> Result<Batches<N, E, Self>, Self::Err> {
        factors_on_the_host(self, masks, alone)
    }
}

#[cfg(feature = "cuda")]
impl DropoutKernel<f32> for Cuda {
    fn factors<const N: usize>(
        &self,
        masks: &[Mask],
        alone: &[Option<usize>],
    ) -> Result<Batches<N, f32, Self>, Self::Err> {
        cuda::factors(self, masks, alone)
    }
}

fn factors_on_the_host<const N: usize, E: Dtype, D: Device<E>>(
    device: &D,
    masks: &[Mask],
    alone: &[Option<usize>],
) -> Result<Batches<N, E, D>, D::Err> {
    let rows = alone.len() / masks.len();
    let mut factors = Vec::with_capacity(alone.len() * N);
    for (mask, alone) in masks.iter().zip(alone.chunks_exact(rows)) {
        let scale = E::from_f64(mask.scale()).expect("a floating-point type holds every number");
        for row in alone {
            let stays = |column| row.is_some_and(|row| mask.keeps(row * N + column));
            factors.extend((0..N).map(|column| if stays(column) { scale } else { E::default() }));
        }
    }
    device.try_tensor_from_vec(factors, (Runs(masks.len()), rows, Const))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::emulation::{Input, answer};

    #[test]
    fn the_kernel_makes_the_factors_that_are_made_here() {
        let device = Cpu::default();
        let masks: Vec<Mask> =
            (0..3).map(|run| Dropout::new(0.3, 5, run, 8).unwrap().mask(2).unwrap()).collect();
        let alone: Vec<Option<usize>> =
            (0..3 * 7).map(|row| (row % 5 != 3).then_some(row * 1000 % 61)).collect();
        let expected = factors_on_the_host::<6, f32, _>(&device, &masks, &alone).unwrap().as_vec();
        assert!(expected.contains(&0.0) && expected.iter().any(|&factor| factor > 1.0));
        let rows: Vec<i32> = alone.iter().map(|row| row.map_or(-1, |row| row as i32)).collect();
        let keys: Vec<u64> = masks.iter().map(|mask| mask.key()).collect();
        let input = Input::default()
            .ints(&[3, 7, 6, usize::from(masks[0].threshold())])
            .floats(&[masks[0].scale() as f32])
            .longs(&keys)
            .signed_ints(&rows);
        assert_eq!(answer("dropout", 0, &input), expected);
    }
}
