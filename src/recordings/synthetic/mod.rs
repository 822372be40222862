//! Synthetic recordings: an instrument whose truth is known.
//!
//! The same 12 workbooks as the real ones, with the same [design]: songs, lengths, participants, 8 samples a second.
//! Their [signals](signal) are smooth, heavy-tailed band power with slow changes stronger than fast ones, scales that
//! differ by orders of magnitude between participants, and [bursts of artefacts](artefacts). One chosen effect
//! separates the genres, and nothing else does:
//!
//! | [`Effect`] | truth |
//! |---|---|
//! | `null` | the design alone |
//! | `local` | how fast power changes, within a second or two |
//! | `long-range` | how moments 50 s apart relate; windows of up to 34 s have one law in all genres |
//! | `mixed` | half of the local effect and all of the long-range one |
//!
//! A model with accuracy above chance on `null` reads the design: lengths, or which genres a participant heard. A model with
//! accuracy above chance on `local` but not on `long-range` reads textures. The [process] gives the equations and the proofs; [`Effect::truth`]
//! gives the numbers.
//!
//! # Limits of the instrument
//! - Length determines the genre, as in the real set. It is part of the design.
//! - "One law" is about windows, taken one by one. A statistic of a whole recording may differ without any test of
//!   a lag: an echo makes the mean of a recording's log power vary more between recordings, an inverted one less. The
//!   differing levels of recordings hide most of that.
//! - It resembles the real signals in a few pooled numbers: quantiles, autocorrelation, bursts. It is not a model of a
//!   brain, and its participants do not exist. The real files' zeros at the ends of recordings are left out.
//!
//! # The same bytes everywhere
//! Samples depend on the settings alone. Random numbers are ChaCha8's, one stream a recording; logarithms,
//! exponentials and cosines are those of the `libm` crate; sums have a fixed order. The files' bytes depend on
//! nothing else but the versions of the crates that write and compress them, which `Cargo.lock` holds.
//!
//! # Example
//! ```
//! use eegenre::recordings::synthetic::{self, Effect, Settings};
//!
//! let settings = Settings { effect: Effect::LongRange, ..Settings::default() };
//! let set = synthetic::generate(&settings)?;
//! assert_eq!(set.recordings().len(), 192);
//! assert_eq!(set.provenance().known_as().unwrap(), "synthetic (long-range, strength 1, seed 0)");
//! # Ok::<(), eegenre::Error>(())
//! ```

pub mod artefacts;
pub mod design;
mod effect;
mod folder;
pub mod noise;
pub mod process;
pub mod signal;
#[cfg(test)]
mod truth_tests;
mod workbook;

use std::fmt;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use effect::{Effect, SHEET_PREFIX, Truth};
pub(crate) use folder::ensure_unless;
pub use folder::{STAMP_FILE, Stamp, ensure, write};

use super::{DataSet, Recording};
use crate::error::{Error, Fault, Place, Result};
use signal::Traits;

/// The greatest strength: beyond it an echo would be all but a repetition.
pub const MAX_STRENGTH: f64 = 2.0;

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The effect that separates the genres.
    pub effect: Effect,
    /// How much it does: 0 gives `null`'s samples, 1 is the default, [`MAX_STRENGTH`] the most.
    pub strength: f64,
    /// Fixes every random number. Settings that differ only in effect or strength share participants and bursts.
    pub seed: u64,
}

impl Default for Settings {
    /// `mixed`, strength 1, seed 0.
    fn default() -> Self {
        Self { effect: Effect::default(), strength: 1.0, seed: 0 }
    }
}

impl Settings {
    fn validate(&self) -> Result<()> {
        if (0.0..=MAX_STRENGTH).contains(&self.strength) {
            return Ok(());
        }
        let expected = format!("a number from 0 to {MAX_STRENGTH}");
        Err(Error::new(Fault::BAD_SETTING, Place::field("strength"), expected, self.strength.to_string()))
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, strength {}, seed {}", self.effect, self.strength, self.seed)
    }
}

/// Samples of each recording of a [small](small) study: one slice of the CNN and a little more.
const SMALL_SAMPLES: usize = 1000;

