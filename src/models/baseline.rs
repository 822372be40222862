//! The baseline (paper, section 2.2, Figure 2): one LSTM layer and three linear ones.
//!
//! ```text
//! layer                     output          parameters
//! frames of 8               [t, 8]
//! LSTM, 32 units            [32] at the end   4 · 32 · (8 + 32 + 2) = 5376
//! linear, ReLU  (fc1)       [32]              32 · 32 + 32         = 1056
//! linear, ReLU  (fc2)       [16]              32 · 16 + 16         =  528
//! linear, ReLU  (fc3)       [32]              16 · 32 + 32         =  544
//! linear        (out)       [3]               32 ·  3 +  3         =   99
//!                                                             sum   7603
//! ```
//!
//! Training drops a tenth of the LSTM's output and of each hidden linear layer's.
//!
//! # Differences from the paper
//! - The paper pads a batch's signals to one length and reads the output at each true end. Here padding is neither
//!   stored nor computed; the outputs at the true ends are the same.
//! - With one LSTM layer there is nothing between layers to drop, so its dropout falls on its output.
//! - Initialisation is not stated: PyTorch's, uniform on ±1/√n.

use super::{Recurrent, recurrent};
use crate::paper::{self, baseline};

/// The paper's baseline over frames of `I` values.
///
/// ```
/// use dfdx::prelude::*;
/// use eegenre::models::builder;
///
/// let network = Cpu::default().build_module::<builder::Baseline, f32>();
/// assert_eq!(network.num_trainable_params(), 7603);
/// ```
pub type Baseline<D, const I: usize = { paper::FRAME }> =
    Recurrent<I, { baseline::UNITS }, { baseline::LAYERS }, { baseline::NARROW }, f32, D>;

/// What builds a [`Baseline`].
pub type Builder<const I: usize = { paper::FRAME }> =
    recurrent::builder::Recurrent<I, { baseline::UNITS }, { baseline::LAYERS }, { baseline::NARROW }>;
