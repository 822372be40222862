//! Noise in place of signals.

use crate::recordings::Recording;
use crate::recordings::synthetic::noise::Noise;

/// Replaces each sample by noise of the recording's root mean square.
pub(super) fn replace(recordings: &mut [Recording], seed: u64) {
    for recording in recordings {
        let squares: f64 = recording.samples.iter().map(|sample| sample * sample).sum();
        let root_mean_square = (squares / recording.samples.len() as f64).sqrt();
        let noise = Noise::of_ablation(seed, recording.id()).white(recording.samples.len());
        recording.samples = noise.into_iter().map(|normal| root_mean_square * normal.abs()).collect();
    }
}
