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

use dfdx::prelude::Const;

use super::Recurrent;
use super::paper::{self, baseline};
use crate::preparation::FRAME;

/// The paper's baseline.
///
/// ```
/// use dfdx::prelude::*;
/// use eegenre::models::Baseline;
///
/// let network: Baseline<Cpu> = Baseline::new(&Cpu::default(), 1, Default::default())?;
/// assert_eq!(network.num_trainable_params(), 7603);
/// # Ok::<(), CpuError>(())
/// ```
pub type Baseline<D> = Recurrent<
    Const<{ FRAME }>,
    Const<{ baseline::UNITS }>,
    Const<{ baseline::NARROW }>,
    Const<{ paper::GENRES }>,
    { baseline::LAYERS },
    f32,
    D,
>;
