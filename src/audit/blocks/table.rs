//! Blocks and drift as tables.

use super::{BlockFinding, Blocks};
use crate::report::Table;

impl Blocks {
    /// A row for each statistic: its value, chance, and p.
    #[must_use]
    pub fn findings_table(&self) -> Table {
        let mut table = Table::new(["statistic", "value", "chance", "95 % of deals", "p"]);
        for BlockFinding { statistic, value, chance, chance_range: [low, high], p } in &self.findings {
            let number = |value: f64| {
                if statistic.is_accuracy() { format!("{:.1}", 100.0 * value) } else { format!("{value:.2}") }
            };
            let range = format!("{} to {}", number(*low), number(*high));
            table.push([statistic.to_string(), number(*value), number(*chance), range, format!("{p:.3}")]);
        }
        table
    }

    /// A row for each pair of genres.
    #[must_use]
    pub fn directions_table(&self) -> Table {
        let heading = [
            "genres",
            "participants",
            "first higher",
            "difference (ln power)",
            "other participants",
            "p (sign test, Holm)",
        ];
        let mut table = Table::new(heading);
        for one in &self.directions {
            table.push([
                format!("{} less {}", one.genres[0], one.genres[1]),
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

    /// A row for each distance of song numbers.
    #[must_use]
    pub fn apart_table(&self) -> Table {
        let mut table = Table::new(["song numbers apart", "one genre (pairs)", "two genres (pairs)"]);
        for one in &self.apart {
            let cell = |own: Option<(usize, f64)>| {
                own.map_or_else(String::new, |(pairs, distance)| format!("{distance:.2} ({pairs})"))
            };
            table.push([one.songs.to_string(), cell(one.within), cell(one.between)]);
        }
        table
    }
}
