//! Digests of texts and of files.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::error::{Error, Fault, Place, Result};

/// A SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    /// Of texts, so that moving a letter from one to the next changes it.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hash = Sha256::new();
        for text in texts {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        Self(hash.finalize().into())
    }

    /// Of bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Of a file's bytes.
    pub fn of_file(file: &Path) -> Result<Self> {
        read(file).map(|bytes| Self::of_bytes(&bytes))
    }

    /// Of files, each with its path below a folder.
    pub fn of_files(root: &Path, files: &[PathBuf]) -> Result<Self> {
        let mut files = files.to_vec();
        files.sort();
        let mut hash = Sha256::new();
        for file in files {
            let bytes = read(&file)?;
            let parts = file.strip_prefix(root).unwrap_or(&file).components();
            let name: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
            let name = name.join("/");
            for part in [name.as_bytes(), bytes.as_slice()] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
        Ok(Self(hash.finalize().into()))
    }
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).map_err(|cause| {
        Error::new(Fault::UNREADABLE_FILE, Place::file(file), "to read it", cause.to_string())
    })
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// All files below a folder, except hidden ones; none if it is not there.
pub(crate) fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return Ok(files) };
    for entry in entries {
        let path = entry
            .map_err(|cause| {
                Error::new(Fault::UNREADABLE_FILE, Place::file(folder), "to list it", cause.to_string())
            })?
            .path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_changes_with_every_text_and_with_where_one_ends() {
        let digests = [["ab", "c"], ["a", "bc"], ["ab", "d"]].map(Digest::of);
        assert!(digests[0] != digests[1] && digests[0] != digests[2]);
        assert_eq!(Digest::of(["ab", "c"]), digests[0]);
    }

    #[test]
    fn a_digest_of_files_changes_with_names_and_contents_and_ignores_hidden_ones() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let digest = || Digest::of_files(root, &files_below(root).unwrap()).unwrap();
        let nothing = digest();
        fs::create_dir(root.join("a")).unwrap();
        fs::write(root.join("a/.lock"), "hidden").unwrap();
        assert_eq!(digest(), nothing);
        fs::write(root.join("a/b"), "text").unwrap();
        let first = digest();
        assert_ne!(first, nothing);
        fs::write(root.join("a/b"), "other").unwrap();
        assert_ne!(digest(), first);
        fs::write(root.join("a/b"), "text").unwrap();
        assert_eq!(digest(), first);
        fs::rename(root.join("a/b"), root.join("a/c")).unwrap();
        assert_ne!(digest(), first);
    }
}
