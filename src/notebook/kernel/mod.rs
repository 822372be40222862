//! A running kernel. The program talks to it through a small Python script, because Jupyter's reference client is in Python.

mod cells;
pub(super) mod ending;
pub(super) mod failure;

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ChildStdin, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;

use super::document::Output;
use super::environment::{Child, Environment};
use crate::error::{Error, Fault, Place, Result};

pub(super) use cells::Cells;

/// The script between this process and the kernel.
const SCRIPT: &str = include_str!("execute.py");

/// Time that a kernel has to start. It reads the standard library's sources first.
const READY: Duration = Duration::from_secs(300);

/// Has glibc keep what cells free instead of giving it back to the system, as the command line does for itself: cells
/// train networks, which frees and allocates the same megabytes in every step. Other C libraries do not know these.
const FREED_MEMORY: [(&str, &str); 2] =
    [("MALLOC_MMAP_THRESHOLD_", "32505856"), ("MALLOC_TRIM_THRESHOLD_", "65011712")];

/// Time that the script has to end the kernel and itself.
const ENDED: Duration = Duration::from_secs(10);

/// Time between two looks at the flag that asks to stop.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// A kernel, and a folder of its own to compile cells in. Dropped, it ends with all that it started.
#[derive(Debug)]
pub(super) struct Kernel {
    script: Child,
    /// Closed, it asks the script to end the kernel and itself.
    cells: Option<ChildStdin>,
    events: Receiver<Event>,
    #[expect(dead_code, reason = "the folder is locked while it is held")]
    folder: Cells,
}

/// A line from the script.
#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Event {
    Ready,
    Output { kind: String, content: Value },
    Idle,
    Dead,
}

/// How the execution of a cell ended, for the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It is ready for the next cell.
    Idle,
    /// It took longer than it may.
    TimedOut,
    /// The kernel is gone.
    Dead,
    /// This process was asked to stop.
    Interrupted,
}

impl Kernel {
    /// Starts a kernel whose cells run in a folder with additional variables.
    ///
    /// # Errors
    /// [`Fault::KERNEL_DIED`] if it does not become ready; [`Fault::INTERRUPTED`].
    pub fn start(
        environment: &Environment,
        folder: Cells,
        working: &Path,
        variables: &[(&str, &Path)],
        stop: &AtomicBool,
    ) -> Result<Self> {
        let died = |found: String| {
            Error::new(Fault::KERNEL_DIED, Place::file(environment.kernel()), "the kernel to start", found)
        };
        let mut command = environment.command(environment.python());
        command.args(["-c", SCRIPT]).arg(READY.as_secs().to_string()).current_dir(working);
        command.env("EVCXR_TMPDIR", folder.folder()).envs(FREED_MEMORY).envs(variables.iter().copied());
        let log = folder.folder().join("kernel.log");
        let errors = File::create(&log).map_err(|cause| died(cause.to_string()))?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors);
        let mut script = Child::start(&mut command).map_err(|cause| died(cause.to_string()))?;
        let (cells, lines) = (script.stdin(), script.stdout());
        let (sender, events) = channel();
        thread::spawn(move || {
            let lines = lines.into_iter().flat_map(|lines| BufReader::new(lines).lines());
            for line in lines.map_while(Result::ok) {
                let Ok(event) = serde_json::from_str(&line) else { break };
                if sender.send(event).is_err() {
                    break;
                }
            }
        });
        let kernel = Self { script, cells, events, folder };
        match kernel.follow(READY, stop, |_| ()) {
            End::Idle => Ok(kernel),
            End::TimedOut => Err(died(format!("nothing for {} s", READY.as_secs()))),
            End::Dead => Err(died(format!("that it ended; its words are in {}", log.display()))),
            End::Interrupted => Err(Error::interrupted(Place::field("kernel"), "the kernel to start")),
        }
    }

    /// Executes a cell, and gives what it puts out. After any other end than [`End::Idle`] the kernel is of no more use.
    pub fn execute(&mut self, code: &str, limit: Duration, stop: &AtomicBool) -> (Vec<Output>, End) {
        let mut outputs = Vec::new();
        let sent = match (&mut self.cells, serde_json::to_string(code)) {
            (Some(cells), Ok(line)) => writeln!(cells, "{line}").and_then(|()| cells.flush()).is_ok(),
            _ => false,
        };
        let end = if sent { self.follow(limit, stop, |output| output.join(&mut outputs)) } else { End::Dead };
        (outputs, end)
    }

    /// Ends the process in which the cells have run, with all that they defined, and answers whether that came off. What
    /// remains is what the kernel has read of the sources of eegenre, of its dependencies and of the standard library. To
    /// read them takes most of the time of a notebook.
    pub fn forget(&mut self, limit: Duration, stop: &AtomicBool) -> bool {
        matches!(self.execute(":clear", limit, stop), (outputs, End::Idle) if outputs.is_empty())
    }

    /// Follows the kernel until it has nothing more to do.
    fn follow(&self, limit: Duration, stop: &AtomicBool, mut put_out: impl FnMut(Output)) -> End {
        let deadline = Instant::now() + limit;
        loop {
            match self.events.recv_timeout(LOOK_AGAIN) {
                Ok(Event::Output { kind, content }) => {
                    if let Some(output) = Output::of_message(&kind, content) {
                        put_out(output);
                    }
                }
                Ok(Event::Ready | Event::Idle) => return End::Idle,
                Ok(Event::Dead) | Err(RecvTimeoutError::Disconnected) => return End::Dead,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if stop.load(Ordering::Relaxed) {
                return End::Interrupted;
            }
            if Instant::now() >= deadline {
                return End::TimedOut;
            }
        }
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        // The kernel cannot be interrupted, but the script can end it. Only then is its folder free.
        self.cells.take();
        self.script.wait_at_most(ENDED);
    }
}
