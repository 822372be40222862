//! A notebook file, in the format that Jupyter calls nbformat 4.

mod exercises;
mod folder;

use std::fs;
use std::path::Path;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::error::{Error, Fault, Place, Result};
use crate::store::write_atomically;

pub(super) use exercises::Exercise;
pub(super) use folder::name;
pub use folder::notebooks;

/// A notebook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Document {
    pub cells: Vec<Cell>,
    pub metadata: Map<String, Value>,
    pub nbformat: u32,
    pub nbformat_minor: u32,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "cell_type", rename_all = "lowercase")]
pub(super) enum Cell {
    Code(Code),
    Markdown(Prose),
    Raw(Prose),
}

/// A code cell. Its fields are in the order in which Jupyter writes them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Code {
    #[serde(default)]
    pub execution_count: Option<u64>,
    #[serde(default)]
    pub id: String,
    #[serde(default)]
    pub metadata: Map<String, Value>,
    #[serde(default)]
    pub outputs: Vec<Output>,
    pub source: Text,
}

/// A cell of text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Prose {
    #[serde(default)]
    pub id: String,
    #[serde(default)]
    pub metadata: Map<String, Value>,
    pub source: Text,
}

/// What a cell has put out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "output_type", rename_all = "snake_case")]
pub(super) enum Output {
    DisplayData {
        data: Map<String, Value>,
        #[serde(default)]
        metadata: Map<String, Value>,
    },
    Error {
        ename: String,
        evalue: String,
        #[serde(default)]
        traceback: Vec<String>,
    },
    ExecuteResult {
        data: Map<String, Value>,
        execution_count: Option<u64>,
        #[serde(default)]
        metadata: Map<String, Value>,
    },
    Stream {
        name: String,
        text: Text,
    },
}

/// Text, which the format allows as one string or as a list of lines. Written as lines, for readable differences.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Text(pub String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Whole(String),
            Lines(Vec<String>),
        }
        Ok(Self(match Either::deserialize(deserializer)? {
            Either::Whole(text) => text,
            Either::Lines(lines) => lines.concat(),
        }))
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.split_inclusive('\n'))
    }
}

/// How a cell begins that computes on the small synthetic study, here and now: it may differ on another machine, and a reader
/// may change it.
pub(super) const LIVE: &str = "// Live: ";

impl Document {
    /// The code cells whose outputs are others than those of the same notebook, but for live ones.
    pub fn changed(&self, other: &Self) -> Vec<String> {
        let cells = (1..).zip(self.code().zip(other.code()));
        let is_changed =
            |(one, other): &(&Code, &Code)| one.outputs != other.outputs && !one.source().starts_with(LIVE);
        let changed = cells.filter(|(_, pair)| is_changed(pair));
        let mut changed: Vec<String> =
            changed.map(|(number, (one, _))| format!("cell {number} `{}`", one.first_line())).collect();
        if self.code().count() != other.code().count() {
            changed.push("the number of cells".to_owned());
        }
        changed
    }

    /// Reads a notebook.
    pub fn read(path: &Path) -> Result<Self> {
        let unreadable = |cause: String| {
            Error::new(Fault::UNREADABLE_NOTEBOOK, Place::file(path), "a notebook (nbformat 4)", cause)
        };
        let bytes = fs::read(path).map_err(|cause| unreadable(cause.to_string()))?;
        let document: Self = serde_json::from_slice(&bytes).map_err(|cause| unreadable(cause.to_string()))?;
        if document.nbformat == 4 {
            Ok(document)
        } else {
            Err(unreadable(format!("nbformat {}", document.nbformat)))
        }
    }

    /// Writes it as Jupyter does, so that opening and saving it there changes little.
    pub fn write(&self, path: &Path) -> Result<()> {
        let mut bytes = Vec::new();
        let layout = serde_json::ser::PrettyFormatter::with_indent(b" ");
        let mut writer = serde_json::Serializer::with_formatter(&mut bytes, layout);
        self.serialize(&mut writer)
            .map_err(|cause| Error::new(Fault::UNWRITABLE, Place::file(path), "JSON", cause.to_string()))?;
        bytes.push(b'\n');
        write_atomically(path, &bytes)
    }

    /// Its code cells in order.
    pub fn code(&self) -> impl Iterator<Item = &Code> {
        self.cells.iter().filter_map(|cell| match cell {
            Cell::Code(code) => Some(code),
            Cell::Markdown(_) | Cell::Raw(_) => None,
        })
    }

    /// Its code cells in order, to fill in what they put out.
    pub fn code_mut(&mut self) -> impl Iterator<Item = &mut Code> {
        self.cells.iter_mut().filter_map(|cell| match cell {
            Cell::Code(code) => Some(code),
            Cell::Markdown(_) | Cell::Raw(_) => None,
        })
    }
}

impl Cell {
    /// What was typed into it.
    pub fn source(&self) -> &str {
        match self {
            Self::Code(code) => code.source(),
            Self::Markdown(prose) | Self::Raw(prose) => &prose.source.0,
        }
    }
}

impl Code {
    /// What was typed into it.
    pub fn source(&self) -> &str {
        &self.source.0
    }

    /// Its first line, to name it by.
    pub fn first_line(&self) -> &str {
        self.source().trim_start().lines().next().unwrap_or_default()
    }
}

