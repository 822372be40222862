//! A recording made ready for a network, and the steps that do so.

use std::fmt;
use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use super::{Ablation, LastFrame, MedianFilter, Normalisation, Zeros};
use crate::error::{Error, Fault, Place, Result};
use crate::recordings::{Channels, DataSet, Design, Labels, Recording, RecordingId};

/// A prepared recording: single-precision samples, their owner and the label to be predicted.
#[derive(Clone, PartialEq)]
pub struct Signal {
    /// The recording.
    pub recording: RecordingId,
    /// The class of its label: its place among the [labels](Design::labels) of the study.
    pub class: usize,
    /// Its channels.
    pub channels: usize,
    /// The samples, at least one, all finite: `[length, channels]`, interleaved in time.
    pub samples: Vec<f32>,
    /// What becomes of those that do not fill a last frame.
    pub last_frame: LastFrame,
}

impl Signal {
    /// Its length in samples: values of each channel.
    #[must_use]
    pub fn length(&self) -> usize {
        self.samples.len().checked_div(self.channels).unwrap_or(0)
    }

    /// Values of so many samples, all channels of each: how wide a frame is.
    #[must_use]
    pub const fn width(&self, samples: usize) -> usize {
        samples * self.channels
    }
}

impl fmt::Debug for Signal {
    /// Leaves the samples out: they are brain data, and must not reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (length, channels) = (self.length(), self.channels);
        write!(f, "Signal({}, {length} samples, channels {channels})", self.recording)
    }
}

/// The steps from recordings to signals, in this order: truncate, replace zeros, ablate, median filter, normalise;
/// and what becomes of an incomplete last frame.
///
/// Truncation comes first, so that what is cut off has no part in the statistics. The default does nothing to the
/// samples, as in the paper.
///
/// Zeros are replaced, filters applied and scales found for each channel of a recording by itself.
///
/// ```
/// use eegenre::preparation::{Normalisation, Preparation};
///
/// let preparation = Preparation { normalisation: Normalisation::Log, ..Preparation::default() };
/// let json = serde_json::to_string(&preparation)?;
/// assert_eq!(json, r#"{"truncate":null,"median":null,"normalisation":"log"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Preparation {
    /// Keep this many samples from the start of each recording; a shorter one stays as it is. With
    /// [`SHORTEST`](crate::recordings::published::SHORTEST) or less, length no longer tells one stimulus from another.
    pub truncate: Option<NonZeroUsize>,
    /// Replace samples that are exactly 0.
    #[serde(skip_serializing_if = "Zeros::is_keep")]
    pub zeros: Zeros,
    /// Take something away, to see whether a network needs it. The only step that sees more than one recording.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ablation: Option<Ablation>,
    /// Filter out outliers.
    pub median: Option<MedianFilter>,
    /// Scale the values.
    pub normalisation: Normalisation,
    /// What becomes of samples that do not fill a last frame.
    #[serde(skip_serializing_if = "LastFrame::is_zero")]
    pub last_frame: LastFrame,
}

impl Preparation {
    /// Nothing but a cut of all recordings to the length of the shortest, so that lengths tell nothing.
    #[must_use]
    pub fn of_one_length(design: &Design) -> Self {
        let [shortest, _] = design.lengths();
        Self { truncate: NonZeroUsize::new(shortest), ..Self::default() }
    }

    /// Prepares one recording of a study with these labels.
    ///
    /// # Errors
    /// - [`Fault::BAD_SETTING`] if something is to be taken away, which needs the whole data set, or its label is none of
    ///   `labels`;
    /// - [`Fault::EMPTY_RECORDING`] if it has no samples;
    /// - the errors of [`Normalisation::apply`]. They name the recording and the sample.
    pub fn signal(&self, recording: &Recording, labels: &Labels) -> Result<Signal> {
        match self.ablation {
            None => self.prepared(recording, labels, &self.kept(recording)),
            Some(Ablation { of, .. }) => {
                let expected = "none for a recording alone, or Preparation::signals for a data set";
                Err(Error::new(Fault::BAD_SETTING, Place::field("ablation"), expected, of.to_string()))
            }
        }
    }

    /// Prepares recordings of a data set, such as those of one part of a [`Split`](super::Split), in the given order.
    ///
    /// # Errors
    /// - [`Fault::UNKNOWN_RECORDING`] for each name that the data set does not have;
    /// - [`Fault::EMPTY_RECORDING`] for each recording without samples;
    /// - those of [`Ablation::apply`], and of [`Normalisation::apply`] for every recording that has one. They name the
    ///   recording and the sample.
    pub fn signals(&self, data: &DataSet, recordings: &[RecordingId]) -> Result<Vec<Signal>> {
        let ablated = self.ablation.map(|_| self.remaining(data)).transpose()?;
        let data = ablated.as_ref().unwrap_or(data);
        let labels = data.labels();
        Error::gather(recordings.iter().map(|id| match data.recording(*id) {
            Some(recording) if self.ablation.is_some() => {
                self.prepared(recording, &labels, &recording.samples)
            }
            Some(recording) => self.prepared(recording, &labels, &self.kept(recording)),
            None => Err(Error::new(
                Fault::UNKNOWN_RECORDING,
                Place::field(format!("recording {id}")),
                "a recording of the data set",
                "none of this name",
            )),
        }))
    }

