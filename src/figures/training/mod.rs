//! Figures 3, 5 and 7 (paper, section 3): accuracy and loss over the epochs of training.
//!
//! One run is drawn as a line over a band from the lowest to the highest of all runs. It is the run whose test accuracy
//! after the last epoch is the median of all (of an even number, the lower of the middle two; of equal ones, the first):
//! a run in the middle, chosen by something that the curves do not show. More epochs than can be told apart are drawn
//! thinly, with their running median over them, and the figure says so; nothing else is smoothed.

mod curves;

use plotters::prelude::*;

use super::axis::Axis;
use super::theme::{self, Anchor, Canvas, Drawn};
use crate::error::Result;
use crate::models::Model;
use crate::runs::Record;
use crate::runs::series::Series;
use curves::{Bundle, Quantity, WINDOW, bundle, check, median, running_median, values};

/// Height of a panel, and of what is written below all panels.
const PANEL_PT: f64 = 165.0;
const BELOW_PT: f64 = 48.0;

/// The most epochs whose values can be told apart in a panel.
const MOST_EPOCHS: usize = 1000;
/// What the paper shows of a network's training.
pub(super) const fn quantities(model: Model) -> &'static [Quantity] {
    match model {
        Model::Baseline => &[Quantity::Accuracy, Quantity::Loss],
        Model::Multilayer => &[Quantity::Accuracy],
        Model::Cnn => &[Quantity::Loss],
    }
}

/// The curves of all runs of one network.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Training {
    panels: Vec<Panel>,
    epochs: usize,
    note: [String; 2],
}

#[derive(Debug, Clone, PartialEq)]
struct Panel {
    quantity: Quantity,
    /// By guessing, in percent.
    guessing: f64,
    training: Bundle,
    validation: Bundle,
}

impl Training {
    /// From the records of a series.
    ///
    /// # Errors
    /// [`InconsistentRecord`](crate::error::Fault::INCONSISTENT_RECORD) for every record that has not one accuracy and one loss for each epoch.
    pub(super) fn of(records: &[Record], series: &Series) -> Result<Self> {
        let epochs = series.configuration.settings.hyperparameters.epochs;
        check(records, epochs)?;
        let median = median(&series.accuracies);
        let run = series.runs[median];
        let labels = records.first().map_or(1, |record| record.last.labels.count());
        let panel = |&quantity: &Quantity| Panel {
            quantity,
            guessing: 100.0 / labels as f64,
            training: bundle(records, run, |record| values(&record.history.training, quantity)),
            validation: bundle(records, run, |record| values(&record.history.validation, quantity)),
        };
        let (runs, accuracy) = (series.runs.len(), 100.0 * series.accuracies[median]);
        let line = if runs == 1 {
            format!("Lines: run {run}, the only one, of {epochs} epochs; test accuracy {accuracy:.1} %.")
        } else {
            let median = if runs % 2 == 1 { "median" } else { "lower median" };
            format!(
                "Lines: run {run}, whose test accuracy, {accuracy:.1} %, is the {median} of {runs} runs of {epochs} \
                 epochs."
            )
        };
        let band = if epochs > MOST_EPOCHS {
            format!(
                "Thick: its running median over {WINDOW} epochs. Bands: from the lowest to the highest run in each epoch."
            )
        } else {
            "Bands: from the lowest to the highest run in each epoch.".to_owned()
        };
        Ok(Self { panels: quantities(series.model).iter().map(panel).collect(), epochs, note: [line, band] })
    }

    /// The height of the drawing, in points.
    pub(super) fn height_pt(&self) -> f64 {
        PANEL_PT * self.panels.len() as f64 + BELOW_PT
    }

    /// Draws the panels below one another, over one scale of epochs.
    pub(super) fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn<()> {
        let (width, height) = canvas.size();
        let (label, small, muted) = (
            canvas.text(theme::LABEL_PT, theme::INK),
            canvas.text(theme::SMALL_PT, theme::INK),
            canvas.text(theme::SMALL_PT, theme::MUTED),
        );
        let (left, right) = (canvas.pt(42.0), width - canvas.pt(58.0));
        let bottom = height - canvas.pt(BELOW_PT);
        let epochs = Axis::of_counts(self.epochs);
        let x = |epoch: f64| left + (epochs.part(epoch) * f64::from(right - left)).round() as i32;
        let pitch = bottom / self.panels.len().max(1) as i32;
        for (panel, place) in self.panels.iter().zip(0..) {
            let (top, bottom) = (place * pitch + canvas.pt(6.0), (place + 1) * pitch - canvas.pt(6.0));
            panel.draw(canvas, (left, top, right, bottom), &x)?;
        }
        let axis = bottom - canvas.pt(6.0);
        for &tick in epochs.ticks() {
            let mark = [(x(tick), axis), (x(tick), axis + canvas.pt(2.5))];
            canvas.path(&mark, canvas.line(0.5, theme::MUTED))?;
            canvas.write(&tick.to_string(), (x(tick), axis + canvas.pt(8.0)), Anchor::Centre, &small)?;
        }
        canvas.write(
            "epoch",
            (i32::midpoint(left, right), axis + canvas.pt(18.0)),
            Anchor::Centre,
            &label,
        )?;
        for (line, from_below) in self.note.iter().zip([15.0, 5.0]) {
            canvas.write(line, (0, height - canvas.pt(from_below)), Anchor::Left, &muted)?;
        }
        Ok(())
    }
}

