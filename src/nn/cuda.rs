//! What the kernels for CUDA share: how they are compiled and launched.

use std::sync::Arc;

use cudarc::driver::{CudaDevice, CudaFunction, LaunchConfig};
use cudarc::nvrtc::{CompileError, Ptx};
use dfdx::tensor::CudaError;

/// Threads of a block whose kernel does not say how many.
const THREADS: u32 = 256;

/// A kernel of a module, which is compiled by the CUDA toolkit's NVRTC when one of its kernels is first used on a device.
///
/// # Errors
/// When the device does not take it.
///
/// # Panics
/// If the toolkit does not compile it.
pub(super) fn kernel(
    device: &Arc<CudaDevice>,
    module: &str,
    names: &[&'static str],
    name: &'static str,
    compile: impl FnOnce() -> Result<Ptx, CompileError>,
) -> Result<CudaFunction, CudaError> {
    if !device.has_func(module, name) {
        let ptx = compile().expect("NVRTC compiles what it compiles in the tests");
        device.load_ptx(ptx, module, names)?;
    }
    Ok(device.get_func(module, name).expect("it was loaded"))
}

/// Blocks that go through so many elements together, of each of so many runs.
pub(super) fn grid(elements: usize, runs: usize) -> LaunchConfig {
    // Beyond this many, threads take several elements each.
    const BLOCKS: usize = 4096;
    let blocks = elements.div_ceil(THREADS as usize).clamp(1, BLOCKS);
    LaunchConfig {
        grid_dim: (blocks as u32, runs as u32, 1),
        block_dim: (THREADS, 1, 1),
        shared_mem_bytes: 0,
    }
}
