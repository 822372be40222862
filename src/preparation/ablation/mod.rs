//! Controls: recordings from which one property was removed, to see whether a network needs it.
//!
//! | name | takes away | leaves |
//! |---|---|---|
//! | `constant` | the signal: every sample is 1 | length |
//! | `noise` | the signal: every sample is noise of the root mean square of its channel in the recording | length, scale |
//! | `crop` | the length, and so the name of the stimulus: a stretch of random length from a random place | the signal of that stretch |
//! | `end` | the last second, at which some recordings have samples of exactly 0 | the signal but for its end, differences of length |
//! | `shuffle-N` | order: blocks of N seconds in random order | everything within a block, length, all samples |
//! | `participant-scale` | a participant's scale: samples are divided by the median of all of theirs | everything else |
//! | `labels` | the tie between recording and label, for each recording | signals, lengths, class counts |
//! | `own-labels` | the tie between a participant's labels and their names: the labels of each participant exchange their names by chance | signals, lengths, which two labels a participant heard, which stimuli share one |
//! | `participant-labels` | the tie between participants and their labels: each gets those of another, in random order | signals, lengths, who heard two labels, which of a participant's stimuli share one |
//!
//! Channels of a recording are cut and shuffled together. Noise has the root mean square of each channel, and a participant's scale
//! is the median of each channel. A frame is that of the study ([`Framing::unit`]), whatever a network reads.
//!
//! Cutting all recordings to one length is not an ablation but a [preparation](super::Preparation::truncate); it comes
//! before.
//!
//! If accuracy stays without a property, the network did not need the property. If accuracy falls, the network needed it or has
//! become harder to train: read an ablation beside the others.

mod labels;
mod length;
mod noise;
mod order;
mod scale;

pub use labels::{Exchanged, Labelled, dealt_labels, exchanged_labels};

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Place, Result};
use crate::evaluation::shuffle::Shuffler;
use crate::preparation::Framing;
use crate::recordings::{DataSet, Design, RecordingId};

/// What is taken away, and from which seed chance is drawn.
///
/// The same seed gives the same recordings on every machine; each recording has random numbers of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ablation {
    /// What is taken away.
    pub of: Ablated,
    /// Fixes every random number.
    pub seed: u64,
}

/// What an ablation takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Ablated {
    /// `constant`: every sample becomes 1. Lengths stay.
    Signal,
    /// `noise`: every sample becomes `r |z|`, with the root mean square `r` of a channel of the recording and independent
    /// standard normal `z`. Band power has no negative values, so the noise has none; its root mean square is `r` too.
    SignalButScale,
    /// `crop`: a stretch of whole frames, of a length drawn evenly from [`SHORTEST_CROP`] to all of the whole frames of
    /// the set's shortest recording, from a place that is drawn evenly.
    Length,
    /// `end`: the last second of every recording goes.
    End,
    /// `shuffle-N`: blocks of N seconds in random order. A shorter last block is a block like the others; an incomplete
    /// last frame stays where it is, so that frames stay frames.
    Order {
        /// Seconds of a block, of [`Framing::second`] samples each.
        block_seconds: NonZeroUsize,
    },
    /// `participant-scale`: each sample is divided by the median of all samples of its participant and channel, test
    /// recordings included. A participant whose median is not above 0 keeps the samples as
    /// they are.
    ///
    /// This looks at test recordings, as anybody could who has recordings of a new participant; it looks at no label.
    ParticipantScale,
    /// `labels`: the labels of all recordings are dealt out anew.
    Labels,
    /// `own-labels`: the labels that a participant heard exchange their names in an order drawn for that participant: of
    /// two labels, in half of the cases. This is what a null distribution under the design exchanges.
    OwnLabels,
    /// `participant-labels`: participants exchange their labels, among those who heard equally many, and each label of a
    /// participant gets the name of one of the new ones. Songs of one label still share one, for each participant alone.
    ParticipantLabels,
}

/// The shortest crop, as a part of the shortest recording's whole frames, rounded up: for the published recordings 121
/// of 201, enough for one slice of the CNN.
pub const SHORTEST_CROP: f64 = 0.6;

