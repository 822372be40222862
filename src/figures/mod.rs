//! The figures: computed once, then drawn as PNG or SVG.
//!
//! All figures share one theme and one font that a crate ships, so that they look the same on a machine
//! without fonts. A footer says which data they show, of which profile's runs, and the version that drew them.
//!
//! | figure | paper | made by |
//! |---|---|---|
//! | 1: two signals of each label | 2.1 | [`Figure::recordings`] |
//! | 2, 4, 6: the networks | 2.2, 2.3, 2.4 | [`Figure::architecture`] |
//! | 3, 5, 7: training | 3.1, 3.2, 3.3 | [`Figure::training`] |
//! | 8: test accuracies | 3 | [`Figure::results`] |
//! | design: which participant heard which stimulus | | [`Figure::design`] |
//! | how far back the networks look | | [`Figure::look_back`] |
//! | results of the audit, in five views | | [`Figure::audit`] |
//! | how well features separate labels | 3.4 | [`Figure::distributions`], [`Figure::knowledge`] |
//! | classifiers of features | 3.4 | [`Figure::classifiers`] |
//! | anyone's predictions | | [`Figure::predictions`], and a page around it: [`prediction_page`] |
//!
//! [`Subject`] lists the figures of recordings and runs, and makes each from recordings and a folder of records; [`View`] lists
//! those of the audit, [`FeatureView`] those of features. Grids with more than seven rows are for an appendix and have a
//! main figure beside them.
//!
//! A colour has one meaning in all of them: three for the networks, one for classifiers of features, grey for predictors without
//! EEG, black for the paper and for marks that need no colour; the others are those of labels. Lines of validation are broken, lines of training are
//! solid. Every figure has a [caption](Figure::caption) and a [description](Figure::description), which go with its picture.

mod all;
mod architecture;
mod audit;
mod axis;
mod design;
mod diagram;
mod dots;
mod faults;
mod features;
mod look_back;
mod predictions;
mod raster;
mod recordings;
mod results;
mod subject;
mod theme;
mod training;
mod words;

pub use all::{all, of_features};
pub use audit::View;
pub use features::FeatureView;
pub use predictions::page as prediction_page;
pub use subject::Subject;

use std::path::{Path, PathBuf};

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::audit::Audit;
use crate::audit::predictions::PredictionAudit;
use crate::classifiers::trials::Classification;
use crate::error::{Error, Fault, Place, Result};
use crate::features::{FeatureSummary, FeatureTable};
use crate::models::{Architecture, Model};
use crate::preparation::Scheme;
use crate::recordings::{DataSet, Design, Fingerprint, Provenance, Words};
use crate::reproduction::results::Results;
use crate::runs::profile::Profile;
use crate::runs::series::Series;
use crate::runs::{Configuration, LookBacks, Record, Weights};
use crate::store::{Project, Sums, create_folder, write_atomically};
use raster::OVERSAMPLING;
use theme::{Canvas, DrawingFailure};
use words::InWords;

/// The keywords of a PNG's texts.
const TITLE: &str = "Title";
const CAPTION: &str = "Caption";
const DESCRIPTION: &str = "Description";
const SOURCE: &str = "Source";

/// Width of every figure on paper.
const WIDTH_INCHES: f64 = 7.2;

/// A figure that knows what it shows and how large it is on paper.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    name: String,
    title: String,
    height_inches: f64,
    footer: String,
    vector_allowed: bool,
    tracked: bool,
    drawing: Drawing,
}

/// What a figure shows.
#[derive(Debug, Clone, PartialEq)]
enum Drawing {
    Recordings(recordings::Signals),
    Design(design::Attendance),
    Architecture(Architecture),
    Training(training::Training),
    Results(results::Accuracies),
    LookBack(look_back::Held),
    Dots(dots::Dots),
    Distributions(features::Distributions),
    Dependency(audit::Dependency),
    Specifications(audit::Specifications),
    Predictions(predictions::Forest),
    Kept(Vec<u8>, InWords),
}

