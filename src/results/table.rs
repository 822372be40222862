//! Results as text: aligned for a terminal, or in Markdown.

use super::Results;
use crate::series::{Evidence, Series};
use crate::statistics::Interval;
use crate::verdict::TestedClaim;

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Columns aligned with spaces.
    Text,
    /// Columns between bars.
    Markdown,
}

impl Results {
    /// All there is to say, each part with a blank line behind it.
    pub(super) fn render(&self, form: Form) -> String {
        let mut parts = vec![self.introduction(), form.table(&self.series_rows())];
        if !self.claims.is_empty() {
            parts.push(form.table(&self.claim_rows()));
        }
        let mut notes: Vec<String> = Vec::new();
        for verdict in self.verdicts.iter().filter(|verdict| !verdict.short_of.is_empty()) {
            notes.push(format!(
                "{}: {}; {} points of the paper, {} with other seeds, {} also with other test recordings.",
                verdict.series.label(),
                verdict.short_of.join("; "),
                points(verdict.difference),
                interval(verdict.seeds),
                interval(verdict.all_doubt)
            ));
        }
        for withheld in &self.withheld {
            notes.push(format!("No verdict on {}: {}.", withheld.verdict_on, withheld.reason));
        }
        let bullet = if form == Form::Markdown { "- " } else { "" };
        let notes: String = notes.iter().map(|note| format!("{bullet}{note}\n")).collect();
        parts.push(notes);
        parts.retain(|part| !part.is_empty());
        parts.join("\n")
    }

    fn introduction(&self) -> String {
        let chance = &self.chance;
        format!(
            "Accuracy in percent on {} test recordings of {}, data {}, split {}. Chance: {} by guessing, {} by always \
             answering {}.\n",
            chance.recordings.iter().sum::<usize>(),
            self.known_as.as_deref().unwrap_or("recordings without a known name"),
            self.data.short(),
            self.split.chars().take(12).collect::<String>(),
            percent(chance.guessing),
            percent(chance.most_frequent),
            chance.genre
        )
    }

    fn series_rows(&self) -> Vec<Vec<String>> {
        let with_paper = self.beside_paper();
        let mut header = vec!["series".to_owned(), "runs".to_owned()];
        for name in ["lowest", "average", "highest", "training"] {
            header.extend(with_paper.then(|| format!("{name}: paper")));
            header.push(if with_paper { "ours".to_owned() } else { name.to_owned() });
        }
        header.extend(with_paper.then(|| "verdict".to_owned()));
        let rows =
            self.series.iter().map(|series| {
                let reported = series.reported().map(|series| series.reported());
                let theirs = reported.map(|reported| {
                    let training = reported.training.map(|training| training.to_string().replace(" %", ""));
                    let [lowest, average, highest] = [reported.lowest, reported.average, reported.highest]
                        .map(|percent| percent.to_string());
                    [lowest, average, highest, training.unwrap_or_default()]
                });
                let mut row = vec![series.label.clone(), series.runs.len().to_string()];
                for (index, ours) in ours(series).into_iter().enumerate() {
                    row.extend(
                        with_paper.then(|| theirs.as_ref().map_or(String::new(), |all| all[index].clone())),
                    );
                    row.push(ours);
                }
                let verdict = self.verdicts.iter().find(|verdict| Some(verdict.series) == series.reported());
                row.extend(with_paper.then(|| {
                    verdict.map_or_else(|| "none".to_owned(), |verdict| verdict.verdict.to_string())
                }));
                row
            });
        std::iter::once(header).chain(rows).collect()
    }

    fn claim_rows(&self) -> Vec<Vec<String>> {
        let header =
            ["claim", "points: paper", "ours", "with other seeds", "with other test recordings", "verdict"];
        let mut rows = vec![header.map(str::to_owned).to_vec()];
        for TestedClaim { claim, verdict, comparison, with_guessing } in &self.claims {
            let row = |statement: String,
                       paper: String,
                       comparison: &crate::series::Comparison,
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
                None => rows.push(row(claim.statement.to_owned(), paper, comparison, verdict.to_string())),
                Some(guessing) => {
                    rows.push(row(format!("{}: guessing", claim.statement), paper, guessing, String::new()));
                    let best = format!("{}: the most frequent genre", claim.statement);
                    rows.push(row(best, String::new(), comparison, verdict.to_string()));
                }
            }
        }
        rows
    }
}

/// Lowest, trimmed mean, highest, training accuracy.
fn ours(series: &Series) -> [String; 4] {
    let average = series.trimmed_mean.map_or_else(|| "fewer than 3 runs".to_owned(), percent);
    let slices = series.training_by_slice.map(|part| format!(" (slices {})", percent(part)));
    let training = percent(series.training) + &slices.unwrap_or_default();
    [percent(series.lowest), average, percent(series.highest), training]
}

fn percent(part: f64) -> String {
    format!("{:.1}", part * 100.0)
}

fn points(part: f64) -> String {
    format!("{:+.1}", part * 100.0)
}

fn interval(interval: Interval) -> String {
    format!("{} to {}", points(interval.low), points(interval.high))
}

fn evidence(evidence: &Evidence) -> String {
    let p = if evidence.p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {:.3}", evidence.p) };
    match evidence.interval {
        Some(found) => format!("{}, {p}", interval(found)),
        None => format!("1 run, {p}"),
    }
}

impl Form {
    /// Rows of equally many cells, the first of them the header.
    fn table(self, rows: &[Vec<String>]) -> String {
        let columns = rows.first().map_or(0, Vec::len);
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for (index, row) in rows.iter().enumerate() {
            match self {
                Self::Text => {
                    let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}"));
                    text += cells.collect::<Vec<_>>().join("  ").trim_end();
                    text.push('\n');
                }
                Self::Markdown => {
                    text += &format!("| {} |\n", row.join(" | "));
                    if index == 0 {
                        text += &format!("|{}\n", "---|".repeat(columns));
                    }
                }
            }
        }
        text
    }
}
