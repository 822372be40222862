//! The book: executed notebooks as one site that needs no network.
//!
//! One Python script and one template make a page of Markdown, code and outputs. Search, folding and the choice of light or dark
//! are one small program; pages can be read without it. Two generators were tried in place of the script.
//!
//! - mystmd 1.8 (Jupyter Book 2) fetches its template while it builds, so it builds nothing without network.
//! - Sphinx 9.0 with myst-nb 1.4 and sphinx-book-theme 1.4 works headless and from `file://`, search included. But it brings 76
//!   packages of 255 MB (ours: 32 of 65 MB) and a site of 16 MB (ours: 4 MB). It loads MathJax from a CDN unless that is bundled
//!   too. It has one serious violation of accessibility rules on every page (axe: `label-content-name-mismatch`, in its own search
//!   button). It has no descriptions and captions of figures in outputs, no "open larger" and no cover: these would remain our own
//!   code, on top of other people's templates.
//!
//! So the script stays. `tests/book.rs` looks at every page in a browser.

mod links;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde_json::json;

use super::document::notebooks;
use super::environment::Environment;
use super::environment::program::run;
use super::setup::setup_python;
use crate::error::Result;
use crate::store::{claim, renew, write_atomically};

const SCRIPT: &str = include_str!("render.py");
const PAGE: &str = include_str!("page.html.j2");
const STYLE: &str = include_str!("style.css");
const PROGRAM: &str = include_str!("book.js");

/// What the stamp of its folder says.
const BOOK: &str = "book";

/// The title of the book.
const HEADING: &str = "Music genre from EEG";

/// Makes the folder of a book.
///
/// # Errors
/// Those of [`claim`].
pub fn claim_book(folder: &Path) -> Result<()> {
    claim(folder, BOOK)
}

/// Renders the notebooks of a folder, with what they have put out, as pages in another folder, and checks every link.
/// Returns the cover, `index.html`.
///
/// Relative places in the notebooks are looked for from the project's `notebooks` folder, wherever executed copies are.
///
/// # Errors
/// Those of [`setup`](super::setup()), of which only the Python is needed; [`Fault::UNREADABLE_NOTEBOOK`]; [`Fault::PROGRAM_FAILED`] with the log to read;
/// [`Fault::DEAD_LINK`] for every link that leads nowhere and everything that a page would load from elsewhere;
/// [`Fault::OCCUPIED_FOLDER`] if `to` holds anything but a book that this function made; [`Fault::UNWRITABLE`]; once `stop` is
/// true, [`Fault::INTERRUPTED`].
///
/// [`Fault::UNREADABLE_NOTEBOOK`]: crate::error::Fault::UNREADABLE_NOTEBOOK
/// [`Fault::PROGRAM_FAILED`]: crate::error::Fault::PROGRAM_FAILED
/// [`Fault::DEAD_LINK`]: crate::error::Fault::DEAD_LINK
/// [`Fault::OCCUPIED_FOLDER`]: crate::error::Fault::OCCUPIED_FOLDER
/// [`Fault::UNWRITABLE`]: crate::error::Fault::UNWRITABLE
/// [`Fault::INTERRUPTED`]: crate::error::Fault::INTERRUPTED
pub fn book(environment: &Environment, from: &Path, to: &Path, stop: &AtomicBool) -> Result<PathBuf> {
    let paths = notebooks(from)?;
    // Before Python is set up, which may take a minute.
    claim_book(to)?;
    setup_python(environment, stop)?;
    let to = std::path::absolute(to).unwrap_or_else(|_| to.to_owned());
    // Pages of notebooks that are gone would stay behind.
    renew(&to, BOOK)?;
    let paths = paths.into_iter().map(|path| std::path::absolute(&path).unwrap_or(path));
    let job = json!({
        "page": PAGE,
        "style": STYLE,
        "script": PROGRAM,
        "heading": HEADING,
        "footer": format!("eegenre {}", env!("CARGO_PKG_VERSION")),
    });
    let list = environment.folder().join("book.json");
    write_atomically(&list, job.to_string().as_bytes())?;
    let mut command = environment.command(environment.python());
    command.args(["-c", SCRIPT]).args([list, environment.notebooks(), to.clone()]).args(paths);
    run(&mut command, &environment.log(), stop)?;
    links::check(&to)?;
    Ok(to.join("index.html"))
}
