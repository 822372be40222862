//! A paragraph on a classification for a methods section, filled from its results.

use super::predictions::PredictionAudit;
use super::{Artefact, ArtefactScan};
use crate::classifiers::trials::TrialEstimate;
use crate::recordings::Design;
use crate::report::percent;

/// A paragraph on a trial: recordings, split, accuracy with its interval, chance, properties that predict labels without a
/// signal, and the program.
#[must_use]
pub fn methods(
    design: &Design,
    scan: &ArtefactScan,
    estimate: &TrialEstimate,
    predictions: &PredictionAudit,
) -> String {
    let trial = estimate.trial;
    let interval = estimate.over_participants.map_or_else(String::new, |interval| {
        format!(" (95 % CI over participants {})", interval.in_percent())
    });
    let chance = estimate.exchanged.map_or_else(String::new, |exchanged| {
        let range = exchanged
            .range
            .map_or_else(String::new, |[low, high]| format!(", 95 % of exchanges {} to {}", percent(low), percent(high)));
        format!(
            " With labels exchanged {} times as the design allows, training included, accuracy was {} %{range} (p = {:.3}).",
            exchanged.exchanges,
            percent(exchanged.mean),
            exchanged.p
        )
    });
    let mut named: Vec<Artefact> = scan.found().iter().map(|finding| finding.artefact).collect();
    named.sort_unstable();
    named.dedup();
    let named = match named.as_slice() {
        _ if scan.cannot_tell().is_some() => {
            "The design allows too few exchanges to find artefacts.".to_owned()
        }
        [] => "No property of the files that we scanned predicted the labels.".to_owned(),
        some => {
            let names: Vec<String> = some.iter().map(ToString::to_string).collect();
            format!(
                "These properties of the files predicted labels without being signal: {}.",
                names.join(", ")
            )
        }
    };
    let guess = predictions.designs.first().and_then(|design| design.guesses.best()).map_or_else(
        String::new,
        |guess| {
            format!(
                " The best guess without a signal ({}) reached {} %.",
                guess.by.description(),
                percent(guess.accuracy)
            )
        },
    );
    format!(
        "We classified {} recordings of {} participants ({} stimuli, {} labels; data {}). Folds kept apart: {} (seed 0). {} \
         reached {} % accuracy{interval}. A guess that knows the design alone reaches {} %.{chance}{guess} {named} Splits, intervals \
         and exchanges: eegenre {}.",
        design.outlines().len(),
        design.participants().len(),
        design.stimuli().len(),
        design.labels().count(),
        design.fingerprint().short(),
        trial.division,
        trial.recipe.classifier.description(),
        percent(estimate.accuracy),
        percent(estimate.chance),
        env!("CARGO_PKG_VERSION"),
    )
}
