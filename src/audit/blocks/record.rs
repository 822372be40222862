//! All findings, kept as a record: counts and statistics, no samples.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::direction::Direction;
use super::given_away::{GivenAway, accuracies};
use super::level::Level;
use super::order::{Apart, Pairs, apart, drift, exchanged_stimuli};
use super::separation::{nearest_block, separation};
use super::{BlockFinding, Statistic};
use crate::error::{Error, Fault, Place, Result};
use crate::preparation::dealt_labels;
use crate::recordings::{DataSet, Fingerprint, Label, Participant};
use crate::store::{create_folder, read_record, to_json, write_record};

/// Counts up when a statistic is computed otherwise than before.
const REVISION: u32 = 1;

/// Blocks and drift of a set of recordings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blocks {
    /// What was measured.
    pub configuration: BlockConfiguration,
    /// The program that made it.
    pub program: String,
    /// Statistics beside their null distributions; those that the design does not have are left out.
    pub findings: Vec<BlockFinding>,
    /// Whether participants share the direction, pair of labels by pair.
    pub directions: Vec<Direction>,
    /// Distances of levels by those of stimulus numbers.
    pub apart: Vec<Apart>,
}

/// Everything on which the record depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockConfiguration {
    /// The recordings.
    pub data: Fingerprint,
    /// Deals of labels or stimuli behind each p value.
    pub deals: u64,
    /// That of the statistics.
    pub revision: u32,
}

impl Blocks {
    /// Measures a set with so many deals.
    ///
    /// # Errors
    /// Those of [`Scheme::draw`](crate::preparation::Scheme::draw) for random splits, and those of the preparation.
    pub fn of(set: &DataSet, deals: u64) -> Result<Self> {
        let levels = Level::all(set)?;
        let owners: Vec<(Participant, Label)> =
            levels.iter().map(|level| (level.participant, level.label)).collect();
        let own: Vec<Label> = owners.iter().map(|(_, genre)| *genre).collect();
        let mixed: Vec<Vec<Label>> = (0..deals).map(|seed| dealt_labels(&owners, seed)).collect();
        let splits = GivenAway::all(set, &levels)?;
        let by_labels = |statistic: Statistic, of: &(dyn Fn(&[Label]) -> Option<f64> + Sync)| {
            let null: Vec<Option<f64>> = mixed.par_iter().map(|labels| of(labels)).collect();
            BlockFinding::of(statistic, of(&own), &null)
        };
        let stimuli: Vec<usize> = levels.iter().map(|level| level.place).collect();
        let by_stimuli = |statistic: Statistic, pairs: Pairs| {
            let null = (0..deals)
                .into_par_iter()
                .map(|seed| drift(&levels, &exchanged_stimuli(&levels, pairs, seed), pairs));
            BlockFinding::of(statistic, drift(&levels, &stimuli, pairs), &null.collect::<Vec<_>>())
        };
        let findings = [
            by_labels(Statistic::Separation, &|labels| separation(&levels, labels)),
            by_labels(Statistic::NearestBlock, &|labels| nearest_block(&levels, labels)),
            by_stimuli(Statistic::Drift, Pairs::All),
            by_stimuli(Statistic::DriftWithin, Pairs::Within),
            by_stimuli(Statistic::DriftBetween, Pairs::Between),
            by_labels(Statistic::Quantiles, &|labels| Some(accuracies(&splits, labels)[0])),
            by_labels(Statistic::QuantilesAndParticipant, &|labels| Some(accuracies(&splits, labels)[1])),
        ];
        Ok(Self {
            configuration: BlockConfiguration { data: set.fingerprint(), deals, revision: REVISION },
            program: concat!("eegenre ", env!("CARGO_PKG_VERSION")).to_owned(),
            findings: findings.into_iter().flatten().collect(),
            directions: Direction::all(&levels),
            apart: apart(&levels),
        })
    }

    /// A finding, if the design has it.
    #[must_use]
    pub fn finding(&self, statistic: Statistic) -> Option<&BlockFinding> {
        self.findings.iter().find(|finding| finding.statistic == statistic)
    }

    fn path(folder: &Path) -> PathBuf {
        folder.join("blocks.json")
    }

    /// The record below a folder, if it is there.
    ///
    /// # Errors
    /// [`Fault::BAD_RECORD`]; [`Fault::FOREIGN_RECORDS`] if it is of other recordings, deals or another revision.
    pub fn read(folder: &Path, data: Fingerprint, deals: u64) -> Result<Option<Self>> {
        let path = Self::path(folder);
        let Some(record) = read_record::<Self>(&path, "a record of blocks and drift")? else {
            return Ok(None);
        };
        let expected = BlockConfiguration { data, deals, revision: REVISION };
        if record.configuration == expected {
            return Ok(Some(record));
        }
        let expected = to_json("configuration", &expected)?;
        let found = to_json("configuration", &record.configuration)?;
        Err(Error::new(Fault::FOREIGN_RECORDS, Place::file(path), expected, found))
    }

    /// Writes it below a folder.
    ///
    /// # Errors
    /// [`Fault::UNWRITABLE`]; [`Fault::UNREADABLE_RECORD`]
    pub fn write(&self, folder: &Path) -> Result<()> {
        create_folder(folder)?;
        write_record(Self::path(folder), self)
    }
}
