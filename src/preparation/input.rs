//! Which stretches of a signal a network reads: the paper's future work (section 4) feeds slices to the multi-layer LSTM.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Framing, MOST_OVERLAP, Signal, Slicing};
use crate::error::{Error, Fault, Place, Result};

/// What an LSTM reads of each signal. The CNN always reads slices, and knows only [`Whole`](Self::Whole) signals to cut
/// them from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    /// The whole signal (paper: 2.1).
    #[default]
    Whole,
    /// The CNN's slices (paper: 2.4). They train, and they vote for the label of their recording.
    Slices,
    /// Slices and the whole signal train; the whole signal answers (paper: 4).
    SlicesAndWhole,
}

impl Input {
    /// All of them, the default first.
    pub const ALL: [Self; 3] = [Self::Whole, Self::Slices, Self::SlicesAndWhole];

    /// Whether it is the default.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        *self == Self::Whole
    }

    /// What trains, signal after signal. Slices are cut as `framing` says; the LSTM cuts them into frames.
    ///
    /// # Errors
    /// [`Fault::SHORTER_THAN_SLICE`] for each signal that is to be cut and is too short; those of [`Slicing::new`];
    /// [`Fault::BAD_SETTING`] for slices of which more than [`MOST_OVERLAP`] hold one sample.
    pub fn training(self, signals: Vec<Signal>, framing: Framing) -> Result<Vec<Signal>> {
        match self {
            Self::Whole => Ok(signals),
            Self::Slices => pieces(&signals, framing),
            Self::SlicesAndWhole => pieces(&signals, framing).map(|slices| [slices, signals].concat()),
        }
    }

    /// What answers, in validation and in test.
    ///
    /// # Errors
    /// As [`Self::training`].
    pub fn answering(self, signals: Vec<Signal>, framing: Framing) -> Result<Vec<Signal>> {
        match self {
            Self::Whole | Self::SlicesAndWhole => Ok(signals),
            Self::Slices => pieces(&signals, framing),
        }
    }
}

/// The slices of signals as signals of their own, with the names of the recordings that they are cut from.
fn pieces(signals: &[Signal], framing: Framing) -> Result<Vec<Signal>> {
    // Frames come later, and the last one of a piece may be incomplete.
    let slicing = Slicing::new(1, framing.slice, framing.hop)?;
    if slicing.hop().saturating_mul(MOST_OVERLAP) < slicing.length() {
        let expected = format!("at least a {MOST_OVERLAP}th of the slice of {} samples", slicing.length());
        return Err(Error::new(Fault::BAD_SETTING, Place::field("hop"), expected, slicing.hop().to_string()));
    }
    let cut = |signal: &Signal| -> Result<Vec<Signal>> {
        slicing.check(signal)?;
        let piece = |start: usize| Signal {
            samples: signal.samples[signal.width(start)..signal.width(start + slicing.length())].to_vec(),
            ..*signal
        };
        Ok(slicing.starts(signal.length()).map(piece).collect())
    };
    Error::gather(signals.iter().map(cut)).map(|pieces| pieces.concat())
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Whole => "whole",
            Self::Slices => "slices",
            Self::SlicesAndWhole => "slices-and-whole",
        })
    }
}

impl FromStr for Input {
    type Err = Error;

    /// Reads the name that [`Display`](fmt::Display) writes.
    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|input| input.to_string() == name).ok_or_else(|| {
            let expected = "whole, slices or slices-and-whole";
            Error::new(Fault::BAD_SETTING, Place::field("input"), expected, format!("{name:?}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preparation::split::testing::signal;
    use crate::preparation::{HOP, SLICE};

    fn signals() -> Vec<Signal> {
        let ramp: Vec<f32> = (0..(SLICE + HOP + 7) as u16).map(f32::from).collect();
        vec![signal("S1/P01", &ramp), signal("S5/P02", &ramp[..SLICE])]
    }

    #[test]
    fn whole_signals_stay_as_they_are() {
        assert_eq!(Input::Whole.training(signals(), Framing::PAPER), Ok(signals()));
        assert_eq!(Input::SlicesAndWhole.answering(signals(), Framing::PAPER), Ok(signals()));
    }

    #[test]
    fn slices_keep_the_name_and_the_label_of_their_recording() {
        let pieces = Input::Slices.training(signals(), Framing::PAPER).unwrap();
        let found: Vec<(String, f32, usize)> =
            pieces.iter().map(|p| (p.recording.to_string(), p.samples[0], p.samples.len())).collect();
        let expected = [("S1/P01", 0.0, SLICE), ("S1/P01", HOP as f32, SLICE), ("S5/P02", 0.0, SLICE)];
        assert_eq!(found, expected.map(|(name, first, length)| (name.to_owned(), first, length)));
        assert_eq!(pieces.iter().map(|piece| piece.class).collect::<Vec<_>>(), [0, 0, 1]);
        assert_eq!(Input::Slices.answering(signals(), Framing::PAPER).unwrap(), pieces);
        assert_eq!(
            Input::SlicesAndWhole.training(signals(), Framing::PAPER).unwrap(),
            [pieces, signals()].concat()
        );
    }

    #[test]
    fn every_signal_that_is_shorter_than_a_slice_is_named() {
        let short = || vec![signal("S1/P01", &[1.0]), signal("S2/P01", &[1.0])];
        let error = Input::Slices.training(short(), Framing::PAPER).unwrap_err();
        assert_eq!(error.problems().len(), 2);
        assert_eq!(error.problems()[1].fault, Fault::SHORTER_THAN_SLICE);
        assert!(Input::Whole.training(short(), Framing::PAPER).is_ok());
        for hop in [0, 14, SLICE + 1] {
            let error = Input::Slices.training(signals(), Framing { hop, ..Framing::PAPER }).unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::BAD_SETTING, "{hop}");
        }
    }

    #[test]
    fn names_are_read_as_written() {
        for input in Input::ALL {
            assert_eq!(input.to_string().parse(), Ok(input));
            assert_eq!(serde_json::to_string(&input).unwrap(), format!("\"{input}\""));
        }
        assert_eq!("slice".parse::<Input>().unwrap_err().problems()[0].fault, Fault::BAD_SETTING);
    }
}
