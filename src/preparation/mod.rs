//! From recordings to the input of a network (paper, sections 2.1 and 2.4).
//!
//! ```text
//! DataSet ── Split ──────────► which recordings train, validate and test
//!    │
//!    └── Preparation ─► Signal ─┬─ Frames             [t, 8]     for an LSTM
//!         truncate, zeros,      └─ Slicing ─► Slice   [120, 8]   for a CNN
//!         ablate, median, normalise      Framing: how many samples
//! ```
//!
//! A frame of several channels holds the values of all channels at its samples, in time order: `[t, 8 × channels]`. Scales,
//! filters and zeros belong to each channel; lengths count samples, not values.
//!
//! Every step but an [`Ablation`] looks at one recording alone, so no number measured on a test recording reaches
//! training.

mod ablation;
mod example;
mod faults;
mod frames;
mod framing;
mod input;
mod last_frame;
mod median;
mod normalise;
mod signal;
mod slices;
pub mod split;
mod zeros;

pub use ablation::{Ablated, Ablation, Exchanged, Labelled, SHORTEST_CROP, dealt_labels, exchanged_labels};
pub use example::Example;
pub use frames::{FRAME, Frames};
pub use framing::{AskedFraming, FEWEST_FRAMES, FRAME_SECONDS, Framing, MOST_OVERLAP, SLICE_SECONDS};
pub use input::Input;
pub use last_frame::LastFrame;
pub use median::MedianFilter;
pub use normalise::{LOG_OFFSET, Normalisation};
pub use signal::{Preparation, Signal};
pub use slices::{HOP, SLICE, Slice, Slicing};
pub use split::{Fold, Leakage, Origin, Scheme, Split, SplitSummary};
pub use zeros::Zeros;

/// The longest frame that is accepted, in samples: over eight minutes at 8 Hz, longer than any stimulus.
pub const LONGEST_FRAME: usize = 4096;

/// Refuses a frame of no samples, or one that no recording could fill.
pub(crate) fn check_frame(frame: usize) -> crate::Result<()> {
    use crate::error::{Error, Fault, Place};
    if (1..=LONGEST_FRAME).contains(&frame) {
        return Ok(());
    }
    let expected = format!("1 to {LONGEST_FRAME} samples");
    Err(Error::new(Fault::BAD_SETTING, Place::field("frame"), expected, frame.to_string()))
}
