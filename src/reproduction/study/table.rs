//! Variations side by side, as tables.

use std::collections::BTreeSet;
use std::fmt;

use super::{Row, Study, VARIATIONS};
use crate::models::Model;
use crate::report::{Table, percent};
use crate::reproduction::paper::REPORTED;
use crate::runs::series::{Comparison, Series};

/// What is said where there are no records.
const NOTHING: &str = "There are no records of other choices on these recordings.";

impl Study {
    /// Test accuracy in percent: the average without the lowest and the highest run, and from the lowest to the highest.
    /// The first row is the paper's, if the recordings are.
    #[must_use]
    pub fn test_table(&self) -> Table {
        let mut table = self.empty_table("always the most frequent genre");
        if self.is_published() {
            let reported = REPORTED
                .map(|reported| format!("{} ({}-{})", reported.average, reported.lowest, reported.highest));
            let name = ["the paper".to_owned(), String::new(), String::new()];
            table.push(name.into_iter().chain(reported));
        }
        for row in &self.rows {
            let chance =
                row.series.first().map_or_else(String::new, |series| percent(series.chance.most_frequent));
            table.push(row.cells(chance, |series| {
                let [lowest, highest] = [series.lowest, series.highest].map(percent);
                let average = series.trimmed_mean.map_or_else(|| "-".to_owned(), percent);
                format!("{average} ({lowest}-{highest})")
            }));
        }
        table
    }

    /// Training accuracy in percent with the same weights, mean over runs.
    #[must_use]
    pub fn training_table(&self) -> Table {
        let mut table = self.empty_table("runs");
        if self.is_published() {
            let reported = REPORTED.map(|reported| {
                reported.training.map_or_else(String::new, |training| training.to_string().replace(" %", ""))
            });
            table.push(["the paper".to_owned(), String::new(), "15".to_owned()].into_iter().chain(reported));
        }
        for row in &self.rows {
            let runs = row.series.first().map_or_else(String::new, |series| series.runs.len().to_string());
            table.push(row.cells(runs, |series| percent(series.training)));
        }
        table
    }

    /// By how many points a variation's average lies above that of the main experiment, and what other seeds could make of
    /// it ([`Comparison`]); only variations on the same split.
    #[must_use]
    pub fn difference_table(&self) -> Table {
        let mut table = self.empty_table("runs");
        let Some(main) = self.rows.iter().find(|row| row.name == VARIATIONS[0].name) else { return table };
        for row in self.rows.iter().filter(|row| row.name != main.name && row.is_on_split_of(main)) {
            let runs = row.series.first().map_or_else(String::new, |series| series.runs.len().to_string());
            table.push(row.cells(runs, |series| {
                let same = |other: &&Series| other.label == series.label;
                let compared = main.series.iter().find(same).map(|other| Comparison::of(series, other));
                let Some(Ok(comparison)) = compared else { return String::new() };
                let points = |part: f64| format!("{:+.1}", 100.0 * part);
                let seeds = comparison.over_runs.interval.map_or_else(String::new, |interval| {
                    format!(" ({} to {})", points(interval.low), points(interval.high))
                });
                points(comparison.difference) + &seeds
            }));
        }
        table
    }

    /// All tables in Markdown, as in the README.
    #[must_use]
    pub fn markdown(&self) -> String {
        self.render(Table::markdown)
    }

    /// All tables that have rows, each with a heading; none without records.
    #[must_use]
    pub fn tables(&self) -> Vec<(String, Table)> {
        let test = format!("Test accuracy in percent{}: average (lowest-highest).", self.epochs());
        let differences =
            "Points above raw: difference of averages (with other seeds), on the same split.".to_owned();
        let mut tables = vec![
            (test, self.test_table()),
            ("Training accuracy in percent.".to_owned(), self.training_table()),
            (differences, self.difference_table()),
        ];
        tables.retain(|(_, table)| !table.rows().is_empty() && !self.rows.is_empty());
        tables
    }

    /// After how many epochs, for each network: ` (baseline 300 epochs, multilayer 600, cnn 3000)`.
    fn epochs(&self) -> String {
        let series = || self.rows.iter().flat_map(|row| &row.series);
        let all: BTreeSet<(Model, usize)> =
            series().map(|own| (own.model, own.configuration.settings.hyperparameters.epochs)).collect();
        let parts = all.into_iter().enumerate().map(|(place, (model, epochs))| {
            if place == 0 { format!("{model} {epochs} epochs") } else { format!("{model} {epochs}") }
        });
        format!(" ({})", parts.collect::<Vec<String>>().join(", "))
    }