/// Where figures of a project go that are drawn together: `figures` if each shows the published recordings, the paper profile's runs
/// on them or nothing but a network, else `target/figures`.
///
/// Folders that git tracks hold results of the paper profile on the published recordings only, so that a result of
/// synthetic data or of shorter runs can never be taken for a real one.
#[must_use]
pub fn folder<'a>(project: &Project, figures: impl IntoIterator<Item = &'a Figure>) -> PathBuf {
    let tracked = figures.into_iter().all(|figure| figure.tracked);
    if tracked { project.committed_figures() } else { project.figures() }
}

impl Figure {
    /// The paper's Figure 1: two signals of each label over time.
    #[must_use]
    pub fn recordings(set: &DataSet) -> Self {
        let drawing = Drawing::Recordings(recordings::Signals::of(set));
        Self::of_set(Subject::Recordings, 5.6, set, drawing)
    }

    /// Who heard what, and how long the stimuli are.
    #[must_use]
    pub fn design(set: &Design) -> Self {
        Self::of_set(Subject::Design, 4.2, set, Drawing::Design(design::Attendance::of(set)))
    }

    fn of_set(subject: Subject, height_inches: f64, set: &Design, drawing: Drawing) -> Self {
        let provenance = set.provenance();
        Self {
            name: subject.file_name(),
            title: subject.title_of(set),
            height_inches,
            footer: footer(&[source(set.known_as()), data(set.fingerprint())]),
            vector_allowed: matches!(provenance, Provenance::Synthetic(_)),
            tracked: provenance == Provenance::Published,
            drawing,
        }
    }

    /// The paper's Figure 2, 4 or 6: a network, as its type describes it ([`Architecture`]).
    #[must_use]
    pub fn architecture(model: Model) -> Self {
        let (subject, architecture) = (Subject::Architecture(model), Architecture::of(model));
        Self {
            name: subject.file_name(),
            title: format!("{}: {} parameters", subject.title(), architecture.parameters()),
            height_inches: theme::framed_inches(architecture::height_pt(&architecture)),
            footer: footer(&["drawn from the network itself, shows no data".to_owned()]),
            vector_allowed: true,
            tracked: true,
            drawing: Drawing::Architecture(architecture),
        }
    }

    /// The paper's Figure 3, 5 or 7: the training of a network on recordings of this provenance. As the paper's, that of
    /// the baseline shows accuracy and loss, that of the multi-layer LSTM accuracy, that of the CNN loss (by slice; a
    /// record also has its accuracy, by slice and by vote).
    ///
    /// One run is drawn over a band from the lowest to the highest of all. It is the one whose test accuracy after the
    /// last epoch is the median (of an even number, the lower of the middle two; of equal ones, the first): a run in the
    /// middle, chosen by something that the curves do not show.
    ///
    /// # Errors
    /// Those of [`Series::of`]; [`Fault::INCONSISTENT_RECORD`] for every record that has not one accuracy and one loss for
    /// each epoch.
    pub fn training(records: &[Record], provenance: &Provenance) -> Result<Self> {
        let series = Series::of(records, Weights::Final)?;
        let drawing = training::Training::of(records, &series)?;
        let (subject, configuration) = (Subject::Training(series.model), &series.configuration);
        let profile = Profile::of(&configuration.settings, &series.runs);
        let provenance = provenance.confirmed_by(configuration.data);
        Ok(Self {
            name: subject.file_name(),
            title: subject.title_for(&provenance),
            height_inches: theme::framed_inches(drawing.height_pt()),
            footer: footer_of_runs(provenance.known_as(), configuration.data, &configuration.split, profile),
            vector_allowed: true,
            tracked: provenance == Provenance::Published && profile == Some(Profile::Paper),
            drawing: Drawing::Training(drawing),
        })
    }

