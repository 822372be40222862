//! All folds of a scheme as lists of places, which other programs take.

use std::path::Path;

use serde::Serialize;

use super::{Fold, Scheme, Split};
use crate::error::Result;
use crate::recordings::{Design, Fingerprint, Label, Participant, RecordingId, Session, Stimulus};
use crate::store::{to_json, write_atomically};

/// The form of a file of folds and its version, the first field of each.
pub const FORMAT: &str = "eegenre folds 1";

/// Folds with the recordings that they divide.
///
/// Places count [`recordings`](Self::recordings) from 0. scikit-learn takes the pairs of training and test as `cv`, skorch and
/// MOABB through it; `data/README.md` has the lines.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Folds {
    /// The form of a file of folds, and its version.
    pub format: &'static str,
    /// The scheme by which they were drawn.
    pub scheme: Option<Scheme>,
    /// The seed of the draw.
    pub seed: Option<u64>,
    /// The data set that they divide.
    pub data: Fingerprint,
    /// All recordings of the data set, sorted by stimulus and participant.
    pub recordings: Vec<FoldRecording>,
    /// The folds.
    pub folds: Vec<FoldPlaces>,
}

/// A recording, named so that the rows of another program are found by it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FoldRecording {
    /// Its name.
    pub recording: RecordingId,
    /// The participant.
    pub participant_id: Participant,
    /// The stimulus.
    pub stimulus: Stimulus,
    /// The label.
    pub label: Label,
    /// The session, where one is named.
    pub session: Option<Session>,
}

/// The places of a fold's recordings, ascending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FoldPlaces {
    /// Which fold it is, if it is one of several.
    pub fold: Option<Fold>,
    /// Those that train.
    pub training: Vec<usize>,
    /// Those that validate.
    pub validation: Vec<usize>,
    /// Those that test.
    pub test: Vec<usize>,
}

impl Folds {
    /// Those of splits of one data set.
    #[must_use]
    pub fn of(data: &Design, splits: &[Split]) -> Self {
        let origin = splits.first().map(Split::origin).unwrap_or_default();
        let recordings = data.outlines().iter().map(|outline| FoldRecording {
            recording: outline.id(),
            participant_id: outline.participant,
            stimulus: outline.stimulus,
            label: outline.label,
            session: outline.session,
        });
        let places = |part: &[RecordingId]| -> Vec<usize> {
            let place = |id: &RecordingId| data.outlines().binary_search_by_key(id, |one| one.id()).ok();
            part.iter().filter_map(place).collect()
        };
        let folds = splits.iter().map(|split| FoldPlaces {
            fold: split.origin().fold,
            training: places(split.training()),
            validation: places(split.validation()),
            test: places(split.test()),
        });
        Self {
            format: FORMAT,
            scheme: origin.scheme,
            seed: origin.seed,
            data: data.fingerprint(),
            recordings: recordings.collect(),
            folds: folds.collect(),
        }
    }

    /// Writes them as JSON, whole or not at all.
    ///
    /// # Errors
    /// [`Fault::UNWRITABLE`](crate::error::Fault::UNWRITABLE)
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        write_atomically(path, to_json("folds", self)?.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{PUBLISHED, paper_like};
    use super::*;

    #[test]
    fn places_lead_back_to_the_recordings_of_every_part() {
        let data = paper_like();
        for scheme in PUBLISHED {
            let splits = scheme.draw(&data, 5).unwrap();
            let folds = Folds::of(&data, &splits);
            assert_eq!(folds.folds.len(), splits.len());
            for (places, split) in folds.folds.iter().zip(&splits) {
                let names = |places: &[usize]| -> Vec<RecordingId> {
                    places.iter().map(|place| folds.recordings[*place].recording).collect()
                };
                assert_eq!(names(&places.training), split.training());
                assert_eq!(names(&places.validation), split.validation());
                assert_eq!(names(&places.test), split.test());
            }
        }
    }
}
