//! Percentages as dots on lines, in groups, each with its interval and its chance.

mod marks;

pub(super) use marks::{Mark, Marked, draw_legend};

use plotters::prelude::*;

use super::axis::Axis;
use super::theme::{self, Anchor, Canvas, Drawn};
use super::words::{InWords, counted, listed};
use crate::evaluation::Known;

/// From one mark of a row to the next, and around all of them.
const MARK_PT: f64 = 6.4;
const ROW_MARGIN_PT: f64 = 4.0;
/// The line with a group's name, a line with a chance level, and what is left free below a group.
const HEADING_PT: f64 = 13.0;
const LEVEL_PT: f64 = 9.5;
const GAP_PT: f64 = 5.0;
/// Below all groups: ticks, the axis's name, the legend, the note.
const BELOW_PT: f64 = 50.0;
/// Room for the names of rows.
const NAMES_PT: f64 = 132.0;
/// The most rows of which a description tells each value.
const MOST_ROWS: usize = 12;

/// Groups of rows over one scale of percent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Dots {
    groups: Vec<Group>,
    /// What is on the axis, in percent.
    axis: &'static str,
    /// What lines and broken lines are.
    note: &'static str,
    /// Where to look.
    caption: String,
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
    pub(super) chance: Option<Level>,
    pub(super) marks: Vec<Mark>,
    /// What stands at the right end, as the epochs of trainings; may be empty.
    pub(super) note: String,
}

/// What can be had without a signal, and why.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Level {
    pub(super) percent: f64,
    reason: &'static str,
}

impl Level {
    /// Of a guess that reaches this part and knows so much of participants.
    pub(super) fn of(part: f64, known: Known) -> Self {
        Self { percent: 100.0 * part, reason: known.reason() }
    }

    /// As `chance 33.3: guessing`.
    pub(super) fn name(self) -> String {
        format!("chance {:.1}: {}", self.percent, self.reason)
    }
}

impl Group {
    /// The chance levels of its rows, the lowest first.
    fn levels(&self) -> Vec<Level> {
        let mut levels: Vec<Level> = self.rows.iter().filter_map(|row| row.chance).collect();
        levels.sort_by(|one, other| one.percent.total_cmp(&other.percent));
        levels.dedup_by_key(|level| level.name());
        levels
    }

    /// From its top to its first row.
    fn heading_pt(&self) -> f64 {
        HEADING_PT + LEVEL_PT * self.levels().len() as f64
    }

    fn description(&self, is_long: bool) -> String {
        let named = |mark: &Mark| format!("{} {mark}", mark.of.name());
        let rows: Vec<String> = if is_long {
            let used = Marked::ALL.into_iter().filter_map(|of| {
                let own = self.rows.iter().flat_map(|row| row.marks.iter().map(move |mark| (mark, row)));
                let own = own.filter(|(mark, _)| mark.of == of);
                let by_value =
                    |one: &(&Mark, &Row), other: &(&Mark, &Row)| one.0.percent.total_cmp(&other.0.percent);
                let (low, high) = (own.clone().min_by(by_value)?, own.max_by(by_value)?);
                let end = |(mark, row): (&Mark, &Row)| format!("{mark} ({})", row.name);
                Some(format!("{} from {} to {}", of.name(), end(low), end(high)))
            });
            used.collect()
        } else {
            let row = |row: &Row| {
                format!("{}: {}", row.name, row.marks.iter().map(named).collect::<Vec<_>>().join(", "))
            };
            self.rows.iter().map(row).collect()
        };
        let levels = self.levels().into_iter().map(Level::name);
        let all: Vec<String> = rows.into_iter().chain(levels).collect();
        let rows = counted(self.rows.len(), "row", "rows");
        format!("{} ({rows}): {}.", self.name, all.join("; "))
    }
}

impl Row {
    fn height_pt(&self) -> f64 {
        self.marks.len().max(1) as f64 * MARK_PT + ROW_MARGIN_PT
    }
}

