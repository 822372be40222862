//! Writing files so that none is ever half written.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, Fault, Place, Result};

/// Writes a file whole or not at all.
///
/// The bytes go to a hidden file in the same folder, reach the disk and only then take the name. A reader sees the
/// old contents or the new ones, and a killed process leaves the old. The hidden file of a killed process is named
/// `.NAME.PROCESS-COUNT.aside` and may be deleted.
///
/// # Errors
/// [`Fault::UNWRITABLE`] if the folder does not exist, `path` names a folder, or the system refuses to write.
pub fn write_atomically(path: impl AsRef<Path>, bytes: &[u8]) -> Result<()> {
    let path = path.as_ref();
    let unwritable = |found: String| Error::new(Fault::UNWRITABLE, Place::file(path), "to write it", found);
    let aside = aside(path).ok_or_else(|| unwritable("no file name".into()))?;
    let written = write_and_rename(&aside, path, bytes);
    written.map_err(|error| {
        // The write has failed already; a file that cannot be removed either adds nothing to say.
        let _ = fs::remove_file(&aside);
        unwritable(error.to_string())
    })
}

/// Makes sure that files can be written to a folder, which may have to be made, before work that takes long. Nothing is
/// left behind.
///
/// # Errors
/// [`Fault::UNWRITABLE`] if the system refuses.
pub fn check_writable(folder: impl AsRef<Path>) -> Result<()> {
    let folder = folder.as_ref();
    let there = folder.ancestors().find(|there| there.exists()).unwrap_or(Path::new("."));
    let tried = aside(&there.join("eegenre")).map_or(Ok(()), |file| {
        File::create_new(&file)?;
        fs::remove_file(file)
    });
    tried.map_err(|cause| {
        Error::new(Fault::UNWRITABLE, Place::file(folder), "to write to it", cause.to_string())
    })
}

/// Makes a folder and those above it, unless they are there.
///
/// # Errors
/// [`Fault::UNWRITABLE`] if the system refuses.
pub fn create_folder(path: impl AsRef<Path>) -> Result<()> {
    let path = path.as_ref();
    fs::create_dir_all(path).map_err(|cause| {
        Error::new(Fault::UNWRITABLE, Place::file(path), "to make the folder", cause.to_string())
    })
}

fn write_and_rename(aside: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(aside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(aside, path)
}

/// A name beside `path` that no other call of this or another process uses.
fn aside(path: &Path) -> Option<PathBuf> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut name = OsString::from(".");
    name.push(path.file_name()?);
    name.push(format!(".{}-{}.aside", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
    Some(path.with_file_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    }

    #[test]
    fn a_file_is_made_and_replaced_and_nothing_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.json");
        for contents in ["a long first version", "second"] {
            write_atomically(&path, contents.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), contents);
        }
        assert_eq!(names(folder.path()), ["record.json"]);
    }

    #[test]
    fn what_cannot_be_written_is_an_error_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("taken");
        fs::create_dir(&taken).unwrap();
        for path in [taken, folder.path().join("absent/record.json"), PathBuf::from("/"), PathBuf::new()] {
            let error = write_atomically(&path, b"bytes").unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::UNWRITABLE);
            assert_eq!(error.problems()[0].place.file.as_deref(), Some(path.as_path()));
        }
        assert_eq!(names(folder.path()), ["taken"]);
    }

    #[test]
    fn whether_a_folder_can_be_written_to_is_told_and_nothing_is_left() {
        let parent = tempfile::tempdir().unwrap();
        for folder in [parent.path().to_owned(), parent.path().join("deep/records")] {
            assert_eq!(check_writable(folder), Ok(()));
        }
        assert_eq!(names(parent.path()), [""; 0]);
        fs::write(parent.path().join("file"), "in the way").unwrap();
        let folder = parent.path().join("file/records");
        let problem = check_writable(&folder).unwrap_err().problems()[0].clone();
        assert_eq!((problem.fault, problem.place.file), (Fault::UNWRITABLE, Some(folder)));
    }

    #[test]
    fn writers_of_one_file_do_not_mix() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.json");
        let versions: Vec<Vec<u8>> = (0..8_u8).map(|version| vec![version; 10_000]).collect();
        std::thread::scope(|scope| {
            for version in &versions {
                scope.spawn(|| write_atomically(&path, version).unwrap());
            }
        });
        assert!(versions.contains(&fs::read(&path).unwrap()));
        assert_eq!(names(folder.path()), ["record.json"]);
    }
}
