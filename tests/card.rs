//! What measures on a GPU (`cuda/measure.py`), with stand-ins for driver, libraries and programs: every step ends with
//! an outcome and a reason, and nothing of it is lost.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::{TempDir, tempdir};

/// A driver of one card, and NVRTC. `INIT` is what the driver answers first: 0, or 100 where there is no card.
const LIBRARY: &str = r#"
int cuInit(unsigned flags) { return INIT; }
int cuGetErrorName(int code, const char **name) { *name = "CUDA_ERROR_NO_DEVICE"; return 0; }
int cuDriverGetVersion(int *version) { *version = 13000; return 0; }
int cuDeviceGetCount(int *count) { *count = 1; return 0; }
int cuDeviceGet(int *device, int number) { return 0; }
int cuDevicePrimaryCtxRetain(void **context, int device) { return 0; }
int cuCtxSetCurrent(void *context) { return 0; }
int cuMemGetInfo_v2(unsigned long *free, unsigned long *total) { *free = *total = 0; return 0; }
int nvrtcVersion(int *major, int *minor) { *major = 13; *minor = 0; return 0; }
int nvrtcCreateProgram(void **program) { return 0; }
int nvrtcCompileProgram(void *program) { return 0; }
int nvrtcGetProgramLog(void *program, char *log) { return 0; }
"#;

/// Trains as `eegenre train` does, but for the card's memory, which always suffices: `out-of-memory` must fail.
const EEGENRE: &str = r#"#!/usr/bin/env python3
import json, os, sys, time
from pathlib import Path

words = sys.argv[1:]
if words[0] == "predict":
    print(json.dumps({"predictions": [{"stimulus": "S1", "participant": "P01", "predicted": "pop"}]}))
    sys.exit()
option = lambda name: words[words.index(name) + 1]

def refuse(text):
    print(text, file=sys.stderr)
    sys.exit(2)

if "/no-driver:" in os.environ["LD_LIBRARY_PATH"]:
    refuse("device cuda:0: CUDA_ERROR_NO_DEVICE")
if option("--device") == "cuda:1":
    refuse("device cuda:1: CUDA_ERROR_INVALID_DEVICE")
folder = Path(option("--out"))
folder.mkdir(parents=True, exist_ok=True)
if "--checkpoint" in words:
    (folder / "run-00.checkpoint").touch()
    time.sleep(60)
if folder.parent.name == "exchange" and "--any-level" not in words:
    refuse("begun elsewhere (--any-level)")
record = {"configuration": {"data": "of these"}, "history": {"training": {"loss": [1.1, 0.9]}}}
record["final"] = {"confusion": [[1, 0], [0, 1]], "predictions": [{"recording": "S1/P01", "predicted": "pop"}]}
for run in range(2):
    (folder / f"run-{run:02}.json").write_text(json.dumps(record))
"#;

/// The package with stand-ins, the libraries, and results.
struct Package(TempDir);

