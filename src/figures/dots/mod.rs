//! Percentages as dots on lines, in groups, each with its interval and its chance.

mod marks;

pub(super) use marks::{Mark, Marked, draw_legend};

use plotters::prelude::*;

use super::axis::Axis;
use super::theme::{self, Anchor, Canvas, Drawn};

/// From one mark of a row to the next, and around all of them.
const MARK_PT: f64 = 6.4;
const ROW_MARGIN_PT: f64 = 4.0;
/// The line with a group's name, and what is left free below a group.
const HEADING_PT: f64 = 13.0;
const GAP_PT: f64 = 5.0;
/// Below all groups: ticks, the axis's name, the legend.
const BELOW_PT: f64 = 40.0;
/// Room for the names of rows.
const NAMES_PT: f64 = 132.0;

/// Groups of rows over one scale of percent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Dots {
    groups: Vec<Group>,
    /// What is on the axis, in percent.
    axis: &'static str,
    /// What lines and broken lines are.
    note: &'static str,
}

/// Rows that belong together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) rows: Vec<Row>,
}

/// Percentages that stand beside each other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) name: String,
    /// What can be had by chance, in percent.
    pub(super) chance: Option<f64>,
    pub(super) marks: Vec<Mark>,
    /// What stands at the right end, as the epochs of trainings; may be empty.
    pub(super) note: String,
}

impl Row {
    fn height_pt(&self) -> f64 {
        self.marks.len().max(1) as f64 * MARK_PT + ROW_MARGIN_PT
    }
}

impl Dots {
    /// Accuracies, their intervals over participants, and chance. Groups without rows are left out.
    pub(super) fn of_accuracies(groups: Vec<Group>) -> Self {
        Self::new(
            groups,
            "test accuracy (%)",
            "Lines: 95 % with other participants. Broken: chance. Right: epochs.",
        )
    }

    /// Percentages of something else.
    pub(super) fn new(mut groups: Vec<Group>, axis: &'static str, note: &'static str) -> Self {
        groups.retain(|group| !group.rows.is_empty());
        Self { groups, axis, note }
    }

    /// The height of the drawing, in points.
    pub(super) fn height_pt(&self) -> f64 {
        let group = |group: &Group| HEADING_PT + group.rows.iter().map(Row::height_pt).sum::<f64>() + GAP_PT;
        self.groups.iter().map(group).sum::<f64>() + BELOW_PT
    }

    /// All marks that are used, in their order.
    fn used(&self) -> Vec<Marked> {
        let marks = || self.groups.iter().flat_map(|group| &group.rows).flat_map(|row| &row.marks);
        Marked::ALL.into_iter().filter(|marked| marks().any(|mark| mark.of == *marked)).collect()
    }

    /// Draws a row below the other.
    pub(super) fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn<()> {
        let (width, height) = canvas.size();
        let (label, small) =
            (canvas.text(theme::LABEL_PT, theme::INK), canvas.text(theme::SMALL_PT, theme::INK));
        let (left, right) = (canvas.pt(NAMES_PT), width - canvas.pt(14.0));
        let bottom = height - canvas.pt(BELOW_PT);
        let axis = Axis::of_multiples(0.0, 100.0, 10.0);
        let x = |percent: f64| left + (axis.part(percent) * f64::from(right - left)).round() as i32;
        for &tick in axis.ticks() {
            canvas.path(&[(x(tick), 0), (x(tick), bottom)], canvas.line(0.4, theme::FAINT))?;
            canvas.write(&tick.to_string(), (x(tick), bottom + canvas.pt(7.0)), Anchor::Centre, &small)?;
        }
        let middle = i32::midpoint(left, right);
        canvas.write(self.axis, (middle, bottom + canvas.pt(17.0)), Anchor::Centre, &label)?;
        let mut y = 0.0;
        for group in &self.groups {
            let heading = canvas.pt(y + HEADING_PT / 2.0);
            canvas.write_clear(&group.name, (0, heading), Anchor::Left, &canvas.bold(theme::LABEL_PT))?;
            y += HEADING_PT;
            for row in &group.rows {
                row.draw(canvas, y, &x)?;
                y += row.height_pt();
            }
            y += GAP_PT;
            canvas.path(
                &[(0, canvas.pt(y - GAP_PT / 2.0)), (right, canvas.pt(y - GAP_PT / 2.0))],
                canvas.line(0.4, theme::MUTED),
            )?;
        }
        let at = (0, height - canvas.pt(8.0));
        draw_legend(canvas, &self.used(), at)?;
        canvas.write(self.note, (right, at.1), Anchor::Right, &canvas.text(theme::SMALL_PT, theme::MUTED))
    }
}

impl Row {
    fn draw<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        top_pt: f64,
        x: &impl Fn(f64) -> i32,
    ) -> Drawn<()> {
        let (top, bottom) = (canvas.pt(top_pt), canvas.pt(top_pt + self.height_pt()));
        let middle = i32::midpoint(top, bottom);
        canvas.write(
            &self.name,
            (canvas.pt(6.0), middle),
            Anchor::Left,
            &canvas.text(theme::SMALL_PT, theme::INK),
        )?;
        if let Some(chance) = self.chance {
            canvas.broken_path((x(chance), top), (x(chance), bottom), canvas.line(0.8, theme::INK))?;
        }
        let muted = canvas.text(theme::SMALL_PT, theme::MUTED);
        canvas.write(&self.note, (x(100.0), middle), Anchor::Right, &muted)?;
        for (mark, place) in self.marks.iter().zip(0..) {
            let y = canvas.pt(top_pt + ROW_MARGIN_PT / 2.0 + (f64::from(place) + 0.5) * MARK_PT);
            if let Some((low, high)) = mark.interval {
                canvas.path(&[(x(low), y), (x(high), y)], canvas.line(0.9, mark.of.colour()))?;
            }
            mark.of.draw(canvas, (x(mark.percent), y))?;
        }
        Ok(())
    }
}
