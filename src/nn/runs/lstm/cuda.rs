//! The steps of an LSTM layer in three kernel launches, one forward and two backward, on CUDA in single precision.
//!
//! What they compute is in `lstm.cu`, which is compiled for a layer's H when it is first used.

use std::sync::Arc;

use cudarc::driver::{CudaDevice, CudaFunction, DevicePtr, LaunchAsync, LaunchConfig};
use cudarc::nvrtc::{CompileError, Ptx, compile_ptx};
use dfdx::prelude::*;
use dfdx::tensor::CudaError;

use super::{Batches, Gates, composed};
use crate::nn::cuda;
use crate::nn::lent::Lent;
use crate::nn::runs::{Packings, Runs};

/// The largest H whose recurrent weights lie in registers; beyond it, steps are composed.
const LARGEST: usize = 64;

const SOURCE: &str = include_str!("lstm.cu");
const FORWARD: &str = "lstm_forward";
const BACKWARD: &str = "lstm_backward";
const WEIGHTS: &str = "lstm_weights";

fn compiled<const H: usize>() -> Result<Ptx, CompileError> {
    compile_ptx(format!("#define UNITS {H}\n{SOURCE}"))
}

/// A kernel for layers of H units.
fn kernel<const H: usize>(device: &Arc<CudaDevice>, name: &'static str) -> Result<CudaFunction, CudaError> {
    let module = format!("eegenre_lstm_{H}");
    cuda::kernel(device, &module, &[FORWARD, BACKWARD, WEIGHTS], name, compiled::<H>)
}

pub(super) fn recur<const H: usize, T: Tape<f32, Cuda>>(
    x: Tensor<(Runs, usize, Gates<H>), f32, Cuda, T>,
    weight_hh: &Tensor<(Runs, Gates<H>, Const<H>), f32, Cuda>,
    packings: &Packings,
) -> Result<Batches<H, f32, Cuda, T>, CudaError> {
    if H > LARGEST {
        return composed::recur(x, weight_hh, packings);
    }
    let (runs, steps, batch) = (packings.runs(), packings.steps(), packings.batch());
    let rows = steps * batch;
    let (x, mut tape) = x.try_contiguous()?.split_tape();
    let mut frames = Lent::copy_of(&x)?;
    let mut weights = Lent::copy_of(weight_hh)?;
    let mut outputs: Lent<(Runs, usize, Const<H>), f32, Cuda> =
        Lent::zeros(x.device(), (Runs(runs), rows, Const))?;
    let device = weights.storage()?.device();
    let lengths: Vec<i32> = packings.lengths_by_rank().into_iter().map(|length| length as i32).collect();
    let lengths = device.htod_copy(lengths)?;
    let gates = device.alloc_zeros::<f32>(runs * rows * 4 * H)?;
    let cells = device.alloc_zeros::<f32>(runs * rows * H)?;
    let threads = (4 * H as u32, 1, 1);
    let blocks =
        LaunchConfig { grid_dim: (batch as u32, runs as u32, 1), block_dim: threads, shared_mem_bytes: 0 };
    let (steps, batch_size) = (steps as i32, batch as i32);

    let frames_at = *frames.storage()?.device_ptr();
    let (weights_at, outputs_at) = (*weights.storage()?.device_ptr(), *outputs.storage()?.device_ptr());
    // SAFETY: the arguments are those of the kernel in number, type and order; every array has the size that is written
    // at the top of its source, and all work is ordered on the device's one stream, memory's release too.
    unsafe {
        kernel::<H>(&device, FORWARD)?
            .launch(blocks, (frames_at, weights_at, &lengths, steps, batch_size, &gates, &cells, outputs_at))
    }?;
    let output = outputs.tensor();

    // Ghosts hold no memory.
    let (of_output, x, weight_hh) = (output.ghost(), x.ghost(), weight_hh.ghost());
    tape.add_backward_op(move |gradients| {
        let d_outputs = *gradients.get_or_alloc_mut(&of_output)?.device_ptr();
        let d_x = *gradients.get_or_alloc_mut(&x)?.device_ptr();
        let d_weights = *gradients.get_or_alloc_mut(&weight_hh)?.device_ptr();
        let sequences = device.alloc_zeros::<f32>(runs * batch * 4 * H * H)?;
        let sums = LaunchConfig { grid_dim: (H as u32, runs as u32, 1), ..blocks };
        let (weights_at, outputs_at) = (*weights.storage()?.device_ptr(), *outputs.storage()?.device_ptr());
        // SAFETY: as above; gradients stay where they are while others are allocated.
        unsafe {
            kernel::<H>(&device, BACKWARD)?.launch(
                blocks,
                (
                    weights_at, &lengths, steps, batch_size, &gates, &cells, outputs_at, d_outputs, d_x,
                    &sequences,
                ),
            )?;
            kernel::<H>(&device, WEIGHTS)?.launch(sums, (&sequences, batch_size, d_weights))?;
        }
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
        for ptx in [compiled::<32>(), compiled::<{ LARGEST }>()] {
            let ptx = ptx.unwrap().to_src();
            assert!([FORWARD, BACKWARD, WEIGHTS].iter().all(|name| ptx.contains(&format!(".entry {name}"))));
        }
    }
}
