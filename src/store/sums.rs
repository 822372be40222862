//! The SHA-256 of every file of a checkout that results are read from, in the format of `sha256sum`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::digest::{Digest, files_below};
use super::{Project, write_atomically};
use crate::error::{Error, Fault, Place, Problem, Result};

/// Digests by file, each relative to `data`: `sha256sum --check SHA256SUMS` there checks the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums {
    data: PathBuf,
    digests: BTreeMap<String, String>,
}

impl Sums {
    /// The file of a checkout: `data/SHA256SUMS`.
    ///
    /// # Errors
    /// [`Fault::NO_CHECKOUT`]
    pub fn path(project: &Project) -> Result<PathBuf> {
        Ok(project.checkout()?.join("data/SHA256SUMS"))
    }

    /// Those of a checkout's records and figures as they are now.
    ///
    /// # Errors
    /// [`Fault::NO_CHECKOUT`]; [`Fault::UNREADABLE_FILE`]
    pub fn of(project: &Project) -> Result<Self> {
        let root = project.checkout()?;
        let mut files = files_below(&project.committed_records())?;
        files.retain(|path| is_kept(path));
        files.extend(files_below(&project.committed_figures())?);
        let digests = files.iter().map(|path| {
            let below = |folder: &str| path.strip_prefix(root.join(folder)).ok().map(slashed);
            let name = below("data").or_else(|| below("").map(|name| format!("../{name}")));
            Ok((name.unwrap_or_else(|| path.display().to_string()), Digest::of_file(path)?.to_string()))
        });
        let digests = Error::gather(digests)?.into_iter().collect();
        Ok(Self { data: root.join("data"), digests })
    }

    /// Those that a checkout lists.
    ///
    /// # Errors
    /// [`Fault::NO_CHECKOUT`]; [`Fault::BAD_RECORD`] if there is no list, or for a line of another form.
    pub fn read(project: &Project) -> Result<Self> {
        let (path, root) = (Self::path(project)?, project.checkout()?);
        let bad = |expected: &str, found: String| {
            Error::new(Fault::BAD_RECORD, Place::file(&path), expected, found)
        };
        let text = fs::read_to_string(&path)
            .map_err(|cause| bad("the SHA-256 of every record and figure", cause.to_string()))?;
        let digests = text.lines().map(|line| match line.split_once("  ") {
            Some((digest, name)) if digest.len() == 64 => Ok((name.to_owned(), digest.to_owned())),
            _ => Err(bad("64 hexadecimal digits, two blanks and a file", format!("{line:?}"))),
        });
        let digests = Error::gather(digests)?.into_iter().collect();
        Ok(Self { data: root.join("data"), digests })
    }

    /// Writes them into their checkout.
    ///
    /// # Errors
    /// Those of [`write_atomically`].
    pub fn write(&self) -> Result<()> {
        let lines: String = self.digests.iter().map(|(name, digest)| format!("{digest}  {name}\n")).collect();
        write_atomically(self.data.join("SHA256SUMS"), lines.as_bytes())
    }

    /// Refuses files that are not as they are listed.
    ///
    /// # Errors
    /// [`Fault::CHANGED_FILE`] for every file that is missing, not listed or changed.
    pub fn check(&self, now: &Self) -> Result<()> {
        let names: Vec<&String> = self.digests.keys().chain(now.digests.keys()).collect();
        let names: std::collections::BTreeSet<&String> = names.into_iter().collect();
        let text = |digest: Option<&String>, none: &str| {
            digest.map_or_else(|| none.to_owned(), |digest| format!("SHA-256 {}…", &digest[..12]))
        };
        let changed = names.into_iter().filter_map(|name| {
            let (listed, found) = (self.digests.get(name), now.digests.get(name));
            let place = Place::file(self.data.join(name));
            let (listed_text, found_text) = (text(listed, "no such file"), text(found, "no such file"));
            (listed != found).then(|| Problem::new(Fault::CHANGED_FILE, place, listed_text, found_text))
        });
        Error::unless_none(changed.collect())
    }

    /// A listed file, if it is as it is listed.
    ///
    /// # Errors
    /// [`Fault::CHANGED_FILE`] if it is missing, not listed or changed.
    pub fn file(&self, name: &str) -> Result<Vec<u8>> {
        let path = self.data.join(name);
        let changed = |expected: &str, found: String| {
            Err(Error::new(Fault::CHANGED_FILE, Place::file(&path), expected, found))
        };
        let Some(listed) = self.digests.get(name) else {
            return changed("a file that data/SHA256SUMS lists", "no such line".to_owned());
        };
        match fs::read(&path) {
            Ok(bytes) if Digest::of_bytes(&bytes).to_string() == *listed => Ok(bytes),
            Ok(_) => changed("its SHA-256 as data/SHA256SUMS lists it", "another".to_owned()),
            Err(cause) => changed("a file that data/SHA256SUMS lists", cause.to_string()),
        }
    }

    /// How many files are listed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.digests.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.digests.is_empty()
    }
}

/// Whether git keeps a file of the records: weights but of one run of the full series, checkpoints and locks come and go.
fn is_kept(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let variation = path.ancestors().nth(2).and_then(Path::file_name).unwrap_or_default();
    name.ends_with(".json")
        || (name.starts_with("run-00.")
            && name.ends_with(".safetensors")
            && (variation == "raw" || variation == "log"))
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> =
        path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkout() -> (tempfile::TempDir, Project) {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("Cargo.toml", "[package]\nname = \"eegenre\"\n"),
            ("data/records/raw/cnn/run-00.json", "{}"),
            ("data/records/raw/cnn/run-00.best.safetensors", "weights"),
            ("data/records/raw/cnn/run-01.best.safetensors", "not kept"),
            ("figures/figure-1.png", "png"),
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let project = Project::at(folder.path());
        (folder, project)
    }

    #[test]
    fn files_as_listed_pass_and_each_that_is_changed_new_or_gone_is_named() {
        let (folder, project) = checkout();
        assert_eq!(Sums::read(&project).unwrap_err().problems()[0].fault, Fault::BAD_RECORD);
        let sums = Sums::of(&project).unwrap();
        sums.write().unwrap();
        assert_eq!(sums.len(), 3);
        let listed = Sums::read(&project).unwrap();
        assert_eq!(listed, sums);
        assert_eq!(listed.check(&Sums::of(&project).unwrap()), Ok(()));
        assert_eq!(listed.file("../figures/figure-1.png").unwrap(), b"png");

        let records = folder.path().join("data/records");
        fs::write(records.join("raw/cnn/run-00.json"), "{ }").unwrap();
        fs::write(records.join("new.json"), "{}").unwrap();
        fs::remove_file(folder.path().join("figures/figure-1.png")).unwrap();
        let error = listed.check(&Sums::of(&project).unwrap()).unwrap_err();
        let found: Vec<&str> = error.problems().iter().map(|problem| problem.found.as_str()).collect();
        assert_eq!(found.len(), 3, "{error}");
        assert!(error.problems().iter().all(|problem| problem.fault == Fault::CHANGED_FILE));
        assert_eq!(found[0], "no such file");
        for name in ["../figures/figure-1.png", "records/raw/cnn/run-00.json", "records/new.json"] {
            assert_eq!(listed.file(name).unwrap_err().problems()[0].fault, Fault::CHANGED_FILE, "{name}");
        }
    }
}