/// A small study of known truth, for trainings that take seconds: the design of the real one, every recording cut to
/// its first 1000 samples (125 s), so that lengths tell nothing.
///
/// # Errors
/// Those of [`generate`].
pub fn small(effect: Effect) -> Result<DataSet> {
    let set = generate(&Settings { effect, ..Settings::default() })?;
    let cut = |recording: &Recording| Recording {
        samples: recording.samples[..SMALL_SAMPLES].to_vec(),
        ..recording.clone()
    };
    DataSet::new(set.recordings().iter().map(cut).collect())
}

/// Makes the 192 recordings in memory, bit for bit as their workbooks hold them.
///
/// # Errors
/// [`Fault::BAD_SETTING`] unless the strength is a number from 0 to [`MAX_STRENGTH`].
pub fn generate(settings: &Settings) -> Result<DataSet> {
    settings.validate()?;
    let Settings { effect, strength, seed } = *settings;
    let all: Vec<_> = design::recordings().collect();
    let recordings: Vec<Recording> = all
        .into_par_iter()
        .map(|(song, participant)| {
            let truth = effect.truth(strength, song.genre());
            signal::recording(seed, song, participant, Traits::of(seed, participant), truth)
        })
        .collect();
    Ok(DataSet::new(recordings)?.marked_synthetic(&settings.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::recordings::published::SONGS;
    use crate::recordings::{Participant, Song};

    /// One recording in place of all 192, so that many settings can be tried.
    fn one(settings: Settings, song: u32, nth: usize) -> Recording {
        let song = Song::new(song).unwrap();
        let participant = design::listeners(song)[nth];
        let truth = settings.effect.truth(settings.strength, song.genre());
        signal::recording(settings.seed, song, participant, Traits::of(settings.seed, participant), truth)
    }

    fn settings() -> impl Strategy<Value = Settings> {
        let effect = prop::sample::select(Effect::ALL.as_slice());
        (effect, 0.0..=MAX_STRENGTH, any::<u64>()).prop_map(|(effect, strength, seed)| Settings {
            effect,
            strength,
            seed,
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn any_settings_give_plausible_power(settings in settings(), song in 1_u32..=12, nth in 0_usize..16) {
            let recording = one(settings, song, nth);
            prop_assert_eq!(recording.samples.len(), design::LENGTHS[song as usize - 1]);
            prop_assert_eq!(recording.rate_hz, 8.0);
            // The real files end at 2674; a participant of the largest scale with a rare burst goes beyond.
            prop_assert!(recording.samples.iter().all(|power| (0.0..1e7).contains(power)));
            let six_decimals = |power: &f64| format!("{power:.6}").parse() == Ok(*power);
            prop_assert!(recording.samples.iter().all(six_decimals));
        }

        #[test]
        fn another_seed_gives_other_samples(a in settings(), seed in any::<u64>()) {
            prop_assume!(a.seed != seed);
            prop_assert_ne!(one(a, 1, 0).samples, one(Settings { seed, ..a }, 1, 0).samples);
        }

        #[test]
        fn strength_zero_is_null_whatever_the_effect(a in settings(), song in 1_u32..=12) {
            let null = Settings { effect: Effect::Null, ..a };
            prop_assert_eq!(one(Settings { strength: 0.0, ..a }, song, 3), one(null, song, 3));
        }

        #[test]
        fn a_strength_outside_its_range_is_refused(
            strength in prop_oneof![-1e300..-1e-300, 2.000_001..1e300, Just(f64::NAN), Just(f64::INFINITY)],
        ) {
            let error = generate(&Settings { strength, ..Settings::default() }).unwrap_err();
            prop_assert_eq!(error.problems()[0].fault, Fault::BAD_SETTING);
        }
    }

    #[test]
    fn a_set_has_the_design_of_the_real_one() {
        let set = generate(&Settings::default()).unwrap();
        assert_eq!((set.recordings().len(), set.rate_hz()), (192, 8.0));
        assert_eq!(set.stimuli().len(), usize::from(SONGS));
        assert_eq!(set.participants(), (1..=24).map(Participant::new).collect());
        assert!(set.participants().into_iter().all(|participant| set.labels_of(participant).len() == 2));
    }

    /// Whoever changes this number changes every record that was made from the default set, and must raise
    /// [`Stamp::FORMAT`].
    #[test]
    fn the_default_set_is_this_one_on_every_machine() {
        let set = generate(&Settings::default()).unwrap();
        assert_eq!(
            set.fingerprint().to_string(),
            "6d88fa68364268cb0fd8663babc667ebb04864e7a40480afca1d87cd961ef4be"
        );
    }
}
