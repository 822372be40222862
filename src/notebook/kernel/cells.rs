//! The folders in which kernels compile cells. Each kernel that runs needs one of its own; all hold the same compiled
//! dependencies.

use std::fs::{self, DirEntry, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use crate::error::{Error, Fault, Place, Result};
use crate::notebook::environment::Environment;
use crate::store::{Lock, write_atomically};

/// Which state of the dependencies a folder holds.
const STATE: &str = "dependencies.txt";

/// Held by the kernel that compiles in a folder.
const LOCK: &str = ".lock";

/// The right to compile cells in a folder; given back when dropped, also by the system when the process dies.
#[derive(Debug)]
pub(in crate::notebook) struct Cells {
    folder: PathBuf,
    _lock: Lock,
}

impl Cells {
    /// The first folder, in which dependencies are compiled for all, once no kernel uses it.
    pub fn first(environment: &Environment, stop: &AtomicBool) -> Result<Self> {
        let folder = environment.cells(0);
        let lock = Lock::wait(folder.join(LOCK), stop)?;
        Ok(Self { folder, _lock: lock })
    }

    /// A folder that no other kernel uses, with the dependencies compiled.
    pub fn free(environment: &Environment) -> Result<Self> {
        let first = environment.cells(0);
        let state = fs::read_to_string(first.join(STATE)).unwrap_or_default();
        for kernel in 0.. {
            let folder = environment.cells(kernel);
            let Some(lock) = Lock::attempt(folder.join(LOCK))? else { continue };
            if fs::read_to_string(folder.join(STATE)).unwrap_or_default() != state {
                let copied = copy_dependencies(&first.join("target"), &folder.join("target"));
                copied.map_err(|cause| unwritable(&folder, &cause))?;
                write_atomically(folder.join(STATE), state.as_bytes())?;
            }
            return Ok(Self { folder, _lock: lock });
        }
        unreachable!("there are more numbers than kernels")
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Records which state of the dependencies is compiled here.
    pub fn compiled(&self, state: &str) -> Result<()> {
        write_atomically(self.folder.join(STATE), state.as_bytes())
    }
}

/// Copies what dependencies were compiled to, and nothing of cells, which a kernel may be changing. Cargo goes by
/// times of change, so they are kept.
fn copy_dependencies(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let text = name.to_string_lossy();
        let of_cells = ["libctx", "ctx-", "libcode_"].iter().any(|start| text.starts_with(start));
        if of_cells || text == "incremental" {
            continue;
        }
        match copy_entry(&entry, &to.join(&name)) {
            // A compiler that works for a cell takes its temporary files away again.
            Err(cause) if cause.kind() == ErrorKind::NotFound => {}
            copied => copied?,
        }
    }
    Ok(())
}

fn copy_entry(entry: &DirEntry, target: &Path) -> io::Result<()> {
    let kind = entry.metadata()?;
    if kind.is_dir() {
        return copy_dependencies(&entry.path(), target);
    }
    fs::copy(entry.path(), target)?;
    File::options().write(true).open(target)?.set_modified(kind.modified()?)
}

fn unwritable(path: &Path, cause: &io::Error) -> Error {
    Error::new(Fault::UNWRITABLE, Place::file(path), "to use it", cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Project;

    #[test]
    fn each_kernel_has_a_folder_of_its_own_with_the_dependencies_and_no_cells() {
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment::at(folder.path(), &Project::of_tests()).unwrap();
        let stop = AtomicBool::new(false);
        let first = Cells::first(&environment, &stop).unwrap();
        let deps = first.folder().join("target/debug/deps");
        fs::create_dir_all(&deps).unwrap();
        for name in ["libdfdx-1.rlib", "libctx.so", "libcode_3.so"] {
            fs::write(deps.join(name), name).unwrap();
        }
        // Of a file that is gone before it is copied, its name alone is found.
        #[cfg(unix)]
        std::os::unix::fs::symlink("gone", deps.join("libdfdx-1.rmeta")).unwrap();
        first.compiled("state 1").unwrap();

        let second = Cells::free(&environment).unwrap();
        assert_eq!(second.folder(), environment.cells(1));
        let copied = second.folder().join("target/debug/deps");
        let names: Vec<_> = fs::read_dir(&copied).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["libdfdx-1.rlib"]);
        let modified = |folder: &Path| folder.join("libdfdx-1.rlib").metadata().unwrap().modified().unwrap();
        assert_eq!(modified(&copied), modified(&deps));

        drop(first);
        assert_eq!(Cells::free(&environment).unwrap().folder(), environment.cells(0));
    }

    #[test]
    fn waiting_for_a_folder_ends_when_asked_to_stop() {
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment::at(folder.path(), &Project::of_tests()).unwrap();
        let _first = Cells::first(&environment, &AtomicBool::new(false)).unwrap();
        let error = Cells::first(&environment, &AtomicBool::new(true)).unwrap_err();
        assert_eq!(error.problems()[0].fault, Fault::INTERRUPTED);
    }
}
