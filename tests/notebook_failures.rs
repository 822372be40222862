//! Notebooks that fail on purpose, each in one way, run by the real kernel: no failure passes for success.

#[path = "support/notebooks.rs"]
mod notebooks;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use eegenre::error::{Error, Fault, Problem};
use eegenre::notebook::{Environment, Run};
use eegenre::store::Project;
use tempfile::tempdir;

/// Without it the kernel reports a panic as success.
const FIRST: &str = ":preserve_vars_on_panic 0";

const HOLDS: (&str, &str, &str, bool) = ("the sum", "2", "2", true);

/// Runs the notebooks of a folder. None of them needs eegenre, so their kernels start soon.
fn run(folder: &Path, out: &Path, cell_limit: Duration, stop: &AtomicBool) -> Result<usize, Error> {
    let project = Project::at(env!("CARGO_MANIFEST_DIR"));
    let run = Run {
        notebooks: folder.to_owned(),
        out: Some(out.to_owned()),
        cell_limit,
        ..Run::new(&project, None)?
    };
    let executed = run.run(&Environment::of(&project)?, stop)?;
    Ok(executed.notebooks.len())
}

/// The only problem that is told of a notebook.
fn problem<'a>(error: &'a Error, name: &str) -> &'a Problem {
    let file = format!("{name}.ipynb");
    let of_it = |problem: &&Problem| problem.place.file.as_ref().is_some_and(|path| path.ends_with(&file));
    let problems: Vec<_> = error.problems().iter().filter(of_it).collect();
    assert_eq!(problems.len(), 1, "{name}: {error}");
    problems[0]
}

/// A cell that does not end. It tells which process it is first.
fn sleeps(pid: &Path) -> String {
    let pid = pid.to_str().unwrap();
    format!(
        "std::fs::write({pid:?}, std::process::id().to_string()).unwrap();\n\
         std::thread::sleep(std::time::Duration::MAX);"
    )
}

/// Whether a process comes to its end. The system may need a moment to take away what was killed.
fn ends(pid: &Path) -> bool {
    let process = Path::new("/proc").join(fs::read_to_string(pid).unwrap());
    (0..100).any(|_| {
        sleep(Duration::from_millis(100));
        !process.exists()
    })
}

#[test]
fn every_way_to_fail_is_told_with_notebook_cell_and_cause() {
    let (folder, out) = (tempdir().unwrap(), tempdir().unwrap());
    let write = |name: &str, cells: &[&str]| notebooks::write(folder.path(), name, cells);
    let checks = |name: &str| notebooks::checks(name, &[HOLDS]);
    write("01-passes", &[FIRST, "let sum = 1 + 1;", "sum", &checks("01-passes")]);
    for (name, cell) in [
        ("02-panic", "let sum = 1 + 1;\nassert_eq!(sum, 3, \"no sum\");"),
        ("03-question-mark", "let sum: i32 = \"two\".parse()?;"),
        ("04-question-mark-in-a-value", "\"two\".parse::<i32>()?"),
        ("05-compile-error", "let sum: i32 = \"two\";"),
        ("06-dead-runtime", "std::process::exit(3);"),
        ("07-unknown-command", ":no_such_command"),
    ] {
        write(name, &[FIRST, cell, &checks(name)]);
    }
    write("08-no-checks", &[FIRST, "1 + 1"]);
    let fails = [HOLDS, ("the product", "6", "7", false)];
    write("09-failed-check", &[FIRST, &notebooks::checks("09-failed-check", &fails)]);
    // Checks of an earlier run are not taken for those of this one.
    fs::write(out.path().join("08-no-checks.checks.json"), "{}").unwrap();

    let error =
        run(folder.path(), out.path(), Duration::from_secs(300), &AtomicBool::new(false)).unwrap_err();
    for (name, fault, field, found) in [
        (
            "02-panic",
            Fault::CELL_FAILED,
            "code cell 2 `let sum = 1 + 1;`",
            "a panic: assertion `left == right` failed: no sum",
        ),
        (
            "03-question-mark",
            Fault::CELL_FAILED,
            "code cell 2 `let sum: i32",
            "`?` returned early: invalid digit",
        ),
        (
            "04-question-mark-in-a-value",
            Fault::CELL_FAILED,
            "code cell 2 `\"two\"",
            "`?` returned early: invalid digit",
        ),
        ("05-compile-error", Fault::CELL_FAILED, "code cell 2 `let sum: i32", "mismatched types"),
        ("06-dead-runtime", Fault::CELL_FAILED, "code cell 2 `std::process", "exit status: 3"),
        ("07-unknown-command", Fault::CELL_FAILED, "code cell 2 `:no_such_command`", "no_such_command"),
        ("08-no-checks", Fault::NO_CHECKS, "08-no-checks.checks.json", "No such file"),
        ("09-failed-check", Fault::CHECK_FAILED, "check \"the product\"", "7"),
    ] {
        let problem = problem(&error, name);
        assert_eq!(problem.fault, fault, "{problem}");
        assert!(problem.place.field.as_deref().unwrap().contains(field), "{problem}");
        assert!(problem.found.contains(found), "{problem}");
        assert!(fault.is_failed_check());
    }
    assert_eq!(error.problems().len(), 8, "{error}");

    // Executed copies are there, those of failed notebooks up to the cell that failed.
    let copy = |name: &str| fs::read_to_string(out.path().join(format!("{name}.ipynb"))).unwrap();
    assert!(copy("01-passes").contains("\"execution_count\": 4"));
    assert!(!copy("01-passes").contains("x-eegenre-end"));
    assert!(copy("05-compile-error").contains("mismatched types"));
    assert!(!copy("05-compile-error").contains("\"execution_count\": 3"));
}

