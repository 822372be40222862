//! How values look below a cell: evcxr calls `evcxr_display` of a cell's last value, if its type has one.
//!
//! What is printed between `EVCXR_BEGIN_CONTENT` with a media type and `EVCXR_END_CONTENT` becomes an output of that
//! type (evcxr_jupyter's README, "Custom output").

use std::fmt::Display;

use base64::prelude::*;

use super::{Checks, Classified, Live, Session, StudySession};
use crate::audit::predictions::PredictionAudit;
use crate::audit::{ArtefactScan, Audit, Instrument};
use crate::features::FeatureSummary;
use crate::figures::Figure;
use crate::models::Architecture;
use crate::preparation::SplitSummary;
use crate::recordings::Description;
use crate::report::{Table, answer, escaped};
use crate::reproduction::results::Results;
use crate::reproduction::study::Study;
use crate::runs::prediction::Prediction;

/// One output, in one media type or several.
fn show(contents: &[(&str, String)]) {
    for (media_type, content) in contents {
        // The kernel reads this. If it cannot, it is gone, and the cell with it.
        let _ = answer(format_args!("EVCXR_BEGIN_CONTENT {media_type}\n{content}\nEVCXR_END_CONTENT"));
    }
}

fn show_text(text: &impl Display) {
    show(&[("text/plain", text.to_string())]);
}

impl Figure {
    /// Shows it as a picture; as text, where no picture is shown, its caption and below an empty line its description.
    ///
    /// # Panics
    /// If it cannot be drawn, with all that [`Self::png`] says of it: here a cell can be ended in no other way.
    pub fn evcxr_display(&self) {
        match self.png() {
            Ok(png) => show(&[
                ("image/png", BASE64_STANDARD.encode(png)),
                ("text/plain", format!("{}\n\n{}", self.caption(), self.description())),
            ]),
            Err(error) => panic!("{error}"),
        }
    }
}

impl Table {
    /// Shows it as a table.
    pub fn evcxr_display(&self) {
        show(&[("text/html", self.html()), ("text/plain", self.to_string())]);
    }
}

impl Results {
    /// Shows its tables and notes.
    pub fn evcxr_display(&self) {
        let mut html = format!("<p>{}</p>\n{}", escaped(&self.introduction()), self.series_table().html());
        let others = [self.claims_table(), self.observations_table()];
        html.extend(others.iter().filter(|table| !table.rows().is_empty()).map(Table::html));
        let notes: String = self.notes().iter().map(|note| format!("<li>{}</li>\n", escaped(note))).collect();
        html += &format!("<ul>\n{notes}</ul>\n");
        show(&[("text/html", html), ("text/plain", self.to_string())]);
    }
}

impl Study {
    /// Shows its tables.
    pub fn evcxr_display(&self) {
        let tables = self.tables().into_iter();
        let mut html: String =
            tables.map(|(heading, table)| format!("<p>{heading}</p>\n{}", table.html())).collect();
        if html.is_empty() {
            html = format!("<p>{self}</p>\n");
        }
        show(&[("text/html", html), ("text/plain", self.to_string())]);
    }
}

impl Audit {
    /// Shows its tables.
    pub fn evcxr_display(&self) {
        let mut html = format!("<p>{}</p>\n", escaped(&self.introduction()));
        let tables = self.tables().into_iter();
        html.extend(tables.map(|(heading, table)| format!("<p>{}</p>\n{}", escaped(&heading), table.html())));
        show(&[("text/html", html), ("text/plain", self.to_string())]);
    }
}

impl Instrument {
    /// Shows a row for each demand.
    pub fn evcxr_display(&self) {
        self.table().evcxr_display();
    }
}

impl FeatureSummary {
    /// Shows a row for each feature.
    pub fn evcxr_display(&self) {
        self.table().evcxr_display();
    }
}

impl Architecture {
    /// Shows it as text.
    pub fn evcxr_display(&self) {
        show_text(self);
    }
}

impl Prediction {
    /// Shows it as text.
    pub fn evcxr_display(&self) {
        show_text(self);
    }
}

impl Description {
    /// Shows it as text.
    pub fn evcxr_display(&self) {
        show_text(self);
    }
}

impl SplitSummary {
    /// Shows it as text.
    pub fn evcxr_display(&self) {
        show_text(self);
    }
}

impl StudySession {
    /// Shows what the notebook stands on.
    pub fn evcxr_display(&self) {
        self.table().evcxr_display();
    }
}

impl ArtefactScan {
    /// Shows a row for each property.
    pub fn evcxr_display(&self) {
        self.table().evcxr_display();
    }
}

impl Classified {
    /// Shows what was reached, beside chance.
    pub fn evcxr_display(&self) {
        show_text(&self.estimate);
    }
}

impl PredictionAudit {
    /// Shows it as text.
    pub fn evcxr_display(&self) {
        show_text(self);
    }
}

impl Checks {
    /// Shows a row for each.
    pub fn evcxr_display(&self) {
        self.table().evcxr_display();
    }
}

impl Live {
    /// Shows what was trained and what came of it.
    pub fn evcxr_display(&self) {
        self.table().evcxr_display();
    }
}

impl Session {
    /// Shows which study, which records, which program.
    pub fn evcxr_display(&self) {
        self.table().evcxr_display();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Model;

    #[test]
    fn a_figure_that_cannot_be_drawn_ends_the_cell_and_says_which_and_what_to_do() {
        let figure = Figure::architecture(Model::Baseline).of_no_height();
        let panic = std::panic::catch_unwind(|| figure.evcxr_display()).unwrap_err();
        let said = panic.downcast::<String>().unwrap();
        assert!(said.starts_with("figure-2: expected a drawing, found "), "{said}");
        assert!(
            said.ends_with("; report this together with the command that you ran, or the cell"),
            "{said}"
        );
    }
}
