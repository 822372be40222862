//! Making the environment: once, resumably, by one process at a time.

mod dependencies;
mod evcxr;
mod python;
mod stamp;

use std::sync::atomic::AtomicBool;

use super::environment::program::ask;
use super::environment::{EVCXR_VERSION, Environment};
use crate::error::{Error, Result};
use crate::report::{Steps, note};
use crate::store::Lock;
use stamp::Stamp;

const INSTALL_RUST: &str = "Rust's cargo and rustc (https://rustup.rs)";

/// Makes what running notebooks needs: a Python with pinned packages, the kernel, and eegenre compiled for its cells.
///
/// What is there already and belongs to this version is not made again; a set-up that was stopped goes on. Nothing
/// outside the environment's folder is written, except in the caches of pip and cargo.
///
/// # Errors
/// [`Fault::MISSING_PROGRAM`] with what to install; [`Fault::NO_NETWORK`] and [`Fault::PROGRAM_FAILED`] with the log to
/// read; [`Fault::UNWRITABLE`]; once `stop` is true, [`Fault::INTERRUPTED`].
///
/// [`Fault::MISSING_PROGRAM`]: crate::error::Fault::MISSING_PROGRAM
/// [`Fault::NO_NETWORK`]: crate::error::Fault::NO_NETWORK
/// [`Fault::PROGRAM_FAILED`]: crate::error::Fault::PROGRAM_FAILED
/// [`Fault::UNWRITABLE`]: crate::error::Fault::UNWRITABLE
/// [`Fault::INTERRUPTED`]: crate::error::Fault::INTERRUPTED
pub fn setup(environment: &Environment, stop: &AtomicBool) -> Result<()> {
    environment.check_paths()?;
    let _lock = Lock::wait(environment.lock(), stop)?;
    let mut stamp = Stamp::read(environment);
    let rust = ask(environment.command("rustc").arg("-Vv"), INSTALL_RUST, stop)?;
    let kernel = evcxr::state();
    let dependencies = dependencies::state(environment, &rust)?;

    let has_python = python::is_there(environment, &stamp, stop)?;
    let has_kernel = stamp.kernel.as_ref() == Some(&kernel) && environment.kernel().is_file();
    // Cells may be compiled in a cache, which can be emptied.
    let has_dependencies = has_kernel
        && stamp.dependencies.as_ref() == Some(&dependencies)
        && environment.cargo_configuration().is_file();
    let missing = [has_python, has_kernel, has_dependencies].iter().filter(|has| !**has).count();
    if missing == 0 {
        return Ok(());
    }
    // A folder that is in the way is told before anything slow begins.
    let python = if has_python { Ok(()) } else { python::check(environment) };
    let kernel_build = if has_kernel { Ok(()) } else { evcxr::check(environment) };
    Error::gather([python, kernel_build, dependencies::check(environment)])?;
    note(format_args!("setting up the notebooks' environment in {}", environment.folder().display()));
    let mut steps = Steps::new(missing as u64);
    if !has_python {
        steps.begin("a Python of its own, and its packages");
        python::make(environment, &mut stamp, stop)?;
    }
    if !has_kernel {
        steps.begin(format!("the kernel: compiling evcxr_jupyter {EVCXR_VERSION} (some minutes)"));
        evcxr::make(environment, stop)?;
        stamp.kernel = Some(kernel);
        stamp.write(environment)?;
    }
    if !has_dependencies {
        steps.begin("compiling eegenre for cells (some minutes at first)");
        dependencies::make(environment, &dependencies, stop)?;
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
    let _lock = Lock::wait(environment.lock(), stop)?;
    let mut stamp = Stamp::read(environment);
    if !python::is_there(environment, &stamp, stop)? {
        note(format_args!("setting up Python in {}", environment.venv().display()));
        python::make(environment, &mut stamp, stop)?;
    }
    Ok(())
}

/// Adds JupyterLab to an environment that is set up.
///
/// # Errors
/// As [`setup`].
pub(super) fn add_lab(environment: &Environment, stop: &AtomicBool) -> Result<()> {
    setup(environment, stop)?;
    let _lock = Lock::wait(environment.lock(), stop)?;
    let mut stamp = Stamp::read(environment);
    python::add_lab(environment, &mut stamp, stop)
}
