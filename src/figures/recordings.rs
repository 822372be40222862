//! Figure 1 (paper, section 2.1): two signals of each label over time.

use plotters::coord::ranged1d::{AsRangedCoord, ValueFormatter};
use plotters::prelude::*;

use super::theme::{self, Anchor, Canvas, Drawn};
use super::words::{InWords, counted, range, rounded};
use crate::evaluation::statistics::quantile;
use crate::recordings::{DataSet, Label, Provenance, RecordingId, Words};

/// The most labels of which signals are shown: the first ones.
const MOST_ROWS: usize = 8;

/// Signals of one data set, two a label.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Signals {
    signals: Vec<Signal>,
    rows: usize,
    words: Words,
    /// That of the samples, where a study says it.
    unit: Option<String>,
    is_of_published_design: bool,
    /// The name of the channel that is drawn, if it is one of several.
    channel: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
struct Signal {
    id: RecordingId,
    label: Label,
    class: usize,
    rate_hz: f64,
    samples: Vec<f64>,
}

impl Signals {
    /// The first and the last recording of each label, and of several channels the first. The paper does not say which signals it shows.
    pub(super) fn of(set: &DataSet) -> Self {
        let labels = set.labels();
        let rows = labels.count().min(MOST_ROWS);
        let signals = labels.iter().take(rows).enumerate().flat_map(|(class, label)| {
            let mut own = set.recordings().iter().filter(move |recording| recording.label == label);
            let first = own.next();
            [first, own.next_back()].into_iter().flatten().map(move |recording| Signal {
                id: recording.id(),
                label,
                class,
                rate_hz: recording.rate_hz,
                samples: recording.channels.split(&recording.samples).swap_remove(0),
            })
        });
        Self {
            signals: signals.collect(),
            rows,
            words: set.words(),
            unit: set.about().map(|about| about.unit.clone()),
            is_of_published_design: set.provenance() != Provenance::Unknown,
            channel: set.channels().names().first().cloned(),
        }
    }

    /// The whole powers of ten that hold every positive sample, as exponents.
    fn decades(&self) -> (i32, i32) {
        let positive =
            || self.signals.iter().flat_map(|signal| &signal.samples).filter(|sample| **sample > 0.0);
        let lowest = positive().copied().fold(f64::INFINITY, f64::min);
        let highest = positive().copied().fold(0.0, f64::max);
        if highest == 0.0 {
            return (-1, 1);
        }
        let (floor, ceiling) = (lowest.log10().floor() as i32, highest.log10().ceil() as i32);
        (floor, ceiling.max(floor + 1))
    }

    fn samples(&self) -> impl Iterator<Item = f64> {
        self.signals.iter().flat_map(|signal| signal.samples.iter().copied())
    }

    fn name(&self, signal: &Signal) -> String {
        let Signal { label, id, .. } = signal;
        format!("{label}, {} {}, participant {}", self.words.stimulus, id.stimulus, id.participant)
    }

    pub(super) fn in_words(&self) -> InWords {
        let zeros = |signal: &Signal| signal.samples.iter().filter(|sample| **sample == 0.0).count();
        let signal = |signal: &Signal| {
            let seconds = signal.samples.len() as f64 / signal.rate_hz;
            let median = quantile(&signal.samples, 0.5).unwrap_or(f64::NAN);
            let zeros = match zeros(signal) {
                0 => String::new(),
                some => format!(", {}", counted(some, "sample of 0", "samples of 0")),
            };
            format!("{}: {seconds:.0} s, median {}{zeros}", self.name(signal), rounded(median))
        };
        let all: Vec<String> = self.signals.iter().map(signal).collect();
        let medians = self.signals.iter().filter_map(|signal| quantile(&signal.samples, 0.5));
        let with_zeros = self.signals.iter().filter(|signal| zeros(signal) > 0).count();
        let zeros = match with_zeros {
            0 => String::new(),
            _ => format!(
                " Then look for lines that fall to the lower edge: {} of {} signals have samples of 0.",
                with_zeros,
                self.signals.len()
            ),
        };
        let is_logarithmic = self.samples().all(|sample| sample >= 0.0);
        InWords::new(
            format!(
                "Compare the levels of the panels: the medians of these signals are {}.{zeros}",
                range(medians)
            ),
            format!(
                "{} over time in {}, the first and the last recording of each {}; {}. {}.",
                counted(self.signals.len(), "signal", "signals"),
                counted(self.rows, "row", "rows"),
                self.words.label,
                self.axis_name(is_logarithmic),
                all.join("; ")
            ),
        )
    }

    /// What the vertical axis shows.
    fn axis_name(&self, is_logarithmic: bool) -> String {
        if self.is_of_published_design {
            return "band power at F7 (unit of the export, logarithmic)".to_owned();
        }
        let channel =
            self.channel.as_ref().map_or_else(String::new, |name| format!(", first channel {name}"));
        let unit = self.unit.as_deref().unwrap_or("unit of the recordings");
        let scale = if is_logarithmic { ", logarithmic" } else { "" };
        format!("signal{channel} ({unit}{scale})")
    }

