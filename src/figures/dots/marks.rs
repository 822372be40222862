//! A mark for each of what is compared: by its shape as well as by its colour.

use std::fmt;

use plotters::prelude::*;

use super::super::theme::{self, Anchor, Canvas, Drawn};
use crate::classifiers::Classifier;
use crate::evaluation::statistics::Interval;
use crate::models::Model;
use crate::runs::series::ReportedSeries;

/// Half the size of a mark.
const HALF_PT: f64 = 2.6;

/// What is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Marked {
    /// What the paper reports.
    Paper,
    /// A predictor without access to the signal.
    Guess,
    Baseline,
    Multilayer,
    Cnn,
    /// A classifier of features.
    Classifier(Classifier),
    /// The recordings that are looked at, beside the next.
    Recordings,
    /// Synthetic recordings in which something was planted.
    Planted,
    /// What lies between labels.
    Genre,
    /// What lies between participants.
    Participant,
    /// A model of anyone's, of which predictions are known.
    Model,
}

/// The shape of a mark.
enum Shape {
    Circle,
    Ring,
    Triangle,
    Square,
    Diamond,
    Cross,
}

impl Marked {
    /// All of them, in the order of a legend.
    pub(super) const ALL: [Self; 13] = [
        Self::Paper,
        Self::Guess,
        Self::Baseline,
        Self::Multilayer,
        Self::Cnn,
        Self::Classifier(Classifier::Knn),
        Self::Classifier(Classifier::Svm),
        Self::Classifier(Classifier::Mlp),
        Self::Recordings,
        Self::Planted,
        Self::Genre,
        Self::Participant,
        Self::Model,
    ];

    /// The weights after the last epoch of a network; nothing for weights that were chosen.
    pub(in super::super) const fn of(series: ReportedSeries) -> Option<Self> {
        match series {
            ReportedSeries::Baseline => Some(Self::Baseline),
            ReportedSeries::MultilayerFinal => Some(Self::Multilayer),
            ReportedSeries::Cnn => Some(Self::Cnn),
            ReportedSeries::MultilayerBest => None,
        }
    }

    /// A network, with any of its weights.
    pub(in super::super) const fn of_network(model: Model) -> Self {
        match model {
            Model::Baseline => Self::Baseline,
            Model::Multilayer => Self::Multilayer,
            Model::Cnn => Self::Cnn,
        }
    }

    pub(in super::super) const fn name(self) -> &'static str {
        match self {
            Self::Paper => "the paper",
            Self::Guess => "predictor without EEG",
            Self::Baseline => "baseline LSTM",
            Self::Multilayer => "multi-layer LSTM",
            Self::Cnn => "CNN",
            Self::Classifier(Classifier::Knn) => "nearest neighbours",
            Self::Classifier(Classifier::Svm) => "support vectors",
            Self::Classifier(Classifier::Mlp) => "network of 30 units",
            Self::Recordings => "these recordings",
            Self::Planted => "synthetic, weak echo at 50 s",
            Self::Genre => "between labels",
            Self::Participant => "between participants",
            Self::Model => "model",
        }
    }

    const fn shape(self) -> Shape {
        match self {
            Self::Baseline | Self::Classifier(Classifier::Knn) | Self::Genre | Self::Model => Shape::Circle,
            Self::Planted | Self::Participant => Shape::Ring,
            Self::Multilayer | Self::Classifier(Classifier::Svm) | Self::Recordings => Shape::Triangle,
            Self::Cnn | Self::Classifier(Classifier::Mlp) => Shape::Square,
            Self::Paper => Shape::Diamond,
            Self::Guess => Shape::Cross,
        }
    }

    /// A colour for each network and one for all classifiers of features; predictors without EEG are grey, and black is the
    /// paper and what needs no colour.
    pub(in super::super) const fn colour(self) -> RGBColor {
        match self {
            Self::Baseline => theme::BASELINE,
            Self::Multilayer => theme::MULTILAYER,
            Self::Cnn => theme::CNN,
            Self::Classifier(_) | Self::Recordings => theme::FEATURES,
            Self::Guess => theme::MUTED,
            Self::Paper | Self::Planted | Self::Genre | Self::Participant | Self::Model => theme::INK,
        }
    }

    /// Draws the mark around a point.
    pub(in super::super) fn draw<DB: DrawingBackend>(
        self,
        canvas: &Canvas<DB>,
        (x, y): (i32, i32),
    ) -> Drawn<()> {
        let (half, colour) = (canvas.pt(HALF_PT), self.colour());
        let outline = canvas.line(0.8, colour);
        match self.shape() {
            Shape::Circle => Ok(canvas.area.draw(&Circle::new((x, y), half, colour.filled()))?),
            Shape::Ring => {
                canvas.area.draw(&Circle::new((x, y), half, WHITE.filled()))?;
                Ok(canvas.area.draw(&Circle::new((x, y), half, outline))?)
            }
            Shape::Triangle => {
                let points = [(x, y - half), (x + half, y + half), (x - half, y + half)];
                Ok(canvas.area.draw(&Polygon::new(points, colour.filled()))?)
            }
            Shape::Square => {
                let points =
                    [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)];
                canvas.shape(&points, WHITE, outline)
            }
            Shape::Diamond => {
                let half = half * 4 / 3;
                canvas.shape(&[(x, y - half), (x + half, y), (x, y + half), (x - half, y)], colour, outline)
            }
            Shape::Cross => {
                canvas.path(&[(x - half, y - half), (x + half, y + half)], outline)?;
                canvas.path(&[(x - half, y + half), (x + half, y - half)], outline)
            }
        }
    }
}

/// An accuracy with its interval, in percent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) struct Mark {
    pub(in super::super) of: Marked,
    pub(in super::super) percent: f64,
    pub(in super::super) interval: Option<(f64, f64)>,
}

impl Mark {
    pub(in super::super) fn new(of: Marked, accuracy: f64, interval: Option<Interval>) -> Self {
        let interval = interval.map(|Interval { low, high }| (100.0 * low, 100.0 * high));
        Self { of, percent: 100.0 * accuracy, interval }
    }
}

/// As `39.1 (30.1 to 48.0)`.
impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}", self.percent)?;
        self.interval.map_or(Ok(()), |(low, high)| write!(f, " ({low:.1} to {high:.1})"))
    }
}

/// Explains the marks that are used, side by side, from a point to the right.
pub(in super::super) fn draw_legend<DB: DrawingBackend>(
    canvas: &Canvas<DB>,
    used: &[Marked],
    (left, y): (i32, i32),
) -> Drawn<()> {
    let small = canvas.text(theme::SMALL_PT, theme::INK);
    let mut x = left;
    for marked in used {
        marked.draw(canvas, (x + canvas.pt(HALF_PT), y))?;
        canvas.write(marked.name(), (x + canvas.pt(9.0), y), Anchor::Left, &small)?;
        x += canvas.pt(16.0) + canvas.area.estimate_text_size(marked.name(), &small)?.0 as i32;
    }
    Ok(())
}
