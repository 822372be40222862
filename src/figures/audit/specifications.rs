//! The specification curve: every training on a random split, and below it what was chosen.

use plotters::prelude::*;

use super::super::axis::Axis;
use super::super::dots::Marked;
use super::super::theme::{self, Anchor, Canvas, Drawn};
use super::super::words::InWords;
use crate::audit::{Audit, CHOICES, Specification};
use crate::runs::series::ReportedSeries;

const PANEL_PT: f64 = 150.0;
const ABOVE_PT: f64 = 16.0;
const ROW_PT: f64 = 10.0;
const BELOW_PT: f64 = 18.0;
/// Room for the names of choices, which also holds the axis.
const LEFT_PT: f64 = 104.0;
const BETWEEN_PT: f64 = 10.0;
/// Half the size of a dot, and of the tick below it.
const DOT_PT: f64 = 1.1;

/// The trainings of each network, the least accurate first.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Specifications {
    panels: Vec<(ReportedSeries, Vec<Specification>)>,
    /// The choices that any training has.
    choices: Vec<&'static str>,
}

impl Specifications {
    /// A panel for each network that has trainings.
    pub(in super::super) fn of(audit: &Audit) -> Self {
        let all = &audit.one_split.specifications;
        let series = [ReportedSeries::Baseline, ReportedSeries::MultilayerFinal, ReportedSeries::Cnn];
        let panels = series.into_iter().map(|series| {
            let mut own: Vec<Specification> =
                all.iter().filter(|one| one.series == series).copied().collect();
            own.sort_by(|one, other| one.accuracy.total_cmp(&other.accuracy));
            (series, own)
        });
        let choices = CHOICES.into_iter().filter(|choice| all.iter().any(|one| one.choice == *choice));
        Self { panels: panels.filter(|(_, own)| !own.is_empty()).collect(), choices: choices.collect() }
    }

    /// The height of the drawing, in points.
    pub(in super::super) fn height_pt(&self) -> f64 {
        ABOVE_PT + PANEL_PT + BELOW_PT + ROW_PT * self.choices.len() as f64
    }

    pub(in super::super) fn in_words(&self) -> InWords {
        let panel = |(series, all): &(ReportedSeries, Vec<Specification>)| {
            let percent = |place: usize| 100.0 * all[place].accuracy;
            let paper = series.reported();
            let reaches = all.iter().filter(|one| 100.0 * one.accuracy >= f64::from(paper.average)).count();
            format!(
                "{}: {} trainings, lowest {:.1}, median {:.1}, highest {:.1}; the paper's lowest {}, average {}, highest {}; \
                 {reaches} trainings reach the paper's average.",
                series.label(),
                all.len(),
                percent(0),
                percent((all.len() - 1) / 2),
                percent(all.len() - 1),
                paper.lowest,
                paper.average,
                paper.highest,
            )
        };
        let panels: Vec<String> = self.panels.iter().map(panel).collect();
        InWords::new(
            "Look at where each rising curve of single trainings crosses the line of the paper's average: a seed and a split \
             alone move an accuracy across the paper's whole range.",
            format!(
                "Specification curves: test accuracy in percent of every training on a random split, sorted, for {} networks; \
                 below, the choices of each training ({}). {}",
                self.panels.len(),
                self.choices.join("; "),
                panels.join(" ")
            ),
        )
    }

    /// Draws a dot for each training, upwards by its accuracy, over a tick in the row of its choice.
    pub(in super::super) fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn<()> {
        let (width, height) = canvas.size();
        let (label, small) =
            (canvas.text(theme::LABEL_PT, theme::INK), canvas.text(theme::SMALL_PT, theme::INK));
        let muted = canvas.text(theme::SMALL_PT, theme::MUTED);
        let (left, right) = (canvas.pt(LEFT_PT), width - canvas.pt(8.0));
        let (top, bottom) = (canvas.pt(ABOVE_PT), canvas.pt(ABOVE_PT + PANEL_PT));
        let axis = Axis::of_multiples(0.0, 80.0, 10.0);
        let y = |percent: f64| bottom - (axis.part(percent) * f64::from(bottom - top)).round() as i32;
        let row = |place: usize| bottom + canvas.pt(ROW_PT * (place as f64 + 0.9));
        for &tick in axis.ticks() {
            canvas.write(&tick.to_string(), (left - canvas.pt(4.0), y(tick)), Anchor::Right, &small)?;
        }
        let rotated = label.clone().transform(FontTransform::Rotate270);
        let at = (left - canvas.pt(26.0), i32::midpoint(top, bottom));
        canvas.write("test accuracy (%)", at, Anchor::Centre, &rotated)?;
        for (place, choice) in self.choices.iter().enumerate() {
            canvas.write(choice, (left - canvas.pt(4.0), row(place)), Anchor::Right, &small)?;
        }
        let count = self.panels.len().max(1) as i32;
        let panel = (right - left - (count - 1) * canvas.pt(BETWEEN_PT)) / count;
        for ((series, trainings), place) in self.panels.iter().zip(0..) {
            let (from, to) = {
                let from = left + place * (panel + canvas.pt(BETWEEN_PT));
                (from, from + panel)
            };
            for &tick in axis.ticks() {
                canvas.path(&[(from, y(tick)), (to, y(tick))], canvas.line(0.4, theme::FAINT))?;
            }
            let heading = format!("{}: {}", series.label(), trainings.len());
            canvas.write(&heading, (i32::midpoint(from, to), canvas.pt(7.0)), Anchor::Centre, &small)?;
            let reported = series.reported();
            for percent in [reported.lowest, reported.average, reported.highest] {
                let level = y(f64::from(percent));
                let style = canvas.line(if percent == reported.average { 1.0 } else { 0.6 }, theme::INK);
                if percent == reported.average {
                    canvas.path(&[(from, level), (to, level)], style)?;
                } else {
                    canvas.broken_path((from, level), (to, level), style)?;
                }
            }
            Marked::Paper.draw(canvas, (from, y(f64::from(reported.average))))?;
            let colour = Marked::of(*series).map_or(theme::INK, Marked::colour);
            let dot = canvas.pt(DOT_PT);
            for (rank, training) in trainings.iter().enumerate() {
                let part = (rank as f64 + 0.5) / trainings.len() as f64;
                let x = from + (part * f64::from(panel)).round() as i32;
                let at = (x, y(100.0 * training.accuracy));
                canvas.area.draw(&Circle::new(at, dot, colour.filled()))?;
                let Some(place) = self.choices.iter().position(|choice| *choice == training.choice) else {
                    continue;
                };
                let tick = [(x, row(place) - canvas.pt(3.2)), (x, row(place) + canvas.pt(3.2))];
                canvas.path(&tick, canvas.line(0.6, colour))?;
            }
        }
        let note = "Dot: one training on one random split. Diamond and line: the paper's average; broken: its lowest and highest.";
        canvas.write(note, (right, height - canvas.pt(6.0)), Anchor::Right, &muted)
    }
}
