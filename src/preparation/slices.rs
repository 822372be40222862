//! Signals as overlapping slices, the CNN's inputs (paper, section 2.4).

use std::fmt;

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use super::{FRAME, Signal, check_frame};
use crate::error::{Error, Fault, Place, Result};
use crate::recordings::RecordingId;

/// Samples of a slice in the paper, the CNN's input (2.4).
pub const SLICE: usize = 960;
/// Samples between the starts of neighbouring slices in the paper (2.4).
pub const HOP: usize = 480;

/// A stretch of a signal, with its owner and label. Slices of one recording vote for its label.
#[derive(Clone, PartialEq)]
pub struct Slice {
    /// The recording that it is cut from.
    pub recording: RecordingId,
    /// The class of the label, that of the whole recording.
    pub class: usize,
    /// Where it starts in the signal, in samples.
    pub start: usize,
    /// The samples as `[frames, frame × channels]`: `[120, 8]` in the paper's case. In memory they follow one another in time, all
    /// channels of each.
    pub values: Array2<f32>,
}

impl fmt::Debug for Slice {
    /// Leaves the samples out: they are brain data, and must not reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slice({} from {}, {:?})", self.recording, self.start, self.values.dim())
    }
}

impl Slice {
    /// The samples with the places of a frame as channels of a convolution: `[frame × channels, frames]`, or 8 channels of length
    /// 120.
    #[must_use]
    pub fn channels(&self) -> ArrayView2<'_, f32> {
        self.values.t()
    }
}

/// How signals are cut into slices.
///
/// A signal of `n` samples gives `(n - length) / hop + 1` slices, rounded down; samples after the last full slice
/// belong to none. A signal shorter than one slice is an error. It would have no vote, and padding it with zeros
/// would show the CNN its length, which truncation is there to hide. The paper's shortest recording, 1608 samples,
/// gives two slices of 960; only a truncation below 960 gets there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Fields")]
pub struct Slicing {
    frame: usize,
    length: usize,
    hop: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    frame: usize,
    length: usize,
    hop: usize,
}

impl TryFrom<Fields> for Slicing {
    type Error = Error;

    fn try_from(Fields { frame, length, hop }: Fields) -> Result<Self> {
        Self::new(frame, length, hop)
    }
}

impl Default for Slicing {
    /// Slices of 960 samples at every 480th, 120 frames of 8 (paper: 2.4).
    fn default() -> Self {
        Self { frame: FRAME, length: SLICE, hop: HOP }
    }
}

impl Slicing {
    /// Slices of `length` samples, one at every `hop` samples, made of frames of `frame` samples.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] unless
    /// - `frame` is 1 to [`LONGEST_FRAME`](super::LONGEST_FRAME);
    /// - `length` and `hop` are multiples of the frame, at least one (paper: 2.1);
    /// - `hop` is at most `length`, so that no sample between two slices is skipped.
    pub fn new(frame: usize, length: usize, hop: usize) -> Result<Self> {
        check_frame(frame)?;
        let multiple = |samples: usize| samples > 0 && samples.is_multiple_of(frame);
        let bad = |name: &str, expected: String, found: usize| {
            Err(Error::new(Fault::BAD_SETTING, Place::field(name), expected, found.to_string()))
        };
        if !multiple(length) {
            return bad("slice length", format!("a multiple of the frame of {frame} samples"), length);
        }
        if !multiple(hop) || hop > length {
            let expected = format!("a multiple of the frame of {frame} samples, at most {length}");
            return bad("hop", expected, hop);
        }
        Ok(Self { frame, length, hop })
    }

    /// Samples of a frame.
    #[must_use]
    pub const fn frame(&self) -> usize {
        self.frame
    }

    /// Samples of a slice.
    #[must_use]
    pub const fn length(&self) -> usize {
        self.length
    }

    /// Samples between the starts of neighbouring slices.
    #[must_use]
    pub const fn hop(&self) -> usize {
        self.hop
    }

    /// Frames of a slice.
    #[must_use]
    pub const fn frames(&self) -> usize {
        self.length / self.frame
    }

    /// Where slices start in a signal of this many samples. There are none if it is shorter than a slice.
    pub fn starts(&self, samples: usize) -> impl Iterator<Item = usize> + use<> {
        let end = samples.checked_sub(self.length).map_or(0, |last| last + 1);
        (0..end).step_by(self.hop)
    }

    /// Refuses a signal that is shorter than one slice.
    pub(super) fn check(&self, signal: &Signal) -> Result<()> {
        let samples = signal.length();
        if samples >= self.length {
            return Ok(());
        }
        let place = Place::field(format!("recording {}", signal.recording));
        let expected = format!("at least the {} samples of one slice", self.length);
        Err(Error::new(Fault::SHORTER_THAN_SLICE, place, expected, samples.to_string()))
    }

