//! Blocks in random order: what spans more than a block is lost, what fits into one is kept.

use std::num::NonZeroUsize;

use super::chance_of;
use crate::recordings::Recording;

/// Shuffles the blocks of each recording, of so many seconds of `second` samples each, all channels together. What does not fill
/// a last `frame` stays where it is.
pub(super) fn shuffle(
    recordings: &mut [Recording],
    block_seconds: NonZeroUsize,
    [frame, second]: [usize; 2],
    seed: u64,
) {
    for recording in recordings {
        let (length, channels) = (recording.length(), recording.channels.count());
        let (frames, rest) = recording.samples.split_at(length / frame * frame * channels);
        let block = block_seconds.get().saturating_mul(second).saturating_mul(channels);
        let mut blocks: Vec<&[f64]> = frames.chunks(block).collect();
        chance_of(seed, recording.id()).shuffle(&mut blocks);
        blocks.push(rest);
        recording.samples = blocks.concat();
    }
}
