//! The median filter that the authors of the recordings suggest against outliers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Place, Result};

/// A running median over an odd number of samples.
///
/// `y[t] = median(x[t - h], ..., x[t + h])` with `h = (width - 1) / 2`. Beyond an edge the edge's own sample is
/// repeated, so every window is full: each output is a sample of the input, and the filter commutes with every
/// monotone map of the values. (This is SciPy's `ndimage.median_filter` with `mode="nearest"`; zeros beyond the
/// edges, as `signal.medfilt` puts them, would pull the ends of a recording down.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "u32", try_from = "u32")]
pub struct MedianFilter {
    width: u8,
}

impl MedianFilter {
    /// A filter of a width in samples.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] unless the width is odd and 3 to 255. A width of 1 would change nothing.
    pub fn new(width: u32) -> Result<Self> {
        match u8::try_from(width) {
            Ok(width @ 3..) if width % 2 == 1 => Ok(Self { width }),
            _ => Err(Self::refusal(width.to_string())),
        }
    }

    fn refusal(found: String) -> Error {
        Error::new(
            Fault::BAD_SETTING,
            Place::field("median filter width"),
            "an odd number from 3 to 255",
            found,
        )
    }

    /// The width in samples.
    #[must_use]
    pub const fn width(self) -> usize {
        self.width as usize
    }

    /// Filters samples; there are as many after as before.
    #[must_use]
    pub fn apply(self, samples: &[f64]) -> Vec<f64> {
        let Some(last) = samples.len().checked_sub(1) else { return Vec::new() };
        let half = self.width() / 2;
        let mut window = Vec::with_capacity(self.width());
        let median_at = |centre: usize| {
            window.clear();
            window.extend(
                (0..self.width()).map(|step| samples[(centre + step).saturating_sub(half).min(last)]),
            );
            *window.select_nth_unstable_by(half, f64::total_cmp).1
        };
        (0..samples.len()).map(median_at).collect()
    }
}

impl fmt::Display for MedianFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.width.fmt(f)
    }
}

impl FromStr for MedianFilter {
    type Err = Error;

    /// Reads a width in samples.
    fn from_str(text: &str) -> Result<Self> {
        text.parse().map_err(|_| Self::refusal(format!("{text:?}"))).and_then(Self::new)
    }
}

impl From<MedianFilter> for u32 {
    fn from(filter: MedianFilter) -> Self {
        filter.width.into()
    }
}

impl TryFrom<u32> for MedianFilter {
    type Error = Error;

    fn try_from(width: u32) -> Result<Self> {
        Self::new(width)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn filter(width: u32) -> MedianFilter {
        MedianFilter::new(width).unwrap()
    }

    #[test]
    fn values_are_those_of_scipy() {
        // scipy.ndimage.median_filter([5., 1, 9, 2, 2, 8, 0], size=3, mode="nearest")
        assert_eq!(filter(3).apply(&[5., 1., 9., 2., 2., 8., 0.]), [5., 5., 2., 2., 2., 2., 0.]);
    }

    #[test]
    fn a_spike_goes_and_a_step_stays() {
        assert_eq!(filter(3).apply(&[1., 1., 900., 1., 1.]), [1.; 5]);
        let step = [0., 0., 0., 1., 1., 1.];
        assert_eq!(filter(5).apply(&step), step);
    }

    #[test]
    fn a_window_wider_than_the_recording_and_no_samples_at_all_work() {
        assert_eq!(filter(255).apply(&[3.0]), [3.0]);
        assert_eq!(filter(255).apply(&[1.0, 2.0, 3.0]), [1.0, 2.0, 3.0]);
        assert_eq!(filter(3).apply(&[]), [0.0; 0]);
    }

    #[test]
    fn even_and_extreme_widths_are_refused() {
        for width in [0, 1, 2, 4, 254, 256, 257, u32::MAX] {
            assert_eq!(MedianFilter::new(width).unwrap_err().problems()[0].fault, Fault::BAD_SETTING);
        }
        for text in ["", "three", "-3", "3.0"] {
            assert!(text.parse::<MedianFilter>().is_err(), "{text:?}");
        }
        assert_eq!("5".parse::<MedianFilter>().unwrap().to_string(), "5");
        assert!(serde_json::from_str::<MedianFilter>("4").is_err());
        assert_eq!(serde_json::to_string(&filter(7)).unwrap(), "7");
    }

    proptest! {
        #[test]
        fn the_filter_commutes_with_monotone_maps(
            samples in vec(-1e3..1e3, 0..60), half in 1_u32..8
        ) {
            let filter = filter(2 * half + 1);
            for map in [f64::exp, f64::cbrt, |x| -3.0 * x, f64::floor] {
                let mapped: Vec<f64> = samples.iter().copied().map(map).collect();
                let after: Vec<f64> = filter.apply(&samples).into_iter().map(map).collect();
                prop_assert_eq!(filter.apply(&mapped), after);
            }
        }

        #[test]
        fn each_output_is_a_sample_of_its_window(samples in vec(-1e3..1e3, 1..60), half in 1_usize..8) {
            let filtered = filter(2 * half as u32 + 1).apply(&samples);
            for (at, value) in filtered.iter().enumerate() {
                let window = &samples[at.saturating_sub(half)..(at + half + 1).min(samples.len())];
                prop_assert!(window.contains(value));
            }
        }
    }
}
