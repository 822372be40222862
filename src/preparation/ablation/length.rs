//! Recordings of lengths that tell nothing, and recordings without their ends.

use super::{SHORTEST_CROP, chance_of};
use crate::error::{Error, Fault, Place, Result};
use crate::preparation::FRAME;
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
                Fault::EMPTY_RECORDING,
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

/// Keeps everything but the last second.
pub(super) fn remove_end(recordings: &mut [Recording]) -> Result<()> {
    Error::gather(recordings.iter_mut().map(|recording| {
        let (samples, second) = (recording.samples.len(), recording.rate_hz.round() as usize);
        if samples <= second {
            let place = Place::field(format!("recording {}", recording.id()));
            let expected = format!("more than a second of {second} samples");
            return Err(Error::new(Fault::EMPTY_RECORDING, place, expected, format!("{samples} samples")));
        }
        recording.samples.truncate(samples - second);
        Ok(())
    }))
    .map(|_: Vec<()>| ())
}
