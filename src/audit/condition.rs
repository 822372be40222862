//! Under which conditions networks are trained again: what their signals keep, and what was taken away.

use std::num::NonZeroUsize;

use crate::error::{Error, Fault, Place, Result};
use crate::models::Model;
use crate::preparation::{Ablated, Ablation, Input, LastFrame, Normalisation, Preparation, Zeros};
use crate::recordings::Design;

/// What signals go through before a network reads them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// Its name, in files and on the command line.
    pub name: &'static str,
    /// What is different from the paper, in words.
    pub what: &'static str,
    /// The networks that it concerns.
    pub models: &'static [Model],
    normalisation: Normalisation,
    zeros: Zeros,
    last_frame: LastFrame,
    is_cut: bool,
    ablated: Option<Ablated>,
    input: Input,
}

/// Both LSTMs: the CNN reads slices, in which a constant signal of any length is the same.
const LSTMS: &[Model] = &[Model::Baseline, Model::Multilayer];

/// The signals as the paper has them.
pub const RAW: Condition = Condition {
    name: "raw",
    what: "as the paper",
    models: &Model::ALL,
    normalisation: Normalisation::Raw,
    zeros: Zeros::Keep,
    last_frame: LastFrame::Zero,
    is_cut: false,
    ablated: None,
    input: Input::Whole,
};

/// On a logarithmic scale, on which all three networks learn more, and faster. All that follow are on it too. Recordings with
/// negative samples, as voltages, become z-scores instead.
pub const WHOLE: Condition =
    Condition { name: "whole", what: "logarithmic scale", normalisation: Normalisation::Log, ..RAW };

/// Without what stands at the ends of recordings and is no signal: exact zeros are replaced ([`Zeros::Reflect`]) and
/// incomplete last frames cut off. Lengths stay.
pub const CLEAN: Condition = Condition {
    name: "clean",
    what: "no pads and no zeros",
    zeros: Zeros::Reflect,
    last_frame: LastFrame::Cut,
    ..WHOLE
};

/// The null distribution of [`CLEAN`]: labels are exchanged as the design [calls for](crate::preparation::Exchanged); in the published
/// one the two labels of each participant exchange their names, or do not, by chance.
pub const NULL: Condition = Condition {
    name: "null",
    what: "no pads, no zeros, labels exchanged",
    models: &[Model::Baseline],
    ablated: Some(Ablated::OwnLabels),
    ..CLEAN
};

/// The same without what length tells.
pub const CUT: Condition =
    Condition { name: "cut", what: "cut to the length of the shortest", is_cut: true, ..WHOLE };

/// All conditions.
pub const CONDITIONS: [Condition; 21] = [
    RAW,
    Condition {
        name: "raw-clean",
        what: "as the paper, but no pads and no zeros",
        normalisation: Normalisation::Raw,
        ..CLEAN
    },
    WHOLE,
    CLEAN,
    NULL,
    CUT,
    Condition {
        name: "z-score",
        what: "z-scores of each recording, no pads",
        normalisation: Normalisation::ZScore,
        last_frame: LastFrame::Cut,
        ..RAW
    },
    Condition {
        name: "min-max",
        what: "each recording from 0 to 1, no pads",
        normalisation: Normalisation::MinMax,
        last_frame: LastFrame::Cut,
        ..RAW
    },
    Condition { name: "end", what: "without the last second", ablated: Some(Ablated::End), ..WHOLE },
    Condition { name: "crop", what: "stretches of random length", ablated: Some(Ablated::Length), ..WHOLE },
    Condition {
        name: "constant",
        what: "no signal: 1 at every sample",
        models: LSTMS,
        ablated: Some(Ablated::Signal),
        ..WHOLE
    },
    Condition {
        name: "noise",
        what: "no signal: noise of its scale",
        ablated: Some(Ablated::SignalButScale),
        ..WHOLE
    },
    Condition {
        name: "participant-scale",
        what: "no scale of participants",
        ablated: Some(Ablated::ParticipantScale),
        ..WHOLE
    },
    Condition { name: "labels", what: "labels dealt out anew", ablated: Some(Ablated::Labels), ..WHOLE },
    Condition {
        name: "participant-labels",
        what: "participants exchange labels",
        ablated: Some(Ablated::ParticipantLabels),
        ..WHOLE
    },
    shuffled("cut-shuffle-1", "cut, no order beyond 1 s", 1),
    shuffled("cut-shuffle-4", "cut, no order beyond 4 s", 4),
    shuffled("cut-shuffle-16", "cut, no order beyond 16 s", 16),
    shuffled("cut-shuffle-64", "cut, no order beyond 64 s", 64),
    Condition {
        name: "slices",
        what: "slices train and vote",
        models: &[Model::Multilayer],
        input: Input::Slices,
        ..WHOLE
    },
    Condition {
        name: "slices-and-whole",
        what: "slices train too",
        models: &[Model::Multilayer],
        input: Input::SlicesAndWhole,
        ..WHOLE
    },
];

