//! Folds that keep whole participants, whole stimuli, both, or whole sessions in one part.

use std::collections::{BTreeMap, BTreeSet};

use super::VALIDATION_FRACTION;
use super::purpose::Purpose;
use super::{Parts, held_out};
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::evaluation::shuffle::Shuffler;
use crate::recordings::{Design, Label, Outline, Participant, RecordingId, Stimulus};

/// Groups of participants of the scheme `both`, fewer if there are fewer participants.
///
/// Six groups of four with four triples of stimuli make 24 folds, as many trainings as leaving single participants out.
pub const PARTICIPANT_GROUPS: usize = 6;

/// Training, validation and test need at least one group each.
const FEWEST_GROUPS: usize = 3;

/// Groups of stimuli at most, so that a study whose every trial has a stimulus of its own is not cut into thousands of folds.
const MOST_STIMULUS_GROUPS: usize = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Training,
    Validation,
    Test,
}

/// The role of each participant, or of each stimulus, in one fold.
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

pub(super) fn stimulus(data: &Design, seed: u64) -> Result<Vec<Parts>> {
    let folds = rotated(&stimulus_groups(data.labels_by_stimulus(), seed)?);
    Ok(folds.iter().map(|roles| parts(data, |id| roles.get(&id.stimulus).copied())).collect())
}

pub(super) fn session(data: &Design, seed: u64) -> Result<Vec<Parts>> {
    let sessions = data.sessions();
    let without = data.outlines().iter().find(|recording| recording.session.is_none());
    if let Some(place) = without.map(|recording| Place::field(format!("recording {}", recording.id()))) {
        return Err(Error::new(Fault::TOO_FEW_TO_SPLIT, place, "a session", "none"));
    }
    if sessions.len() < 2 {
        let (place, found) = (Place::field("sessions"), sessions.len().to_string());
        return Err(Error::new(Fault::TOO_FEW_TO_SPLIT, place, "at least 2", found));
    }
    let folds = sessions.iter().enumerate().map(|(fold, held)| {
        let (test, mut others): (Vec<&Outline>, Vec<&Outline>) =
            data.outlines().iter().partition(|recording| recording.session == Some(*held));
        Shuffler::new(seed, Purpose::Validation(fold).stream()).shuffle(&mut others);
        let training = others.split_off(held_out(others.len(), VALIDATION_FRACTION));
        let [training, validation, test] =
            [training, others, test].map(|part| part.into_iter().map(Outline::id).collect());
        Parts { training, validation, test }
    });
    Ok(folds.collect())
}

