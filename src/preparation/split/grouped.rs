//! Folds that keep whole participants, whole songs, or both in one part.

use std::collections::{BTreeMap, BTreeSet};

use super::VALIDATION_FRACTION;
use super::purpose::Purpose;
use super::{Parts, held_out};
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::evaluation::shuffle::Shuffler;
use crate::recordings::{Design, Label, Participant, RecordingId, Stimulus};

/// Groups of participants of the scheme `both`, fewer if there are fewer participants.
///
/// Six groups of four with four triples of songs make 24 folds, as many trainings as leaving single participants out.
pub const PARTICIPANT_GROUPS: usize = 6;

/// Training, validation and test need at least one group each.
const FEWEST_GROUPS: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Training,
    Validation,
    Test,
}

/// The role of each participant, or of each song, in one fold.
type Roles<T> = BTreeMap<T, Role>;

pub(super) fn participant(data: &Design, seed: u64) -> Result<Vec<Parts>> {
    let participants = enough_participants(data)?;
    let roles = (0..participants.len()).map(|fold| {
        let mut others = participants.clone();
        let held = others.remove(fold);
        Shuffler::new(seed, Purpose::Validation(fold).stream()).shuffle(&mut others);
        let validation = held_out(others.len(), VALIDATION_FRACTION);
        let role = |index| if index < validation { Role::Validation } else { Role::Training };
        let mut roles: Roles<Participant> =
            others.into_iter().enumerate().map(|(i, p)| (p, role(i))).collect();
        roles.insert(held, Role::Test);
        roles
    });
    Ok(roles.map(|roles| parts(data, |id| roles.get(&id.participant).copied())).collect())
}

pub(super) fn song(data: &Design, seed: u64) -> Result<Vec<Parts>> {
    let folds = rotated(&triples(data.labels_by_stimulus(), seed)?);
    Ok(folds.iter().map(|roles| parts(data, |id| roles.get(&id.stimulus).copied())).collect())
}

pub(super) fn both(data: &Design, seed: u64) -> Result<Vec<Parts>> {
    let by_participant = rotated(&groups(data, seed)?);
    let by_song = rotated(&triples(data.labels_by_stimulus(), seed)?);
    let pairs = by_song.iter().flat_map(|songs| by_participant.iter().map(move |people| (songs, people)));
    Ok(pairs
        .map(|(songs, people)| {
            // A recording whose participant and song have different roles would carry one of them across.
            parts(data, |id| {
                songs.get(&id.stimulus).copied().filter(|role| people.get(&id.participant) == Some(role))
            })
        })
        .collect())
}

/// Puts each recording into the part of its role; one without a role is left out.
fn parts(data: &Design, role: impl Fn(RecordingId) -> Option<Role>) -> Parts {
    let mut parts = Parts::default();
    for recording in data.outlines() {
        let id = recording.id();
        match role(id) {
            Some(Role::Training) => parts.training.push(id),
            Some(Role::Validation) => parts.validation.push(id),
            Some(Role::Test) => parts.test.push(id),
            None => {}
        }
    }
    parts
}

/// As many folds as groups: group `k` tests, group `k + 1` validates, the others train.
fn rotated<T: Ord + Copy>(groups: &[Vec<T>]) -> Vec<Roles<T>> {
    let role = |fold: usize, group: usize| {
        if group == fold {
            Role::Test
        } else if group == (fold + 1) % groups.len() {
            Role::Validation
        } else {
            Role::Training
        }
    };
    let roles = |fold| {
        let members =
            groups.iter().enumerate().flat_map(|(group, members)| members.iter().map(move |m| (group, *m)));
        members.map(|(group, member)| (member, role(fold, group))).collect()
    };
    (0..groups.len()).map(roles).collect()
}

