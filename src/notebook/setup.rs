//! Making the environment: once, resumably, by one process at a time.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::cells::{Cells, wait_for_lock};
use super::digest::{Digest, files_below};
use super::environment::{EVCXR_VERSION, Environment};
use super::failure;
use super::kernel::{End, Kernel};
use super::program::{ask, run};
use crate::error::{Error, Fault, Place, Result};
use crate::files::{create_folder, write_atomically};
use crate::progress::Steps;
use crate::project;

const REQUIREMENTS: &str = include_str!("../../notebooks/requirements.txt");
const LAB_REQUIREMENTS: &str = include_str!("../../notebooks/requirements-lab.txt");

/// The oldest Python for which the requirements were resolved.
const OLDEST_PYTHON: (u32, u32) = (3, 11);

/// How the kernel is compiled: nothing is optimised but [`FAST_PACKAGES`].
const KERNEL_OPTIONS: [(&str, &str); 2] =
    [("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"), ("CARGO_PROFILE_RELEASE_DEBUG", "0")];

/// What is optimised a little: the part of rust-analyzer with which the kernel finds the types of a cell's variables,
/// and the collections and the allocator below it. Measured with other work on the machine, in seconds of a core, to
/// compile all and for a notebook's start and first two cells: nothing optimised 205 and 266; these 475 and 32;
/// everything 744 and 26.
const FAST_PACKAGES: &str = "\
    ra_ap_base_db ra_ap_cfg ra_ap_edition ra_ap_hir ra_ap_hir_def ra_ap_hir_expand ra_ap_hir_ty ra_ap_intern \
    ra_ap_mbe ra_ap_parser ra_ap_paths ra_ap_rustc_abi ra_ap_rustc_index ra_ap_rustc_lexer \
    ra_ap_rustc_next_trait_solver ra_ap_rustc_type_ir ra_ap_span ra_ap_stdx ra_ap_syntax ra_ap_syntax-bridge \
    ra_ap_tt ra_ap_vfs arrayvec boxcar crossbeam-queue dashmap ena hashbrown@0.14.5 hashbrown@0.15.5 \
    hashbrown@0.17.1 indexmap intrusive-collections la-arena libmimalloc-sys lock_api memchr mimalloc parking_lot \
    parking_lot_core petgraph rowan rustc-hash@1.1.0 rustc-hash@2.1.2 salsa smallvec smol_str text-size thin-vec \
    thread_local triomphe";

/// Time that the first cell has, which compiles eegenre and what it depends on.
const FIRST_CELL: Duration = Duration::from_secs(3600);

const INSTALL_PYTHON: &str =
    "Python 3.11 or later as python3 (Debian, Ubuntu: apt-get install python3; macOS: brew install python)";
const INSTALL_VENV: &str = "Python's venv module (Debian, Ubuntu: apt-get install python3-venv)";
const INSTALL_RUST: &str = "Rust's cargo and rustc (https://rustup.rs)";

/// What an environment was made of. A part that has changed is made again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Stamp {
    packages: Option<String>,
    lab: Option<String>,
    kernel: Option<String>,
    dependencies: Option<String>,
}

impl Stamp {
    /// An unreadable stamp is none: everything is made again.
    fn read(environment: &Environment) -> Self {
        let bytes = fs::read(environment.stamp()).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    fn write(&self, environment: &Environment) -> Result<()> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        write_atomically(environment.stamp(), format!("{text}\n").as_bytes())
    }
}

/// Makes what running notebooks needs: a Python with pinned packages, the kernel, and eegenre compiled for its cells.
///
/// What is there already and belongs to this version is not made again; a set-up that was stopped goes on. Nothing
/// outside the environment's folder is written, except in the caches of pip and cargo.
///
/// # Errors
/// [`Fault::MissingProgram`] with what to install; [`Fault::NoNetwork`] and [`Fault::ProgramFailed`] with the log to
/// read; [`Fault::Unwritable`]; once `stop` is true, [`Fault::Interrupted`].
pub fn setup(environment: &Environment, stop: &AtomicBool) -> Result<()> {
    create_folder(environment.folder())?;
    let _lock = wait_for_lock(environment.folder(), stop)?;
    let mut stamp = Stamp::read(environment);
    let rust = ask(Command::new("rustc").arg("-Vv"), INSTALL_RUST)?;
    let options = format!("{KERNEL_OPTIONS:?}");
    let kernel = Digest::of([EVCXR_VERSION, FAST_PACKAGES, &options]).to_string();
    let dependencies = dependencies_digest(environment, &rust)?;

    let has_python = has_python(environment, &stamp);
    let has_kernel = stamp.kernel.as_ref() == Some(&kernel) && environment.kernel().is_file();
    let has_dependencies = has_kernel && stamp.dependencies.as_ref() == Some(&dependencies);
    let missing = [has_python, has_kernel, has_dependencies].iter().filter(|has| !**has).count();
    if missing == 0 {
        return Ok(());
    }
    eprintln!("setting up the notebooks' environment in {}", environment.folder().display());
    let mut steps = Steps::new(missing as u64);
    if !has_python {
        steps.begin("a Python of its own, and its packages");
        make_python(environment, &mut stamp, stop)?;
    }
    if !has_kernel {
        steps.begin(format!("the kernel: compiling evcxr_jupyter {EVCXR_VERSION} (some minutes)"));
        make_kernel(environment, stop)?;
        stamp.kernel = Some(kernel);
        stamp.write(environment)?;
    }
    if !has_dependencies {
        steps.begin("compiling eegenre for cells (some minutes at first)");
        vendor(environment, stop)?;
        compile_dependencies(environment, &dependencies, stop)?;
        stamp.dependencies = Some(dependencies);
        stamp.write(environment)?;
    }
    steps.finish();
    Ok(())
}