    /// The paper's Figure 8: the test accuracy of every run of each series, its trimmed mean, and what the paper reports,
    /// unless a verdict on it is withheld.
    #[must_use]
    pub fn results(results: &Results) -> Self {
        let (subject, profile) = (Subject::Results, results.profile());
        let drawing = results::Accuracies::of(results);
        let known_as = results.known_as.clone();
        let is_published = known_as == Provenance::Published.known_as();
        let provenance = match &known_as {
            Some(_) if is_published => Provenance::Published,
            Some(how) => Provenance::Synthetic(how.clone()),
            None => Provenance::Unknown,
        };
        Self {
            name: subject.file_name(),
            title: subject.title_for(&provenance),
            height_inches: theme::framed_inches(drawing.height_pt()),
            footer: footer_of_runs(known_as, results.data, &results.split, profile),
            vector_allowed: true,
            tracked: is_published && profile == Some(Profile::Paper),
            drawing: Drawing::Results(drawing),
        }
    }

    /// How far back networks look, trained on recordings of this provenance with the configuration of one of them.
    #[must_use]
    pub fn look_back(all: &[LookBacks], provenance: &Provenance, configuration: &Configuration) -> Self {
        let provenance = provenance.confirmed_by(configuration.data);
        let split = format!("split {}", configuration.split.chars().take(12).collect::<String>());
        Self {
            name: Subject::LookBack.file_name(),
            title: Subject::LookBack.title_for(&provenance),
            height_inches: theme::framed_inches(look_back::Held::HEIGHT_PT),
            footer: footer(&[source(provenance.known_as()), data(configuration.data), split]),
            vector_allowed: true,
            tracked: provenance == Provenance::Published,
            drawing: Drawing::LookBack(look_back::Held::of(all)),
        }
    }

    /// What the audit found. Networks are shown with the weights after their last epoch, which nothing was chosen by.
    #[must_use]
    pub fn audit(audit: &Audit, view: View) -> Self {
        let (points, drawing) = match view {
            View::Shortcuts => dots(audit::shortcuts(audit, &[Scheme::Random])),
            View::AllShortcuts => dots(audit::shortcuts(audit, &Scheme::ALL)),
            View::Controls => dots(audit::controls(audit)),
            View::AllControls => dots(audit::all_controls(audit)),
            View::Splits => {
                let schemes = [Scheme::Random, Scheme::Participant, Scheme::Stimulus];
                dots(audit::splits(audit, &["whole", "clean"], &schemes))
            }
            View::AllSplits => dots(audit::splits(audit, &["raw", "whole", "clean", "cut"], &Scheme::ALL)),
            View::Specifications => {
                let drawing = audit::Specifications::of(audit);
                (drawing.height_pt(), Drawing::Specifications(drawing))
            }
            View::Dependency => {
                (audit::Dependency::HEIGHT_PT, Drawing::Dependency(audit::Dependency::of(audit)))
            }
        };
        let profile = match audit.missing.len() {
            0 => format!("profile {}", audit.profile),
            open => format!("profile {}, {open} cells unfinished", audit.profile),
        };
        let is_published = audit.data == Fingerprint::PUBLISHED;
        Self {
            name: format!("audit-{view}"),
            title: view.title().to_owned(),
            height_inches: theme::framed_inches(points),
            footer: footer(&[source(audit.known_as.clone()), data(audit.data), profile]),
            vector_allowed: true,
            tracked: is_published && audit.profile == Profile::Paper && !audit.estimates.is_empty(),
            drawing,
        }
    }

