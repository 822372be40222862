//! The systems that the paper measures itself against (3.4): classifiers of features, on what is published of the same
//! recordings.
//!
//! ```text
//! FeatureTable (recordings | cut | published) × Division × Recipe = Trial ─► TrialRecord ─► TrialEstimate ─┐
//!                                                                                                          ▼
//!                                                               RAHMAN (reported) ─► RahmanComparison ─► Classification
//! ```
//!
//! As in the [audit](crate::audit), intervals are over participants. Chance is the best guess of the design
//! ([`best_guess`](crate::evaluation::best_guess)), and p the part of 500 exchanges of labels that are as accurate, training
//! included; a floating selection has none, because 500 take an hour (KNN) to many hours.
//!
//! The recordings are tried whole and cut to one length, because their ends predict the label (samples of exactly 0 occur
//! only there, and not in instrumental ones), and so do their lengths.
//!
//! Methods that are stronger than theirs, with chance from exchanged labels, are in [`baselines`].
//!
//! # What cannot be compared
//! Rahman et al. had 14 channels, signals sampled 128 times a second, and the participants' ratings. They published band
//! powers of one channel, eight a second, and a table of features of that channel. So the trials measure how accurate their
//! classifiers are on the published data, and how much each way of dividing gives away.

pub mod baselines;
mod comparison;
mod division;
mod estimate;
mod features;
mod measures;
mod rahman;
mod record;
mod table;
mod trial;

use std::path::{Path, PathBuf};

use serde::Serialize;

pub use comparison::{Ours, RahmanComparison, RahmanVerdict};
pub use division::{Division, TENTHS, TableFold};
pub(crate) use estimate::probability_above_chance;
pub use estimate::{Exchanged, TrialEstimate};
pub use features::FeatureFindings;
pub use measures::{Confusion, Measures};
pub use rahman::{RAHMAN, RAHMAN_CHANNELS, RAHMAN_FEATURES, RahmanLabel, RahmanResult};
pub use record::{TestedFold, TrialConfiguration, TrialNull, TrialRecord};
pub use table::NOT_COMPARABLE;
pub use trial::{Exchanges, Origin, SELECTED, Trial, plan};

use self::baselines::Baselines;
use crate::error::{Error, Fault, Place, Result};
use crate::features::{FeatureSummary, FeatureTable, published};
use crate::preparation::Preparation;
use crate::recordings::{DataSet, Design, Fingerprint, Provenance};
use crate::report::Steps;
use crate::runs::profile::Profile;
use crate::store::{NEVER, Project, check_writable, in_turn};

/// All that is recorded. `Display` is the table of the command line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Classification {
    /// What identifies the recordings.
    pub data: Fingerprint,
    /// The name by which they are known, if they are.
    pub known_as: Option<String>,
    /// How much was tried.
    pub profile: Profile,
    /// Trials of the profile that are not recorded yet.
    pub missing: Vec<String>,
    /// Recorded trials that have not yet been repeated with exchanged labels.
    pub without_exchanges: Vec<String>,
    /// How well each feature of the recordings separates labels; none if it is not recorded.
    pub features: FeatureSummary,
    /// What the records say.
    pub estimates: Vec<TrialEstimate>,
    /// Section 3.4, if the recordings are the published ones.
    pub beside: Vec<RahmanComparison>,
    /// Methods that neither the paper nor Rahman et al. tried.
    pub baselines: Baselines,
}

/// The features that are to be classified.
#[derive(Debug, Clone, PartialEq)]
pub struct Tables {
    /// Those of recordings.
    pub recordings: FeatureTable,
    /// Those of the same recordings, cut to the length of the shortest.
    pub cut: FeatureTable,
    /// Those that were published with them, if they are there.
    pub published: Option<FeatureTable>,
}

impl Tables {
    /// Of these recordings; and, if they are the published ones, what lies beside the folder that they were read from.
    ///
    /// # Errors
    /// Those of [`published::read`].
    pub fn of(set: &DataSet, folder: &Path) -> Result<Self> {
        let is_published = set.provenance() == Provenance::Published;
        let path = is_published.then(|| published::find(folder)).flatten();
        Ok(Self {
            recordings: FeatureTable::of(set),
            cut: FeatureTable::of(&Preparation::of_one_length(set).remaining(set)?),
            published: path.map(published::read).transpose()?,
        })
    }

