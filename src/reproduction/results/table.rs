//! Results as tables.

use super::Results;
use crate::evaluation::statistics::{Interval, Probability};
use crate::report::{Table, percent};
use crate::reproduction::verdict::TestedClaim;
use crate::runs::series::{Evidence, Series};

impl Results {
    /// What the numbers are of, and what can be had by chance.
    #[must_use]
    pub fn introduction(&self) -> String {
        let chance = &self.chance;
        format!(
            "Accuracy in percent on {} test recordings of {}, data {}, split {}. Chance: {} by guessing, {} by always \
             answering {}.",
            chance.recordings.iter().sum::<usize>(),
            self.known_as.as_deref().unwrap_or("recordings without a known name"),
            self.data.short(),
            self.split.chars().take(12).collect::<String>(),
            percent(chance.guessing),
            percent(chance.most_frequent),
            chance.label
        )
    }

    /// What stands between a number and `reproduced`, and on what no verdict is given.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let verdicts = self.verdicts.iter().filter(|verdict| !verdict.short_of.is_empty()).map(|verdict| {
            format!(
                "{}: {}; {} points of the paper, {} with other seeds, {} also with other test recordings.",
                verdict.series.label(),
                verdict.short_of.join("; "),
                points(verdict.difference),
                interval(verdict.seeds),
                interval(verdict.all_doubt)
            )
        });
        let withheld = (self.withheld.iter())
            .map(|withheld| format!("No verdict on {}: {}.", withheld.verdict_on, withheld.reason));
        verdicts.chain(withheld).collect()
    }

    /// A row for each series. The paper's numbers stand beside ours only where there is a verdict on one of them.
    #[must_use]
    pub fn series_table(&self) -> Table {
        let with_paper = self.beside_paper();
        let mut header = ["series", "runs", "epochs"].map(str::to_owned).to_vec();
        for name in ["lowest", "average", "highest", "training"] {
            header.extend(with_paper.then(|| format!("{name}: paper")));
            header.push(if with_paper { "ours".to_owned() } else { name.to_owned() });
        }
        header.extend(with_paper.then(|| "verdict".to_owned()));
        let mut table = Table::new(header);
        for series in &self.series {
            let reported = series.reported().map(|series| series.reported());
            let theirs = reported.map(|reported| {
                let training = reported.training.map(|training| training.to_string().replace(" %", ""));
                let [lowest, average, highest] =
                    [reported.lowest, reported.average, reported.highest].map(|percent| percent.to_string());
                [lowest, average, highest, training.unwrap_or_default()]
            });
            let epochs = series.configuration.settings.hyperparameters.epochs;
            let mut row = vec![series.label.clone(), series.runs.len().to_string(), epochs.to_string()];
            for (index, ours) in ours(series).into_iter().enumerate() {
                let paper = || theirs.as_ref().map_or(String::new(), |all| all[index].clone());
                row.extend(with_paper.then(paper));
                row.push(ours);
            }
            let verdict = self.verdicts.iter().find(|verdict| Some(verdict.series) == series.reported());
            row.extend(
                with_paper.then(|| {
                    verdict.map_or_else(|| "none".to_owned(), |verdict| verdict.verdict.to_string())
                }),
            );
            table.push(row);
        }
        table
    }

    /// A row for each claim, two for that of chance; nothing but the header if all verdicts are withheld.
    #[must_use]
    pub fn claims_table(&self) -> Table {
        let header =
            ["claim", "points: paper", "ours", "with other seeds", "with other test recordings", "verdict"];
        let mut table = Table::new(header);
        for TestedClaim { claim, verdict, comparison, with_guessing } in &self.claims {
            let row = |statement: String,
                       paper: String,
                       comparison: &crate::runs::series::Comparison,
                       verdict: String| {
                let runs = evidence(&comparison.over_runs);
                vec![
                    statement,
                    paper,
                    points(comparison.difference),
                    runs,
                    evidence(&comparison.over_recordings),
                    verdict,
                ]
            };
            let paper = format!("+{}", claim.points);
            match with_guessing {
                None => table.push(row(claim.statement.to_owned(), paper, comparison, verdict.to_string())),
                Some(guessing) => {
                    table.push(row(format!("{}: guessing", claim.statement), paper, guessing, String::new()));
                    let best = format!("{}: the most frequent genre", claim.statement);
                    table.push(row(best, String::new(), comparison, verdict.to_string()));
                }
            }
        }
        table
    }

    /// A row for each statement on the curves of training; nothing but the header if all verdicts are withheld.
    #[must_use]
    pub fn observations_table(&self) -> Table {
        let mut table = Table::new(["training curves", "measured", "ours", "with other seeds", "verdict"]);
        for tested in &self.observations {
            let seeds =
                format!("{} to {}", tested.text(tested.interval.low), tested.text(tested.interval.high));
            let (ours, verdict) = (tested.text(tested.mean), tested.verdict.to_string());
            table.push([tested.observation.statement, tested.measured(), &ours, &seeds, &verdict]);
        }
        table
    }
}

/// Lowest, trimmed mean, highest, training accuracy.
fn ours(series: &Series) -> [String; 4] {
    let average = series.trimmed_mean.map_or_else(|| "fewer than 3 runs".to_owned(), percent);
    let slices = series.training_by_slice.map(|part| format!(" (slices {})", percent(part)));
    let training = percent(series.training) + &slices.unwrap_or_default();
    [percent(series.lowest), average, percent(series.highest), training]
}

fn points(part: f64) -> String {
    let text = format!("{:+.1}", part * 100.0);
    // A hundredth of a point below is no less than one above.
    if text == "-0.0" { "+0.0".to_owned() } else { text }
}

fn interval(interval: Interval) -> String {
    format!("{} to {}", points(interval.low), points(interval.high))
}

fn evidence(evidence: &Evidence) -> String {
    let p = if evidence.p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {:.3}", evidence.p) };
    let p = Probability::with_error(p, evidence.p_error);
    match evidence.interval {
        Some(found) => format!("{}, {p}", interval(found)),
        None => format!("1 run, {p}"),
    }
}
