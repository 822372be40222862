//! The design of a study: participants by stimuli, and the lengths of recordings.
//!
//! Two facts matter more than all others for what an accuracy is worth: whether a length names its label, and which labels a
//! participant has. In the paper's study a stimulus's length names its label, and a participant heard two labels of three.

use std::collections::BTreeMap;

use plotters::prelude::*;

use super::theme::{self, Anchor, Canvas, Drawn};
use crate::recordings::{Design, Participant, Stimulus, Words};

/// Who heard what.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Attendance {
    participants: Vec<Participant>,
    rows: Vec<StimulusRow>,
    words: Words,
    notes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
struct StimulusRow {
    stimulus: Stimulus,
    /// Its label, or its labels.
    name: String,
    /// The class of its label, or of the first.
    class: usize,
    /// The class of each participant's recording.
    classes: BTreeMap<Participant, usize>,
    /// Of its shortest and its longest recording.
    seconds: (f64, f64),
}

impl Attendance {
    pub(super) fn of(set: &Design) -> Self {
        let mut participants: Vec<Participant> = set.participants().into_iter().collect();
        // Participants with the same labels stand side by side.
        participants.sort_by_key(|participant| (set.labels_of(*participant), *participant));
        let labels = set.labels();
        let rows = set.labels_by_stimulus().into_iter().map(|(stimulus, own_labels)| {
            let own = || set.outlines().iter().filter(move |recording| recording.stimulus == stimulus);
            let rate_hz = set.rate_hz();
            let seconds = own().map(|recording| recording.samples as f64 / rate_hz);
            let names: Vec<&str> = own_labels.iter().map(|label| label.as_str()).collect();
            StimulusRow {
                stimulus,
                name: names.join(", "),
                class: own_labels.first().map_or(0, |label| labels.class(*label)),
                classes: own()
                    .map(|recording| (recording.participant, labels.class(recording.label)))
                    .collect(),
                seconds: seconds.fold((f64::INFINITY, 0.0), |(low, high), s| (low.min(s), high.max(s))),
            }
        });
        let mut rows: Vec<StimulusRow> = rows.collect();
        // Stimuli of a label stand together.
        rows.sort_by(|one, other| (one.class, &one.name).cmp(&(other.class, &other.name)));
        let words = set.words();
        let heard = set.labels_per_participant();
        let heard =
            heard.map(|own| format!("Every participant heard {own} of {} {}.", labels.count(), words.labels));
        let lengths = set.length_names_label().then(|| format!("No length occurs in two {}.", words.labels));
        Self { participants, rows, words, notes: heard.into_iter().chain(lengths).collect() }
    }

    /// Draws the participants' columns on the left and the stimuli's bars on the right, a row a stimulus.
    pub(super) fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn<()> {
        let (width, height) = canvas.size();
        let (label, small) =
            (canvas.text(theme::LABEL_PT, theme::INK), canvas.text(theme::SMALL_PT, theme::INK));
        let (left, top, bottom) = (canvas.pt(84.0), canvas.pt(30.0), height - canvas.pt(20.0));
        let (split, bars, right) = (width * 68 / 100, width * 71 / 100, width - canvas.pt(30.0));
        let gap = canvas.pt(5.0);
        let groups = self.rows.chunk_by(|a, b| a.name == b.name);
        let gaps = groups.count().saturating_sub(1) as i32;
        let row_height = (bottom - top - gaps * gap) / self.rows.len().max(1) as i32;
        let column_width = (split - left) / self.participants.len().max(1) as i32;
        let inset = canvas.pt(0.7).max(1);
        let longest = self.rows.iter().map(|row| row.seconds.1).fold(0.0, f64::max);
        let fill = |(x0, y0): (i32, i32), (x1, y1): (i32, i32), colour: RGBColor| {
            let corners = [(x0 + inset, y0 + inset), (x1 - inset, y1 - inset)];
            canvas.area.draw(&Rectangle::new(corners, colour.filled()))
        };

        let centre = |from: i32, to: i32| i32::midpoint(from, to);
        canvas.write("participants", (centre(left, split), canvas.pt(5.0)), Anchor::Centre, &label)?;
        canvas.write(
            &format!("{} length (s)", self.words.stimulus),
            (bars, canvas.pt(5.0)),
            Anchor::Left,
            &label,
        )?;
        for (column, name) in theme::short_names(&self.participants).iter().enumerate() {
            let x = left + column as i32 * column_width;
            let at = (x + column_width / 2, canvas.pt(20.0));
            canvas.write(name, at, Anchor::Centre, &small)?;
        }
        let mut y = top;
        let mut group: Option<&str> = None;
        for row in &self.rows {
            if group != Some(&row.name) {
                y += if group.is_some() { gap } else { 0 };
                group = Some(&row.name);
                let at = (0, y + row_height / 2);
                canvas.write(&row.name, at, Anchor::Left, &label)?;
            }
            let middle = y + row_height / 2;
            canvas.write(
                &row.stimulus.to_string(),
                (left - canvas.pt(5.0), middle),
                Anchor::Right,
                &small,
            )?;
            for (column, participant) in self.participants.iter().enumerate() {
                let x = left + column as i32 * column_width;
                let colour = row.classes.get(participant).map_or(theme::FAINT, |class| theme::colour(*class));
                fill((x, y), (x + column_width, y + row_height), colour)?;
            }
            let (shortest, seconds) = row.seconds;
            let end = bars + (f64::from(right - bars) * seconds / longest).round() as i32;
            fill((bars, y), (end, y + row_height), theme::colour(row.class))?;
            let text = if shortest < seconds {
                format!("{shortest:.0}-{seconds:.0}")
            } else {
                format!("{seconds:.0}")
            };
            canvas.write(&text, (end + canvas.pt(3.0), middle), Anchor::Left, &small)?;
            y += row_height;
        }
        canvas.write(&self.notes.join("  "), (0, height - canvas.pt(7.0)), Anchor::Left, &label)
    }
}