    /// Draws rows of two panels with common axes. Power is drawn on a logarithmic axis, because the scales of two participants
    /// differ by orders of magnitude; samples of 0 lie on its lower end. Signals with negative samples have a linear axis.
    pub(super) fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn<()> {
        let (width, height) = canvas.size();
        let (label, small) =
            (canvas.text(theme::LABEL_PT, theme::INK), canvas.text(theme::SMALL_PT, theme::INK));
        let seconds = self.signals.iter().map(|signal| signal.samples.len() as f64 / signal.rate_hz);
        let seconds = seconds.fold(0.0, f64::max);
        let (floor, ceiling) = self.decades();
        let is_logarithmic = self.samples().all(|sample| sample >= 0.0);
        let furthest = self.samples().fold(0.0, |furthest: f64, sample| furthest.max(sample.abs()));

        let (left, bottom) = (canvas.pt(40.0), canvas.pt(30.0));
        let rotated = label.transform(FontTransform::Rotate270);
        let middle = (height - bottom) / 2;
        canvas.write(&self.axis_name(is_logarithmic), (canvas.pt(5.0), middle), Anchor::Centre, &rotated)?;
        let centre = left + (width - left) / 2;
        canvas.write("time (s)", (centre, height - canvas.pt(6.0)), Anchor::Centre, &label)?;

        if is_logarithmic && self.samples().any(|sample| sample == 0.0) {
            let note = canvas.text(theme::SMALL_PT, theme::MUTED);
            let at = (width - canvas.pt(8.0), height - canvas.pt(6.0));
            canvas.write("samples of 0 lie on the lower edge", at, Anchor::Right, &note)?;
        }

        let (panel_width, panel_height) = ((width - left) / 2, (height - bottom) / self.rows.max(1) as i32);
        let mut before = None;
        for signal in &self.signals {
            let row = signal.class as i32;
            let column = i32::from(before.replace(row) == Some(row));
            let (x, y) = (left + column * panel_width, row * panel_height);
            let (top, right) = (y + canvas.pt(14.0), x + panel_width - canvas.pt(8.0));
            let name = self.name(signal);
            let room = panel_width - canvas.pt(8.0);
            canvas.write_within(&name, (x, y + canvas.pt(7.0)), Anchor::Left, &small, room)?;

            // Tick labels of the outer panels stand outside the panel, in the margins set aside above.
            let (ticks_left, ticks_below) = (column == 0, row as usize + 1 == self.rows);
            let beside = if ticks_left { canvas.pt(24.0) } else { 0 };
            let below = if ticks_below { canvas.pt(14.0) } else { 0 };
            let panel = canvas.part((x - beside, top, right, y + panel_height - canvas.pt(2.0) + below));
            let margins = (below, beside);
            let ticks = (ceiling - floor + 1) as usize;
            if is_logarithmic {
                let powers = 10_f64.powi(floor)..10_f64.powi(ceiling);
                signal.draw(&panel, margins, seconds, powers.log_scale(), ticks, 10_f64.powi(floor))?;
            } else {
                signal.draw(&panel, margins, seconds, -furthest..furthest, 5, -furthest)?;
            }
        }
        Ok(())
    }
}

impl Signal {
    /// Draws its panel. What is below `lowest` lies on the lower edge.
    fn draw<DB: DrawingBackend, Y>(
        &self,
        panel: &Canvas<DB>,
        (below, beside): (i32, i32),
        seconds: f64,
        y: Y,
        ticks: usize,
        lowest: f64,
    ) -> Drawn<()>
    where
        Y: AsRangedCoord<Value = f64>,
        Y::CoordDescType: ValueFormatter<f64>,
    {
        let mut chart = ChartBuilder::on(&panel.area)
            .x_label_area_size(below)
            .y_label_area_size(beside)
            .build_cartesian_2d(0.0..seconds, y)?;
        chart
            .configure_mesh()
            .label_style(panel.text(theme::SMALL_PT, theme::INK))
            .axis_style(panel.line(0.5, theme::MUTED))
            .bold_line_style(panel.line(0.4, theme::FAINT))
            .light_line_style(TRANSPARENT)
            .set_all_tick_mark_size(panel.pt(2.0))
            .x_labels(6)
            .y_labels(ticks)
            .x_label_formatter(&|second| format!("{second:.0}"))
            .y_label_formatter(&|value| format!("{value}"))
            .draw()?;
        let points = self.samples.iter().enumerate();
        let points: Vec<(f64, f64)> =
            points.map(|(at, sample)| (at as f64 / self.rate_hz, sample.max(lowest))).collect();
        // One line for each pair of samples: the joint of a longer line juts out at a sharp peak.
        let line = panel.line(0.6, theme::colour(self.class));
        chart.draw_series(points.windows(2).map(|pair| PathElement::new(pair, line)))?;
        Ok(())
    }
}
