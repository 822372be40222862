//! Noise in place of signals.

use crate::recordings::Recording;
use crate::recordings::synthetic::noise::Noise;

/// Replaces each sample by noise of the root mean square of its channel in the recording.
pub(super) fn replace(recordings: &mut [Recording], seed: u64) {
    for recording in recordings {
        let mut noise = Noise::of_ablation(seed, recording.id());
        recording.samples = recording.channels.map(&recording.samples, |own| {
            let squares: f64 = own.iter().map(|sample| sample * sample).sum();
            let root_mean_square = (squares / own.len() as f64).sqrt();
            noise.white(own.len()).into_iter().map(|normal| root_mean_square * normal.abs()).collect()
        });
    }
}
