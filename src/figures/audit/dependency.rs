//! How far dependencies reach: the dependency-length curve of networks, and the accuracy of autocorrelations lag by lag.
//!
//! If far dependencies carried the label, the accuracy of networks would rise with the length of the blocks within which
//! order is kept, up to where the blocks hold them; and autocorrelations would predict the label at the lags of these
//! dependencies, as they do in synthetic recordings.

use plotters::prelude::*;

use super::super::axis::Axis;
use super::super::dots::{Level, Mark, Marked, draw_legend};
use super::super::theme::{self, Anchor, Canvas, Drawn};
use super::super::words::InWords;
use super::{heading, mark};
use crate::audit::{Audit, CONDITIONS, CUT, Estimate, Reach, WEAK_STRENGTH};
use crate::evaluation::Known;
use crate::preparation::Scheme;
use crate::recordings::synthetic::Effect;

/// A panel's height, and what is written above and below it.
const PANEL_PT: f64 = 190.0;
const ABOVE_PT: f64 = 16.0;
const BELOW_PT: f64 = 56.0;
/// Between the two panels, and left of the first.
const BETWEEN_PT: f64 = 16.0;
const LEFT_PT: f64 = 42.0;
/// From one mark to the next at one place.
const ASIDE_PT: f64 = 4.0;
/// The part of the width that the first panel has.
const FIRST_PART: f64 = 0.45;

/// What is told apart by colour and shape in each panel.
const NETWORKS: [Marked; 3] = [Marked::Baseline, Marked::Multilayer, Marked::Cnn];
const LAGS: [Marked; 2] = [Marked::Recordings, Marked::Planted];

/// Accuracies by length.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Dependency {
    blocks: Panel,
    lags: Panel,
}

/// Accuracies at places along a line.
#[derive(Debug, Clone, PartialEq)]
struct Panel {
    chance: Option<Level>,
    scheme: Scheme,
    heading: String,
    under: &'static str,
    /// What a place is, the shortest first.
    places: Vec<(String, Vec<Mark>)>,
    series: &'static [Marked],
}

impl Dependency {
    /// Of networks under random splits, and of autocorrelations on held-out participants; with equal lengths.
    pub(in super::super) fn of(audit: &Audit) -> Self {
        Self { blocks: Panel::of_blocks(audit), lags: Panel::of_lags(audit) }
    }

    /// The height of the drawing, in points.
    pub(in super::super) const HEIGHT_PT: f64 = ABOVE_PT + PANEL_PT + BELOW_PT;

    pub(in super::super) fn in_words(&self) -> InWords {
        InWords::new(
            "Look left for a rise from short blocks to whole recordings: order beyond a block would cause it. Look right for a \
             lag above chance: the planted echo shows what an echo in the recordings would look like.",
            format!(
                "Two panels of accuracies in percent, in brackets 95 % confidence intervals over participants. {} {}",
                self.blocks.description(),
                self.lags.description()
            ),
        )
    }

    /// Draws a line for each network, from the shortest blocks to the whole recording, and one for each kind of
    /// recordings, from the shortest lags to the longest.
    pub(in super::super) fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn<()> {
        let (width, height) = canvas.size();
        let (top, bottom) = (canvas.pt(ABOVE_PT), height - canvas.pt(BELOW_PT));
        let (left, right) = (canvas.pt(LEFT_PT), width - canvas.pt(8.0));
        let middle = left + (f64::from(right - left) * FIRST_PART) as i32;
        let axis = Axis::of_multiples(0.0, 100.0, 20.0);
        let rotated = canvas.text(theme::LABEL_PT, theme::INK).transform(FontTransform::Rotate270);
        let at = (canvas.pt(5.0), i32::midpoint(top, bottom));
        canvas.write("test accuracy (%)", at, Anchor::Centre, &rotated)?;
        let small = canvas.text(theme::SMALL_PT, theme::INK);
        for &tick in axis.ticks() {
            let y = bottom - (axis.part(tick) * f64::from(bottom - top)).round() as i32;
            canvas.write(&tick.to_string(), (left - canvas.pt(4.0), y), Anchor::Right, &small)?;
        }
        self.blocks.draw(canvas, &axis, (left, middle), (top, bottom))?;
        self.lags.draw(canvas, &axis, (middle + canvas.pt(BETWEEN_PT), right), (top, bottom))?;
        let note = "Bars: 95 % CI over participants. Broken: chance.";
        let muted = canvas.text(theme::SMALL_PT, theme::MUTED);
        canvas.write(note, (0, height - canvas.pt(7.0)), Anchor::Left, &muted)
    }
}