    /// A figure of the published recordings as a checkout keeps it, where there are no recordings to draw it from.
    ///
    /// # Errors
    /// [`Fault::CHANGED_FILE`] if its SHA-256 is not the listed one; those of [`Sums::read`].
    pub fn kept(project: &Project, name: &str) -> Result<Self> {
        let png = Sums::read(project)?.file(&format!("../figures/{name}.png"))?;
        let texts = raster::texts(&png);
        let text = |keyword: &str| texts.get(keyword).cloned().unwrap_or_default();
        let words = InWords::new(text(CAPTION), text(DESCRIPTION));
        Ok(Self {
            name: name.to_owned(),
            title: text(TITLE),
            height_inches: 0.0,
            footer: text(SOURCE),
            vector_allowed: false,
            tracked: true,
            drawing: Drawing::Kept(png, words),
        })
    }

    /// How a few features of recordings are distributed; the table is theirs.
    #[must_use]
    pub fn distributions(table: &FeatureTable, design: &Design) -> Self {
        // The published figure speaks of labels, as all of this chapter does.
        let words = if design.about().is_some() { design.words() } else { Words::ANY };
        let drawing = Drawing::Distributions(features::Distributions::of(table, words));
        let height = features::Distributions::HEIGHT_PT;
        Self::of_features(FeatureView::Distributions, design, (height, drawing))
    }

    /// How well the seven best features of recordings separate labels, and how well they separate participants.
    #[must_use]
    pub fn knowledge(summary: &FeatureSummary, design: &Design) -> Self {
        Self::of_features(FeatureView::Knowledge, design, dots(features::knowledge(summary, false)))
    }

    /// For an appendix: [`knowledge`](Self::knowledge) of every feature.
    #[must_use]
    pub fn all_knowledge(summary: &FeatureSummary, design: &Design) -> Self {
        Self::of_features(FeatureView::AllKnowledge, design, dots(features::knowledge(summary, true)))
    }

    fn of_features(view: FeatureView, design: &Design, (points, drawing): (f64, Drawing)) -> Self {
        let provenance = design.provenance();
        Self {
            name: view.file_name(),
            title: view.title().to_owned(),
            height_inches: theme::framed_inches(points),
            footer: footer(&[source(design.known_as()), data(design.fingerprint())]),
            // The highest and the lowest sample are features.
            vector_allowed: matches!(provenance, Provenance::Synthetic(_)),
            tracked: provenance == Provenance::Published,
            drawing,
        }
    }

    /// How accurate classifiers of all features are.
    #[must_use]
    pub fn classifiers(classification: &Classification) -> Self {
        Self::of_classifiers("classifiers", features::CLASSIFIERS[0], classification, false)
    }

    /// For an appendix: the same with classifiers of selected features, and of the published table of features.
    #[must_use]
    pub fn all_classifiers(classification: &Classification) -> Self {
        Self::of_classifiers("all-classifiers", features::CLASSIFIERS[1], classification, true)
    }

    fn of_classifiers(name: &str, title: &str, classification: &Classification, all: bool) -> Self {
        let (points, drawing) = dots(features::classifiers(classification, all));
        let is_whole = classification.profile == Profile::Paper;
        let profile = format!("profile {}", classification.profile);
        let is_published = classification.data == Fingerprint::PUBLISHED;
        Self {
            name: name.to_owned(),
            title: title.to_owned(),
            height_inches: theme::framed_inches(points),
            footer: footer(&[source(classification.known_as.clone()), data(classification.data), profile]),
            vector_allowed: true,
            tracked: is_published && is_whole && classification.missing.is_empty(),
            drawing,
        }
    }

    /// The audit of anyone's predictions: each model with its interval, chance and guesses without a signal.
    #[must_use]
    pub fn predictions(audit: &PredictionAudit) -> Self {
        let drawing = predictions::Forest::of(audit);
        let digest = audit.digest.chars().take(12).collect::<String>();
        Self {
            name: "predictions".to_owned(),
            title: "How accurate are these predictions, beside chance?".to_owned(),
            height_inches: theme::framed_inches(drawing.height_pt()),
            footer: footer(&[audit.table.clone(), format!("SHA-256 {digest}")]),
            vector_allowed: true,
            tracked: false,
            drawing: Drawing::Predictions(drawing),
        }
    }