#[cfg(unix)]
#[test]
fn a_kernel_that_runs_one_notebook_after_the_other_remembers_nothing() {
    let (folder, out) = (tempdir().unwrap(), tempdir().unwrap());
    let parent = |name: &str| {
        let file = out.path().join(name);
        format!("std::fs::write({file:?}, std::os::unix::process::parent_id().to_string())?;")
    };
    let checks = |name: &str| notebooks::checks(name, &[HOLDS]);
    let write = |name: &str, cells: &[&str]| notebooks::write(folder.path(), name, cells);
    let leaves = "let sum = 1 + 1;\nunsafe { std::env::set_var(\"LEFT\", \"behind\") };";
    write("01-leaves", &[FIRST, leaves, &parent("first"), &checks("01-leaves")]);
    let looks = "assert!(std::env::var(\"LEFT\").is_err());";
    write("02-looks", &[FIRST, looks, &parent("second"), &checks("02-looks")]);
    write("03-uses", &[FIRST, "sum", &checks("03-uses")]);
    write("04-goes-on", &[FIRST, &parent("fourth"), &checks("04-goes-on")]);

    let project = Project::at(env!("CARGO_MANIFEST_DIR"));
    let run = Run {
        notebooks: folder.path().to_owned(),
        out: Some(out.path().to_owned()),
        kernels: 1,
        ..Run::new(&project, None).unwrap()
    };
    let error = run.run(&Environment::of(&project).unwrap(), &AtomicBool::new(false)).unwrap_err();
    assert!(problem(&error, "03-uses").found.contains("cannot find value `sum`"), "{error}");
    assert_eq!(error.problems().len(), 1, "{error}");
    let kernel = |name: &str| fs::read_to_string(out.path().join(name)).unwrap();
    // The same kernel, but not after a failure.
    assert_eq!(kernel("first"), kernel("second"));
    assert_ne!(kernel("first"), kernel("fourth"));
}

#[test]
fn a_cell_that_does_not_end_is_ended_with_its_kernel() {
    let (folder, out) = (tempdir().unwrap(), tempdir().unwrap());
    let pid = out.path().join("pid");
    notebooks::write(folder.path(), "01-sleeps", &[FIRST, &sleeps(&pid)]);
    let error = run(folder.path(), out.path(), Duration::from_secs(30), &AtomicBool::new(false)).unwrap_err();
    let problem = problem(&error, "01-sleeps");
    assert_eq!(problem.fault, Fault::CELL_TIMED_OUT);
    assert!(problem.place.to_string().contains("code cell 2 `std::fs::write"), "{problem}");
    assert!(problem.found.contains("still running after 30 s"), "{problem}");
    assert!(ends(&pid), "the cell is still running");
}

#[test]
fn a_kernel_that_dies_is_noticed() {
    let (folder, out) = (tempdir().unwrap(), tempdir().unwrap());
    // The kernel is the parent of the process that runs cells.
    let kills = "let parent = std::os::unix::process::parent_id().to_string();\n\
                 std::process::Command::new(\"kill\").args([\"-9\", &parent]).status()?;\n\
                 std::thread::sleep(std::time::Duration::from_secs(60));";
    notebooks::write(folder.path(), "01-kills", &[FIRST, kills]);
    let error =
        run(folder.path(), out.path(), Duration::from_secs(300), &AtomicBool::new(false)).unwrap_err();
    let problem = problem(&error, "01-kills");
    assert_eq!(problem.fault, Fault::KERNEL_DIED, "{problem}");
    assert!(problem.place.to_string().contains("code cell 2 `let parent"), "{problem}");
}

#[test]
fn a_request_to_stop_ends_the_kernel_and_what_it_runs() {
    let (folder, out) = (tempdir().unwrap(), tempdir().unwrap());
    let pid = out.path().join("pid");
    notebooks::write(folder.path(), "01-sleeps", &[FIRST, &sleeps(&pid)]);
    let stop = AtomicBool::new(false);
    let error = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !pid.exists() {
                sleep(Duration::from_millis(100));
            }
            stop.store(true, Ordering::Relaxed);
        });
        run(folder.path(), out.path(), Duration::from_secs(300), &stop).unwrap_err()
    });
    assert_eq!(problem(&error, "01-sleeps").fault, Fault::INTERRUPTED);
    assert!(ends(&pid), "the cell is still running");
}
