//! A folder of synthetic workbooks: made whole or not at all, once, and never at the cost of anything else.
//!
//! A folder is built beside its place and renamed into it. A file lock beside it (`.NAME.eegenre-lock`, which stays) lets one
//! process at a time do so; the next one finds the folder made. `synthetic.json` is written last, and lists the
//! SHA-256 of every file: a folder is ours only as far as its files are as we wrote them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Settings, generate, workbook};
use crate::error::{Error, Fault, Place, Result};
use crate::recordings::{DataSet, Fingerprint, Recording, Song};
use crate::store::{Lock, NEVER};

/// The file that says what a synthetic folder holds.
pub const STAMP_FILE: &str = "synthetic.json";
const README_FILE: &str = "README.txt";

/// What a synthetic folder holds: the content of its `synthetic.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stamp {
    /// The generator's version, [`Stamp::FORMAT`] when it was written.
    pub format: u32,
    /// The settings that it was made with.
    #[serde(flatten)]
    pub settings: Settings,
    /// The recordings' fingerprint.
    pub fingerprint: Fingerprint,
    /// SHA-256 of each other file, in hexadecimal digits, by name.
    pub files: BTreeMap<String, String>,
}

impl Stamp {
    /// The version of the generator and of this file's form. It grows when either changes.
    pub const FORMAT: u32 = 1;

    /// Reads the stamp of a folder: `None` if it has none that can be read.
    #[must_use]
    pub fn read(dir: impl AsRef<Path>) -> Option<Self> {
        serde_json::from_slice(&fs::read(dir.as_ref().join(STAMP_FILE)).ok()?).ok()
    }

    fn describes(&self, settings: &Settings, set: &DataSet) -> bool {
        (self.format, self.settings, self.fingerprint) == (Self::FORMAT, *settings, set.fingerprint())
    }
}

/// Writes a synthetic set into a folder that does not exist or is empty. A folder that holds this set is left alone.
///
/// # Errors
/// - [`Fault::BAD_SETTING`] as [`generate`];
/// - [`Fault::OCCUPIED_FOLDER`] if the folder holds anything else;
/// - [`Fault::UNWRITABLE`] if a file or folder cannot be written.
pub fn write(settings: &Settings, dir: impl AsRef<Path>) -> Result<Stamp> {
    place(settings, dir.as_ref(), false, &NEVER)
}

/// Makes sure that a folder holds a synthetic set, as [`write()`], but replaces a synthetic set that has other settings,
/// comes from another version or lacks files. It does so only if every file in the folder is as eegenre wrote it.
///
/// # Errors
/// As [`write()`].
pub fn ensure(settings: &Settings, dir: impl AsRef<Path>) -> Result<Stamp> {
    ensure_unless(settings, dir.as_ref(), &NEVER)
}

/// The same, unless `stop` becomes true first.
pub(crate) fn ensure_unless(settings: &Settings, dir: &Path, stop: &AtomicBool) -> Result<Stamp> {
    place(settings, dir, true, stop)
}

fn place(settings: &Settings, dir: &Path, replace: bool, stop: &AtomicBool) -> Result<Stamp> {
    let set = generate(settings)?;
    let current = |state: &State| match state {
        State::Ours(stamp) if stamp.describes(settings, &set) => Some((**stamp).clone()),
        _ => None,
    };
    // Without the lock, so that a set on a medium that cannot be written can be used.
    if let Some(stamp) = current(&State::of(dir)?) {
        return Ok(stamp);
    }
    let places = Places::of(dir)?;
    let _lock = Lock::wait(&places.lock, stop)?;
    let state = State::of(&places.dir)?;
    if let Some(stamp) = current(&state) {
        return Ok(stamp);
    }
    let found = match state {
        State::Vacant => None,
        State::Ours(_) | State::Incomplete if replace => None,
        State::Ours(stamp) => Some(format!("a synthetic set of other origin ({})", stamp.settings)),
        State::Incomplete => Some("a synthetic set that lacks files".into()),
        State::Foreign(what) => Some(what),
    };
    if let Some(found) = found {
        let expected = format!("no folder, an empty one, or the synthetic set ({settings})");
        return Err(Error::new(Fault::OCCUPIED_FOLDER, Place::file(dir), expected, found));
    }
    let stamp = places.build(settings, &set)?;
    places.put_in_place()?;
    Ok(stamp)
}

