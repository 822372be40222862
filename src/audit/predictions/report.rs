//! The audit of predictions in words and tables.

use std::fmt;

use super::{Comparison, DesignAudit, ModelAudit, PredictionAudit};
use crate::evaluation::statistics::Interval;
use crate::report::{Document, Table, percent};

/// The most folds that are listed one by one.
const LISTED_FOLDS: usize = 12;

impl PredictionAudit {
    /// The whole audit, below a title.
    #[must_use]
    pub fn markdown(&self) -> String {
        format!("# {}\n\n{}", self.title(), self.document().markdown())
    }

    /// What stands above the audit.
    #[must_use]
    pub fn title(&self) -> String {
        format!("Audit of predictions: {}", self.table)
    }

    /// All sections.
    pub(crate) fn document(&self) -> Document {
        let mut document = Document::default();
        document.heading("Table");
        document.paragraph(self.summary());
        for design in &self.designs {
            let whose = if self.designs.len() > 1 {
                format!(": {}", design.models.join(", "))
            } else {
                String::new()
            };
            design.describe(&mut document, &whose, self.has_parts);
        }
        document.heading("Accuracy");
        document.paragraph(format!(
            "In percent. Intervals hold 95 % and are over {}. {}",
            self.drawn.description(),
            self.chance
        ));
        document.table(self.accuracies());
        if !self.comparisons.is_empty() {
            document.heading("Models compared");
            document.paragraph(format!(
                "Differences in points of accuracy, on the recordings that both answer. Intervals are over {}; p flips signs over \
                 participants, so it holds for the same stimuli. Holm corrects for {}.",
                self.drawn.description(),
                counted(self.comparisons.len(), "pair")
            ));
            document.table(table(&self.comparisons));
        }
        document.heading("What cannot be said");
        document.list(self.limits.iter().map(|limit| limit.text.clone()));
        document
    }

    fn summary(&self) -> String {
        let stimuli = self.stimuli.map_or_else(String::new, |stimuli| {
            format!(", {stimuli} {}", if stimuli == 1 { "stimulus" } else { "stimuli" })
        });
        format!(
            "{} (SHA-256 {}): {}, {}{stimuli}, {} labels ({}), {}. eegenre {}.",
            self.table,
            self.digest.chars().take(12).collect::<String>(),
            counted(self.recordings, "recording"),
            counted(self.participants, "participant"),
            self.labels.len(),
            self.labels.join(", "),
            counted(self.models.len(), "model"),
            self.version
        )
    }

    /// A row for each model.
    fn accuracies(&self) -> Table {
        let header = [
            "model",
            "answers",
            "accuracy",
            "95 % CI",
            "balanced",
            "95 % CI",
            "seeds",
            "SD over seeds",
            "chance",
            "95 % of exchanges",
            "p",
            "p, all models",
        ];
        let mut table = Table::new(header);
        for ModelAudit { name, accuracy, permutation, .. } in &self.models {
            let range = permutation.range.map(|[low, high]| Interval { low, high });
            table.push([
                name.clone(),
                accuracy.answers.to_string(),
                percent(accuracy.accuracy.value),
                in_percent(accuracy.accuracy.interval),
                percent(accuracy.balanced.value),
                in_percent(accuracy.balanced.interval),
                accuracy.seeds.len().to_string(),
                accuracy.between_seeds.map_or_else(String::new, percent),
                percent(permutation.chance),
                in_percent(range),
                probability(permutation.p),
                permutation.p_corrected.map_or_else(String::new, probability),
            ]);
        }
        table
    }
}

impl DesignAudit {
    fn describe(&self, document: &mut Document, whose: &str, has_parts: bool) {
        document.heading(format!("Leakage of the folds{whose}"));
        let trains = if has_parts { "The table says what trains" } else { "Rows outside a fold train it" };
        let listed = if self.folds.len() > LISTED_FOLDS {
            format!(" {} folds; the one whose participants leak most is listed.", self.folds.len())
        } else {
            String::new()
        };
        document.paragraph(format!(
            "{trains}. Shares are percent of the tested rows of which the recording itself, the participant or the stimulus also \
             trains.{listed}"
        ));
        document.table(self.leakage());
        document.heading(format!("Guesses without a signal{whose}"));
        document.paragraph("Accuracy in percent, under these folds. Of equally frequent labels each is guessed equally often.");
        document.table(self.guessed());
        document.heading(format!("Exchanges of labels{whose}"));
        let exchanges = &self.exchanges;
        document.paragraph(format!(
            "Exchanged are {}: {} in {}, {} distinct exchanges, {} drawn, least p {}. Predictions stay; training is not \
             repeated.",
            exchanges.level.description(),
            counted(exchanges.units, "unit"),
            counted(exchanges.groups, "group"),
            exchanges.distinct(),
            exchanges.drawn,
            probability(exchanges.least_p)
        ));
    }

    fn leakage(&self) -> Table {
        let mut table = Table::new(["fold", "train", "test", "recordings", "participants", "stimuli"]);
        let worst = self.folds.iter().max_by(|one, other| one.participants.total_cmp(&other.participants));
        let listed = if self.folds.len() > LISTED_FOLDS {
            worst.as_slice()
        } else {
            &self.folds.iter().collect::<Vec<_>>()
        };
        for fold in listed.iter().copied().chain([&self.all_folds]) {
            let name = if fold.fold.is_empty() { "all" } else { &fold.fold };
            table.push([
                name.to_owned(),
                fold.trains.to_string(),
                fold.tests.to_string(),
                percent(fold.recordings),
                percent(fold.participants),
                fold.stimuli.map_or_else(|| "unknown".to_owned(), percent),
            ]);
        }
        table
    }

    fn guessed(&self) -> Table {
        let mut table = Table::new(["guess", "accuracy"]);
        for guess in &self.guesses.each {
            table.push([guess.by.description().to_owned(), percent(guess.accuracy)]);
        }
        let [numerator, denominator] = self.guesses.bound;
        let bound = format!("{} ({numerator}/{denominator})", percent(self.guesses.bound()));
        table.push([self.guesses.bound_description().to_owned(), bound]);
        table
    }
}

fn table(comparisons: &[Comparison]) -> Table {
    let mut table =
        Table::new(["models", "recordings", "participants", "difference", "95 % CI", "p", "p, Holm"]);
    for one in comparisons {
        table.push([
            one.models.join(" - "),
            one.recordings.to_string(),
            one.participants.to_string(),
            format!("{:+.1}", 100.0 * one.difference),
            in_percent(one.interval),
            probability(one.p),
            probability(one.p_holm),
        ]);
    }
    table
}

fn in_percent(interval: Option<Interval>) -> String {
    interval.map_or_else(|| "unknown".to_owned(), |interval| interval.in_percent().to_string())
}

/// A number of things.
fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// A p value with four decimals.
fn probability(p: f64) -> String {
    if p < 0.0001 { "< 0.0001".to_owned() } else { format!("{p:.4}") }
}

impl fmt::Display for PredictionAudit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.document())
    }
}
