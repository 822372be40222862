//! A mark for each network: by its shape as well as by its colour.

use plotters::prelude::*;

use super::super::theme::{self, Anchor, Canvas, Drawn};
use crate::paper::ReportedSeries;
use crate::statistics::Interval;

/// Half the size of a mark.
const HALF_PT: f64 = 2.6;

/// What is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Marked {
    /// A guess that never sees a signal.
    Guess,
    Baseline,
    Multilayer,
    Cnn,
}

impl Marked {
    pub(super) const ALL: [Self; 4] = [Self::Guess, Self::Baseline, Self::Multilayer, Self::Cnn];

    /// The weights after the last epoch of a network; nothing for weights that were chosen.
    pub(super) const fn of(series: ReportedSeries) -> Option<Self> {
        match series {
            ReportedSeries::Baseline => Some(Self::Baseline),
            ReportedSeries::MultilayerFinal => Some(Self::Multilayer),
            ReportedSeries::Cnn => Some(Self::Cnn),
            ReportedSeries::MultilayerBest => None,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Guess => "guess without a signal",
            Self::Baseline => "baseline LSTM",
            Self::Multilayer => "multi-layer LSTM",
            Self::Cnn => "CNN",
        }
    }

    pub(super) const fn colour(self) -> RGBColor {
        match self {
            Self::Guess => theme::MUTED,
            Self::Baseline => theme::DARK,
            Self::Multilayer => theme::LIGHT,
            Self::Cnn => theme::THIRD,
        }
    }

    /// Draws the mark around a point.
    pub(super) fn draw<DB: DrawingBackend>(self, canvas: &Canvas<DB>, (x, y): (i32, i32)) -> Drawn<()> {
        let (half, colour) = (canvas.pt(HALF_PT), self.colour());
        let outline = canvas.line(0.8, colour);
        match self {
            Self::Baseline => Ok(canvas.area.draw(&Circle::new((x, y), half, colour.filled()))?),
            Self::Multilayer => {
                let points = [(x, y - half), (x + half, y + half), (x - half, y + half)];
                Ok(canvas.area.draw(&Polygon::new(points, colour.filled()))?)
            }
            Self::Cnn => {
                let points =
                    [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)];
                canvas.shape(&points, WHITE, outline)
            }
            Self::Guess => {
                canvas.shape(&[(x, y - half), (x + half, y), (x, y + half), (x - half, y)], WHITE, outline)
            }
        }
    }
}

/// An accuracy with its interval, in percent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) struct Mark {
    pub(super) of: Marked,
    pub(super) percent: f64,
    pub(super) interval: Option<(f64, f64)>,
}

impl Mark {
    pub(super) fn new(of: Marked, accuracy: f64, interval: Option<Interval>) -> Self {
        let interval = interval.map(|Interval { low, high }| (100.0 * low, 100.0 * high));
        Self { of, percent: 100.0 * accuracy, interval }
    }
}

/// Explains the marks that are used, side by side, from a point to the right.
pub(super) fn draw_legend<DB: DrawingBackend>(
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