impl Panel {
    fn axis(&self) -> Axis {
        let losses = || [&self.training, &self.validation].into_iter().flat_map(|bundle| &bundle.band);
        match self.quantity {
            Quantity::Accuracy => Axis::of_multiples(0.0, 100.0, 20.0),
            Quantity::Loss => {
                let highest = losses().map(|band| band.1).fold(0.0, f64::max);
                let positive = losses().map(|band| band.0).filter(|loss| *loss > 0.0);
                Axis::of_losses(positive.fold(highest, f64::min), highest)
            }
        }
    }

    fn draw<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        (left, top, right, bottom): (i32, i32, i32, i32),
        x: &impl Fn(f64) -> i32,
    ) -> Drawn<()> {
        let (label, small) =
            (canvas.text(theme::LABEL_PT, theme::INK), canvas.text(theme::SMALL_PT, theme::INK));
        let axis = self.axis();
        let y = |value: f64| bottom - (axis.part(value) * f64::from(bottom - top)).round() as i32;
        let name = match self.quantity {
            Quantity::Accuracy => "accuracy (%)",
            Quantity::Loss if axis.is_logarithmic() => "loss (logarithmic)",
            Quantity::Loss => "loss",
        };
        let rotated = label.transform(FontTransform::Rotate270);
        canvas.write(name, (canvas.pt(5.0), i32::midpoint(top, bottom)), Anchor::Centre, &rotated)?;
        for &tick in axis.ticks() {
            canvas.path(&[(left, y(tick)), (right, y(tick))], canvas.line(0.4, theme::FAINT))?;
            let text = format!("{}", (tick * 1e9).round() / 1e9);
            canvas.write(&text, (left - canvas.pt(4.0), y(tick)), Anchor::Right, &small)?;
        }
        for (bundle, colour) in [(&self.training, theme::DARK), (&self.validation, theme::LIGHT)] {
            bundle.draw_band(canvas, colour, x, &y)?;
        }
        let mut names = Vec::new();
        if self.quantity == Quantity::Accuracy {
            let guessing = y(self.guessing);
            canvas.broken_path((left, guessing), (right, guessing), canvas.line(0.6, theme::MUTED))?;
            names.push((guessing, "guessing", theme::INK));
        }
        let parts =
            [(&self.validation, theme::LIGHT, "validation"), (&self.training, theme::DARK, "training")];
        let points = |line: &[f64]| -> Vec<(i32, i32)> {
            (1..).zip(line).map(|(epoch, &value)| (x(f64::from(epoch)), y(value))).collect()
        };
        let is_dense = self.training.line.len() > MOST_EPOCHS;
        if is_dense {
            for (bundle, colour, _) in parts {
                let faint = ShapeStyle { color: colour.mix(0.3), ..canvas.line(0.25, colour) };
                canvas.path(&points(&bundle.line), faint)?;
            }
        }
        for (bundle, colour, name) in parts {
            let points = if is_dense { points(&running_median(&bundle.line)) } else { points(&bundle.line) };
            canvas.path(&points, canvas.line(if is_dense { 1.0 } else { 0.7 }, colour))?;
            if let Some(&end) = points.last() {
                canvas.area.draw(&Circle::new(end, canvas.pt(1.8), colour.filled()))?;
                names.push((end.1, name, colour));
            }
        }
        canvas.path(&[(left, top), (left, bottom), (right, bottom)], canvas.line(0.5, theme::MUTED))?;
        names.sort_by_key(|(y, ..)| *y);
        let heights = apart(names.iter().map(|(y, ..)| *y).collect(), canvas.pt(theme::LEADING_PT), bottom);
        for ((_, name, colour), y) in names.into_iter().zip(heights) {
            let style = canvas.text(theme::SMALL_PT, colour);
            canvas.write(name, (right + canvas.pt(5.0), y), Anchor::Left, &style)?;
        }
        Ok(())
    }
}

impl Bundle {
    /// Fills what lies between the lowest and the highest run.
    fn draw_band<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        colour: RGBColor,
        x: &impl Fn(f64) -> i32,
        y: &impl Fn(f64) -> i32,
    ) -> Drawn<()> {
        let edge = |which: fn(&(f64, f64)) -> f64| {
            (1..).zip(&self.band).map(move |(epoch, band)| (x(f64::from(epoch)), y(which(band))))
        };
        let lower: Vec<(i32, i32)> = edge(|band| band.0).collect();
        let outline: Vec<(i32, i32)> = edge(|band| band.1).chain(lower.into_iter().rev()).collect();
        Ok(canvas.area.draw(&Polygon::new(outline, colour.mix(0.22).filled()))?)
    }
}

/// Moves rising heights apart until neighbours are `gap` apart and none is below `lowest`.
fn apart(mut heights: Vec<i32>, gap: i32, lowest: i32) -> Vec<i32> {
    for index in 1..heights.len() {
        heights[index] = heights[index].max(heights[index - 1] + gap);
    }
    let mut bound = lowest;
    for height in heights.iter_mut().rev() {
        *height = (*height).min(bound);
        bound = *height - gap;
    }
    heights
}

#[cfg(test)]
mod tests;
