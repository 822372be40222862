//! Figures 3, 5 and 7 (paper, section 3): accuracy and loss over the epochs of training.
//!
//! One run is drawn as a line over a band from the lowest to the highest of all runs. It is the run whose test accuracy
//! after the last epoch is the median of all (of an even number, the lower of the middle two; of equal ones, the first):
//! a run in the middle, chosen by a number that the curves do not show. With more epochs than the eye can separate, the figure
//! draws the running median of each run and says so; nothing else is smoothed.

mod curves;

use plotters::prelude::*;

use super::axis::Axis;
use super::dots::Marked;
use super::theme::{self, Anchor, Canvas, Drawn, apart};
use super::words::{InWords, counted};
use crate::error::Result;
use crate::models::Model;
use crate::runs::series::Series;
use crate::runs::{Curve, Record};
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
    model: Model,
    panels: Vec<Panel>,
    epochs: usize,
    runs: usize,
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
        let drawn = |curve: &Curve, quantity: Quantity| {
            let values = values(curve, quantity);
            if epochs > MOST_EPOCHS { running_median(&values) } else { values }
        };
        let panel = |&quantity: &Quantity| Panel {
            quantity,
            guessing: 100.0 / labels as f64,
            training: bundle(records, run, |record| drawn(&record.history.training, quantity)),
            validation: bundle(records, run, |record| drawn(&record.history.validation, quantity)),
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
                "All curves: running medians over {WINDOW} epochs. Bands: from the lowest to the highest run in each epoch."
            )
        } else {
            "Bands: from the lowest to the highest run in each epoch.".to_owned()
        };
        let panels = quantities(series.model).iter().map(panel).collect();
        Ok(Self { model: series.model, panels, epochs, runs, note: [line, band] })
    }

    pub(super) fn in_words(&self) -> InWords {
        let panels: Vec<String> = self.panels.iter().map(Panel::description).collect();
        let look = |panel: &Panel| {
            let (epoch, best) = panel.best();
            match panel.quantity {
                Quantity::Accuracy => format!(
                    "Look at the distance between the solid line, training, and the broken one, validation, whose highest \
                     accuracy is {best:.1} % after epoch {epoch}."
                ),
                Quantity::Loss => format!(
                    "Look at the ring: the validation loss is lowest, {best:.2}, after epoch {epoch} of {}, while the training \
                     loss goes on.",
                    self.epochs
                ),
            }
        };
        let caption: Vec<String> = self.panels.iter().map(look).collect();
        let description = format!(
            "Curves over {} epochs of {}, a line for one run over a band of all. {} {}",
            self.epochs,
            counted(self.runs, "run", "runs"),
            panels.join(" "),
            self.note.join(" ")
        );
        InWords::new(caption.join(" "), description)
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
        let (left, right) = (canvas.pt(42.0), width - canvas.pt(62.0));
        let bottom = height - canvas.pt(BELOW_PT);
        let epochs = Axis::of_counts(self.epochs);
        let x = |epoch: f64| left + (epochs.part(epoch) * f64::from(right - left)).round() as i32;
        let pitch = bottom / self.panels.len().max(1) as i32;
        for (panel, place) in self.panels.iter().zip(0..) {
            let (top, bottom) = (place * pitch + canvas.pt(6.0), (place + 1) * pitch - canvas.pt(6.0));
            let colour = Marked::of_network(self.model).colour();
            panel.draw(canvas, colour, (left, top, right, bottom), &x)?;
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
    /// The epoch after which the drawn validation is best, and its value then: of equal ones the first.
    fn best(&self) -> (usize, f64) {
        let better = |one: f64, other: f64| match self.quantity {
            Quantity::Accuracy => one > other,
            Quantity::Loss => one < other,
        };
        let values = (1..).zip(self.validation.line.iter().copied());
        values.reduce(|best, next| if better(next.1, best.1) { next } else { best }).unwrap_or((0, f64::NAN))
    }

    fn description(&self) -> String {
        let (name, unit, decimals) = match self.quantity {
            Quantity::Accuracy => ("Accuracy in percent", " %", 1),
            Quantity::Loss => ("Loss", "", 2),
        };
        let end = |bundle: &Bundle| {
            let last = bundle.line.last().copied().unwrap_or(f64::NAN);
            let (low, high) = bundle.band.last().copied().unwrap_or((f64::NAN, f64::NAN));
            format!("{last:.decimals$} (all runs {low:.decimals$} to {high:.decimals$})")
        };
        let (epoch, best) = self.best();
        let guessing = match self.quantity {
            Quantity::Accuracy => format!("; guessing {:.1}{unit}", self.guessing),
            Quantity::Loss => String::new(),
        };
        format!(
            "{name}: training ends at {}, validation at {}; best validation {best:.decimals$}{unit} after epoch {epoch}{guessing}.",
            end(&self.training),
            end(&self.validation)
        )
    }

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
        colour: RGBColor,
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
        for (bundle, share) in [(&self.training, 0.32), (&self.validation, 0.14)] {
            bundle.draw_band(canvas, colour.mix(share), x, &y)?;
        }
        let mut names = Vec::new();
        if self.quantity == Quantity::Accuracy {
            let guessing = y(self.guessing);
            canvas.broken_path((left, guessing), (right, guessing), canvas.line(0.6, theme::MUTED))?;
            names.push((guessing, format!("guessing {:.1}", self.guessing), theme::INK));
        }
        let points = |line: &[f64]| -> Vec<(i32, i32)> {
            (1..).zip(line).map(|(epoch, &value)| (x(f64::from(epoch)), y(value))).collect()
        };
        for (bundle, name) in [(&self.validation, "validation"), (&self.training, "training")] {
            let points = points(&bundle.line);
            match name {
                "validation" => canvas.broken_line(&points, canvas.line(0.9, colour))?,
                _ => canvas.path(&points, canvas.line(0.9, colour))?,
            }
            if let Some(&end) = points.last() {
                canvas.area.draw(&Circle::new(end, canvas.pt(1.8), colour.filled()))?;
                names.push((end.1, name.to_owned(), colour));
            }
        }
        if self.quantity == Quantity::Loss {
            let (epoch, lowest) = self.best();
            let at = (x(epoch as f64), y(lowest));
            canvas.area.draw(&Circle::new(at, canvas.pt(2.4), WHITE.filled()))?;
            canvas.area.draw(&Circle::new(at, canvas.pt(2.4), canvas.line(0.9, theme::INK)))?;
            let name = format!("lowest validation loss: {lowest:.2}, epoch {epoch}");
            let beside = (
                at.0 + canvas.pt(5.0),
                at.1 + canvas.pt(if at.1 + canvas.pt(30.0) < bottom { 24.0 } else { -24.0 }),
            );
            canvas.path(&[at, beside], canvas.line(0.4, theme::INK))?;
            canvas.write_clear(&name, beside, Anchor::Left, &small)?;
        }
        canvas.path(&[(left, top), (left, bottom), (right, bottom)], canvas.line(0.5, theme::MUTED))?;
        names.sort_by_key(|(y, ..)| *y);
        let heights = apart(names.iter().map(|(y, ..)| *y).collect(), canvas.pt(theme::LEADING_PT), bottom);
        for ((_, name, colour), y) in names.into_iter().zip(heights) {
            let style = canvas.text(theme::SMALL_PT, colour);
            canvas.write(&name, (right + canvas.pt(5.0), y), Anchor::Left, &style)?;
        }
        Ok(())
    }
}

impl Bundle {
    /// Fills what lies between the lowest and the highest run.
    fn draw_band<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        colour: RGBAColor,
        x: &impl Fn(f64) -> i32,
        y: &impl Fn(f64) -> i32,
    ) -> Drawn<()> {
        let edge = |which: fn(&(f64, f64)) -> f64| {
            (1..).zip(&self.band).map(move |(epoch, band)| (x(f64::from(epoch)), y(which(band))))
        };
        let lower: Vec<(i32, i32)> = edge(|band| band.0).collect();
        let outline: Vec<(i32, i32)> = edge(|band| band.1).chain(lower.into_iter().rev()).collect();
        Ok(canvas.area.draw(&Polygon::new(outline, colour.filled()))?)
    }
}

#[cfg(test)]
mod tests;
