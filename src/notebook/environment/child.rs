//! A program with all that it starts: asked to end together, and ended together if they do not.

use std::io::{self, Read};
use std::process::{Child as Process, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use super::group;

/// Time between two looks at a program.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Time that programs have to end once they are asked to.
const GRACE: Duration = Duration::from_secs(5);

/// A program that runs. Dropped, it ends with all that it has started.
///
/// It leads a process group of its own, so that a terminal's Ctrl-C reaches this process alone, which decides what
/// ends. On Linux it is also asked to end when the thread that started it is gone, even if that was killed; so it is to
/// be started and dropped by one thread.
#[derive(Debug)]
pub(in crate::notebook) struct Child {
    process: Process,
    ended: Option<ExitStatus>,
}

impl Child {
    /// Starts a program.
    ///
    /// # Errors
    /// The system's.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        group::lead(command);
        Ok(Self { process: command.spawn()?, ended: None })
    }

    /// Its standard input, once, if it is a pipe.
    pub fn stdin(&mut self) -> Option<ChildStdin> {
        self.process.stdin.take()
    }

    /// Its standard output, once, if it is a pipe.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.process.stdout.take()
    }

    /// Waits for its end; no status if `stop` became true first. Then it has been ended.
    ///
    /// # Errors
    /// The system's.
    pub fn wait_unless(&mut self, stop: &AtomicBool) -> io::Result<Option<ExitStatus>> {
        loop {
            if let Some(status) = self.status()? {
                return Ok(Some(status));
            }
            if stop.load(Ordering::Relaxed) {
                self.end();
                return Ok(None);
            }
            sleep(LOOK_AGAIN);
        }
    }

    /// Waits so long for its end, and ends it then.
    pub fn wait_at_most(&mut self, limit: Duration) {
        let deadline = Instant::now() + limit;
        while matches!(self.status(), Ok(None)) && Instant::now() < deadline {
            sleep(LOOK_AGAIN);
        }
        self.end();
    }

    fn status(&mut self) -> io::Result<Option<ExitStatus>> {
        if self.ended.is_none() {
            self.ended = self.process.try_wait()?;
        }
        Ok(self.ended)
    }

    /// Asks it and all that it has started to end, and ends what does not.
    fn end(&mut self) {
        if !matches!(self.status(), Ok(None)) {
            return;
        }
        let members = group::Members::of(&self.process);
        // What it started may outlive it.
        let mut are_gone_within = |limit| {
            let deadline = Instant::now() + limit;
            while matches!(self.status(), Ok(None)) || members.are_alive() {
                if Instant::now() >= deadline {
                    return false;
                }
                sleep(LOOK_AGAIN);
            }
            true
        };
        members.ask_to_end();
        if !are_gone_within(GRACE) {
            members.kill();
            // The system takes a moment.
            are_gone_within(GRACE);
        }
        // On a system without groups it has not been asked yet.
        if matches!(self.status(), Ok(None)) {
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.end();
    }
}

/// How a program ended, and what it said on standard output and on standard error.
pub(super) type Said = (ExitStatus, Vec<u8>, Vec<u8>);

/// Runs a program to its end; nothing if `stop` became true first.
///
/// # Errors
/// The system's.
pub(super) fn listen(command: &mut Command, stop: &AtomicBool) -> io::Result<Option<Said>> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = Child::start(command)?;
    let (output, errors) = (child.process.stdout.take(), child.process.stderr.take());
    thread::scope(|scope| {
        let output = scope.spawn(|| all(output));
        let errors = scope.spawn(|| all(errors));
        let status = child.wait_unless(stop)?;
        let said = |reader: thread::ScopedJoinHandle<'_, io::Result<Vec<u8>>>| {
            reader.join().unwrap_or_else(|_| Err(io::Error::other("the program could not be read")))
        };
        let (output, errors) = (said(output)?, said(errors)?);
        Ok(status.map(|status| (status, output, errors)))
    })
}

fn all(source: Option<impl Read>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut source) = source {
        source.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn shell(script: &str, folder: &Path) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(folder);
        command
    }

    /// The processes that a script has written into files, once they are there.
    fn processes(folder: &Path, files: &[&str]) -> Vec<u32> {
        let read = |file: &&str| fs::read_to_string(folder.join(file)).ok()?.trim().parse().ok();
        for _ in 0..500 {
            if let Some(found) = files.iter().map(read).collect() {
                return found;
            }
            sleep(LOOK_AGAIN);
        }
        panic!("the script has not started its processes");
    }

    fn are_gone(processes: &[u32]) -> bool {
        let is_gone = |process: &u32| {
            let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
            stat.is_empty() || stat.contains(") Z ")
        };
        processes.iter().all(is_gone)
    }

    const CHILD_AND_GRANDCHILDREN: &str = "\
        echo $$ > child; sleep 1000 & echo $! > grandchild; \
        setsid sh -c 'echo $$ > elsewhere; exec sleep 1000' & wait";

    #[test]
    fn a_program_ends_with_all_that_it_started_also_in_sessions_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let child = Child::start(&mut shell(CHILD_AND_GRANDCHILDREN, folder.path())).unwrap();
        let all = processes(folder.path(), &["child", "grandchild", "elsewhere"]);
        assert!(!are_gone(&all));
        let begun = Instant::now();
        drop(child);
        assert!(are_gone(&all), "{all:?}");
        assert!(begun.elapsed() < GRACE, "they end when they are asked to");
    }

    #[test]
    fn what_does_not_listen_is_killed() {
        let folder = tempfile::tempdir().unwrap();
        let script =
            "trap '' TERM; echo $$ > child; (while :; do sleep 1; done) & echo $! > grandchild; wait";
        let mut child = Child::start(&mut shell(script, folder.path())).unwrap();
        let all = processes(folder.path(), &["child", "grandchild"]);
        assert_eq!(child.wait_unless(&AtomicBool::new(true)).unwrap(), None);
        assert!(are_gone(&all), "{all:?}");
    }

    #[test]
    fn a_program_is_asked_to_end_when_its_thread_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        thread::spawn({
            let mut command =
                shell("trap 'kill $!; echo > asked; exit' TERM; echo $$ > child; sleep 1000 & wait", path);
            let path = path.to_owned();
            move || {
                // As if the process had been killed: nothing is dropped.
                std::mem::forget(Child::start(&mut command).unwrap());
                processes(&path, &["child"]);
            }
        })
        .join()
        .unwrap();
        for _ in 0..500 {
            if path.join("asked").exists() {
                return;
            }
            sleep(LOOK_AGAIN);
        }
        panic!("nobody asked it to end");
    }

    #[test]
    fn more_than_a_pipe_holds_is_listened_to() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = shell("head -c 300000 /dev/zero; head -c 200000 /dev/zero >&2", folder.path());
        let (status, output, errors) =
            listen(&mut command, &AtomicBool::new(false)).unwrap().expect("not stopped");
        assert!(status.success());
        assert_eq!((output.len(), errors.len()), (300_000, 200_000));
    }
}
