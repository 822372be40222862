//! Where cells are compiled. evcxr names a compiled cell to the process that runs it by its path, between blanks, so that
//! path must have none. cargo resolves links, so a link without blanks does not help.

use std::env;
use std::path::{Path, PathBuf};

use crate::error::{Error, Fault, Place, Result};
use crate::store::Digest;

/// The folder that cells are compiled below: the environment's own, or, if its path has a blank, one of the user's cache
/// that belongs to this environment.
pub(super) fn folder(environment: &Path) -> PathBuf {
    folder_in(environment, cache())
}

fn folder_in(environment: &Path, cache: Option<PathBuf>) -> PathBuf {
    if !has_blank(environment) {
        return environment.to_owned();
    }
    let digest = Digest::of([&*environment.to_string_lossy()]).to_string();
    cache.map_or_else(
        || environment.to_owned(),
        |cache| cache.join(format!("eegenre/cells-{}", &digest[..12])),
    )
}

/// The folder of the user for what can be made again.
fn cache() -> Option<PathBuf> {
    let named = |variable: &str| env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(windows) {
        return named("LOCALAPPDATA");
    }
    named("XDG_CACHE_HOME").or_else(|| env::home_dir().map(|home| home.join(".cache")))
}

/// Whether the kernel can take these paths: all as text, the last one without blanks.
///
/// # Errors
/// [`Fault::UNUSABLE_PATH`] for each that it cannot.
pub(super) fn check(checkout: &Path, environment: &Path, cells: &Path) -> Result<()> {
    let unusable = |path: &Path, expected: &str, found: &str| {
        Err(Error::new(Fault::UNUSABLE_PATH, Place::file(path), expected, found))
    };
    let text = |path: &Path| match path.to_str() {
        Some(_) => Ok(()),
        None => unusable(path, "a path in Unicode, which cargo and the kernel need", "other bytes"),
    };
    let whole = match has_blank(cells) {
        false => Ok(()),
        true => unusable(cells, "a path without blanks, at which the kernel would split it", "a blank"),
    };
    Error::gather([text(checkout), text(environment), whole]).map(|_| ())
}

/// Whether a path has a blank once its links are resolved.
fn has_blank(path: &Path) -> bool {
    // What is not there yet will have the name that it is asked for by.
    let resolved = path.ancestors().find_map(|there| {
        let rest = path.strip_prefix(there).ok()?;
        Some(there.canonicalize().ok()?.join(rest))
    });
    resolved.as_deref().unwrap_or(path).to_string_lossy().contains(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_compiled_where_no_blank_is() {
        let parent = tempfile::tempdir().unwrap();
        let (plain, cache) = (parent.path().join("plain/jupyter"), parent.path().join("cache"));
        assert_eq!(folder_in(&plain, Some(cache.clone())), plain);
        let blank = parent.path().join("with space/jupyter");
        let cells = folder_in(&blank, Some(cache.clone()));
        assert_eq!(cells.parent(), Some(cache.join("eegenre").as_path()));
        assert_eq!(folder_in(&blank, Some(cache.clone())), cells);
        assert_ne!(folder_in(&parent.path().join("with space/other"), Some(cache)), cells);
        assert_eq!(check(&blank, &blank, &cells), Ok(()));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_folder_with_a_blank_does_not_hide_it() {
        let parent = tempfile::tempdir().unwrap();
        let (blank, link) = (parent.path().join("with space"), parent.path().join("link"));
        std::fs::create_dir(&blank).unwrap();
        std::os::unix::fs::symlink(&blank, &link).unwrap();
        assert_ne!(folder_in(&link.join("jupyter"), Some(parent.path().join("cache"))), link.join("jupyter"));
    }

    #[cfg(unix)]
    #[test]
    fn what_the_kernel_cannot_take_is_told_of_each_path() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        let latin = Path::new(OsStr::from_bytes(b"/caf\xe9"));
        let blank = Path::new("/with space");
        let error = check(latin, blank, &folder_in(blank, None)).unwrap_err();
        let told: Vec<_> = error.problems().iter().map(|problem| problem.place.file.as_deref()).collect();
        assert_eq!(told, [Some(latin), Some(blank)]);
        assert!(error.problems().iter().all(|problem| problem.fault == Fault::UNUSABLE_PATH));
    }
}