/// Makes the Python of an environment alone, which is all that the book needs.
///
/// # Errors
/// As [`setup`].
pub(super) fn setup_python(environment: &Environment, stop: &AtomicBool) -> Result<()> {
    create_folder(environment.folder())?;
    let _lock = wait_for_lock(environment.folder(), stop)?;
    let mut stamp = Stamp::read(environment);
    if !has_python(environment, &stamp) {
        eprintln!("setting up Python in {}", environment.venv().display());
        make_python(environment, &mut stamp, stop)?;
    }
    Ok(())
}

/// Adds JupyterLab to an environment that is set up.
///
/// # Errors
/// As [`setup`].
pub(super) fn add_lab(environment: &Environment, stop: &AtomicBool) -> Result<()> {
    setup(environment, stop)?;
    let _lock = wait_for_lock(environment.folder(), stop)?;
    let mut stamp = Stamp::read(environment);
    let lab = Digest::of([LAB_REQUIREMENTS]).to_string();
    if stamp.lab.as_ref() != Some(&lab) {
        eprintln!("installing JupyterLab into {}", environment.venv().display());
        install(environment, LAB_REQUIREMENTS, stop)?;
        stamp.lab = Some(lab);
        stamp.write(environment)?;
    }
    Ok(())
}

/// Whether the environment has its Python, and that starts: it may belong to one that was removed or replaced.
fn has_python(environment: &Environment, stamp: &Stamp) -> bool {
    let mut command = environment.command(environment.python());
    let mut starts = || ask(command.args(["-c", "import jupyter_client, nbconvert"]), INSTALL_PYTHON).is_ok();
    stamp.packages.as_ref() == Some(&Digest::of([REQUIREMENTS]).to_string()) && starts()
}

fn make_python(environment: &Environment, stamp: &mut Stamp, stop: &AtomicBool) -> Result<()> {
    let version = "import sys; print(*sys.version_info[:3], sep='.')";
    let version = ask(Command::new("python3").args(["-c", version]), INSTALL_PYTHON)?;
    if !new_enough(&version) {
        let place = Place::field("python3");
        return Err(Error::new(Fault::MissingProgram, place, INSTALL_PYTHON, format!("Python {version}")));
    }
    ask(Command::new("python3").args(["-c", "import venv, ensurepip"]), INSTALL_VENV)?;
    let mut command = Command::new("python3");
    command.args(["-m", "venv", "--clear"]).arg(environment.venv());
    run(&mut command, &environment.log(), stop)?;
    install(environment, REQUIREMENTS, stop)?;
    stamp.packages = Some(Digest::of([REQUIREMENTS]).to_string());
    stamp.lab = None;
    stamp.write(environment)
}

fn new_enough(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let (major, minor) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    (major, minor) >= OLDEST_PYTHON
}

