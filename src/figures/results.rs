//! Figure 8 (paper, section 3): the test accuracy of every run, and what the paper reports.
//!
//! Accuracies are whole numbers of right answers out of a few dozen, so several runs have the same: their dots are
//! stacked.

use std::collections::BTreeMap;

use plotters::prelude::*;

use super::axis::Axis;
use super::dots::Marked;
use super::theme::{self, Anchor, Canvas, Drawn};
use super::words::{InWords, counted};
use crate::reproduction::paper::Reported;
use crate::reproduction::results::Results;
use crate::runs::series::{Chance, Series};

/// From one series to the next, with the paper's numbers and without; what is written above and below all of them.
const ROW_PT: f64 = 74.0;
const ROW_ALONE_PT: f64 = 56.0;
const ABOVE_PT: f64 = 22.0;
const BELOW_PT: f64 = 34.0;
/// Below the top of a row: the line that dots stand on, and the paper's numbers.
const DOTS_PT: f64 = 38.0;
const PAPER_PT: f64 = 60.0;
/// Radius of a dot, and from one to the next in a stack that has room.
const DOT_PT: (f64, f64) = (2.5, 5.6);

/// The accuracies of all series, in percent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Accuracies {
    rows: Vec<Row>,
    chance: Chance,
    note: String,
}

#[derive(Debug, Clone, PartialEq)]
struct Row {
    of: Marked,
    /// The name of the series, in up to two lines.
    name: Vec<String>,
    extent: String,
    /// Accuracies, and how many runs have each.
    stacks: Vec<(f64, usize)>,
    trimmed_mean: Option<f64>,
    paper: Option<Reported>,
}

impl Row {
    fn of(series: &Series, beside_paper: bool) -> Self {
        let mut counts = BTreeMap::new();
        for &right in &series.right {
            *counts.entry(right).or_insert(0) += 1;
        }
        let percent = |right: usize| 100.0 * right as f64 / series.recordings as f64;
        let (runs, epochs) = (series.runs.len(), series.configuration.settings.hyperparameters.epochs);
        Self {
            of: Marked::of_network(series.model),
            name: series.label.split(", ").map(str::to_owned).collect(),
            extent: format!("{} of {epochs} epochs", counted(runs, "run", "runs")),
            stacks: counts.into_iter().map(|(right, runs)| (percent(right), runs)).collect(),
            trimmed_mean: series.trimmed_mean.map(|mean| 100.0 * mean),
            paper: series.reported().filter(|_| beside_paper).map(|series| series.reported()),
        }
    }
}

impl Accuracies {
    pub(super) fn of(results: &Results) -> Self {
        let beside_paper = results.beside_paper();
        let rows: Vec<Row> = results.series.iter().map(|series| Row::of(series, beside_paper)).collect();
        let mut note = "Dots: runs, stacked where equal.".to_owned();
        if rows.iter().any(|row| row.trimmed_mean.is_some()) {
            note += " Triangle: trimmed mean, without the lowest and the highest run.";
        }
        if beside_paper {
            note += " Diamond: the paper's average; line: its lowest to highest.";
        }
        Self { rows, chance: results.chance.clone(), note }
    }

    pub(super) fn in_words(&self) -> InWords {
        let row = |row: &Row| {
            let [lowest, highest] =
                [row.stacks.first(), row.stacks.last()].map(|end| end.map_or(f64::NAN, |end| end.0));
            let mean = row.trimmed_mean.map_or_else(String::new, |mean| format!(", trimmed mean {mean:.1}"));
            let paper = row.paper.map_or_else(String::new, |paper| {
                format!("; the paper: {} to {}, average {}", paper.lowest, paper.highest, paper.average)
            });
            format!("{}: {}, {lowest:.1} to {highest:.1}{mean}{paper}.", row.name.join(", "), row.extent)
        };
        let rows: Vec<String> = self.rows.iter().map(row).collect();
        let Chance { guessing, most_frequent, label, .. } = &self.chance;
        let has_paper = self.rows.iter().any(|row| row.paper.is_some());
        InWords::new(
            match has_paper {
                true => {
                    "Compare the triangle of each row, the trimmed mean of our runs, with the black diamond, the paper's average; \
                     then both with the broken lines, which need no EEG."
                }
                false => {
                    "Compare the triangle of each row, the trimmed mean of the runs, with the broken lines, which need no signal."
                }
            },
            format!(
                "Test accuracies in percent, a dot for each run, in {}. {} Chance: guessing {:.1}; always {label} {:.1}.",
                counted(self.rows.len(), "row", "rows"),
                rows.join(" "),
                100.0 * guessing,
                100.0 * most_frequent
            ),
        )
    }

