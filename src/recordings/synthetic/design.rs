//! Who heard what, and for how long: the design of the real experiment, with none of its samples.

use crate::recordings::published::{LONGEST, SHORTEST, SONGS};
use crate::recordings::{Genre, Participant, Song};

/// Samples of each song's recordings, S1 to S12, equal for all who heard the song.
///
/// Every genre's lengths differ from the other genres', so **a recording's length determines its genre**, here as in the
/// real set. That is part of the design and is kept: a check that must not be fooled by it cuts to
/// [`SHORTEST`].
pub const LENGTHS: [usize; SONGS as usize] =
    [2047, 1952, 1856, 1920, 1728, 1664, SHORTEST, 1672, 1904, LONGEST, 1904, 1912];

/// Samples per second. One second is one of the paper's time frames (2.1).
pub const RATE_HZ: u32 = 8;

/// Two genres, and the eight participants who heard all songs of both and none of the third.
type Group = ([Genre; 2], [u32; 8]);

/// The three groups of participants, as the headings of the real workbooks name them.
const GROUPS: [Group; 3] = [
    ([Genre::Classical, Genre::Instrumental], [1, 2, 4, 8, 10, 14, 20, 23]),
    ([Genre::Classical, Genre::Pop], [3, 6, 9, 12, 15, 17, 19, 24]),
    ([Genre::Instrumental, Genre::Pop], [5, 7, 11, 13, 16, 18, 21, 22]),
];

/// Samples of a song's recordings.
#[must_use]
pub fn length(song: Song) -> usize {
    LENGTHS[usize::from(song.number()) - 1]
}

/// The 16 participants who heard a song, in order.
#[must_use]
pub fn listeners(song: Song) -> Vec<Participant> {
    let groups = GROUPS.iter().filter(|(genres, _)| genres.contains(&song.genre()));
    let mut numbers: Vec<u32> = groups.flat_map(|(_, numbers)| *numbers).collect();
    numbers.sort_unstable();
    numbers.into_iter().map(Participant::new).collect()
}

/// Song and participant of the 192 recordings, in this order.
pub fn recordings() -> impl Iterator<Item = (Song, Participant)> {
    Song::all().flat_map(|song| listeners(song).into_iter().map(move |participant| (song, participant)))
}

#[cfg(test)]
mod tests {
    use crate::recordings::published::PARTICIPANTS;
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn every_song_has_sixteen_listeners_and_every_participant_two_whole_genres() {
        let mut songs_of: BTreeMap<Participant, Vec<Song>> = BTreeMap::new();
        for song in Song::all() {
            assert_eq!(listeners(song).len(), 16, "{song}");
            for participant in listeners(song) {
                songs_of.entry(participant).or_default().push(song);
            }
        }
        assert_eq!(songs_of.len(), usize::from(PARTICIPANTS));
        for (participant, songs) in songs_of {
            let genres: BTreeSet<Genre> = songs.iter().map(|song| song.genre()).collect();
            assert_eq!((songs.len(), genres.len()), (8, 2), "{participant}");
        }
    }

    #[test]
    fn each_pair_of_genres_was_heard_by_eight() {
        for (first, second) in [(1, 5), (1, 9), (5, 9)] {
            let [first, second] =
                [first, second].map(|song| BTreeSet::from_iter(listeners(Song::new(song).unwrap())));
            assert_eq!(first.intersection(&second).count(), 8);
        }
    }

    #[test]
    fn lengths_span_what_the_paper_states() {
        assert_eq!(LENGTHS.iter().min(), Some(&SHORTEST));
        assert_eq!(LENGTHS.iter().max(), Some(&LONGEST));
        assert_eq!(recordings().count(), 192);
    }

    #[test]
    fn no_length_occurs_in_two_genres() {
        let of = |genre| {
            let songs = Song::all().filter(move |song| song.genre() == genre);
            songs.map(length).collect::<BTreeSet<usize>>()
        };
        let [a, b, c] = Genre::ALL.map(of);
        assert!(a.is_disjoint(&b) && a.is_disjoint(&c) && b.is_disjoint(&c));
    }
}
