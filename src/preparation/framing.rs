//! How signals are cut for networks: the paper's way, and a default at other rates.

use super::{FRAME, HOP, LONGEST_FRAME, Preparation, SLICE, Slicing};
use crate::error::Result;
use crate::recordings::Design;

/// Samples per second of the paper's recordings (2.1).
const PAPERS_RATE_HZ: f64 = 8.0;

/// Seconds of a frame where the paper's is not the default: long enough for a cycle from 8 Hz on.
pub const FRAME_SECONDS: f64 = 0.125;

/// Seconds of a slice where the paper's is not the default.
pub const SLICE_SECONDS: f64 = 4.0;

/// Frames that a slice has at least: the CNN halves their number twice.
pub const FEWEST_FRAMES: usize = 4;

/// In how many slices a sample may stand at most.
pub const MOST_OVERLAP: usize = 64;

/// How signals are cut for a network, in samples of time. A frame of several channels holds `frame × channels` values.
///
/// | | 8 Hz and one channel, as the paper | else |
/// |---|---|---|
/// | frame | 8 samples | 1/8 s, rounded, at least one sample and at most a quarter of the shortest recording |
/// | slice | 960 samples | 4 s, or the shortest recording if that is shorter, rounded down to whole frames |
/// | hop | 480 samples | half a slice, rounded down to whole frames |
///
/// At 8 Hz and with one channel, too, recordings that are shorter than 960 samples are cut as in the last column, with slices of
/// at most 960 samples. What a [`Preparation`] leaves of the shortest recording is what counts elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Framing {
    /// Samples of a frame: what an LSTM reads at a step.
    pub frame: usize,
    /// Samples of a slice, the CNN's input.
    pub slice: usize,
    /// Samples between the starts of neighbouring slices.
    pub hop: usize,
}

/// What of a [`Framing`] was asked for; the rest is the default of the study.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AskedFraming {
    /// Samples of a frame.
    pub frame: Option<usize>,
    /// Samples of a slice.
    pub slice: Option<usize>,
    /// Samples between the starts of neighbouring slices.
    pub hop: Option<usize>,
}

impl Framing {
    /// The paper's (2.1, 2.4).
    pub const PAPER: Self = Self { frame: FRAME, slice: SLICE, hop: HOP };

    /// Whether recordings have the paper's rate and one channel, so that its framing is the default.
    #[must_use]
    pub fn is_papers(design: &Design) -> bool {
        design.rate_hz() == PAPERS_RATE_HZ && design.channels().is_one()
    }

    /// The default for recordings that are prepared so.
    #[must_use]
    pub fn of(design: &Design, preparation: &Preparation) -> Self {
        AskedFraming::default().framing(design, preparation)
    }

    /// Samples of the frames that controls and courses of a study are made of, whatever its networks read: 8 in the paper's case,
    /// else 1/8 s.
    #[must_use]
    pub fn unit(design: &Design) -> usize {
        if Self::is_papers(design) {
            return FRAME;
        }
        ((design.rate_hz() * FRAME_SECONDS).round() as usize).clamp(1, LONGEST_FRAME)
    }

    /// Samples of a second, to whole [units](Self::unit): 8 in the paper's case.
    #[must_use]
    pub fn second(design: &Design) -> usize {
        let unit = Self::unit(design);
        unit.saturating_mul(((design.rate_hz() / unit as f64).round() as usize).max(1))
    }

    /// How signals are cut into slices.
    ///
    /// # Errors
    /// Those of [`Slicing::new`].
    pub fn slicing(self) -> Result<Slicing> {
        Slicing::new(self.frame, self.slice, self.hop)
    }
}

