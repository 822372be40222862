//! The right to change a folder: a locked file in it. The system gives it back when its holder dies.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use crate::error::{Error, Fault, Place, Result};
use crate::report::note;
use crate::store::create_folder;

/// Time between two tries.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// Waits for the right to change a folder.
pub(in crate::notebook) fn wait(folder: &Path, stop: &AtomicBool) -> Result<File> {
    let mut told = false;
    loop {
        if let Some(lock) = attempt(folder)? {
            return Ok(lock);
        }
        if stop.load(Ordering::Relaxed) {
            let (expected, found) = ("another process to leave it", "a request to stop");
            return Err(Error::new(Fault::Interrupted, Place::file(folder), expected, found));
        }
        if !told {
            note(format_args!("waiting for another process that uses {}", folder.display()));
            told = true;
        }
        sleep(ASK_AGAIN);
    }
}

/// The right to change a folder, unless another process or thread has it.
pub(in crate::notebook) fn attempt(folder: &Path) -> Result<Option<File>> {
    create_folder(folder)?;
    let path = folder.join(".lock");
    let unwritable =
        |cause: io::Error| Error::new(Fault::Unwritable, Place::file(&path), "to use it", cause.to_string());
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(unwritable)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(cause)) => Err(unwritable(cause)),
    }
}
