//! The audit as tables.

use std::borrow::Cow;
use std::fmt;

use super::{Audit, Difference, Estimate, GuessEstimate, Reach, Shortcut};
use crate::evaluation::statistics::{Interval, Probability};
use crate::preparation::Scheme;
use crate::report::{Table, percent};
use crate::runs::series::ReportedSeries;

/// Above the first table of blocks and drift.
const BLOCKS: &str = "Blocks and drift: how well the level of power separates a participant's labels. The order in which stimuli \
were presented is not published and labels are ranges of stimulus numbers, so label and time cannot be separated.";

/// Above the table of networks.
const NETWORKS: &str = "Networks. Intervals: over participants, over stimuli, over both. Detectable: the least effect above chance that the \
 last interval shows in 80 % of simulated studies of this design. Labels exchanged: mean accuracy (95 %) of the same \
 training with labels exchanged within participants, and the number of exchanges; p then comes from these. Else p is a \
 one-sided test over participants against chance, the accuracy of the best guess without a signal. Two labels: \
 accuracy between the two that the participant heard, known from the design; empty where the records do not hold the outputs of the network.";

/// The same for a study of one's own; what columns are explained depends on which there are.
const OWN_NETWORKS: &str = "Networks: accuracy in percent on test recordings. Intervals: over participants, over stimuli, over both. \
 Chance: the accuracy of the best guess without a signal under the split. p: a one-sided test over participants against chance.";
const OVER_DRAWS: &str =
    " Over draws: standard deviation over seeds, and of random splits over test recordings too.";
const DETECTABLE: &str = " Detectable: the least effect above chance that the interval over both shows in 80 % of simulated studies of this design.";
const EXCHANGED: &str = " Labels exchanged: mean accuracy (95 %) of the same trainings with labels exchanged, and the number of \
 exchanges. Whole participants exchange where each has one label, else labels are exchanged within participants. p then comes from these.";
const OWN_LABELS: &str =
    " Own labels: accuracy among the labels that the participant has, known from the design.";

/// The columns of [`Audit::estimates_table`] that one of these explains.
const EXPLAINED: [(&str, &str); 4] = [
    ("over draws", OVER_DRAWS),
    ("detectable", DETECTABLE),
    ("labels exchanged", EXCHANGED),
    ("own labels", OWN_LABELS),
];

/// Blocks for a study of one's own.
const OWN_BLOCKS: &str = "Blocks: how well the level of the signal separates a participant's labels, and whether neighbours in the \
order of stimuli, by their names, are alike.";

impl Audit {
    /// Accuracy in percent of guesses that never see a signal, by scheme of splitting.
    #[must_use]
    pub fn guesses_table(&self) -> Table {
        let guessed = |scheme: &Scheme| self.guesses.iter().any(|guess| guess.scheme == *scheme);
        let schemes: Vec<Scheme> = Scheme::ALL.into_iter().filter(guessed).collect();
        let mut table =
            Table::new(["known".to_owned()].into_iter().chain(schemes.iter().map(Scheme::to_string)));
        for shortcut in Shortcut::ALL {
            let cells = schemes.iter().map(|&scheme| {
                let own =
                    self.guesses.iter().find(|guess| (guess.shortcut, guess.scheme) == (shortcut, scheme));
                own.map_or_else(String::new, |guess| percent(guess.accuracy))
            });
            table.push([shortcut.to_string()].into_iter().chain(cells));
        }
        table
    }

    /// The accuracy of a guess in percent, as the table has it.
    #[must_use]
    pub fn guess_percent(&self, shortcut: Shortcut, scheme: Scheme) -> String {
        let own = |guess: &&GuessEstimate| (guess.shortcut, guess.scheme) == (shortcut, scheme);
        self.guesses.iter().find(own).map_or_else(String::new, |guess| percent(guess.accuracy))
    }

    /// The accuracy of a network under a condition in percent, as the table has it; empty if it is not recorded.
    #[must_use]
    pub fn percent(&self, condition: &str, scheme: Scheme, series: ReportedSeries) -> String {
        self.estimate(condition, scheme, series)
            .map_or_else(String::new, |estimate| percent(estimate.accuracy))
    }

    /// The accuracy of support vectors told the autocorrelations around a lag, in percent, as the table has it; empty if
    /// recordings are too short for it.
    #[must_use]
    pub fn reach_percent(&self, lag_seconds: usize) -> String {
        let own = |reach: &&Reach| reach.has(lag_seconds);
        self.reaches.iter().find(own).map_or_else(String::new, |reach| percent(reach.accuracy))
    }

