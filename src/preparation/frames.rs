//! Signals as time frames, the steps of an LSTM (paper, section 2.1).

use std::fmt;

use ndarray::Array2;

use super::{LastFrame, Signal, check_frame};
use crate::error::{Error, Fault, Place, Result};
use crate::recordings::RecordingId;

/// Samples of a time frame in the paper, the unit that an LSTM reads in one step (2.1).
pub const FRAME: usize = 8;

/// A whole signal, cut into frames of equal length.
#[derive(Clone, PartialEq)]
pub struct Frames {
    recording: RecordingId,
    class: usize,
    values: Array2<f32>,
    samples: usize,
}

impl fmt::Debug for Frames {
    /// Leaves the samples out: they are brain data, and must not reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frames({}, {:?})", self.recording, self.values.dim())
    }
}

impl Frames {
    /// Cuts a signal into frames of `frame` samples ([`FRAME`] in the paper), which hold `frame × channels` values each.
    ///
    /// An incomplete last frame is filled up and counts as a frame, so 2047 samples make 256 frames of 8; or it is cut off
    /// ([`LastFrame`]).
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] unless `frame` is 1 to [`LONGEST_FRAME`](super::LONGEST_FRAME); [`Fault::EMPTY_RECORDING`] if
    /// no frame is left because the only one is cut off.
    pub fn of(signal: &Signal, frame: usize) -> Result<Self> {
        check_frame(frame)?;
        let length = signal.length();
        let samples = match signal.last_frame {
            LastFrame::Zero | LastFrame::Hold => length,
            LastFrame::Cut => length / frame * frame,
        };
        if samples == 0 {
            let place = Place::field(format!("recording {}", signal.recording));
            let expected = format!("at least the {frame} samples of a frame");
            return Err(Error::new(Fault::EMPTY_RECORDING, place, expected, length.to_string()));
        }
        // The last sample, channel after channel.
        let last = &signal.samples[signal.width(length - 1)..];
        let fill: &[f32] = if signal.last_frame == LastFrame::Hold { last } else { &[0.0] };
        let kept = signal.samples[..signal.width(samples)].iter();
        let filled = kept.chain(fill.iter().cycle()).copied();
        // [frames, frame × channels]: index [t, i] is value t * width + i
        let shape = (samples.div_ceil(frame), signal.width(frame));
        let mut values = Array2::zeros(shape);
        values.iter_mut().zip(filled).for_each(|(value, from)| *value = from);
        let Signal { recording, class, .. } = *signal;
        Ok(Self { recording, class, values, samples })
    }

    /// The recording.
    #[must_use]
    pub const fn recording(&self) -> RecordingId {
        self.recording
    }

    /// The class of the label.
    #[must_use]
    pub const fn class(&self) -> usize {
        self.class
    }

    /// The values: `[frames, frame × channels]`, in memory in time order.
    #[must_use]
    pub const fn values(&self) -> &Array2<f32> {
        &self.values
    }

    /// The samples that stand in frames, without what fills the last one.
    #[must_use]
    pub const fn samples(&self) -> usize {
        self.samples
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::preparation::split::testing::signal;
    use crate::recordings::published::{LONGEST, SHORTEST};

    #[test]
    fn the_last_frame_is_padded_and_counted() {
        let frames = Frames::of(&signal("S1/P01", &[1., 2., 3., 4., 5.]), 2).unwrap();
        assert_eq!(frames.values(), array![[1., 2.], [3., 4.], [5., 0.]]);
        assert_eq!(frames.samples(), 5);
    }

    #[test]
    fn the_last_frame_is_filled_or_cut_as_the_signal_asks() {
        let of = |last_frame, samples: &[f32]| {
            Frames::of(&Signal { last_frame, ..signal("S1/P01", samples) }, 2).map(|frames| frames.values)
        };
        let samples = [1., 2., 3., 4., 5.];
        assert_eq!(of(LastFrame::Cut, &samples).unwrap(), array![[1., 2.], [3., 4.]]);
        assert_eq!(of(LastFrame::Hold, &samples).unwrap(), array![[1., 2.], [3., 4.], [5., 5.]]);
        for last_frame in LastFrame::ALL {
            assert_eq!(of(last_frame, &samples[..4]).unwrap(), array![[1., 2.], [3., 4.]]);
        }
        assert_eq!(of(LastFrame::Cut, &[1.]).unwrap_err().problems()[0].fault, Fault::EMPTY_RECORDING);
    }

    #[test]
    fn the_longest_recording_has_275_frames_and_the_shortest_201() {
        let count =
            |samples| Frames::of(&signal("S1/P01", &vec![1.0; samples]), FRAME).unwrap().values().nrows();
        assert_eq!([LONGEST, SHORTEST, 2047].map(count), [275, 201, 256]);
    }

    #[test]
    fn impossible_frames_are_refused() {
        let fault = |error: Error| error.problems()[0].fault;
        let signal = signal("S1/P01", &[1.0]);
        for frame in [0, super::super::LONGEST_FRAME + 1, usize::MAX] {
            assert_eq!(fault(Frames::of(&signal, frame).unwrap_err()), Fault::BAD_SETTING);
        }
    }

    proptest! {
        #[test]
        fn a_frame_of_channels_holds_each_channel_at_each_of_its_samples(
            channels in 1_usize..5, length in 1_usize..60, frame in 1_usize..9, last in 0_usize..3
        ) {
            let value = |sample: usize, channel: usize| (1 + sample * 10 + channel) as f32;
            let samples = (0..length).flat_map(|sample| (0..channels).map(move |channel| value(sample, channel)));
            let samples: Vec<f32> = samples.collect();
            let last_frame = LastFrame::ALL[last];
            let signal = Signal { channels, last_frame, ..signal("S1/P01", &samples) };
            let Ok(frames) = Frames::of(&signal, frame) else {
                prop_assert!(last_frame == LastFrame::Cut && length < frame);
                return Ok(());
            };
            let kept = if last_frame == LastFrame::Cut { length / frame * frame } else { length };
            prop_assert_eq!(frames.values().dim(), (kept.div_ceil(frame), frame * channels));
            prop_assert_eq!(frames.samples(), kept);
            for ((step, place), found) in frames.values().indexed_iter() {
                let (sample, channel) = (step * frame + place / channels, place % channels);
                let expected = match last_frame {
                    _ if sample < length => value(sample, channel),
                    LastFrame::Hold => value(length - 1, channel),
                    _ => 0.0,
                };
                prop_assert_eq!(*found, expected, "[{}, {}]", step, place);
            }
        }

        #[test]
        fn frames_give_the_samples_back_and_pad_with_zeros(
            samples in vec(-1e3_f32..1e3, 1..200), frame in 1_usize..20
        ) {
            let frames = Frames::of(&signal("S1/P01", &samples), frame).unwrap();
            prop_assert!(frames.values().iter().take(samples.len()).eq(&samples));
            prop_assert!(frames.values().iter().skip(samples.len()).all(|value| *value == 0.0));
            let padding = frames.values().len() - samples.len();
            prop_assert!(padding < frame);
        }
    }
}
