//! What a committed notebook's outputs came from, kept in the notebook itself.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::notebook::document::Document;
use crate::store::to_value;
use crate::store::{Digest, files_below};

/// The key of the notebook's metadata.
const KEY: &str = "eegenre";

/// What the outputs came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::notebook) struct Origin {
    /// Digest of the notebook's own cells.
    pub cells: String,
    /// Digest of the records in `data/records`.
    pub records: String,
    /// Digest of the figures in `figures`.
    pub figures: String,
}

impl Origin {
    /// That of outputs made now, from the records and figures of a checkout.
    pub fn below(root: &Path, document: &Document) -> Result<Self> {
        let digest = |files: Vec<PathBuf>| Digest::of_files(root, &files).map(|digest| digest.to_string());
        let mut records = files_below(&root.join("data/records"))?;
        records.retain(|path| is_record(path));
        Ok(Self {
            cells: Digest::of(document.cells.iter().map(|cell| cell.source())).to_string(),
            records: digest(records)?,
            figures: digest(files_below(&root.join("figures"))?)?,
        })
    }

    /// That which a notebook names; none if it is not of this form.
    pub fn of(document: &Document) -> Option<Self> {
        serde_json::from_value(document.metadata.get(KEY)?.clone()).ok()
    }

    /// Names it in a notebook.
    pub fn write_into(&self, document: &mut Document) -> Result<()> {
        document.metadata.insert(KEY.into(), to_value("metadata", self)?);
        Ok(())
    }
}

/// Whether a file is a record: weights and times differ between machines, checkpoints come and go.
fn is_record(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".json") && !name.ends_with(".times.json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn an_origin_changes_with_cells_records_and_figures_and_with_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for (file, text) in [("data/records/raw/run-00.json", "{}"), ("figures/figure-1.png", "png")] {
            fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            fs::write(root.join(file), text).unwrap();
        }
        let json = r##"{"cells": [{"cell_type": "markdown", "source": "# A"}], "metadata": {}, "nbformat": 4,
            "nbformat_minor": 5}"##;
        let mut document: Document = serde_json::from_str(json).unwrap();
        let origin = |document: &Document| Origin::below(root, document).unwrap();
        let first = origin(&document);
        assert_eq!(Origin::of(&document), None);
        first.write_into(&mut document).unwrap();
        assert_eq!(Origin::of(&document), Some(first.clone()));

        fs::write(root.join("data/records/raw/run-00.times.json"), "{}").unwrap();
        fs::write(root.join("data/records/raw/run-00.checkpoint"), "").unwrap();
        assert_eq!(origin(&document), first);
        fs::write(root.join("data/records/raw/run-00.json"), "{ }").unwrap();
        fs::write(root.join("figures/figure-1.png"), "other").unwrap();
        let second = origin(&document);
        assert!(second.records != first.records && second.figures != first.figures);
        assert_eq!(second.cells, first.cells);
        let other: Document = serde_json::from_str(&json.replace("# A", "# B")).unwrap();
        assert_ne!(origin(&other).cells, first.cells);
    }
}
