//! How far back networks look: the part of the influence on an answer that the last seconds hold.

use plotters::prelude::*;

use super::axis::Axis;
use super::dots::Marked;
use super::theme::{self, Anchor, Canvas, Drawn};
use super::words::{InWords, counted, listed};
use crate::runs::{LookBacks, RunLookBack};

const PANEL_PT: f64 = 190.0;
const BELOW_PT: f64 = 56.0;
const LEFT_PT: f64 = 42.0;
/// Room for the names of lines on the right.
const NAMES_PT: f64 = 140.0;
/// From one name to the next.
const NAME_PT: f64 = 11.0;

/// Parts of the influence by seconds before the end, a line for each network, trained and untrained.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Held {
    lines: Vec<Line>,
    /// How many runs of each network the means are over.
    runs: String,
}

#[derive(Debug, Clone, PartialEq)]
struct Line {
    of: Marked,
    is_trained: bool,
    name: String,
    /// Seconds, and the percentage that they hold; mean over runs.
    points: Vec<(f64, f64)>,
}

impl Held {
    /// The height of the drawing, in points.
    pub(super) const HEIGHT_PT: f64 = PANEL_PT + BELOW_PT;

    /// Mean lines over the runs of each network.
    pub(super) fn of(all: &[LookBacks]) -> Self {
        let lines = all.iter().flat_map(|own| {
            [(false, "untrained"), (true, "trained")].into_iter().filter_map(move |(is_trained, state)| {
                let of = if is_trained { RunLookBack::of_trained } else { RunLookBack::of_untrained };
                let longest = own.runs.iter().map(|run| of(run).frames()).max()?;
                let frame_seconds = own.runs.first()?.frame_seconds;
                let points = (1..=longest).filter_map(|frames| {
                    let seconds = frames as f64 * frame_seconds;
                    Some((seconds, 100.0 * own.within_seconds(seconds, of)?))
                });
                let of = Marked::of_network(own.model);
                Some(Line {
                    of,
                    is_trained,
                    name: format!("{}, {state}", of.name()),
                    points: points.collect(),
                })
            })
        });
        let runs = all.iter().filter(|own| !own.runs.is_empty()).map(|own| {
            let runs = counted(own.runs.len(), "run", "runs");
            format!("{runs} of the {} ({} epochs)", Marked::of_network(own.model).name(), own.epochs)
        });
        let runs: Vec<String> = runs.collect();
        Self { lines: lines.filter(|line| !line.points.is_empty()).collect(), runs: listed(&runs) }
    }

    pub(super) fn in_words(&self) -> InWords {
        let line = |line: &Line| {
            let within = |seconds: f64| line.points.iter().rev().find(|point| point.0 <= seconds);
            let values = [1.0, 8.0, 32.0]
                .into_iter()
                .filter_map(|seconds| Some(format!("{:.0} % within {seconds} s", within(seconds)?.1)));
            format!("{}: {}", line.name, values.collect::<Vec<_>>().join(", "))
        };
        let lines: Vec<String> = self.lines.iter().map(line).collect();
        InWords::new(
            "Look at where each solid line reaches 90 %: the seconds before that have little influence on the answer. Then \
             compare with the broken line of the same network before training.",
            format!(
                "Line plot of the share of the influence on an answer, in percent, that the last seconds of a recording hold, for \
                 {}; means over {}. {}.",
                counted(self.lines.len(), "line", "lines"),
                self.runs,
                lines.join("; ")
            ),
        )
    }

    /// Draws seconds on a logarithmic scale to the right, percent upwards.
    pub(super) fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn<()> {
        let (width, height) = canvas.size();
        let (label, small) =
            (canvas.text(theme::LABEL_PT, theme::INK), canvas.text(theme::SMALL_PT, theme::INK));
        let (left, right) = (canvas.pt(LEFT_PT), width - canvas.pt(NAMES_PT));
        let (top, bottom) = (canvas.pt(4.0), height - canvas.pt(BELOW_PT));
        let last = self.lines.iter().flat_map(|line| &line.points).map(|point| point.0).fold(2.0, f64::max);
        let x = |seconds: f64| {
            left + (seconds.max(1.0).log2() / last.log2() * f64::from(right - left)).round() as i32
        };
        let axis = Axis::of_multiples(0.0, 100.0, 20.0);
        let y = |percent: f64| bottom - (axis.part(percent) * f64::from(bottom - top)).round() as i32;
        for &tick in axis.ticks() {
            canvas.path(&[(left, y(tick)), (right, y(tick))], canvas.line(0.4, theme::FAINT))?;
            canvas.write(&tick.to_string(), (left - canvas.pt(4.0), y(tick)), Anchor::Right, &small)?;
        }
        for seconds in (0..16).map(|power| f64::from(1 << power)).take_while(|seconds| *seconds <= last) {
            canvas.path(&[(x(seconds), top), (x(seconds), bottom)], canvas.line(0.4, theme::FAINT))?;
            canvas.write(
                &seconds.to_string(),
                (x(seconds), bottom + canvas.pt(8.0)),
                Anchor::Centre,
                &small,
            )?;
        }
        let rotated = label.clone().transform(FontTransform::Rotate270);
        let at = (canvas.pt(5.0), i32::midpoint(top, bottom));
        canvas.write("influence on the answer (%)", at, Anchor::Centre, &rotated)?;
        let under = (i32::midpoint(left, right), bottom + canvas.pt(19.0));
        canvas.write("within so many seconds before the end", under, Anchor::Centre, &label)?;
        for (line, place) in self.lines.iter().zip(0..) {
            let style = canvas.line(if line.is_trained { 1.3 } else { 0.8 }, line.of.colour());
            let points: Vec<(i32, i32)> =
                line.points.iter().map(|(seconds, percent)| (x(*seconds), y(*percent))).collect();
            let name = (right + canvas.pt(10.0), top + canvas.pt(8.0 + NAME_PT * f64::from(place)));
            let sample = [name, (name.0 + canvas.pt(14.0), name.1)];
            if line.is_trained {
                canvas.path(&points, style)?;
                canvas.path(&sample, style)?;
            } else {
                canvas.broken_line(&points, style)?;
                canvas.broken_path(sample[0], sample[1], style)?;
            }
            canvas.write(&line.name, (sample[1].0 + canvas.pt(4.0), name.1), Anchor::Left, &small)?;
        }
        let muted = canvas.text(theme::SMALL_PT, theme::MUTED);
        let what = "LSTMs: gradient of the answer. CNN: what moves one unit, from the end of what it sees. Broken: before training.";
        canvas.write(what, (0, height - canvas.pt(17.0)), Anchor::Left, &muted)?;
        let means = format!("Means over {}.", self.runs);
        canvas.write_within(&means, (0, height - canvas.pt(7.0)), Anchor::Left, &muted, width)
    }
}