    /// Whether git tracks it: it shows the published recordings, the paper profile's runs on them, or a network alone.
    #[must_use]
    pub const fn is_tracked(&self) -> bool {
        self.tracked
    }

    /// The name of its files, without an extension.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its title, and where to look: what stands below it in a notebook or a book.
    #[must_use]
    pub fn caption(&self) -> String {
        let ending = if self.title.ends_with(['?', '.']) { "" } else { "." };
        format!("{}{ending} {}", self.title, self.in_words().caption)
    }

    /// What it shows, for readers who do not see it: what is compared, how many there are, the main values, what intervals are over.
    /// Written from the data that it draws.
    #[must_use]
    pub fn description(&self) -> String {
        self.in_words().description
    }

    fn in_words(&self) -> InWords {
        match &self.drawing {
            Drawing::Recordings(signals) => signals.in_words(),
            Drawing::Design(design) => design.in_words(),
            Drawing::Architecture(architecture) => architecture::in_words(architecture),
            Drawing::Training(training) => training.in_words(),
            Drawing::Results(results) => results.in_words(),
            Drawing::LookBack(held) => held.in_words(),
            Drawing::Dots(dots) => dots.in_words(),
            Drawing::Distributions(distributions) => distributions.in_words(),
            Drawing::Dependency(dependency) => dependency.in_words(),
            Drawing::Specifications(specifications) => specifications.in_words(),
            Drawing::Predictions(forest) => forest.in_words(),
            Drawing::Kept(_, words) => words.clone(),
        }
    }

    /// Draws it at 300 pixels an inch, as a PNG that also carries its title, caption, description and footer as text.
    ///
    /// # Errors
    /// [`Fault::UNDRAWABLE`] if the drawing library fails.
    pub fn png(&self) -> Result<Vec<u8>> {
        if let Drawing::Kept(png, _) = &self.drawing {
            return Ok(png.clone());
        }
        let (width, height) = self.pixels(theme::PRINT_PIXELS_PER_INCH);
        let fine = (width * OVERSAMPLING, height * OVERSAMPLING);
        let mut pixels = vec![0; 3 * fine.0 as usize * fine.1 as usize];
        {
            let area = BitMapBackend::with_buffer(&mut pixels, fine).into_drawing_area();
            self.draw(&area, theme::PRINT_PIXELS_PER_INCH * f64::from(OVERSAMPLING))?;
        }
        let pixels = raster::averaged(&pixels, width as usize);
        let InWords { caption, description } = self.in_words();
        let texts = [
            (TITLE, self.title.as_str()),
            (CAPTION, caption.as_str()),
            (DESCRIPTION, description.as_str()),
            (SOURCE, self.footer.as_str()),
        ];
        raster::encode(&pixels, (width, height), &texts).map_err(|cause| self.undrawable(cause.to_string()))
    }

