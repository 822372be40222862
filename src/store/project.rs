//! Where things go.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Fault, Place, Result};

/// The environment variable that names the folder of the project.
pub const PROJECT_VARIABLE: &str = "EEGENRE_PROJECT";

/// The folder that everything is kept in, and the place of each thing below it.
///
/// There are two kinds. A *checkout* is eegenre's own repository: what git tracks (notebooks, and records and figures of
/// the published recordings) has its place there, and everything else goes to `target/`. Any other folder is as good for
/// recordings of one's own: what is made goes to `eegenre/` below it.
///
/// ```
/// use eegenre::store::Project;
///
/// let anywhere = Project::at("studies/winter");
/// assert!(anywhere.records().ends_with("studies/winter/eegenre/records"));
/// assert!(anywhere.checkout().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    root: PathBuf,
    is_checkout: bool,
}

impl Project {
    /// The project in a folder.
    #[must_use]
    pub fn at(root: impl AsRef<Path>) -> Self {
        // Programs that are started elsewhere get these paths.
        let root = root.as_ref();
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        let is_checkout = is_checkout(&root);
        Self { root, is_checkout }
    }

    /// The checkout that a folder lies in, or is; without one, the folder itself.
    #[must_use]
    pub fn find(from: impl AsRef<Path>) -> Self {
        let own = Self::at(from);
        let checkout = own.root.ancestors().find(|folder| is_checkout(folder)).map(Self::at);
        checkout.unwrap_or(own)
    }

    /// The checkout that was asked for, else the one that [`PROJECT_VARIABLE`] names, else what is [found](Self::find)
    /// from the working folder.
    ///
    /// # Errors
    /// [`Fault::NO_CHECKOUT`] if the folder that is named is none; [`Fault::UNREADABLE_FILE`] if there is no working folder.
    pub fn choose(asked: Option<PathBuf>) -> Result<Self> {
        let variable = std::env::var_os(PROJECT_VARIABLE).filter(|folder| !folder.is_empty());
        if let Some(named) = asked.or_else(|| variable.map(PathBuf::from)) {
            let project = Self::at(named);
            return project.checkout().map(|_| project.clone());
        }
        let working = std::env::current_dir().map_err(|cause| {
            let place = Place::field("the working folder");
            Error::new(Fault::UNREADABLE_FILE, place, "a folder that exists", cause.to_string())
        })?;
        Ok(Self::find(working))
    }

