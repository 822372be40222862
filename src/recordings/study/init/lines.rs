//! Tables that stand beside recordings.

use std::collections::BTreeMap;
use std::path::Path;

use csv::ReaderBuilder;

use crate::error::{Error, Fault, Place, Result};
use crate::recordings::formats::{delimiter, read_text};

/// The lines of a table, each by column.
///
/// # Errors
/// [`Fault::UNREADABLE_FILE`], and those of [`read_text`].
pub(super) fn lines(path: &Path) -> Result<Vec<BTreeMap<String, String>>> {
    let text = read_text(path)?;
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter(path, &text)).flexible(true).from_reader(text.as_bytes());
    let unreadable = |cause: csv::Error| {
        Error::new(Fault::UNREADABLE_FILE, Place::file(path), "a table", cause.to_string())
    };
    let headings = reader.headers().map_err(unreadable)?.clone();
    let lines = reader.records().map(|line| {
        let line = line.map_err(unreadable)?;
        let cells = headings.iter().zip(&line);
        Ok(cells.map(|(heading, cell)| (heading.trim().to_owned(), cell.trim().to_owned())).collect())
    });
    lines.collect()
}
