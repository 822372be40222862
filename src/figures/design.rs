//! The design of the experiment: participants by songs, and the songs' lengths.
//!
//! Two facts matter more than all others for what an accuracy is worth: a song's length names its genre, and a
//! participant heard two genres of three. Both are seen here.

use std::collections::BTreeSet;

use plotters::prelude::*;

use super::theme::{self, Anchor, Canvas, Drawn};
use crate::recordings::{Design, Genre, Participant, Song};

/// Who heard what.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Attendance {
    participants: Vec<Participant>,
    songs: Vec<SongRow>,
    notes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
struct SongRow {
    song: Song,
    listeners: BTreeSet<Participant>,
    /// Of its shortest and its longest recording.
    seconds: (f64, f64),
}

impl Attendance {
    pub(super) fn of(set: &Design) -> Self {
        let mut participants: Vec<Participant> = set.participants().into_iter().collect();
        // Participants who heard the same genres stand side by side.
        participants.sort_by_key(|participant| (set.genres_of(*participant), *participant));
        let songs = set.songs().into_iter().map(|song| {
            let own = || set.outlines().iter().filter(move |recording| recording.song == song);
            let rate_hz = f64::from(set.rate_hz());
            let seconds = own().map(|recording| recording.samples as f64 / rate_hz);
            SongRow {
                song,
                listeners: own().map(|recording| recording.participant).collect(),
                seconds: seconds.fold((f64::INFINITY, 0.0), |(low, high), s| (low.min(s), high.max(s))),
            }
        });
        let of: BTreeSet<Genre> = set.outlines().iter().map(|recording| recording.genre).collect();
        let heard = set.genres_per_participant();
        let heard = heard.map(|genres| format!("Every participant heard {genres} of {} genres.", of.len()));
        let lengths = set.length_names_genre().then(|| "No length occurs in two genres.".to_owned());
        Self { participants, songs: songs.collect(), notes: heard.into_iter().chain(lengths).collect() }
    }

    /// Draws the participants' columns on the left and the songs' bars on the right, a row a song.
    pub(super) fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Drawn<()> {
        let (width, height) = canvas.size();
        let (label, small) =
            (canvas.text(theme::LABEL_PT, theme::INK), canvas.text(theme::SMALL_PT, theme::INK));
        let (left, top, bottom) = (canvas.pt(84.0), canvas.pt(30.0), height - canvas.pt(20.0));
        let (split, bars, right) = (width * 68 / 100, width * 71 / 100, width - canvas.pt(30.0));
        let gap = canvas.pt(5.0);
        let groups = self.songs.chunk_by(|a, b| a.song.genre() == b.song.genre());
        let gaps = groups.count().saturating_sub(1) as i32;
        let row_height = (bottom - top - gaps * gap) / self.songs.len().max(1) as i32;
        let column_width = (split - left) / self.participants.len().max(1) as i32;
        let inset = canvas.pt(0.7).max(1);
        let longest = self.songs.iter().map(|row| row.seconds.1).fold(0.0, f64::max);
        let fill = |(x0, y0): (i32, i32), (x1, y1): (i32, i32), colour: RGBColor| {
            let corners = [(x0 + inset, y0 + inset), (x1 - inset, y1 - inset)];
            canvas.area.draw(&Rectangle::new(corners, colour.filled()))
        };

        let centre = |from: i32, to: i32| i32::midpoint(from, to);
        canvas.write("participants", (centre(left, split), canvas.pt(5.0)), Anchor::Centre, &label)?;
        canvas.write("song length (s)", (bars, canvas.pt(5.0)), Anchor::Left, &label)?;
        for (column, participant) in self.participants.iter().enumerate() {
            let x = left + column as i32 * column_width;
            let at = (x + column_width / 2, canvas.pt(20.0));
            canvas.write(&format!("{:02}", participant.number()), at, Anchor::Centre, &small)?;
        }
        let mut y = top;
        let mut group: Option<(Genre, i32)> = None;
        for row in &self.songs {
            let genre = row.song.genre();
            if group.is_none_or(|(current, _)| current != genre) {
                y += if group.is_some() { gap } else { 0 };
                group = Some((genre, y));
                let at = (0, y + row_height / 2);
                canvas.write(&genre.to_string(), at, Anchor::Left, &label)?;
            }
            let middle = y + row_height / 2;
            canvas.write(&row.song.to_string(), (left - canvas.pt(5.0), middle), Anchor::Right, &small)?;
            for (column, participant) in self.participants.iter().enumerate() {
                let x = left + column as i32 * column_width;
                let heard = row.listeners.contains(participant);
                let colour = if heard { theme::colour(genre) } else { theme::FAINT };
                fill((x, y), (x + column_width, y + row_height), colour)?;
            }
            let (shortest, seconds) = row.seconds;
            let end = bars + (f64::from(right - bars) * seconds / longest).round() as i32;
            fill((bars, y), (end, y + row_height), theme::colour(genre))?;
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
