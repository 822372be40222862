//! Notebooks made by tests.

// Each test program uses a part of this.
#![allow(dead_code)]

use std::fs;
use std::path::Path;

use serde_json::json;

/// Writes a notebook of these code cells, with words around each.
pub fn write(folder: &Path, name: &str, cells: &[&str]) {
    let words = json!({"cell_type": "markdown", "id": "words", "metadata": {}, "source": format!("# {name}\nWords.")});
    let mut all = vec![words.clone()];
    for (number, source) in cells.iter().enumerate() {
        all.push(
            json!({"cell_type": "code", "execution_count": null, "id": format!("c{number}"), "metadata": {},
            "outputs": [], "source": source}),
        );
        all.push(words.clone());
    }
    let kernel = json!({"kernelspec": {"display_name": "Rust", "language": "rust", "name": "rust"}});
    let notebook = json!({"cells": all, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5});
    fs::write(folder.join(format!("{name}.ipynb")), notebook.to_string()).unwrap();
}

/// The cell that writes these checks.
pub fn checks(notebook: &str, checks: &[(&str, &str, &str, bool)]) -> String {
    let checks: Vec<_> = checks
        .iter()
        .map(|(what, expected, found, passed)| {
            json!({"what": what, "expected": expected, "found": found, "passed": passed})
        })
        .collect();
    let text = json!({"notebook": notebook, "checks": checks}).to_string();
    let file = format!("{notebook}.checks.json");
    format!(
        "std::fs::write(std::path::Path::new(&std::env::var(\"EEGENRE_CHECKS\")?).join({file:?}), r#\"{text}\"#)?;"
    )
}
