//! The factors of dropout, made on CUDA in single precision.
//!
//! What is computed is in `dropout.cu`, which is compiled when it is first used.

use cudarc::driver::{DevicePtr, LaunchAsync};
use cudarc::nvrtc::compile_ptx;
use dfdx::prelude::*;
use dfdx::tensor::CudaError;

use super::{Batches, Mask, Runs};
use crate::nn::cuda;
use crate::nn::lent::Lent;

const SOURCE: &str = include_str!("dropout.cu");
const MODULE: &str = "eegenre_dropout";
const FACTORS: &str = "dropout_factors";

pub(super) fn factors<const N: usize>(
    device: &Cuda,
    masks: &[Mask],
    alone: &[Option<usize>],
) -> Result<Batches<N, f32, Cuda>, CudaError> {
    let (runs, rows) = (masks.len(), alone.len() / masks.len());
    let mut factors: Lent<(Runs, usize, Const<N>), f32, Cuda> =
        Lent::zeros(device, (Runs(runs), rows, Const))?;
    let cuda_device = factors.storage()?.device();
    let kernel = cuda::kernel(&cuda_device, MODULE, &[FACTORS], FACTORS, || compile_ptx(SOURCE))?;
    let keys = cuda_device.htod_copy(masks.iter().map(|mask| mask.key()).collect::<Vec<u64>>())?;
    let alone: Vec<i32> = alone.iter().map(|row| row.map_or(-1, |row| row as i32)).collect();
    let alone = cuda_device.htod_copy(alone)?;
    // All runs drop at one rate.
    let (threshold, scale) = (u32::from(masks[0].threshold()), masks[0].scale() as f32);
    let factors_at = *factors.storage()?.device_ptr();
    // SAFETY: the arguments are those of the kernel in number, type and order; every array has the size that is written
    // at the top of its source, and all work is ordered on the device's one stream, memory's release too.
    unsafe {
        kernel.launch(
            cuda::grid(rows * N, runs),
            (&keys, &alone, rows as i32, N as i32, threshold, scale, factors_at),
        )
    }?;
    Ok(factors.tensor())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Needs no GPU.
    #[test]
    fn nvrtc_compiles_the_source() {
        assert!(compile_ptx(SOURCE).unwrap().to_src().contains(&format!(".entry {FACTORS}")));
    }
}
