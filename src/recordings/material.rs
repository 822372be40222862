//! What results are of: recordings, or, where there are none, what is recorded of the published ones.

use std::fmt;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use super::dataset::{DataSet, Fingerprint, Provenance};
use super::description::Description;
use super::design::Design;
use super::source::{DATA_VARIABLE, Source};
use crate::error::{Error, Fault, Place, Result};
use crate::store::{NEVER, Project, read_record};

/// What results are of. Either way it is a [`Design`], which is all that takes no samples.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a program has one of it, and does not move it about")]
pub enum Material {
    /// Recordings that were read, and where they were found.
    Recordings(Source, DataSet),
    /// What a checkout's records say of the published recordings: their design and description.
    Records(Box<(Design, Description)>),
}

impl Deref for Material {
    type Target = Design;

    fn deref(&self) -> &Design {
        match self {
            Self::Recordings(_, set) => set,
            Self::Records(records) => &records.0,
        }
    }
}

impl Material {
    /// Reads the recordings that are [chosen](Source::choose); without any, what a checkout records of the published
    /// ones. Where there is no checkout, synthetic recordings are made.
    ///
    /// # Errors
    /// Those of [`Source::load`] and [`Self::recorded`].
    pub fn choose(project: &Project, asked: Option<PathBuf>) -> Result<Self> {
        Self::choose_unless(project, asked, &NEVER)
    }

    /// The same, unless `stop` becomes true first.
    ///
    /// # Errors
    /// Those of [`Self::choose`]; [`Fault::INTERRUPTED`].
    pub fn choose_unless(project: &Project, asked: Option<PathBuf>, stop: &AtomicBool) -> Result<Self> {
        let source = Source::choose(project, asked);
        if matches!(source, Source::Synthetic(_)) && project.checkout().is_ok() {
            return Self::recorded(project);
        }
        let set = source.load_unless(stop)?;
        Ok(Self::Recordings(source, set))
    }

    /// What a checkout records of the published recordings.
    ///
    /// # Errors
    /// [`Fault::NO_RECORDS`] if it does not; [`Fault::BAD_RECORD`] if they are of other recordings or do not belong together.
    pub fn recorded(project: &Project) -> Result<Self> {
        let folder = project.committed_records();
        let design: Design = required(folder.join(DESIGN), "the design of the published recordings")?;
        let description: Description =
            required(folder.join(DESCRIPTION), "the description of the published recordings")?;
        let is_published =
            |data, provenance| data == Fingerprint::PUBLISHED && provenance == Provenance::Published;
        let is_sorted = design.outlines().windows(2).all(|pair| pair[0].id() < pair[1].id());
        if !is_published(design.fingerprint(), design.provenance()) || !is_sorted {
            let expected = "the published recordings, sorted by song and participant";
            let place = Place::file(folder.join(DESIGN));
            return Err(Error::new(Fault::BAD_RECORD, place, expected, "others, or another order"));
        }
        if !description.is_of(&design) {
            let (place, expected) = (Place::file(folder.join(DESCRIPTION)), "the counts of design.json");
            return Err(Error::new(Fault::BAD_RECORD, place, expected, "others"));
        }
        Ok(Self::Records(Box::new((design, description))))
    }

    /// The recordings, if they were read.
    #[must_use]
    pub const fn recordings(&self) -> Option<&DataSet> {
        match self {
            Self::Recordings(_, set) => Some(set),
            Self::Records(_) => None,
        }
    }

    /// Where the recordings are, if they were read.
    #[must_use]
    pub const fn source(&self) -> Option<&Source> {
        match self {
            Self::Recordings(source, _) => Some(source),
            Self::Records(_) => None,
        }
    }

    /// The recordings in numbers.
    #[must_use]
    pub fn description(&self) -> Description {
        match self {
            Self::Recordings(_, set) => Description::of(set),
            Self::Records(records) => records.1.clone(),
        }
    }
}

/// The file of the published recordings' [`Design`] below the committed records.
pub(crate) const DESIGN: &str = "design.json";
/// The file of their [`Description`].
pub(crate) const DESCRIPTION: &str = "description.json";

fn required<T: serde::de::DeserializeOwned>(path: PathBuf, expected: &str) -> Result<T> {
    let missing = || Error::new(Fault::NO_RECORDS, Place::file(&path), expected, "no such file");
    read_record(&path, expected)?.ok_or_else(missing)
}

impl fmt::Display for Material {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recordings(source, _) => write!(f, "recordings from {source}"),
            Self::Records(records) => write!(
                f,
                "from records of {}, data {}, eegenre {} (no recordings: no --data, no {DATA_VARIABLE}, no \
                 data/music-affect_v2 in the project)",
                records.1.known_as.as_deref().unwrap_or("the published recordings"),
                records.0.fingerprint().short(),
                env!("CARGO_PKG_VERSION"),
            ),
        }
    }
}
