//! The programs that eegenre starts: what they are told of the caller's settings, and that none outlives it.
#![cfg(target_os = "linux")]

#[path = "support/programs.rs"]
mod programs;
#[path = "support/signals.rs"]
mod signals;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use programs::{notebooks, programs, python};
use signals::hearing;
use tempfile::{TempDir, tempdir};

/// Settings that would change what programs do, each to nonsense.
const NONSENSE: [(&str, &str); 16] = [
    ("PIP_USER", "1"),
    ("PIP_TARGET", "/nonsense"),
    ("PIP_PREFIX", "/nonsense"),
    ("PIP_REQUIRE_VIRTUALENV", "nonsense"),
    ("PYTHONHOME", "/nonsense"),
    ("PYTHONPATH", "/nonsense"),
    ("PYTHONSTARTUP", "/nonsense"),
    ("VIRTUAL_ENV", "/nonsense"),
    ("JUPYTER_CONFIG_PATH", "/nonsense"),
    ("RUSTFLAGS", "--nonsense"),
    ("CARGO_ENCODED_RUSTFLAGS", "--nonsense"),
    ("CARGO_BUILD_TARGET", "nonsense"),
    ("CARGO_TARGET_DIR", "/nonsense"),
    ("CARGO_PROFILE_DEV_OPT_LEVEL", "nonsense"),
    ("RUSTC_WRAPPER", "/nonsense"),
    ("CFLAGS", "--nonsense"),
];

/// Settings that say where things come from.
const SOURCES: [(&str, &str); 4] = [
    ("PIP_INDEX_URL", "https://index.example/simple"),
    ("HTTPS_PROXY", "http://proxy.example:8080"),
    ("CARGO_HTTP_PROXY", "http://proxy.example:8080"),
    ("CARGO_REGISTRIES_MINE_INDEX", "sparse+https://crates.example/"),
];

/// Stand-ins for everything that JupyterLab needs. JupyterLab does what `lab` says. Each program leaves its arguments
/// and its variables in `said`.
fn stand_ins(lab: &str, said: &Path) -> TempDir {
    let record = format!("{{ echo \"arguments: $0 $*\"; env; }} > {}/$$", said.display());
    let kernel = "echo '{\"event\": \"ready\"}'; read -r cell; echo '{\"event\": \"output\", \"kind\": \
                  \"execute_result\", \"content\": {\"data\": {\"text/plain\": \"15\"}, \"metadata\": {}, \
                  \"execution_count\": 1}}'; echo '{\"event\": \"idle\"}'; cat > /dev/null";
    let more = format!(
        "*'import jupyter_client, nbconvert'*) ;;\n*KernelManager*) {kernel};;\n*'-m jupyterlab'*) {lab};;"
    );
    let python = format!("{record}\n{}", python("echo installed", &more));
    // As pip's list of settings would say what one of the variables says.
    let listed = "*'pip config list'*) echo \":env:.index-url='$PIP_INDEX_URL'\";;";
    let python = python.replace("*'pip config list'*) ;;", listed);
    // It is its own product: the kernel.
    let cargo = format!(
        "{record}\n[ \"$1\" = install ] || exit 0\nwhile [ \"$1\" != --root ]; do shift; done\nmkdir -p \"$2/bin\"\n\
         printf '#!/bin/sh\\n%s\\n' '{record}' > \"$2/bin/evcxr_jupyter\"\nchmod +x \"$2/bin/evcxr_jupyter\""
    );
    let rustc = format!("{record}\necho 'rustc 1.95.0'");
    let scripts = [("python3", python.as_str()), ("cargo", &cargo), ("rustc", &rustc)];
    programs(&["sh", "mkdir", "cp", "env", "cat", "chmod", "sleep", "setsid"], &scripts)
}

