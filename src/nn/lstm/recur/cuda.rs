//! The steps of an LSTM layer in three kernel launches, one forward and two backward, on CUDA in single precision.
//!
//! What they compute is in `lstm.cu`, which is compiled for a layer's H when it is first used.

use std::sync::Arc;

use cudarc::driver::{CudaDevice, CudaFunction, DevicePtr, LaunchAsync, LaunchConfig};
use cudarc::nvrtc::{CompileError, Ptx, compile_ptx};
use dfdx::prelude::*;
use dfdx::tensor::CudaError;

use super::composed;
use crate::nn::lent::Lent;
use crate::nn::lstm::Gates;
use crate::nn::{Packings, Rows, Size, cuda};

/// The largest H whose recurrent weights lie in registers; beyond it, steps are composed.
const LARGEST: usize = 64;

const SOURCE: &str = include_str!("lstm.cu");
const FORWARD: &str = "lstm_forward";
const BACKWARD: &str = "lstm_backward";
const WEIGHTS: &str = "lstm_weights";

fn compiled(units: usize) -> Result<Ptx, CompileError> {
    compile_ptx(format!("#define UNITS {units}\n{SOURCE}"))
}

/// A kernel for layers of so many units.
fn kernel(device: &Arc<CudaDevice>, units: usize, name: &'static str) -> Result<CudaFunction, CudaError> {
    let module = format!("eegenre_lstm_{units}");
    cuda::kernel(device, &module, &[FORWARD, BACKWARD, WEIGHTS], name, || compiled(units))
}

pub(super) fn recur<H: Dim, T: Tape<f32, Cuda>>(
    x: Tensor<(Size, usize, Gates<H>), f32, Cuda, T>,
    weight_hh: &Tensor<(Size, Gates<H>, H), f32, Cuda>,
    packings: &Packings,
) -> Result<Rows<H, f32, Cuda, T>, CudaError> {
    let (Size(runs), rows, Gates(units)) = *x.shape();
    let shape = (Size(runs), rows, units);
    let units = units.size();
    if units > LARGEST {
        return composed::recur(x, weight_hh, packings);
    }
    let (steps, batch) = (packings.steps(), packings.batch());
    let (x, mut tape) = x.try_contiguous()?.split_tape();
    let mut frames = Lent::copy_of(&x)?;
    let mut weights = Lent::copy_of(weight_hh)?;
    let mut outputs = Lent::zeros(x.device(), shape)?;
    let device = weights.storage()?.device();
    let lengths = device.htod_copy(packings.lengths_by_rank())?;
    let starts = device.htod_copy(packings.starts())?;
    let gates = device.alloc_zeros::<f32>(runs * rows * 4 * units)?;
    let cells = device.alloc_zeros::<f32>(runs * rows * units)?;
    let threads = (4 * units as u32, 1, 1);
    let blocks =
        LaunchConfig { grid_dim: (batch as u32, runs as u32, 1), block_dim: threads, shared_mem_bytes: 0 };
    let [of_steps, of_rows, of_batch] = [steps, rows, batch].map(|size| size as i32);

    let frames_at = *frames.storage()?.device_ptr();
    let (weights_at, outputs_at) = (*weights.storage()?.device_ptr(), *outputs.storage()?.device_ptr());
    // SAFETY: the arguments are those of the kernel in number, type and order; every array has the size that is written
    // at the top of its source, and all work is ordered on the device's one stream, memory's release too.
    unsafe {
        kernel(&device, units, FORWARD)?.launch(
            blocks,
            (
                frames_at, weights_at, &lengths, &starts, of_steps, of_rows, of_batch, &gates, &cells,
                outputs_at,
            ),
        )
    }?;
    let output = outputs.tensor();

    // Ghosts hold no memory.
    let (of_output, x, weight_hh) = (output.ghost(), x.ghost(), weight_hh.ghost());
    tape.add_backward_op(move |gradients| {
        let d_outputs = *gradients.get_or_alloc_mut(&of_output)?.device_ptr();
        let d_x = *gradients.get_or_alloc_mut(&x)?.device_ptr();
        let d_weights = *gradients.get_or_alloc_mut(&weight_hh)?.device_ptr();
        let sequences = device.alloc_zeros::<f32>(runs * batch * 4 * units * units)?;
        let sums = LaunchConfig { grid_dim: (units as u32, runs as u32, 1), ..blocks };
        let weights_at = *weights.storage()?.device_ptr();
        let outputs_at = *outputs.storage()?.device_ptr();
        // SAFETY: as above; gradients stay where they are while others are allocated.
        unsafe {
            kernel(&device, units, BACKWARD)?.launch(
                blocks,
                (
                    weights_at, &lengths, &starts, of_steps, of_rows, of_batch, &gates, &cells, outputs_at,
                    d_outputs, d_x, &sequences,
                ),
            )?;
            kernel(&device, units, WEIGHTS)?.launch(sums, (&sequences, of_batch, d_weights))?;
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
        for ptx in [compiled(32), compiled(LARGEST)] {
            let ptx = ptx.unwrap().to_src();
            assert!([FORWARD, BACKWARD, WEIGHTS].iter().all(|name| ptx.contains(&format!(".entry {name}"))));
        }
    }
}
