//! Programs that setting up needs: their output goes to a log, their failure becomes one error.

use std::fs::{File, read_to_string};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;

use super::child::{Child, listen};
use crate::error::{Error, Fault, Place, Result};

/// What programs write when a server cannot be reached. Each phrase is one that pip or cargo uses.
const NO_NETWORK: [&str; 8] = [
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "Could not resolve host",
    "Couldn't resolve host",
    "Could not connect",
    "failed to connect",
    "ProxyError",
    "spurious network error",
];

/// Asks a program something short. `install` says how one gets it.
///
/// # Errors
/// [`Fault::MISSING_PROGRAM`] if there is none or it fails; [`Fault::INTERRUPTED`] once `stop` is true.
pub(in crate::notebook) fn ask(command: &mut Command, install: &str, stop: &AtomicBool) -> Result<String> {
    let name = command.get_program().display().to_string();
    let missing =
        |found: String| Error::new(Fault::MISSING_PROGRAM, Place::field(name.clone()), install, found);
    match listen(command, stop) {
        Err(cause) if cause.kind() == ErrorKind::NotFound => Err(missing("no such program".into())),
        Err(cause) => Err(missing(cause.to_string())),
        Ok(None) => Err(Error::interrupted(Place::field(name), "its answer")),
        Ok(Some((status, output, _))) if status.success() => {
            Ok(String::from_utf8_lossy(&output).trim().to_owned())
        }
        Ok(Some((_, _, errors))) => Err(missing(last_line(&String::from_utf8_lossy(&errors)))),
    }
}

/// Runs a program to its end. What it says is added to the log.
///
/// # Errors
/// [`Fault::NO_NETWORK`] or [`Fault::PROGRAM_FAILED`], with the last line that it said; [`Fault::INTERRUPTED`].
pub(in crate::notebook) fn run(command: &mut Command, log: &Path, stop: &AtomicBool) -> Result<()> {
    let (program, arguments) = (command.get_program(), command.get_args());
    let name = Path::new(program).file_stem().unwrap_or(program).display().to_string();
    let line: Vec<String> =
        std::iter::once(program).chain(arguments).map(|part| part.display().to_string()).collect();
    let unwritable = |cause: std::io::Error| {
        Error::new(Fault::UNWRITABLE, Place::file(log), "to add to it", cause.to_string())
    };
    let mut file = File::options().create(true).append(true).open(log).map_err(unwritable)?;
    writeln!(file, "\n$ {}", line.join(" ")).map_err(unwritable)?;
    let before = file.metadata().map_err(unwritable)?.len() as usize;
    let failed = |found: String| {
        let fault = if NO_NETWORK.iter().any(|phrase| found.contains(phrase)) {
            Fault::NO_NETWORK
        } else {
            Fault::PROGRAM_FAILED
        };
        Error::new(fault, Place::file(log), format!("{name} to succeed"), last_line(&found))
    };
    let errors = file.try_clone().map_err(unwritable)?;
    command.stdin(Stdio::null()).stdout(file).stderr(errors);
    let ended = Child::start(command).and_then(|mut child| child.wait_unless(stop));
    match ended.map_err(|cause| failed(cause.to_string()))? {
        None => Err(Error::interrupted(Place::field(name), "its end")),
        Some(status) if status.success() => Ok(()),
        Some(status) => {
            let said = read_to_string(log).unwrap_or_default();
            let said = said.get(before..).unwrap_or_default().trim();
            let found = if said.is_empty() { status.to_string() } else { said.to_owned() };
            Err(failed(found))
        }
    }
}

/// The last line that is not empty, which is where programs sum up.
fn last_line(text: &str) -> String {
    text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("nothing").to_owned()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::time::Duration;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn fault(result: Result<()>) -> (Fault, String) {
        let error = result.unwrap_err();
        (error.problems()[0].fault, error.problems()[0].found.clone())
    }

    #[test]
    fn what_a_program_says_is_in_the_log_and_its_last_line_in_the_error() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let stop = AtomicBool::new(false);
        assert_eq!(run(&mut shell("echo fine"), &log, &stop), Ok(()));
        let failed = run(&mut shell("echo one; echo two >&2; exit 3"), &log, &stop);
        assert_eq!(fault(failed), (Fault::PROGRAM_FAILED, "two".into()));
        let silent = run(&mut shell("exit 3"), &log, &stop);
        assert_eq!(fault(silent), (Fault::PROGRAM_FAILED, "exit status: 3".into()));
        let text = read_to_string(log).unwrap();
        assert!(text.contains("fine") && text.contains("$ sh -c exit 3"), "{text}");
    }

    #[test]
    fn a_missing_network_is_told_from_other_failures() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let script = "echo 'Could not resolve host: index.crates.io'; echo error: could not; exit 1";
        let failed = run(&mut shell(script), &log, &AtomicBool::new(false));
        assert_eq!(fault(failed).0, Fault::NO_NETWORK);
    }

    #[test]
    fn a_program_ends_when_asked_to_stop() {
        let folder = tempfile::tempdir().unwrap();
        let begun = std::time::Instant::now();
        let stopped = run(&mut shell("sleep 60"), &folder.path().join("log"), &AtomicBool::new(true));
        assert_eq!(fault(stopped).0, Fault::INTERRUPTED);
        assert!(begun.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn a_missing_program_is_named_with_what_to_install() {
        let stop = AtomicBool::new(false);
        let error = ask(&mut Command::new("no-such-program"), "Python", &stop).unwrap_err();
        assert_eq!(error.problems()[0].fault, Fault::MISSING_PROGRAM);
        assert!(error.to_string().starts_with("no-such-program: expected Python, found no such program"));
        let error = ask(&mut shell("echo 'No module named venv' >&2; exit 1"), "Python", &stop).unwrap_err();
        assert_eq!(error.problems()[0].found, "No module named venv");
    }
}
