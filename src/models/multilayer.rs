//! The multi-layer LSTM (paper, section 2.3, Figure 4): three LSTM layers and three linear ones.
//!
//! ```text
//! layer                     output          parameters
//! frames of 8               [t, 8]
//! LSTM, 64 units            [t, 64]           4 · 64 · ( 8 + 64 + 2) = 18944
//! LSTM, 64 units            [t, 64]           4 · 64 · (64 + 64 + 2) = 33280
//! LSTM, 64 units            [64] at the end   4 · 64 · (64 + 64 + 2) = 33280
//! linear, ReLU  (fc1)       [64]              64 · 64 + 64          =  4160
//! linear, ReLU  (fc2)       [32]              64 · 32 + 32          =  2080
//! linear, ReLU  (fc3)       [64]              32 · 64 + 64          =  2112
//! linear        (out)       [3]               64 ·  3 +  3          =   195
//!                                                              sum   94051
//! ```
//!
//! Training drops a tenth of each LSTM layer's output and of each hidden linear layer's.
//!
//! # Differences from the paper
//! - As in [the baseline](super::Baseline), padding is neither stored nor computed.
//! - Initialisation is not stated: PyTorch's, uniform on ±1/√n.

use dfdx::prelude::Const;

use super::Recurrent;
use super::paper::{self, multilayer};
use crate::preparation::FRAME;

/// The paper's multi-layer LSTM.
///
/// ```
/// use dfdx::prelude::*;
/// use eegenre::models::Multilayer;
///
/// let network: Multilayer<Cpu> = Multilayer::new(&Cpu::default(), 1, Default::default())?;
/// assert_eq!(network.num_trainable_params(), 94_051);
/// # Ok::<(), CpuError>(())
/// ```
pub type Multilayer<D> = Recurrent<
    Const<{ FRAME }>,
    Const<{ multilayer::UNITS }>,
    Const<{ multilayer::NARROW }>,
    Const<{ paper::GENRES }>,
    { multilayer::LAYERS },
    f32,
    D,
>;
