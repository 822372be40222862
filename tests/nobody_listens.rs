//! Every task when nobody reads what it prints: into a pipe that is closed, onto a disk that is full, to a terminal that
//! has gone away, and with no standard output or error at all.
#![cfg(unix)]

mod support;

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, pipe};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use support::tasks::{TASKS, eegenre, write_recordings};
use tempfile::{TempDir, tempdir};

/// What every command says that names no data.
const WITHOUT_DATA: [(&str, i32); 4] =
    [("--help", 0), ("train --help", 0), ("--version", 0), ("completions bash", 0)];

/// As text and as JSON.
const BOTH: [&str; 2] = ["", " --json"];

/// A disk without room: what is written to it fails.
fn full() -> File {
    OpenOptions::new().write(true).open("/dev/full").unwrap()
}

/// A pipe whose reader has gone away.
fn closed() -> Stdio {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    writer.into()
}

/// A terminal that has gone away.
fn gone() -> Stdio {
    let terminal = nix::pty::openpty(None, None).unwrap();
    drop(terminal.master);
    terminal.slave.into()
}

/// Runs every task, as text or as JSON, with standard output and error as `change` leaves them. Answers with the task,
/// its code with a listener, and how it ended.
fn of_all_tasks(json: &[&str], change: impl Fn(&mut Command)) -> Vec<(String, i32, Output)> {
    let here = tempdir().unwrap();
    let (data, out) = (here.path().join("data"), here.path().join("out"));
    write_recordings(&data);
    let run = |task: &str, code: i32| {
        let _ = fs::remove_dir_all(out.join("made"));
        fs::create_dir_all(&out).unwrap();
        let mut command = eegenre(here.path(), task, &data, &out);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        change(&mut command);
        (task.to_owned(), code, command.spawn().unwrap().wait_with_output().unwrap())
    };
    let tasks = json.iter().flat_map(|json| TASKS.map(|(task, code)| (format!("{task}{json}"), code)));
    let plain = WITHOUT_DATA.map(|(task, code)| (task.to_owned(), code));
    tasks.chain(plain).map(|(task, code)| run(&task, code)).collect()
}

#[test]
fn an_answer_that_could_not_be_written_is_an_error() {
    for (task, code, output) in of_all_tasks(&BOTH, |command| {
        command.stdout(full());
    }) {
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{task}: {errors}");
        // What failed anyway says so on standard error.
        let said =
            if code == 0 { "standard output: expected to write the answer, found" } else { "expected" };
        assert!(errors.contains(said), "{task}: {errors}");
    }
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let listened = of_all_tasks(&BOTH, |_| ());
    let unheard = of_all_tasks(&BOTH, |command| {
        command.stdout(closed());
    });
    for ((task, code, with), (_, _, without)) in listened.into_iter().zip(unheard) {
        assert_eq!(with.status.code(), Some(code), "{task}");
        assert_eq!(without.status.code(), Some(code), "{task}");
        let [with, without] = [with, without].map(|output| String::from_utf8(output.stderr).unwrap());
        assert!(!without.contains("panicked"), "{task}: {without}");
        assert_eq!(without.lines().count(), with.lines().count(), "{task}: {without}");
    }
}

/// Ways in which notes are lost.
const UNHEARD: [fn(&mut Command); 4] = [
    |command| _ = command.stderr(full()),
    |command| _ = command.stderr(closed()),
    |command| _ = command.stderr(gone()),
    |command| _ = command.stdout(gone()).stderr(gone()),
];

#[test]
fn notes_that_nobody_hears_change_nothing() {
    for (way, change) in UNHEARD.into_iter().enumerate() {
        for (task, code, output) in of_all_tasks(&[""], change) {
            // An answer that a terminal no longer shows could not be written.
            let expected = if way == 3 { 2 } else { code };
            assert_eq!(output.status.code(), Some(expected), "way {way}, {task}");
        }
    }
}

#[test]
fn without_standard_output_and_error_everything_works() {
    let here = tempdir().unwrap();
    let (data, out) = (here.path().join("data"), here.path().join("out"));
    write_recordings(&data);
    fs::create_dir(&out).unwrap();
    for (task, code) in TASKS {
        let command = eegenre(here.path(), task, &data, &out);
        let mut shell = Command::new("sh");
        shell.args(["-c", "exec \"$0\" \"$@\" >&- 2>&-"]).arg(command.get_program()).args(command.get_args());
        let shell = shell.current_dir(here.path()).env_remove("EEGENRE_DATA").env_remove("EEGENRE_PROJECT");
        assert_eq!(shell.status().unwrap().code(), Some(code), "{task}");
    }
    // Nothing that was meant for a closed stream went into a file.
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join("split.json")).unwrap()).unwrap();
    assert!(manifest["training"].is_array());
}

/// Trains two runs and stops reading after so many lines. Answers with the records.
fn trained(data: &Path, lines: usize) -> (Option<i32>, Vec<Vec<u8>>) {
    let out: TempDir = tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_eegenre"));
    command
        .args(["train", "baseline", "--runs", "2", "--epochs", "40", "--truncate", "16", "--data"])
        .arg(data);
    let mut child =
        command.arg("--out").arg(out.path()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut read = BufReader::new(child.stderr.take().unwrap());
    for _ in 0..lines {
        if read.read_line(&mut String::new()).unwrap() == 0 {
            break;
        }
    }
    drop(read);
    let code = child.wait().unwrap().code();
    let records =
        ["run-00.json", "run-01.json"].map(|name| fs::read(out.path().join(name)).unwrap_or_default());
    (code, records.into())
}

#[test]
fn a_training_whose_progress_goes_into_head_goes_on() {
    let folder = tempdir().unwrap();
    write_recordings(folder.path());
    let heard = trained(folder.path(), usize::MAX);
    assert!(heard.0 == Some(0) && heard.1.iter().all(|record| !record.is_empty()));
    for lines in [0, 1, 3] {
        assert_eq!(trained(folder.path(), lines), heard, "{lines} lines");
    }
}