/// What is found where a folder is to be.
#[derive(Debug, PartialEq)]
enum State {
    /// Nothing, or an empty folder.
    Vacant,
    /// A synthetic set, complete and as it was written. It may have other settings.
    Ours(Box<Stamp>),
    /// Part of one and nothing else.
    Incomplete,
    /// Something that is not ours to replace, in words.
    Foreign(String),
}

impl State {
    fn of(dir: &Path) -> Result<Self> {
        let names = match fs::read_dir(dir) {
            Ok(entries) => entries.map(|entry| entry.map(|entry| entry.file_name())).collect(),
            Err(error) => Err(error),
        };
        let names: Vec<OsString> = match names {
            Ok(names) => names,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::Vacant),
            Err(error) if error.kind() == ErrorKind::NotADirectory => {
                return Ok(Self::Foreign("a file".into()));
            }
            Err(error) => return Err(unwritable(dir, "a folder that can be listed", &error)),
        };
        if names.is_empty() {
            return Ok(Self::Vacant);
        }
        let Some(stamp) = Stamp::read(dir) else {
            return Ok(Self::Foreign(format!("files, and no {STAMP_FILE} of eegenre among them")));
        };
        for name in &names {
            let name = name.to_string_lossy();
            let ours = name == STAMP_FILE
                || file_names().any(|known| known == name)
                    && stamp.files.get(&*name).is_some_and(|hash| is_file_of(&dir.join(&*name), hash));
            if !ours {
                return Ok(Self::Foreign(format!("{name}, which is not as eegenre wrote it")));
            }
        }
        // The stamp and all others: as the names differ and each is known, their number tells.
        let complete = names.len() == 1 + file_names().count();
        Ok(if complete { Self::Ours(Box::new(stamp)) } else { Self::Incomplete })
    }
}

fn is_file_of(path: &Path, hash: &str) -> bool {
    fs::read(path).is_ok_and(|bytes| sha256(&bytes) == hash)
}

/// Where a folder is to be, and the places beside it that making it takes.
#[derive(Debug)]
struct Places {
    dir: PathBuf,
    /// The folder while it is built.
    new: PathBuf,
    /// The folder that it replaces, until that is deleted.
    old: PathBuf,
    lock: PathBuf,
}

impl Places {
    fn of(dir: &Path) -> Result<Self> {
        // Through a link to the folder behind it, so that the link is not what is replaced.
        let dir = fs::canonicalize(dir).unwrap_or_else(|_| dir.to_owned());
        let (Some(parent), Some(name)) = (dir.parent(), dir.file_name()) else {
            let place = Place::file(&dir);
            return Err(Error::new(Fault::UNWRITABLE, place, "a folder with a name", "none"));
        };
        let beside = |ending: &str| {
            let mut hidden = OsString::from(".");
            hidden.push(name);
            hidden.push(ending);
            parent.join(hidden)
        };
        let [new, old, lock] = [".eegenre-new", ".eegenre-old", ".eegenre-lock"].map(beside);
        Ok(Self { dir, new, old, lock })
    }

