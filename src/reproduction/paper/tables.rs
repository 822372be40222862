//! What the paper states, as tables.

use super::{CLAIMS, Claim, OPEN_CHOICES, OpenChoice, REPORTED, Reported};
use crate::report::Table;

/// The reported accuracies in percent.
#[must_use]
pub fn reported_table() -> Table {
    let mut table = Table::new(["series", "lowest", "average", "highest", "training", "section"]);
    for Reported { series, lowest, average, highest, training, section } in REPORTED {
        let [lowest, average, highest] = [lowest, average, highest].map(|percent| percent.to_string());
        let training = training.map_or_else(|| "not stated".to_owned(), |training| training.to_string());
        table.push([series.label(), &lowest, &average, &highest, &training, section]);
    }
    table
}

/// The claims on those accuracies.
#[must_use]
pub fn claims_table() -> Table {
    let mut table = Table::new(["claim", "points", "section"]);
    for Claim { statement, section, points, .. } in CLAIMS {
        table.push([statement, &format!("+{points}"), section]);
    }
    table
}

/// What is left open.
#[must_use]
pub fn open_choices_table() -> Table {
    let mut table = Table::new(["open", "taken here", "why"]);
    for OpenChoice { question, default, reason } in OPEN_CHOICES {
        table.push([*question, *default, *reason]);
    }
    table
}