/// What each program left: its arguments and its variables.
fn said(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn the_callers_settings_reach_no_program_and_where_things_come_from_does() {
    let (folder, out) = (tempdir().unwrap(), tempdir().unwrap());
    let tools = stand_ins("exit 0", out.path());
    let mut lab = notebooks("lab", tools.path(), folder.path());
    lab.args(["--", "--no-browser"]).envs(NONSENSE).envs(SOURCES);
    let output = lab.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let all = said(out.path());
    let of = |what: &str| {
        let is_it = |said: &&String| said.lines().next().unwrap().contains(what);
        let found: Vec<String> = all.iter().filter(is_it).cloned().collect();
        assert!(!found.is_empty(), "{what} was not started: {all:#?}");
        found
    };
    for said in &all {
        assert!(!said.contains("nonsense"), "{said}");
        assert!(said.contains("HTTPS_PROXY=http://proxy.example:8080"), "{said}");
        assert!(said.contains("CARGO_REGISTRIES_MINE_INDEX=sparse+"), "{said}");
        assert!(said.contains("CARGO_HTTP_PROXY=http://proxy.example:8080"), "{said}");
    }
    for program in ["rustc -Vv", "-m venv", "cargo install", "cargo vendor", "evcxr_jupyter --install"] {
        of(program);
    }
    for install in of("-m pip install") {
        assert!(install.contains("PIP_INDEX_URL=https://index.example/simple"), "{install}");
        assert!(install.contains("PIP_CONFIG_FILE=/dev/null"), "{install}");
    }
    for lab in of("-m jupyterlab") {
        let arguments = lab.lines().next().unwrap();
        assert!(arguments.ends_with(" --no-browser"), "{arguments}");
        assert_eq!(arguments.contains("--allow-root"), is_root(), "{arguments}");
    }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.trim_ascii() == b"0"
}

/// A real Python is made although pip and Python are set to do something else. pip then looks for packages where the
/// caller's file of settings says; nothing is there, and no network is asked.
#[test]
fn a_real_python_is_made_whatever_pip_and_python_are_set_to() {
    let (folder, out, home) = (tempdir().unwrap(), tempdir().unwrap(), tempdir().unwrap());
    let (links, elsewhere) = (home.path().join("my wheels"), home.path().join("elsewhere"));
    fs::create_dir(&links).unwrap();
    let links_address = format!("file://{}", links.display().to_string().replace(' ', "%20"));
    let settings = home.path().join(".config/pip");
    fs::create_dir_all(&settings).unwrap();
    fs::write(
        settings.join("pip.conf"),
        format!(
            "[global]\nuser = true\ntarget = {}\n[install]\nno-index = true\nfind-links = {links_address}\n",
            elsewhere.display()
        ),
    )
    .unwrap();
    let mut book = Command::new(env!("CARGO_BIN_EXE_eegenre"));
    book.args(["notebooks", "book", "--environment"]).arg(folder.path());
    book.arg("--out").arg(out.path().join("book")).envs(NONSENSE);
    book.env("PIP_PREFIX", &elsewhere).env("XDG_CONFIG_HOME", home.path().join(".config"));
    // What this machine itself says of where packages come from.
    for variable in ["PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CONFIG_FILE"] {
        book.env_remove(variable);
    }
    let output = book.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(errors.contains("ERROR: No matching distribution found for"), "{errors}");
    let log = fs::read_to_string(folder.path().join("setup.log")).unwrap();
    assert!(log.contains(&format!("Looking in links: {links_address}")), "{log}");
    let python = folder.path().join("venv/bin/python");
    let place = Command::new(python).args(["-c", "import pip; print(pip.__file__)"]).output().unwrap();
    let place = String::from_utf8(place.stdout).unwrap();
    assert!(place.starts_with(folder.path().join("venv").to_str().unwrap()), "{place}");
    assert!(!elsewhere.exists());
}

/// JupyterLab as far as it is of interest: it has a kernel in a session of its own.
const LAB: &str = "echo $$ > $HOME/lab; setsid sh -c 'echo $$ > $HOME/kernel; exec sleep 1000' & wait";
/// One that does not listen.
const DEAF_LAB: &str = "trap '' TERM; echo $$ > $HOME/lab; (while :; do sleep 1; done) & echo $! > $HOME/kernel; \
                        while :; do wait; done";

/// `notebooks lab`, and what keeps its files.
struct Lab {
    process: Child,
    folders: [TempDir; 3],
}

impl Lab {
    /// Starts it, and waits until its JupyterLab has a kernel.
    fn start(lab: &str) -> Self {
        let [environment, home, out] = [(); 3].map(|()| tempdir().unwrap());
        let tools = stand_ins(lab, out.path());
        let mut command = notebooks("lab", tools.path(), environment.path());
        command.env("HOME", home.path()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = hearing(&mut command).spawn().unwrap();
        let lab = Self { process, folders: [environment, home, tools] };
        assert!(within(Duration::from_secs(60), || lab.started().is_some()), "JupyterLab has not started");
        lab
    }

    /// The process of JupyterLab and that of the kernel.
    fn started(&self) -> Option<[u32; 2]> {
        let [_, home, _] = &self.folders;
        let read = |name: &str| fs::read_to_string(home.path().join(name)).ok()?.trim().parse().ok();
        Some([read("lab")?, read("kernel")?])
    }

    fn signal(&self, signal: &str) {
        let process = self.process.id().to_string();
        assert!(Command::new("kill").args([signal, &process]).status().unwrap().success());
    }
}

fn within(limit: Duration, holds: impl Fn() -> bool) -> bool {
    let begun = Instant::now();
    while !holds() {
        if begun.elapsed() > limit {
            return false;
        }
        sleep(Duration::from_millis(20));
    }
    true
}

fn is_gone(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.is_empty() || stat.contains(") Z ")
}

#[test]
fn jupyterlab_and_its_kernels_end_with_a_signal() {
    for (signal, code) in [("-TERM", 143), ("-INT", 130), ("-HUP", 143)] {
        for lab in [LAB, DEAF_LAB] {
            let mut lab = Lab::start(lab);
            let started = lab.started().unwrap();
            lab.signal(signal);
            assert_eq!(lab.process.wait().unwrap().code(), Some(code), "{signal}");
            assert!(started.into_iter().all(is_gone), "{signal}: {started:?}");
        }
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let mut lab = Lab::start(DEAF_LAB);
    let [jupyterlab, kernel] = lab.started().unwrap();
    lab.signal("-TERM");
    // The first one has been heard when it says so; until then two are one.
    sleep(Duration::from_millis(500));
    let begun = Instant::now();
    lab.signal("-TERM");
    assert_eq!(lab.process.wait().unwrap().code(), Some(143));
    assert!(begun.elapsed() < Duration::from_secs(2));
    // What does not listen is this test's to end.
    for process in [jupyterlab, kernel] {
        let _ = Command::new("kill").args(["-9", &process.to_string()]).status();
    }
}

#[test]
fn killed_it_takes_jupyterlab_along() {
    let mut lab = Lab::start(
        "trap 'kill $!; exit' TERM; echo $$ > $HOME/lab; sleep 1000 & echo $! > $HOME/kernel; wait",
    );
    let started = lab.started().unwrap();
    lab.signal("-KILL");
    lab.process.wait().unwrap();
    assert!(within(Duration::from_secs(10), || started.into_iter().all(is_gone)), "{started:?}");
}
