//! Random numbers that are the same on every machine: ChaCha8 and the `libm` crate's own logarithm and cosine.

use std::f64::consts::TAU;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::recordings::{Participant, RecordingId};

/// What makes this generator's numbers its own, should another use the same seed.
const DOMAIN: &[u8; 24] = b"eegenre synthetic, noise";
/// The same for noise in place of a signal.
const ABLATION_DOMAIN: &[u8; 24] = b"eegenre ablation,  noise";

/// A sequence of random numbers. Each participant and each recording has its own, so none depends on the order in
/// which recordings are made.
#[derive(Debug)]
pub struct Noise(ChaCha8Rng);

impl Noise {
    /// The numbers behind what is a participant's own, in whatever song.
    #[must_use]
    pub fn of_participant(seed: u64, participant: Participant) -> Self {
        Self::stream(seed, u64::from(participant.stream()))
    }

    /// The numbers behind one recording. Songs count from 1, so its stream is no participant's.
    #[must_use]
    pub fn of_recording(seed: u64, id: RecordingId) -> Self {
        Self::stream(seed, id.stream())
    }

    /// The numbers that take the place of a recording; no synthetic recording is made of them.
    #[must_use]
    pub fn of_ablation(seed: u64, id: RecordingId) -> Self {
        Self::keyed(ABLATION_DOMAIN, seed, id.stream())
    }

    fn stream(seed: u64, stream: u64) -> Self {
        Self::keyed(DOMAIN, seed, stream)
    }

    fn keyed(domain: &[u8; 24], seed: u64, stream: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..].copy_from_slice(domain);
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(stream);
        Self(rng)
    }

    /// Uniform between 0 and 1, both excluded: the middle of one of 2^52 equal intervals.
    pub fn uniform(&mut self) -> f64 {
        // f64 holds the midpoints of 2^52 intervals exactly; with 2^53 the last one would round to 1.
        ((self.0.next_u64() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    /// Uniform between two bounds.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// Exponential with a mean: -mean · ln u.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * libm::log(self.uniform())
    }

    /// Two independent standard normal numbers (Box and Muller): √(-2 ln u) · (cos 2πv, sin 2πv).
    fn normal_pair(&mut self) -> [f64; 2] {
        let radius = (-2.0 * libm::log(self.uniform())).sqrt();
        let (sine, cosine) = libm::sincos(TAU * self.uniform());
        [radius * cosine, radius * sine]
    }

    /// A standard normal number, held within ±2.5: for traits, of which an extreme one would rule a whole set.
    pub fn trait_normal(&mut self) -> f64 {
        self.normal_pair()[0].clamp(-2.5, 2.5)
    }

    /// White noise: independent standard normal numbers.
    pub fn white(&mut self, length: usize) -> Vec<f64> {
        let pairs = std::iter::repeat_with(|| self.normal_pair());
        pairs.flatten().take(length).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recordings::Song;

    fn moments(values: &[f64]) -> [f64; 4] {
        [1, 2, 3, 4]
            .map(|power| values.iter().map(|value| value.powi(power)).sum::<f64>() / values.len() as f64)
    }

    #[test]
    fn white_noise_has_the_moments_of_a_standard_normal() {
        let values = Noise::of_participant(1, Participant::new(1)).white(100_001);
        let moments = moments(&values);
        // Standard errors of the first four moments: √(1, 2, 15, 96) / √n.
        for (moment, (truth, variance)) in
            moments.iter().zip([(0.0, 1.0), (1.0, 2.0), (0.0, 15.0), (3.0, 96.0)])
        {
            let error = (variance / values.len() as f64).sqrt();
            assert!((moment - truth).abs() < 4.0 * error, "{moments:?}");
        }
        let neighbours = values.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>() / values.len() as f64;
        assert!(neighbours.abs() < 4.0 / (values.len() as f64).sqrt(), "{neighbours}");
    }

    #[test]
    fn uniform_numbers_stay_inside_and_fill_the_interval() {
        let mut noise = Noise::of_participant(2, Participant::new(1));
        let values: Vec<f64> = std::iter::repeat_with(|| noise.uniform()).take(50_000).collect();
        assert!(values.iter().all(|value| (0.0..1.0).contains(value) && *value > 0.0));
        let [mean, square, ..] = moments(&values);
        assert!((mean - 0.5).abs() < 0.006 && (square - 1.0 / 3.0).abs() < 0.006, "{mean} {square}");
    }

    #[test]
    fn streams_differ_by_seed_participant_and_song() {
        let participant = Participant::new(3);
        let [one, two] = [1, 2].map(|song| RecordingId::new(Song::new(song).unwrap().into(), participant));
        let first = [
            Noise::of_participant(0, participant),
            Noise::of_participant(1, participant),
            Noise::of_participant(0, Participant::new(4)),
            Noise::of_recording(0, one),
            Noise::of_recording(0, two),
            Noise::of_ablation(0, two),
        ]
        .map(|mut noise| noise.uniform().to_bits());
        assert_eq!(std::collections::BTreeSet::from(first).len(), 6);
    }
}
