//! Notebooks opened by hand.

use std::ffi::OsString;
use std::process::Stdio;
use std::sync::atomic::AtomicBool;

use serde_json::json;

use super::environment::{Child, Environment};
use super::setup::add_lab;
use crate::error::{Error, Fault, Place, Result};
use crate::report::note;
use crate::store::{create_folder, write_atomically};

/// Opens JupyterLab in the project's notebooks, with the environment's kernel, and waits for its end. It is installed on
/// first use, and saves a notebook only when asked.
///
/// Once `stop` is true, JupyterLab ends with its kernels and all that they have started. Root may run it: in containers
/// there is nobody else.
///
/// # Errors
/// As [`setup`](super::setup()); [`Fault::PROGRAM_FAILED`] if JupyterLab cannot start or ends with an error;
/// [`Fault::INTERRUPTED`].
pub fn lab(environment: &Environment, arguments: &[OsString], stop: &AtomicBool) -> Result<()> {
    add_lab(environment, stop)?;
    write_settings(environment)?;
    let mut command = environment.command(environment.python());
    // With -y it ends when it is asked to, without asking back.
    command.args(["-m", "jupyterlab", "-y"]).args(is_root().then_some("--allow-root")).args(arguments);
    command.current_dir(environment.notebooks()).stdin(Stdio::null());
    let failed = |found: String| {
        Error::new(Fault::PROGRAM_FAILED, Place::field("jupyterlab"), "JupyterLab to run", found)
    };
    note("JupyterLab runs until Ctrl-C. In each notebook the first two cells take about half a minute.");
    note("Only what you save is kept; git restore notebooks brings the committed outputs back.");
    let ended = Child::start(&mut command).and_then(|mut lab| lab.wait_unless(stop));
    match ended.map_err(|cause| failed(cause.to_string()))? {
        None => Err(Error::interrupted(Place::field("jupyterlab"), "its end")),
        // Without a code it was ended from outside, as one ends a server.
        Some(status) if status.success() || status.code().is_none() => Ok(()),
        Some(status) => Err(failed(status.to_string())),
    }
}

#[cfg(unix)]
fn is_root() -> bool {
    nix::unistd::Uid::effective().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// What JupyterLab does otherwise than it would. Committed notebooks hold the outputs of the paper's profile, so they are
/// not saved behind a reader's back; and no server is asked for news.
fn write_settings(environment: &Environment) -> Result<()> {
    let settings = json!({
        "@jupyterlab/docmanager-extension:plugin": { "autosave": false },
        "@jupyterlab/apputils-extension:notification": { "fetchNews": "false", "checkForUpdates": false },
    });
    let folder = environment.lab_settings();
    create_folder(&folder)?;
    write_atomically(folder.join("default_setting_overrides.json"), settings.to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Project;

    #[test]
    fn notebooks_are_saved_only_when_asked() {
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment::at(folder.path(), &Project::of_tests()).unwrap();
        write_settings(&environment).unwrap();
        let file = folder.path().join("config/jupyter/labconfig/default_setting_overrides.json");
        let settings: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        assert_eq!(settings["@jupyterlab/docmanager-extension:plugin"]["autosave"], false);
    }
}
