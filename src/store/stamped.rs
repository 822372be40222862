//! Folders that the program may empty, because it made them: each carries a stamp that says what it is.
//!
//! A folder without a stamp is not taken over, whatever else speaks for it: that an earlier version made it says nothing of
//! what was put there since. Its owner is told to delete it, once.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::atomic::{create_folder, write_atomically};
use crate::error::{Error, Fault, Place, Result};

/// The file that tells a folder of the program's making from any other. Its text says what the folder is.
pub const STAMP: &str = ".made-by-eegenre";

/// Makes a folder and stamps it as `what`. A folder with that stamp is left alone, and an empty one gets it.
///
/// # Errors
/// [`Fault::OCCUPIED_FOLDER`] if something else is there; [`Fault::UNWRITABLE`].
pub fn claim(folder: impl AsRef<Path>, what: &str) -> Result<()> {
    let folder = folder.as_ref();
    if !is_ours(folder, what)? {
        create_folder(folder)?;
        write_atomically(folder.join(STAMP), format!("{what}\n").as_bytes())?;
    }
    Ok(())
}

/// Makes a folder that holds nothing but the stamp `what`: it is [claimed](claim) and emptied.
///
/// # Errors
/// As [`claim`]; then nothing is removed.
pub fn renew(folder: impl AsRef<Path>, what: &str) -> Result<()> {
    let folder = folder.as_ref();
    claim(folder, what)?;
    empty(folder).map_err(|cause| unwritable(folder, &cause))
}

/// Removes a folder with the stamp `what`, if it is there.
///
/// # Errors
/// As [`claim`]; then nothing is removed.
pub fn discard(folder: impl AsRef<Path>, what: &str) -> Result<()> {
    let folder = folder.as_ref();
    if !is_ours(folder, what)? {
        return Ok(());
    }
    let removed = empty(folder)
        .and_then(|()| fs::remove_file(folder.join(STAMP)))
        .and_then(|()| fs::remove_dir(folder));
    removed.map_err(|cause| unwritable(folder, &cause))
}

/// Whether a folder has the stamp: false if it is not there or empty.
fn is_ours(folder: &Path, what: &str) -> Result<bool> {
    let occupied = |found: String| {
        let expected = format!("no folder, an empty one, or one that eegenre made ({what})");
        Error::new(Fault::OCCUPIED_FOLDER, Place::file(folder), expected, found)
    };
    match fs::read_to_string(folder.join(STAMP)) {
        Ok(stamp) if stamp.trim_end() == what => return Ok(true),
        Ok(stamp) => return Err(occupied(format!("another folder of eegenre ({})", stamp.trim_end()))),
        // What it is instead is told below.
        Err(_) => {}
    }
    match fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(false),
        Ok(false) => Err(occupied(format!("files, and no {STAMP} among them"))),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(false),
        Err(cause) if cause.kind() == ErrorKind::NotADirectory => Err(occupied("a file".into())),
        Err(cause) => Err(unwritable(folder, &cause)),
    }
}

/// Removes all that a folder holds but the stamp. Who is killed meanwhile leaves a folder that is still ours.
///
/// No other function of the program removes folders with what is in them.
fn empty(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name() == STAMP {
            continue;
        }
        // Not the kind of what a link leads to.
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn unwritable(folder: &Path, cause: &io::Error) -> Error {
    Error::new(Fault::UNWRITABLE, Place::file(folder), "to replace it", cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Action = fn(&Path, &str) -> Result<()>;
    const ACTIONS: [Action; 3] =
        [|at, what| claim(at, what), |at, what| renew(at, what), |at, what| discard(at, what)];

    #[test]
    fn a_folder_of_ours_is_emptied_and_removed() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("deep/book");
        for _ in 0..2 {
            renew(&folder, "book").unwrap();
            assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
            fs::create_dir(folder.join("pages")).unwrap();
            fs::write(folder.join("pages/index.html"), "text").unwrap();
            claim(&folder, "book").unwrap();
            assert!(folder.join("pages/index.html").is_file());
        }
        discard(&folder, "book").unwrap();
        assert!(!folder.exists());
        discard(&folder, "book").unwrap();
    }

    #[test]
    fn what_is_not_ours_is_refused_and_stays() {
        let parent = tempfile::tempdir().unwrap();
        let foreign = |name: &str| {
            let folder = parent.path().join(name);
            fs::create_dir_all(&folder).unwrap();
            folder
        };
        fs::write(foreign("site").join("index.html"), "mine").unwrap();
        fs::create_dir(foreign("vendor").join("crate")).unwrap();
        fs::write(foreign("other").join(STAMP), "vendored sources\n").unwrap();
        fs::write(parent.path().join("file"), "mine").unwrap();
        for (name, found) in [
            ("site", "no .made-by-eegenre among them"),
            ("vendor", "no .made-by-eegenre among them"),
            ("other", "another folder of eegenre (vendored sources)"),
            ("file", "a file"),
        ] {
            let path = parent.path().join(name);
            for action in ACTIONS {
                let error = action(&path, "book").unwrap_err();
                let problem = &error.problems()[0];
                assert_eq!(problem.fault, Fault::OCCUPIED_FOLDER, "{error}");
                assert_eq!(problem.place.file.as_deref(), Some(path.as_path()));
                assert!(problem.found.contains(found), "{error}");
            }
        }
        assert_eq!(fs::read(parent.path().join("site/index.html")).unwrap(), b"mine");
        assert!(parent.path().join("vendor/crate").is_dir());
        assert!(parent.path().join("other").join(STAMP).is_file());
    }

    #[cfg(unix)]
    #[test]
    fn what_a_link_leads_to_stays() {
        let parent = tempfile::tempdir().unwrap();
        let (mine, folder) = (parent.path().join("mine"), parent.path().join("book"));
        fs::create_dir(&mine).unwrap();
        fs::write(mine.join("notes.txt"), "mine").unwrap();
        claim(&folder, "book").unwrap();
        std::os::unix::fs::symlink(&mine, folder.join("link")).unwrap();
        discard(&folder, "book").unwrap();
        assert!(mine.join("notes.txt").is_file() && !folder.exists());
    }
}
