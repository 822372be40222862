//! How the rows of a table are divided into those that teach and those that are tested.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Fault, Place, Result};
use crate::evaluation::Known;
use crate::evaluation::shuffle::Shuffler;
use crate::features::{FeatureRow, FeatureTable};
use crate::preparation::Scheme;
use crate::preparation::split::{deal, stimulus_groups};
use crate::recordings::{Design, Label, Participant, Stimulus};

/// Parts of the random division in which every row is tested once.
pub const TENTHS: usize = 10;

/// The stream of random numbers of [`Division::TenFold`]; splits use small ones, inner folds the one before.
const STREAM: u64 = (1 << 32) + 1;

/// What a test keeps apart from what teaches.
///
/// | division | folds of the published recordings | test |
/// |---|---|---|
/// | `participant` | 24 | one participant |
/// | `stimulus` | 4 | one stimulus of each label |
/// | `random` | 1 | 39 recordings, as the paper's networks |
/// | `ten-fold` | 10 | a tenth of the rows |
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Division {
    /// Leave one participant out, as Rahman et al. (3.4).
    Participant,
    /// Leave one stimulus of each label out, drawn as in [`Scheme::Stimulus`](crate::preparation::Scheme::Stimulus). Only of a table
    /// that names stimuli.
    Stimulus,
    /// The paper's split (2.1): the same test recordings as [`Split::random`](crate::preparation::Split::random) of the same
    /// seed. What the networks train and validate on teaches.
    Random,
    /// Rows at random in ten parts. **This leaks**: participants and stimuli, and, where a recording has several rows, the
    /// recording itself stand on both sides.
    TenFold,
}

/// Rows to learn from, and rows to be tested, both ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFold {
    /// Rows to learn from.
    pub training: Vec<usize>,
    /// Rows to be tested.
    pub test: Vec<usize>,
}

impl Division {
    /// All of them, the honest ones first.
    pub const ALL: [Self; 4] = [Self::Participant, Self::Stimulus, Self::Random, Self::TenFold];

    /// Its name in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Participant => "participant",
            Self::Stimulus => "stimulus",
            Self::Random => "random",
            Self::TenFold => "ten-fold",
        }
    }

    /// What a guess without a signal knows of a tested participant.
    #[must_use]
    pub const fn known(self) -> Known {
        match self {
            Self::Participant => Known::Nothing,
            Self::Stimulus | Self::Random | Self::TenFold => Known::OwnLabels,
        }
    }

    /// Whether a design can be divided so.
    #[must_use]
    pub fn is_allowed_by(self, design: &Design) -> bool {
        match self {
            Self::Participant => design.participants().len() >= 2,
            Self::Stimulus => Scheme::Stimulus.draw(design, 0).is_ok(),
            Self::Random => design.outlines().len() >= 3,
            Self::TenFold => design.outlines().len() >= 10,
        }
    }

    /// Divides a table. The seed decides everything but who is left out.
    ///
    /// # Errors
    /// [`Fault::TOO_FEW_TO_SPLIT`] if there are fewer than two participants, three recordings, ten rows, or three stimuli of
    /// each label; [`Fault::BAD_SETTING`] if stimuli are to be left out of a table that does not name them.
    pub fn draw(self, table: &FeatureTable, seed: u64) -> Result<Vec<TableFold>> {
        let rows = table.rows();
        match self {
            Self::Participant => {
                let participants: BTreeSet<Participant> = rows.iter().map(|row| row.participant).collect();
                at_least(2, participants.len(), "participants")?;
                let folds = participants.into_iter();
                Ok(folds.map(|participant| fold(rows, |_, row| row.participant == participant)).collect())
            }
            Self::Stimulus => {
                if let Some(row) = rows.iter().position(|row| row.stimulus.is_none()) {
                    let found = format!("none in row {}", row + 1);
                    let place = Place::field("division stimulus");
                    return Err(Error::new(
                        Fault::BAD_SETTING,
                        place,
                        "a table that names a stimulus in every row",
                        found,
                    ));
                }
                let mut labels: BTreeMap<Stimulus, BTreeSet<Label>> = BTreeMap::new();
                for (stimulus, row) in rows.iter().filter_map(|row| Some((row.stimulus?, row))) {
                    labels.entry(stimulus).or_default().insert(row.label);
                }
                let is_of =
                    |row: &FeatureRow, own: &[Stimulus]| row.stimulus.is_some_and(|one| own.contains(&one));
                Ok(stimulus_groups(labels, seed)?
                    .iter()
                    .map(|own| fold(rows, |_, row| is_of(row, own)))
                    .collect())
            }
            Self::Random => {
                let recordings: BTreeSet<usize> = rows.iter().map(|row| row.recording).collect();
                let recordings: Vec<usize> = recordings.into_iter().collect();
                let [_, _, test] = deal(recordings.len(), seed)?;
                let test: BTreeSet<usize> = test.into_iter().map(|place| recordings[place]).collect();
                Ok(vec![fold(rows, |_, row| test.contains(&row.recording))])
            }
            Self::TenFold => {
                at_least(TENTHS, rows.len(), "rows")?;
                let mut order: Vec<usize> = (0..rows.len()).collect();
                Shuffler::new(seed, STREAM).shuffle(&mut order);
                let part: BTreeMap<usize, usize> =
                    order.into_iter().enumerate().map(|(place, row)| (row, place % TENTHS)).collect();
                Ok((0..TENTHS).map(|tenth| fold(rows, |index, _| part[&index] == tenth)).collect())
            }
        }
    }
}