    /// Writes all files into [`Self::new`], the stamp last.
    fn build(&self, settings: &Settings, set: &DataSet) -> Result<Stamp> {
        clear(&self.new)?;
        fs::create_dir(&self.new).map_err(|error| unwritable(&self.new, "a new folder", &error))?;
        let write = |name: &str, bytes: &[u8]| {
            let path = self.new.join(name);
            fs::write(&path, bytes).map_err(|error| unwritable(&path, "a new file", &error))?;
            Ok((name.to_owned(), sha256(bytes)))
        };
        let songs: Vec<Song> = Song::all().collect();
        let workbooks = songs.into_par_iter().map(|song| {
            let of_song = set.recordings().iter().filter(|recording| recording.stimulus == song.into());
            let name = workbook_name(song);
            write(&name, &workbook::bytes(&name, settings, &of_song.collect::<Vec<&Recording>>())?)
        });
        let mut files = Error::gather(workbooks.collect::<Vec<_>>())?;
        files.push(write(README_FILE, readme(settings).as_bytes())?);
        let stamp = Stamp {
            format: Stamp::FORMAT,
            settings: *settings,
            fingerprint: set.fingerprint(),
            files: files.into_iter().collect(),
        };
        let json = serde_json::to_string_pretty(&stamp).map_err(|error| {
            Error::new(Fault::UNWRITABLE, Place::file(STAMP_FILE), "JSON", error.to_string())
        })?;
        write(STAMP_FILE, (json + "\n").as_bytes())?;
        Ok(stamp)
    }

    /// Puts [`Self::new`] where the folder is to be. What is there was found to be ours, or empty.
    fn put_in_place(&self) -> Result<()> {
        clear(&self.old)?;
        match fs::rename(&self.dir, &self.old) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(unwritable(&self.dir, "a folder that can be moved", &error));
            }
            _ => {}
        }
        fs::rename(&self.new, &self.dir)
            .map_err(|error| unwritable(&self.dir, "a folder that can be put in place", &error))?;
        clear(&self.old)
    }
}

/// Deletes one of the hidden folders beside a set, and of its files only those that bear our names. A folder that
/// holds others stays, with them, and is an error.
fn clear(dir: &Path) -> Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    for name in file_names().chain([STAMP_FILE.to_owned()]) {
        let path = dir.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(unwritable(&path, "a file that can be deleted", &error));
            }
            _ => {}
        }
    }
    fs::remove_dir(dir).map_err(|error| unwritable(dir, "a folder that eegenre made and may delete", &error))
}

/// The names of all files but the stamp.
fn file_names() -> impl Iterator<Item = String> {
    Song::all().map(workbook_name).chain([README_FILE.to_owned()])
}

fn workbook_name(song: Song) -> String {
    format!("{song}.xlsx")
}