impl Output {
    /// One message of the kernel, as the format keeps it; none if it is of a kind that is not put out. A message that
    /// cannot be read is an error that the cell has put out, since it may have been one.
    pub fn of_message(kind: &str, mut content: Value) -> Option<Self> {
        if !["display_data", "error", "execute_result", "stream"].contains(&kind) {
            return None;
        }
        if let Value::Object(content) = &mut content {
            content.insert("output_type".into(), kind.into());
        }
        let unreadable = |cause: serde_json::Error| Self::Error {
            ename: format!("unreadable {kind}"),
            evalue: cause.to_string(),
            traceback: Vec::new(),
        };
        Some(serde_json::from_value(content).unwrap_or_else(unreadable))
    }

    /// Gives a picture the description that its text carries, behind the caption and an empty line, as alternative text: where
    /// nbconvert looks for it.
    pub fn describe_picture(&mut self) {
        let (Self::DisplayData { data, metadata } | Self::ExecuteResult { data, metadata, .. }) = self else {
            return;
        };
        let text = data.get("text/plain").and_then(Value::as_str);
        if let (Some(text), true) = (text, data.contains_key("image/png")) {
            let description = text.split_once("\n\n").map_or(text, |(_, description)| description);
            metadata.insert("image/png".to_owned(), serde_json::json!({ "alt": description.trim() }));
        }
    }

    /// Adds this output to those before it. The lines of one stream become one text.
    pub fn join(self, outputs: &mut Vec<Self>) {
        match (outputs.last_mut(), self) {
            (Some(Self::Stream { name, text }), Self::Stream { name: next, text: more }) if *name == next => {
                text.0.push_str(&more.0);
            }
            (_, output) => outputs.push(output),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A notebook of these code cells, with a text before each and one behind them.
    pub fn notebook(cells: &[&str], last: &str) -> Document {
        let text = |source: &str| serde_json::json!({"cell_type": "markdown", "source": source});
        let mut all: Vec<Value> = Vec::new();
        for cell in cells {
            all.extend([text("Words."), serde_json::json!({"cell_type": "code", "source": cell})]);
        }
        all.push(text(last));
        let json = serde_json::json!({"cells": all, "metadata": {}, "nbformat": 4, "nbformat_minor": 5});
        serde_json::from_value(json).unwrap()
    }

    fn document(json: &str) -> Document {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_notebook_survives_reading_and_writing() {
        let json = r##"{"cells": [
            {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Title\nText"},
            {"cell_type": "code", "execution_count": null, "id": "b", "metadata": {}, "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["one\n", "two"]},
                {"output_type": "execute_result", "data": {"text/plain": ["4"]}, "execution_count": 1, "metadata": {}}
            ], "source": ["2 + 2"]}], "metadata": {"x": {"y": 1}}, "nbformat": 4, "nbformat_minor": 5}"##;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ipynb");
        let first = document(json);
        first.write(&path).unwrap();
        assert_eq!(Document::read(&path), Ok(first));
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains("\"execution_count\": null"), "{text}");
        assert!(text.contains("    \"# Title\\n\",\n    \"Text\"\n"), "{text}");
    }

    #[test]
    fn what_is_not_a_notebook_is_one_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ipynb");
        let old = r#"{"cells": [], "metadata": {}, "nbformat": 3, "nbformat_minor": 0}"#;
        for (contents, found) in [("{", "EOF"), ("[]", "invalid"), (old, "nbformat 3")] {
            fs::write(&path, contents).unwrap();
            let error = Document::read(&path).unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::UNREADABLE_NOTEBOOK);
            assert!(error.problems()[0].found.contains(found), "{error}");
        }
    }

    #[test]
    fn the_lines_of_one_stream_become_one_text() {
        let mut outputs = Vec::new();
        for (name, text) in [("stdout", "a\n"), ("stdout", "b\n"), ("stderr", "c\n"), ("stdout", "d\n")] {
            let content = serde_json::json!({"name": name, "text": text});
            Output::of_message("stream", content).unwrap().join(&mut outputs);
        }
        assert_eq!(outputs.len(), 3);
        assert_eq!(outputs[0], Output::Stream { name: "stdout".into(), text: Text("a\nb\n".into()) });
        assert_eq!(Output::of_message("status", serde_json::json!({})), None);
    }

    #[test]
    fn a_picture_has_its_description_as_alternative_text() {
        let of = |data: Value| {
            let content = serde_json::json!({"data": data, "execution_count": 1, "metadata": {}});
            let mut output = Output::of_message("execute_result", content).unwrap();
            output.describe_picture();
            serde_json::to_value(output).unwrap()["metadata"].clone()
        };
        let both =
            of(serde_json::json!({"image/png": "AA", "text/plain": "Look left.\n\nA line, rising.\n"}));
        assert_eq!(both, serde_json::json!({"image/png": {"alt": "A line, rising."}}));
        assert_eq!(of(serde_json::json!({"text/plain": "Look.\n\nText"})), serde_json::json!({}));
    }

    #[test]
    fn a_message_that_cannot_be_read_is_an_error() {
        for (kind, content) in [("error", serde_json::json!({"ename": 1})), ("stream", Value::Null)] {
            let output = Output::of_message(kind, content).unwrap();
            assert!(matches!(output, Output::Error { .. }), "{output:?}");
        }
    }
}
