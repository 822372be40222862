//! Anyone's predictions: models with their intervals, over guesses without a signal.

mod page;

pub use page::page;

use plotters::prelude::*;

use super::axis::Axis;
use super::dots::{Mark, Marked};
use super::theme::{self, Anchor, Canvas, Drawn};
use super::words::{InWords, counted};
use crate::audit::predictions::{DesignAudit, ModelAudit, PredictionAudit};
use crate::evaluation::statistics::Interval;
use crate::report::percent;

const HEADING_PT: f64 = 14.0;
const ROW_PT: f64 = 13.0;
const GAP_PT: f64 = 5.0;
/// Below all rows: ticks, the axis's name, the note.
const BELOW_PT: f64 = 42.0;
/// Room for names on the left and numbers on the right.
const NAMES_PT: f64 = 190.0;
const NUMBERS_PT: f64 = 108.0;
/// The longest name of a model, in letters.
const LONGEST: usize = 36;

/// Models above the guesses that have the same folds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Forest {
    groups: Vec<Vec<Row>>,
    /// What intervals are over.
    drawn: &'static str,
    note: String,
}

/// A model or a guess.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    name: String,
    /// The same, not shortened.
    whole_name: String,
    mark: Mark,
    /// Mean of the exchanges, and what 95 % of them stay within, in percent.
    chance: Option<(f64, [f64; 2])>,
    number: String,
}

impl Forest {
    pub(super) fn of(audit: &PredictionAudit) -> Self {
        let group = |design: &DesignAudit| {
            let models = audit.models.iter().filter(|model| design.models.contains(&model.name));
            let guesses = design.guesses.each.iter().map(|guess| (guess.by.description(), guess.accuracy));
            let bound = (design.guesses.bound_description(), design.guesses.bound());
            models.map(Row::of_model).chain(guesses.chain([bound]).map(Row::of_guess)).collect()
        };
        let drawn = audit.drawn.description();
        let note = format!(
            "Line: 95 % CI over {drawn}. Grey: 95 % of permuted labels, bar: their mean, chance. Broken: predictors without EEG."
        );
        Self { groups: audit.designs.iter().map(group).collect(), drawn, note }
    }

    pub(super) fn in_words(&self) -> InWords {
        let all = || self.groups.iter().flatten();
        let models = all().filter(|row| row.mark.of != Marked::Guess).map(|row| {
            let chance = row.chance.map_or_else(String::new, |(mean, _)| format!(", chance {mean:.1} %"));
            format!("{}: {} %{chance}", row.whole_name, row.mark)
        });
        let models: Vec<String> = models.collect();
        let guesses = all().filter(|row| row.mark.of == Marked::Guess);
        let guesses: Vec<String> = guesses.map(|row| format!("{}: {} %", row.whole_name, row.mark)).collect();
        InWords::new(
            "Look at whether the interval of a model lies above the grey bar, which needs no signal, and above the broken lines.",
            format!(
                "Accuracies in percent of {}, in brackets 95 % confidence intervals over {}. Models: {}. Predictors without the signal, \
                 under the same folds: {}.",
                counted(models.len(), "model", "models"),
                self.drawn,
                models.join("; "),
                guesses.join("; ")
            ),
        )
    }

    /// The height of the drawing, in points.
    pub(super) fn height_pt(&self) -> f64 {
        self.groups.iter().map(|rows| HEADING_PT + rows.len() as f64 * ROW_PT + GAP_PT).sum::<f64>()
            + BELOW_PT
    }

    /// Draws a row below the other.
    pub(super) fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn<()> {
        let (width, height) = canvas.size();
        let (label, small) =
            (canvas.text(theme::LABEL_PT, theme::INK), canvas.text(theme::SMALL_PT, theme::INK));
        let (left, right) = (canvas.pt(NAMES_PT), width - canvas.pt(NUMBERS_PT));
        let bottom = height - canvas.pt(BELOW_PT);
        let axis = Axis::of_multiples(0.0, 100.0, 20.0);
        let x = |percent: f64| left + (axis.part(percent) * f64::from(right - left)).round() as i32;
        for &tick in axis.ticks() {
            canvas.path(&[(x(tick), 0), (x(tick), bottom)], canvas.line(0.4, theme::FAINT))?;
            canvas.write(&tick.to_string(), (x(tick), bottom + canvas.pt(7.0)), Anchor::Centre, &small)?;
        }
        let middle = i32::midpoint(left, right);
        canvas.write("accuracy (%)", (middle, bottom + canvas.pt(18.0)), Anchor::Centre, &label)?;
        let muted = canvas.text(theme::SMALL_PT, theme::MUTED);
        canvas.write(&self.note, (0, height - canvas.pt(7.0)), Anchor::Left, &muted)?;
        let mut top = 0.0;
        for rows in &self.groups {
            let heading = canvas.pt(top + HEADING_PT / 2.0);
            canvas.write("% (95 % CI), chance", (width, heading), Anchor::Right, &muted)?;
            top += HEADING_PT;
            let y = |place: usize| canvas.pt(top + (place as f64 + 0.5) * ROW_PT);
            // Lines first, so that nothing lies under them; of guesses that are equally good, the lowest has one.
            for (place, row) in rows.iter().enumerate().filter(|(_, row)| row.mark.of == Marked::Guess) {
                let at = x(row.mark.percent);
                if rows[place + 1..].iter().all(|other| x(other.mark.percent) != at) {
                    canvas.broken_path(
                        (at, canvas.pt(top)),
                        (at, y(place)),
                        canvas.line(0.6, theme::MUTED),
                    )?;
                }
            }
            for (place, row) in rows.iter().enumerate() {
                row.draw(canvas, (y(place), width), &x)?;
            }
            top += rows.len() as f64 * ROW_PT + GAP_PT;
        }
        Ok(())
    }
}