const fn shuffled(name: &'static str, what: &'static str, block_seconds: usize) -> Condition {
    let block_seconds = NonZeroUsize::new(block_seconds).expect("a block has seconds");
    Condition { name, what, ablated: Some(Ablated::Order { block_seconds }), ..CUT }
}

impl Condition {
    /// The condition of this name.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] if there is none.
    pub fn named(name: &str) -> Result<Self> {
        CONDITIONS.into_iter().find(|condition| condition.name == name).ok_or_else(|| {
            let names = CONDITIONS.map(|condition| condition.name).join(", ");
            Error::new(Fault::BAD_SETTING, Place::field("condition"), format!("one of {names}"), name)
        })
    }

    /// What signals of these recordings go through; chance is drawn from a seed.
    #[must_use]
    pub fn preparation(&self, set: &Design, seed: u64) -> Preparation {
        let lengths = if self.is_cut { Preparation::of_one_length(set) } else { Preparation::default() };
        Preparation {
            ablation: self.ablated.map(|of| Ablation { of, seed }),
            normalisation: match self.normalisation {
                Normalisation::Log if set.has_negative_samples() => Normalisation::ZScore,
                normalisation => normalisation,
            },
            zeros: self.zeros,
            last_frame: self.last_frame,
            ..lengths
        }
    }

    /// What an LSTM reads of each signal.
    #[must_use]
    pub const fn input(&self) -> Input {
        self.input
    }

    /// The condition beside which it stands as a control, which takes one thing away from that one; `None` for the scales
    /// that nothing is taken away from, and for null distributions.
    #[must_use]
    pub fn reference(&self) -> Option<&'static str> {
        match self.name {
            "raw" | "whole" | "null" | "z-score" | "min-max" => None,
            "raw-clean" => Some(RAW.name),
            _ if self.block_seconds().is_some() => Some(CUT.name),
            _ => Some(WHOLE.name),
        }
    }

    /// Whether labels are dealt out anew, so that a participant's other recordings say nothing of them.
    #[must_use]
    pub const fn deals_labels(&self) -> bool {
        matches!(self.ablated, Some(Ablated::Labels))
    }

    /// Seconds of the blocks whose order is random; nothing if the order is kept.
    #[must_use]
    pub const fn block_seconds(&self) -> Option<usize> {
        match self.ablated {
            Some(Ablated::Order { block_seconds }) => Some(block_seconds.get()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::recordings::synthetic;
    use crate::reproduction::paper;

    #[test]
    fn every_condition_has_a_name_and_a_preparation_of_its_own() {
        let set = synthetic::generate(&synthetic::Settings::default()).unwrap();
        let mut seen = BTreeSet::new();
        for condition in CONDITIONS {
            assert_eq!(Condition::named(condition.name), Ok(condition));
            let preparation = condition.preparation(&set, 0);
            assert!(preparation.truncate.is_none_or(|samples| samples.get() == paper::SHORTEST));
            seen.insert(format!("{preparation:?} {}", condition.input));
        }
        assert_eq!(seen.len(), CONDITIONS.len());
        assert_eq!(Condition::named("cutt").unwrap_err().problems()[0].fault, Fault::BAD_SETTING);
    }

    #[test]
    fn the_name_of_a_shuffling_tells_its_block() {
        for condition in CONDITIONS.iter().filter(|condition| condition.block_seconds().is_some()) {
            assert!(condition.name.ends_with(&format!("-{}", condition.block_seconds().unwrap())));
        }
    }
}