pub(super) fn both(data: &Design, seed: u64) -> Result<Vec<Parts>> {
    let by_participant = rotated(&groups(data, seed)?);
    let by_stimulus = rotated(&stimulus_groups(data.labels_by_stimulus(), seed)?);
    let pairs =
        by_stimulus.iter().flat_map(|stimuli| by_participant.iter().map(move |people| (stimuli, people)));
    Ok(pairs
        .map(|(stimuli, people)| {
            // A recording whose participant and stimulus have different roles would carry one of them across.
            parts(data, |id| {
                stimuli.get(&id.stimulus).copied().filter(|role| people.get(&id.participant) == Some(role))
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

/// Stimuli in groups: one of each label in each, drawn; more of a label that has more stimuli. There are as many groups as the
/// rarest label has stimuli, [`MOST_STIMULUS_GROUPS`] at most.
pub(crate) fn stimulus_groups(
    labels: BTreeMap<Stimulus, BTreeSet<Label>>,
    seed: u64,
) -> Result<Vec<Vec<Stimulus>>> {
    let mut by_labels: BTreeMap<BTreeSet<Label>, Vec<Stimulus>> = BTreeMap::new();
    let mut stimuli_of: BTreeMap<Label, usize> = BTreeMap::new();
    for (stimulus, labels) in labels {
        labels.iter().for_each(|label| *stimuli_of.entry(*label).or_default() += 1);
        by_labels.entry(labels).or_default().push(stimulus);
    }
    let wanting = stimuli_of.iter().filter(|(_, stimuli)| **stimuli < FEWEST_GROUPS);
    Error::unless_none(
        wanting
            .map(|(label, stimuli)| {
                let expected = format!("at least {FEWEST_GROUPS} stimuli of the label {label}");
                Problem::new(Fault::TOO_FEW_TO_SPLIT, Place::field("stimuli"), expected, stimuli.to_string())
            })
            .collect(),
    )?;
    let count = stimuli_of.into_values().min().unwrap_or(0).clamp(FEWEST_GROUPS, MOST_STIMULUS_GROUPS);
    let mut shuffler = Shuffler::new(seed, Purpose::Stimuli.stream());
    let mut groups = vec![Vec::new(); count];
    let mut next = (0..count).cycle();
    for mut stimuli in by_labels.into_values() {
        shuffler.shuffle(&mut stimuli);
        stimuli.into_iter().zip(&mut next).for_each(|(stimulus, group)| groups[group].push(stimulus));
    }
    Ok(groups)
}

/// Participants in groups whose sizes differ by one at most, dealt by the labels that they heard.
fn groups(data: &Design, seed: u64) -> Result<Vec<Vec<Participant>>> {
    let mut participants = enough_participants(data)?;
    Shuffler::new(seed, Purpose::Groups.stream()).shuffle(&mut participants);
    // A stable sort: among those who heard the same labels the drawn order stays.
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
    use super::super::testing::{PUBLISHED, data_set, paper_like, recording};
    use super::super::{Fold, Scheme, Split};
    use super::*;
    use crate::recordings::{Genre, Song};

    fn stimulus(stimulus: Stimulus) -> Song {
        stimulus.try_into().unwrap()
    }

    fn genre(stimulus: Stimulus) -> Genre {
        self::stimulus(stimulus).genre()
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
    fn one_stimulus_of_each_genre_is_left_out() {
        for seed in 0..10 {
            let folds = draw(Scheme::Stimulus, seed);
            assert_eq!(folds.len(), 4);
            for split in &folds {
                assert_eq!(sizes(split), [96, 48, 48, 0]);
                for part in [split.test(), split.validation()] {
                    let stimuli: BTreeSet<Stimulus> = part.iter().map(|id| id.stimulus).collect();
                    let genres: BTreeSet<Genre> = stimuli.iter().map(|stimulus| genre(*stimulus)).collect();
                    assert_eq!((stimuli.len(), genres.len()), (3, 3));
                }
                assert!(split.leakage().parts.stimuli.shared.is_empty());
            }
        }
    }

    #[test]
    fn both_leave_participants_and_stimuli_out_and_say_what_is_unused() {
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
    fn labels_with_different_numbers_of_stimuli_are_divided_into_as_many_groups_as_the_rarest_has() {
        // Instrumental has three stimuli, the others have four.
        let fewer = paper_like().recordings().to_vec();
        let fewer =
            fewer.into_iter().filter(|recording| stimulus(recording.stimulus).number() != 7).collect();
        let folds = Scheme::Stimulus.draw(&data_set(fewer), 0).unwrap();
        let tested: BTreeSet<RecordingId> = folds.iter().flat_map(|split| split.test().to_vec()).collect();
        assert_eq!((folds.len(), tested.len()), (3, 192 - 16));
        for split in &folds {
            let genres: BTreeSet<Genre> = split.test().iter().map(|id| genre(id.stimulus)).collect();
            assert_eq!(genres.len(), 3);
            assert!(split.leakage().parts.stimuli.shared.is_empty());
        }
    }

    #[test]
    fn a_session_that_tests_is_in_no_other_part_and_every_recording_needs_one() {
        let sessions = ["ses-1", "ses-2", "ses-10"].map(|name| name.parse().unwrap());
        let mut recordings = paper_like().recordings().to_vec();
        for (place, recording) in recordings.iter_mut().enumerate() {
            recording.session = Some(sessions[place % 3]);
        }
        let data = data_set(recordings.clone());
        let folds = Scheme::Session.draw(&data, 0).unwrap();
        assert_eq!(folds.len(), 3);
        let session = |id: &RecordingId| data.outline(*id).unwrap().session.unwrap();
        for (split, held) in folds.iter().zip(sessions) {
            assert_eq!(sizes(split), [102, 26, 64, 0]);
            assert!(split.test().iter().all(|id| session(id) == held));
            assert!(split.training().iter().chain(split.validation()).all(|id| session(id) != held));
        }
        assert_eq!(Scheme::allowed_by(&data).len(), 5);
        assert_eq!(Scheme::allowed_by(&paper_like()), PUBLISHED);

        recordings[5].session = None;
        let error = Scheme::Session.draw(&data_set(recordings), 0).unwrap_err();
        assert!(error.to_string().contains("expected a session, found none"), "{error}");
    }

    #[test]
    fn too_few_participants_or_stimuli_are_refused() {
        let keep = |good: fn(&RecordingId) -> bool| {
            let recordings = paper_like().recordings().to_vec();
            data_set(recordings.into_iter().filter(|recording| good(&recording.id())).collect())
        };
        let two_participants = keep(|id| id.participant <= Participant::new(2));
        let two_stimuli_fewer = keep(|id| !(6..8).contains(&stimulus(id.stimulus).number()));
        let two_stimuli_each = keep(|id| stimulus(id.stimulus).number().is_multiple_of(2));
        for (scheme, data, expected) in [
            (Scheme::Participant, &two_participants, vec!["participants: expected at least 3, found 2"]),
            (Scheme::Both, &two_participants, vec!["participants: expected at least 3, found 2"]),
            (
                Scheme::Both,
                &two_stimuli_fewer,
                vec!["stimuli: expected at least 3 stimuli of the label instrumental, found 2"],
            ),
            (
                Scheme::Stimulus,
                &two_stimuli_each,
                vec![
                    "stimuli of the label classical",
                    "stimuli of the label instrumental",
                    "stimuli of the label pop",
                ],
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
        for split in Scheme::Stimulus.draw(&data_set(two), 0).unwrap() {
            let labels: BTreeSet<Genre> = split.test().iter().map(|id| genre(id.stimulus)).collect();
            assert_eq!(labels.len(), 2);
        }
    }

    #[test]
    fn a_fold_with_an_empty_part_is_named() {
        // Participant k heard three stimuli of label k: each triple has one stimulus for each group of one participant.
        let names = [(1, 1), (2, 1), (3, 1), (5, 2), (6, 2), (7, 2), (9, 3), (10, 3), (11, 3)];
        let draw = |names: &[(u8, u8)]| {
            let recordings =
                names.iter().map(|(stimulus, who)| recording(&format!("S{stimulus}/P{who:02}"), &[1.0]));
            Scheme::Both.draw(&data_set(recordings.collect()), 0)
        };
        assert_eq!(draw(&names).unwrap().len(), 9);
        // When another participant heard the first stimulus, the first has nothing of its triple.
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