impl Row {
    fn of_model(model: &ModelAudit) -> Self {
        let accuracy = model.accuracy.accuracy;
        let shortened: String = model.name.chars().take(LONGEST).collect();
        let ending = if shortened.len() < model.name.len() { "…" } else { "" };
        let interval =
            accuracy.interval.map_or_else(String::new, |interval| format!(" ({})", interval.in_percent()));
        let permutation = &model.permutation;
        let chance =
            permutation.range.map(|range| (100.0 * permutation.chance, range.map(|part| 100.0 * part)));
        Self {
            name: format!("{shortened}{ending}"),
            whole_name: model.name.clone(),
            mark: Mark::new(Marked::Model, accuracy.value, accuracy.interval),
            chance,
            number: format!("{}{interval}, {}", percent(accuracy.value), percent(permutation.chance)),
        }
    }

    fn of_guess((name, accuracy): (&str, f64)) -> Self {
        let mark = Mark::new(Marked::Guess, accuracy, None::<Interval>);
        let name = name.to_owned();
        Self { whole_name: name.clone(), name, mark, chance: None, number: percent(accuracy) }
    }

    fn draw<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        (y, width): (i32, i32),
        x: &impl Fn(f64) -> i32,
    ) -> Drawn<()> {
        let small = canvas.text(theme::SMALL_PT, theme::INK);
        canvas.write(&self.name, (0, y), Anchor::Left, &small)?;
        canvas.write(&self.number, (width, y), Anchor::Right, &small)?;
        let half = canvas.pt(ROW_PT / 2.0 - 1.5);
        if let Some((mean, [low, high])) = self.chance {
            let corners = [(x(low), y - half), (x(high), y + half)];
            canvas.area.draw(&Rectangle::new(corners, theme::FAINT.filled()))?;
            canvas.path(&[(x(mean), y - half), (x(mean), y + half)], canvas.line(1.2, theme::MUTED))?;
        }
        let at = x(self.mark.percent);
        if let Some((low, high)) = self.mark.interval {
            canvas.path(&[(x(low), y), (x(high), y)], canvas.line(1.1, self.mark.of.colour()))?;
        }
        self.mark.of.draw(canvas, (at, y))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::Figure;
    use super::*;

    fn audit() -> PredictionAudit {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a<b.csv");
        let mut text = "recording,participant_id,label,predicted,fold,model\n".to_owned();
        for one in 0..40 {
            for model in ["first <&\"", "second"] {
                let told = if one % 3 == 0 { 0 } else { one % 2 };
                text += &format!("{one},p{},{},{told},{},{model}\n", one / 4, one % 2, one / 8);
            }
        }
        fs::write(&path, text.replace("first <&\"", "\"first <&\"\"\"")).unwrap();
        PredictionAudit::read(path).unwrap()
    }

    #[test]
    fn each_model_and_each_guess_has_a_row() {
        let forest = Forest::of(&audit());
        let names: Vec<&str> = forest.groups[0].iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names[..3], ["first <&\"", "second", "most frequent training label"]);
        assert_eq!(names.len(), 6);
    }

    #[test]
    fn the_page_holds_everything_and_nothing_from_elsewhere() {
        let page = page(&audit()).unwrap();
        assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"), "{}", &page[..200]);
        for part in [
            "<title>Audit of predictions: a&lt;b.csv</title>",
            "src=\"data:image/png;base64,iVBOR",
            "What cannot be said",
        ] {
            assert!(page.contains(part), "{part}");
        }
        for foreign in ["http:", "https:", "<script", "url(", "first <&"] {
            assert!(!page.contains(foreign), "{foreign}");
        }
        let alternative = page.split("alt=\"").nth(1).unwrap().split('"').next().unwrap();
        assert!(alternative.contains("first &lt;&amp;&quot;: "), "{alternative}");
        assert!(alternative.contains("most frequent training label: "), "{alternative}");
    }

    #[test]
    fn a_figure_is_the_same_each_time() {
        let audit = audit();
        let [one, other] = [0, 1].map(|_| Figure::predictions(&audit).png().unwrap());
        assert!(one == other && one.len() < 300 << 10);
    }
}
