//! Features of many signals: what classifiers are given.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::published::Band;
use super::{Feature, FeatureVector};
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::preparation::{Labelled, exchanged_labels};
use crate::recordings::{DataSet, Label, Labels, MOST_LABELS, Participant, Recording, Stimulus, is_first};

/// A row for each signal, a column for each feature, and who heard what.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureTable {
    names: Vec<String>,
    rows: Vec<FeatureRow>,
}

/// The features of one signal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeatureRow {
    /// Who heard it.
    pub participant: Participant,
    /// The label to be predicted.
    pub label: Label,
    /// The stimulus, where it is known.
    pub stimulus: Option<Stimulus>,
    /// Which of several recordings of this participant and this stimulus, from 1.
    #[serde(skip_serializing_if = "is_first")]
    pub take: u32,
    /// The band of frequencies that the features are of, where there is one.
    pub band: Option<Band>,
    /// Which recording it comes from: rows of one recording, one for each band, have the same number.
    pub recording: usize,
    /// One value for each column: a finite number, or none.
    pub values: Vec<Option<f64>>,
}

/// Recordings in steps: enough of them for all cores, and all of one stimulus.
fn steps(recordings: &[Recording]) -> impl Iterator<Item = &[Recording]> {
    let most = 4 * rayon::current_num_threads();
    let by_stimulus = recordings.chunk_by(|one, other| one.stimulus == other.stimulus);
    by_stimulus.flat_map(move |own| own.chunks(most))
}

impl FeatureTable {
    /// All features of all recordings, in the set's order, on all cores. Of several channels each has every feature: `C3 mean`.
    #[must_use]
    pub fn of(set: &DataSet) -> Self {
        Self::in_steps(set, |_| {})
    }

    /// How many steps [`Self::in_steps`] has.
    #[must_use]
    pub fn steps(set: &DataSet) -> usize {
        steps(set.recordings()).count()
    }

    /// The same in steps, each of some recordings of one stimulus: before each, `begin` is called.
    ///
    /// Two entropies compare every moment of a channel with all others, so time grows with the square of the length.
    #[must_use]
    pub fn in_steps(set: &DataSet, mut begin: impl FnMut(Stimulus)) -> Self {
        let mut rows = Vec::with_capacity(set.recordings().len());
        for step in steps(set.recordings()) {
            begin(step[0].stimulus);
            let before = rows.len();
            rows.par_extend(step.par_iter().enumerate().map(|(index, recording)| {
                FeatureRow {
                    participant: recording.participant,
                    label: recording.label,
                    stimulus: Some(recording.stimulus),
                    take: recording.take,
                    band: None,
                    recording: before + index,
                    values: (recording.channels.split(&recording.samples).iter())
                        .flat_map(|own| *FeatureVector::of(own).values())
                        .collect(),
                }
            }));
        }
        let names = set
            .channels()
            .prefixes()
            .into_iter()
            .flat_map(|channel| Feature::ALL.map(|feature| format!("{channel}{}", feature.name())));
        Self { names: names.collect(), rows }
    }

    /// A table of rows that have a finite number, or none, for each name.
    ///
    /// # Errors
    /// [`Fault::UNREADABLE_HEADING`] for each name that is empty or comes twice, and if there is none;
    /// [`Fault::RAGGED_ROW`] for each row that has more or fewer values; [`Fault::NOT_FINITE`] for each row with a value that is
    /// not; [`Fault::BAD_SETTING`] for more than [`MOST_LABELS`].
    pub fn new(names: Vec<String>, rows: Vec<FeatureRow>) -> Result<Self> {
        let mut problems = Vec::new();
        if names.is_empty() {
            let place = Place::field("names of features");
            problems.push(Problem::new(Fault::UNREADABLE_HEADING, place, "at least one", "none"));
        }
        for (index, name) in names.iter().enumerate() {
            let found = match name.as_str() {
                "" => "none".to_owned(),
                name if names[..index].iter().any(|other| other == name) => format!("{name} again"),
                _ => continue,
            };
            let place = Place::field(format!("feature {}", index + 1));
            problems.push(Problem::new(Fault::UNREADABLE_HEADING, place, "a name of its own", found));
        }
        for (number, row) in (1..).zip(&rows) {
            let place = || Place::field(format!("row {number}"));
            if row.values.len() != names.len() {
                let expected = format!("{} values, one for each name", names.len());
                let found = row.values.len().to_string();
                problems.push(Problem::new(Fault::RAGGED_ROW, place(), expected, found));
            } else if let Some(value) = row.values.iter().flatten().find(|value| !value.is_finite()) {
                problems.push(Problem::new(Fault::NOT_FINITE, place(), "finite values", value.to_string()));
            }
        }
        let labels = Labels::of(rows.iter().map(|row| row.label)).count();
        if labels > MOST_LABELS {
            let (place, expected) = (Place::field("labels"), format!("at most {MOST_LABELS}"));
            problems.push(Problem::new(Fault::BAD_SETTING, place, expected, labels.to_string()));
        }
        Error::unless_none(problems)?;
        Ok(Self { names, rows })
    }

