//! The CNN (paper, section 2.4, Figure 6): residual blocks over slices of 960 samples, which vote.
//!
//! ```text
//! layer                               output        parameters
//! slice, 8 channels of 120 frames     [120,  8]
//! convolution, 32 kernels    (stem)   [120, 32]       32 ·  8 · 3 + 32        =   800
//! residual block           (block1)   [120, 32]   2 · (32 · 32 · 3 + 32 + 64) =  6336
//! max-pooling by 2                    [ 60, 32]
//! residual block           (block2)   [ 60, 32]                                  6336
//! max-pooling by 2                    [ 30, 32]
//! residual block           (block3)   [ 30, 32]                                  6336
//! average over time                   [32]
//! linear                      (out)   [3]             32 · 3 + 3              =    99
//!                                                                         sum   19907
//! ```
//!
//! # Differences from the paper
//! - The paper leaves open how wide its kernels are: 3, with a zero at both ends, so that a block keeps the length.
//! - It leaves open how a slice becomes channels: the 8 samples of a frame are 8 channels, as they are 8 inputs of the
//!   LSTMs. With a frame of 1 it reads 1 channel of 960 samples.
//! - Initialisation is not stated: PyTorch's, uniform on ±1/√n.

use dfdx::prelude::Const;

use super::Convolutional;
use super::paper::{self, cnn};
use crate::preparation::FRAME;

/// The paper's CNN.
///
/// ```
/// use dfdx::prelude::*;
/// use eegenre::models::Cnn;
///
/// let network: Cnn<Cpu> = Cnn::new(&Cpu::default(), 1, Default::default())?;
/// assert_eq!(network.num_trainable_params(), 19_907);
/// # Ok::<(), CpuError>(())
/// ```
pub type Cnn<D> = Convolutional<
    Const<{ FRAME }>,
    Const<{ cnn::CHANNELS }>,
    Const<{ cnn::KERNEL }>,
    Const<{ paper::GENRES }>,
    f32,
    D,
>;
