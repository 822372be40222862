//! Recordings of lengths that tell nothing.

use super::{SHORTEST_CROP, chance_of};
use crate::error::{Error, Fault, Place, Result};
use crate::paper::FRAME;
use crate::recordings::Recording;

/// Keeps a stretch of whole frames of each recording.
pub(super) fn crop(recordings: &mut [Recording], seed: u64) -> Result<()> {
    let frames = |recording: &Recording| recording.samples.len() / FRAME;
    let shortest = recordings.iter().map(frames).min().unwrap_or(0);
    if shortest == 0 {
        let names = recordings.iter().filter(|recording| frames(recording) == 0);
        return Error::gather(names.map(|recording| {
            let place = Place::field(format!("recording {}", recording.id()));
            let found = format!("{} samples", recording.samples.len());
            Err(Error::new(
                Fault::EmptyRecording,
                place,
                format!("at least a frame of {FRAME} samples"),
                found,
            ))
        }))
        .map(|_: Vec<()>| ());
    }
    let least = (SHORTEST_CROP * shortest as f64).ceil() as usize;
    for recording in recordings {
        let mut chance = chance_of(seed, recording.id());
        let length = least + chance.below((shortest - least + 1) as u64) as usize;
        let start = chance.below((frames(recording) - length + 1) as u64) as usize;
        recording.samples = recording.samples[start * FRAME..(start + length) * FRAME].to_vec();
    }
    Ok(())
}
