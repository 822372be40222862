//! What a run leaves.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use crate::notebook::document::name;
use crate::notebook::session::Checks;
use crate::report::as_text;

/// Notebooks that have run and passed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Executed {
    /// Where the executed copies are.
    #[serde(serialize_with = "as_text")]
    pub folder: PathBuf,
    /// The notebooks.
    pub notebooks: Vec<ExecutedNotebook>,
    /// Whether the project's own notebooks were rewritten.
    pub rewritten: bool,
    /// Cells of the project's own notebooks that put out something else than what is committed, but for those that train.
    pub changed: Vec<String>,
}

/// A notebook that has run and passed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExecutedNotebook {
    /// The executed copy.
    #[serde(serialize_with = "as_text")]
    pub path: PathBuf,
    /// Its code cells.
    pub cells: usize,
    /// Its checks, all of which hold.
    pub checks: Checks,
    /// How long it took.
    pub seconds: f64,
}

impl fmt::Display for Executed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for notebook in &self.notebooks {
            let ExecutedNotebook { path, cells, checks, seconds } = notebook;
            let name = name(path);
            writeln!(f, "{name:24} {cells:2} cells, {:2} checks hold, {seconds:.0} s", checks.checks.len())?;
        }
        write!(f, "executed copies in {}", self.folder.display())?;
        if self.rewritten {
            write!(f, "; notebooks/ rewritten")?;
        }
        for cell in &self.changed {
            write!(f, "\nnot as committed: {cell}")?;
        }
        Ok(())
    }
}
