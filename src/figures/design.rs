//! The design of a study: participants by stimuli, and the lengths of recordings.
//!
//! Two facts matter more than all others for the meaning of an accuracy: whether a length names its label, and which labels a
//! participant has. In the paper's study a stimulus's length names its label, and a participant heard two labels of three.

use std::collections::{BTreeMap, BTreeSet};

use plotters::prelude::*;

use super::theme::{self, Anchor, Canvas, Drawn};
use super::words::{InWords, counted, listed};
use crate::recordings::{Design, Label, Participant, Provenance, Stimulus, Words};
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
    /// The class of its label; several where recordings of the stimulus have different ones.
    labels: BTreeSet<usize>,
    /// The classes of each participant's recordings.
    classes: BTreeMap<Participant, BTreeSet<usize>>,
    recordings: usize,
    /// Of its shortest and its longest recording.
    seconds: (f64, f64),
}

impl Attendance {
    pub(super) fn of(set: &Design) -> Self {
        let mut participants: Vec<Participant> = set.participants().into_iter().collect();
        // Participants with the same labels stand side by side.
        participants.sort_by_key(|participant| (set.labels_of(*participant), *participant));
        let (labels, words) = (set.labels(), set.words());
        let rows = set.labels_by_stimulus().into_iter().map(|(stimulus, own_labels)| {
            let own = || set.outlines().iter().filter(move |recording| recording.stimulus == stimulus);
            let rate_hz = set.rate_hz();
            let seconds = own().map(|recording| recording.samples as f64 / rate_hz);
            let mut classes: BTreeMap<Participant, BTreeSet<usize>> = BTreeMap::new();
            for recording in own() {
                classes.entry(recording.participant).or_default().insert(labels.class(recording.label));
            }
            StimulusRow {
                stimulus,
                name: named(&own_labels, words),
                labels: own_labels.iter().map(|label| labels.class(*label)).collect(),
                classes,
                recordings: own().count(),
                seconds: seconds.fold((f64::INFINITY, 0.0), |(low, high), s| (low.min(s), high.max(s))),
            }
        });
        let mut rows: Vec<StimulusRow> = rows.collect();
        // Stimuli of a label stand together, and those of several labels below them.
        rows.sort_by(|one, other| (one.labels.len(), &one.labels).cmp(&(other.labels.len(), &other.labels)));
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
        let groups = self.rows.chunk_by(|one, other| one.labels == other.labels).map(|rows| {
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
        let cells: usize = self.rows.iter().map(|row| row.classes.len()).sum();
        let recordings: usize = self.rows.iter().map(|row| row.recordings).sum();
        let repeated =
            if recordings > cells { format!(" of {recordings} recordings") } else { String::new() };
        let several = if self.rows.iter().any(|row| row.labels.len() > 1) {
            let Words { stimulus, labels, .. } = self.words;
            format!(" A grey bar is the length of a {stimulus} with several {labels}.")
        } else {
            String::new()
        };
        let notes: String = self.notes.iter().map(|note| format!(" {note}")).collect();
        InWords::new(
            format!("Look at the empty cells of a column, then at the lengths of a colour.{several}{notes}"),
            format!(
                "Grid of {} by {} with {}{repeated}, and the length of each {}. {}.{notes}",
                counted(self.participants.len(), "participant", "participants"),
                counted(self.rows.len(), self.words.stimulus, self.words.stimuli),
                counted(cells, "coloured cell", "coloured cells"),
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
        let groups = self.rows.chunk_by(|one, other| one.labels == other.labels);
        let gaps = groups.count().saturating_sub(1) as i32;
        // Many groups share a quarter of the height for all gaps.
        let gap = canvas.pt(5.0).min((bottom - top) / (4 * gaps.max(1)));
        let row_height = (bottom - top - gaps * gap) / self.rows.len().max(1) as i32;
        let column_width = (split - left) / self.participants.len().max(1) as i32;
        let inset = canvas.pt(0.7).max(1);
        let longest = self.rows.iter().map(|row| row.seconds.1).fold(0.0, f64::max);
        let plain = |(x0, y0): (i32, i32), (x1, y1): (i32, i32), colour: RGBColor| {
            let corners = [(x0 + inset, y0 + inset), (x1 - inset, y1 - inset)];
            Drawn::Ok(canvas.area.draw(&Rectangle::new(corners, colour.filled()))?)
        };
        // Side by side, a part for each label.
        let fill = |(x0, y0): (i32, i32), (x1, y1): (i32, i32), classes: &BTreeSet<usize>| {
            let (from, to, count) = (x0 + inset, x1 - inset, classes.len() as i32);
            for (place, class) in (0..).zip(classes) {
                let part = |place: i32| from + (to - from) * place / count;
                canvas.cell([(part(place), y0 + inset), (part(place + 1), y1 - inset)], *class)?;
            }
            Drawn::Ok(())
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
        let mut group: Option<&BTreeSet<usize>> = None;
        for row in &self.rows {
            if group != Some(&row.labels) {
                y += if group.is_some() { gap } else { 0 };
                group = Some(&row.labels);
                let rows = self.rows.iter().filter(|other| other.labels == row.labels).count() as i32;
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
                let (from, to) = ((x, y), (x + column_width, y + row_height));
                match row.classes.get(participant) {
                    Some(classes) => fill(from, to, classes)?,
                    None => plain(from, to, theme::FAINT)?,
                }
            }
            let (shortest, seconds) = row.seconds;
            let end = bars + (f64::from(right - bars) * seconds / longest).round() as i32;
            let (from, to) = ((bars, y), (end, y + row_height));
            if row.labels.len() == 1 {
                fill(from, to, &row.labels)?;
            } else {
                plain(from, to, theme::MUTED)?;
            }
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

/// The label of a stimulus. Of several their names up to three, else how many there are.
fn named(labels: &BTreeSet<Label>, words: Words) -> String {
    if labels.len() > 3 {
        return format!("{} {}", labels.len(), words.labels);
    }
    listed(&labels.iter().map(Label::to_string).collect::<Vec<String>>())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recordings::{Channels, DataSet, Recording};

    /// One stimulus that all labels share, twice for each participant and label but the last one, and a stimulus of one label.
    fn study(labels: usize) -> DataSet {
        let recording = |stimulus: &str, who: usize, label: usize, take: u32| Recording {
            stimulus: stimulus.parse().unwrap(),
            label: format!("answer {label}").parse().unwrap(),
            participant: Participant::new(who as u32),
            take,
            session: None,
            rate_hz: 1.0,
            channels: Channels::ONE,
            samples: vec![1.0; 8 + label],
            synthetic: None,
        };
        let shared = (1..=2).flat_map(|who| (0..labels).map(move |label| (who, label)));
        let shared = shared.map(|(who, label)| recording("question", who, label, label as u32 + 1));
        DataSet::new(shared.chain([recording("alone", 1, 0, 1)]).collect()).unwrap()
    }

    #[test]
    fn a_stimulus_of_many_labels_has_all_of_them_in_its_cells_and_none_as_its_colour() {
        for (labels, name) in [(2, "answer 0 and answer 1"), (12, "12 labels")] {
            let attendance = Attendance::of(&study(labels));
            // The stimulus of one label stands above.
            let [alone, shared] = &attendance.rows[..] else { panic!("{} rows", attendance.rows.len()) };
            assert_eq!((alone.name.as_str(), shared.name.as_str()), ("answer 0", name));
            assert!(shared.classes.values().all(|classes| classes.len() == labels));
            let InWords { caption, description } = attendance.in_words();
            assert!(
                caption.contains("A grey bar is the length of a stimulus with several labels."),
                "{caption}"
            );
            let cells = format!("3 coloured cells of {} recordings", 2 * labels + 1);
            assert!(description.contains(&cells) && description.contains(name), "{description}");
        }
    }

    #[test]
    fn stimuli_of_as_many_but_other_labels_are_other_groups() {
        let study = study(12);
        let mut recordings = study.recordings().to_vec();
        // A second question, without the last answer but with another one.
        for mut other in study.recordings().iter().filter(|one| one.stimulus.as_str() == "question").cloned()
        {
            other.stimulus = "second question".parse().unwrap();
            if other.label.as_str() == "answer 11" {
                other.label = "answer 12".parse().unwrap();
            }
            recordings.push(other);
        }
        let attendance = Attendance::of(&DataSet::new(recordings).unwrap());
        let description = attendance.in_words().description;
        assert_eq!(description.matches("12 labels: 1 stimulus of").count(), 2, "{description}");
    }
}
