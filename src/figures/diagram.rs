//! Boxes and arrows, laid out in points.

use plotters::prelude::*;

use super::dots::Marked;
use super::theme::{self, Anchor, Canvas, Drawn};
use crate::models::Model;

/// A point, in points from the left and the top.
pub(super) type Point = (f64, f64);

/// A box on the page, in points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Frame {
    /// The box with this middle.
    pub(super) fn around((x, y): Point, width: f64, height: f64) -> Self {
        Self { left: x - width / 2.0, top: y - height / 2.0, width, height }
    }

    pub(super) fn right(self) -> f64 {
        self.left + self.width
    }

    pub(super) fn bottom(self) -> f64 {
        self.top + self.height
    }

    pub(super) fn middle(self) -> Point {
        (self.left + self.width / 2.0, self.top + self.height / 2.0)
    }

    fn corners(self) -> [Point; 4] {
        let (right, bottom) = (self.right(), self.bottom());
        [(self.left, self.top), (right, self.top), (right, bottom), (self.left, bottom)]
    }
}

/// How a box is filled.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fill {
    /// It has weights: a light shade of the network's colour.
    Weights(Model),
    /// It has none.
    Plain,
    /// It is data.
    Data,
}

impl Fill {
    fn colour(self) -> RGBColor {
        match self {
            Self::Weights(model) => {
                let RGBColor(red, green, blue) = Marked::of_network(model).colour();
                let [red, green, blue] = [red, green, blue].map(|part| 255 - (255 - part) / 5);
                RGBColor(red, green, blue)
            }
            Self::Plain => WHITE,
            Self::Data => theme::FAINT,
        }
    }
}

impl<DB: DrawingBackend> Canvas<DB> {
    fn at(&self, (x, y): Point) -> (i32, i32) {
        (self.pt(x), self.pt(y))
    }

    /// Writes lines of small text below one another, the block centred on a height.
    pub(super) fn lines(&self, lines: &[&str], (x, y): Point, anchor: Anchor, colour: RGBColor) -> Drawn<()> {
        let style = self.text(theme::SMALL_PT, colour);
        let first = y - (lines.len() as f64 - 1.0) / 2.0 * theme::LEADING_PT;
        for (index, line) in lines.iter().enumerate() {
            self.write(line, self.at((x, first + index as f64 * theme::LEADING_PT)), anchor, &style)?;
        }
        Ok(())
    }

    /// Draws a box with lines of text in its middle.
    pub(super) fn boxed(&self, frame: Frame, fill: Fill, lines: &[&str]) -> Drawn<()> {
        let corners = frame.corners().map(|corner| self.at(corner));
        self.shape(&corners, fill.colour(), self.line(0.6, theme::INK))?;
        self.lines(lines, frame.middle(), Anchor::Centre, theme::INK)
    }

    /// Draws the outline of a box, broken.
    pub(super) fn broken_box(&self, frame: Frame) -> Drawn<()> {
        let corners = frame.corners().map(|corner| self.at(corner));
        for (from, to) in corners.into_iter().zip(corners.into_iter().cycle().skip(1)) {
            self.broken_path(from, to, self.line(0.6, theme::MUTED))?;
        }
        Ok(())
    }

    /// Draws an arrow along points, its head at the last.
    pub(super) fn arrow(&self, points: &[Point]) -> Drawn<()> {
        const HEAD_PT: f64 = 4.0;
        let [.., before, tip] = points else { return Ok(()) };
        let (dx, dy) = (tip.0 - before.0, tip.1 - before.1);
        let length = dx.hypot(dy);
        let (dx, dy) = (dx / length * HEAD_PT, dy / length * HEAD_PT);
        let neck = (tip.0 - dx, tip.1 - dy);
        let head = [*tip, (neck.0 - dy * 0.45, neck.1 + dx * 0.45), (neck.0 + dy * 0.45, neck.1 - dx * 0.45)];
        let mut line: Vec<(i32, i32)> = points.iter().map(|point| self.at(*point)).collect();
        if let Some(last) = line.last_mut() {
            *last = self.at(neck);
        }
        self.path(&line, self.line(0.8, theme::INK))?;
        Ok(self.area.draw(&Polygon::new(head.map(|point| self.at(point)), theme::INK.filled()))?)
    }
}