impl Panel {
    fn of_blocks(audit: &Audit) -> Self {
        let scheme = Scheme::Random;
        let own = |name: &str| -> Vec<&Estimate> {
            let is_own = |one: &&Estimate| (one.condition.as_str(), one.scheme) == (name, scheme);
            audit.estimates.iter().filter(is_own).collect()
        };
        let marks = |name: &str| -> Vec<Mark> { own(name).into_iter().filter_map(mark).collect() };
        let shuffled = CONDITIONS.iter().filter_map(|condition| {
            let frames = condition.block_seconds()?;
            Some((format!("{frames}"), marks(condition.name)))
        });
        // Beside the controls stands what was trained for as many epochs.
        let schedules: Vec<_> = (CONDITIONS.iter().filter(|condition| condition.block_seconds().is_some()))
            .flat_map(|condition| own(condition.name))
            .map(|one| (one.series, one.epochs))
            .collect();
        let epochs = NETWORKS.into_iter().filter_map(|network| {
            let own = schedules.iter().filter(|(series, _)| Marked::of(*series) == Some(network));
            own.map(|(_, epochs)| *epochs).max().map(|epochs| epochs.to_string())
        });
        let epochs: Vec<String> = epochs.collect();
        let whole = own(CUT.name).into_iter().filter(|one| schedules.contains(&(one.series, one.epochs)));
        let whole = ("whole".to_owned(), whole.filter_map(mark).collect());
        Self {
            chance: own(CUT.name).first().map(|estimate| Level::of(estimate.chance, estimate.known())),
            scheme,
            heading: format!("networks, {} epochs", epochs.join("/")),
            under: "order is kept within blocks of so many seconds",
            places: shuffled.chain([whole]).filter(|(_, marks)| !marks.is_empty()).collect(),
            series: &NETWORKS,
        }
    }

    fn of_lags(audit: &Audit) -> Self {
        let planted = audit.instrument.planted.iter();
        let weak = planted.filter(|one| one.effect == Effect::LongRange && one.strength <= WEAK_STRENGTH);
        let weak: Vec<&Reach> = weak.flat_map(|planted| &planted.reaches).collect();
        let mark = |of: Marked, reach: &Reach| Mark::new(of, reach.accuracy, reach.over_participants);
        let places = audit.reaches.iter().map(|reach| {
            let twin = weak.iter().find(|twin| twin.lags_seconds == reach.lags_seconds);
            let marks = [mark(Marked::Recordings, reach)]
                .into_iter()
                .chain(twin.map(|twin| mark(Marked::Planted, twin)));
            (reach.lags().replace(" s", ""), marks.collect())
        });
        Self {
            chance: audit.reaches.first().map(|reach| Level::of(reach.chance, Known::Nothing)),
            scheme: Scheme::Participant,
            heading: "no network: SVM on autocorrelations".to_owned(),
            under: "lags (s)",
            places: places.collect(),
            series: &LAGS,
        }
    }

    fn description(&self) -> String {
        let series = self.series.iter().map(|of| {
            let own = self.places.iter().filter_map(|(name, marks)| {
                Some(format!("{name}: {}", marks.iter().find(|mark| mark.of == *of)?))
            });
            format!("{}: {}", of.name(), own.collect::<Vec<_>>().join(", "))
        });
        let chance = self.chance.map(Level::name);
        let all: Vec<String> = series.chain(chance).collect();
        format!("{} ({}; {}): {}.", self.heading, heading(self.scheme), self.under, all.join("; "))
    }

    fn draw<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        axis: &Axis,
        (left, right): (i32, i32),
        (top, bottom): (i32, i32),
    ) -> Drawn<()> {
        let (label, small) =
            (canvas.text(theme::LABEL_PT, theme::INK), canvas.text(theme::SMALL_PT, theme::INK));
        let y = |percent: f64| bottom - (axis.part(percent) * f64::from(bottom - top)).round() as i32;
        let pitch = (right - left) / self.places.len().max(1) as i32;
        let x = |place: usize| left + pitch / 2 + place as i32 * pitch;
        for &tick in axis.ticks() {
            canvas.path(&[(left, y(tick)), (right, y(tick))], canvas.line(0.4, theme::FAINT))?;
        }
        let centre = i32::midpoint(left, right);
        let above = format!("{}; {}", self.heading, heading(self.scheme));
        canvas.write(&above, (centre, top - canvas.pt(9.0)), Anchor::Centre, &small)?;
        if let Some(chance) = self.chance {
            let level = y(chance.percent);
            canvas.broken_path((left, level), (right, level), canvas.line(0.8, theme::INK))?;
            // Far above all marks, and joined to its line: no interval reaches so high.
            let above = level - canvas.pt(32.0);
            canvas.path(
                &[(left + canvas.pt(8.0), above), (left + canvas.pt(8.0), level)],
                canvas.line(0.4, theme::INK),
            )?;
            canvas.write_clear(&chance.name(), (left + canvas.pt(4.0), above), Anchor::Left, &small)?;
        }
        for (place, (name, _)) in self.places.iter().enumerate() {
            canvas.write(name, (x(place), bottom + canvas.pt(8.0)), Anchor::Centre, &small)?;
        }
        canvas.write(self.under, (centre, bottom + canvas.pt(19.0)), Anchor::Centre, &label)?;
        for (&marked, place) in self.series.iter().zip(0..) {
            let aside = f64::from(place) - (self.series.len() as f64 - 1.0) / 2.0;
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
        draw_legend(canvas, self.series, (left, bottom + canvas.pt(31.0)))
    }
}