/// Stimuli that go together: one of each label, drawn; where stimuli have several labels, one of each set of them.
pub(crate) fn triples(labels: BTreeMap<Stimulus, BTreeSet<Label>>, seed: u64) -> Result<Vec<Vec<Stimulus>>> {
    let mut by_labels: BTreeMap<BTreeSet<Label>, Vec<Stimulus>> = BTreeMap::new();
    for (stimulus, labels) in labels {
        by_labels.entry(labels).or_default().push(stimulus);
    }
    let most = by_labels.values().map(Vec::len).max().unwrap_or(0).max(FEWEST_GROUPS);
    let wanting = by_labels.iter().filter(|(_, stimuli)| stimuli.len() < most);
    Error::unless_none(
        wanting
            .map(|(labels, stimuli)| {
                let labels: Vec<&str> = labels.iter().map(|label| label.as_str()).collect();
                let labels = labels.join(" or ");
                let expected =
                    format!("{most} {labels} songs: as many of each genre, at least {FEWEST_GROUPS}");
                let found = stimuli.len().to_string();
                Problem::new(Fault::TOO_FEW_TO_SPLIT, Place::field("songs"), expected, found)
            })
            .collect(),
    )?;
    let mut shuffler = Shuffler::new(seed, Purpose::Songs.stream());
    let mut groups: Vec<Vec<Stimulus>> = by_labels.into_values().collect();
    groups.iter_mut().for_each(|stimuli| shuffler.shuffle(stimuli));
    Ok((0..most).map(|group| groups.iter().map(|stimuli| stimuli[group]).collect()).collect())
}

/// Participants in groups whose sizes differ by one at most, dealt by the genres that they heard.
fn groups(data: &Design, seed: u64) -> Result<Vec<Vec<Participant>>> {
    let mut participants = enough_participants(data)?;
    Shuffler::new(seed, Purpose::Groups.stream()).shuffle(&mut participants);
    // A stable sort: among those who heard the same genres the drawn order stays.
    participants.sort_by_cached_key(|participant| data.labels_of(*participant));
    let count = PARTICIPANT_GROUPS.min(participants.len());
    let mut groups = vec![Vec::new(); count];
    for (index, participant) in participants.into_iter().enumerate() {
        groups[index % count].push(participant);
    }
    Ok(groups)
}

