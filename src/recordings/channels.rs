//! The channels of recordings, and where their values stand.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Place, Result};

/// The most channels that a recording may have.
pub const MOST_CHANNELS: usize = 256;

/// The channels of the recordings of a data set: one, which needs no name, or several by name.
///
/// The values of several channels are interleaved, `[samples, channels]`: every channel of the first sample in the order of
/// the names, then every channel of the second. A stretch of samples is a stretch of values, so whatever cuts or moves samples
/// moves their channels together. Lengths and places count samples, not values.
///
/// As JSON it is the list of names, which is empty for one channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Channels(Option<Arc<[String]>>);

impl Channels {
    /// One channel.
    pub const ONE: Self = Self(None);

    /// The channels of these names. A single name is not kept: it may be that of a column, which no two recordings share.
    ///
    /// # Errors
    /// [`Fault::BAD_CHANNELS`] without a name, for more than [`MOST_CHANNELS`], for an empty name, and for one that comes twice.
    pub fn named(names: Vec<String>) -> Result<Self> {
        let bad = |expected: &str, found: String| {
            Err(Error::new(Fault::BAD_CHANNELS, Place::field("channels"), expected, found))
        };
        if !(1..=MOST_CHANNELS).contains(&names.len()) {
            return bad(&format!("1 to {MOST_CHANNELS} channels"), names.len().to_string());
        }
        if names.len() == 1 {
            return Ok(Self::ONE);
        }
        for (place, name) in names.iter().enumerate() {
            if name.trim().is_empty() {
                return bad("a name for each of several channels", format!("none for channel {}", place + 1));
            }
            if names[..place].contains(name) {
                return bad("another name for each channel", format!("{name} twice"));
            }
        }
        Ok(Self(Some(names.into())))
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.as_ref().map_or(1, |names| names.len())
    }

    /// Whether there is one.
    #[must_use]
    pub const fn is_one(&self) -> bool {
        self.0.is_none()
    }

    /// The names of several channels; none for one.
    #[must_use]
    pub fn names(&self) -> &[String] {
        self.0.as_deref().unwrap_or_default()
    }

    /// What stands before the name of something that each channel has: `C3 ` of `C3 mean`; nothing where there is one channel.
    #[must_use]
    pub fn prefixes(&self) -> Vec<String> {
        match self.names() {
            [] => vec![String::new()],
            names => names.iter().map(|name| format!("{name} ")).collect(),
        }
    }

    /// The values of each channel in time order: `[samples, channels]` to `[channels][samples]`.
    #[must_use]
    pub fn split<T: Copy>(&self, values: &[T]) -> Vec<Vec<T>> {
        let count = self.count();
        (0..count).map(|channel| values.iter().skip(channel).step_by(count).copied().collect()).collect()
    }

    /// The inverse of [`Self::split`], for channels of one length: `[channels][samples]` to `[samples, channels]`.
    #[must_use]
    pub fn join<T: Copy>(mut channels: Vec<Vec<T>>) -> Vec<T> {
        if channels.len() == 1 {
            return channels.swap_remove(0);
        }
        let samples = channels.iter().map(Vec::len).min().unwrap_or(0);
        (0..samples).flat_map(|sample| channels.iter().map(move |channel| channel[sample])).collect()
    }

    /// Does something with each channel that leaves the number of its values.
    #[must_use]
    pub fn map<T: Copy, U: Copy>(&self, values: &[T], mut change: impl FnMut(&[T]) -> Vec<U>) -> Vec<U> {
        if self.is_one() {
            return change(values);
        }
        Self::join(self.split(values).iter().map(|own| change(own)).collect())
    }

    /// The mean over channels of a number that each of them has; with one channel that number itself.
    pub fn mean_of(&self, values: &[f64], mut number: impl FnMut(&[f64]) -> f64) -> f64 {
        if self.is_one() {
            return number(values);
        }
        self.split(values).iter().map(|own| number(own)).sum::<f64>() / self.count() as f64
    }
}

impl fmt::Display for Channels {
    /// `one channel`, or `channels C3, Cz`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.names() {
            [] => f.write_str("one channel"),
            names => write!(f, "channels {}", names.join(", ")),
        }
    }
}

impl TryFrom<Vec<String>> for Channels {
    type Error = Error;

    fn try_from(names: Vec<String>) -> Result<Self> {
        if names.is_empty() { Ok(Self::ONE) } else { Self::named(names) }
    }
}

impl From<Channels> for Vec<String> {
    fn from(channels: Channels) -> Self {
        channels.names().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn channels(count: usize) -> Channels {
        Channels::named((0..count).map(|channel| format!("C{channel}")).collect()).unwrap()
    }

    #[test]
    fn names_that_no_channels_can_have_are_refused() {
        let refused = |names: &[&str]| {
            let error = Channels::named(names.iter().map(|name| (*name).to_owned()).collect()).unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::BAD_CHANNELS, "{names:?}");
        };
        refused(&[]);
        refused(&["C3", ""]);
        refused(&["C3", "Cz", "C3"]);
        refused(&vec!["C3"; MOST_CHANNELS + 1]);
        assert_eq!(channels(MOST_CHANNELS).count(), MOST_CHANNELS);
    }

    #[test]
    fn one_channel_has_no_name_and_several_survive_json() {
        assert_eq!(Channels::named(vec!["F7".into()]), Ok(Channels::ONE));
        for (own, json) in [(Channels::ONE, "[]"), (channels(2), r#"["C0","C1"]"#)] {
            assert_eq!(serde_json::to_string(&own).unwrap(), json);
            assert_eq!(serde_json::from_str::<Channels>(json).unwrap(), own);
        }
        assert!(serde_json::from_str::<Channels>(r#"["C0","C0"]"#).is_err());
        assert_eq!(
            (channels(2).prefixes(), Channels::ONE.prefixes()),
            (vec!["C0 ".into(), "C1 ".into()], vec![String::new()])
        );
    }

    proptest! {
        #[test]
        fn values_of_a_channel_are_those_at_its_place_of_each_sample(
            count in 1_usize..6, samples in 0_usize..20, values in vec(-1e3..1e3, 120)
        ) {
            let (channels, values) = (channels(count), &values[..count * samples]);
            let split = channels.split(values);
            prop_assert_eq!(split.len(), count);
            for (channel, own) in split.iter().enumerate() {
                let naive: Vec<f64> = (0..samples).map(|sample| values[sample * count + channel]).collect();
                prop_assert_eq!(own, &naive);
            }
            prop_assert_eq!(channels.map(values, <[f64]>::to_vec), values);
            prop_assert_eq!(Channels::join(split), values);
        }
    }
}
