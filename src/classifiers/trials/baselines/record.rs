//! What a baseline leaves: its answers to every test recording, and its null distributions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::method::{Seen, courses};
use super::trial::BaselineTrial;
use crate::classifiers::highest;
use crate::error::{Error, Fault, Place, Result};
use crate::evaluation::NullDistribution;
use crate::preparation::{Labelled, Split, exchanged_labels};
use crate::recordings::{DataSet, Fingerprint, Label, Labels, Participant, RecordingId};
use crate::store::{create_folder, read_record, to_json, write_record};

/// Counts up when a method answers otherwise than before.
const REVISION: u32 = 1;

/// What its files hold.
const EXPECTED: &str = "a record of a baseline";

/// The record of a trial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineRecord {
    /// What was tried, and on what.
    pub configuration: BaselineConfiguration,
    /// The program that made it.
    pub program: String,
    /// Each recording, and its label.
    pub recordings: Vec<(RecordingId, usize)>,
    /// Draw after draw, fold after fold.
    pub folds: Vec<BaselineFold>,
    /// Right answers among all labels, for each exchange of labels.
    pub among_all: NullDistribution,
    /// Right answers among the labels that the participant heard.
    pub among_heard: NullDistribution,
}

/// Everything on which a record depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineConfiguration {
    /// What was tried.
    pub trial: BaselineTrial,
    /// The recordings.
    pub data: Fingerprint,
    /// That of the methods.
    pub revision: u32,
}

/// The answers of a fold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineFold {
    /// The draw, which is its seed.
    pub draw: u64,
    /// The fold, counted from 1.
    pub fold: usize,
    /// Each tested recording: its place among the recordings, the answer among all labels, and among those that the
    /// participant heard.
    pub answers: Vec<(usize, usize, usize)>,
}

/// Classes of all recordings, and those of each participant.
struct Labelling {
    classes: Vec<usize>,
    heard: BTreeMap<Participant, BTreeSet<usize>>,
}

/// What a fold gives: its answers with the true labels, and for each labelling, the true one first, how many are right among
/// all labels and among those heard.
struct Outcome {
    answers: Vec<(usize, usize, usize)>,
    right: Vec<[usize; 2]>,
}

impl BaselineConfiguration {
    const fn of(trial: BaselineTrial, data: Fingerprint) -> Self {
        Self { trial, data, revision: REVISION }
    }
}

impl BaselineRecord {
    /// Tries: all draws and folds, with the true labels and with exchanged ones, on all cores.
    ///
    /// # Errors
    /// Those of [`Scheme::draw`](crate::preparation::Scheme::draw), and [`Fault::BAD_SETTING`] for recordings that are too
    /// short.
    pub fn make(trial: BaselineTrial, set: &DataSet) -> Result<Self> {
        let recordings = set.recordings();
        let labelled: Vec<Labelled> = recordings.iter().map(Labelled::from).collect();
        let participants: Vec<Participant> = labelled.iter().map(|one| one.participant).collect();
        let own = labelled.iter().map(|one| one.label).collect::<Vec<Label>>();
        let labels = set.labels();
        let exchanged = (0..trial.exchanges).map(|seed| exchanged_labels(&labelled, seed));
        let labellings: Vec<Labelling> = std::iter::once(own)
            .chain(exchanged)
            .map(|own| Labelling::of(&own, &labels, &participants))
            .collect();
        let seen = trial.method.see(&courses(set, trial.lengths, trial.scale)?)?;
        let splits = Error::gather((0..trial.draws).map(|draw| {
            let splits = trial.scheme.draw(set, draw)?;
            Ok((1..).zip(splits).map(move |(fold, split)| (draw, fold, split)).collect::<Vec<_>>())
        }))?
        .concat();
        let outcomes = splits
            .par_iter()
            .map(|(draw, _, split)| Outcome::of(trial, &seen, set, &participants, &labellings, split, *draw));
        let outcomes = Error::gather(outcomes.collect::<Vec<_>>())?;
        let of = outcomes.iter().map(|outcome| outcome.answers.len()).sum();
        let null = |which: usize| {
            let right = |labelling: usize| outcomes.iter().map(|one| one.right[labelling][which]).sum();
            NullDistribution { of, right: (1..labellings.len()).map(right).collect() }
        };
        let (among_all, among_heard) = (null(0), null(1));
        let folds = splits.into_iter().zip(outcomes);
        Ok(Self {
            configuration: BaselineConfiguration::of(trial, set.fingerprint()),
            program: concat!("eegenre ", env!("CARGO_PKG_VERSION")).to_owned(),
            recordings: recordings.iter().map(|one| (one.id(), labels.class(one.label))).collect(),
            folds: folds
                .map(|((draw, fold, _), outcome)| BaselineFold { draw, fold, answers: outcome.answers })
                .collect(),
            among_all,
            among_heard,
        })
    }

