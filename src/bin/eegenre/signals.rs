//! Signals that ask the process to end: INT (Ctrl-C), TERM, and HUP (the terminal has gone). What a caller had ignored,
//! as `nohup` does, stays ignored.
//!
//! A handler sets flags and does nothing else. While something works that can go on later, the first signal asks it to
//! stop, and the second ends the process at once. At any other time the first one ends it at once: files are written
//! whole or not at all.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use eegenre::error::{Error, Fault, Place, Result};
use eegenre::report::note;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// Each signal that is heard, with the exit code that it leads to. A shell has 130 and 143 for INT and TERM.
const HEARD: &[(i32, u8)] = &[
    (SIGINT, INTERRUPTED),
    (SIGTERM, 143),
    #[cfg(unix)]
    (signal_hook::consts::SIGHUP, 143),
];
const INTERRUPTED: u8 = 130;

/// Time between two looks at whether a signal has come, to say so.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

#[derive(Debug, Default)]
struct Signals {
    /// Asks work to stop.
    stop: Arc<AtomicBool>,
    /// Whether the next signal ends the process.
    ends: Arc<AtomicBool>,
    /// The exit code of the last signal.
    code: Arc<AtomicUsize>,
}

static SIGNALS: OnceLock<Signals> = OnceLock::new();

/// Hears signals from now on. Each ends the process at once, until something [`works`](working).
///
/// # Errors
/// If the system refuses.
pub fn listen() -> Result<()> {
    let signals = SIGNALS.get_or_init(Signals::default);
    signals.ends.store(true, Ordering::SeqCst);
    for &(signal, code) in HEARD.iter().filter(|(signal, _)| !is_ignored(*signal)) {
        // Handlers are called in this order.
        let registered =
            flag::register_conditional_shutdown(signal, i32::from(code), Arc::clone(&signals.ends))
                .and_then(|_| flag::register_usize(signal, Arc::clone(&signals.code), usize::from(code)))
                .and_then(|_| flag::register(signal, Arc::clone(&signals.ends)))
                .and_then(|_| flag::register(signal, Arc::clone(&signals.stop)));
        registered.map_err(|cause| {
            let place = Place::field(format!("signal {signal}"));
            Error::new(Fault::BAD_SETTING, place, "a handler for it", cause.to_string())
        })?;
    }
    Ok(())
}

/// Whether the caller has this process ignore a signal.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    use nix::sys::signal::{SigHandler, Signal, signal as set};

    let Ok(signal) = Signal::try_from(signal) else { return false };
    // SAFETY: it sets no handler, so there is none that could do what a handler must not.
    let before = unsafe { set(signal, SigHandler::SigIgn) };
    if matches!(before, Ok(SigHandler::SigDfl)) {
        // SAFETY: as above.
        let _ = unsafe { set(signal, SigHandler::SigDfl) };
    }
    matches!(before, Ok(SigHandler::SigIgn))
}

#[cfg(not(unix))]
fn is_ignored(_: i32) -> bool {
    false
}

/// The exit code of a process that was asked to stop.
pub fn exit_code() -> u8 {
    let code = SIGNALS.get().map_or(0, |signals| signals.code.load(Ordering::SeqCst));
    u8::try_from(code).ok().filter(|code| *code != 0).unwrap_or(INTERRUPTED)
}

/// While it is held, something works that the first signal asks to stop: the flag that it stands for becomes true.
#[derive(Debug)]
pub struct Working(&'static Signals);

/// Work begins that can be asked to stop.
pub fn working() -> Working {
    let signals = SIGNALS.get_or_init(Signals::default);
    signals.ends.store(false, Ordering::SeqCst);
    // The thread ends with the process. Without it, all that is missing is these words.
    let _ = thread::Builder::new().spawn(|| {
        while !signals.stop.load(Ordering::Relaxed) {
            thread::sleep(LOOK_AGAIN);
        }
        note("stopping: what is done is kept; a second signal ends it at once");
    });
    Working(signals)
}

impl Deref for Working {
    type Target = AtomicBool;

    fn deref(&self) -> &AtomicBool {
        &self.0.stop
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.0.ends.store(true, Ordering::SeqCst);
    }
}
