//! The audit of predictions as one page that needs nothing else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::Figure;
use crate::audit::predictions::PredictionAudit;
use crate::error::Result;
use crate::report::{attribute, escaped};

const STYLE: &str = include_str!("page.css");

/// One HTML page: the figure, then all sections. It loads nothing, and follows the reader's light or dark scheme.
///
/// # Errors
/// Those of [`Figure::png`].
pub fn page(audit: &PredictionAudit) -> Result<String> {
    let figure = Figure::predictions(audit);
    let png = STANDARD.encode(figure.png()?);
    let title = escaped(&audit.title());
    let alternative = attribute(&figure.description());
    let caption = escaped(&figure.caption());
    let body = audit.document().html();
    Ok(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<figure>\n\
         <img src=\"data:image/png;base64,{png}\" alt=\"{alternative}\">\n\
         <figcaption>{caption}</figcaption>\n</figure>\n\
         {body}</main>\n</body>\n</html>\n"
    ))
}
