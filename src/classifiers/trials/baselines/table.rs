//! The baselines as a table.

use super::method::Scale;
use super::{Baselines, Judged};
use crate::report::Table;

impl Baselines {
    /// A row for each trial: accuracies in percent among all labels and among those that the participant heard, chance with what
    /// 95 % of the exchanges stay within, and p.
    #[must_use]
    pub fn table(&self) -> Table {
        self.table_with(Some("those heard"))
    }

    /// The same of a study of one's own: the accuracy among a participant's own labels is left out where these are all labels.
    #[must_use]
    pub fn own_table(&self) -> Table {
        let tells = self.estimates.iter().any(|one| one.among_all.accuracy != one.among_heard.accuracy);
        self.table_with(tells.then_some("own labels"))
    }

    fn table_with(&self, heard: Option<&'static str>) -> Table {
        let judged =
            ["accuracy", "other participants", "and other stimuli", "chance", "detectable", "p", "p (all)"];
        let heading = ["method", "lengths", "scaled by participant", "split by", "splits"];
        let of = |what: &'static str| judged.map(|column| format!("{what}: {column}"));
        let heading = heading
            .map(str::to_owned)
            .into_iter()
            .chain(of("all labels"))
            .chain(heard.into_iter().flat_map(of));
        let mut table = Table::new(heading);
        for estimate in &self.estimates {
            let trial = estimate.trial;
            let scale = if trial.scale == Scale::Participant { "yes" } else { "no" };
            let own = [
                trial.method.to_string(),
                trial.lengths.to_string(),
                scale.to_owned(),
                trial.scheme.to_string(),
                trial.draws.to_string(),
            ];
            table.push(own.into_iter().chain(cells(&estimate.among_all)).chain(cells(&estimate.among_heard)));
        }
        table
    }

    /// What the table shows, and how much of it is missing.
    #[must_use]
    pub fn heading(&self) -> String {
        let exchanges = self.estimates.iter().map(|one| one.trial.exchanges).max().unwrap_or(0);
        let missing = match self.missing.len() {
            0 => String::new(),
            count => format!(" {count} of them are not recorded yet."),
        };
        format!(
            "Strong baselines: accuracy in percent without pads and zeros; chance and p from {exchanges} exchanges of labels \
             as the design calls for; p (all) is corrected for all rows and both kinds of answers; detectable: the least effect above chance that the interval over participants and stimuli shows in 80 % of simulated studies.{missing}"
        )
    }
}

fn cells(judged: &Judged) -> [String; 7] {
    let percent = |part: f64| format!("{:.1}", 100.0 * part);
    let range = |low: f64, high: f64| format!("{} to {}", percent(low), percent(high));
    let chance = percent(judged.chance);
    [
        percent(judged.accuracy),
        judged.over_participants.map_or_else(String::new, |own| range(own.low, own.high)),
        judged.over_both.map_or_else(String::new, |own| range(own.low, own.high)),
        judged
            .chance_range
            .map_or_else(|| chance.clone(), |[low, high]| format!("{chance} ({})", range(low, high))),
        judged.detectable.map_or_else(String::new, |points| format!("+{}", percent(points))),
        format!("{:.3}", judged.p),
        format!("{:.3}", judged.p_corrected),
    ]
}
