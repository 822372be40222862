//! What becomes of a training that is killed, stopped, doubled, moved to another processor or left without room on the
//! disk.

#[cfg(unix)]
#[path = "support/signals.rs"]
mod signals;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::Duration;

use eegenre::recordings::synthetic::{self, Settings};
use tempfile::{TempDir, tempdir};

/// Synthetic workbooks, written once.
fn workbooks() -> &'static Path {
    static FOLDER: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = FOLDER.get_or_init(|| {
        let folder = tempdir().unwrap();
        let path = folder.path().join("synthetic");
        synthetic::write(&Settings::default(), &path).unwrap();
        (folder, path)
    });
    path
}

/// A training of three runs that saves where it stands after every epoch.
fn training(out: &Path, epochs: usize) -> Command {
    training_of(3, out, epochs)
}

/// The same with so many runs.
fn training_of(runs: usize, out: &Path, epochs: usize) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eegenre"));
    command
        .args([
            "train",
            "baseline",
            "--runs",
            &runs.to_string(),
            "--truncate",
            "240",
            "--checkpoint",
            "0",
            "--threads",
            "2",
        ])
        .args(["--quiet", "--epochs", &epochs.to_string(), "--data"])
        .arg(workbooks())
        .arg("--out")
        .arg(out)
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// What must be the same however the training went.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let named = files.map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap()));
    named.filter(|(name, _)| !name.ends_with(".times.json") && !name.starts_with('.')).collect()
}

/// The same training without any mishap.
fn undisturbed() -> &'static BTreeMap<String, Vec<u8>> {
    static CONTENTS: OnceLock<BTreeMap<String, Vec<u8>>> = OnceLock::new();
    CONTENTS.get_or_init(|| {
        let folder = tempdir().unwrap();
        assert!(training(folder.path(), 60).status().unwrap().success());
        contents(folder.path())
    })
}

fn finish(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn killed_at_any_moment_it_ends_with_the_same_bytes() {
    let folder = tempdir().unwrap();
    let mut kills = 0;
    // Moments without a pattern, from before the recordings are read to well into the runs.
    for milliseconds in [40, 310, 170, 520, 260, 700, 430, 610] {
        let mut child = training(folder.path(), 60).spawn().unwrap();
        sleep(Duration::from_millis(milliseconds));
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            kills += 1;
        }
        child.wait().unwrap();
    }
    assert!(kills >= 4, "only {kills} of 8 trainings lived long enough to be killed");
    assert!(training(folder.path(), 60).status().unwrap().success());
    assert_eq!(&contents(folder.path()), undisturbed());
}

#[test]
fn processes_on_one_folder_share_the_work() {
    let folder = tempdir().unwrap();
    let children = [0, 1, 2].map(|_| training(folder.path(), 60).spawn().unwrap());
    for child in children {
        let (code, errors) = finish(child);
        assert_eq!(code, Some(0), "{errors}");
    }
    assert_eq!(&contents(folder.path()), undisturbed());
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_cleanly_and_says_how_to_go_on() {
    for (signal, expected) in [("-INT", 130), ("-TERM", 143), ("-HUP", 143)] {
        let folder = tempdir().unwrap();
        // Too long to end before the interrupt.
        let child = signals::hearing(&mut training(folder.path(), 100_000)).spawn().unwrap();
        for _ in 0..2000 {
            if folder.path().join("run-00.checkpoint").exists() {
                break;
            }
            sleep(Duration::from_millis(5));
        }
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        let (code, errors) = finish(child);
        assert_eq!(code, Some(expected), "{signal}: {errors}");
        assert!(errors.contains("run the same command again; it goes on where it stopped"), "{errors}");
        assert!(folder.path().join("run-00.checkpoint").exists());
    }
}

#[cfg(unix)]
#[test]
fn without_room_on_the_disk_it_says_so_and_keeps_what_it_has() {
    let folder = tempdir().unwrap();
    for name in ["configuration.json", "run-00.json", "run-00.final.safetensors", "run-00.best.safetensors"] {
        fs::write(folder.path().join(name), &undisturbed()[name]).unwrap();
    }
    let before = contents(folder.path());
    // Files may have 8 KiB at most, and a write beyond that fails as on a full disk.
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$0\" \"$@\""]);
    let whole = training(folder.path(), 60);
    limited.arg(whole.get_program()).args(whole.get_args()).stdout(Stdio::null()).stderr(Stdio::piped());
    let (code, errors) = finish(limited.spawn().unwrap());
    assert_eq!(code, Some(2), "{errors}");
    assert!(errors.contains("check that the folder exists, that you may write to it"), "{errors}");
    let after = contents(folder.path());
    assert!(before.iter().all(|(name, bytes)| after.get(name) == Some(bytes)));
    assert!(training(folder.path(), 60).status().unwrap().success());
    assert_eq!(&contents(folder.path()), undisturbed());
}

#[test]
fn what_other_instructions_began_goes_on_only_if_that_is_asked_for() {
    let (first, second) = match eegenre::nn::Level::available().as_slice() {
        [widest, .., portable] => (portable.name(), widest.name()),
        _ => {
            eprintln!("this processor has one level only; nothing is tested");
            return;
        }
    };
    let folder = tempdir().unwrap();
    let run = |runs: usize, out: &Path, epochs: usize, level: &[&str]| {
        let (code, errors) = finish(training_of(runs, out, epochs).args(level).spawn().unwrap());
        (code, errors, contents(out))
    };
    let instructions = |contents: &BTreeMap<String, Vec<u8>>, name: &str| {
        let record: serde_json::Value = serde_json::from_slice(&contents[name]).unwrap();
        record["configuration"]["instructions"].clone()
    };
    let (code, errors, before) = run(1, folder.path(), 2, &["--level", first]);
    assert_eq!((code, instructions(&before, "run-00.json")), (Some(0), vec![first].into()), "{errors}");
    // A training that is killed on its way.
    let other = tempdir().unwrap();
    let mut child = training(other.path(), 100_000).args(["--level", first]).spawn().unwrap();
    while !other.path().join("run-01.checkpoint").exists() {
        sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();

    for (out, epochs) in [(folder.path(), 2), (other.path(), 100_000)] {
        let before = contents(out);
        let (code, errors, after) = run(3, out, epochs, &["--level", second]);
        assert_eq!((code, after), (Some(2), before), "{errors}");
        let said = format!("expected {second}, which computes here, found {first}");
        assert!(errors.contains(&said) && errors.contains("--any-level"), "{errors}");
    }
    // Nothing is added.
    assert_eq!(run(1, folder.path(), 2, &["--level", second]).0, Some(0));
    let (code, errors, after) = run(3, folder.path(), 2, &["--level", second, "--any-level"]);
    assert_eq!((code, instructions(&after, "run-02.json")), (Some(0), vec![second].into()), "{errors}");
    assert!(before.iter().all(|(name, bytes)| after.get(name) == Some(bytes)));
    assert_eq!(eegenre::runs::Store::read(folder.path()).unwrap().len(), 3);
    // The levels do differ.
    let (alone, name) = (tempdir().unwrap(), "run-00.final.safetensors");
    let (code, errors, alone) = run(1, alone.path(), 2, &["--level", second]);
    assert_eq!(code, Some(0), "{errors}");
    assert_ne!(alone[name], after[name]);
}
