use tempfile::tempdir;

use super::*;
use crate::error::Fault;
use crate::preparation::Scheme;
use crate::recordings::Recording;
use crate::recordings::synthetic::{self, Effect, Settings};

/// The first samples of synthetic recordings.
fn set(effect: Effect, strength: f64, seed: u64, samples: usize) -> DataSet {
    let set = synthetic::generate(&Settings { effect, strength, seed }).unwrap();
    let cut = |recording: &Recording| Recording {
        samples: recording.samples[..samples].to_vec(),
        ..recording.clone()
    };
    DataSet::new(set.recordings().iter().map(cut).collect()).unwrap()
}

fn trial(method: Method, scheme: Scheme) -> BaselineTrial {
    let (lengths, scale) = (Lengths::Equal, Scale::Own);
    BaselineTrial { method, lengths, scale, scheme, draws: 1, exchanges: 19 }
}

fn estimate(trial: BaselineTrial, set: &DataSet) -> BaselineEstimate {
    BaselineEstimate::all(&[BaselineRecord::make(trial, set).unwrap()])[0].clone()
}

#[test]
fn every_trial_has_a_name_of_its_own() {
    for profile in Profile::ALL {
        let mut names: Vec<String> = plan(profile).iter().map(BaselineTrial::name).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }
    // Four methods on two lengths and two scales, and the template, under five schemes.
    assert_eq!(plan(Profile::Paper).len(), (4 * 4 + 1) * 5);
    assert!(plan(Profile::Paper).iter().all(|trial| trial.exchanges >= 500));
}

#[test]
fn a_planted_texture_is_found_in_new_participants_and_nothing_where_nothing_is_planted() {
    let (texture, nothing) = (set(Effect::Local, 2.0, 0, 300), set(Effect::Null, 1.0, 0, 300));
    for method in [Method::Discriminant, Method::Logistic, Method::Trees] {
        let trial = trial(method, Scheme::Both);
        let found = estimate(trial, &texture).among_all;
        assert!(found.p <= 0.05 && found.accuracy > found.chance + 0.1, "{method}: {found:?}");
        let found = estimate(trial, &nothing).among_all;
        let range = found.chance_range.unwrap();
        assert!(found.accuracy < range[1] + 0.05, "{method}: {found:?}");
    }
}

#[test]
fn minirocket_finds_a_planted_texture() {
    let found = estimate(trial(Method::MiniRocket, Scheme::Random), &set(Effect::Local, 2.0, 0, 120));
    assert!(found.among_all.p <= 0.05, "{found:?}");
}

#[test]
fn a_template_finds_what_stimuli_do_to_everybody_at_the_same_moment() {
    let nothing = set(Effect::Null, 1.0, 0, 200);
    // A wave of each stimulus, in everybody who hears it.
    let driven = nothing.recordings().iter().map(|recording| {
        let speed = 0.02 * (recording.id().stream() >> 32) as f64;
        let driven = |(place, sample): (usize, &f64)| sample * (3.0 * (speed * place as f64).sin()).exp();
        let samples = recording.samples.iter().enumerate().map(driven).collect();
        Recording { samples, ..recording.clone() }
    });
    let driven = DataSet::new(driven.collect()).unwrap();
    let trial = trial(Method::Template, Scheme::Participant);
    let found = estimate(trial, &driven).among_all;
    assert!(found.p <= 0.05 && found.accuracy > 0.6, "{found:?}");
    let found = estimate(trial, &nothing).among_all;
    assert!(found.accuracy < found.chance + 0.15, "{found:?}");
}

#[test]
fn p_values_are_small_as_rarely_as_they_say_on_recordings_of_nothing() {
    // Of 20 sets, one has a p value of 0.05 or less; more than four have a probability of 0.3 %.
    let wrong = (0..20).filter(|seed| {
        let set = set(Effect::Null, 1.0, *seed, 100);
        estimate(trial(Method::Discriminant, Scheme::Participant), &set).among_all.p <= 0.05
    });
    let wrong = wrong.count();
    assert!(wrong <= 4, "{wrong}");
}

#[test]
fn genres_that_the_participant_heard_are_answered_at_least_as_rightly() {
    let record =
        BaselineRecord::make(trial(Method::Discriminant, Scheme::Stimulus), &set(Effect::Null, 1.0, 1, 100))
            .unwrap();
    for (_, label, [all, heard]) in record.answers() {
        assert!(all != label || heard == label);
    }
    let estimate = &BaselineEstimate::all(&[record])[0];
    assert!((estimate.among_heard.chance - 0.5).abs() < 0.06, "{estimate:?}");
}

#[test]
fn a_record_is_read_back_and_only_for_its_own_recordings_and_whole() {
    let folder = tempdir().unwrap();
    let (own, other) = (set(Effect::Null, 1.0, 0, 100), set(Effect::Null, 1.0, 1, 100));
    let trial = trial(Method::Logistic, Scheme::Random);
    assert_eq!(BaselineRecord::read(folder.path(), trial, own.fingerprint()), Ok(None));
    let mut record = BaselineRecord::make(trial, &own).unwrap();
    record.write(folder.path()).unwrap();
    assert_eq!(BaselineRecord::read(folder.path(), trial, own.fingerprint()), Ok(Some(record.clone())));
    let fault = |data: &DataSet| {
        BaselineRecord::read(folder.path(), trial, data.fingerprint()).unwrap_err().problems()[0].fault
    };
    assert_eq!(fault(&other), Fault::FOREIGN_RECORDS);
    record.among_all.right.pop();
    record.write(folder.path()).unwrap();
    assert_eq!(fault(&own), Fault::BAD_RECORD);
}

#[test]
fn the_number_of_threads_does_not_change_a_record() {
    let set = set(Effect::Null, 1.0, 0, 100);
    let trial = trial(Method::Trees, Scheme::Stimulus);
    let made = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| BaselineRecord::make(trial, &set)).unwrap()
    };
    assert_eq!(made(1), made(2));
}

#[test]
fn signed_samples_and_short_recordings_are_no_panic() {
    let set = set(Effect::Null, 1.0, 0, 60);
    let signed = set.recordings().iter().map(|recording| {
        let samples = recording.samples.iter().map(|sample| sample - 0.3).collect();
        Recording { samples, ..recording.clone() }
    });
    let signed = DataSet::new(signed.collect()).unwrap();
    assert!(BaselineRecord::make(trial(Method::Logistic, Scheme::Random), &signed).is_ok());
    let short = set
        .recordings()
        .iter()
        .map(|recording| Recording { samples: recording.samples[..4].to_vec(), ..recording.clone() });
    let short = DataSet::new(short.collect()).unwrap();
    for method in [Method::MiniRocket, Method::Trees] {
        let error = BaselineRecord::make(trial(method, Scheme::Random), &short).unwrap_err();
        assert_eq!(error.problems()[0].fault, Fault::BAD_SETTING);
    }
}
