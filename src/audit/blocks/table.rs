//! Blocks and drift as tables.

use super::{BlockFinding, Blocks, Statistic};
use crate::report::Table;

impl Blocks {
    /// A statistic as the table has it; empty if the design does not have it.
    #[must_use]
    pub fn shown(&self, statistic: Statistic) -> String {
        let own = |finding: &&BlockFinding| finding.statistic == statistic;
        self.findings.iter().find(own).map_or_else(String::new, |finding| number(statistic, finding.value))
    }

    /// A row for each statistic: its value, chance, and p.
    #[must_use]
    pub fn findings_table(&self) -> Table {
        let mut table = Table::new(["statistic", "value", "chance", "95 % of deals", "p"]);
        for BlockFinding { statistic, value, chance, chance_range: [low, high], p } in &self.findings {
            let [value, chance, low, high] =
                [value, chance, low, high].map(|value| number(*statistic, *value));
            table.push([statistic.to_string(), value, chance, format!("{low} to {high}"), format!("{p:.3}")]);
        }
        table
    }

    /// A row for each pair of labels.
    #[must_use]
    pub fn directions_table(&self) -> Table {
        let heading = [
            "labels",
            "participants",
            "first higher",
            "difference (ln power)",
            "other participants",
            "p (sign test, Holm)",
        ];
        let mut table = Table::new(heading);
        for one in &self.directions {
            table.push([
                format!("{} less {}", one.labels[0], one.labels[1]),
                one.participants.to_string(),
                one.first_higher.to_string(),
                format!("{:+.2}", one.difference),
                one.over_participants
                    .map_or_else(String::new, |[low, high]| format!("{low:+.2} to {high:+.2}")),
                format!("{:.3}", one.p),
            ]);
        }
        table
    }

    /// A row for each distance of stimulus numbers.
    #[must_use]
    pub fn apart_table(&self) -> Table {
        let mut table = Table::new(["stimulus numbers apart", "one label (pairs)", "two labels (pairs)"]);
        for one in &self.apart {
            let cell = |own: Option<(usize, f64)>| {
                own.map_or_else(String::new, |(pairs, distance)| format!("{distance:.2} ({pairs})"))
            };
            table.push([one.stimuli.to_string(), cell(one.within), cell(one.between)]);
        }
        table
    }
}

/// Accuracies in percent, everything else as it is.
fn number(statistic: Statistic, value: f64) -> String {
    if statistic.is_accuracy() { format!("{:.1}", 100.0 * value) } else { format!("{value:.2}") }
}