    /// The height of the drawing, in points.
    pub(super) fn height_pt(&self) -> f64 {
        ABOVE_PT + self.rows.len() as f64 * self.row_pt() + BELOW_PT
    }

    fn row_pt(&self) -> f64 {
        if self.rows.iter().any(|row| row.paper.is_some()) { ROW_PT } else { ROW_ALONE_PT }
    }

    /// From the lowest to the highest of all that is drawn.
    fn axis(&self) -> Axis {
        let runs = self.rows.iter().flat_map(|row| &row.stacks).map(|stack| stack.0);
        let paper = self.rows.iter().filter_map(|row| row.paper);
        let paper = paper.flat_map(|reported| [reported.lowest, reported.highest].map(f64::from));
        let chance = [self.chance.guessing, self.chance.most_frequent].map(|part| 100.0 * part);
        let all: Vec<f64> = runs.chain(paper).chain(chance).collect();
        let lowest = all.iter().copied().fold(100.0, f64::min);
        let highest = all.iter().copied().fold(0.0, f64::max);
        // A margin for the numbers beside the marks.
        Axis::of_multiples((lowest - 3.0).max(0.0), (highest + 3.0).min(100.0), 10.0)
    }

    /// Draws a row a series: dots on a line, the mean below the line, the paper's numbers below that.
    pub(super) fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn<()> {
        let (width, height) = canvas.size();
        let (label, small, muted) = (
            canvas.text(theme::LABEL_PT, theme::INK),
            canvas.text(theme::SMALL_PT, theme::INK),
            canvas.text(theme::SMALL_PT, theme::MUTED),
        );
        let (left, right) = (canvas.pt(112.0), width - canvas.pt(12.0));
        let axis = self.axis();
        let x = |percent: f64| left + (axis.part(percent) * f64::from(right - left)).round() as i32;
        let (top, bottom) = (canvas.pt(ABOVE_PT), height - canvas.pt(BELOW_PT));
        for &tick in axis.ticks() {
            canvas.path(&[(x(tick), top), (x(tick), bottom)], canvas.line(0.4, theme::FAINT))?;
            canvas.write(&tick.to_string(), (x(tick), bottom + canvas.pt(7.0)), Anchor::Centre, &small)?;
        }
        let middle = i32::midpoint(left, right);
        canvas.write("test accuracy (%)", (middle, bottom + canvas.pt(17.0)), Anchor::Centre, &label)?;
        canvas.write(&self.note, (0, height - canvas.pt(5.0)), Anchor::Left, &muted)?;
        self.draw_chance(canvas, (top, bottom), &x)?;
        for (row, place) in self.rows.iter().zip(0..) {
            let top = top + place * canvas.pt(self.row_pt());
            if place > 0 {
                canvas.path(&[(0, top), (right, top)], canvas.line(0.4, theme::MUTED))?;
            }
            row.draw(canvas, top, (left, right), &x)?;
        }
        Ok(())
    }

    fn draw_chance<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        (top, bottom): (i32, i32),
        x: &impl Fn(f64) -> i32,
    ) -> Drawn<()> {
        let small = canvas.text(theme::SMALL_PT, theme::INK);
        let Chance { guessing, most_frequent, label, .. } = &self.chance;
        let lines = [
            (100.0 * guessing, "guessing".to_owned(), Anchor::Right, -3.0),
            (100.0 * most_frequent, format!("always {label}"), Anchor::Left, 3.0),
        ];
        for (percent, name, anchor, aside) in lines {
            let at = x(percent);
            canvas.broken_path((at, canvas.pt(3.0)), (at, bottom), canvas.line(0.6, theme::MUTED))?;
            let name = format!("{name}: {percent:.1}");
            canvas.write(&name, (at + canvas.pt(aside), top - canvas.pt(12.0)), anchor, &small)?;
        }
        Ok(())
    }
}

