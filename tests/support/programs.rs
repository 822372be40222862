//! Programs that stand in for Python, cargo and the kernel, and the command line that finds only them.

// Each test program uses a part of this.
#![allow(dead_code)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::{TempDir, tempdir};

/// A folder of programs: those that are linked to the real ones, and scripts.
pub fn programs(real: &[&str], scripts: &[(&str, &str)]) -> TempDir {
    let folder = tempdir().unwrap();
    for name in real {
        symlink(found(name), folder.path().join(name)).unwrap();
    }
    for (name, script) in scripts {
        let path = folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

/// Where a program is.
fn found(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file()).unwrap()
}

/// `eegenre notebooks` with an environment in a folder, finding these programs only.
pub fn notebooks(task: &str, programs: &Path, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eegenre"));
    command.args(["notebooks", task, "--environment"]).arg(folder).env("PATH", programs);
    command
}

/// A Python that says that it is one, makes an environment, whose pip lists no settings and does this otherwise, and
/// that does what `more` says for other arguments.
pub fn python(pip: &str, more: &str) -> String {
    format!(
        "case \"$*\" in\n*sys.version_info*) echo 3.12.1;;\n*ensurepip*) ;;\n*'-m venv'*) mkdir -p \"$3/bin\"; \
         cp \"$0\" \"$3/bin/python\";;\n*'pip config list'*) ;;\n*'-m pip install'*) {pip};;\n{more}\n*) exit 1;;\nesac"
    )
}