fn enough_participants(data: &Design) -> Result<Vec<Participant>> {
    let participants = data.participants();
    if participants.len() < FEWEST_GROUPS {
        let (place, found) = (Place::field("participants"), participants.len().to_string());
        return Err(Error::new(Fault::TOO_FEW_TO_SPLIT, place, format!("at least {FEWEST_GROUPS}"), found));
    }
    Ok(participants.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{data_set, paper_like, recording};
    use super::super::{Fold, Scheme, Split};
    use super::*;
    use crate::recordings::{Genre, Song};

    fn song(stimulus: Stimulus) -> Song {
        stimulus.try_into().unwrap()
    }

    fn genre(stimulus: Stimulus) -> Genre {
        song(stimulus).genre()
    }

    fn draw(scheme: Scheme, seed: u64) -> Vec<Split> {
        scheme.draw(&paper_like(), seed).unwrap()
    }

    fn sizes(split: &Split) -> [usize; 4] {
        [split.training(), split.validation(), split.test(), split.unused()].map(<[_]>::len)
    }

    #[test]
    fn each_participant_is_left_out_once() {
        let folds = draw(Scheme::Participant, 0);
        assert_eq!(folds.len(), 24);
        for (index, split) in folds.iter().enumerate() {
            assert_eq!(sizes(split), [144, 40, 8, 0]);
            assert_eq!(split.origin().fold, Some(Fold { number: index + 1, of: 24 }));
            assert!(split.test().iter().all(|id| id.participant == Participant::new(index as u32 + 1)));
            assert!(split.leakage().parts.participants.shared.is_empty());
        }
        let choices: BTreeSet<_> = folds.iter().map(|split| split.validation().to_vec()).collect();
        assert!(choices.len() > 20, "validation is drawn anew in each fold");
    }

    #[test]
    fn one_song_of_each_genre_is_left_out() {
        for seed in 0..10 {
            let folds = draw(Scheme::Song, seed);
            assert_eq!(folds.len(), 4);
            for split in &folds {
                assert_eq!(sizes(split), [96, 48, 48, 0]);
                for part in [split.test(), split.validation()] {
                    let songs: BTreeSet<Stimulus> = part.iter().map(|id| id.stimulus).collect();
                    let genres: BTreeSet<Genre> = songs.iter().map(|song| genre(*song)).collect();
                    assert_eq!((songs.len(), genres.len()), (3, 3));
                }
                assert!(split.leakage().parts.songs.shared.is_empty());
            }
        }
    }

    #[test]
    fn both_leave_participants_and_songs_out_and_say_what_is_unused() {
        for seed in 0..10 {
            let folds = draw(Scheme::Both, seed);
            assert_eq!(folds.len(), 24);
            for split in &folds {
                assert_eq!(sizes(split), [64, 8, 8, 112]);
                assert!(split.leakage().is_none());
                for part in [split.training(), split.validation(), split.test()] {
                    assert_eq!(part.iter().map(|id| genre(id.stimulus)).collect::<BTreeSet<_>>().len(), 3);
                }
            }
        }
    }

    #[test]
    fn too_few_participants_or_songs_are_refused() {
        let keep = |good: fn(&RecordingId) -> bool| {
            let recordings = paper_like().recordings().to_vec();
            data_set(recordings.into_iter().filter(|recording| good(&recording.id())).collect())
        };
        let two_participants = keep(|id| id.participant <= Participant::new(2));
        let one_song_fewer = keep(|id| song(id.stimulus).number() != 7);
        let two_songs_each = keep(|id| song(id.stimulus).number().is_multiple_of(2));
        for (scheme, data, expected) in [
            (Scheme::Participant, &two_participants, vec!["participants: expected at least 3, found 2"]),
            (Scheme::Both, &two_participants, vec!["participants: expected at least 3, found 2"]),
            (Scheme::Both, &one_song_fewer, vec!["songs: expected 4 instrumental songs"]),
            (
                Scheme::Song,
                &two_songs_each,
                vec!["expected 3 classical songs", "expected 3 instrumental songs", "expected 3 pop songs"],
            ),
        ] {
            let error = scheme.draw(data, 0).unwrap_err();
            assert_eq!(error.problems().len(), expected.len(), "{error}");
            assert!(error.problems().iter().all(|problem| problem.fault == Fault::TOO_FEW_TO_SPLIT));
            assert!(expected.iter().all(|part| error.to_string().contains(part)), "{error}");
        }
    }

    #[test]
    fn two_labels_are_split_as_three_are() {
        let two: Vec<_> =
            paper_like().recordings().iter().filter(|one| one.label.as_str() != "pop").cloned().collect();
        for split in Scheme::Song.draw(&data_set(two), 0).unwrap() {
            let labels: BTreeSet<Genre> = split.test().iter().map(|id| genre(id.stimulus)).collect();
            assert_eq!(labels.len(), 2);
        }
    }

    #[test]
    fn a_fold_with_an_empty_part_is_named() {
        // Participant k heard three songs of genre k: each triple has one song for each group of one participant.
        let names = [(1, 1), (2, 1), (3, 1), (5, 2), (6, 2), (7, 2), (9, 3), (10, 3), (11, 3)];
        let draw = |names: &[(u8, u8)]| {
            let recordings = names.iter().map(|(song, who)| recording(&format!("S{song}/P{who:02}"), &[1.0]));
            Scheme::Both.draw(&data_set(recordings.collect()), 0)
        };
        assert_eq!(draw(&names).unwrap().len(), 9);
        // When another participant heard the first song, the first has nothing of its triple.
        let mut gap = names;
        gap[0] = (1, 2);
        let error = draw(&gap).unwrap_err();
        assert!(error.problems().iter().all(|problem| problem.fault == Fault::EMPTY_PART));
        assert!(error.problems()[0].place.to_string().starts_with("scheme both, fold "), "{error}");
    }

    #[test]
    fn participants_are_dealt_by_what_they_heard() {
        for seed in 0..20 {
            for group in groups(&paper_like(), seed).unwrap() {
                let heard: BTreeSet<_> = group.iter().map(|who| paper_like().labels_of(*who)).collect();
                assert_eq!((group.len(), heard.len()), (4, 3));
            }
        }
    }
}
