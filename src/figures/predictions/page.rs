//! The audit of predictions as one page that needs nothing else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::Figure;
use crate::audit::predictions::{DesignAudit, PredictionAudit};
use crate::error::Result;
use crate::report::{attribute, escaped, percent};

const STYLE: &str = include_str!("page.css");

/// One HTML page: the figure, then all sections. It loads nothing, and follows the reader's light or dark scheme.
///
/// # Errors
/// Those of [`Figure::png`].
pub fn page(audit: &PredictionAudit) -> Result<String> {
    let figure = STANDARD.encode(Figure::predictions(audit).png()?);
    let title = escaped(&audit.title());
    let alternative = attribute(&alternative(audit));
    let body = audit.document().html();
    Ok(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<figure>\n\
         <img src=\"data:image/png;base64,{figure}\" alt=\"{alternative}\">\n\
         <figcaption>Accuracy of each model, and of guesses without a signal under the same folds.</figcaption>\n</figure>\n\
         {body}</main>\n</body>\n</html>\n"
    ))
}

/// The figure in words, all its numbers included.
fn alternative(audit: &PredictionAudit) -> String {
    let models = audit.models.iter().map(|model| {
        let interval = model.accuracy.accuracy.interval;
        let interval = interval
            .map_or_else(String::new, |interval| format!(", 95 % interval {}", interval.in_percent()));
        let (accuracy, chance) = (percent(model.accuracy.accuracy.value), percent(model.permutation.chance));
        format!("{}: {accuracy} %{interval}, chance {chance} %", model.name)
    });
    let guesses = |design: &DesignAudit| {
        let bound = (design.guesses.bound_description(), design.guesses.bound());
        let each =
            design.guesses.each.iter().map(|guess| (guess.by.description(), guess.accuracy)).chain([bound]);
        each.map(|(name, accuracy)| format!("{name}: {} %", percent(accuracy))).collect::<Vec<String>>()
    };
    let guesses = audit.designs.iter().flat_map(guesses);
    format!(
        "Accuracies in percent. Models: {}. Guesses without a signal: {}.",
        models.collect::<Vec<_>>().join("; "),
        guesses.collect::<Vec<_>>().join("; ")
    )
}
