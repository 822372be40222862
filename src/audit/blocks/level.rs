//! The level of a recording's power.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Result};
use crate::evaluation::statistics::quantile;
use crate::preparation::{Normalisation, Preparation, Zeros};
use crate::recordings::{DataSet, Label, Participant};

/// Quantiles that make a level; the third is the median.
const PARTS: [f64; 5] = [0.1, 0.25, 0.5, 0.75, 0.9];

/// What the statistics see of a recording.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Level {
    pub participant: Participant,
    /// Where its stimulus stands among all, from 1.
    pub place: usize,
    pub label: Label,
    /// Quantiles of the logarithms of power, or of samples as they are where one is negative; of several channels, means of the
    /// quantiles of all of them.
    pub quantiles: [f64; PARTS.len()],
}

impl Level {
    /// Those of all recordings, in the set's order.
    pub(super) fn all(set: &DataSet) -> Result<Vec<Self>> {
        let normalisation = if set.has_negative_samples() { Normalisation::Raw } else { Normalisation::Log };
        let cut = Preparation::of_one_length(set);
        let preparation = Preparation { zeros: Zeros::Reflect, normalisation, ..cut };
        let (labels, stimuli) = (set.labels(), set.stimuli());
        Error::gather(set.recordings().iter().map(|recording| {
            let samples = preparation.signal(recording, &labels)?.samples;
            let samples: Vec<f64> = samples.into_iter().map(f64::from).collect();
            let channels = &recording.channels;
            Ok(Self {
                participant: recording.participant,
                place: 1 + stimuli.range(..recording.stimulus).count(),
                label: recording.label,
                quantiles: PARTS
                    .map(|part| channels.mean_of(&samples, |own| quantile(own, part).unwrap_or(0.0))),
            })
        }))
    }

    pub(super) const fn median(&self) -> f64 {
        self.quantiles[PARTS.len() / 2]
    }
}

/// The places of each participant's recordings of each label, and all pairs of labels of each participant. Labels are given
/// apart, because a null distribution has others.
pub(super) fn blocks(levels: &[Level], labels: &[Label]) -> Vec<(Participant, [Label; 2], [Vec<usize>; 2])> {
    let mut own: BTreeMap<Participant, BTreeMap<Label, Vec<usize>>> = BTreeMap::new();
    for (place, (level, label)) in levels.iter().zip(labels).enumerate() {
        own.entry(level.participant).or_default().entry(*label).or_default().push(place);
    }
    let mut pairs = Vec::new();
    for (participant, labels) in own {
        let heard: BTreeSet<Label> = labels.keys().copied().collect();
        for one in &heard {
            for other in heard.range(*one..).skip(1) {
                let blocks = [one, other].map(|label| labels[label].clone());
                pairs.push((participant, [*one, *other], blocks));
            }
        }
    }
    pairs
}