impl Package {
    fn new(init: u32) -> Self {
        let package = Self(tempdir().unwrap());
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
        for folder in ["bin", "lib", "recordings", "benches/peers"] {
            fs::create_dir_all(package.path(folder)).unwrap();
        }
        fs::copy(checkout.join("cuda/measure.py"), package.path("measure.py")).unwrap();
        fs::copy(checkout.join("benches/peers/gpu.py"), package.path("benches/peers/gpu.py")).unwrap();
        fs::write(package.path("package.json"), r#"{"compute_capability": "9.0", "includes": []}"#).unwrap();
        let passes = "echo 'test result: ok. 4 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out'";
        let fails = "case $1 in nvrtc) exit;; --exact) exit 101;; esac; echo 'test nn::tests::sums ... FAILED'; exit 101";
        let epoch =
            r#"echo '{"network": "cnn", "way": "alone", "seconds_per_run": 0.5}'; sleep 0$SECONDS_MORE"#;
        let kernel = r#"printf '"ID","Kernel Name","%s","%s","%s","%s"\n"","","ns","%%","%%","%%"\n"0","sum(int)","2000","50","25","10"\n'"#;
        let metrics = "gpu__time_duration.sum sm__throughput.avg.pct_of_peak_sustained_elapsed \
                       gpu__compute_memory_throughput.avg.pct_of_peak_sustained_elapsed \
                       sm__warps_active.avg.pct_of_peak_sustained_active";
        let torch = r#"case $1 in -c) case $2 in *torch*) echo '{"torch": "2", "card": true}';; esac;; *) echo '{"way": "PyTorch, padded", "seconds_per_run": null, "left_out": "no room"}';; esac"#;
        package.program("bin/eegenre", EEGENRE);
        package.program("bin/operations", &format!("#!/bin/sh\n{passes}\n{fails}\n"));
        package.program("bin/pytorch", &format!("#!/bin/sh\n{passes}\n"));
        package.program("bin/epoch", &format!("#!/bin/sh\n{epoch}\n"));
        package.program("bin/together", &format!("#!/bin/sh\n{epoch}\n"));
        package.program("bin/python-with-torch", &format!("#!/bin/sh\n{torch}\n"));
        package.program("bin/ncu", &format!("#!/bin/sh\n{kernel} {metrics}\n"));
        package.program("bin/nvidia-smi", "#!/bin/sh\necho name, driver_version\necho A card, 580.1\n");
        let library = package.path("lib/libcuda.so.1");
        fs::write(package.path("library.c"), LIBRARY).unwrap();
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-w", &format!("-DINIT={init}"), "-o"])
            .args([&library, &package.path("library.c")])
            .status();
        assert!(compiled.expect("cc, which also links Rust's programs").success());
        for name in ["libcublas.so.13", "libcublasLt.so.13", "libnvrtc.so.13"] {
            fs::copy(&library, package.path("lib").join(name)).unwrap();
        }
        package
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn program(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        fs::write(self.path(name), text).unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Runs `measure.py` with all that it needs.
    fn measure(&self, more: &[&str]) -> Output {
        let path = std::env::var("PATH").unwrap();
        let mut command = Command::new("python3");
        command.arg("-B").arg(self.path("measure.py")).args(["--data", "recordings", "--out", "results"]);
        command.args(["--libraries", "lib", "--python"]).arg(self.path("bin/python-with-torch")).args(more);
        command.current_dir(self.0.path()).env("LD_LIBRARY_PATH", self.path("lib"));
        command.env("PATH", format!("{}:{path}", self.path("bin").display()));
        command.output().expect("python3, which the notebooks need, too")
    }

    fn results(&self) -> Value {
        serde_json::from_slice(&fs::read(self.path("results/results.json")).unwrap()).unwrap()
    }
}

/// Name, outcome and reason of each step.
fn outcomes(results: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let steps = results["steps"].as_array().unwrap().iter();
    steps.map(|step| (text(&step["step"]), text(&step["outcome"]), text(&step["reason"]))).collect()
}

fn step<'a>(results: &'a Value, name: &str) -> &'a Value {
    results["steps"].as_array().unwrap().iter().find(|step| step["step"] == name).unwrap()
}

#[test]
fn every_step_ends_with_an_outcome_and_keeps_what_it_gave() {
    let package = Package::new(0);
    let done = package.measure(&["--whole"]);
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(1), "{said}");
    let listed = package.measure(&["--list"]);
    let listed: Vec<String> = String::from_utf8(listed.stdout).unwrap().lines().map(str::to_owned).collect();
    let results = package.results();
    let outcomes = outcomes(&results);
    let names: Vec<String> = outcomes.iter().map(|(name, ..)| name.clone()).collect();
    assert_eq!(names, listed);

    let failed = |name: &str| name == "operations" || name == "out-of-memory" || name.starts_with("peers-");
    for (name, outcome, reason) in &outcomes {
        assert_eq!(outcome, if failed(name) { "failed" } else { "done" }, "{name}: {reason}\n{said}");
        assert_eq!(results["not_done"][name] == "failed", failed(name), "{name}");
    }
    let numbers = |name: &str| &step(&results, name)["numbers"];
    assert_eq!(numbers("operations")["failed_run_alone"]["nn::tests::sums"], "fails");
    assert_eq!(step(&results, "operations")["commands"][0]["exit_code"], 101);
    assert_eq!(numbers("pytorch")["passed"], 4);
    assert_eq!(numbers("train-cnn")["answers_alike_on_the_cpu"], "1 of 1");
    assert_eq!(numbers("train-cnn")["test_accuracy"]["card"]["runs"], 2);
    assert_eq!(numbers("together-cnn")["epochs"][0]["seconds_per_run"], 0.5);
    assert_eq!(numbers("peers-cnn")["measurements"][0]["left_out"], "no room");
    assert_eq!(numbers("profile-cnn")["sum"]["percent_of_memory"], 25.0);
    assert_eq!(numbers("out-of-memory")["exit_code_with_64_mib"], 0);
    assert_eq!(results["machine"]["card"]["cuda_version"], 13000);
}

