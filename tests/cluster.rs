//! Snakemake and Slurm do eight units, two of which are killed, and leave the same bytes as `train` alone.
//!
//! `cargo test --release --test cluster -- --ignored --test-threads=1` takes a few minutes. The test starts a Slurm of one node with
//! its own keys, ports and folders, and stops it again. It installs Snakemake into `target/workflow`. If one of the two is not there
//! and cannot be installed, the test says that it tested nothing, and passes.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use eegenre::recordings::synthetic::{self, Settings};
use eegenre::report::note;
use tempfile::{TempDir, tempdir};

/// Longest wait for one event. With two free cores, all tests together take less than five minutes.
const PATIENCE: Duration = Duration::from_secs(900);

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Asks again and again until there is an answer.
fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "no {what} within {PATIENCE:?}");
        sleep(Duration::from_millis(20));
    }
}

/// The standard output of a program that succeeds.
fn answer(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

/// Starts a program in the background, with a log in a folder.
fn daemon(folder: &Path, program: &Path, arguments: &[String]) -> Child {
    let log = fs::File::create(folder.join(program.file_name().unwrap()).with_extension("log")).unwrap();
    let mut command = Command::new(program);
    command.args(arguments).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
}

/// A Slurm of one node on this machine.
struct Slurm {
    folder: TempDir,
    daemons: Vec<Child>,
}

impl Slurm {
    /// Starts Slurm; the reason, if Slurm is not installed.
    fn start() -> Result<Self, String> {
        let program = |name: &str| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
            let found = folders.map(|folder| folder.join(name)).find(|path| path.is_file());
            found.ok_or_else(|| format!("no {name}: apt-get install slurm-wlm munge"))
        };
        let [munged, controller, node, srun] =
            [program("munged")?, program("slurmctld")?, program("slurmd")?, program("srun")?];
        let folder = tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let say = |command: &str| answer(Command::new("sh").args(["-c", command])).unwrap().trim().to_owned();
        let (host, user) = (say("hostname -s"), say("id -un"));
        let ports = [0, 1].map(|_| TcpListener::bind("127.0.0.1:0").unwrap());
        let [of_controller, of_node] = ports.map(|port| port.local_addr().unwrap().port());
        fs::write(at("key"), [7; 1024]).unwrap();
        assert!(Command::new("chmod").args(["400", &at("key")]).status().unwrap().success());
        for name in ["state", "spool"] {
            fs::create_dir(at(name)).unwrap();
        }
        let settings = [
            ("ClusterName", "test".to_owned()),
            ("SlurmctldHost", format!("{host}(127.0.0.1)")),
            ("SlurmctldPort", of_controller.to_string()),
            ("SlurmdPort", of_node.to_string()),
            ("SlurmUser", user.clone()),
            ("SlurmdUser", user),
            ("AuthType", "auth/munge".to_owned()),
            // A requeued job starts again when its credential has expired: after two minutes, unless told otherwise.
            ("AuthInfo", format!("socket={},cred_expire=20", at("socket"))),
            ("CredType", "cred/munge".to_owned()),
            ("StateSaveLocation", at("state")),
            ("SlurmdSpoolDir", at("spool")),
            ("SlurmctldPidFile", at("slurmctld.pid")),
            ("SlurmdPidFile", at("slurmd.pid")),
            ("ProctrackType", "proctrack/linuxproc".to_owned()),
            ("TaskPlugin", "task/none".to_owned()),
            ("SelectType", "select/cons_tres".to_owned()),
            ("SelectTypeParameters", "CR_Core".to_owned()),
            ("MpiDefault", "none".to_owned()),
            ("AccountingStorageType", "accounting_storage/none".to_owned()),
            ("JobAcctGatherType", "jobacct_gather/none".to_owned()),
            ("SchedulerParameters", "sched_interval=2".to_owned()),
            // All units at once, whatever the machine has: Snakemake asks for finished jobs at growing intervals.
            ("SlurmdParameters", "config_overrides".to_owned()),
            ("NodeName", format!("{host} NodeAddr=127.0.0.1 CPUs=8 RealMemory=8000")),
            ("PartitionName", format!("short Nodes={host} Default=YES MaxTime=INFINITE State=UP")),
        ];
        let settings: String = settings.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        fs::write(at("slurm.conf"), settings).unwrap();
        // Snakemake removes SLURM_CONF from its jobs, so srun gets the variable from a script on the PATH.
        let steps = format!("#!/bin/sh\nSLURM_CONF={} exec {} \"$@\"\n", at("slurm.conf"), srun.display());
        fs::create_dir(at("bin")).unwrap();
        fs::write(at("bin/srun"), steps).unwrap();
        assert!(Command::new("chmod").args(["755", &at("bin/srun")]).status().unwrap().success());
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
        let named = |option: &str, name: &str| format!("--{option}={}", at(name));
        let munge = [
            ("key-file", "key"),
            ("socket", "socket"),
            ("pid-file", "pid"),
            ("log-file", "log"),
            ("seed-file", "seed"),
        ];
        let mut of_munge = words(&["--foreground", "--force"]);
        of_munge.extend(munge.map(|(option, name)| named(option, name)));
        let munged = daemon(folder.path(), &munged, &of_munge);
        let mut slurm = Self { daemons: vec![munged], folder };
        let folder = slurm.folder.path();
        wait_for("socket of munge", || folder.join("socket").exists().then_some(()));
        let conf = folder.join("slurm.conf").display().to_string();
        let started = [
            daemon(folder, &controller, &words(&["-D", "-i", "-f", &conf])),
            daemon(folder, &node, &words(&["-D", "-f", &conf])),
        ];
        slurm.daemons.extend(started);
        wait_for("idle node", || {
            slurm.says("sinfo", &["-h", "-o", "%T"]).filter(|state| state.trim() == "idle")
        });
        Ok(slurm)
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.folder.path().join("bin")).chain(std::env::split_paths(&path));
        command.env("PATH", std::env::join_paths(folders).unwrap());
        command.env("SLURM_CONF", self.folder.path().join("slurm.conf"));
        command
    }

    fn says(&self, program: &str, arguments: &[&str]) -> Option<String> {
        answer(self.command(program).args(arguments))
    }
}