    /// The tables that there are, by their origin.
    fn by_origin(&self) -> impl Iterator<Item = (Origin, &FeatureTable)> {
        let published = self.published.iter().map(|table| (Origin::Published, table));
        [(Origin::Recordings, &self.recordings), (Origin::Cut, &self.cut)].into_iter().chain(published)
    }
}

impl Classification {
    /// What a project's records of a profile say of these recordings. What is not recorded yet is named, not tried.
    ///
    /// # Errors
    /// Those of [`TrialRecord::read`].
    pub fn read(project: &Project, design: &Design, profile: Profile) -> Result<Self> {
        Self::below(&folder(project, design, profile), design, profile)
    }

    /// How many of the reported accuracies nothing here reaches.
    #[must_use]
    pub fn out_of_reach(&self) -> usize {
        self.beside.iter().filter(|row| row.verdict == RahmanVerdict::OutOfReach).count()
    }

    /// The same of records below a folder.
    fn below(folder: &Path, design: &Design, profile: Profile) -> Result<Self> {
        let tables = FeatureFindings::read(folder, design)?;
        // Of tables that nobody has made, nothing is known but that two of them can be made.
        let unknown = [Origin::Recordings, Origin::Cut].map(|origin| (origin, String::new()));
        let digests = tables.as_ref().map_or_else(|| unknown.into(), |tables| tables.digests.clone());
        let trials = digests
            .iter()
            .flat_map(|(origin, digest)| allowed(*origin, profile, design).map(move |trial| (trial, digest)));
        let trials: Vec<(Trial, &String)> = trials.collect();
        let found =
            Error::gather(trials.iter().map(|(trial, digest)| TrialRecord::read(folder, *trial, digest)))?;
        let of = |is_lacking: &dyn Fn(&Trial, Option<&TrialRecord>) -> bool| -> Vec<String> {
            let each = trials.iter().map(|(trial, _)| trial).zip(&found);
            let lacking = each.filter(|(trial, record)| is_lacking(trial, record.as_ref()));
            lacking.map(|(trial, _)| full_name(trial)).collect()
        };
        let missing = of(&|_, record| record.is_none());
        let without_exchanges =
            of(&|trial, record| record.is_some_and(|record| !record.has(trial.exchanges(profile))));
        let estimates = TrialEstimate::all(&found.into_iter().flatten().collect::<Vec<_>>());
        let is_published = design.provenance() == Provenance::Published;
        Ok(Self {
            data: design.fingerprint(),
            known_as: design.known_as(),
            profile,
            missing,
            without_exchanges,
            features: tables.map_or_else(FeatureSummary::default, |tables| tables.features),
            beside: if is_published { RahmanComparison::all(&estimates) } else { Vec::new() },
            estimates,
            baselines: Baselines::below(folder, design, profile)?,
        })
    }
}

/// The trials of a profile whose divisions a design allows. What was published with the recordings has their design.
fn allowed(origin: Origin, profile: Profile, design: &Design) -> impl Iterator<Item = Trial> {
    let [shortest, longest] = design.lengths();
    // Cut to one length they would be the same.
    let is_same = origin == Origin::Cut && shortest == longest;
    plan(origin, profile).into_iter().filter(move |trial| !is_same && trial.division.is_allowed_by(design))
}

/// Makes the trials and the [baselines](baselines::make) of a profile that are not recorded yet.
///
/// # Errors
/// Those of [`TrialRecord::read`], [`TrialRecord::make`], [`TrialRecord::write`] and [`baselines::make`].
pub fn classify(project: &Project, set: &DataSet, tables: &Tables, profile: Profile) -> Result<()> {
    make(project, set, tables, profile, |_| true).map(drop)
}

/// Makes one trial or one baseline of a profile, named as in [`Classification::missing`]. Returns the file with the record.
///
/// # Errors
/// Those of [`classify`]; [`Fault::BAD_SETTING`] if the profile has no such trial.
pub fn classify_one(
    project: &Project,
    set: &DataSet,
    tables: &Tables,
    profile: Profile,
    name: &str,
) -> Result<PathBuf> {
    make(project, set, tables, profile, |own| own == name)?.pop().ok_or_else(|| {
        let expected = format!(
            "a trial of the profile {profile}, as `recordings participant-knn`; `eegenre classify --recorded` lists missing ones"
        );
        Error::new(Fault::BAD_SETTING, Place::field("trial"), expected, name)
    })
}