fn readme(settings: &Settings) -> String {
    format!(
        "These recordings are synthetic: eegenre made them ({settings}). Nobody's EEG is in them.\n\
         They have the design of the real recordings and a known truth; {STAMP_FILE} tells which.\n"
    )
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unwritable(path: &Path, expected: &str, error: &io::Error) -> Error {
    Error::new(Fault::UNWRITABLE, Place::file(path), expected, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recordings::synthetic::Effect;

    fn bytes_of(dir: &Path) -> BTreeMap<OsString, Vec<u8>> {
        let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
        entries.map(|entry| (entry.file_name(), fs::read(entry.path()).unwrap())).collect()
    }

    fn fault(result: Result<Stamp>) -> Fault {
        result.unwrap_err().problems()[0].fault
    }

    const LOCAL: Settings = Settings { effect: Effect::Local, strength: 1.0, seed: 7 };

    #[test]
    fn one_seed_gives_the_same_bytes_of_every_file() {
        let parent = tempfile::tempdir().unwrap();
        let [one, other] = ["one", "deep/other"].map(|name| parent.path().join(name));
        let stamp = write(&LOCAL, &one).unwrap();
        write(&LOCAL, &other).unwrap();
        assert_eq!(bytes_of(&one).len(), 14);
        assert!(bytes_of(&one) == bytes_of(&other));
        assert_eq!(stamp.fingerprint, generate(&LOCAL).unwrap().fingerprint());
        assert_eq!(Stamp::read(&one), Some(stamp));
    }

    #[test]
    fn only_ensure_replaces_a_stale_set_and_repairs_an_incomplete_one() {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("set");
        fs::create_dir(&dir).unwrap();
        write(&LOCAL, &dir).unwrap();
        let first = bytes_of(&dir);
        write(&LOCAL, &dir).unwrap();

        let other = Settings { seed: 8, ..LOCAL };
        assert_eq!(fault(write(&other, &dir)), Fault::OCCUPIED_FOLDER);
        assert!(bytes_of(&dir) == first);
        assert_eq!(ensure(&other, &dir).unwrap().settings, other);
        assert!(bytes_of(&dir) != first);

        fs::remove_file(dir.join("S3.xlsx")).unwrap();
        assert_eq!(fault(write(&other, &dir)), Fault::OCCUPIED_FOLDER);
        ensure(&LOCAL, &dir).unwrap();
        assert!(bytes_of(&dir) == first);
        let beside: Vec<OsString> =
            fs::read_dir(parent.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(beside.len(), 2, "the set and its lock: {beside:?}");
    }

    #[test]
    fn what_is_not_ours_is_neither_replaced_nor_changed() {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("set");
        for (name, content) in [("S1.xlsx", "measured"), ("notes.txt", "mine"), (STAMP_FILE, "{}")] {
            let _ = fs::remove_dir_all(&dir);
            write(&LOCAL, &dir).unwrap();
            fs::write(dir.join(name), content).unwrap();
            let before = bytes_of(&dir);
            assert_eq!(fault(ensure(&Settings::default(), &dir)), Fault::OCCUPIED_FOLDER, "{name}");
            assert_eq!(fault(write(&LOCAL, &dir)), Fault::OCCUPIED_FOLDER, "{name}");
            assert!(bytes_of(&dir) == before, "{name}");
        }
        let real = parent.path().join("real");
        fs::create_dir(&real).unwrap();
        fs::write(real.join("S1.xlsx"), "measured").unwrap();
        assert_eq!(fault(ensure(&LOCAL, &real)), Fault::OCCUPIED_FOLDER);
        assert_eq!(fs::read(real.join("S1.xlsx")).unwrap(), b"measured");
        let file = parent.path().join("file");
        fs::write(&file, "mine").unwrap();
        assert_eq!(fault(ensure(&LOCAL, &file)), Fault::OCCUPIED_FOLDER);
        assert_eq!(fs::read(&file).unwrap(), b"mine");
    }

    #[test]
    fn several_at_once_all_succeed_and_leave_one_whole_set() {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("set");
        ensure(&Settings::default(), &dir).unwrap();
        std::thread::scope(|scope| {
            let makers: Vec<_> = (0..4).map(|_| scope.spawn(|| ensure(&LOCAL, &dir))).collect();
            for maker in makers {
                assert_eq!(maker.join().unwrap().unwrap().settings, LOCAL);
            }
        });
        assert!(matches!(State::of(&dir).unwrap(), State::Ours(stamp) if stamp.settings == LOCAL));
    }

    #[test]
    fn what_a_killed_process_left_is_cleared_unless_others_put_files_there() {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("set");
        let left = parent.path().join(".set.eegenre-new");
        fs::create_dir(&left).unwrap();
        fs::write(left.join("S1.xlsx"), "half a work").unwrap();
        write(&LOCAL, &dir).unwrap();
        assert!(!left.exists());

        fs::create_dir(&left).unwrap();
        fs::write(left.join("notes.txt"), "mine").unwrap();
        assert_eq!(fault(ensure(&Settings::default(), &dir)), Fault::UNWRITABLE);
        assert_eq!(fs::read(left.join("notes.txt")).unwrap(), b"mine");
        assert_eq!(Stamp::read(&dir).unwrap().settings, LOCAL);
    }
}
