//! The Python of an environment, and its packages.

use std::sync::atomic::AtomicBool;

use super::stamp::Stamp;
use crate::error::{Error, Fault, Place, Result};
use crate::notebook::environment::program::{ask, run};
use crate::notebook::environment::{Environment, package_sources};
use crate::report::note;
use crate::store::Digest;
use crate::store::{claim, renew, write_atomically};

const REQUIREMENTS: &str = include_str!("../../../notebooks/requirements.txt");
const LAB_REQUIREMENTS: &str = include_str!("../../../notebooks/requirements-lab.txt");

/// What the stamp of its folder says.
const VENV: &str = "Python of the notebooks";

/// The oldest Python for which the requirements were resolved.
const OLDEST_PYTHON: (u32, u32) = (3, 11);

const INSTALL_PYTHON: &str =
    "Python 3.11 or later as python3 (Debian, Ubuntu: apt-get install python3; macOS: brew install python)";
const INSTALL_VENV: &str = "Python's venv module (Debian, Ubuntu: apt-get install python3-venv)";

/// Whether the environment has its Python, and that starts: it may belong to one that was removed or replaced.
///
/// # Errors
/// [`Fault::INTERRUPTED`]
pub(super) fn is_there(environment: &Environment, stamp: &Stamp, stop: &AtomicBool) -> Result<bool> {
    if stamp.packages.as_ref() != Some(&Digest::of([REQUIREMENTS]).to_string()) {
        return Ok(false);
    }
    let mut command = environment.command(environment.python());
    match ask(command.args(["-c", "import jupyter_client, nbconvert"]), INSTALL_PYTHON, stop) {
        Err(error) if error.problems()[0].fault == Fault::INTERRUPTED => Err(error),
        started => Ok(started.is_ok()),
    }
}

/// Makes the folder that this needs.
///
/// # Errors
/// Those of [`claim`].
pub(super) fn check(environment: &Environment) -> Result<()> {
    claim(environment.venv(), VENV)
}

/// Makes it.
pub(super) fn make(environment: &Environment, stamp: &mut Stamp, stop: &AtomicBool) -> Result<()> {
    let version = "import sys; print(*sys.version_info[:3], sep='.')";
    let python = || environment.command("python3");
    let version = ask(python().args(["-c", version]), INSTALL_PYTHON, stop)?;
    if !new_enough(&version) {
        let place = Place::field("python3");
        return Err(Error::new(Fault::MISSING_PROGRAM, place, INSTALL_PYTHON, format!("Python {version}")));
    }
    ask(python().args(["-c", "import venv, ensurepip"]), INSTALL_VENV, stop)?;
    renew(environment.venv(), VENV)?;
    run(python().args(["-m", "venv"]).arg(environment.venv()), &environment.log(), stop)?;
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

/// Adds JupyterLab, unless it is there.
pub(super) fn add_lab(environment: &Environment, stamp: &mut Stamp, stop: &AtomicBool) -> Result<()> {
    let lab = Digest::of([LAB_REQUIREMENTS]).to_string();
    if stamp.lab.as_ref() != Some(&lab) {
        note(format_args!("installing JupyterLab into {}", environment.venv().display()));
        install(environment, LAB_REQUIREMENTS, stop)?;
        stamp.lab = Some(lab);
        stamp.write(environment)?;
    }
    Ok(())
}

/// Installs packages of which each file's digest is given, from where the caller has pip find them.
fn install(environment: &Environment, requirements: &str, stop: &AtomicBool) -> Result<()> {
    let list = environment.folder().join("requirements.txt");
    write_atomically(&list, requirements.as_bytes())?;
    let python = || environment.command(environment.python());
    let sources = package_sources(python(), stop)?;
    let mut command = python();
    command.envs(sources).args([
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--require-hashes",
        "-r",
    ]);
    run(command.arg(list), &environment.log(), stop)
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
}
