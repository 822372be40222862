//! What is read from a file, whatever its format.

use std::fmt;
use std::ops::Range;

/// A channel's name, and its unit where the file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its name, as the file has it.
    pub name: String,
    /// The unit of its samples, as `µV`. Text files may say it in a heading: `F7 (uV)`.
    pub unit: Option<String>,
}

/// Channels of one sampling rate, in physical units.
#[derive(Clone, Default, PartialEq)]
pub struct Signals {
    /// The channels, in the order of the file or in that in which they were wanted.
    pub channels: Vec<Channel>,
    /// Samples per second, measured or stated, not rounded to a whole number. Nothing if the file has no time.
    pub rate_hz: Option<f64>,
    /// The samples of each channel. Columns of a table may end early.
    pub samples: Vec<Vec<f64>>,
}

impl Signals {
    /// Cuts all channels to the samples from `start` to before `stop`, in seconds from the first sample, each rounded to
    /// the nearest sample. Nothing if that reaches beyond the end of a channel, or if no sample is left.
    #[must_use]
    pub fn cut(&self, seconds: Range<f64>, rate_hz: f64) -> Option<Self> {
        let sample = |seconds: f64| (seconds * rate_hz).round();
        let (start, stop) = (sample(seconds.start), sample(seconds.end));
        let longest = self.samples.iter().map(Vec::len).min()? as f64;
        if !(start >= 0.0 && start < stop && stop <= longest) {
            return None;
        }
        let kept = start as usize..stop as usize;
        let samples = self.samples.iter().map(|samples| samples[kept.clone()].to_vec()).collect();
        Some(Self { samples, ..self.without_samples() })
    }

    fn without_samples(&self) -> Self {
        Self { channels: self.channels.clone(), rate_hz: self.rate_hz, samples: Vec::new() }
    }

    /// The same channels in the order in which they were wanted; those that nobody named keep their order.
    pub(super) fn in_order(self, wanted: &[String]) -> Self {
        let place = |channel: &Channel| wanted.iter().position(|name| *name == channel.name);
        let mut both: Vec<_> = self.channels.into_iter().zip(self.samples).collect();
        both.sort_by_key(|(channel, _)| place(channel));
        let (channels, samples) = both.into_iter().unzip();
        Self { channels, samples, rate_hz: self.rate_hz }
    }

    /// The number of samples of the longest channel.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.samples.iter().map(Vec::len).max().unwrap_or(0)
    }
}

impl fmt::Debug for Signals {
    /// Leaves the samples out: they are brain data, and must not reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lengths: Vec<usize> = self.samples.iter().map(Vec::len).collect();
        write!(f, "Signals({:?}, {:?} Hz, {lengths:?} samples)", self.channels, self.rate_hz)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_cut_at_the_nearest_samples() {
        let channels = vec![Channel { name: "F7".into(), unit: None }];
        let signals = Signals { channels, rate_hz: Some(2.5), samples: vec![vec![0.0, 1.0, 2.0, 3.0, 4.0]] };
        let cut = |seconds| signals.cut(seconds, 2.5).map(|part| part.samples[0].clone());
        assert_eq!(cut(0.39..1.21), Some(vec![1.0, 2.0]));
        assert_eq!(cut(0.0..2.0), Some(vec![0.0, 1.0, 2.0, 3.0, 4.0]));
        for outside in [0.0..2.4, -1.0..1.0, 1.0..1.0, 1.0..0.0, f64::NAN..1.0, 0.0..f64::INFINITY] {
            assert_eq!(cut(outside), None);
        }
    }
}
