//! What many splits say, as tables.

use super::{OneSplit, OverSplits, Splits};
use crate::evaluation::statistics::{mean, standard_deviation};
use crate::report::Table;

impl OneSplit {
    /// A row for each series under each condition: where the paper's average falls among the splits.
    #[must_use]
    pub fn series_table(&self) -> Table {
        let mut table = Table::new([
            "condition",
            "network",
            "epochs",
            "splits",
            "mean",
            "over splits",
            "lowest",
            "highest",
            "the paper's average",
            "splits below it",
        ]);
        for Splits { condition, splits, series, .. } in &self.conditions {
            for OverSplits { series, epochs, accuracies, below_paper } in series {
                let percent = |part: f64| format!("{:.1}", 100.0 * part);
                table.push([
                    condition.clone(),
                    series.label().to_owned(),
                    epochs.to_string(),
                    splits.to_string(),
                    percent(mean(accuracies)),
                    spread(100.0, accuracies),
                    percent(accuracies.iter().copied().fold(f64::INFINITY, f64::min)),
                    percent(accuracies.iter().copied().fold(0.0, f64::max)),
                    series.reported().average.to_string(),
                    below_paper.to_string(),
                ]);
            }
        }
        table
    }

    /// A row for each claim under each condition, and one for the paper's order.
    #[must_use]
    pub fn differences_table(&self) -> Table {
        let mut table = Table::new([
            "condition",
            "claim",
            "splits",
            "points: mean",
            "over splits",
            "in the paper",
            "holds on",
            "by as much on",
        ]);
        for own in &self.conditions {
            let splits = own.splits.to_string();
            for difference in &own.differences {
                table.push([
                    own.condition.clone(),
                    difference.statement.to_owned(),
                    splits.clone(),
                    format!("{:+.1}", mean(&difference.points)),
                    spread(1.0, &difference.points),
                    format!("+{}", difference.paper),
                    difference.holds.to_string(),
                    difference.as_large.to_string(),
                ]);
            }
            let order = "the order: multi-layer LSTM, baseline, CNN".to_owned();
            let empty = String::new;
            table.push([
                own.condition.clone(),
                order,
                splits,
                empty(),
                empty(),
                empty(),
                own.in_order.to_string(),
                empty(),
            ]);
        }
        table
    }

    /// A row for each network: standard deviations in points.
    #[must_use]
    pub fn variance_table(&self) -> Table {
        let mut table = Table::new([
            "network",
            "splits",
            "all",
            "seeds (degrees of freedom)",
            "splits alone",
            "choices (how many)",
            "39 answers alone",
        ]);
        for own in &self.variance {
            table.push([
                own.series.label().to_owned(),
                own.splits.to_string(),
                format!("{:.1}", own.all),
                format!("{:.1} ({})", own.seeds, own.seed_freedom),
                format!("{:.1}", own.between_splits),
                own.between_choices
                    .map_or_else(String::new, |spread| format!("{spread:.1} ({})", own.choices)),
                format!("{:.1}", own.of_answers),
            ]);
        }
        table
    }
}

/// The standard deviation of values, in a unit; empty for one value.
fn spread(unit: f64, values: &[f64]) -> String {
    if values.len() < 2 { String::new() } else { format!("±{:.1}", unit * standard_deviation(values)) }
}
