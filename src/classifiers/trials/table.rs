//! The classification as tables.

use std::fmt;

use super::trial::Origin;
use super::{Classification, RahmanComparison, TrialEstimate};
use crate::classifiers::SelectedOn;
use crate::evaluation::statistics::Interval;
use crate::report::{Table, percent};

/// Why the reported numbers and ours are not of the same thing.
pub const NOT_COMPARABLE: &str = "\
What cannot be compared: Rahman et al. had features of 14 channels, of signals sampled 128 times a second; published are band \
powers of one channel, F7, eight a second, and a table of features of that channel. Ratings by the listeners are not \
published, and whether 73.8 and 58.9 are of ratings or of genres is not said where they are quoted. All accuracies from here are of genres.";

impl Classification {
    /// Section 3.4: reported accuracies beside ours.
    #[must_use]
    pub fn beside_table(&self) -> Table {
        RahmanComparison::table(&self.beside)
    }

    /// The accuracy of a trial ([`Trial::name`](super::Trial::name)) in percent, as the table has it; empty if it is not
    /// recorded.
    #[must_use]
    pub fn percent(&self, origin: Origin, trial: &str) -> String {
        let own =
            |estimate: &&TrialEstimate| estimate.trial.origin == origin && estimate.trial.name() == trial;
        self.estimates.iter().find(own).map_or_else(String::new, |estimate| percent(estimate.accuracy))
    }

    /// A row for each trial.
    #[must_use]
    pub fn estimates_table(&self) -> Table {
        table(&self.estimates)
    }
}

impl RahmanComparison {
    /// A row for each: what is reported, and ours.
    #[must_use]
    pub fn table(rows: &[Self]) -> Table {
        let mut table = Table::new([
            "classifier",
            "tells",
            "Rahman et al., 14 channels",
            "here, features of the recordings",
            "other participants",
            "here, cut to one length",
            "other participants",
            "here, published features",
            "other participants",
            "reported accuracy",
        ]);
        for row in rows {
            let ours = |origin| {
                let own = row.ours.iter().find(|ours| ours.origin == origin);
                [
                    own.map_or_else(String::new, |ours| format!("{:.1}", ours.percent)),
                    own.and_then(|ours| ours.interval)
                        .map_or_else(String::new, |interval| interval.to_string()),
                ]
            };
            let own = [ours(Origin::Recordings), ours(Origin::Cut), ours(Origin::Published)].concat();
            let reported = [
                row.reported.classifier.to_owned(),
                row.reported.label.to_string(),
                format!("{:.1}", row.reported.percent),
            ];
            table.push(reported.into_iter().chain(own).chain([row.verdict.to_string()]));
        }
        table
    }
}

impl TrialEstimate {
    /// Answers by true label (row) and answered label (column).
    #[must_use]
    pub fn confusion_table(&self) -> Table {
        let answered = self.labels.iter().map(|label| format!("answered {label}"));
        let truth = if self.labels.are_published() { "heard" } else { "label" };
        let mut table = Table::new([truth.to_owned()].into_iter().chain(answered));
        for (label, row) in self.labels.iter().zip(&self.confusion.0) {
            let counts = row.iter().map(ToString::to_string);
            table.push([label.to_string()].into_iter().chain(counts));
        }
        table
    }
}

/// A row for each estimate.
fn table(estimates: &[TrialEstimate]) -> Table {
    let mut table = Table::new([
        "features of",
        "split by",
        "classifier",
        "selection",
        "accuracy",
        "other participants",
        "over draws",
        "chance",
        "exchanged labels",
        "95 % of them",
        "p",
        "p, all trials",
        "precision",
        "recall",
        "specificity",
        "F",
    ]);
    for estimate in estimates {
        let measures = estimate.measures;
        let beyond = [measures.precision, measures.recall, measures.specificity, measures.f_measure];
        let row = [
            estimate.trial.origin.to_string(),
            estimate.trial.division.to_string(),
            estimate.trial.recipe.classifier.to_string(),
            selection(estimate),
            percent(estimate.accuracy),
            estimate.over_participants.map_or_else(String::new, |interval| interval.in_percent().to_string()),
            estimate.over_draws.map_or_else(String::new, |spread| format!("±{}", percent(spread))),
            percent(estimate.chance),
            estimate.exchanged.map_or_else(String::new, |exchanged| percent(exchanged.mean)),
            estimate
                .exchanged
                .and_then(|exchanged| exchanged.range)
                .map_or_else(String::new, |[low, high]| Interval { low, high }.in_percent().to_string()),
            estimate.exchanged.map_or_else(String::new, |exchanged| format!("{:.3}", exchanged.p)),
            estimate.exchanged.map_or_else(String::new, |exchanged| format!("{:.3}", exchanged.p_corrected)),
        ];
        table.push(row.into_iter().chain(beyond.map(percent)));
    }
    table
}

/// How features are selected, in words.
fn selection(estimate: &TrialEstimate) -> String {
    let recipe = estimate.trial.recipe;
    let Some(selection) = recipe.selection else { return "all".to_owned() };
    match recipe.selected_on {
        SelectedOn::TrainingPart => selection.name().to_owned(),
        SelectedOn::EveryRow => format!("{}, on what is tested too", selection.name()),
    }
}

impl fmt::Display for Classification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known_as = self.known_as.as_deref().unwrap_or("recordings that are not known");
        write!(
            f,
            "Accuracy in percent on tested rows of features of {known_as}, data {}, profile {}.",
            self.data.short(),
            self.profile
        )?;
        for (lacking, what) in [
            (&self.missing, "trials are not recorded yet; `eegenre classify` makes them"),
            (
                &self.without_exchanges,
                "have no p yet, because it takes 500 exchanges of labels; `eegenre classify` makes them",
            ),
        ] {
            if !lacking.is_empty() {
                write!(f, " {} {what}.", lacking.len())?;
            }
        }
        let baselines = self.baselines.heading();
        // Other studies are not compared with the paper.
        let is_own = self.beside.is_empty();
        for (heading, table) in [
            ("Section 3.4: each participant left out, all features.", self.beside_table()),
            ("All trials.", self.estimates_table()),
            (baselines.as_str(), if is_own { self.baselines.own_table() } else { self.baselines.table() }),
        ] {
            if !table.rows().is_empty() {
                write!(f, "\n\n{heading}\n\n{}", table.to_string().trim_end())?;
            }
        }
        if !is_own { write!(f, "\n\n{NOT_COMPARABLE}") } else { Ok(()) }
    }
}

impl fmt::Display for TrialEstimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let estimate = table(std::slice::from_ref(self)).to_string();
        write!(f, "{}\n\n{}", estimate.trim_end(), self.confusion_table().to_string().trim_end())?;
        if !self.selected.is_empty() {
            let named = self.selected.iter().map(|(name, part)| format!("{name} {:.0} %", 100.0 * part));
            write!(f, "\n\nselected, in which part of the folds: {}", named.collect::<Vec<_>>().join(", "))?;
        }
        Ok(())
    }
}
