//! The right to change something: a locked file, one at a time, given back by the system when its holder dies.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::atomic::create_folder;
use crate::error::{Error, Fault, Place, Result};
use crate::report::note;

/// Time between two tries.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// Time after which one who waits says for whom.
const SAY_AFTER: Duration = Duration::from_secs(1);

/// For work that nobody can ask to stop.
pub(crate) static NEVER: AtomicBool = AtomicBool::new(false);

/// What this process holds on file systems that know no locks.
static HELD: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// The right to change what a lock file stands for, among all threads and processes; given back when dropped.
///
/// The file stays where it is: who deletes it while another waits would let two in. It names its last holder, by
/// process and host. Where a file system knows no locks (some network file systems), that is said once, and the lock
/// holds among the threads of this process only.
#[derive(Debug)]
pub struct Lock {
    /// Locked as long as it is open.
    _file: File,
    /// In [`HELD`], if the file cannot be locked.
    held: Option<PathBuf>,
}

impl Lock {
    /// The right, unless another process or thread has it.
    ///
    /// # Errors
    /// [`Fault::UNWRITABLE`] if the file, or a folder for it, cannot be made or locked.
    pub fn attempt(path: impl AsRef<Path>) -> Result<Option<Self>> {
        let path = path.as_ref();
        let unwritable = |cause: io::Error| {
            Error::new(Fault::UNWRITABLE, Place::file(path), "a file that can be locked", cause.to_string())
        };
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            create_folder(folder)?;
        }
        let file = File::options().create(true).truncate(false).write(true).open(path);
        let mut file = file.map_err(unwritable)?;
        let held = match file.try_lock() {
            Ok(()) => None,
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(cause)) if knows_no_locks(&cause) => {
                warn_once(path);
                let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
                if !HELD.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone()) {
                    return Ok(None);
                }
                Some(path)
            }
            Err(TryLockError::Error(cause)) => return Err(unwritable(cause)),
        };
        // For those who wait. If it cannot be written, they wait for somebody without a name.
        let _ = file.set_len(0).and_then(|()| file.write_all(holder().as_bytes()));
        Ok(Some(Self { _file: file, held }))
    }

    /// The lock, once its holder releases it. A process that waits for more than a second names the holder.
    ///
    /// # Errors
    /// Those of [`Self::attempt`]; [`Fault::INTERRUPTED`] if `stop` becomes true first.
    pub fn wait(path: impl AsRef<Path>, stop: &AtomicBool) -> Result<Self> {
        let path = path.as_ref();
        let begun = Instant::now();
        let mut is_said = false;
        loop {
            if let Some(lock) = Self::attempt(path)? {
                return Ok(lock);
            }
            if stop.load(Ordering::Relaxed) {
                let expected = format!("{} to give it back", holder_of(path));
                return Err(Error::interrupted(Place::file(path), expected));
            }
            if !is_said && begun.elapsed() >= SAY_AFTER {
                is_said = true;
                note(format_args!("waiting for {}, which holds {}", holder_of(path), path.display()));
            }
            sleep(ASK_AGAIN);
        }
    }
}

/// Works on each task under the lock of the file that the task leaves. Tasks that other processes hold come last, and are waited
/// for. By then their work may be done: `work` checks that itself.
///
/// # Errors
/// Those of [`Lock::wait`]; the first of `work`.
pub(crate) fn in_turn<T>(
    tasks: &[T],
    file: impl Fn(&T) -> PathBuf,
    stop: &AtomicBool,
    mut work: impl FnMut(&T) -> Result<()>,
) -> Result<()> {
    let mut elsewhere = Vec::new();
    for task in tasks {
        match Lock::attempt(lock_of(&file(task)))? {
            Some(_lock) => work(task)?,
            None => elsewhere.push(task),
        }
    }
    for task in elsewhere {
        let _lock = Lock::wait(lock_of(&file(task)), stop)?;
        work(task)?;
    }
    Ok(())
}

