//! Samples of exactly 0: kept, or replaced by a rule that looks at their recording alone.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Place, Result};

/// What becomes of samples that are exactly 0.
///
/// Band power is above 0. The published recordings hold 83 exact zeros, all at the ends of classical and pop stimuli, so
/// a zero predicts the label without being signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Zeros {
    /// They stay.
    #[default]
    Keep,
    /// Each run of zeros becomes the mirror image of the samples before it: the zero at place `b + j` behind the last
    /// other sample `b` gets the sample at `b - j`. Speed and level of change stay, and no sample is repeated beside
    /// itself. A run at the start, or one longer than the samples before it, mirrors what follows; where neither side
    /// is long enough, the mirror image goes to and fro.
    Reflect,
}

impl Zeros {
    /// All of them, the default first.
    pub const ALL: [Self; 2] = [Self::Keep, Self::Reflect];

    /// Whether it is the default.
    #[must_use]
    pub fn is_keep(&self) -> bool {
        *self == Self::Keep
    }

    /// The samples of one recording, of the same number. A recording of zeros alone stays as it is.
    #[must_use]
    pub fn apply(self, samples: &[f64]) -> Vec<f64> {
        let mut samples = samples.to_vec();
        if self == Self::Reflect {
            let mut at = 0;
            while let Some(start) = samples[at..].iter().position(|sample| *sample == 0.0) {
                let start = at + start;
                let run = samples[start..].iter().take_while(|sample| **sample == 0.0).count();
                fill(&mut samples, start, run);
                at = start + run;
            }
        }
        samples
    }
}

/// Fills a run of zeros by the mirror image of what stands before it or, where that is shorter than the run and what
/// follows is longer, behind it.
fn fill(samples: &mut [f64], start: usize, run: usize) {
    // What follows ends at the next zero: another run is filled by itself.
    let (end, behind) =
        (start + run, samples[start + run..].iter().take_while(|sample| **sample != 0.0).count());
    // The sample at the mirror is not repeated, so of n samples n - 1 can be mirrored.
    let is_from_before = start > run || start >= behind;
    let known = if is_from_before { start } else { behind };
    if known == 0 {
        return;
    }
    for j in 1..=run {
        // To and fro over 0, 1, ..., known - 1, 0 being the sample at the mirror.
        let period = 2 * (known - 1).max(1);
        let step = j % period;
        let step = if step < known { step } else { period - step };
        let step = step.min(known - 1);
        if is_from_before {
            samples[start + j - 1] = samples[start - 1 - step];
        } else {
            samples[end - j] = samples[end + step];
        }
    }
}

impl fmt::Display for Zeros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Keep => "keep",
            Self::Reflect => "reflect",
        })
    }
}

impl FromStr for Zeros {
    type Err = Error;

    /// Reads the name that [`Display`](fmt::Display) writes.
    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|choice| choice.to_string() == name).ok_or_else(|| {
            Error::new(Fault::BAD_SETTING, Place::field("zeros"), "keep or reflect", format!("{name:?}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn reflected(samples: &[f64]) -> Vec<f64> {
        Zeros::Reflect.apply(samples)
    }

    #[test]
    fn zeros_at_the_end_mirror_what_stands_before_them() {
        assert_eq!(reflected(&[1., 2., 3., 4., 0., 0.]), [1., 2., 3., 4., 3., 2.]);
    }

    #[test]
    fn zeros_at_the_start_mirror_what_follows() {
        assert_eq!(reflected(&[0., 0., 4., 3., 2., 1.]), [2., 3., 4., 3., 2., 1.]);
    }

    #[test]
    fn a_run_longer_than_its_mirror_goes_to_and_fro() {
        assert_eq!(reflected(&[1., 2., 0., 0., 0.]), [1., 2., 1., 2., 1.]);
        assert_eq!(reflected(&[5., 0., 0.]), [5., 5., 5.]);
        assert_eq!(reflected(&[0., 5.]), [5., 5.]);
    }

    #[test]
    fn names_are_read_as_written() {
        for choice in Zeros::ALL {
            assert_eq!(choice.to_string().parse(), Ok(choice));
            assert_eq!(serde_json::to_string(&choice).unwrap(), format!("\"{choice}\""));
        }
        assert_eq!("drop".parse::<Zeros>().unwrap_err().problems()[0].fault, Fault::BAD_SETTING);
    }

    proptest! {
        #[test]
        fn no_zero_stays_and_every_other_sample_does(samples in vec(prop_oneof![Just(0.0), 0.1..9.0], 1..40)) {
            let filled = reflected(&samples);
            prop_assert_eq!(filled.len(), samples.len());
            if samples.iter().any(|sample| *sample != 0.0) {
                prop_assert!(filled.iter().all(|sample| *sample != 0.0), "{:?}", filled);
            } else {
                prop_assert_eq!(&filled, &samples);
            }
            for (before, after) in samples.iter().zip(&filled).filter(|(before, _)| **before != 0.0) {
                prop_assert_eq!(before, after);
            }
            prop_assert!(filled.iter().all(|sample| samples.contains(sample)));
        }
    }
}