impl Drop for Slurm {
    fn drop(&mut self) {
        let _ = self.command("scancel").args(["--full", "--partition=short"]).status();
        sleep(Duration::from_millis(500));
        for daemon in self.daemons.iter_mut().rev() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}

/// Snakemake with its Slurm executor, from `workflow/requirements.txt`; the reason, if it cannot be installed.
fn snakemake() -> Result<PathBuf, String> {
    let (place, required) =
        (Path::new(ROOT).join("target/workflow"), Path::new(ROOT).join("workflow/requirements.txt"));
    let (stamp, program) = (place.join("requirements.txt"), place.join("bin/snakemake"));
    if program.is_file() && fs::read(&stamp).ok() == fs::read(&required).ok() {
        return Ok(program);
    }
    let run = |command: &mut Command| {
        let output = command.output().map_err(|cause| cause.to_string())?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(()) } else { Err(format!("Snakemake cannot be installed: {said}")) }
    };
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&place))?;
    let pip = ["-m", "pip", "install", "--quiet", "--require-hashes", "--requirement"];
    run(Command::new(place.join("bin/python")).args(pip).arg(&required))?;
    fs::copy(required, stamp).map_err(|cause| cause.to_string())?;
    Ok(program)
}

/// A working folder with synthetic recordings, a plan and its records.
struct Sweep {
    place: TempDir,
}

impl Sweep {
    fn new() -> Self {
        let place = tempdir().unwrap();
        synthetic::write(&Settings::default(), place.path().join("data")).unwrap();
        Self { place }
    }

    fn eegenre(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_eegenre"));
        command.current_dir(self.place.path()).env_remove("EEGENRE_DATA").env_remove("EEGENRE_PROJECT");
        command.args(arguments.split(' '));
        command
    }

    /// Plans runs of the baseline with a checkpoint after each epoch, and writes the plan.
    fn plan(&self, runs: &str, form: &str) -> PathBuf {
        let arguments =
            format!("plan experiment {runs} --only baseline --data data --{form} -- --checkpoint 0");
        let path = self.place.path().join(format!("plan.{form}"));
        fs::write(&path, answer(&mut self.eegenre(&arguments)).unwrap()).unwrap();
        path
    }