#[test]
fn without_a_card_each_step_that_needs_one_says_so() {
    let package = Package::new(100);
    assert_eq!(package.measure(&[]).status.code(), Some(1));
    let without = ["kernels", "no-driver", "epoch-cpu"];
    for (name, outcome, reason) in outcomes(&package.results()) {
        if without.contains(&name.as_str()) {
            assert_eq!((outcome.as_str(), reason.as_str()), ("done", ""), "{name}");
        } else {
            let expected = "no card: the driver answers 100, CUDA_ERROR_NO_DEVICE";
            assert_eq!((outcome.as_str(), reason.as_str()), ("absent", expected), "{name}");
        }
    }
}

#[test]
fn without_libraries_of_cuda_only_the_cpu_is_measured() {
    let package = Package::new(0);
    fs::remove_file(package.path("lib/libcublasLt.so.13")).unwrap();
    // On a machine with CUDA 13 that library is found elsewhere.
    package.measure(&["--only", "epoch-cpu,pytorch"]);
    let results = package.results();
    assert_eq!(step(&results, "epoch-cpu")["outcome"], "done");
    let (libraries, step) = (&results["machine"]["libraries"], step(&results, "pytorch"));
    let absent = libraries["absent"].as_str().map_or("done", |_| "absent");
    assert_eq!(step["outcome"], absent);
    assert_eq!(step["reason"], libraries["absent"]);
}

#[test]
fn a_step_ends_at_its_limit_and_what_an_earlier_call_gave_stays() {
    let package = Package::new(0);
    // The bench goes on for 30 s: `sleep 0` with more digits.
    let slow = fs::read_to_string(package.path("bin/epoch")).unwrap().replace("$SECONDS_MORE", "30");
    package.program("bin/epoch", &slow);
    let only = ["--only", "epoch-cpu,pytorch", "--limit", "1"];
    assert_eq!(package.measure(&only).status.code(), Some(1));
    assert_eq!(step(&package.results(), "epoch-cpu")["outcome"], "out of time");
    package.program("bin/epoch", &slow.replace("sleep", ": sleep"));
    let done = package.measure(&[&only[..], &["--resume"]].concat());
    assert_eq!(done.status.code(), Some(0));
    let results = package.results();
    let epoch = step(&results, "epoch-cpu");
    assert_eq!((&epoch["outcome"], &epoch["earlier"][0]["outcome"]), (&"done".into(), &"out of time".into()));
    assert!(epoch["earlier"][0]["commands"][0]["exit_code"].as_i64().unwrap() < 0);
    // What was done is not done again.
    assert_eq!(step(&results, "pytorch")["earlier"], Value::Null);
    let later = package.measure(&["--seconds", "20"]);
    assert!(String::from_utf8_lossy(&later.stdout).contains("not reached"));
    assert_eq!(package.results()["not_done"]["operations"], "not reached");
}

#[test]
fn steps_of_no_name_and_recordings_of_no_place_are_refused() {
    let package = Package::new(0);
    for (arguments, words) in
        [(["--only", "epoch"], "names that --list prints"), (["--data", "x"], "a folder")]
    {
        let done = package.measure(&arguments);
        assert_eq!(done.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&done.stderr).contains(words));
    }
}

#[test]
fn each_step_is_explained() {
    let guide = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("cuda/README.md")).unwrap();
    let listed = Package::new(0).measure(&["--list"]);
    for name in String::from_utf8(listed.stdout).unwrap().lines() {
        let name = ["baseline", "multilayer", "cnn"]
            .iter()
            .fold(name.to_owned(), |name, network| name.replace(network, "NETWORK"));
        assert!(guide.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn a_package_beyond_its_limit_is_refused_and_paths_in_programs_keep_their_length() {
    let folder = tempdir().unwrap();
    fs::File::create(folder.path().join("large")).unwrap().set_len(61 << 20).unwrap();
    let code = "import sys; from pathlib import Path; import package as p; text = str(p.ROOT).encode() + b'/src'; \
                relative = p.relative(text); assert len(relative) == len(text) and relative.startswith(b'.//') \
                and relative.endswith(b'//src'), relative; p.within_limit(Path(sys.argv[1]))";
    let done = Command::new("python3")
        .args(["-B", "-c", code])
        .arg(folder.path())
        .env("PYTHONPATH", Path::new(env!("CARGO_MANIFEST_DIR")).join("cuda"))
        .output()
        .expect("python3, which the notebooks need, too");
    assert!(
        String::from_utf8_lossy(&done.stderr).contains("expected at most 60 MiB, found 61.0 MiB"),
        "{done:?}"
    );
}
