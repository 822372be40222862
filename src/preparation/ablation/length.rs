//! Recordings of lengths that tell nothing, and recordings without their ends.

use super::{SHORTEST_CROP, chance_of};
use crate::error::{Error, Fault, Place, Result};
use crate::recordings::Recording;

/// Keeps a stretch of whole frames of `frame` samples of each recording.
pub(super) fn crop(recordings: &mut [Recording], frame: usize, seed: u64) -> Result<()> {
    let frames = |recording: &Recording| recording.length() / frame;
    let shortest = recordings.iter().map(frames).min().unwrap_or(0);
    if shortest == 0 {
        let names = recordings.iter().filter(|recording| frames(recording) == 0);
        return Error::gather(names.map(|recording| {
            let place = Place::field(format!("recording {}", recording.id()));
            let found = format!("{} samples", recording.length());
            Err(Error::new(
                Fault::EMPTY_RECORDING,
                place,
                format!("at least a frame of {frame} samples"),
                found,
            ))
        }))
        .map(|_: Vec<()>| ());
    }
    let least = least(shortest);
    for recording in recordings {
        let mut chance = chance_of(seed, recording.id());
        let length = least + chance.below((shortest - least + 1) as u64) as usize;
        let start = chance.below((frames(recording) - length + 1) as u64) as usize;
        recording.samples = recording.part(start * frame..(start + length) * frame).to_vec();
    }
    Ok(())
}

/// Frames of the shortest crop, if the shortest recording has so many.
pub(super) fn least(shortest: usize) -> usize {
    (SHORTEST_CROP * shortest as f64).ceil() as usize
}

/// Keeps everything but the last second.
pub(super) fn remove_end(recordings: &mut [Recording]) -> Result<()> {
    Error::gather(recordings.iter_mut().map(|recording| {
        let (samples, second) = (recording.length(), recording.rate_hz.round() as usize);
        if samples <= second {
            let place = Place::field(format!("recording {}", recording.id()));
            let expected = format!("more than a second of {second} samples");
            return Err(Error::new(Fault::EMPTY_RECORDING, place, expected, format!("{samples} samples")));
        }
        recording.samples.truncate((samples - second) * recording.channels.count());
        Ok(())
    }))
    .map(|_: Vec<()>| ())
}