    /// A row for each octave of lags.
    #[must_use]
    pub fn reaches_table(&self) -> Table {
        let mut table = Table::new(["lags", "accuracy", "other participants", "chance", "p", "p (Holm)"]);
        for reach in &self.reaches {
            table.push([
                reach.lags(),
                percent(reach.accuracy),
                range(reach.over_participants.map(Interval::in_percent)),
                percent(reach.chance),
                probability(reach.p, reach.p_error),
                probability(reach.p_holm, None),
            ]);
        }
        table
    }

    /// Whether it is of a study of one's own.
    const fn is_own(&self) -> bool {
        self.classifiers.is_some()
    }

    /// What stands above [`Self::estimates_table`].
    fn estimates_heading(&self, table: &Table) -> Cow<'static, str> {
        if !self.is_own() {
            return NETWORKS.into();
        }
        let explained =
            EXPLAINED.into_iter().filter(|(column, _)| table.header().iter().any(|one| one == column));
        explained.fold(OWN_NETWORKS.to_owned(), |heading, (_, text)| heading + text).into()
    }

    /// A row for each network under each condition and scheme. Of a study of one's own it has no columns without values, and none for
    /// the accuracy among a participant's own labels where these are all labels.
    #[must_use]
    pub fn estimates_table(&self) -> Table {
        let is_own = self.is_own();
        let tells = |estimate: &Estimate| estimate.among_heard.is_some_and(|own| own != estimate.accuracy);
        let has_own_labels = !is_own || self.estimates.iter().any(tells);
        let mut table = Table::new([
            "condition",
            "split by",
            "network",
            "epochs",
            "trainings",
            "accuracy",
            "other participants",
            "other stimuli",
            "both",
            "over draws",
            "training",
            "chance",
            "detectable",
            "p",
            "labels exchanged",
            if is_own { "own labels" } else { "two labels" },
        ]);
        for estimate in &self.estimates {
            table.push([
                estimate.condition.clone(),
                estimate.scheme.to_string(),
                estimate.series.label().to_owned(),
                estimate.epochs.to_string(),
                estimate.trainings.to_string(),
                percent(estimate.accuracy),
                range(estimate.over_participants.map(Interval::in_percent)),
                range(estimate.over_stimuli.map(Interval::in_percent)),
                range(estimate.over_both.map(Interval::in_percent)),
                estimate.over_draws.map_or_else(String::new, |spread| format!("±{}", percent(spread))),
                percent(estimate.training),
                percent(estimate.chance),
                estimate.detectable.map_or_else(String::new, |points| format!("+{}", percent(points))),
                probability(estimate.p, estimate.p_error),
                estimate.null.map_or_else(String::new, |null| {
                    let range = null.range.map_or_else(String::new, |[low, high]| {
                        format!(" ({} to {})", percent(low), percent(high))
                    });
                    format!("{}{range}, {}", percent(null.chance), null.exchanges)
                }),
                estimate.among_heard.filter(|_| has_own_labels).map_or_else(String::new, percent),
            ]);
        }
        if is_own { table.without_empty_columns() } else { table }
    }

    /// A row for each of the paper's claims under each condition and scheme.
    #[must_use]
    pub fn claims_table(&self) -> Table {
        let mut table = Table::new([
            "claim",
            "condition",
            "split by",
            "epochs",
            "points",
            "other participants",
            "p",
            "p (Holm)",
        ]);
        for claim in &self.claims {
            let [points, interval, p] = difference(&claim.difference);
            let (condition, scheme) = (claim.condition.to_owned(), claim.scheme.to_string());
            let holm = probability(claim.p_holm, None);
            let epochs = claim.epochs.iter().map(usize::to_string).collect::<Vec<String>>().join(" and ");
            table.push([claim.statement.to_owned(), condition, scheme, epochs, points, interval, p, holm]);
        }
        table
    }

    /// A row for each control of each network.
    #[must_use]
    pub fn controls_table(&self) -> Table {
        let mut table = Table::new([
            "control",
            "beside",
            "split by",
            "network",
            "epochs",
            "points",
            "other participants",
            "p",
            "p (Holm)",
        ]);
        for effect in &self.controls {
            let [points, interval, p] = difference(&effect.difference);
            table.push([
                effect.condition.to_owned(),
                effect.reference.to_owned(),
                effect.scheme.to_string(),
                effect.series.label().to_owned(),
                match effect.epochs {
                    [with, without] if with == without => with.to_string(),
                    [with, without] => format!("{with} beside {without}"),
                },
                points,
                interval,
                p,
                probability(effect.p_holm, None),
            ]);
        }
        table
    }

    /// Of which recordings, and how much of the profile.
    #[must_use]
    pub fn introduction(&self) -> String {
        let known_as = self.known_as.as_deref().unwrap_or("recordings that are not known");
        let missing = match self.missing.len() {
            0 => String::new(),
            _ if self.estimates.is_empty() && self.classifiers.is_some() => {
                " No network is trained; `eegenre audit --networks` trains the baseline LSTM.".to_owned()
            }
            1 => " One cell of the profile is not trained to its end yet; `eegenre audit` trains it."
                .to_owned(),
            count => {
                format!(
                    " {count} cells of the profile are not trained to their end yet; `eegenre audit` trains them."
                )
            }
        };
        let scan = self.artefacts.cannot_tell().map_or_else(String::new, |reason| format!(" {reason}"));
        let left_out: Vec<String> = (self.left_out.iter())
            .map(|(scheme, reason)| format!(" Splits by {scheme} are not possible: {reason}."))
            .collect();
        let preset = if self.preset.is_paper() { String::new() } else { format!(", preset {}", self.preset) };
        format!(
            "Accuracy in percent on test recordings of {known_as}, data {}, profile {}{preset}.{missing}{}{scan}",
            self.data.short(),
            self.profile,
            left_out.concat()
        )
    }

    /// All tables that have rows, each with a heading.
    #[must_use]
    pub fn tables(&self) -> Vec<(Cow<'static, str>, Table)> {
        let estimates = self.estimates_table();
        let fixed = |heading: &'static str, table: Table| (Cow::from(heading), table);
        let mut tables = vec![
            (
                format!(
                    "Accuracy of single properties of the files in predicting the {}; * above exchanged labels (p < 0.05, Holm).",
                    self.words.label
                )
                .into(),
                self.artefacts.table(),
            ),
            fixed("Guesses that never see a signal, under each scheme of splitting.", self.guesses_table()),
            (self.estimates_heading(&estimates), estimates),
            fixed("The paper's claims, in points.", self.claims_table()),
            fixed(
                "Test accuracy in percent on random splits, one training each. Over splits: standard deviation.",
                self.one_split.series_table(),
            ),
            fixed(
                "The same: the paper's claims and its order, split by split.",
                self.one_split.differences_table(),
            ),
            fixed(
                "The same: standard deviations in points of one training on the paper's scale, and their parts.",
                self.one_split.variance_table(),
            ),
            fixed("Controls, in points beside the condition without the control.", self.controls_table()),
            fixed(
                "Without a network: accuracy of autocorrelations, recordings of one length, held-out participants.",
                self.reaches_table(),
            ),
            fixed("The instrument, on synthetic recordings of known truth.", self.instrument.table()),
        ];
        if let Some(echo) = &self.echo {
            tables.push(fixed(
                "The power of the echo check: the number of sets in which an echo put into the logarithm of power is found.",
                echo.table(),
            ));
        }
        if self.is_own() {
            // A study of one's own: no claims of the paper, no instrument of its design, and no order of presentation.
            let own = [self.claims_table(), self.instrument.table()];
            tables.retain(|(_, table)| !own.contains(table));
            if let Some(blocks) = &self.blocks {
                tables.insert(1, fixed(OWN_BLOCKS, blocks.findings_table()));
            }
        } else if let Some(blocks) = &self.blocks {
            tables.splice(
                1..1,
                [
                    fixed(BLOCKS, blocks.findings_table()),
                    fixed("The same: do participants share the direction?", blocks.directions_table()),
                    fixed(
                        "The same: mean distance of levels (ln power) by distance of stimulus numbers.",
                        blocks.apart_table(),
                    ),
                ],
            );
        }
        tables.retain(|(_, table)| !table.rows().is_empty());
        tables
    }
}

fn difference(difference: &Difference) -> [String; 3] {
    let signed = difference
        .interval
        .map_or_else(String::new, |Interval { low, high }| format!("{low:+.1} to {high:+.1}"));
    [format!("{:+.1}", difference.points), signed, probability(difference.p, difference.p_error)]
}

fn range(interval: Option<Interval>) -> String {
    interval.map_or_else(String::new, |interval| interval.to_string())
}

fn probability(p: f64, standard_error: Option<f64>) -> String {
    let text = if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") };
    Probability::with_error(text, standard_error)
}

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.introduction())?;
        for (heading, table) in self.tables() {
            write!(f, "\n\n{heading}\n\n{}", table.to_string().trim_end())?;
        }
        match &self.classifiers {
            Some(classifiers) => write!(f, "\n\n{classifiers}"),
            None => Ok(()),
        }
    }
}