/// Makes the trials and baselines of a profile whose names are chosen. Returns the files of all chosen ones.
fn make(
    project: &Project,
    set: &DataSet,
    tables: &Tables,
    profile: Profile,
    is_chosen: impl Fn(&str) -> bool,
) -> Result<Vec<PathBuf>> {
    let folder = folder(project, set, profile);
    let (mut chosen, mut open) = (Vec::new(), Vec::new());
    let findings = FeatureFindings::of(set, tables);
    if FeatureFindings::read(&folder, set)?.as_ref() != Some(&findings) {
        findings.write(&folder)?;
    }
    let recorded = |trial: Trial, digest: &str| TrialRecord::read(&folder, trial, digest);
    let is_whole = |trial: Trial, record: &TrialRecord| record.has(trial.exchanges(profile));
    for (origin, table) in tables.by_origin() {
        for trial in allowed(origin, profile, set).filter(|trial| is_chosen(&full_name(trial))) {
            chosen.push(TrialRecord::path(&folder, &trial));
            if !recorded(trial, &findings.digests[&origin])?.is_some_and(|record| is_whole(trial, &record)) {
                open.push((trial, table));
            }
        }
    }
    if !open.is_empty() {
        check_writable(&folder)?;
    }
    let mut steps = Steps::new(open.len() as u64);
    in_turn(
        &open,
        |(trial, _)| TrialRecord::path(&folder, trial),
        &NEVER,
        |&(trial, table)| {
            let record = recorded(trial, &findings.digests[&trial.origin])?;
            if record.as_ref().is_some_and(|record| is_whole(trial, record)) {
                // Another process has made it since.
                return Ok(());
            }
            steps.begin(full_name(&trial));
            let mut record = record.map_or_else(|| TrialRecord::make(trial, table), Ok)?;
            if !is_whole(trial, &record) {
                record.exchange(table, trial.exchanges(profile))?;
            }
            record.write(&folder)
        },
    )?;
    steps.finish();
    chosen.extend(baselines::make(&folder, set, profile, is_chosen)?);
    Ok(chosen)
}

/// The name of a trial, with its origin.
fn full_name(trial: &Trial) -> String {
    format!("{} {}", trial.origin, trial.name())
}

/// Where records are: `data/records/classification` for the paper's profile on the published recordings, else a folder of
/// their own under `target/records`.
#[must_use]
pub fn folder(project: &Project, design: &Design, profile: Profile) -> PathBuf {
    match (profile, design.provenance()) {
        (Profile::Paper, Provenance::Published) => project.committed_records().join("classification"),
        _ => {
            let name = format!("classification-{profile}-{}", design.fingerprint().short());
            project.records().join(name)
        }
    }
}

#[cfg(test)]
mod tests {
    use tempfile::tempdir;

    use super::*;
    use crate::classifiers::{Classifier, Recipe};
    use crate::recordings::synthetic::{self, Effect, Settings};
    use crate::recordings::{Participant, Recording};

    /// 150 samples of each synthetic recording of the first participants.
    fn few(effect: Effect, strength: f64, participants: u32) -> DataSet {
        let set = synthetic::generate(&Settings { effect, strength, ..Settings::default() }).unwrap();
        let own = set
            .recordings()
            .iter()
            .filter(|recording| recording.participant <= Participant::new(participants));
        let cut = own
            .map(|recording| Recording { samples: recording.samples[..150].to_vec(), ..recording.clone() });
        DataSet::new(cut.collect()).unwrap()
    }

    #[test]
    fn a_record_is_read_back_and_only_for_its_own_table() {
        let folder = tempdir().unwrap();
        let table = FeatureTable::of(&few(Effect::Null, 1.0, 6));
        let trial = Trial::new(Origin::Recordings, Division::Participant, Recipe::of(Classifier::Svm));
        assert_eq!(TrialRecord::read(folder.path(), trial, &table.digest()), Ok(None));
        let mut record = TrialRecord::make(trial, &table).unwrap();
        let exchanges = trial.exchanges(Profile::Smoke);
        assert!(!record.has(exchanges));
        record.exchange(&table, exchanges).unwrap();
        assert!(record.has(exchanges));
        record.write(folder.path()).unwrap();
        assert_eq!(TrialRecord::read(folder.path(), trial, &table.digest()), Ok(Some(record)));
        let other = FeatureTable::of(&few(Effect::Local, 1.0, 6));
        let error = TrialRecord::read(folder.path(), trial, &other.digest()).unwrap_err();
        assert_eq!(error.problems()[0].fault, crate::error::Fault::FOREIGN_RECORDS);
    }

