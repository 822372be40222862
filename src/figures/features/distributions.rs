//! Values of features, by label and by participant side by side.

use plotters::prelude::*;

use super::super::axis::Axis;
use super::super::theme::{self, Anchor, Canvas, Drawn};
use super::super::words::{InWords, counted, range, rounded};
use crate::evaluation::statistics::quantile;
use crate::features::{Feature, FeatureTable};
use crate::recordings::Words;
use crate::report::significant;

/// An amplitude, what zeros at the end of a signal decide, and two that know no scale.
const FEATURES: [Feature; 4] =
    [Feature::Mean, Feature::LogDetector, Feature::FluctuationExponent, Feature::PermutationEntropy];

/// A feature's panels, and what is between two features.
const PANEL_PT: f64 = 86.0;
const GAP_PT: f64 = 18.0;
/// Below all: names of groups and their heading.
const BELOW_PT: f64 = 26.0;

/// The features of recordings.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Distributions {
    panels: Vec<Panel>,
    labels: Vec<String>,
    participants: Vec<String>,
    words: Words,
}

/// One feature.
#[derive(Debug, Clone, PartialEq)]
struct Panel {
    name: String,
    /// Class after class.
    by_label: Vec<Vec<f64>>,
    /// The values of each participant with the classes of their labels.
    by_participant: Vec<Vec<(f64, usize)>>,
}

impl Distributions {
    pub(in super::super) const HEIGHT_PT: f64 = FEATURES.len() as f64 * (PANEL_PT + GAP_PT) + BELOW_PT;

    /// Of a table with the features of [`FeatureTable::of`]; those that another lacks are left out. Of several channels those of the
    /// first are drawn, under its name.
    pub(in super::super) fn of(table: &FeatureTable, words: Words) -> Self {
        let mut participants: Vec<_> = table.rows().iter().map(|row| row.participant).collect();
        participants.sort_unstable();
        participants.dedup();
        let labels = table.labels();
        let panel = |feature: Feature| {
            // `mean`, or `C3 mean`.
            let is_own = |name: &String| name.split(' ').next_back() == Some(feature.name());
            let column = table.names().iter().position(is_own)?;
            let own = |participant| {
                let rows = table.rows().iter().filter(move |row| row.participant == participant);
                rows.filter_map(|row| Some((row.values[column]?, labels.class(row.label)))).collect()
            };
            let of_label = |label| {
                let rows = table.rows().iter().filter(move |row| row.label == label);
                rows.filter_map(|row| row.values[column]).collect()
            };
            Some(Panel {
                name: table.names()[column].replace(feature.name(), &feature.name().replace('-', " ")),
                by_label: labels.iter().map(of_label).collect(),
                by_participant: participants.iter().copied().map(own).collect(),
            })
        };
        Self {
            panels: FEATURES.into_iter().filter_map(panel).collect(),
            labels: labels.iter().map(|label| label.to_string()).collect(),
            words,
            participants: theme::short_names(&participants),
        }
    }

    pub(in super::super) fn in_words(&self) -> InWords {
        let recordings = |panel: &Panel| panel.by_label.iter().map(Vec::len).sum::<usize>();
        let panel =
            |panel: &Panel| {
                let labels = self.labels.iter().zip(&panel.by_label).filter_map(|(label, values)| {
                    Some(format!("{label} {}", rounded(quantile(values, 0.5)?)))
                });
                let of_participants = panel.by_participant.iter().filter_map(|own| {
                    quantile(&own.iter().map(|(value, _)| *value).collect::<Vec<f64>>(), 0.5)
                });
                format!(
                    "{}: medians by {}: {}; medians of participants: {}.",
                    panel.name,
                    self.words.label,
                    labels.collect::<Vec<_>>().join(", "),
                    range(of_participants)
                )
            };
        let panels: Vec<String> = self.panels.iter().map(panel).collect();
        InWords::new(
            "Compare the black medians: how far apart are those of labels, on the left, and those of participants, on the right?",
            format!(
                "{} features of {}, on the left by {}, on the right by {}. {}",
                self.panels.len(),
                counted(self.panels.first().map_or(0, recordings), "recording", "recordings"),
                counted(self.labels.len(), self.words.label, self.words.labels),
                counted(self.participants.len(), "participant", "participants"),
                panels.join(" ")
            ),
        )
    }

