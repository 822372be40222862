//! The notebooks of a folder, and their names.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Fault, Place, Result};

/// The notebooks of a folder, in the order of their names.
///
/// # Errors
/// [`Fault::UNREADABLE_NOTEBOOK`] if there is no such folder or no notebook in it.
pub fn notebooks(folder: impl AsRef<Path>) -> Result<Vec<PathBuf>> {
    let folder = folder.as_ref();
    let unreadable = |found: String| {
        Error::new(Fault::UNREADABLE_NOTEBOOK, Place::file(folder), "notebooks (*.ipynb)", found)
    };
    let entries = fs::read_dir(folder).map_err(|cause| unreadable(cause.to_string()))?;
    let paths: std::io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
    let mut paths = paths.map_err(|cause| unreadable(cause.to_string()))?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "ipynb"));
    paths.sort();
    if let Some(path) = paths.iter().find(|path| path.file_name().is_some_and(|name| name.to_str().is_none()))
    {
        // Checks and pages are named after notebooks.
        let expected = "a notebook whose name is in Unicode";
        return Err(Error::new(Fault::UNREADABLE_NOTEBOOK, Place::file(path), expected, "other bytes"));
    }
    if paths.is_empty() { Err(unreadable("none".into())) } else { Ok(paths) }
}

/// A notebook's name: that of its file, without the extension.
pub(in crate::notebook) fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
