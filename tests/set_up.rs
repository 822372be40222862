//! What makes a fresh clone ready: one script, what calls it, and the list of what a check of the results compares.
#![cfg(unix)]

#[path = "support/programs.rs"]
mod programs;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use programs::programs;
use serde_json::Value;
use tempfile::{TempDir, tempdir};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The names in a folder of the checkout, without those that begin with a dot.
fn names(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
    names.sort();
    names
}

/// What the script needs of a system.
const SYSTEM: [&str; 5] = ["bash", "cut", "dirname", "sed", "sh"];
const NEW_RUST: (&str, &str) = ("rustc", "echo 'rustc 1.95.0 (0123abcde 2026-01-01)'");
const OLD_RUST: (&str, &str) = ("rustc", "echo 'rustc 1.70.0 (0123abcde 2023-06-01)'");
const PYTHON: (&str, &str) = ("python3", "case \"$*\" in *version_info*) echo 3.11.2;; esac");
const CARGO: (&str, &str) = ("cargo", "echo \"cargo $*\" >>\"$HOME/calls\"");
/// The installer that <https://sh.rustup.rs> answers with: it leaves a rustup and a Rust of the version that was asked for.
const CURL: (&str, &str) = (
    "curl",
    r##"cat <<'INSTALLER'
mkdir -p "$HOME/.cargo/bin" && cd "$HOME/.cargo/bin"
echo "installer $*" >>"$HOME/calls"
printf '#!/bin/sh\necho rustc 1.95.0\n' >rustc
printf '#!/bin/sh\necho "rustup $*" >>"$HOME/calls"\n' >rustup
chmod +x rustc rustup
INSTALLER"##,
);

/// The script with stand-ins for all that it calls, and a home of its own.
struct Setup(TempDir);

impl Setup {
    fn new() -> Self {
        Self(tempdir().unwrap())
    }

    fn run(&self, arguments: &[&str], scripts: &[(&str, &str)]) -> Output {
        // What the stand-ins themselves need.
        let programs = programs(&[&SYSTEM[..], &["cat", "chmod", "mkdir"]].concat(), scripts);
        let mut command = Command::new("bash");
        command.arg(root().join(".ci/setup")).args(arguments);
        command.env("PATH", programs.path()).env("HOME", self.0.path()).env_remove("CARGO_HOME");
        command.env("GITHUB_PATH", self.0.path().join("github-path")).output().unwrap()
    }

    /// What was called, line after line.
    fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.0.path().join("calls")).unwrap_or_default();
        calls.lines().map(str::to_owned).collect()
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_goals_build_on_each_other() {
    let build = "cargo build --release --locked";
    let notebooks = "cargo run --release --locked --quiet -- notebooks setup";
    for (arguments, calls) in [
        (&["tools"][..], &[][..]),
        (&["build"], &[build]),
        (&["notebooks"], &[build, notebooks]),
        (&[], &[build, notebooks]),
    ] {
        let setup = Setup::new();
        let output = setup.run(arguments, &[NEW_RUST, PYTHON, CARGO]);
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        assert_eq!(setup.calls(), calls, "{arguments:?}");
    }
}

#[test]
fn a_missing_or_old_rust_is_replaced_for_this_folder_only() {
    let needed = read("Cargo.toml");
    let needed =
        needed.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap().trim_matches('"');
    let root = root().display();
    let chosen = [
        format!("rustup toolchain install {needed} --profile minimal --component clippy --component rustfmt"),
        format!("rustup override set {needed} --path {root}"),
    ];
    let installer = format!("installer -y --profile minimal --default-toolchain {needed}");
    for scripts in [&[CURL, PYTHON][..], &[OLD_RUST, CURL, PYTHON]] {
        let setup = Setup::new();
        let output = setup.run(&["tools"], scripts);
        assert!(output.status.success(), "{}", said(&output));
        assert_eq!(setup.calls(), [installer.as_str(), &chosen[0], &chosen[1]]);
        let path = fs::read_to_string(setup.0.path().join("github-path")).unwrap();
        assert_eq!(path.trim(), setup.0.path().join(".cargo/bin").to_str().unwrap());
    }
    // A rustup that is there is asked, and nothing is fetched.
    let setup = Setup::new();
    let rustup = ("rustup", "echo \"rustup $*\" >>\"$HOME/calls\"");
    let output = setup.run(&["tools"], &[OLD_RUST, rustup, PYTHON]);
    assert_eq!(output.status.code(), Some(2), "rustc is still the old one");
    assert!(said(&output).contains("expected Rust 1.95 or later, found 1.70.0"), "{}", said(&output));
    assert_eq!(setup.calls(), chosen);
}

