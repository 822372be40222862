//! Which data set is used, and why.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use super::dataset::DataSet;
use super::folder;
use super::synthetic::{self, Settings};
use crate::error::Result;
use crate::store::{NEVER, Project};

/// The environment variable that names a folder of recordings.
pub const DATA_VARIABLE: &str = "EEGENRE_DATA";

/// Where recordings are taken from. The first that applies is used, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The folder that was asked for (`--data`).
    Asked(PathBuf),
    /// The folder that [`DATA_VARIABLE`] names.
    Environment(PathBuf),
    /// The published recordings, where the project keeps them.
    Project(PathBuf),
    /// Synthetic recordings, made on first use.
    Synthetic(PathBuf),
}

impl Source {
    /// Chooses: the folder asked for, else the environment's, else the project's, else synthetic recordings.
    #[must_use]
    pub fn choose(project: &Project, asked: Option<PathBuf>) -> Self {
        let variable = std::env::var_os(DATA_VARIABLE);
        Self::choose_from(asked, variable, project.published_recordings(), project.synthetic_recordings())
    }

    fn choose_from(
        asked: Option<PathBuf>,
        variable: Option<OsString>,
        published: PathBuf,
        synthetic: PathBuf,
    ) -> Self {
        if let Some(folder) = asked {
            Self::Asked(folder)
        } else if let Some(folder) = variable.filter(|folder| !folder.is_empty()) {
            Self::Environment(folder.into())
        } else if published.is_dir() {
            Self::Project(published)
        } else {
            Self::Synthetic(synthetic)
        }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &PathBuf {
        match self {
            Self::Asked(folder)
            | Self::Environment(folder)
            | Self::Project(folder)
            | Self::Synthetic(folder) => folder,
        }
    }

    /// Reads the recordings, after making them if they are synthetic and not there yet.
    ///
    /// # Errors
    /// As [`load`](super::load); and if synthetic recordings cannot be written.
    pub fn load(&self) -> Result<DataSet> {
        self.load_unless(&NEVER)
    }

    /// The same, unless `stop` becomes true first.
    ///
    /// # Errors
    /// Those of [`Self::load`]; [`Fault::INTERRUPTED`](crate::error::Fault::INTERRUPTED).
    pub fn load_unless(&self, stop: &AtomicBool) -> Result<DataSet> {
        if let Self::Synthetic(folder) = self {
            synthetic::ensure_unless(&Settings::default(), folder, stop)?;
        }
        folder::load_unless(self.folder(), stop)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = self.folder().display();
        match self {
            Self::Asked(_) => write!(f, "{folder} (asked for with --data)"),
            Self::Environment(_) => write!(f, "{folder} (named by {DATA_VARIABLE})"),
            Self::Project(_) => write!(f, "{folder} (found in the project)"),
            Self::Synthetic(_) => {
                write!(
                    f,
                    "{folder} (synthetic: no --data, no {DATA_VARIABLE}, no data/music-affect_v2 in the project)"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_applies_is_used() {
        let here = tempfile::tempdir().unwrap();
        let (published, synthetic) = (here.path().join("published"), here.path().join("synthetic"));
        let choose = |asked: Option<&str>, variable: Option<&str>| {
            let (asked, variable) = (asked.map(PathBuf::from), variable.map(OsString::from));
            Source::choose_from(asked, variable, published.clone(), synthetic.clone())
        };
        assert_eq!(choose(None, None), Source::Synthetic(synthetic.clone()));
        std::fs::create_dir(&published).unwrap();
        assert_eq!(choose(None, Some("")), Source::Project(published.clone()));
        assert_eq!(choose(None, Some("b")), Source::Environment("b".into()));
        assert_eq!(choose(Some("a"), Some("b")), Source::Asked("a".into()));
    }
}
