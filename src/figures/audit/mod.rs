//! What the audit found: accuracies with their intervals over participants.

mod dependency;
mod specifications;
mod view;

pub(super) use dependency::Dependency;
pub(super) use specifications::Specifications;
pub use view::View;

use super::dots::{Dots, Group, Mark, Marked, Row};

use crate::audit::{Audit, CONDITIONS, Condition, Estimate, RAW, Shortcut};
use crate::preparation::Scheme;
use crate::reproduction::paper::REPORTED;

/// Guesses without a signal, above the networks without one and with one: a group for each scheme of splitting.
pub(super) fn shortcuts(audit: &Audit) -> Dots {
    let groups = Scheme::ALL.into_iter().map(|scheme| {
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
        let rows = guesses.chain(networks).filter(|row| !row.marks.is_empty()).collect();
        Group { name: heading(scheme).to_owned(), rows }
    });
    Dots::of_accuracies(groups.collect())
}

/// Every condition under the paper's splits, and on held-out participants.
pub(super) fn controls(audit: &Audit) -> Dots {
    let groups = [Scheme::Random, Scheme::Participant].map(|scheme| {
        let rows = CONDITIONS.into_iter().filter(|condition| *condition != RAW);
        let rows = rows.map(|condition| networks_row(audit, condition, scheme, condition.what));
        Group { name: heading(scheme).to_owned(), rows: rows.filter(|row| !row.marks.is_empty()).collect() }
    });
    Dots::of_accuracies(groups.into())
}

/// The paper's splits beside those that keep participants, stimuli or both apart.
pub(super) fn splits(audit: &Audit) -> Dots {
    let conditions =
        CONDITIONS.into_iter().filter(|condition| ["raw", "whole", "clean", "cut"].contains(&condition.name));
    let groups = conditions.map(|condition| {
        let rows = Scheme::ALL.map(|scheme| networks_row(audit, condition, scheme, apart(scheme)));
        let name = match condition.name {
            "raw" => "whole signals, nothing normalised, as the paper",
            "whole" => "whole signals, logarithmic scale",
            _ => condition.what,
        };
        Group { name: name.to_owned(), rows: rows.into_iter().filter(|row| !row.marks.is_empty()).collect() }
    });
    Dots::of_accuracies(groups.collect())
}

/// The networks of a condition under a scheme.
fn networks_row(audit: &Audit, condition: Condition, scheme: Scheme, name: &str) -> Row {
    let own = REPORTED.iter().filter_map(|reported| audit.estimate(condition.name, scheme, reported.series));
    let own: Vec<&Estimate> = own.collect();
    let chance = own.first().map(|estimate| 100.0 * estimate.chance);
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
mod tests;