#[test]
fn what_cannot_be_installed_is_named_with_what_to_do() {
    let no_venv = ("python3", "case \"$*\" in *version_info*) echo 3.12.1;; *) exit 1;; esac");
    for (scripts, expected) in [
        (&[PYTHON][..], "expected curl, to install Rust"),
        (&[NEW_RUST], "expected Python 3.11 or later as python3, found none"),
        (&[NEW_RUST, ("python3", "echo 3.9.2")], "found 3.9.2 (Debian, Ubuntu: apt-get install python3)"),
        (&[NEW_RUST, no_venv], "apt-get install python3-venv"),
    ] {
        let setup = Setup::new();
        let output = setup.run(&[], scripts);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(expected), "{}", said(&output));
        assert_eq!(setup.calls(), [""; 0]);
    }
    let output = Setup::new().run(&["all"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("expected tools, build, notebooks or variables, found all"),
        "{}",
        said(&output)
    );
}

/// Scripts of the shell.
const SCRIPTS: [&str; 4] = [".ci/setup", ".ci/run", "binder/postBuild", "binder/start"];

#[test]
fn scripts_are_sound_and_can_be_run() {
    use std::os::unix::fs::PermissionsExt;
    for script in SCRIPTS {
        let output = Command::new("bash").arg("-n").arg(root().join(script)).output().unwrap();
        assert!(output.status.success(), "{script}: {}", said(&output));
        let mode = fs::metadata(root().join(script)).unwrap().permissions().mode();
        assert_eq!(mode & 0o111, 0o111, "{script}");
    }
}

#[test]
fn everything_that_sets_up_calls_the_one_script() {
    let workflows = names(".github/workflows").into_iter().map(|name| format!(".github/workflows/{name}"));
    let callers: Vec<String> =
        workflows.chain([".devcontainer/devcontainer.json", "binder/postBuild"].map(str::to_owned)).collect();
    assert_eq!(callers.len(), 5, "{callers:?}");
    for caller in callers {
        let text = read(&caller);
        assert!(text.contains(".ci/setup"), "{caller} does not call the script");
        for other in ["rustup", "cargo install", "cargo build", "pip install", "apt-get", "notebooks setup"] {
            assert!(!text.contains(other), "{caller} sets up by itself: {other}");
        }
        assert!(!text.contains('\t'), "{caller} has a tab");
    }
}

#[test]
fn every_way_to_open_the_notebooks_finds_the_same_kernel() {
    let output = Setup::new().run(&["variables"], &[]);
    assert!(output.status.success(), "{}", said(&output));
    let container: Value = serde_json::from_str(&read(".devcontainer/devcontainer.json")).unwrap();
    assert_eq!(container["updateContentCommand"], ".ci/setup");
    let folder = root().to_str().unwrap();
    let variables = String::from_utf8(output.stdout).unwrap();
    assert_eq!(variables.lines().count(), 4);
    for line in variables.lines() {
        let (name, value) = line.strip_prefix("export ").unwrap().split_once('=').unwrap();
        let value = value.trim_matches('\'').replace(folder, "${containerWorkspaceFolder}");
        assert_eq!(container["remoteEnv"][name], value, "{name}");
    }
    assert!(read("binder/start").contains(".ci/setup variables"));
    assert_eq!(read("binder/runtime.txt").trim(), "python-3.11");
}

/// The value of a line of YAML, without quotes.
fn yaml_value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.trim_start()
        .trim_start_matches("- ")
        .strip_prefix(key)?
        .strip_prefix(": ")
        .map(|value| value.trim_matches('"'))
}

#[test]
fn the_manifest_of_the_results_is_complete_and_every_file_is_there() {
    let text = read("codecheck.yml");
    assert!(text.starts_with("---\n"));
    assert!(text.contains("\nversion: https://codecheck.org.uk/spec/config/1.0/\n"));
    let (_, manifest) = text.split_once("\nmanifest:\n").unwrap();
    let values = |key| -> Vec<&str> { manifest.lines().filter_map(|line| yaml_value(line, key)).collect() };
    let (files, comments) = (values("file"), values("comment"));
    assert_eq!(files.len(), comments.len(), "each file has a comment");
    assert_eq!(comments.iter().collect::<BTreeSet<_>>().len(), comments.len(), "no comment comes twice");
    assert!(files.iter().all(|file| root().join(file).is_file()), "{files:?}");

    let of_folder = |folder: &'static str, ending: &'static str| {
        names(folder)
            .into_iter()
            .filter(move |name| name.ends_with(ending))
            .map(move |name| format!("{folder}/{name}"))
    };
    let outputs: BTreeSet<String> =
        of_folder("figures", ".png").chain(of_folder("notebooks", ".ipynb")).collect();
    assert_eq!(files.iter().map(|file| (*file).to_owned()).collect::<BTreeSet<_>>(), outputs);
}
