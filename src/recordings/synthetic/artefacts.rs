//! Bursts of artefacts: blinks, jaws and loose electrodes that raise the power of a second or two many times over.
//!
//! b(t) = Σ A · hann(t - τ): the bursts of one recording begin at the times of a Poisson process, and each has one to
//! four pulses. They depend neither on the genre nor on the process below them.

use super::design::RATE_HZ;
use super::noise::Noise;
use super::process::hann;

/// Samples that a pulse spans: 1.5 s.
const PULSE: f64 = 12.0;
/// Most pulses of one burst.
const MOST_PULSES: f64 = 4.0;
/// Seconds from one pulse of a burst to the next, at least and at most.
const SPACING_SECONDS: (f64, f64) = (0.5, 2.0);
/// Mean and standard deviation of ln A over bursts, A in units of the recording's median power.
const LOG_HEIGHT: (f64, f64) = (2.2, 1.6);
/// A pulse's height as a part of its burst's, at least and at most.
const RELATIVE_HEIGHT: (f64, f64) = (0.3, 1.0);

/// b(t), in units of the recording's median power, 0 between bursts.
#[must_use]
pub fn bursts(per_minute: f64, length: usize, noise: &mut Noise) -> Vec<f64> {
    let rate = f64::from(RATE_HZ);
    let mut power = vec![0.0; length];
    let mut start = 0.0;
    loop {
        start += rate * noise.exponential(60.0 / per_minute);
        if start >= length as f64 {
            return power;
        }
        let (mean, deviation) = LOG_HEIGHT;
        let height = libm::exp(mean + deviation * noise.trait_normal());
        let pulses = 1 + (MOST_PULSES * noise.uniform()) as usize;
        let mut centre = start;
        for _ in 0..pulses {
            add_pulse(&mut power, centre, height * noise.between(RELATIVE_HEIGHT.0, RELATIVE_HEIGHT.1));
            centre += rate * noise.between(SPACING_SECONDS.0, SPACING_SECONDS.1);
        }
    }
}

fn add_pulse(power: &mut [f64], centre: f64, height: f64) {
    let first = (centre - PULSE / 2.0).max(0.0) as usize;
    let pulse = power.iter_mut().enumerate().skip(first).take(PULSE as usize + 2);
    for (t, power) in pulse {
        *power += height * hann(t as f64 - centre, PULSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recordings::Participant;

    #[test]
    fn a_pulse_peaks_at_its_centre_and_ends_within_six_samples() {
        let mut power = vec![0.0; 40];
        add_pulse(&mut power, 20.0, 3.0);
        assert_eq!(power[20], 3.0);
        let touched: Vec<usize> = (0..40).filter(|t| power[*t] > 0.0).collect();
        assert_eq!(touched, (15..26).collect::<Vec<_>>());
    }

    #[test]
    fn a_pulse_over_an_edge_is_cut() {
        for centre in [0.0, 9.5] {
            let mut power = vec![0.0; 10];
            add_pulse(&mut power, centre, 1.0);
            assert!(power.iter().any(|power| *power > 0.9));
        }
    }

    /// A burst of n pulses lasts about 1.5 + 1.25 (n - 1) s, n from 1 to 4: 3.4 s on average, less where pulses that lie
    /// far apart leave a gap. With one burst a minute that is how much of a minute is above 0.
    #[test]
    fn bursts_come_at_their_rate() {
        let length = 8 * 60 * 500;
        let power = bursts(1.0, length, &mut Noise::of_participant(0, Participant::new(1)));
        let seconds_per_minute = power.iter().filter(|power| **power > 0.0).count() as f64 / 8.0 / 500.0;
        assert!((2.8..3.6).contains(&seconds_per_minute), "{seconds_per_minute}");
        assert!(power.iter().all(|power| power.is_finite() && *power >= 0.0));
    }
}