    fn render(&self, form: impl Fn(&Table) -> String) -> String {
        if self.rows.is_empty() {
            return NOTHING.to_owned();
        }
        let parts =
            self.tables().into_iter().map(|(heading, table)| format!("{heading}\n\n{}", form(&table)));
        parts.collect::<Vec<_>>().join("\n")
    }

    fn empty_table(&self, third: &str) -> Table {
        let series = REPORTED.map(|reported| reported.series.label());
        Table::new(["choice", "what is different", third].into_iter().chain(series))
    }

    fn is_published(&self) -> bool {
        self.rows.iter().flat_map(|row| &row.series).all(Series::is_published)
    }
}

impl Row {
    /// Name, what is different, a third cell, and a cell for each series of the paper; empty where there is none.
    fn cells(&self, third: String, cell: impl Fn(&Series) -> String) -> Vec<String> {
        let series = REPORTED.map(|reported| {
            let own = self.series.iter().find(|series| series.reported() == Some(reported.series));
            own.map_or_else(String::new, &cell)
        });
        [self.name.to_owned(), self.what.to_owned(), third].into_iter().chain(series).collect()
    }

    fn is_on_split_of(&self, other: &Self) -> bool {
        let split = |row: &Self| row.series.first().map(|series| series.configuration.split.clone());
        split(self) == split(other)
    }
}

impl fmt::Display for Study {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(Table::to_string).trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Model;
    use crate::recordings::Fingerprint;
    use crate::runs::Weights;
    use crate::runs::series::ReportedSeries;
    use crate::runs::series::testing::{BASELINE, records, scattered};

    /// A row of the baseline alone.
    fn row(name: &'static str, right: &[usize], change: impl Fn(&mut crate::runs::Record)) -> Row {
        let mut records = records(Model::Baseline, 0.7, right, scattered);
        records.iter_mut().for_each(change);
        Row { name, what: "something", series: vec![Series::of(&records, Weights::Final).unwrap()] }
    }

    #[test]
    fn variations_stand_below_the_paper() {
        let five = BASELINE.map(|right| right + 2);
        let study = Study { rows: vec![row("raw", &BASELINE, |_| {}), row("log", &five[..5], |_| {})] };
        let test = study.test_table();
        assert_eq!(test.rows()[0][..4], ["the paper", "", "", "45 (31-64)"]);
        assert_eq!(test.rows()[1][..5], ["raw", "something", "38.5", "45.0 (30.8-64.1)", ""]);
        assert_eq!(study.training_table().rows()[2][..4], ["log", "something", "5", "70.0"]);
        let differences = study.difference_table();
        let difference = &differences.rows()[0];
        assert_eq!(difference[0], "log");
        assert!(difference[3].starts_with('+') && difference[3].contains(" to "), "{difference:?}");
    }

    #[test]
    fn splits_are_counted_with_the_main_one_and_other_choices_are_not() {
        let better = BASELINE.map(|right| right + 2);
        let study = Study {
            rows: vec![
                row("raw", &BASELINE, |_| {}),
                row("log", &better, |_| {}),
                row("split-1", &better, |_| {}),
            ],
        };
        let averages = study.averages_over_splits(ReportedSeries::Baseline);
        assert_eq!(averages.len(), 2);
        assert!(averages[0] < averages[1]);
        assert!(study.averages_over_splits(ReportedSeries::Cnn).is_empty());
        assert_eq!(study.splits_above(ReportedSeries::Baseline, ReportedSeries::Baseline), 0);
    }

    #[test]
    fn another_split_is_not_compared_with_the_main_one() {
        let other = row("split-1", &BASELINE, |record| record.configuration.split = "f".repeat(64));
        let study = Study { rows: vec![row("raw", &BASELINE, |_| {}), other] };
        assert!(study.difference_table().rows().is_empty());
        assert_eq!(study.test_table().rows().len(), 3);
    }

    #[test]
    fn the_paper_does_not_stand_above_other_recordings() {
        let data: Fingerprint = serde_json::from_value("0".repeat(64).into()).unwrap();
        let study = Study { rows: vec![row("raw", &BASELINE, |record| record.configuration.data = data)] };
        assert!(!study.to_string().contains("the paper"));
    }

    #[test]
    fn a_study_without_records_says_so() {
        let study = Study { rows: Vec::new() };
        assert_eq!(study.to_string(), NOTHING);
        assert!(study.tables().is_empty());
    }
}
