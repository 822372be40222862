//! Windows in one kernel launch each way, on CUDA in single precision.

use std::sync::Arc;

use cudarc::driver::{CudaDevice, CudaFunction, DevicePtr, LaunchAsync};
use cudarc::nvrtc::compile_ptx;
use dfdx::prelude::*;
use dfdx::tensor::CudaError;

use super::Windows;
use crate::nn::conv1d::Signals;
use crate::nn::cuda;
use crate::nn::lent::Lent;

const SOURCE: &str = include_str!("windows.cu");
const MODULE: &str = "eegenre_windows";
const FORWARD: &str = "windows_forward";
const BACKWARD: &str = "windows_backward";

fn kernel(device: &Arc<CudaDevice>, name: &'static str) -> Result<CudaFunction, CudaError> {
    cuda::kernel(device, MODULE, &[FORWARD, BACKWARD], name, || compile_ptx(SOURCE))
}

pub(super) fn windows<I: Dim, T: Tape<f32, Cuda>>(
    input: Signals<I, f32, Cuda, T>,
    width: usize,
) -> Result<Windows<f32, Cuda, T>, CudaError> {
    let (runs, batch, length, channels) = *input.shape();
    let (signals, channels) = (runs.0 * batch, channels.size());
    let (input, mut tape) = input.try_contiguous()?.split_tape();
    let mut x = Lent::copy_of(&input)?;
    let mut windows: Lent<(usize, usize), f32, Cuda> =
        Lent::zeros(input.device(), (signals * length, width * channels))?;
    let device = x.storage()?.device();
    let (of_windows, of_signals) = (signals * length * width * channels, signals * length * channels);
    let [signals, length, channels, width] = [signals, length, channels, width].map(|size| size as i32);
    let (x_at, windows_at) = (*x.storage()?.device_ptr(), *windows.storage()?.device_ptr());
    // SAFETY: the arguments are those of the kernel in number, type and order; every array has the size that is written
    // at the top of its source, and all work is ordered on the device's one stream, memory's release too.
    unsafe {
        kernel(&device, FORWARD)?
            .launch(cuda::grid(of_windows, 1), (x_at, signals, length, channels, width, windows_at))
    }?;
    let output = windows.tensor();
    // Ghosts hold no memory.
    let (of_output, input) = (output.ghost(), input.ghost());
    tape.add_backward_op(move |gradients| {
        let d_windows = *gradients.get_or_alloc_mut(&of_output)?.device_ptr();
        let d_x = *gradients.get_or_alloc_mut(&input)?.device_ptr();
        // SAFETY: as above; gradients stay where they are while others are allocated.
        unsafe {
            kernel(&device, BACKWARD)?
                .launch(cuda::grid(of_signals, 1), (d_windows, signals, length, channels, width, d_x))
        }?;
        Ok(())
    });
    Ok(output.put_tape(tape))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Needs no GPU.
    #[test]
    fn nvrtc_compiles_the_source() {
        let ptx = compile_ptx(SOURCE).unwrap().to_src();
        assert!([FORWARD, BACKWARD].iter().all(|name| ptx.contains(&format!(".entry {name}"))));
    }
}
