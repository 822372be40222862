//! Two folders of records beside each other: the same experiment on another device, or in another year.

use std::fmt;

use serde::Serialize;

use super::Results;
use crate::error::{Error, Fault, Place, Result};
use crate::evaluation::statistics::Probability;
use crate::report::Table;
use crate::runs::series::{Comparison, Series};

/// What each series of one folder differs by from the same series of another. `Display` is the table of the command line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Differences {
    /// In the order of the series.
    pub series: Vec<Difference>,
}

/// A series less the same series of another folder.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Its name.
    pub label: String,
    /// The average of the first.
    pub average: f64,
    /// That of the other.
    pub other_average: f64,
    /// Runs of both that answer equally many test recordings rightly; of runs with the same number.
    pub equal_runs: usize,
    /// Runs with the same number.
    pub runs: usize,
    /// The difference of the averages, and how sure it is.
    pub comparison: Comparison,
}

impl Results {
    /// Compares the series that both have.
    ///
    /// # Errors
    /// [`Fault::NO_RECORDS`] if they have none in common; [`Fault::MIXED_RECORDS`] if their test recordings differ.
    pub fn less(&self, other: &Self) -> Result<Differences> {
        let pairs = self.series.iter().filter_map(|series| {
            let same = |other: &&Series| (other.model, other.weights) == (series.model, series.weights);
            Some((series, other.series.iter().find(same)?))
        });
        let series = Error::gather(pairs.map(|(series, other)| Difference::of(series, other)))?;
        if series.is_empty() {
            let expected = "a network with records in both folders";
            return Err(Error::new(Fault::NO_RECORDS, Place::field("records"), expected, "none"));
        }
        Ok(Differences { series })
    }
}

impl Difference {
    fn of(series: &Series, other: &Series) -> Result<Self> {
        let right = |series: &Series, run: u64| {
            series.runs.iter().position(|&other| other == run).map(|place| series.right[place])
        };
        let pairs: Vec<(usize, usize)> =
            (series.runs.iter()).filter_map(|&run| Some((right(series, run)?, right(other, run)?))).collect();
        Ok(Self {
            label: series.label.clone(),
            average: series.average,
            other_average: other.average,
            equal_runs: pairs.iter().filter(|(one, other)| one == other).count(),
            runs: pairs.len(),
            comparison: Comparison::of(series, other)?,
        })
    }
}

impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = [
            "series",
            "average %",
            "other %",
            "points (other seeds)",
            "p runs",
            "p recordings",
            "equal runs",
        ];
        let mut table = Table::new(header);
        for difference in &self.series {
            let Comparison { difference: points, over_runs, over_recordings } = difference.comparison;
            let signed = |part: f64| format!("{:+.1}", 100.0 * part);
            let seeds = over_runs.interval.map_or_else(String::new, |interval| {
                format!(" ({} to {})", signed(interval.low), signed(interval.high))
            });
            table.push([
                difference.label.clone(),
                format!("{:.1}", 100.0 * difference.average),
                format!("{:.1}", 100.0 * difference.other_average),
                signed(points) + &seeds,
                Probability::with_error(format!("{:.2}", over_runs.p), over_runs.p_error),
                Probability::with_error(format!("{:.2}", over_recordings.p), over_recordings.p_error),
                format!("{} of {}", difference.equal_runs, difference.runs),
            ]);
        }
        f.write_str(table.to_string().trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Results;
    use super::*;
    use crate::models::Model;
    use crate::recordings::Provenance;
    use crate::runs::Record;
    use crate::runs::series::testing::{BASELINE, records, scattered};

    fn results(groups: &[&[Record]]) -> Results {
        Results::of(groups, &Provenance::Published).unwrap()
    }

    #[test]
    fn the_same_records_differ_by_nothing() {
        let baseline = records(Model::Baseline, 0.6, &BASELINE, scattered);
        let results = results(&[&baseline]);
        let Differences { series } = results.less(&results).unwrap();
        for difference in series {
            assert_eq!((difference.equal_runs, difference.runs), (15, 15));
            assert_eq!(difference.comparison.difference, 0.0);
            assert_eq!(difference.comparison.over_runs.p, 1.0);
            assert!(difference.comparison.over_runs.paired);
        }
    }

    #[test]
    fn runs_of_one_seed_are_paired_and_networks_that_only_one_folder_has_are_left_out() {
        let baseline = records(Model::Baseline, 0.6, &BASELINE, scattered);
        let better: Vec<usize> = BASELINE.iter().map(|right| right + 2).collect();
        let better = records(Model::Baseline, 0.6, &better, scattered);
        let cnn = records(Model::Cnn, 0.6, &BASELINE, scattered);
        let differences = results(&[&better, &cnn]).less(&results(&[&baseline])).unwrap();
        let difference = &differences.series[0];
        assert!((difference.comparison.difference - 2.0 / 39.0).abs() < 1e-12);
        assert!(difference.comparison.over_runs.is_above());
        assert_eq!((difference.equal_runs, difference.runs), (0, 15));
        assert!(differences.series.iter().all(|difference| !difference.label.contains("CNN")));
        assert!(differences.to_string().contains("+5.1 (+5.1 to +5.1)"), "{differences}");
        let nothing = results(&[&cnn]).less(&results(&[&baseline])).unwrap_err();
        assert_eq!(nothing.problems()[0].fault, Fault::NO_RECORDS);
    }
}
