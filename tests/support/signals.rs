//! What the programs that tests start do with signals.

use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::sys::signal::{SigHandler, Signal, signal};

/// Starts a program with the usual answer to INT and HUP. A shell that runs the tests in its background ignores INT, and
/// `nohup` ignores HUP; programs inherit that, and eegenre goes by it.
pub fn hearing(command: &mut Command) -> &mut Command {
    let reset = || {
        for heard in [Signal::SIGINT, Signal::SIGHUP] {
            // SAFETY: no handler of this program is replaced; the process is about to become another program.
            unsafe { signal(heard, SigHandler::SigDfl) }?;
        }
        Ok(())
    };
    // SAFETY: between fork and exec it makes system calls only.
    unsafe { command.pre_exec(reset) }
}