impl Dots {
    /// Accuracies, their intervals over participants, and chance. Groups without rows are left out.
    pub(super) fn of_accuracies(groups: Vec<Group>, caption: impl Into<String>) -> Self {
        let dots = Self::new(
            groups,
            "test accuracy (%)",
            "Lines: 95 % CI over participants. Broken: chance.",
            caption,
        );
        let has_epochs = dots.groups.iter().flat_map(|group| &group.rows).any(|row| !row.note.is_empty());
        let note = "Lines: 95 % CI over participants. Broken: chance. Right: epochs of training, a number for each network.";
        if has_epochs { Self { note, ..dots } } else { dots }
    }

    /// Percentages of something else.
    pub(super) fn new(
        mut groups: Vec<Group>,
        axis: &'static str,
        note: &'static str,
        caption: impl Into<String>,
    ) -> Self {
        groups.retain(|group| !group.rows.is_empty());
        Self { groups, axis, note, caption: caption.into() }
    }

    /// The height of the drawing, in points.
    pub(super) fn height_pt(&self) -> f64 {
        let group =
            |group: &Group| group.heading_pt() + group.rows.iter().map(Row::height_pt).sum::<f64>() + GAP_PT;
        self.groups.iter().map(group).sum::<f64>() + BELOW_PT
    }

    #[cfg(test)]
    pub(super) fn rows(&self) -> usize {
        self.groups.iter().map(|group| group.rows.len()).sum()
    }

    /// All marks that are used, in their order.
    fn used(&self) -> Vec<Marked> {
        let marks = || self.groups.iter().flat_map(|group| &group.rows).flat_map(|row| &row.marks);
        Marked::ALL.into_iter().filter(|marked| marks().any(|mark| mark.of == *marked)).collect()
    }

    pub(super) fn in_words(&self) -> InWords {
        let rows = || self.groups.iter().flat_map(|group| &group.rows);
        let names: Vec<String> = self.used().iter().map(|of| of.name().to_owned()).collect();
        let intervals = rows().flat_map(|row| &row.marks).any(|mark| mark.interval.is_some());
        let is_long = rows().count() > MOST_ROWS;
        let groups: Vec<String> = self.groups.iter().map(|group| group.description(is_long)).collect();
        let description = format!(
            "Dot plot of {} in {}: {}.{} {}",
            self.axis.replace(" (%)", ", in percent,"),
            counted(rows().count(), "row", "rows"),
            listed(&names),
            if intervals { " In brackets: 95 % confidence intervals over participants." } else { "" },
            groups.join(" ")
        );
        InWords::new(self.caption.clone(), description.trim_end())
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
            for (level, place) in group.levels().into_iter().zip(0..) {
                let line = y + HEADING_PT + LEVEL_PT * (f64::from(place) + 0.5);
                let (at, ends) = (x(level.percent), canvas.pt(y + group.heading_pt()));
                canvas.broken_path((at, canvas.pt(line)), (at, ends), canvas.line(0.8, theme::INK))?;
                let beside = (at + canvas.pt(3.0), canvas.pt(line));
                canvas.write_clear(&level.name(), beside, Anchor::Left, &small)?;
            }
            y += group.heading_pt();
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
        draw_legend(canvas, &self.used(), (0, height - canvas.pt(19.0)))?;
        let muted = canvas.text(theme::SMALL_PT, theme::MUTED);
        canvas.write(self.note, (0, height - canvas.pt(7.0)), Anchor::Left, &muted)
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
        let (from, small) = (canvas.pt(6.0), canvas.text(theme::SMALL_PT, theme::INK));
        let room = canvas.pt(NAMES_PT - 4.0) - from;
        canvas.write_within(&self.name, (from, middle), Anchor::Left, &small, room)?;
        if let Some(Level { percent, .. }) = self.chance {
            canvas.broken_path((x(percent), top), (x(percent), bottom), canvas.line(0.8, theme::INK))?;
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
