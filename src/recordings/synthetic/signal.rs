//! From the process to band power: one recording.
//!
//! power(t) = c · o · (exp(σ x(t)) + b(t)), rounded to the six decimals of the real files, where
//!
//! - x is the [process], standard normal at every sample in every genre, and b the [bursts](artefacts);
//! - c, a participant's scale, has a cut Pareto law: c = 0.06 · u^-2.2, u uniform in [0.03, 1];
//! - o, a recording's own level, has ln o normal with deviation 0.35;
//! - σ is a participant's spread of log power, 0.4 in the middle, times a recording's own factor.
//!
//! So the law of a single sample is the same in every genre, and a participant's traits are drawn before and apart
//! from what he or she heard. What remains is chance: 24 participants have 24 scales, and those of one pair of genres
//! may be larger in one seed, as in a real experiment.

use super::artefacts;
use super::design::{self, RATE_HZ};
use super::effect::Truth;
use super::noise::Noise;
use super::process;
use crate::recordings::{Channels, Participant, Recording, RecordingId, Song};

/// The lowest scale of a participant, in the unit of the real files.
const LOWEST_SCALE: f64 = 0.06;
/// How heavy the tail of the scales is: ln c exceeds its lowest by 2.2 times an exponential number.
const SCALE_EXPONENT: f64 = 2.2;
/// The lowest u, which bounds the scales at 0.06 · 0.03^-2.2 ≈ 134.
const LOWEST_U: f64 = 0.03;
/// Deviation of ln o.
const LEVEL_DEVIATION: f64 = 0.35;
/// The median of σ, and the deviation of ln σ between participants and between recordings of one.
const SPREAD: f64 = 0.4;
const SPREAD_DEVIATIONS: (f64, f64) = (0.35, 0.25);
/// The median of bursts in a minute, and the deviation of its logarithm between participants.
const BURSTS_PER_MINUTE: (f64, f64) = (1.2, 0.7);
/// Decimals of the real files, as a factor.
const DECIMALS: f64 = 1e6;

/// What a participant brings to every song.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Traits {
    /// c, in the unit of the real files.
    pub scale: f64,
    /// σ before a recording's own factor.
    pub spread: f64,
    /// Bursts of artefacts in a minute.
    pub bursts_per_minute: f64,
}

impl Traits {
    /// The traits of a participant, which a seed fixes.
    #[must_use]
    pub fn of(seed: u64, participant: Participant) -> Self {
        let mut noise = Noise::of_participant(seed, participant);
        let u = noise.between(LOWEST_U, 1.0);
        Self {
            scale: LOWEST_SCALE * libm::exp(-SCALE_EXPONENT * libm::log(u)),
            spread: SPREAD * libm::exp(SPREAD_DEVIATIONS.0 * noise.trait_normal()),
            bursts_per_minute: BURSTS_PER_MINUTE.0 * libm::exp(BURSTS_PER_MINUTE.1 * noise.trait_normal()),
        }
    }
}

/// One recording. The genre enters through `truth` and through the song's length, and nowhere else.
#[must_use]
pub fn recording(seed: u64, song: Song, participant: Participant, traits: Traits, truth: Truth) -> Recording {
    let id = RecordingId::new(song.into(), participant);
    let mut noise = Noise::of_recording(seed, id);
    let length = design::length(song);
    let level = traits.scale * libm::exp(LEVEL_DEVIATION * noise.trait_normal());
    let spread = traits.spread * libm::exp(SPREAD_DEVIATIONS.1 * noise.trait_normal());
    let bursts = artefacts::bursts(traits.bursts_per_minute, length, &mut noise);
    let x = process::gaussian(truth, length, &mut noise);
    let power = x.iter().zip(bursts).map(|(x, burst)| level * (libm::exp(spread * x) + burst));
    Recording {
        stimulus: id.stimulus,
        label: song.genre().into(),
        participant,
        take: 1,
        session: None,
        rate_hz: f64::from(RATE_HZ),
        channels: Channels::ONE,
        samples: power.map(|power| (power * DECIMALS).round() / DECIMALS).collect(),
        synthetic: Some(format!("seed {seed}").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_keep_their_bounds_and_differ_by_orders_of_magnitude() {
        let mut scales: Vec<f64> = (0..100)
            .flat_map(|seed| (1..=24).map(move |n| Traits::of(seed, Participant::new(n)).scale))
            .collect();
        scales.sort_by(f64::total_cmp);
        assert!(scales[0] >= 0.06 && scales[2399] <= 134.5, "{} {}", scales[0], scales[2399]);
        // Quantiles of 0.06 u^-2.2 for u = 0.515 and u = 0.127: the middle, and the ninth tenth.
        assert!((scales[1200] / 0.258 - 1.0).abs() < 0.15, "{}", scales[1200]);
        assert!((scales[2160] / 5.62 - 1.0).abs() < 0.35, "{}", scales[2160]);
    }
}
