//! The effect that separates the genres, and the truth that it makes of each genre.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Place, Result};
use crate::recordings::Genre;

/// What the sheets of synthetic workbooks are called: this, a space, and the effect.
pub const SHEET_PREFIX: &str = "synthetic";

/// The seconds over which the fast part of a signal changes, where no effect alters it.
const FAST_SECONDS: f64 = 1.5;
/// Octaves by which the fast part of classical and of pop lie from that of instrumental music, at strength 1.
const LOCAL_OCTAVES: f64 = 0.5;
/// The echo of classical music at strength 1 is tanh(1.1) ≈ 0.80; tanh keeps it below 1 at any strength.
const ECHO_ARGUMENT: f64 = 1.1;
/// The share of the local effect that `mixed` takes: moderate beside the full long-range one.
const MIXED_LOCAL: f64 = 0.5;

/// The effect that separates the genres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Nothing but the design: who heard what, and for how long.
    Null,
    /// Texture within a second or two: how fast power changes.
    Local,
    /// Only the relation between moments 50 s apart. Windows of up to 34 s have one law in all genres.
    LongRange,
    /// Half of the local effect and all of the long-range one.
    #[default]
    Mixed,
}

/// The two numbers in which genres differ. Nothing else in the generator depends on the genre.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Truth {
    /// Duration of the shortest changes of power, in seconds.
    pub fast_seconds: f64,
    /// How much of a moment returns 50 s later: above 0 a copy, below 0 an inverted copy, 0 nothing. Within (-1, 1).
    pub echo: f64,
}

impl Effect {
    /// All effects.
    pub const ALL: [Self; 4] = [Self::Null, Self::Local, Self::LongRange, Self::Mixed];

    /// The truth about a genre at a strength; instrumental music is as it would be without an effect.
    ///
    /// With q = 1, 0, -1 for classical, instrumental and pop:
    /// fast = 1.5 s · 2^(0.5 · local · q) and echo = tanh(1.1 · long-range · q).
    #[must_use]
    pub fn truth(self, strength: f64, genre: Genre) -> Truth {
        let (local, long_range) = match self {
            Self::Null => (0.0, 0.0),
            Self::Local => (strength, 0.0),
            Self::LongRange => (0.0, strength),
            Self::Mixed => (MIXED_LOCAL * strength, strength),
        };
        let q = 1.0 - genre.label() as f64;
        Truth {
            fast_seconds: FAST_SECONDS * libm::exp2(LOCAL_OCTAVES * local * q),
            echo: libm::tanh(ECHO_ARGUMENT * long_range * q),
        }
    }

    /// The name of the sheets of its workbooks, as `synthetic long-range`, by which they cannot be taken for real.
    #[must_use]
    pub fn sheet_name(self) -> String {
        format!("{SHEET_PREFIX} {self}")
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Local => "local",
            Self::LongRange => "long-range",
            Self::Mixed => "mixed",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Effect {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|effect| effect.name() == text).ok_or_else(|| {
            let expected = Self::ALL.map(Self::name).join(", ");
            Error::new(
                Fault::BAD_SETTING,
                Place::field("effect"),
                format!("one of {expected}"),
                format!("{text:?}"),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_text_json_and_sheets() {
        for effect in Effect::ALL {
            assert_eq!(effect.to_string().parse(), Ok(effect));
            assert_eq!(serde_json::to_string(&effect).unwrap(), format!("\"{effect}\""));
        }
        assert_eq!(Effect::LongRange.sheet_name(), "synthetic long-range");
    }

    #[test]
    fn another_name_is_refused_with_the_names_that_are_known() {
        let error = "longrange".parse::<Effect>().unwrap_err();
        assert_eq!(error.problems()[0].fault, Fault::BAD_SETTING);
        assert!(error.to_string().contains("null, local, long-range, mixed"), "{error}");
    }

    #[test]
    fn each_effect_alters_only_what_it_names() {
        let differ = |effect: Effect, part: fn(Truth) -> f64| {
            let [a, b, c] = Genre::ALL.map(|genre| part(effect.truth(1.0, genre)));
            a > b && b > c
        };
        let differs = Effect::ALL
            .map(|effect| (differ(effect, |truth| truth.fast_seconds), differ(effect, |truth| truth.echo)));
        assert_eq!(differs, [(false, false), (true, false), (false, true), (true, true)]);
    }

    #[test]
    fn the_default_strength_gives_the_documented_numbers() {
        let truth = Genre::ALL.map(|genre| Effect::LongRange.truth(1.0, genre));
        assert!(
            (truth[0].echo - 0.800).abs() < 5e-4 && truth[1].echo == 0.0 && truth[2].echo == -truth[0].echo
        );
        let truth = Genre::ALL.map(|genre| Effect::Local.truth(1.0, genre));
        assert!((truth[0].fast_seconds - 2.12).abs() < 0.005 && (truth[2].fast_seconds - 1.06).abs() < 0.005);
    }

    #[test]
    fn strength_zero_is_null() {
        for (effect, genre) in
            Effect::ALL.into_iter().flat_map(|effect| Genre::ALL.map(|genre| (effect, genre)))
        {
            assert_eq!(effect.truth(0.0, genre), Truth { fast_seconds: FAST_SECONDS, echo: 0.0 });
        }
    }
}