impl AskedFraming {
    /// What was asked for, with the default of recordings that are prepared so in place of the rest. It may be one that no
    /// network can have ([`Specification::check`](crate::models::Specification::check)).
    #[must_use]
    pub fn framing(self, design: &Design, preparation: &Preparation) -> Framing {
        let [shortest, _] = design.lengths();
        if Framing::is_papers(design) && shortest >= SLICE && self.slice.is_none() {
            let hop = self.hop.unwrap_or(HOP);
            return Framing { frame: self.frame.unwrap_or(FRAME), slice: SLICE, hop };
        }
        let shortest = preparation.shortest(design);
        let unit = Framing::unit(design);
        let frame = self.frame.unwrap_or_else(|| unit.min(shortest / FEWEST_FRAMES).max(1));
        // A frame of no samples is refused by the network, with a slice that would do.
        let of = frame.max(1);
        let whole = |samples: usize| (samples / of * of).max(of);
        let usual = match Framing::is_papers(design) {
            true => SLICE,
            false => (design.rate_hz() * SLICE_SECONDS).round() as usize,
        };
        let slice = self.slice.unwrap_or_else(|| whole(usual.min(shortest)));
        Framing { frame, slice, hop: self.hop.unwrap_or_else(|| whole(slice / 2)) }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use proptest::prelude::*;

    use super::*;
    use crate::models::{Model, Specification};
    use crate::preparation::split::testing::{data_set, recording};
    use crate::preparation::{Ablated, Ablation};
    use crate::recordings::{Channels, DataSet, Recording};

    /// Recordings of two lengths.
    fn set(rate_hz: f64, channels: usize, lengths: [usize; 2]) -> DataSet {
        let names = (0..channels).map(|channel| format!("C{channel}")).collect();
        let channels = Channels::named(names).unwrap();
        let own = |(name, length): (&str, usize)| {
            let samples = vec![1.0; length * channels.count()];
            Recording { rate_hz, channels: channels.clone(), ..recording(name, &samples) }
        };
        data_set(["S1/P01", "S2/P01"].into_iter().zip(lengths).map(own).collect())
    }

    fn framing(set: &DataSet) -> [usize; 3] {
        let Framing { frame, slice, hop } = Framing::of(set, &Preparation::default());
        [frame, slice, hop]
    }

    #[test]
    fn the_papers_study_is_cut_as_in_the_paper_and_others_by_seconds() {
        for (rate_hz, channels, shortest, expected) in [
            (8.0, 1, 1608, [8, 960, 480]),
            (8.0, 1, 960, [8, 960, 480]),
            // Too short for the paper's slices.
            (8.0, 1, 500, [8, 496, 248]),
            (8.0, 2, 1608, [1, 32, 16]),
            (128.0, 3, 1280, [16, 512, 256]),
            // Two seconds, which are shorter than a slice.
            (128.0, 3, 256, [16, 256, 128]),
            (256.1, 14, 100_000, [32, 1024, 512]),
            // A third of a second has four frames all the same.
            (128.0, 1, 43, [10, 40, 20]),
            (0.5, 1, 10, [1, 2, 1]),
        ] {
            let found = framing(&set(rate_hz, channels, [shortest, 2 * shortest]));
            assert_eq!(found, expected, "{rate_hz} Hz, {channels} channels, {shortest} samples");
        }
        let papers = set(8.0, 1, [1608, 2000]);
        assert_eq!((Framing::unit(&papers), Framing::second(&papers)), (8, 8));
        let other = set(25.6, 1, [1608, 2000]);
        assert_eq!((Framing::unit(&other), Framing::second(&other)), (3, 27));
    }

    #[test]
    fn what_is_asked_for_stays_and_the_rest_fits_it() {
        let set = set(128.0, 3, [400, 900]);
        let of = |frame, slice, hop| {
            let preparation = Preparation::default();
            let Framing { frame, slice, hop } =
                AskedFraming { frame, slice, hop }.framing(&set, &preparation);
            [frame, slice, hop]
        };
        assert_eq!(of(Some(10), None, None), [10, 400, 200]);
        assert_eq!(of(Some(7), None, None), [7, 399, 196]);
        assert_eq!(of(None, Some(256), None), [16, 256, 128]);
        assert_eq!(of(Some(1), Some(9), Some(3)), [1, 9, 3]);
        assert_eq!(of(Some(0), None, None)[0], 0, "and the network refuses it");
    }

    #[test]
    fn slices_fit_what_a_preparation_leaves_of_the_shortest_recording() {
        let set = set(128.0, 1, [600, 900]);
        let slice = |preparation: Preparation| Framing::of(&set, &preparation).slice;
        let truncate = NonZeroUsize::new(300);
        assert_eq!(slice(Preparation { truncate, ..Preparation::default() }), 288);
        let without = |of| Preparation { ablation: Some(Ablation { of, seed: 0 }), ..Preparation::default() };
        // 37 whole frames, of which 23 are left at least.
        assert_eq!(slice(without(Ablated::Length)), 23 * 16);
        assert_eq!(slice(without(Ablated::End)), 464);
        assert_eq!(slice(without(Ablated::Labels)), 512);
    }

    proptest! {
        #[test]
        fn every_study_of_four_samples_or_more_has_a_default_that_all_networks_can_have(
            rate_hz in 0.1..40_000.0_f64, channels in 1_usize..8, shortest in 4_usize..5000
        ) {
            let set = set(rate_hz, channels, [shortest, shortest + 1]);
            let framing = Framing::of(&set, &Preparation::default());
            for model in Model::ALL {
                let network = Specification { framing, channels, ..Specification::paper(model) };
                prop_assert_eq!(network.check(), Ok(()), "{:?}", framing);
            }
            prop_assert!(framing.slice <= shortest);
        }
    }
}
