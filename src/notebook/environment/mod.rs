//! The folder of everything that running notebooks needs, and the variables that keep programs inside it.

mod caller;
mod child;
mod compiling;
mod group;
pub(super) mod program;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Result;
use crate::store::{PROJECT_VARIABLE, Project};
pub(super) use caller::package_sources;
pub(super) use child::Child;

/// The version of evcxr, the kernel that runs Rust cells.
pub(super) const EVCXR_VERSION: &str = "0.22.0";

/// A folder with a Python of its own, the kernel, its description for Jupyter, and what cells were compiled to.
///
/// ```text
/// venv/                Python and its packages
/// bin/evcxr_jupyter    the kernel
/// share/               where Jupyter finds it
/// config/, runtime/    what Jupyter, IPython and evcxr write
/// vendor/              the sources of eegenre's dependencies, in the versions of Cargo.lock
/// .cargo/config.toml   how cargo compiles cells: all of them are below this folder
/// cells/0/, cells/1/   what cells are compiled in: one folder for each kernel that runs at a time
/// setup.json           what was set up
/// setup.log            what the programs that set it up said
/// ```
///
/// The kernel cannot compile in a folder whose path has a blank. If that of this folder has one, `.cargo` and `cells` are
/// in the user's cache, in a folder `eegenre/cells-…` of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    folder: PathBuf,
    checkout: PathBuf,
    compiling: PathBuf,
}

impl Environment {
    /// The project's own: `target/jupyter`, ignored by git.
    ///
    /// # Errors
    /// [`Fault::NO_CHECKOUT`](crate::error::Fault::NO_CHECKOUT): cells are compiled with the sources of a checkout.
    pub fn of(project: &Project) -> Result<Self> {
        Self::at(project.jupyter(), project)
    }

    /// An environment in another folder for a project.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn at(folder: impl AsRef<Path>, project: &Project) -> Result<Self> {
        let checkout = project.checkout()?.to_owned();
        // Programs that are started elsewhere get these paths.
        let folder = folder.as_ref();
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        Ok(Self { compiling: compiling::folder(&folder), folder, checkout })
    }

    /// Whether the kernel can work with the paths of this environment and its checkout.
    ///
    /// # Errors
    /// [`Fault::UNUSABLE_PATH`](crate::error::Fault::UNUSABLE_PATH) for each that it cannot take.
    pub(super) fn check_paths(&self) -> Result<()> {
        compiling::check(&self.checkout, &self.folder, &self.compiling)
    }

    /// The checkout whose notebooks run in it.
    pub(super) fn checkout(&self) -> &Path {
        &self.checkout
    }

    /// Its notebooks.
    pub(super) fn notebooks(&self) -> PathBuf {
        self.checkout.join("notebooks")
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the programs that set it up said.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.folder.join("setup.log")
    }

    pub(super) fn venv(&self) -> PathBuf {
        self.folder.join("venv")
    }

    pub(super) fn python(&self) -> PathBuf {
        self.venv().join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
    }

    pub(super) fn kernel(&self) -> PathBuf {
        self.folder.join("bin").join(format!("evcxr_jupyter{}", std::env::consts::EXE_SUFFIX))
    }

    pub(super) fn share(&self) -> PathBuf {
        self.folder.join("share")
    }

    pub(super) fn vendor(&self) -> PathBuf {
        self.folder.join("vendor")
    }

    /// The lock that a process holds while it changes the environment.
    pub(super) fn lock(&self) -> PathBuf {
        self.folder.join(".lock")
    }

    pub(super) fn stamp(&self) -> PathBuf {
        self.folder.join("setup.json")
    }

    /// Where JupyterLab looks for settings that are not its own, below its folder of configuration.
    pub(super) fn lab_settings(&self) -> PathBuf {
        self.folder.join("config/jupyter/labconfig")
    }

    /// How cargo compiles cells.
    pub(super) fn cargo_configuration(&self) -> PathBuf {
        self.compiling.join(".cargo/config.toml")
    }

    /// What the cells of one of several kernels are compiled in.
    pub(super) fn cells(&self, kernel: usize) -> PathBuf {
        self.compiling.join("cells").join(kernel.to_string())
    }

    /// A program that finds what is in this folder, writes nowhere else and knows none of the caller's settings. Cells
    /// are compiled in the first folder for that.
    pub(super) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        caller::forget(&mut command);
        for (variable, folder) in [
            ("JUPYTER_PATH", "share"),
            ("JUPYTER_DATA_DIR", "share"),
            ("JUPYTER_CONFIG_DIR", "config/jupyter"),
            ("JUPYTERLAB_SETTINGS_DIR", "config/lab"),
            ("JUPYTERLAB_WORKSPACES_DIR", "config/workspaces"),
            ("JUPYTER_RUNTIME_DIR", "runtime"),
            ("IPYTHONDIR", "config/ipython"),
            ("EVCXR_CONFIG_DIR", "config/evcxr"),
        ] {
            command.env(variable, self.folder.join(folder));
        }
        command.env("EVCXR_TMPDIR", self.cells(0)).env(PROJECT_VARIABLE, &self.checkout);
        command
    }
}
