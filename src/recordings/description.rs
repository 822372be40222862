//! A data set in numbers.

use std::collections::BTreeMap;
use std::fmt;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::channels::Channels;
use super::dataset::{DataSet, Fingerprint};
use super::design::{Design, Outline};
use super::{Label, Words};
use crate::report::significant;

/// A data set in numbers, before any training. Lengths are in samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// Number of recordings.
    pub recordings: usize,
    /// Number of participants.
    pub participants: usize,
    /// Number of stimuli.
    pub stimuli: usize,
    /// Samples per second.
    #[serde(serialize_with = "super::design::whole")]
    pub rate_hz: f64,
    /// The channels of every recording.
    #[serde(default, skip_serializing_if = "Channels::is_one")]
    pub channels: Channels,
    /// Samples of the shortest recording.
    pub shortest: usize,
    /// Samples of the longest recording.
    pub longest: usize,
    /// What identifies the set.
    pub fingerprint: Fingerprint,
    /// The name by which the set is known, if it is.
    pub known_as: Option<String>,
    /// The unit of the samples, where the description of a study says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Labels that each participant has; nothing if participants differ in it.
    pub labels_per_participant: Option<usize>,
    /// Participants by the labels that they have.
    pub participants_by_labels: BTreeMap<String, usize>,
    /// Whether no length occurs with two labels: then the length alone determines the label.
    pub length_names_label: bool,
    /// Each label's recordings.
    pub labels: BTreeMap<Label, LabelDescription>,
    /// All samples together.
    pub samples: Samples,
    /// How many numbers of the workbooks are results of formulas, as the spreadsheet program stored them.
    pub formulas: usize,
}

/// The recordings of one label. Lengths are in samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelDescription {
    /// Number of recordings.
    pub recordings: usize,
    /// Samples of the shortest recording.
    pub shortest: usize,
    /// Samples of the longest recording.
    pub longest: usize,
}

/// The distribution of the values of all samples and channels, in the recordings' unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Samples {
    /// How many there are: samples, times channels.
    pub count: usize,
    /// The lowest.
    pub lowest: f64,
    /// The median.
    pub median: f64,
    /// The highest.
    pub highest: f64,
    /// How many are exactly 0.
    pub zeros: usize,
    /// The lowest and the highest of the recordings' medians: how far apart participants' scales are.
    pub median_of_recordings: (f64, f64),
}

impl Description {
    /// Describes a data set.
    #[must_use]
    pub fn of(set: &DataSet) -> Self {
        let lengths = |recordings: &mut dyn Iterator<Item = &Outline>| {
            let lengths: Vec<usize> = recordings.map(|recording| recording.samples).collect();
            let (shortest, longest) = (lengths.iter().min().copied(), lengths.iter().max().copied());
            LabelDescription {
                recordings: lengths.len(),
                shortest: shortest.unwrap_or(0),
                longest: longest.unwrap_or(0),
            }
        };
        let participants = set.participants();
        let mut participants_by_labels = BTreeMap::new();
        for participant in &participants {
            let names: Vec<String> = set.labels_of(*participant).iter().map(ToString::to_string).collect();
            *participants_by_labels.entry(names.join(" + ")).or_insert(0) += 1;
        }
        let labels = set.labels();
        let labels = labels.iter().map(|label| {
            (label, lengths(&mut set.outlines().iter().filter(|recording| recording.label == label)))
        });
        let [shortest, longest] = set.lengths();
        Self {
            recordings: set.outlines().len(),
            participants: participants.len(),
            stimuli: set.stimuli().len(),
            rate_hz: set.rate_hz(),
            channels: set.channels().clone(),
            shortest,
            longest,
            fingerprint: set.fingerprint(),
            known_as: set.known_as(),
            unit: set.about().map(|about| about.unit.clone()),
            labels_per_participant: set.labels_per_participant(),
            participants_by_labels,
            length_names_label: set.length_names_label(),
            labels: labels.collect(),
            samples: Samples::of(set),
            formulas: set.formulas(),
        }
    }
}

impl Samples {
    fn of(set: &DataSet) -> Self {
        let mut all: Vec<f64> =
            set.recordings().iter().flat_map(|recording| recording.samples.iter().copied()).collect();
        let medians: Vec<f64> =
            set.recordings().par_iter().map(|recording| median(&mut recording.samples.clone())).collect();
        Self {
            count: all.len(),
            lowest: all.iter().copied().fold(f64::INFINITY, f64::min),
            median: median(&mut all),
            highest: all.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            zeros: all.iter().filter(|sample| **sample == 0.0).count(),
            median_of_recordings: (
                medians.iter().copied().fold(f64::INFINITY, f64::min),
                medians.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            ),
        }
    }
}