    /// Snakemake in the folder, with the plan there.
    fn snakemake(&self, mut command: Command, arguments: &str) -> Command {
        command.current_dir(self.place.path()).env_remove("EEGENRE_DATA").env_remove("EEGENRE_PROJECT");
        command.arg("--snakefile").arg(Path::new(ROOT).join("workflow/Snakefile")).args(arguments.split(' '));
        command
            .stdout(Stdio::null())
            .stderr(fs::File::create(self.place.path().join("snakemake.log")).unwrap());
        command
    }

    fn log(&self) -> String {
        fs::read_to_string(self.place.path().join("snakemake.log")).unwrap_or_default()
    }

    /// The folder of the records.
    fn records(&self) -> PathBuf {
        let below = self.place.path().join("eegenre/records");
        let named = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("quick-");
        let folders = fs::read_dir(below).ok().into_iter().flatten().map(|entry| entry.unwrap().path());
        folders.filter(named).map(|folder| folder.join("baseline")).next().unwrap_or_default()
    }

    /// A run that the engine's processes train, other than these: its number and its process.
    fn training(&self, engine: &mut Child, except: &[u64]) -> (u64, u32) {
        wait_for("run in training", || {
            assert_eq!(engine.try_wait().unwrap(), None, "the engine ended: {}", self.log());
            (0..8).filter(|run| !except.contains(run)).find_map(|run| {
                let file = |name: String| self.records().join(name);
                let holder = fs::read_to_string(file(format!(".run-{run:02}.lock"))).ok()?;
                let process = holder.strip_prefix("process ")?.split(' ').next()?.parse().ok()?;
                let is_open = file(format!("run-{run:02}.checkpoint")).exists()
                    && !file(format!("run-{run:02}.json")).exists();
                (is_open && Path::new(&format!("/proc/{process}")).exists()).then_some((run, process))
            })
        })
    }

    /// The files that must not depend on the process that trained them.
    fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        let named =
            files.map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap()));
        named.filter(|(name, _)| !name.ends_with(".times.json") && !name.starts_with('.')).collect()
    }
}

/// The Slurm job of a process.
fn job_of(process: u32) -> String {
    let variables = fs::read(format!("/proc/{process}/environ")).unwrap();
    let variables = String::from_utf8_lossy(&variables).into_owned();
    let own = variables.split('\0').find_map(|variable| variable.strip_prefix("SLURM_JOB_ID="));
    own.expect("a process that Slurm has started").to_owned()
}

/// Whether a log says that a run continued from its checkpoint.
fn went_on(log: &str, run: u64) -> bool {
    let of_run = format!("run {run:02} of ");
    log.lines().any(|line| line.contains(&of_run) && line.contains("goes on after epoch"))
}

fn kill(process: u32) {
    assert!(Command::new("kill").args(["-9", &process.to_string()]).status().unwrap().success());
}

/// Waits for a process and asserts its success.
fn succeeds(mut child: Child, sweep: &Sweep) {
    let status = wait_for("end of the engine", || child.try_wait().unwrap());
    assert!(status.success(), "{}", sweep.log());
}

/// Says why nothing is tested. `note` also prints from passing tests, whose own output the harness hides.
fn not_tested(what: &str, reason: &str) {
    note(format_args!("{what}: NOT tested ({reason})"));
}