    /// Draws the labels on the left and the participants on the right, a feature below the other.
    pub(in super::super) fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn<()> {
        let (width, _) = canvas.size();
        let small = canvas.text(theme::SMALL_PT, theme::INK);
        let (left, middle) = (canvas.pt(40.0), width * 34 / 100);
        let sides = [(left, middle - canvas.pt(8.0)), (middle + canvas.pt(8.0), width - canvas.pt(4.0))];
        let mut top = 0;
        for panel in &self.panels {
            let bottom = top + canvas.pt(GAP_PT + PANEL_PT);
            let inside = (top + canvas.pt(GAP_PT), bottom);
            panel.draw(canvas, inside, sides)?;
            canvas.write(
                &panel.name,
                (0, top + canvas.pt(GAP_PT / 2.0)),
                Anchor::Left,
                &canvas.bold(theme::LABEL_PT),
            )?;
            top = bottom;
        }
        for ((from, to), names) in sides.into_iter().zip([&self.labels, &self.participants]) {
            for (place, name) in names.iter().enumerate() {
                let x = column((from, to), place, names.len());
                let width = (to - from) / names.len().max(1) as i32 - canvas.pt(1.0);
                canvas.write_within(name, (x, top + canvas.pt(8.0)), Anchor::Centre, &small, width)?;
            }
        }
        let note = format!(
            "A point a recording, in the colour of its {}; lines: medians. A value of 0 lies on the lower end of a logarithmic scale.",
            self.words.label
        );
        canvas.write(
            &note,
            (0, top + canvas.pt(20.0)),
            Anchor::Left,
            &canvas.text(theme::SMALL_PT, theme::MUTED),
        )
    }
}

/// The middle of a column.
fn column((from, to): (i32, i32), place: usize, of: usize) -> i32 {
    from + ((place as f64 + 0.5) / of as f64 * f64::from(to - from)).round() as i32
}

impl Panel {
    fn draw<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        (top, bottom): (i32, i32),
        sides: [(i32, i32); 2],
    ) -> Drawn<()> {
        let all: Vec<f64> = self.by_label.concat();
        let axis = Axis::of_values(&all);
        let y = |value: f64| bottom - (axis.part(value) * f64::from(bottom - top)).round() as i32;
        for (from, to) in sides {
            for &tick in axis.ticks() {
                canvas.path(&[(from, y(tick)), (to, y(tick))], canvas.line(0.4, theme::FAINT))?;
            }
        }
        for &tick in axis.ticks() {
            let at = (sides[0].0 - canvas.pt(3.0), y(tick));
            canvas.write(&tick_name(tick), at, Anchor::Right, &canvas.text(theme::SMALL_PT, theme::INK))?;
        }
        let by_label: Vec<Vec<(f64, usize)>> = (self.by_label.iter().enumerate())
            .map(|(class, values)| values.iter().map(|value| (*value, class)).collect())
            .collect();
        for ((from, to), groups) in sides.into_iter().zip([&by_label, &self.by_participant]) {
            let half = f64::from(to - from) / groups.len().max(1) as f64 * 0.32;
            for (place, group) in groups.iter().enumerate() {
                let x = column((from, to), place, groups.len());
                for (index, (value, class)) in group.iter().enumerate() {
                    // Side by side in their order, so that equal values are seen.
                    let aside = ((index as f64 + 0.5) / group.len() as f64 * 2.0 - 1.0) * half;
                    let at = (x + aside.round() as i32, y(*value));
                    canvas.point(at, 1.1, *class)?;
                }
                let values: Vec<f64> = group.iter().map(|(value, _)| *value).collect();
                if let Some(median) = quantile(&values, 0.5) {
                    let half = (half * 1.25).round() as i32;
                    canvas.path(
                        &[(x - half, y(median)), (x + half, y(median))],
                        canvas.line(1.0, theme::INK),
                    )?;
                }
            }
        }
        Ok(())
    }
}

/// A tick without what rounding added to it.
fn tick_name(tick: f64) -> String {
    if tick.abs() < 1e-4 { significant(tick) } else { ((tick * 1e6).round() / 1e6).to_string() }
}
