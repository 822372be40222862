//! The factors of dropout, made on CUDA in single precision.
//!
//! What is computed is in `dropout.cu`, which is compiled when it is first used.

use cudarc::driver::{DevicePtr, LaunchAsync};
use cudarc::nvrtc::compile_ptx;
use dfdx::prelude::*;
use dfdx::tensor::CudaError;

use super::Mask;
use crate::nn::cuda;
use crate::nn::lent::Lent;
use crate::nn::{Rows, Size};

const SOURCE: &str = include_str!("dropout.cu");
const MODULE: &str = "eegenre_dropout";
const FACTORS: &str = "dropout_factors";

pub(super) fn factors<N: Dim>(
    device: &Cuda,
    shape: (Size, usize, N),
    masks: &[Mask],
) -> Result<Rows<N, f32, Cuda>, CudaError> {
    let elements = shape.1 * shape.2.size();
    let mut factors = Lent::zeros(device, shape)?;
    let cuda_device = factors.storage()?.device();
    let kernel = cuda::kernel(&cuda_device, MODULE, &[FACTORS], FACTORS, || compile_ptx(SOURCE))?;
    let keys = cuda_device.htod_copy(masks.iter().map(|mask| mask.key()).collect::<Vec<u64>>())?;
    // All runs drop at one rate.
    let (threshold, scale) = (u32::from(masks[0].threshold()), masks[0].scale() as f32);
    let factors_at = *factors.storage()?.device_ptr();
    // SAFETY: the arguments are those of the kernel in number, type and order; every array has the size that is written
    // at the top of its source, and all work is ordered on the device's one stream, memory's release too.
    unsafe {
        kernel
            .launch(cuda::grid(elements, masks.len()), (&keys, elements as i64, threshold, scale, factors_at))
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
