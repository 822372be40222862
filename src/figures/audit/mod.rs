//! Results of the audit: accuracies with their intervals over participants.

mod dependency;
mod specifications;
mod view;

pub(super) use dependency::Dependency;
pub(super) use specifications::Specifications;
pub use view::View;

use super::dots::{Dots, Group, Level, Mark, Marked, Row};

use crate::audit::{Audit, CONDITIONS, Condition, Estimate, RAW, Shortcut};
use crate::preparation::Scheme;
use crate::reproduction::paper::REPORTED;

/// Predictors without EEG, above the networks without a signal and with one: a group for each of these schemes of splitting.
pub(super) fn shortcuts(audit: &Audit, schemes: &[Scheme]) -> Dots {
    let groups = schemes.iter().map(|&scheme| {
        let guesses = Shortcut::ALL.into_iter().filter_map(|shortcut| {
            let found =
                |guess: &&crate::audit::GuessEstimate| (guess.shortcut, guess.scheme) == (shortcut, scheme);
            let guess = audit.guesses.iter().find(found)?;
            let mark = Mark::new(Marked::Guess, guess.accuracy, guess.over_participants);
            let (name, note) = (format!("guess from {}", knowledge(shortcut)), String::new());
            Some(Row { name, chance: None, marks: vec![mark], note })
        });
        let networks =
            CONDITIONS.into_iter().filter(|condition| ["raw", "whole", "constant"].contains(&condition.name));
        let networks = networks.map(|condition| networks_row(audit, condition, scheme, condition.what));
        Group { name: heading(scheme).to_owned(), rows: with_marks(guesses.chain(networks)) }
    });
    let groups: Vec<Group> = groups.collect();
    let best = |is_guess: bool| {
        let rows = groups.iter().take(1).flat_map(|group| &group.rows);
        let marks = rows.flat_map(|row| row.marks.iter().map(move |mark| (mark, row)));
        marks
            .filter(|(mark, _)| (mark.of == Marked::Guess) == is_guess)
            .max_by(|(one, _), (other, _)| one.percent.total_cmp(&other.percent))
    };
    let caption = match (best(true), best(false)) {
        (Some((guess, row)), Some((network, _))) => format!(
            "Look at the grey crosses: the {} reaches {:.1} % without EEG; the best network, the {}, reaches {:.1} %.",
            row.name,
            guess.percent,
            network.of.name(),
            network.percent
        ),
        _ => "Look at the grey crosses: these predictors have no access to the signal.".to_owned(),
    };
    Dots::of_accuracies(groups, caption)
}

/// The conditions that take one thing away, beside the unmodified one: the seven that matter on held-out participants.
const MAIN: [&str; 7] = ["whole", "clean", "null", "cut", "end", "crop", "constant"];

/// The main conditions on held-out participants, the most accurate first below the unmodified one.
pub(super) fn controls(audit: &Audit) -> Dots {
    let scheme = Scheme::Participant;
    let rows = CONDITIONS.into_iter().filter(|condition| MAIN.contains(&condition.name));
    let mut rows = with_marks(rows.map(|condition| networks_row(audit, condition, scheme, condition.what)));
    let mean = |row: &Row| row.marks.iter().map(|mark| mark.percent).sum::<f64>() / row.marks.len() as f64;
    if let [_, modified @ ..] = rows.as_mut_slice() {
        modified.sort_by(|one, other| mean(other).total_cmp(&mean(one)));
    }
    let unmodified = rows.first().and_then(|row| row.marks.first());
    let caption = match unmodified {
        Some(mark) => format!(
            "Look at the first row, the unmodified signal ({} {mark} %), then down: which interval still lies above chance \
             once something is removed?",
            mark.of.name()
        ),
        None => "Look at the first row, the unmodified signal, then down.".to_owned(),
    };
    Dots::of_accuracies(vec![Group { name: heading(scheme).to_owned(), rows }], caption)
}

/// Every condition under the paper's splits, and on held-out participants.
pub(super) fn all_controls(audit: &Audit) -> Dots {
    let groups = [Scheme::Random, Scheme::Participant].map(|scheme| {
        let rows = CONDITIONS.into_iter().filter(|condition| *condition != RAW);
        let rows = rows.map(|condition| networks_row(audit, condition, scheme, condition.what));
        Group { name: heading(scheme).to_owned(), rows: with_marks(rows) }
    });
    Dots::of_accuracies(
        groups.into(),
        "Look for a row whose whole interval lies above chance: in that row something is left to read.",
    )
}

/// The paper's splits beside those that keep participants, stimuli or both apart, under these conditions.
pub(super) fn splits(audit: &Audit, conditions: &[&str], schemes: &[Scheme]) -> Dots {
    let conditions = CONDITIONS.into_iter().filter(|condition| conditions.contains(&condition.name));
    let groups = conditions.map(|condition| {
        let rows = schemes.iter().map(|&scheme| networks_row(audit, condition, scheme, apart(scheme)));
        let name = match condition.name {
            "raw" => "whole signals, nothing normalised, as the paper",
            "whole" => "whole signals, logarithmic scale",
            _ => condition.what,
        };
        Group { name: name.to_owned(), rows: with_marks(rows) }
    });
    Dots::of_accuracies(
        groups.collect(),
        "Look from row to row of a group: chance is higher under random splits, because the participant is known \
         there.",
    )
}

fn with_marks(rows: impl Iterator<Item = Row>) -> Vec<Row> {
    rows.filter(|row| !row.marks.is_empty()).collect()
}

/// The networks of a condition under a scheme.
fn networks_row(audit: &Audit, condition: Condition, scheme: Scheme, name: &str) -> Row {
    let own = REPORTED.iter().filter_map(|reported| audit.estimate(condition.name, scheme, reported.series));
    let own: Vec<&Estimate> = own.collect();
    let chance = own.first().map(|estimate| Level::of(estimate.chance, estimate.known()));
    let drawn = || own.iter().filter_map(|estimate| Some((estimate.epochs, mark(estimate)?)));
    let note = drawn().map(|(epochs, _)| epochs.to_string()).collect::<Vec<String>>().join("/");
    Row { name: name.to_owned(), chance, marks: drawn().map(|(_, mark)| mark).collect(), note }
}

/// The mark of a network, with the weights after its last epoch.
fn mark(estimate: &Estimate) -> Option<Mark> {
    Some(Mark::new(Marked::of(estimate.series)?, estimate.accuracy, estimate.over_participants))
}

const fn knowledge(shortcut: Shortcut) -> &'static str {
    match shortcut {
        Shortcut::Majority => "nothing",
        Shortcut::Length => "length",
        Shortcut::Participant => "participant",
        Shortcut::LengthAndParticipant => "both",
    }
}

const fn heading(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Random => "random splits, as the paper's",
        Scheme::Participant => "held-out participants",
        Scheme::Stimulus => "held-out stimuli",
        Scheme::Session => "held-out sessions",
        Scheme::Both => "held-out participants and stimuli",
    }
}

const fn apart(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Random => "random splits",
        Scheme::Participant => "held-out participants",
        Scheme::Stimulus => "held-out stimuli",
        Scheme::Session => "held-out sessions",
        Scheme::Both => "both held out",
    }
}

#[cfg(test)]
pub(super) mod tests;
