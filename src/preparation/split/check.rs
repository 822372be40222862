//! What every split must keep, whether it was drawn or written by hand.

use std::collections::BTreeMap;

use super::{Parts, Scheme, Split};
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::recordings::Design;

/// Every name is one of the data set and stands once, and no part is empty but that of a custom validation.
pub(super) fn parts(data: &Design, parts: &Parts, scheme: Option<Scheme>) -> Result<()> {
    let mut problems = Vec::new();
    let mut seen = BTreeMap::new();
    for (name, recordings) in parts.named() {
        for (index, id) in recordings.iter().enumerate() {
            let field = format!("{name}[{index}]");
            let problem = |fault, expected: &str, found: String| {
                Problem::new(fault, Place::field(field.clone()), expected, found)
            };
            if data.outline(*id).is_none() {
                let found = format!("{id}, which it does not have");
                problems.push(problem(Fault::UNKNOWN_RECORDING, "a recording of the data set", found));
            }
            if let Some(first) = seen.get(id) {
                let found = format!("{id}, which stands at {first} already");
                problems.push(problem(Fault::REPEATED_RECORDING, "each recording once", found));
            } else {
                seen.insert(*id, field);
            }
        }
        if recordings.is_empty() && (name != "validation" || scheme.is_some()) {
            problems.push(Problem::new(
                Fault::EMPTY_PART,
                Place::field(name),
                "at least one recording",
                "none",
            ));
        }
    }
    Error::unless_none(problems)
}

/// The parts keep apart what the scheme says they do.
pub(super) fn promise(split: &Split) -> Result<()> {
    let Some(scheme) = split.origin.scheme else { return Ok(()) };
    let shared = split.leakage().parts;
    let (participants, stimuli) = match scheme {
        Scheme::Random | Scheme::Session => (false, false),
        Scheme::Participant => (true, false),
        Scheme::Stimulus => (false, true),
        Scheme::Both => (true, true),
    };
    let mut problems = Vec::new();
    let mut keep_apart = |what: &str, names: Vec<String>| {
        if !names.is_empty() {
            let expected = format!("no {what} in two parts, as the scheme {scheme} promises");
            problems.push(Problem::new(
                Fault::BROKEN_SCHEME,
                Place::field("scheme"),
                expected,
                names.join(", "),
            ));
        }
    };
    if participants {
        keep_apart("participant", shared.participants.shared.iter().map(ToString::to_string).collect());
    }
    if stimuli {
        keep_apart("stimulus", shared.stimuli.shared.iter().map(ToString::to_string).collect());
    }
    Error::unless_none(problems)
}
