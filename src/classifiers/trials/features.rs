//! What is recorded of the tables of features themselves: it takes recordings to find, and none to be read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Origin, Tables};
use crate::error::Result;
use crate::features::FeatureSummary;
use crate::recordings::{Design, Fingerprint};
use crate::store::{create_folder, read_record, write_record};

/// What its file holds.
const EXPECTED: &str = "the tables of features, and how well each feature separates labels";

/// The tables of features, and how well the features of the recordings separate labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureFindings {
    /// What identifies the recordings.
    pub data: Fingerprint,
    /// What identifies each table ([`FeatureTable::digest`](crate::features::FeatureTable::digest)).
    pub digests: BTreeMap<Origin, String>,
    /// How well each feature of the recordings separates labels.
    pub features: FeatureSummary,
}

impl FeatureFindings {
    /// That of the tables of recordings.
    #[must_use]
    pub fn of(design: &Design, tables: &Tables) -> Self {
        Self {
            data: design.fingerprint(),
            digests: tables.by_origin().map(|(origin, table)| (origin, table.digest())).collect(),
            features: tables.recordings.summary(),
        }
    }

    /// Its file among the records of a classification.
    #[must_use]
    pub fn path(folder: &Path) -> PathBuf {
        folder.join("features.json")
    }

    /// What is recorded of these recordings, if it is.
    ///
    /// # Errors
    /// [`Fault::BAD_RECORD`](crate::error::Fault::BAD_RECORD); [`Fault::FOREIGN_RECORDS`](crate::error::Fault::FOREIGN_RECORDS) if it is of other recordings.
    pub fn read(folder: &Path, design: &Design) -> Result<Option<Self>> {
        let path = Self::path(folder);
        let found = read_record::<Self>(&path, EXPECTED)?;
        found.as_ref().map_or(Ok(()), |found| design.check_record(&path, found.data))?;
        Ok(found)
    }

    /// Writes it among the records of a classification.
    ///
    /// # Errors
    /// Those of [`write_record`].
    pub fn write(&self, folder: &Path) -> Result<()> {
        create_folder(folder)?;
        write_record(Self::path(folder), self)
    }
}
