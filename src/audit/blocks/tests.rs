use tempfile::tempdir;

use super::*;
use crate::error::Fault;
use crate::evaluation::shuffle::Shuffler;
use crate::recordings::synthetic::{self, Effect, Settings};
use crate::recordings::{DataSet, Labels, Recording};

const DEALS: u64 = 199;

fn null(seed: u64) -> DataSet {
    let settings = Settings { effect: Effect::Null, seed, ..Settings::default() };
    let set = synthetic::generate(&settings).unwrap();
    let cut =
        |recording: &Recording| Recording { samples: recording.samples[..240].to_vec(), ..recording.clone() };
    DataSet::new(set.recordings().iter().map(cut).collect()).unwrap()
}

/// Recordings whose power is multiplied by e to a shift of each.
fn shifted(set: &DataSet, shift: impl Fn(&Recording) -> f64) -> DataSet {
    let shifted = set.recordings().iter().map(|recording| {
        let factor = shift(recording).exp();
        Recording {
            samples: recording.samples.iter().map(|sample| sample * factor).collect(),
            ..recording.clone()
        }
    });
    DataSet::new(shifted.collect()).unwrap()
}

/// A direction of each participant: 1 or -1.
fn sign(recording: &Recording) -> f64 {
    let toss = Shuffler::new(u64::from(recording.participant.stream()), 5).below(2);
    if toss == 1 { 1.0 } else { -1.0 }
}

fn class(recording: &Recording) -> usize {
    Labels::published().class(recording.label)
}

fn value(blocks: &Blocks, statistic: Statistic) -> BlockFinding {
    *blocks.finding(statistic).unwrap()
}

#[test]
fn drift_from_stimulus_to_stimulus_is_found_everywhere_but_in_a_shared_direction() {
    let drifting =
        shifted(&null(0), |recording| 0.5 * sign(recording) * (recording.id().stream() >> 32) as f64);
    let blocks = Blocks::of(&drifting, DEALS).unwrap();
    for statistic in [
        Statistic::Separation,
        Statistic::NearestBlock,
        Statistic::Drift,
        Statistic::DriftWithin,
        Statistic::DriftBetween,
        Statistic::QuantilesAndParticipant,
    ] {
        assert!(value(&blocks, statistic).p < 0.05, "{:?}", blocks.findings);
    }
    assert!(blocks.directions.iter().all(|direction| direction.p > 0.05), "{:?}", blocks.directions);
    assert!(value(&blocks, Statistic::NearestBlock).value > 0.8);
    let first = blocks.apart.first().unwrap().within.unwrap().1;
    assert!(blocks.apart.last().unwrap().between.unwrap().1 > 2.0 * first, "{:?}", blocks.apart);
}

#[test]
fn blocks_without_drift_are_found_and_no_distance_of_stimuli_within_them() {
    let blocked = shifted(&null(1), |recording| sign(recording) * class(recording) as f64);
    let blocks = Blocks::of(&blocked, DEALS).unwrap();
    assert!(
        value(&blocks, Statistic::Separation).p < 0.05 && value(&blocks, Statistic::NearestBlock).p < 0.05
    );
    assert!(value(&blocks, Statistic::DriftWithin).p > 0.01, "{:?}", blocks.findings);
}

#[test]
fn a_level_of_the_genre_has_a_direction_that_participants_share() {
    let levelled = shifted(&null(2), |recording| 1.5 * class(recording) as f64);
    let blocks = Blocks::of(&levelled, DEALS).unwrap();
    assert!(
        blocks.directions.iter().all(|one| one.p < 0.05 && one.difference < 0.0),
        "{:?}",
        blocks.directions
    );
}

#[test]
fn on_recordings_of_nothing_p_values_are_small_as_rarely_as_they_say() {
    let sets = 20;
    let mut wrong = [0; 7];
    for seed in 0..sets {
        let blocks = Blocks::of(&null(100 + seed), 99).unwrap();
        for (wrong, finding) in wrong.iter_mut().zip(&blocks.findings) {
            *wrong += usize::from(finding.p <= 0.05);
        }
    }
    // One is expected of each; more than four of twenty have a probability of 0.3 %.
    assert!(wrong.iter().all(|wrong| *wrong <= 4), "{wrong:?}");
}

#[test]
fn statistics_are_those_of_their_formulas() {
    use super::level::Level;
    use super::separation::{nearest_block, separation};
    use crate::recordings::{Genre, Label, Participant};
    let [classical, _, pop] = Genre::ALL.map(Label::from);
    let level = |place: usize, value: f64| Level {
        participant: Participant::new(1),
        place,
        label: if place < 5 { classical } else { pop },
        quantiles: [value; 5],
    };
    let levels = [level(1, 1.0), level(2, 3.0), level(9, 6.0), level(10, 8.0)];
    let labels: Vec<Label> = levels.iter().map(|level| level.label).collect();
    // Means 2 and 7, squares 2 and 2 with two degrees of freedom.
    assert!((separation(&levels, &labels).unwrap() - 5.0 / 2.0_f64.sqrt()).abs() < 1e-12);
    assert_eq!(nearest_block(&levels, &labels), Some(1.0));
    // Mixed: 1 and 6 against 3 and 8. Of the eight answers two are right: 1 beside 3, and 8 beside 6.
    let mixed = [classical, pop, classical, pop];
    assert_eq!(nearest_block(&levels, &mixed), Some(0.25));
    assert_eq!(nearest_block(&levels[..2], &labels[..2]), None);
}

#[test]
fn a_record_is_read_back_and_only_for_its_own_recordings() {
    let folder = tempdir().unwrap();
    let (set, other) = (null(0), null(1));
    assert_eq!(Blocks::read(folder.path(), set.fingerprint(), 9), Ok(None));
    let blocks = Blocks::of(&set, 9).unwrap();
    blocks.write(folder.path()).unwrap();
    assert_eq!(Blocks::read(folder.path(), set.fingerprint(), 9), Ok(Some(blocks)));
    for found in [
        Blocks::read(folder.path(), other.fingerprint(), 9),
        Blocks::read(folder.path(), set.fingerprint(), 10),
    ] {
        assert_eq!(found.unwrap_err().problems()[0].fault, Fault::FOREIGN_RECORDS);
    }
}