/// Installs packages of which each file's digest is given.
fn install(environment: &Environment, requirements: &str, stop: &AtomicBool) -> Result<()> {
    let list = environment.folder().join("requirements.txt");
    write_atomically(&list, requirements.as_bytes())?;
    let mut command = environment.command(environment.python());
    command.args(["-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "-r"]);
    run(command.arg(list), &environment.log(), stop)
}

/// Compiles the kernel and describes it to Jupyter.
fn make_kernel(environment: &Environment, stop: &AtomicBool) -> Result<()> {
    // What it is compiled to takes a gigabyte and is of no use afterwards; a half-done one is.
    let target = environment.folder().join("kernel-build");
    let mut command = environment.command("cargo");
    command.args(["install", "evcxr_jupyter", "--version", EVCXR_VERSION, "--locked", "--force", "--root"]);
    command.arg(environment.folder()).arg("--target-dir").arg(&target).envs(KERNEL_OPTIONS);
    for package in FAST_PACKAGES.split_whitespace() {
        command.arg("--config").arg(format!("profile.release.package.\"{package}\".opt-level=1"));
    }
    run(&mut command, &environment.log(), stop)?;
    let _ = fs::remove_dir_all(target);
    let mut command = environment.command(environment.kernel());
    run(command.arg("--install").env("JUPYTER_PATH", environment.share()), &environment.log(), stop)
}

/// Brings the sources of eegenre's dependencies into the environment, in the versions of its `Cargo.lock`. Cells depend
/// on eegenre as on any crate, so cargo would choose the newest versions, and ask the network for them every time.
fn vendor(environment: &Environment, stop: &AtomicBool) -> Result<()> {
    let vendor = environment.vendor();
    match fs::remove_dir_all(&vendor) {
        Err(cause) if cause.kind() != ErrorKind::NotFound => {
            return Err(Error::new(
                Fault::Unwritable,
                Place::file(&vendor),
                "to remove it",
                cause.to_string(),
            ));
        }
        _ => {}
    }
    let mut command = environment.command("cargo");
    command.args(["vendor", "--quiet", "--locked", "--versioned-dirs"]).arg(&vendor);
    run(command.current_dir(project::root()), &environment.log(), stop)?;
    let configuration = environment.folder().join(".cargo");
    create_folder(&configuration)?;
    write_atomically(configuration.join("config.toml"), cargo_configuration(environment).as_bytes())
}

/// How cargo compiles cells. eegenre trains networks in them, so it is compiled as in a release; the cells' own few
/// lines only call it.
fn cargo_configuration(environment: &Environment) -> String {
    let vendor = serde_json::to_string(&environment.vendor()).unwrap_or_default();
    format!(
        "[source.crates-io]\nreplace-with = \"vendored\"\n\n[source.vendored]\ndirectory = {vendor}\n\n\
         [profile.dev]\nopt-level = 3\ndebug-assertions = false\noverflow-checks = false\n\n\
         [profile.dev.package.ctx]\nopt-level = 0\n"
    )
}

/// What the compiled dependencies depend on.
fn dependencies_digest(environment: &Environment, rust: &str) -> Result<String> {
    let root = project::root();
    let mut files = files_below(&root.join("src"))?;
    files.extend(["Cargo.toml", "Cargo.lock"].map(|name| root.join(name)));
    let sources = Digest::of_files(&root, &files)?.to_string();
    Ok(Digest::of([rust, &cargo_configuration(environment), EVCXR_VERSION, &sources]).to_string())
}

/// Runs a cell that depends on eegenre, which compiles it.
fn compile_dependencies(environment: &Environment, state: &str, stop: &AtomicBool) -> Result<()> {
    let root = project::root();
    let cells = Cells::first(environment, stop)?;
    let mut kernel = Kernel::start(environment, cells, &root, &[], stop)?;
    let path = serde_json::to_string(&root).unwrap_or_default();
    let cell = format!(":dep eegenre = {{ path = {path} }}\nuse eegenre::paper;\npaper::RUNS");
    let (outputs, end) = kernel.execute(&cell, FIRST_CELL, stop);
    let found = match end {
        End::Idle => match failure::of(&outputs, !outputs.is_empty()) {
            None => {
                drop(kernel);
                return Cells::first(environment, stop)?.compiled(state);
            }
            Some(found) => found,
        },
        End::TimedOut => format!("it still running after {} s", FIRST_CELL.as_secs()),
        End::Dead => "that the kernel had died".into(),
        End::Interrupted => {
            let place = Place::field("first cell");
            return Err(Error::new(Fault::Interrupted, place, "its end", "a request to stop"));
        }
    };
    Err(Error::new(Fault::ProgramFailed, Place::file(kernel_log(environment)), "a first cell to run", found))
}

fn kernel_log(environment: &Environment) -> impl AsRef<Path> {
    environment.cells(0).join("kernel.log")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_python_is_new_enough_from_3_11_on() {
        for (version, enough) in
            [("3.11.7", true), ("3.9.20", false), ("4.0.0", true), ("2.7.18", false), ("", false)]
        {
            assert_eq!(new_enough(version), enough, "{version}");
        }
    }

    #[test]
    fn a_damaged_stamp_makes_everything_again() {
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment::at(folder.path());
        let stamp = Stamp { kernel: Some("0.22.0".into()), ..Stamp::default() };
        stamp.write(&environment).unwrap();
        assert_eq!(Stamp::read(&environment), stamp);
        fs::write(environment.stamp(), "{\"kernel\": ").unwrap();
        assert_eq!(Stamp::read(&environment), Stamp::default());
    }
}