/// The rows that are tested, and all others.
fn fold(rows: &[FeatureRow], is_tested: impl Fn(usize, &FeatureRow) -> bool) -> TableFold {
    let (test, training) = (0..rows.len()).partition(|index| is_tested(*index, &rows[*index]));
    TableFold { training, test }
}

fn at_least(fewest: usize, found: usize, what: &str) -> Result<()> {
    if found >= fewest {
        return Ok(());
    }
    let expected = format!("at least {fewest}");
    Err(Error::new(Fault::TOO_FEW_TO_SPLIT, Place::field(what), expected, found.to_string()))
}

impl fmt::Display for Division {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Division {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|division| division.name() == name).ok_or_else(|| {
            let expected = Self::ALL.map(Self::name).join(", ");
            Error::new(
                Fault::BAD_SETTING,
                Place::field("scheme"),
                format!("one of {expected}"),
                format!("{name:?}"),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preparation::Split;
    use crate::preparation::split::testing::paper_like;
    use crate::recordings::RecordingId;

    /// A row of one value for each recording of the paper's design.
    fn table() -> FeatureTable {
        let set = paper_like();
        let rows = set.recordings().iter().enumerate().map(|(index, recording)| FeatureRow {
            participant: recording.participant,
            label: recording.label,
            stimulus: Some(recording.stimulus),
            take: recording.take,
            band: None,
            recording: index,
            values: vec![Some(1.0)],
        });
        FeatureTable::new(vec!["one".to_owned()], rows.collect()).unwrap()
    }

    fn ids(table: &FeatureTable, rows: &[usize]) -> Vec<RecordingId> {
        let row = |row: &usize| &table.rows()[*row];
        let id = |row: &FeatureRow| RecordingId::new(row.stimulus.unwrap(), row.participant);
        let mut ids: Vec<RecordingId> = rows.iter().map(row).map(id).collect();
        ids.sort_unstable();
        ids
    }

    #[test]
    fn tests_are_those_of_the_networks() {
        let table = table();
        for (division, scheme) in [
            (Division::Random, Scheme::Random),
            (Division::Participant, Scheme::Participant),
            (Division::Stimulus, Scheme::Stimulus),
        ] {
            let folds = division.draw(&table, 3).unwrap();
            let splits = scheme.draw(&paper_like(), 3).unwrap();
            let tested: Vec<Vec<RecordingId>> = folds.iter().map(|fold| ids(&table, &fold.test)).collect();
            assert_eq!(
                tested,
                splits.iter().map(|split| split.test().to_vec()).collect::<Vec<_>>(),
                "{division}"
            );
        }
        assert_eq!(
            Division::Random.draw(&table, 0).unwrap()[0].test.len(),
            Split::random(&paper_like(), 0).unwrap().test().len()
        );
    }

    #[test]
    fn every_row_is_on_one_side_and_in_folds_tested_once() {
        let table = table();
        for division in Division::ALL {
            let folds = division.draw(&table, 1).unwrap();
            let mut tested = vec![0; table.rows().len()];
            for fold in &folds {
                let mut all = [fold.training.clone(), fold.test.clone()].concat();
                all.sort_unstable();
                assert_eq!(all, (0..192).collect::<Vec<_>>(), "{division}");
                fold.test.iter().for_each(|row| tested[*row] += 1);
            }
            assert!(division == Division::Random || tested.iter().all(|count| *count == 1), "{division}");
            assert_eq!(folds.len(), [24, 4, 1, 10][division as usize]);
            assert_eq!(division.name().parse(), Ok(division));
        }
    }

    #[test]
    fn rows_of_one_recording_stay_together_in_the_papers_split() {
        let one = table();
        let rows = one.rows().iter().flat_map(|row| [row.clone(), row.clone(), row.clone()]).collect();
        let three = FeatureTable::new(one.names().to_vec(), rows).unwrap();
        let test = &Division::Random.draw(&three, 0).unwrap()[0].test;
        assert_eq!(test.len(), 3 * 39);
        assert!(test.chunks(3).all(|rows| rows[0] % 3 == 0 && rows[2] == rows[0] + 2));
    }

    #[test]
    fn what_cannot_be_divided_is_refused() {
        let mut rows = table().rows().to_vec();
        let of = |rows: &[FeatureRow]| FeatureTable::new(vec!["one".to_owned()], rows.to_vec()).unwrap();
        let fault = |division: Division, table: &FeatureTable| {
            division.draw(table, 0).unwrap_err().problems()[0].fault
        };
        rows[5].stimulus = None;
        assert_eq!(fault(Division::Stimulus, &of(&rows)), Fault::BAD_SETTING);
        assert_eq!(fault(Division::Stimulus, &of(&rows[..2])), Fault::TOO_FEW_TO_SPLIT);
        assert_eq!(fault(Division::Participant, &of(&rows[..1])), Fault::TOO_FEW_TO_SPLIT);
        assert_eq!(fault(Division::Random, &of(&rows[..2])), Fault::TOO_FEW_TO_SPLIT);
        assert_eq!(fault(Division::TenFold, &of(&rows[..9])), Fault::TOO_FEW_TO_SPLIT);
        assert_eq!("Random".parse::<Division>().unwrap_err().problems()[0].fault, Fault::BAD_SETTING);
    }
}