    /// The slices of one signal, in time order, at least one.
    ///
    /// # Errors
    /// [`Fault::SHORTER_THAN_SLICE`] if the signal is shorter than one slice.
    pub fn slices(&self, signal: &Signal) -> Result<Vec<Slice>> {
        self.check(signal)?;
        let width = signal.width(self.frame);
        let slice = |start: usize| Slice {
            recording: signal.recording,
            class: signal.class,
            start,
            // [frames, width]: index [t, i] is value start * channels + t * width + i
            values: Array2::from_shape_fn((self.frames(), width), |(t, i)| {
                signal.samples[signal.width(start) + t * width + i]
            }),
        };
        Ok(self.starts(signal.length()).map(slice).collect())
    }

    /// The slices of many signals, one signal after the other.
    ///
    /// # Errors
    /// [`Fault::SHORTER_THAN_SLICE`] for every signal that is shorter than one slice.
    pub fn all_slices(&self, signals: &[Signal]) -> Result<Vec<Slice>> {
        let slices = Error::gather(signals.iter().map(|signal| self.slices(signal)))?;
        Ok(slices.into_iter().flatten().collect())
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;
    use crate::preparation::split::testing::signal;

    fn ramp(samples: usize) -> Vec<f32> {
        (0..samples).map(|sample| sample as f32).collect()
    }

    #[test]
    fn the_papers_recordings_give_448_slices() {
        let lengths = [2047, 1952, 1856, 1920, 1728, 1664, 1608, 1672, 1904, 2197, 1904, 1912];
        let counts = lengths.map(|samples| Slicing::default().starts(samples).count());
        assert_eq!(counts, [3, 3, 2, 3, 2, 2, 2, 2, 2, 3, 2, 2]);
        assert_eq!(counts.iter().sum::<usize>() * 16, 448);
        assert_eq!(Slicing::default().frames(), 120);
        assert_eq!(Slicing::default(), Slicing::new(8, 960, 480).unwrap());
    }

    #[test]
    fn slices_hold_frames_and_know_owner_and_label() {
        let slices = Slicing::new(2, 4, 2).unwrap().slices(&signal("S12/P07", &ramp(7))).unwrap();
        assert_eq!(slices.len(), 2);
        assert_eq!(slices[1].values, array![[2., 3.], [4., 5.]]);
        assert_eq!(slices[1].channels(), array![[2., 4.], [3., 5.]]);
        assert_eq!((slices[1].start, slices[1].class), (2, 2));
        assert_eq!(slices[1].recording.to_string(), "S12/P07");
    }

    #[test]
    fn every_signal_that_is_shorter_than_a_slice_is_named() {
        let signals = ["S1/P01", "S2/P01", "S3/P01"].map(|name| signal(name, &ramp(959)));
        let error = Slicing::default().all_slices(&signals).unwrap_err();
        assert!(error.problems().iter().all(|problem| problem.fault == Fault::SHORTER_THAN_SLICE));
        assert_eq!(error.problems()[1].place.to_string(), "recording S2/P01");
        assert_eq!(Slicing::default().slices(&signal("S1/P01", &ramp(960))).unwrap().len(), 1);
    }

    #[test]
    fn settings_that_do_not_fit_the_frame_are_refused() {
        let bad = [(0, 960, 480), (8, 0, 0), (8, 961, 480), (8, 960, 0), (8, 960, 481), (8, 960, 968)];
        for (frame, length, hop) in bad {
            let error = Slicing::new(frame, length, hop).unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::BAD_SETTING, "{frame} {length} {hop}");
        }
        let json = serde_json::to_string(&Slicing::default()).unwrap();
        assert_eq!(serde_json::from_str::<Slicing>(&json).unwrap(), Slicing::default());
        assert!(serde_json::from_str::<Slicing>(&json.replace("480", "481")).is_err());
    }

    proptest! {
        #[test]
        fn slices_start_at_each_hop_and_stay_inside(
            channels in 1_usize..4, frame in 1_usize..9, frames in 1_usize..20, hop in 1_usize..20, extra in 0_usize..400
        ) {
            let (length, hop) = (frame * frames, frame * hop.min(frames));
            let slicing = Slicing::new(frame, length, hop).unwrap();
            let signal = Signal { channels, ..signal("S9/P04", &ramp((length + extra) * channels)) };
            let slices = slicing.slices(&signal).unwrap();
            prop_assert_eq!(slices.len(), extra / hop + 1);
            for (index, slice) in slices.iter().enumerate() {
                prop_assert_eq!(slice.start, index * hop);
                prop_assert_eq!((slice.recording, slice.class), (signal.recording, 2));
                prop_assert_eq!(slice.values.dim(), (frames, frame * channels));
                let covered = &signal.samples[slice.start * channels..(slice.start + length) * channels];
                prop_assert_eq!(slice.values.as_slice().unwrap(), covered);
            }
        }
    }
}