    /// That of this repository, where its tests run.
    #[cfg(test)]
    pub(crate) fn of_tests() -> Self {
        Self::at(env!("CARGO_MANIFEST_DIR"))
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder, if it is a checkout, for what works nowhere else.
    ///
    /// # Errors
    /// [`Fault::NO_CHECKOUT`] if it is none.
    pub fn checkout(&self) -> Result<&Path> {
        if self.is_checkout {
            return Ok(&self.root);
        }
        let expected = "a checkout of eegenre (its Cargo.toml, beside data/records)";
        Err(Error::new(Fault::NO_CHECKOUT, Place::file(&self.root), expected, "another folder"))
    }

    /// Where everything goes that can be made again: `target`, or outside a checkout `eegenre`.
    fn made(&self) -> PathBuf {
        self.root.join(if self.is_checkout { "target" } else { "eegenre" })
    }

    /// Where the published recordings are looked for: `data/music-affect_v2`, ignored by git.
    #[must_use]
    pub fn published_recordings(&self) -> PathBuf {
        self.root.join("data/music-affect_v2")
    }

    /// Where synthetic recordings are made on first use: `data/synthetic`, ignored by git; outside a checkout
    /// `eegenre/synthetic`.
    #[must_use]
    pub fn synthetic_recordings(&self) -> PathBuf {
        if self.is_checkout { self.root.join("data/synthetic") } else { self.made().join("synthetic") }
    }

    /// Where records of the published recordings are, which git tracks: `data/records`. Outside a checkout it is the
    /// place of all [records](Self::records).
    ///
    /// As with figures, folders that git tracks hold results of the published recordings only.
    #[must_use]
    pub fn committed_records(&self) -> PathBuf {
        if self.is_checkout { self.root.join("data/records") } else { self.records() }
    }

    /// Where all other records are: `target/records`, or outside a checkout `eegenre/records`.
    #[must_use]
    pub fn records(&self) -> PathBuf {
        self.made().join("records")
    }

    /// Where figures of the published recordings are, which git tracks: `figures`. Outside a checkout it is the place of
    /// all [figures](Self::figures).
    #[must_use]
    pub fn committed_figures(&self) -> PathBuf {
        if self.is_checkout { self.root.join("figures") } else { self.figures() }
    }

    /// Where all other figures are: `target/figures`, or outside a checkout `eegenre/figures`.
    #[must_use]
    pub fn figures(&self) -> PathBuf {
        self.made().join("figures")
    }

    /// The notebooks of a checkout: `notebooks`.
    ///
    /// # Errors
    /// As [`checkout`](Self::checkout).
    pub fn notebooks(&self) -> Result<PathBuf> {
        self.checkout().map(|root| root.join("notebooks"))
    }

    /// Where executed copies of notebooks and their checks go: `target/notebooks`, or outside a checkout
    /// `eegenre/notebooks`.
    #[must_use]
    pub fn executed_notebooks(&self) -> PathBuf {
        self.made().join("notebooks")
    }

    /// Where the Python and the kernel of notebooks are made: `target/jupyter`, or outside a checkout `eegenre/jupyter`.
    #[must_use]
    pub fn jupyter(&self) -> PathBuf {
        self.made().join("jupyter")
    }

    /// Where the book is made: `target/book`, or outside a checkout `eegenre/book`.
    #[must_use]
    pub fn book(&self) -> PathBuf {
        self.made().join("book")
    }
}

/// Whether a folder is eegenre's repository: its `Cargo.toml` names this package, and records lie beside it.
fn is_checkout(folder: &Path) -> bool {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    let mut lines = manifest.lines().map(str::trim).skip_while(|line| *line != "[package]").skip(1);
    let named = lines.by_ref().take_while(|line| !line.starts_with('[')).any(|line| {
        let value = line.strip_prefix("name").map(str::trim_start).and_then(|rest| rest.strip_prefix('='));
        value.is_some_and(|value| value.trim() == concat!('"', env!("CARGO_PKG_NAME"), '"'))
    });
    named && folder.join("data/records").is_dir()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkout() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("data/records")).unwrap();
        fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"eegenre\"\n[features]\n").unwrap();
        folder
    }

    #[test]
    fn a_checkout_is_found_from_any_folder_below_it() {
        let folder = checkout();
        let below = folder.path().join("notebooks/copies");
        fs::create_dir_all(&below).unwrap();
        for from in [folder.path(), &below] {
            let project = Project::find(from);
            assert_eq!(project.checkout(), Ok(folder.path()));
            assert_eq!(project.records(), folder.path().join("target/records"));
            assert_eq!(project.committed_records(), folder.path().join("data/records"));
        }
        assert!(Project::at(&below).checkout().is_err());
    }

    #[test]
    fn other_folders_keep_everything_in_one_below_them() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::find(folder.path());
        assert_eq!(project.root(), folder.path());
        let made = [project.synthetic_recordings(), project.committed_records(), project.committed_figures()];
        let made = made.into_iter().chain([project.jupyter(), project.book()]);
        for place in made.chain([project.executed_notebooks()]) {
            assert!(place.starts_with(folder.path().join("eegenre")), "{}", place.display());
        }
        let error = project.notebooks().unwrap_err();
        assert_eq!(error.problems()[0].fault, Fault::NO_CHECKOUT);
    }

    #[test]
    fn another_package_and_a_crate_that_depends_on_eegenre_are_no_checkouts() {
        for manifest in [
            "[package]\nname = \"other\"\n[dependencies]\neegenre = \"0.1\"\n",
            "[package]\nname = \"other\"\n[[bin]]\nname = \"eegenre\"\n",
            "[workspace]\n",
        ] {
            let folder = checkout();
            fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
            assert!(Project::find(folder.path()).checkout().is_err(), "{manifest}");
        }
        let folder = checkout();
        fs::remove_dir(folder.path().join("data/records")).unwrap();
        assert!(Project::find(folder.path()).checkout().is_err());
    }
}
