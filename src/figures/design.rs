//! The design of a study: participants by stimuli, and the lengths of recordings.
//!
//! Two facts matter more than all others for the meaning of an accuracy: whether a length names its label, and which labels a
//! participant has. In the paper's study a stimulus's length names its label, and a participant heard two labels of three.

use std::collections::{BTreeMap, BTreeSet};

use plotters::prelude::*;

use super::theme::{self, Anchor, Canvas, Drawn};
use super::words::{InWords, counted};
use crate::recordings::{Design, Participant, Provenance, Stimulus, Words};
use crate::report::significant;

/// Room for the names of labels.
const LABEL_WIDTH_PT: f64 = 60.0;

/// Who heard what.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Attendance {
    participants: Vec<Participant>,
    rows: Vec<StimulusRow>,
    words: Words,
    /// Room for the names of stimuli.
    name_width_pt: f64,
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
        let has = if set.provenance() == Provenance::Unknown { "has" } else { "heard" };
        let heard = set.labels_per_participant();
        let heard =
            heard.map(|own| format!("Every participant {has} {own} of {} {}.", labels.count(), words.labels));
        let lengths = set.length_names_label().then(|| format!("No length occurs in two {}.", words.labels));
        let longest = rows.iter().map(|row| row.stimulus.as_str().chars().count()).max().unwrap_or(0);
        let name_width_pt = (4.5 * longest as f64 + 9.0).clamp(24.0, 90.0);
        Self { participants, rows, words, name_width_pt, notes: heard.into_iter().chain(lengths).collect() }
    }

    pub(super) fn in_words(&self) -> InWords {
        let groups = self.rows.chunk_by(|one, other| one.name == other.name).map(|rows| {
            let participants: BTreeSet<Participant> =
                rows.iter().flat_map(|row| row.classes.keys().copied()).collect();
            format!(
                "{}: {} of {}, {}",
                rows[0].name,
                counted(rows.len(), self.words.stimulus, self.words.stimuli),
                seconds(rows),
                counted(participants.len(), "participant", "participants")
            )
        });
        let groups: Vec<String> = groups.collect();
        let recordings: usize = self.rows.iter().map(|row| row.classes.len()).sum();
        let notes: String = self.notes.iter().map(|note| format!(" {note}")).collect();
        InWords::new(
            format!("Look at the empty cells of a column, then at the lengths of a colour.{notes}"),
            format!(
                "Grid of {} by {} with {}, and the length of each {}. {}.{notes}",
                counted(self.participants.len(), "participant", "participants"),
                counted(self.rows.len(), self.words.stimulus, self.words.stimuli),
                counted(recordings, "coloured cell", "coloured cells"),
                self.words.stimulus,
                groups.join("; "),
            ),
        )
    }

    /// Draws the participants' columns on the left and the stimuli's bars on the right, a row a stimulus.
    pub(super) fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn<()> {
        let (width, height) = canvas.size();
        let (label, small) =
            (canvas.text(theme::LABEL_PT, theme::INK), canvas.text(theme::SMALL_PT, theme::INK));
        let (left, top, bottom) =
            (canvas.pt(LABEL_WIDTH_PT + self.name_width_pt), canvas.pt(30.0), height - canvas.pt(20.0));
        let (split, bars, right) = (width * 68 / 100, width * 71 / 100, width - canvas.pt(30.0));
        let gap = canvas.pt(5.0);
        let groups = self.rows.chunk_by(|a, b| a.name == b.name);
        let gaps = groups.count().saturating_sub(1) as i32;
        let row_height = (bottom - top - gaps * gap) / self.rows.len().max(1) as i32;
        let column_width = (split - left) / self.participants.len().max(1) as i32;
        let inset = canvas.pt(0.7).max(1);
        let longest = self.rows.iter().map(|row| row.seconds.1).fold(0.0, f64::max);
        let fill = |(x0, y0): (i32, i32), (x1, y1): (i32, i32), class: Option<usize>| {
            let corners = [(x0 + inset, y0 + inset), (x1 - inset, y1 - inset)];
            match class {
                Some(class) => canvas.cell(corners, class),
                None => Ok(canvas.area.draw(&Rectangle::new(corners, theme::FAINT.filled()))?),
            }
        };
        // Names are written where their rows are high enough for them.
        let (has_names, names_groups) =
            (row_height >= canvas.line_height(&small)? * 3 / 4, row_height >= canvas.pt(1.0));
        let name_width = canvas.pt(self.name_width_pt - 5.0);

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
            canvas.write_within(name, at, Anchor::Centre, &small, column_width)?;
        }
        let mut y = top;
        let mut group: Option<&str> = None;
        for row in &self.rows {
            if group != Some(&row.name) {
                y += if group.is_some() { gap } else { 0 };
                group = Some(&row.name);
                let rows = self.rows.iter().filter(|other| other.name == row.name).count() as i32;
                if names_groups && rows * row_height + gap >= canvas.line_height(&label)? {
                    let middle = if has_names { row_height / 2 } else { rows * row_height / 2 };
                    let width =
                        if has_names { canvas.pt(LABEL_WIDTH_PT - 2.0) } else { left - canvas.pt(5.0) };
                    canvas.write_within(&row.name, (0, y + middle), Anchor::Left, &label, width)?;
                }
            }
            let middle = y + row_height / 2;
            if has_names {
                let (name, at) = (row.stimulus.to_string(), (left - canvas.pt(5.0), middle));
                canvas.write_within(&name, at, Anchor::Right, &small, name_width)?;
            }
            for (column, participant) in self.participants.iter().enumerate() {
                let x = left + column as i32 * column_width;
                fill((x, y), (x + column_width, y + row_height), row.classes.get(participant).copied())?;
            }
            let (shortest, seconds) = row.seconds;
            let end = bars + (f64::from(right - bars) * seconds / longest).round() as i32;
            fill((bars, y), (end, y + row_height), Some(row.class))?;
            if has_names {
                let ends = if shortest < seconds { vec![shortest, seconds] } else { vec![seconds] };
                let text = ends.into_iter().map(in_seconds).collect::<Vec<String>>().join("-");
                canvas.write(&text, (end + canvas.pt(3.0), middle), Anchor::Left, &small)?;
            }
            y += row_height;
        }
        let at = (0, height - canvas.pt(7.0));
        canvas.write_within(&self.notes.join("  "), at, Anchor::Left, &label, width)
    }
}

/// The lengths of rows.
fn seconds(rows: &[StimulusRow]) -> String {
    let ends = rows.iter().flat_map(|row| [row.seconds.0, row.seconds.1]);
    let (low, high) = ends.fold((f64::INFINITY, 0.0_f64), |(low, high), end| (low.min(end), high.max(end)));
    let [low, high] = [low, high].map(in_seconds);
    if low == high { format!("{low} s") } else { format!("{low} to {high} s") }
}

/// Seconds with the decimals that tell lengths apart.
fn in_seconds(seconds: f64) -> String {
    if seconds >= 100.0 { format!("{seconds:.0}") } else { significant(seconds) }
}
