//! Blocks in random order: what spans more than a block is lost, what fits into one is kept.

use std::num::NonZeroUsize;

use super::chance_of;
use crate::preparation::FRAME;
use crate::recordings::Recording;

/// Shuffles the blocks of each recording.
pub(super) fn shuffle(recordings: &mut [Recording], block_frames: NonZeroUsize, seed: u64) {
    for recording in recordings {
        let whole = recording.samples.len() / FRAME * FRAME;
        let (frames, rest) = recording.samples.split_at(whole);
        let mut blocks: Vec<&[f64]> = frames.chunks(block_frames.get().saturating_mul(FRAME)).collect();
        chance_of(seed, recording.id()).shuffle(&mut blocks);
        blocks.push(rest);
        recording.samples = blocks.concat();
    }
}
