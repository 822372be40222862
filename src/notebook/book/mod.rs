//! The book: executed notebooks as one site that needs no network.

mod links;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde_json::json;

use super::document::notebooks;
use super::environment::Environment;
use super::environment::program::run;
use super::setup::setup_python;
use crate::error::{Error, Fault, Place, Result};
use crate::store::{create_folder, write_atomically};

const SCRIPT: &str = include_str!("render.py");
const PAGE: &str = include_str!("page.html.j2");
const STYLE: &str = include_str!("style.css");

/// The title of the book.
const HEADING: &str = "Music genre from EEG";

/// Renders the notebooks of a folder, with what they have put out, as pages in another folder, and checks every link.
/// Returns the contents page, `index.html`.
///
/// Relative places in the notebooks are looked for from the project's `notebooks` folder, wherever executed copies are.
///
/// # Errors
/// Those of [`setup`](super::setup()), of which only the Python is needed; [`Fault::UnreadableNotebook`]; [`Fault::ProgramFailed`] with the log to read;
/// [`Fault::DeadLink`] for every link that leads nowhere and everything that a page would load from elsewhere;
/// [`Fault::Unwritable`]; once `stop` is true, [`Fault::Interrupted`].
pub fn book(environment: &Environment, from: &Path, to: &Path, stop: &AtomicBool) -> Result<PathBuf> {
    let paths = notebooks(from)?;
    setup_python(environment, stop)?;
    let to = std::path::absolute(to).unwrap_or_else(|_| to.to_owned());
    // Pages of notebooks that are gone would stay behind.
    if to.join("index.html").is_file() {
        fs::remove_dir_all(&to).map_err(|cause| {
            Error::new(Fault::Unwritable, Place::file(&to), "to replace the old book", cause.to_string())
        })?;
    }
    create_folder(&to)?;
    let paths: Vec<PathBuf> =
        paths.into_iter().map(|path| std::path::absolute(&path).unwrap_or(path)).collect();
    let job = json!({
        "notebooks": paths,
        "source": environment.notebooks(),
        "out": to,
        "page": PAGE,
        "style": STYLE,
        "heading": HEADING,
        "footer": format!("eegenre {}", env!("CARGO_PKG_VERSION")),
    });
    let list = environment.folder().join("book.json");
    write_atomically(&list, job.to_string().as_bytes())?;
    let mut command = environment.command(environment.python());
    run(command.args(["-c", SCRIPT]).arg(list), &environment.log(), stop)?;
    links::check(&to)?;
    Ok(to.join("index.html"))
}
