//! A table of features in numbers: how well each feature separates labels, and participants.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{FeatureRow, FeatureTable};
use crate::evaluation::statistics::{quantile, rank_eta_squared};
use crate::report::{Table, significant};

/// A row for each feature.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureSummary {
    /// In the table's order.
    pub features: Vec<SummarisedFeature>,
}

/// The values of one feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SummarisedFeature {
    /// Its name.
    pub name: String,
    /// Rows in which it has no value.
    pub absent: usize,
    /// Its lowest value, its median and its highest value, if it has any.
    pub range: Option<[f64; 3]>,
    /// The part of the spread of its ranks that lies between labels ([`rank_eta_squared`]).
    pub by_label: Option<f64>,
    /// The same between participants.
    pub by_participant: Option<f64>,
}

impl FeatureTable {
    /// Sums up each feature.
    #[must_use]
    pub fn summary(&self) -> FeatureSummary {
        let summary = |(column, name): (usize, &String)| {
            let values: Vec<f64> = self.rows().iter().filter_map(|row| row.values[column]).collect();
            let range = [0.0, 0.5, 1.0].map(|part| quantile(&values, part));
            SummarisedFeature {
                name: name.clone(),
                absent: self.rows().len() - values.len(),
                range: if let [Some(lowest), Some(median), Some(highest)] = range {
                    Some([lowest, median, highest])
                } else {
                    None
                },
                by_label: rank_eta_squared(&self.groups(column, |row| row.label)),
                by_participant: rank_eta_squared(&self.groups(column, |row| row.participant)),
            }
        };
        FeatureSummary { features: self.names().iter().enumerate().map(summary).collect() }
    }

    /// The values of a column, by some key of their rows, in ascending order of the keys.
    #[must_use]
    pub fn groups<K: Ord>(&self, column: usize, key: impl Fn(&FeatureRow) -> K) -> Vec<Vec<f64>> {
        let mut groups: BTreeMap<K, Vec<f64>> = BTreeMap::new();
        for row in self.rows() {
            groups.entry(key(row)).or_default().extend(row.values[column]);
        }
        groups.into_values().collect()
    }
}

impl FeatureSummary {
    /// As a table.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new([
            "feature",
            "without value",
            "lowest",
            "median",
            "highest",
            "spread between labels, %",
            "between participants, %",
        ]);
        for feature in &self.features {
            let [lowest, median, highest] =
                feature.range.map_or_else(Default::default, |range| range.map(significant));
            let part =
                |part: Option<f64>| part.map_or_else(String::new, |part| format!("{:.1}", 100.0 * part));
            let [genre, participant] = [feature.by_label, feature.by_participant].map(part);
            table.push([
                feature.name.clone(),
                feature.absent.to_string(),
                lowest,
                median,
                highest,
                genre,
                participant,
            ]);
        }
        table
    }
}

impl fmt::Display for FeatureSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.table().to_string().trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Feature;
    use crate::preparation::split::testing::{data_set, recording};

    #[test]
    fn a_feature_that_tells_participants_apart_says_so() {
        // Everybody has an amplitude of their own, whatever they hear.
        let names = (1..=6).flat_map(|who| [1, 5, 9].map(|stimulus| (who, format!("S{stimulus}/P{who}"))));
        let set = data_set(names.map(|(who, name)| recording(&name, &[f64::from(who); 5])).collect());
        let summary = FeatureTable::of(&set).summary();
        let mean = &summary.features[Feature::Mean as usize];
        assert_eq!((mean.absent, mean.range), (0, Some([1.0, 3.5, 6.0])));
        assert!((mean.by_participant.unwrap() - 1.0).abs() < 1e-9 && mean.by_label.unwrap() < 0.0);
        let skewness = &summary.features[Feature::Skewness as usize];
        assert_eq!((skewness.absent, skewness.range, skewness.by_label), (18, None, None));
        assert!(summary.to_string().contains("log-detector"));
    }

    #[test]
    fn features_of_voltages_in_volts_are_told_apart() {
        let volts = [1.5e-5, -2.5e-5, 4e-5, -1e-5, 3e-5];
        let set = data_set(vec![recording("S1/P1", &volts), recording("S5/P1", &volts.map(|one| 2.0 * one))]);
        let summary = FeatureTable::of(&set).summary();
        for feature in &summary.features {
            let [lowest, _, highest] = feature.range.unwrap_or_default().map(significant);
            let [low, _, high] = feature.range.unwrap_or_default();
            // Four digits tell values apart that differ by a part in a thousand.
            let differs = (high - low).abs() > 1e-3 * low.abs().max(high.abs());
            assert_eq!(lowest != highest, differs, "{}: {lowest} to {highest}", feature.name);
        }
        let table = summary.to_string();
        let variance = table.lines().find(|line| line.starts_with("variance")).unwrap();
        assert!(variance.contains("e-10") && variance.contains("e-9"), "{variance}");
    }
}
