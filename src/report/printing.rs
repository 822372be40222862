//! The only place that prints. Nothing here panics, and nobody has to listen.
//!
//! An answer is what was asked for, on standard output. Errors and notes go to standard error. Both may be closed, full, or a
//! terminal that has gone away. Nothing here is coloured.

#![allow(clippy::disallowed_methods, reason = "elsewhere, standard output and error are left alone")]

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Fault, Place, Result};

/// At most so many bytes go to a pipe at a time. A pipe that is ready takes them without blocking (POSIX's smallest
/// `PIPE_BUF`).
const AT_A_TIME: usize = 512;

/// Prints an answer and a line break on standard output. A reader that has gone away, as `head` does, has read enough.
///
/// # Errors
/// [`Fault::UNWRITABLE`] if the answer could not be written, as on a full disk.
pub fn answer(text: impl Display) -> Result<()> {
    answered(io::stdout().write_all(format!("{text}\n").as_bytes()))
}

/// Whether an answer that another library has printed is out, as far as somebody reads it.
///
/// # Errors
/// [`Fault::UNWRITABLE`]
pub fn answered(printed: io::Result<()>) -> Result<()> {
    match printed.and_then(|()| io::stdout().flush()) {
        Err(cause) if cause.kind() != ErrorKind::BrokenPipe => {
            let place = Place::field("standard output");
            Err(Error::new(Fault::UNWRITABLE, place, "to write the answer", cause.to_string()))
        }
        _ => Ok(()),
    }
}

/// Whether notes and progress are left out.
static IS_QUIET: AtomicBool = AtomicBool::new(false);

/// From now on, [notes](note) and progress are left out (`--quiet`).
pub fn be_quiet() {
    IS_QUIET.store(true, Ordering::Relaxed);
}

fn is_quiet() -> bool {
    IS_QUIET.load(Ordering::Relaxed)
}

/// Prints a line on standard error, unless that should be [quiet](be_quiet): progress, remarks, warnings that the answer
/// repeats.
pub fn note(line: impl Display) {
    if !is_quiet() {
        error(line);
    }
}

/// Prints a line on standard error that is never left out: an error, or that recordings are synthetic. It is lost if nobody can
/// read it, and no work stops for it: a reader that has paused is waited for once, a second at most.
pub fn error(line: impl Display) {
    let line = format!("{line}\n");
    let mut errors = io::stderr().lock();
    for part in line.as_bytes().chunks(AT_A_TIME) {
        if !is_heard() || errors.write_all(part).is_err() {
            return;
        }
    }
}

/// Whether bars can be drawn: standard error is a terminal and should not be [quiet](be_quiet).
pub(crate) fn to_terminal() -> bool {
    !is_quiet() && io::stderr().is_terminal()
}

/// Whether standard error takes something without blocking.
#[cfg(unix)]
fn is_heard() -> bool {
    use std::os::fd::AsFd;

    use nix::errno::Errno;
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

    /// Milliseconds that a note waits for a reader that has just paused, before the note is dropped.
    const PATIENCE: u16 = 1000;
    static HAS_PAUSED: AtomicBool = AtomicBool::new(false);

    let errors = io::stderr();
    let mut ready = [PollFd::new(errors.as_fd(), PollFlags::POLLOUT)];
    let patience = if HAS_PAUSED.load(Ordering::Relaxed) { 0 } else { PATIENCE };
    let is_heard = match poll(&mut ready, PollTimeout::from(patience)) {
        Ok(ready) => ready > 0,
        Err(Errno::EINTR) => false,
        // What cannot be asked is written to, which tells.
        Err(_) => true,
    };
    HAS_PAUSED.store(!is_heard, Ordering::Relaxed);
    is_heard
}

/// Whether standard error takes something.
#[cfg(not(unix))]
fn is_heard() -> bool {
    true
}
