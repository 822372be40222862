//! Notebooks opened by hand.

use std::process::ExitStatus;
use std::sync::atomic::AtomicBool;

use super::environment::Environment;
use super::setup::add_lab;
use crate::error::{Error, Fault, Place, Result};
use crate::project;

/// Opens JupyterLab in the project's notebooks, with the environment's kernel, and waits for its end. It is installed on
/// first use.
///
/// # Errors
/// As [`setup`](super::setup()); [`Fault::ProgramFailed`] if JupyterLab cannot start or ends with an error.
pub fn lab(environment: &Environment, arguments: &[String], stop: &AtomicBool) -> Result<()> {
    add_lab(environment, stop)?;
    let mut command = environment.command(environment.python());
    command.args(["-m", "jupyterlab"]).args(arguments).current_dir(project::root().join("notebooks"));
    let failed = |found: String| {
        Error::new(Fault::ProgramFailed, Place::field("jupyterlab"), "JupyterLab to run", found)
    };
    let status = command.status().map_err(|cause| failed(cause.to_string()))?;
    // Without a code it was ended from outside, as one ends a server.
    if status.success() || ExitStatus::code(&status).is_none() {
        Ok(())
    } else {
        Err(failed(status.to_string()))
    }
}