/// The lock file of a file: `.run-03.lock` beside `run-03.json`.
pub(crate) fn lock_of(file: &Path) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!(".{stem}.lock"))
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(path) = &self.held {
            HELD.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
        }
    }
}

fn holder() -> String {
    format!("process {} on {}\n", std::process::id(), host())
}

/// Who holds a lock file, as far as it says so.
fn holder_of(path: &Path) -> impl Display {
    let named = fs::read_to_string(path).unwrap_or_default();
    if named.trim().is_empty() { "another process".to_owned() } else { named.trim().to_owned() }
}

#[cfg(unix)]
fn host() -> String {
    nix::unistd::gethostname().map_or_else(|_| "this host".into(), |name| name.to_string_lossy().into_owned())
}

#[cfg(not(unix))]
fn host() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_else(|_| "this host".into())
}

/// Whether a file system has no locks: it says that it does not support them, or has nobody to keep them (`ENOLCK`, as
/// NFS without its lock daemon).
fn knows_no_locks(cause: &io::Error) -> bool {
    #[cfg(unix)]
    let has_no_keeper = cause.raw_os_error() == Some(nix::errno::Errno::ENOLCK as i32);
    #[cfg(not(unix))]
    let has_no_keeper = false;
    cause.kind() == ErrorKind::Unsupported || has_no_keeper
}

fn warn_once(path: &Path) {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        note(format_args!(
            "warning: the file system of {} knows no locks; let no other process write there at the same time",
            path.display()
        ));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_has_it_and_its_file_says_who() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/.lock");
        let held = Lock::attempt(&path).unwrap().unwrap();
        assert!(Lock::attempt(&path).unwrap().is_none());
        assert!(
            fs::read_to_string(&path).unwrap().starts_with(&format!("process {} on ", std::process::id()))
        );
        drop(held);
        assert!(Lock::attempt(&path).unwrap().is_some());
    }

    #[test]
    fn who_waits_gets_it_when_it_is_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".lock");
        let held = Lock::attempt(&path).unwrap().unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| Lock::wait(&path, &NEVER));
            sleep(2 * ASK_AGAIN);
            assert!(!waiting.is_finished());
            drop(held);
            waiting.join().unwrap().unwrap();
        });
    }

    #[test]
    fn tasks_held_elsewhere_come_last_and_each_is_worked_on_under_its_lock() {
        let folder = tempfile::tempdir().unwrap();
        let file = |task: &usize| folder.path().join(format!("task-{task}.json"));
        let held = Lock::attempt(folder.path().join(".task-1.lock")).unwrap().unwrap();
        let done = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            let work = |task: &usize| {
                assert!(Lock::attempt(lock_of(&file(task))).unwrap().is_none());
                done.lock().unwrap().push(*task);
                Ok(())
            };
            let working = scope.spawn(move || in_turn(&[0, 1, 2], file, &NEVER, work));
            while done.lock().unwrap().len() < 2 {
                sleep(Duration::from_millis(5));
            }
            drop(held);
            working.join().unwrap().unwrap();
        });
        assert_eq!(done.into_inner().unwrap(), [0, 2, 1]);
    }

    #[test]
    fn waiting_ends_when_asked_to_stop_and_says_for_whom_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".lock");
        let _held = Lock::attempt(&path).unwrap().unwrap();
        let error = Lock::wait(&path, &AtomicBool::new(true)).unwrap_err();
        assert_eq!(error.problems()[0].fault, Fault::INTERRUPTED);
        let holder = format!("process {} on ", std::process::id());
        assert!(error.problems()[0].expected.starts_with(&holder), "{error}");
    }

    #[test]
    fn what_cannot_be_locked_for_another_reason_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = Lock::attempt(folder.path()).unwrap_err();
        assert_eq!(error.problems()[0].fault, Fault::UNWRITABLE);
    }
}