/// The median; the mean of the middle two if their number is even. Reorders the samples.
fn median(samples: &mut [f64]) -> f64 {
    let (middle, odd) = (samples.len() / 2, samples.len() % 2 == 1);
    if samples.is_empty() {
        return f64::NAN;
    }
    let (below, upper, _) = samples.select_nth_unstable_by(middle, f64::total_cmp);
    let upper = *upper;
    if odd {
        return upper;
    }
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    f64::midpoint(lower, upper)
}

impl Description {
    /// Whether its counts are those of a design.
    #[must_use]
    pub fn is_of(&self, design: &Design) -> bool {
        let recordings = design.outlines();
        let samples: usize = recordings.iter().map(|recording| recording.samples).sum();
        let zeros: usize = recordings.iter().map(|recording| recording.zeros.all).sum();
        // A design of several channels counts the samples at which all of them are 0.
        let has_zeros = match design.channels().is_one() {
            true => self.samples.zeros == zeros,
            false => self.samples.zeros >= zeros * design.channels().count(),
        };
        self.fingerprint == design.fingerprint()
            && self.recordings == recordings.len()
            && self.participants == design.participants().len()
            && self.stimuli == design.stimuli().len()
            && [self.shortest, self.longest] == design.lengths()
            && self.channels == *design.channels()
            && self.samples.count == samples * design.channels().count()
            && has_zeros
            && self.labels_per_participant == design.labels_per_participant()
            && self.length_names_label == design.length_names_label()
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |samples: usize| samples as f64 / self.rate_hz;
        let range = |shortest: usize, longest: usize| {
            format!("{shortest} to {longest} samples ({:.0} to {:.0} s)", seconds(shortest), seconds(longest))
        };
        let name = self.known_as.as_deref().unwrap_or("not known: own or changed recordings");
        // What is known has the design of the published study.
        let is_described = self.unit.is_some();
        let words = if self.known_as.is_some() && !is_described { Words::MUSIC } else { Words::ANY };
        let Words { label, labels, stimuli, .. } = words;
        let heard = match self.labels_per_participant {
            Some(own) => format!("{own} {labels} per participant"),
            None => format!("{labels} per participant differ"),
        };
        let pairs: Vec<String> = self
            .participants_by_labels
            .iter()
            .map(|(own, participants)| {
                format!(
                    "{participants} {} {own}",
                    if self.known_as.is_some() && !is_described { "heard" } else { "have" }
                )
            })
            .collect();
        let Samples { count, lowest, median, highest, zeros, median_of_recordings: (low, high) } =
            self.samples;
        let unit = self.unit.as_deref().unwrap_or("(unit of the recordings)");
        writeln!(f, "known as      {name}")?;
        writeln!(f, "fingerprint   {}", self.fingerprint)?;
        writeln!(f, "recordings    {}", self.recordings)?;
        writeln!(f, "participants  {} ({heard}: {})", self.participants, pairs.join(", "))?;
        writeln!(f, "{stimuli:<14}{}", self.stimuli)?;
        writeln!(f, "rate          {} Hz", self.rate_hz)?;
        if let names @ [_, ..] = self.channels.names() {
            writeln!(f, "channels      {}: {}", names.len(), names.join(", "))?;
        }
        writeln!(f, "length        {}", range(self.shortest, self.longest))?;
        for (own, LabelDescription { recordings, shortest, longest }) in &self.labels {
            writeln!(f, "  {own:<12}  {recordings} recordings, {}", range(*shortest, *longest))?;
        }
        if self.length_names_label {
            writeln!(
                f,
                "              no length occurs in two {labels}: the length alone determines the {label}"
            )?;
        }
        writeln!(
            f,
            "samples       {count}, from {} to {} {unit}, median {}, {zeros} exact zeros",
            significant(lowest),
            significant(highest),
            significant(median)
        )?;
        write!(
            f,
            "              a recording's median lies between {} and {}",
            significant(low),
            significant(high)
        )?;
        match self.formulas {
            0 => Ok(()),
            count => write!(
                f,
                "\nformulas      {count} cells hold one; the results that are stored beside them were read"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_few_samples_is_known() {
        assert_eq!(median(&mut [3.0]), 3.0);
        assert_eq!(median(&mut [3.0, 1.0]), 2.0);
        assert_eq!(median(&mut [9.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [4.0, 1.0, 3.0, 2.0]), 2.5);
    }
}