    #[test]
    fn the_number_of_threads_does_not_change_a_record() {
        let table = FeatureTable::of(&few(Effect::Local, 1.0, 6));
        let trial = Trial::new(Origin::Recordings, Division::Random, Recipe::of(Classifier::Mlp));
        let made = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let trial = Trial { draws: 3, ..trial };
                let mut record = TrialRecord::make(trial, &table)?;
                record.exchange(&table, Exchanges { number: 3, draws: 2 }).map(|()| record)
            })
            .unwrap()
        };
        assert_eq!(made(1), made(2));
    }

    #[test]
    fn exchanges_together_are_those_of_one_table_after_another() {
        let table = FeatureTable::of(&few(Effect::Null, 1.0, 6));
        let trial = Trial::new(Origin::Recordings, Division::Participant, Recipe::of(Classifier::Knn));
        let trial = Trial { draws: 1, ..trial };
        let mut record = TrialRecord::make(trial, &table).unwrap();
        // Several blocks, the last one not full.
        record.exchange(&table, Exchanges { number: 60, draws: 1 }).unwrap();
        let right = record.null.unwrap().distribution.right;
        let alone = |seed: u64| {
            let alone = TrialRecord::make(trial, &table.with_exchanged_labels(seed)).unwrap();
            alone.answers().filter(|(_, _, label, answer)| label == answer).count()
        };
        assert_eq!(right, (0..60).map(alone).collect::<Vec<_>>());
    }

    #[test]
    fn planted_texture_is_found_in_new_participants_and_nothing_where_nothing_is_planted() {
        let estimate = |effect, strength| {
            let table = FeatureTable::of(&few(effect, strength, 24));
            let trial = Trial::new(Origin::Recordings, Division::Participant, Recipe::of(Classifier::Svm));
            let trial = Trial { draws: 1, ..trial };
            let mut record = TrialRecord::make(trial, &table).unwrap();
            record.exchange(&table, trial.exchanges(Profile::Smoke)).unwrap();
            TrialEstimate::of(&record)
        };
        let nothing = estimate(Effect::Null, 1.0);
        assert!(nothing.over_participants.unwrap().low < nothing.chance, "{nothing:?}");
        assert!(nothing.exchanged.unwrap().p > 0.05, "{nothing:?}");
        let texture = estimate(Effect::Local, 2.0);
        assert!(texture.over_participants.unwrap().low > texture.chance, "{texture:?}");
        assert_eq!(texture.exchanged.unwrap().p, 0.05, "{texture:?}");
    }

    #[test]
    fn synthetic_recordings_get_no_verdict_and_name_what_is_missing() {
        let set = few(Effect::Null, 1.0, 6);
        let classification = Classification::below(tempdir().unwrap().path(), &set, Profile::Paper).unwrap();
        // All are of one length, so they are not cut.
        assert_eq!(classification.missing.len(), plan(Origin::Recordings, Profile::Paper).len());
        assert!(classification.beside.is_empty() && classification.estimates.is_empty());
        assert!(classification.to_string().contains("trials are not recorded yet"));
    }

    #[test]
    fn every_trial_has_a_name_of_its_own() {
        for origin in [Origin::Recordings, Origin::Cut, Origin::Published] {
            let names: std::collections::BTreeSet<String> =
                plan(origin, Profile::Paper).iter().map(Trial::name).collect();
            assert_eq!(names.len(), plan(origin, Profile::Paper).len());
            assert!(names.contains("participant-knn-floating-forward-leaking"));
        }
        assert!(plan(Origin::Recordings, Profile::Quick).iter().all(|trial| trial.draws == 1));
        assert!(
            plan(Origin::Published, Profile::Paper).iter().all(|trial| trial.division != Division::Stimulus)
        );
    }
}
