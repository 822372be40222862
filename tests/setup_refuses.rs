//! What setting up says where something is missing. Each test hides it from a child process.
#![cfg(unix)]

#[path = "support/programs.rs"]
mod programs;

use std::fs;
use std::path::Path;

use programs::{notebooks, programs, python};
use tempfile::tempdir;

/// What `eegenre notebooks setup` says when it finds these programs only. It must exit with 2.
fn refusal(programs: &Path, folder: &Path) -> String {
    let output = notebooks("setup", programs, folder).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    said
}

#[test]
fn without_python_it_says_what_to_install() {
    let folder = tempdir().unwrap();
    let said = refusal(programs(&["rustc"], &[]).path(), folder.path());
    assert!(said.contains("python3: expected Python 3.11 or later"), "{said}");
    assert!(said.contains("apt-get install python3"), "{said}");
}

#[test]
fn an_old_python_is_refused() {
    let folder = tempdir().unwrap();
    let said = refusal(programs(&["rustc"], &[("python3", "echo 3.9.2")]).path(), folder.path());
    assert!(said.contains("expected Python 3.11 or later") && said.contains("found Python 3.9.2"), "{said}");
}

#[test]
fn a_python_without_venv_is_refused() {
    let script = "case \"$*\" in *ensurepip*) echo \"No module named 'ensurepip'\" >&2; exit 1;; *) echo 3.12.1;; esac";
    let folder = tempdir().unwrap();
    let said = refusal(programs(&["rustc"], &[("python3", script)]).path(), folder.path());
    assert!(said.contains("apt-get install python3-venv"), "{said}");
    assert!(said.contains("No module named 'ensurepip'"), "{said}");
}

#[test]
fn without_rust_it_says_what_to_install() {
    let folder = tempdir().unwrap();
    let said = refusal(programs(&[], &[]).path(), folder.path());
    assert!(said.contains("rustc: expected Rust's cargo and rustc (https://rustup.rs)"), "{said}");
}

#[test]
fn a_pip_that_finds_no_network_is_told_from_one_that_fails() {
    for (pip, expected) in [
        (
            "echo 'Temporary failure in name resolution'; echo 'ERROR: none' >&2; exit 1",
            "connect to the internet",
        ),
        (
            "echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES'; exit 1",
            "found ERROR: THESE PACKAGES DO NOT",
        ),
    ] {
        let folder = tempdir().unwrap();
        let tools = programs(&["rustc", "sh", "mkdir", "cp"], &[("python3", &python(pip, ""))]);
        let said = refusal(tools.path(), folder.path());
        assert!(said.contains(expected), "{said}");
        assert!(said.contains("setup.log"), "{said}");
    }
}

#[test]
fn a_set_up_that_failed_goes_on_where_it_stopped() {
    let folder = tempdir().unwrap();
    // Python and its packages can be had, the kernel not.
    let cargo = "echo 'error: could not compile'; exit 1";
    let python = python("echo installed", "*) exit 0;;");
    let tools = programs(&["rustc", "sh", "mkdir", "cp"], &[("python3", &python), ("cargo", cargo)]);
    for _ in 0..2 {
        let said = refusal(tools.path(), folder.path());
        assert!(said.contains("expected cargo to succeed, found error: could not compile"), "{said}");
    }
    let log = fs::read_to_string(folder.path().join("setup.log")).unwrap();
    assert_eq!(log.matches("pip install").count(), 1, "{log}");
    assert_eq!(log.matches("cargo install").count(), 2, "{log}");
}

#[test]
fn the_book_needs_python_and_neither_rust_nor_a_kernel() {
    let (folder, out) = (tempdir().unwrap(), tempdir().unwrap());
    let python = python("echo installed", "*) exit 0;;");
    let tools = programs(&["sh", "mkdir", "cp"], &[("python3", &python)]);
    let mut book = notebooks("book", tools.path(), folder.path());
    let output = book.arg("--out").arg(out.path().join("book")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let log = fs::read_to_string(folder.path().join("setup.log")).unwrap();
    assert_eq!(log.matches("pip install").count(), 1, "{log}");
    assert!(!log.contains("cargo"), "{log}");
}

#[test]
fn a_folder_that_eegenre_did_not_make_is_refused_before_anything_slow_begins() {
    let python = python("echo installed", "*) exit 0;;");
    let tools = programs(&["rustc", "sh", "mkdir", "cp"], &[("python3", &python), ("cargo", "exit 1")]);
    for part in ["venv", "vendor", "kernel-build"] {
        let folder = tempdir().unwrap();
        let mine = folder.path().join(part).join("mine.txt");
        fs::create_dir(mine.parent().unwrap()).unwrap();
        fs::write(&mine, "mine").unwrap();
        let said = refusal(tools.path(), folder.path());
        let place = format!(
            "{}: expected no folder, an empty one, or one that eegenre made",
            mine.parent().unwrap().display()
        );
        assert!(said.contains(&place), "{said}");
        assert!(said.contains("found files, and no .made-by-eegenre among them"), "{said}");
        assert_eq!(fs::read(&mine).unwrap(), b"mine");
        assert!(!folder.path().join("setup.log").exists(), "{part}: something was run");
    }
}

#[test]
fn a_book_replaces_a_book_and_nothing_else() {
    let (folder, out) = (tempdir().unwrap(), tempdir().unwrap());
    let python = python("echo installed", "*) exit 0;;");
    let tools = programs(&["sh", "mkdir", "cp"], &[("python3", &python)]);
    let book = |out: &Path| {
        let output = notebooks("book", tools.path(), folder.path()).arg("--out").arg(out).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let site = out.path().join("site");
    fs::create_dir(&site).unwrap();
    fs::write(site.join("index.html"), "mine").unwrap();
    let (code, said) = book(&site);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains(&format!("{}: expected no folder, an empty one", site.display())), "{said}");
    assert_eq!(fs::read(site.join("index.html")).unwrap(), b"mine");
    assert!(!folder.path().join("venv").exists(), "Python was set up first");

    let own = out.path().join("book");
    assert_eq!(book(&own).0, Some(0));
    fs::write(own.join("gone.html"), "a page of a notebook that is gone").unwrap();
    assert_eq!(book(&own).0, Some(0));
    assert!(!own.join("gone.html").exists());
}