impl Ablation {
    /// The recordings without what is taken away. Whatever is drawn for a recording does not depend on the others that
    /// are in the set.
    ///
    /// # Errors
    /// [`Fault::EMPTY_RECORDING`] if a recording has no samples, for `crop` less than a frame, or for `end` no more than a
    /// second.
    pub fn apply(self, set: &DataSet) -> Result<DataSet> {
        let mut recordings = set.recordings().to_vec();
        Error::gather(recordings.iter().map(|recording| {
            if recording.samples.is_empty() {
                let place = Place::field(format!("recording {}", recording.id()));
                return Err(Error::new(Fault::EMPTY_RECORDING, place, "at least one sample", "none"));
            }
            Ok(())
        }))?;
        let (frame, second) = (Framing::unit(set), Framing::second(set));
        match self.of {
            Ablated::Signal => recordings.iter_mut().for_each(|recording| recording.samples.fill(1.0)),
            Ablated::SignalButScale => noise::replace(&mut recordings, self.seed),
            Ablated::Length => length::crop(&mut recordings, frame, self.seed)?,
            Ablated::End => length::remove_end(&mut recordings)?,
            Ablated::Order { block_seconds } => {
                order::shuffle(&mut recordings, block_seconds, [frame, second], self.seed);
            }
            Ablated::ParticipantScale => scale::remove(&mut recordings),
            Ablated::Labels => labels::deal(&mut recordings, self.seed),
            Ablated::OwnLabels => labels::exchange_own(&mut recordings, self.seed),
            Ablated::ParticipantLabels => labels::exchange(&mut recordings, self.seed),
        }
        DataSet::new(recordings)
    }
}

/// Random orders and numbers of one recording. Songs count from 1, so no recording shares the stream of the whole set.
fn chance_of(seed: u64, id: RecordingId) -> Shuffler {
    Shuffler::of_ablation(seed, id.stream())
}

impl Ablated {
    /// The samples that the shortest recording of a design has at least without what is taken away, if it has so many before.
    pub(super) fn shortest(self, design: &Design, samples: usize) -> usize {
        let frame = Framing::unit(design);
        match self {
            Self::Length => length::least(samples / frame) * frame,
            Self::End => samples.saturating_sub(design.rate_hz().round() as usize),
            _ => samples,
        }
    }
}

impl fmt::Display for Ablated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Signal => "constant",
            Self::SignalButScale => "noise",
            Self::Length => "crop",
            Self::End => "end",
            Self::Order { block_seconds } => return f.pad(&format!("shuffle-{block_seconds}")),
            Self::ParticipantScale => "participant-scale",
            Self::Labels => "labels",
            Self::OwnLabels => "own-labels",
            Self::ParticipantLabels => "participant-labels",
        })
    }
}

impl FromStr for Ablated {
    type Err = Error;

    /// Reads the name that [`Display`](fmt::Display) writes.
    fn from_str(name: &str) -> Result<Self> {
        let blocks = || name.strip_prefix("shuffle-")?.parse().ok();
        Ok(match name {
            "constant" => Self::Signal,
            "noise" => Self::SignalButScale,
            "crop" => Self::Length,
            "end" => Self::End,
            "participant-scale" => Self::ParticipantScale,
            "labels" => Self::Labels,
            "own-labels" => Self::OwnLabels,
            "participant-labels" => Self::ParticipantLabels,
            _ => match blocks() {
                Some(block_seconds) => Self::Order { block_seconds },
                None => {
                    let expected = "constant, noise, crop, end, shuffle-N (blocks of N seconds), participant-scale, \
                                    labels, own-labels or participant-labels";
                    let place = Place::field("ablation");
                    return Err(Error::new(Fault::BAD_SETTING, place, expected, format!("{name:?}")));
                }
            },
        })
    }
}

impl From<Ablated> for String {
    fn from(ablated: Ablated) -> Self {
        ablated.to_string()
    }
}

impl TryFrom<String> for Ablated {
    type Error = Error;

    fn try_from(name: String) -> Result<Self> {
        name.parse()
    }
}

#[cfg(test)]
mod tests;