    /// What is left of recordings after the first steps: cut, with zeros replaced, and without what is taken away.
    ///
    /// # Errors
    /// Those of [`Ablation::apply`].
    pub fn remaining(&self, data: &DataSet) -> Result<DataSet> {
        let cut = |recording: &Recording| Recording { samples: self.kept(recording), ..recording.clone() };
        let cut = DataSet::new(data.recordings().iter().map(cut).collect())?;
        match self.ablation {
            None => Ok(cut),
            Some(ablation) => ablation.apply(&cut),
        }
    }

    /// The samples of the shortest recording of a design that are left when it is cut, and what an ablation may take from its
    /// length is taken.
    #[must_use]
    pub fn shortest(&self, design: &Design) -> usize {
        let [shortest, _] = design.lengths();
        let cut = self.truncate.map_or(shortest, |truncate| truncate.get().min(shortest));
        self.ablation.map_or(cut, |ablation| ablation.of.shortest(design, cut))
    }

    /// The samples that are not cut off, with zeros replaced.
    fn kept(&self, recording: &Recording) -> Vec<f64> {
        let length = self.truncate.map_or(usize::MAX, NonZeroUsize::get).min(recording.length());
        recording.channels.map(recording.part(0..length), |own| self.zeros.apply(own))
    }

    /// Filters and scales samples of which nothing is to be taken away any more.
    fn prepared(&self, recording: &Recording, labels: &Labels, samples: &[f64]) -> Result<Signal> {
        let id = recording.id();
        if samples.is_empty() {
            let place = Place::field(format!("recording {id}"));
            return Err(Error::new(Fault::EMPTY_RECORDING, place, "at least one sample", "none"));
        }
        let channels = &recording.channels;
        let prepared = |(place, samples): (usize, Vec<f64>)| {
            let filtered = self.median.map(|filter| filter.apply(&samples));
            let values = self.normalisation.apply(filtered.as_deref().unwrap_or(&samples));
            let values = values.map_err(|error| {
                let channel =
                    channels.names().get(place).map_or_else(String::new, |name| format!("channel {name}, "));
                error.placed(|place| Place::field(format!("recording {id}, {channel}{place}")))
            })?;
            Ok(values.into_iter().map(|value| value as f32).collect())
        };
        let samples =
            Channels::join(Error::gather(channels.split(samples).into_iter().enumerate().map(prepared))?);
        let class = labels.find(recording.label).ok_or_else(|| {
            let place = Place::field(format!("recording {id}"));
            let expected: Vec<&str> = labels.iter().map(|label| label.as_str()).collect();
            let expected = format!("one of the labels {}", expected.join(", "));
            Error::new(Fault::BAD_SETTING, place, expected, recording.label.to_string())
        })?;
        Ok(Signal { recording: id, class, channels: channels.count(), samples, last_frame: self.last_frame })
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::preparation::split::testing::{data_set, recording};

    fn every_preparation() -> impl Iterator<Item = Preparation> {
        let truncations = [None, NonZeroUsize::new(1), NonZeroUsize::new(5)];
        let medians = [None, MedianFilter::new(3).ok()];
        truncations.into_iter().flat_map(move |truncate| {
            medians.into_iter().flat_map(move |median| {
                Normalisation::ALL.map(|normalisation| Preparation {
                    truncate,
                    median,
                    normalisation,
                    ..Preparation::default()
                })
            })
        })
    }

    #[test]
    fn the_default_only_casts() {
        let signal = Preparation::default()
            .signal(&recording("S5/P02", &[0.1, 2674.5]), &Labels::published())
            .unwrap();
        assert_eq!(signal.samples, [0.1_f32, 2674.5]);
        assert_eq!((signal.recording.to_string().as_str(), signal.class), ("S5/P02", 1));
    }

    #[test]
    fn what_is_truncated_has_no_part_in_the_statistics() {
        let samples = [0.0, 1.0, 2.0, 1e6];
        let truncate = NonZeroUsize::new(3);
        let preparation =
            Preparation { truncate, normalisation: Normalisation::MinMax, ..Default::default() };
        assert_eq!(
            preparation.signal(&recording("S1/P01", &samples), &Labels::published()).unwrap().samples,
            [0.0, 0.5, 1.0]
        );
    }

    #[test]
    fn the_median_filter_comes_before_the_normalisation() {
        let median = MedianFilter::new(3).ok();
        let preparation = Preparation { median, normalisation: Normalisation::MinMax, ..Default::default() };
        let signal = preparation
            .signal(&recording("S1/P01", &[0.0, 0.0, 900.0, 4.0, 4.0]), &Labels::published())
            .unwrap();
        assert_eq!(signal.samples, [0.0, 0.0, 1.0, 1.0, 1.0]);
    }

    #[test]
    fn every_channel_is_prepared_by_itself() {
        let channels = Channels::named(vec!["C3".to_owned(), "Cz".to_owned()]).unwrap();
        let [one, other] = [[0.0, 5.0, 2.0, 3.0, 0.0], [7.0, 900.0, 0.0, 5.0, 6.0]];
        let samples = Channels::join(vec![one.to_vec(), other.to_vec()]);
        let both = Recording { channels, ..recording("S1/P01", &samples) };
        for zeros in Zeros::ALL {
            for preparation in every_preparation().map(|preparation| Preparation { zeros, ..preparation }) {
                let alone = |samples: &[f64]| {
                    let signal =
                        preparation.signal(&recording("S1/P01", samples), &Labels::published()).unwrap();
                    signal.samples
                };
                let signal = preparation.signal(&both, &Labels::published()).unwrap();
                assert_eq!(
                    signal.samples,
                    Channels::join(vec![alone(&one), alone(&other)]),
                    "{preparation:?}"
                );
                assert_eq!((signal.channels, signal.length()), (2, alone(&one).len()));
            }
        }
        let negative = Recording { samples: vec![1.0, 1.0, 1.0, -1.0], ..both };
        let preparation = Preparation { normalisation: Normalisation::Log, ..Preparation::default() };
        let error = preparation.signal(&negative, &Labels::published()).unwrap_err();
        assert_eq!(error.problems()[0].place.to_string(), "recording S1/P01, channel Cz, sample 2");
    }

    #[test]
    fn every_recording_that_cannot_be_prepared_is_named() {
        let bad = recording("S2/P01", &[-1.0]);
        let data = data_set(vec![recording("S1/P01", &[1.0]), bad, recording("S3/P01", &[])]);
        let names = ["S1/P01", "S2/P01", "S3/P01", "S4/P01"].map(|name| name.parse().unwrap());
        let preparation = Preparation { normalisation: Normalisation::Log, ..Preparation::default() };
        let error = preparation.signals(&data, &names).unwrap_err();
        let found: Vec<_> = error.problems().iter().map(|p| (p.fault, p.place.to_string())).collect();
        let expected = [
            (Fault::NEGATIVE_SAMPLE, "recording S2/P01, sample 1"),
            (Fault::EMPTY_RECORDING, "recording S3/P01"),
            (Fault::UNKNOWN_RECORDING, "recording S4/P01"),
        ];
        assert_eq!(found, expected.map(|(fault, place)| (fault, place.to_owned())));
    }

    #[test]
    fn a_preparation_survives_json_and_unknown_fields_are_refused() {
        for preparation in every_preparation() {
            let json = serde_json::to_string(&preparation).unwrap();
            assert_eq!(serde_json::from_str::<Preparation>(&json).unwrap(), preparation);
        }
        assert_eq!(serde_json::from_str::<Preparation>("{}").unwrap(), Preparation::default());
        for json in [r#"{"truncate":0}"#, r#"{"median":4}"#, r#"{"normalise":"log"}"#] {
            assert!(serde_json::from_str::<Preparation>(json).is_err(), "{json}");
        }
    }

    proptest! {
        #[test]
        fn truncation_keeps_the_first_samples(samples in vec(0.0..3e3, 1..50), length in 1_usize..60) {
            let preparation = Preparation { truncate: NonZeroUsize::new(length), ..Preparation::default() };
            let signal = preparation.signal(&recording("S1/P01", &samples), &Labels::published()).unwrap();
            let whole = Preparation::default().signal(&recording("S1/P01", &samples), &Labels::published()).unwrap();
            prop_assert_eq!(&signal.samples[..], &whole.samples[..length.min(samples.len())]);
        }

        #[test]
        fn what_is_cut_to_one_length_has_that_of_the_shortest(lengths in vec(0_usize..40, 1..9)) {
            let named = (1..).zip(&lengths).map(|(n, length)| recording(&format!("S1/P{n}"), &vec![1.0; *length]));
            let set = data_set(named.collect());
            let left = Preparation::of_one_length(&set).remaining(&set).unwrap();
            let shortest = *lengths.iter().min().unwrap();
            // Without samples nothing can be of one length, and preparing it says so.
            let is_cut = |(kept, length): (&Recording, &usize)| {
                kept.samples.len() == if shortest == 0 { *length } else { shortest }
            };
            prop_assert!(left.recordings().iter().zip(&lengths).all(is_cut));
        }

        #[test]
        fn no_recording_changes_another(
            mine in vec(0.0..3e3, 1..40), one in vec(0.0..3e3, 1..40), other in vec(0.0..3e3, 1..40)
        ) {
            let beside = |neighbour: &[f64]| data_set(vec![recording("S1/P01", &mine), recording("S1/P02", neighbour)]);
            let names = ["S1/P01", "S1/P02"].map(|name| name.parse().unwrap());
            for preparation in every_preparation() {
                let [a, b] = [&one, &other].map(|n| preparation.signals(&beside(n), &names).unwrap());
                prop_assert_eq!(&a[0], &b[0]);
            }
        }
    }
}