    /// The columns' names.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[FeatureRow] {
        &self.rows
    }

    /// The labels: the classes of what is to be predicted.
    #[must_use]
    pub fn labels(&self) -> Labels {
        Labels::of(self.rows.iter().map(|row| row.label))
    }

    /// The same signals with labels [exchanged](exchanged_labels): rows of one recording keep one label.
    #[must_use]
    pub fn with_exchanged_labels(&self, seed: u64) -> Self {
        let labelled = |row: &FeatureRow| {
            let FeatureRow { participant, stimulus, label, .. } = *row;
            (row.recording, Labelled { participant, stimulus, label })
        };
        let recordings: BTreeMap<usize, Labelled> = self.rows.iter().map(labelled).collect();
        let exchanged = exchanged_labels(&recordings.values().copied().collect::<Vec<_>>(), seed);
        let labels: BTreeMap<usize, Label> = recordings.into_keys().zip(exchanged).collect();
        let row = |row: &FeatureRow| FeatureRow { label: labels[&row.recording], ..row.clone() };
        Self { names: self.names.clone(), rows: self.rows.iter().map(row).collect() }
    }

    /// What identifies the table: SHA-256, in hexadecimal, over its names, and participant, label and values of each row.
    ///
    /// Hashed are, after the line `eegenre features 1`: each name and a newline; then for each row the participant as
    /// `u32` (its number, or the hash of its name), the class of its label as `u8`, and each value as the bits of an `f64`, those of infinity where there is none; all
    /// little-endian.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new_with_prefix(b"eegenre features 1\n");
        for name in &self.names {
            hash.update(name.as_bytes());
            hash.update(b"\n");
        }
        let labels = self.labels();
        for row in &self.rows {
            hash.update(row.participant.stream().to_le_bytes());
            hash.update([labels.class(row.label) as u8]);
            for value in &row.values {
                // -0 is 0, as in the fingerprint of recordings.
                hash.update((value.unwrap_or(f64::INFINITY) + 0.0).to_bits().to_le_bytes());
            }
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preparation::split::testing::{data_set, recording};
    use crate::recordings::{Channels, Recording};

    fn set(last: f64) -> DataSet {
        data_set(vec![recording("S9/P02", &[4.0, 4.0, 4.0]), recording("S1/P01", &[1.0, 2.0, last])])
    }

    #[test]
    fn each_recording_has_a_row_in_the_sets_order() {
        let table = FeatureTable::of(&set(6.0));
        let rows = table.rows();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].participant, Participant::new(1));
        assert_eq!((rows[1].label.as_str(), rows[1].stimulus), ("pop", Some("S9".parse().unwrap())));
        assert_eq!((rows[0].recording, rows[1].recording), (0, 1));
        assert_eq!(rows[0].values[Feature::Mean as usize], Some(3.0));
        assert_eq!(rows[1].values[Feature::Skewness as usize], None);
        assert_eq!(table.names().len(), 26);
    }

    #[test]
    fn each_channel_has_every_feature_under_its_name() {
        let [one, other] = [[1.0, 5.0, 2.0, 4.0], [7.0, 3.0, 3.0, 9.0]].map(|samples| samples.to_vec());
        let channels = Channels::named(["C3", "Cz"].map(str::to_owned).to_vec()).unwrap();
        let samples = Channels::join(vec![one.clone(), other.clone()]);
        let both = FeatureTable::of(&data_set(vec![Recording { channels, ..recording("S1/P01", &samples) }]));
        let alone = |samples: &[f64]| FeatureTable::of(&data_set(vec![recording("S1/P01", samples)]));
        assert_eq!(
            both.rows()[0].values,
            [&alone(&one).rows()[0].values[..], &alone(&other).rows()[0].values].concat()
        );
        assert_eq!((both.names()[0].as_str(), both.names()[26].as_str()), ("C3 mean", "Cz mean"));
    }

    #[test]
    fn a_ragged_row_is_named() {
        let table = FeatureTable::of(&set(6.0));
        let mut rows = table.rows().to_vec();
        rows[1].values.pop();
        let error = FeatureTable::new(table.names().to_vec(), rows).unwrap_err();
        let problem = &error.problems()[0];
        assert_eq!((problem.fault, problem.place.to_string()), (Fault::RAGGED_ROW, "row 2".to_owned()));
    }

    #[test]
    fn rows_of_one_recording_keep_one_label_when_labels_are_exchanged() {
        let row = |participant, label: &str, recording| FeatureRow {
            participant: Participant::new(participant),
            label: label.parse().unwrap(),
            stimulus: None,
            take: 1,
            band: None,
            recording,
            values: vec![Some(1.0)],
        };
        let rows = (1..=8).flat_map(|participant| {
            let first = 2 * participant as usize;
            [("classical", first), ("classical", first), ("pop", first + 1)]
                .map(|(label, recording)| row(participant, label, recording))
        });
        let table = FeatureTable::new(vec!["one".to_owned()], rows.collect()).unwrap();
        let exchanged: Vec<FeatureTable> = (0..20).map(|seed| table.with_exchanged_labels(seed)).collect();
        assert!(exchanged.iter().any(|own| *own != table));
        for own in exchanged.iter().flat_map(|own| own.rows().chunks(3)) {
            assert_eq!(own[0].label, own[1].label);
            assert_ne!(own[0].label, own[2].label);
        }
    }

    #[test]
    fn a_value_changes_the_digest() {
        assert_eq!(FeatureTable::of(&set(6.0)).digest(), FeatureTable::of(&set(6.0)).digest());
        assert_ne!(FeatureTable::of(&set(6.0)).digest(), FeatureTable::of(&set(6.5)).digest());
    }
}
