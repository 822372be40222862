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
    /// What a label is called, where the description of a study says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_name: Option<String>,
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
            label_name: set.about().map(|about| about.label_name.to_string()),
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

/// From so many sets of labels on they are counted and not listed.
const MANY_SETS: usize = 7;

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
        let label = self.label_name.as_deref().unwrap_or(label);
        let heard = match self.labels_per_participant {
            Some(1) => format!("1 {label} per participant"),
            Some(own) => format!("{own} {labels} per participant"),
            None => format!("{labels} per participant differ"),
        };
        let have = if self.known_as.is_some() && !is_described { "heard" } else { "have" };
        let all = self.labels.keys().map(|label| label.as_str()).collect::<Vec<&str>>().join(" + ");
        let pairs: Vec<String> = match self.participants_by_labels.len() {
            // Where nearly everyone has others, their list says less than its length.
            sets @ MANY_SETS.. => vec![format!("{sets} different sets of them")],
            _ => (self.participants_by_labels.iter())
                .map(|(own, participants)| {
                    format!("{participants} {have} {}", if *own == all && is_described { "all" } else { own })
                })
                .collect(),
        };
        let Samples { count, lowest, median, highest, zeros, median_of_recordings: (low, high) } =
            self.samples;
        let unit = self.unit.as_deref().unwrap_or("(unit of the recordings)");
        writeln!(f, "known as      {name}")?;
        writeln!(f, "fingerprint   {}", self.fingerprint)?;
        writeln!(f, "recordings    {}", self.recordings)?;
        writeln!(f, "participants  {} ({heard}: {})", self.participants, pairs.join(", "))?;
        writeln!(f, "{stimuli:<14}{}", self.stimuli)?;
        if is_described {
            writeln!(f, "{label:<13} {} different", self.labels.len())?;
        }
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
    use crate::recordings::{About, Participant, Recording};

    #[test]
    fn the_median_of_few_samples_is_known() {
        assert_eq!(median(&mut [3.0]), 3.0);
        assert_eq!(median(&mut [3.0, 1.0]), 2.0);
        assert_eq!(median(&mut [9.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [4.0, 1.0, 3.0, 2.0]), 2.5);
    }
    /// A described study in which each participant has some of the labels.
    fn described(labels_of: &[&[&str]]) -> String {
        let recordings = labels_of.iter().enumerate().flat_map(|(who, labels)| {
            labels.iter().map(move |label| Recording {
                stimulus: format!("of {label}").parse().unwrap(),
                label: label.parse().unwrap(),
                participant: Participant::new(who as u32 + 1),
                take: 1,
                session: None,
                rate_hz: 1.0,
                channels: Channels::ONE,
                samples: vec![1.5e-5, -2e-5],
                synthetic: None,
            })
        });
        let about =
            About { name: "x".to_owned(), unit: "V".to_owned(), label_name: "diagnosis".parse().unwrap() };
        Description::of(&DataSet::new(recordings.collect()).unwrap().described(about)).to_string()
    }

    #[test]
    fn a_described_study_is_told_in_its_own_words() {
        let patients = described(&[&["patient"], &["control"], &["control"]]);
        for line in [
            "participants  3 (1 diagnosis per participant: 2 have control, 1 have patient)",
            "diagnosis     2 different",
            "samples       6, from -2e-5 to 1.5e-5 V, median -2.5e-6, 0 exact zeros",
        ] {
            assert!(patients.lines().any(|one| one == line), "{patients}");
        }
        let all = described(&[&["a", "b", "c"][..]; 4]);
        assert!(all.contains("4 (3 labels per participant: 4 have all)"), "{all}");
    }

    #[test]
    fn where_participants_have_many_sets_of_labels_these_are_counted() {
        let names: Vec<String> = (0..9).map(|label| format!("label {label}")).collect();
        let of: Vec<Vec<&str>> =
            (0..8).map(|who| vec![names[who].as_str(), names[who + 1].as_str()]).collect();
        let of: Vec<&[&str]> = of.iter().map(Vec::as_slice).collect();
        let told = described(&of);
        assert!(told.contains("8 (2 labels per participant: 8 different sets of them)"), "{told}");
    }
}
