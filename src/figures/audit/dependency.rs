//! The dependency-length curve: how accurate networks are when order is kept only within blocks of a length.
//!
//! If far dependencies carried the genre, accuracy would rise with the length of the blocks, up to where the blocks hold
//! them.

use plotters::prelude::*;

use super::super::axis::Axis;
use super::super::dots::{Mark, Marked, draw_legend};
use super::super::theme::{self, Anchor, Canvas, Drawn};
use super::{heading, mark};
use crate::audit::{Audit, CONDITIONS, CUT, chance};
use crate::preparation::Scheme;

/// A panel's height, and what is written below it.
const PANEL_PT: f64 = 200.0;
const BELOW_PT: f64 = 48.0;
/// From one network to the next at one block length.
const ASIDE_PT: f64 = 4.0;

/// Accuracies by length of block.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Dependency {
    scheme: Scheme,
    /// What a block is, shortest first, the whole recording last.
    places: Vec<(String, Vec<Mark>)>,
}

impl Dependency {
    /// Under random splits, with equal lengths.
    pub(in super::super) fn of(audit: &Audit) -> Self {
        let scheme = Scheme::Random;
        let marks = |name: &str| -> Vec<Mark> {
            let own =
                audit.estimates.iter().filter(|one| (one.condition.as_str(), one.scheme) == (name, scheme));
            own.filter_map(mark).collect()
        };
        let shuffled = CONDITIONS.iter().filter_map(|condition| {
            let frames = condition.block_frames()?;
            Some((format!("{frames}"), marks(condition.name)))
        });
        let whole = ("whole".to_owned(), marks(CUT.name));
        let places = shuffled.chain([whole]).filter(|(_, marks)| !marks.is_empty()).collect();
        Self { scheme, places }
    }

    /// The height of the drawing, in points.
    pub(in super::super) const HEIGHT_PT: f64 = PANEL_PT + BELOW_PT;

    /// Draws a line for each network, from the shortest blocks to the whole recording.
    pub(in super::super) fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn<()> {
        let (width, height) = canvas.size();
        let (label, small) =
            (canvas.text(theme::LABEL_PT, theme::INK), canvas.text(theme::SMALL_PT, theme::INK));
        let (left, top, right, bottom) =
            (canvas.pt(42.0), canvas.pt(6.0), width - canvas.pt(20.0), height - canvas.pt(BELOW_PT));
        let axis = Axis::of_multiples(0.0, 100.0, 20.0);
        let y = |percent: f64| bottom - (axis.part(percent) * f64::from(bottom - top)).round() as i32;
        let pitch = (right - left) / self.places.len().max(1) as i32;
        let x = |place: usize| left + pitch / 2 + place as i32 * pitch;
        let rotated = label.transform(FontTransform::Rotate270);
        let name = "test accuracy (%)";
        canvas.write(name, (canvas.pt(5.0), i32::midpoint(top, bottom)), Anchor::Centre, &rotated)?;
        for &tick in axis.ticks() {
            canvas.path(&[(left, y(tick)), (right, y(tick))], canvas.line(0.4, theme::FAINT))?;
            canvas.write(&tick.to_string(), (left - canvas.pt(4.0), y(tick)), Anchor::Right, &small)?;
        }
        let [numerator, denominator] = chance(self.scheme);
        let level = y(100.0 * numerator as f64 / denominator as f64);
        canvas.broken_path((left, level), (right, level), canvas.line(0.8, theme::INK))?;
        for (place, (name, _)) in self.places.iter().enumerate() {
            canvas.write(name, (x(place), bottom + canvas.pt(8.0)), Anchor::Centre, &small)?;
        }
        let under = "order is kept within blocks of so many frames (8 samples, 1 s)";
        canvas.write(
            under,
            (i32::midpoint(left, right), bottom + canvas.pt(19.0)),
            Anchor::Centre,
            &label,
        )?;
        let networks = [Marked::Baseline, Marked::Multilayer, Marked::Cnn];
        for (marked, aside) in networks.into_iter().zip([-1.0, 0.0, 1.0]) {
            let own = self.places.iter().enumerate().filter_map(|(place, (_, marks))| {
                let mark = marks.iter().find(|mark| mark.of == marked)?;
                Some((x(place) + canvas.pt(aside * ASIDE_PT), mark))
            });
            let own: Vec<(i32, &Mark)> = own.collect();
            let line: Vec<(i32, i32)> = own.iter().map(|(x, mark)| (*x, y(mark.percent))).collect();
            canvas.path(&line, canvas.line(0.7, marked.colour()))?;
            for (x, mark) in own {
                if let Some((low, high)) = mark.interval {
                    canvas.path(&[(x, y(low)), (x, y(high))], canvas.line(0.9, marked.colour()))?;
                }
                marked.draw(canvas, (x, y(mark.percent)))?;
            }
        }
        let at = (0, height - canvas.pt(8.0));
        draw_legend(canvas, &networks, at)?;
        let note = format!("{}. Bars: 95 % with other participants. Broken: chance.", heading(self.scheme));
        canvas.write(&note, (right, at.1), Anchor::Right, &canvas.text(theme::SMALL_PT, theme::MUTED))
    }
}