    /// Each answer: recording, label, answer among all labels, and among those heard.
    pub(super) fn answers(&self) -> impl Iterator<Item = (RecordingId, usize, [usize; 2])> {
        self.folds.iter().flat_map(|fold| &fold.answers).map(|(place, all, heard)| {
            let (recording, label) = self.recordings[*place];
            (recording, label, [*all, *heard])
        })
    }

    /// The file of a trial below a folder.
    #[must_use]
    pub fn path(folder: &Path, trial: &BaselineTrial) -> PathBuf {
        folder.join(format!("{}.json", trial.name()))
    }

    /// The record of a trial below a folder, if it is there.
    ///
    /// # Errors
    /// [`Fault::BAD_RECORD`]; [`Fault::FOREIGN_RECORDS`] if it is of another trial, of other recordings or of another
    /// revision.
    pub fn read(folder: &Path, trial: BaselineTrial, data: Fingerprint) -> Result<Option<Self>> {
        let path = Self::path(folder, &trial);
        let Some(record) = read_record::<Self>(&path, EXPECTED)? else { return Ok(None) };
        if !record.is_sound() {
            let found = "a recording, a label or an exchange that there is not";
            return Err(Error::new(Fault::BAD_RECORD, Place::file(path), EXPECTED, found));
        }
        let configuration = BaselineConfiguration::of(trial, data);
        if record.configuration == configuration {
            return Ok(Some(record));
        }
        let expected = to_json("configuration", &configuration)?;
        let found = to_json("configuration", &record.configuration)?;
        Err(Error::new(Fault::FOREIGN_RECORDS, Place::file(path), expected, found))
    }

    /// Whether every answer is a label, to a recording that there is, and every exchange was made.
    fn is_sound(&self) -> bool {
        let known = self.recordings.len();
        let classes = self.recordings.iter().map(|(_, class)| class + 1).max().unwrap_or(0);
        let is_sound = |(place, all, heard): &(usize, usize, usize)| {
            *place < known && *all < classes && *heard < classes
        };
        let answers: usize = self.folds.iter().map(|fold| fold.answers.len()).sum();
        let is_whole = |null: &NullDistribution| {
            null.of == answers
                && null.exchanges() as u64 == self.configuration.trial.exchanges
                && null.right.iter().all(|right| *right <= answers)
        };
        answers > 0
            && self.folds.iter().flat_map(|fold| &fold.answers).all(is_sound)
            && [&self.among_all, &self.among_heard].into_iter().all(is_whole)
    }

    /// Writes it below a folder.
    ///
    /// # Errors
    /// [`Fault::UNWRITABLE`]; [`Fault::UNREADABLE_RECORD`]
    pub fn write(&self, folder: &Path) -> Result<()> {
        create_folder(folder)?;
        write_record(Self::path(folder, &self.configuration.trial), self)
    }
}

impl Labelling {
    fn of(own: &[Label], labels: &Labels, participants: &[Participant]) -> Self {
        let classes: Vec<usize> = own.iter().map(|label| labels.class(*label)).collect();
        let mut heard: BTreeMap<Participant, BTreeSet<usize>> = BTreeMap::new();
        for (participant, class) in participants.iter().zip(&classes) {
            heard.entry(*participant).or_default().insert(*class);
        }
        Self { classes, heard }
    }
}

impl Outcome {
    /// Fits once and answers for every labelling.
    fn of(
        trial: BaselineTrial,
        seen: &Seen,
        set: &DataSet,
        participants: &[Participant],
        labellings: &[Labelling],
        split: &Split,
        seed: u64,
    ) -> Result<Self> {
        let place =
            |id: &RecordingId| set.recordings().binary_search_by_key(id, |recording| recording.id()).ok();
        let training: Vec<usize> =
            split.training().iter().chain(split.validation()).filter_map(place).collect();
        let test: Vec<usize> = split.test().iter().filter_map(place).collect();
        let fitted = trial.method.fit(seen, participants, &training, &test, seed)?;
        let (mut answers, mut right) = (Vec::new(), Vec::with_capacity(labellings.len()));
        let count = set.labels().count();
        for Labelling { classes, heard } in labellings {
            let known: Vec<usize> = training.iter().map(|place| classes[*place]).collect();
            let scores = fitted.scores(&known, count);
            let given: Vec<(usize, usize, usize)> = test
                .iter()
                .zip(scores.rows())
                .filter_map(|(place, row)| {
                    let row = row.to_vec();
                    let among_heard = heard[&participants[*place]].iter().copied();
                    Some((*place, highest(&row, 0..count)?, highest(&row, among_heard)?))
                })
                .collect();
            let right_ones = |is_right: &dyn Fn(&(usize, usize, usize)) -> bool| {
                given.iter().filter(|one| is_right(one)).count()
            };
            right.push([
                right_ones(&|(place, all, _)| *all == classes[*place]),
                right_ones(&|(place, _, heard)| *heard == classes[*place]),
            ]);
            if answers.is_empty() {
                answers = given;
            }
        }
        Ok(Self { answers, right })
    }
}