    /// Draws it as SVG, of the same size on paper and on the same grid of points as the PNG.
    ///
    /// # Errors
    /// [`Fault::TRACEABLE_FIGURE`] for a figure of recordings unless they are synthetic: the samples of a recording can be
    /// read back from a vector drawing. [`Fault::UNDRAWABLE`] if the drawing library fails.
    pub fn svg(&self) -> Result<String> {
        if !self.vector_allowed {
            let found = "recordings of people, whose samples could be read back from it";
            return Err(Error::new(
                Fault::TRACEABLE_FIGURE,
                Place::field(&self.name),
                "synthetic data for SVG",
                found,
            ));
        }
        let mut svg = String::new();
        let (width, height) = self.pixels(theme::PRINT_PIXELS_PER_INCH);
        {
            let area = SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
            self.draw(&area, theme::PRINT_PIXELS_PER_INCH)?;
        }
        // The drawing library knows whole pixels only: what was drawn on fine ones is shown in inches.
        let (pixels, inches) = (
            format!(r#"<svg width="{width}" height="{height}""#),
            format!(r#"<svg width="{}in" height="{}in""#, WIDTH_INCHES, self.height_inches),
        );
        Ok(svg.replacen(&pixels, &inches, 1))
    }

    /// Writes the figure as PNG into a folder, and as SVG where that is allowed. Returns what was written.
    ///
    /// A figure that git tracks (see [`folder`]) is written as PNG only: one file a figure.
    ///
    /// # Errors
    /// As [`png`](Self::png); [`Fault::UNWRITABLE`] if a file cannot be written.
    pub fn save(&self, folder: impl AsRef<Path>) -> Result<Vec<PathBuf>> {
        let folder = folder.as_ref();
        create_folder(folder)?;
        let mut written = vec![folder.join(format!("{}.png", self.name))];
        write_atomically(&written[0], &self.png()?)?;
        if self.vector_allowed && !self.tracked {
            written.push(folder.join(format!("{}.svg", self.name)));
            write_atomically(&written[1], self.svg()?.as_bytes())?;
        }
        Ok(written)
    }

    fn pixels(&self, pixels_per_inch: f64) -> (u32, u32) {
        let pixels = |inches: f64| (inches * pixels_per_inch).round() as u32;
        (pixels(WIDTH_INCHES), pixels(self.height_inches))
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, pixels_per_inch: f64) -> Result<()> {
        let drawn = Canvas::new(area.clone(), pixels_per_inch).and_then(|canvas| {
            let inside = canvas.framed(&self.title, &self.footer)?;
            match &self.drawing {
                Drawing::Recordings(signals) => signals.draw(&inside),
                Drawing::Design(design) => design.draw(&inside),
                Drawing::Architecture(architecture) => architecture::draw(architecture, &inside),
                Drawing::Training(training) => training.draw(&inside),
                Drawing::Results(results) => results.draw(&inside),
                Drawing::LookBack(held) => held.draw(&inside),
                Drawing::Dots(dots) => dots.draw(&inside),
                Drawing::Distributions(distributions) => distributions.draw(&inside),
                Drawing::Dependency(dependency) => dependency.draw(&inside),
                Drawing::Specifications(specifications) => specifications.draw(&inside),
                Drawing::Predictions(forest) => forest.draw(&inside),
                // It is shown as it is.
                Drawing::Kept(..) => Ok(()),
            }?;
            Ok(area.present()?)
        });
        drawn.map_err(|DrawingFailure(cause)| self.undrawable(cause))
    }

    /// A figure that no library can draw.
    #[cfg(test)]
    pub(crate) fn of_no_height(self) -> Self {
        Self { height_inches: 0.0, ..self }
    }

    fn undrawable(&self, cause: String) -> Error {
        Error::new(Fault::UNDRAWABLE, Place::field(&self.name), "a drawing", cause)
    }
}

/// Dots, and their height in points.
fn dots(dots: dots::Dots) -> (f64, Drawing) {
    (dots.height_pt(), Drawing::Dots(dots))
}

/// What a footer says, and the version.
fn footer(parts: &[String]) -> String {
    format!("{} · eegenre {}", parts.join(" · "), env!("CARGO_PKG_VERSION"))
}

/// What a footer says of runs.
fn footer_of_runs(
    known_as: Option<String>,
    fingerprint: Fingerprint,
    split: &str,
    profile: Option<Profile>,
) -> String {
    let split = format!("split {}", split.chars().take(12).collect::<String>());
    let profile = profile.map_or("no profile".to_owned(), |profile| format!("profile {profile}"));
    footer(&[source(known_as), data(fingerprint), split, profile])
}

fn source(known_as: Option<String>) -> String {
    known_as.unwrap_or_else(|| "recordings of unknown origin".to_owned())
}

fn data(fingerprint: Fingerprint) -> String {
    format!("data {}", fingerprint.short())
}

#[cfg(test)]
mod tests;