impl Row {
    fn draw<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        top: i32,
        (left, right): (i32, i32),
        x: &impl Fn(f64) -> i32,
    ) -> Drawn<()> {
        let small = canvas.text(theme::SMALL_PT, theme::INK);
        let line = top + canvas.pt(DOTS_PT);
        for (name, place) in self.name.iter().zip(0..) {
            let at = (0, top + canvas.pt(10.0) + place * canvas.pt(theme::LEADING_PT));
            let style = if place == 0 {
                canvas.bold(theme::LABEL_PT)
            } else {
                canvas.text(theme::LABEL_PT, theme::INK)
            };
            canvas.write(name, at, Anchor::Left, &style)?;
        }
        canvas.write(&self.extent, (0, line), Anchor::Left, &small)?;
        canvas.path(&[(left, line), (right, line)], canvas.line(0.5, theme::MUTED))?;
        for &(percent, runs) in &self.stacks {
            let room = (DOTS_PT - 3.0 * DOT_PT.0) / runs as f64;
            for place in 0..runs {
                let above = DOT_PT.0 + 0.8 + place as f64 * DOT_PT.1.min(room);
                let at = (x(percent), line - canvas.pt(above));
                canvas.area.draw(&Circle::new(at, canvas.pt(DOT_PT.0 + 0.4), WHITE.filled()))?;
                canvas.area.draw(&Circle::new(at, canvas.pt(DOT_PT.0), self.of.colour().filled()))?;
            }
        }
        if let Some(mean) = self.trimmed_mean {
            let (x, side) = (x(mean), canvas.pt(3.5));
            let tip = (x, line + canvas.pt(1.0));
            let base = tip.1 + canvas.pt(6.5);
            let triangle = [tip, (x + side, base), (x - side, base)];
            canvas.area.draw(&Polygon::new(triangle, self.of.colour().filled()))?;
            let at = (x + canvas.pt(6.0), line + canvas.pt(6.0));
            canvas.write_clear(&format!("{mean:.1}"), at, Anchor::Left, &canvas.bold(theme::SMALL_PT))?;
        }
        self.paper.map_or(Ok(()), |paper| draw_paper(canvas, &paper, top + canvas.pt(PAPER_PT), x))
    }
}

/// Draws a line from the lowest to the highest accuracy that the paper reports, a diamond at its average.
fn draw_paper<DB: DrawingBackend>(
    canvas: &Canvas<DB>,
    paper: &Reported,
    y: i32,
    x: &impl Fn(f64) -> i32,
) -> Drawn<()> {
    let (style, text) = (canvas.line(1.0, theme::INK), canvas.text(theme::SMALL_PT, theme::INK));
    let [lowest, average, highest] =
        [paper.lowest, paper.average, paper.highest].map(|percent| x(f64::from(percent)));
    let side = canvas.pt(3.6);
    canvas.write("the paper", (0, y), Anchor::Left, &text)?;
    canvas.path(&[(lowest, y), (highest, y)], style)?;
    for end in [lowest, highest] {
        canvas.path(&[(end, y - side), (end, y + side)], style)?;
    }
    Marked::Paper.draw(canvas, (average, y))?;
    let beside = canvas.pt(4.0);
    canvas.write_clear(&paper.lowest.to_string(), (lowest - beside, y), Anchor::Right, &text)?;
    canvas.write_clear(&paper.highest.to_string(), (highest + beside, y), Anchor::Left, &text)?;
    canvas.write_clear(&paper.average.to_string(), (average, y + canvas.pt(8.0)), Anchor::Centre, &text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Model;
    use crate::recordings::Provenance;
    use crate::runs::series::testing::{BASELINE, records, scattered};

    fn accuracies(provenance: &Provenance) -> Accuracies {
        let records = records(Model::Baseline, 0.7, &BASELINE, scattered);
        Accuracies::of(&Results::of(&[records.as_slice()], provenance).unwrap())
    }

    #[test]
    fn every_run_has_a_dot() {
        let row = &accuracies(&Provenance::Published).rows[0];
        assert_eq!(row.stacks.iter().map(|stack| stack.1).sum::<usize>(), 15);
        // Four runs have 17 right answers, four 18.
        assert_eq!(row.stacks.iter().map(|stack| stack.1).max(), Some(4));
        assert_eq!(row.extent, "15 runs of 300 epochs");
    }

    #[test]
    fn the_paper_stands_beside_the_published_recordings_only() {
        let published = accuracies(&Provenance::Published);
        assert_eq!(published.rows[0].paper.map(|paper| paper.average), Some(45));
        for other in [Provenance::Unknown, Provenance::Synthetic("null".into())] {
            let accuracies = accuracies(&other);
            assert_eq!(accuracies.rows[0].paper, None);
            assert!(!accuracies.note.contains("paper"));
        }
    }
}
