//! What signals show without a network, kept as a record: it takes recordings to find, and none to be read.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{ArtefactScan, Reach};
use crate::error::Result;
use crate::preparation::Framing;
use crate::recordings::{DataSet, Design, Fingerprint};
use crate::store::{create_folder, read_record, write_record};

/// What its file holds.
const EXPECTED: &str = "what signals show without a network";

/// What signals show without a network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalFindings {
    /// What identifies the recordings.
    pub data: Fingerprint,
    /// Properties that predict a label without being signal, in the files as they are.
    pub artefacts: ArtefactScan,
    /// The accuracy of autocorrelations.
    pub reaches: Vec<Reach>,
}

impl SignalFindings {
    /// Those of recordings; some seconds.
    ///
    /// # Errors
    /// Those of [`ArtefactScan::of`] and [`Reach::all`].
    pub fn of(set: &DataSet) -> Result<Self> {
        let (artefacts, reaches) = (ArtefactScan::of(set, Framing::unit(set))?, Reach::all(set)?);
        Ok(Self { data: set.fingerprint(), artefacts, reaches })
    }

    /// Their file among the records of an audit.
    #[must_use]
    pub fn path(folder: &Path) -> PathBuf {
        folder.join("signals.json")
    }

    /// Those that are recorded of these recordings, if they are.
    ///
    /// # Errors
    /// [`Fault::BAD_RECORD`](crate::error::Fault::BAD_RECORD); [`Fault::FOREIGN_RECORDS`](crate::error::Fault::FOREIGN_RECORDS) if they are of other recordings.
    pub fn load(folder: &Path, design: &Design) -> Result<Option<Self>> {
        let path = Self::path(folder);
        let found = read_record::<Self>(&path, EXPECTED)?;
        found.as_ref().map_or(Ok(()), |found| design.check_record(&path, found.data))?;
        Ok(found)
    }

    /// The same, or nothing found where nothing is recorded.
    pub(super) fn read(folder: &Path, design: &Design) -> Result<Self> {
        let nothing = || Self {
            data: design.fingerprint(),
            artefacts: ArtefactScan {
                frame: Framing::unit(design),
                findings: Vec::new(),
                too_few_exchanges: None,
            },
            reaches: Vec::new(),
        };
        Ok(Self::load(folder, design)?.unwrap_or_else(nothing))
    }

    /// Writes them among the records of an audit.
    ///
    /// # Errors
    /// Those of [`write_record`].
    pub fn write(&self, folder: &Path) -> Result<()> {
        create_folder(folder)?;
        write_record(Self::path(folder), self)
    }
}