#[test]
#[ignore = "minutes; needs Slurm and Snakemake: see the head of this file"]
fn units_killed_on_a_cluster_leave_the_bytes_of_train_alone() {
    let (slurm, snakemake) = match (Slurm::start(), snakemake()) {
        (Ok(slurm), Ok(snakemake)) => (slurm, snakemake),
        (slurm, snakemake) => {
            let reasons: Vec<String> = [slurm.err(), snakemake.err()].into_iter().flatten().collect();
            return not_tested("Slurm and Snakemake", &reasons.join("; "));
        }
    };
    let begun = Instant::now();
    let step = |what: &str| note(format_args!("{:5.1} s  {what}", begun.elapsed().as_secs_f64()));
    let sweep = Sweep::new();
    sweep.plan("--runs 8", "json");
    let options = "--executor slurm --jobs 8 --latency-wait 10 --slurm-init-seconds-before-status-checks 2 --slurm-status-command squeue \
                   --slurm-keep-successful-logs --default-resources slurm_partition=short mem_mb=500";
    let mut engine = sweep.snakemake(slurm.command(snakemake), options).spawn().unwrap();
    let (first, process) = sweep.training(&mut engine, &[]);
    kill(process);
    step(&format!("run {first} killed with kill -9"));
    let (second, process) = sweep.training(&mut engine, &[first]);
    assert!(slurm.says("scancel", &[&job_of(process)]).is_some());
    step(&format!("run {second} killed with scancel"));
    succeeds(engine, &sweep);
    step("all eight runs done");
    let logs = files_below(&sweep.place.path().join(".snakemake/slurm_logs"));
    let logs: String = logs.iter().filter_map(|log| fs::read_to_string(log).ok()).collect();
    assert!([first, second].iter().all(|run| went_on(&logs, *run)), "{logs}");

    let alone = sweep.place.path().join("alone");
    let train = "train baseline --runs 8 --epochs 300 --data data --quiet --out alone";
    assert!(sweep.eegenre(train).stdout(Stdio::null()).status().unwrap().success());
    step("train alone done");
    let expected = Sweep::contents(&alone);
    assert_eq!(expected.len(), 1 + 8 * 3);
    assert!(Sweep::contents(&sweep.records()) == expected, "other bytes");

    // Without Snakemake: an array does four of the runs again, and one of its tasks is requeued.
    for run in 4..8 {
        for ending in ["json", "times.json", "final.safetensors", "best.safetensors"] {
            fs::remove_file(sweep.records().join(format!("run-{run:02}.{ending}"))).unwrap();
        }
    }
    let plan = sweep.plan("--runs 8", "tsv");
    let script = Path::new(ROOT).join("workflow/array.sh");
    let mut array = slurm.command("sbatch");
    array.args([
        "--wait",
        "--array=0-1",
        "--requeue",
        "--mem=500",
        "--output=array-%a.log",
        "--open-mode=append",
    ]);
    array.arg(script).arg(plan).current_dir(sweep.place.path()).stdout(Stdio::null());
    let mut array = array.spawn().unwrap();
    let (run, process) = sweep.training(&mut array, &[]);
    assert!(slurm.says("scontrol", &["requeue", &job_of(process)]).is_some());
    step(&format!("run {run} requeued"));
    succeeds(array, &sweep);
    step("four runs of an array done");
    assert!(Sweep::contents(&sweep.records()) == expected, "other bytes");
    let log: String = ["array-0.log", "array-1.log"]
        .map(|log| fs::read_to_string(sweep.place.path().join(log)).unwrap())
        .concat();
    assert!(went_on(&log, run), "{log}");
}

#[test]
#[ignore = "minutes; needs Snakemake: see the head of this file"]
fn snakemake_does_the_units_on_a_laptop_and_restarts_a_killed_one() {
    let snakemake = match snakemake() {
        Ok(snakemake) => snakemake,
        Err(reason) => return not_tested("Snakemake", &reason),
    };
    let sweep = Sweep::new();
    sweep.plan("--runs 3", "json");
    let engine = || sweep.snakemake(Command::new(&snakemake), "--cores 2").spawn().unwrap();
    let mut interrupted = engine();
    let (run, process) = sweep.training(&mut interrupted, &[]);
    kill(process);
    succeeds(interrupted, &sweep);
    let log = sweep.log();
    assert!(went_on(&log, run), "{log}");
    let alone = sweep.place.path().join("alone");
    let train = "train baseline --runs 3 --epochs 300 --data data --quiet --out alone";
    assert!(sweep.eegenre(train).stdout(Stdio::null()).status().unwrap().success());
    assert!(Sweep::contents(&sweep.records()) == Sweep::contents(&alone), "other bytes");
    // Nothing is left to do.
    sweep.plan("--runs 3", "json");
    succeeds(engine(), &sweep);
    assert!(!sweep.log().contains("rule unit"), "{}", sweep.log());
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}
