//! Rules for committed notebooks: how they are written, and that their outputs belong to the committed cells, records and
//! figures. The check needs neither kernel nor Python.

mod lint;
mod origin;

use std::path::Path;

use serde_json::Value;

use super::document::{Code, Document, Output, notebooks};
use crate::error::{Error, Fault, Place, Problem, Result};
use crate::store::Project;
use lint::lint;
pub(super) use origin::Origin;

/// Places of a machine that mean nothing to a reader, and may say more than its owner wants.
const MACHINE_PATHS: [&str; 6] = ["/home/", "/root/", "/Users/", "/tmp/", "\\Users\\", "/var/folders/"];

/// Checks the notebooks of a project. Returns how many there are.
///
/// # Errors
/// [`Fault::NO_CHECKOUT`]. Every problem of every notebook: [`Fault::UNREADABLE_NOTEBOOK`]; [`Fault::NOTEBOOK_STYLE`] for each rule of writing
/// that a cell breaks; [`Fault::STALE_NOTEBOOK`] where outputs are missing, failed, or do not belong to the committed
/// cells, records or figures; [`Fault::MACHINE_PATH`].
pub fn check(project: &Project) -> Result<usize> {
    let root = project.checkout()?;
    let paths = notebooks(project.notebooks()?)?;
    let checked = paths.iter().map(|path| {
        let document = Document::read(path)?;
        Error::unless_none(problems(path, &document, root)?)
    });
    Error::gather(checked).map(|checked| checked.len())
}

/// The problems of a notebook of a project.
fn problems(path: &Path, document: &Document, root: &Path) -> Result<Vec<Problem>> {
    let at = |field: String| Place { field: Some(field), ..Place::file(path) };
    let mut problems: Vec<Problem> = lint(document)
        .into_iter()
        .map(|broken| Problem::new(Fault::NOTEBOOK_STYLE, at(broken.cell), broken.expected, broken.found))
        .collect();
    let current = Origin::below(root, document)?;
    let stale = |place: Place, expected: &str, found: &str| {
        Problem::new(Fault::STALE_NOTEBOOK, place, expected, found)
    };
    match Origin::of(document) {
        None => problems.push(stale(at("metadata".into()), "what its outputs came from", "nothing")),
        Some(named) => {
            for (field, found, expected) in [
                ("cells", &named.cells, &current.cells),
                ("records", &named.records, &current.records),
                ("figures", &named.figures, &current.figures),
            ] {
                if found != expected {
                    let what = format!("outputs of the committed {field}, {expected}");
                    problems.push(stale(at(field.into()), &what, found));
                }
            }
        }
    }
    for (number, code) in (1..).zip(document.code()) {
        let place = at(format!("code cell {number} `{}`", code.first_line()));
        if code.execution_count != Some(number) {
            let found = code.execution_count.map_or("none".into(), |count| count.to_string());
            problems.push(stale(place.clone(), &format!("execution count {number}"), &found));
        }
        for output in &code.outputs {
            match output {
                Output::Error { evalue, .. } => problems.push(stale(place.clone(), "no error", evalue)),
                Output::Stream { name, text } if name == "stderr" => {
                    let line = text.0.lines().next().unwrap_or_default();
                    problems.push(stale(place.clone(), "nothing on standard error, as progress", line));
                }
                _ => {}
            }
        }
        if let Some(found) = machine_path(code, root) {
            let expected = "no path of the machine that it ran on";
            problems.push(Problem::new(Fault::MACHINE_PATH, place, expected, found));
        }
    }
    Ok(problems)
}

/// The first text of a cell's outputs that holds a path of this or another machine.
fn machine_path(code: &Code, root: &Path) -> Option<String> {
    let root = root.to_string_lossy();
    let texts = code.outputs.iter().flat_map(|output| match output {
        Output::Stream { text, .. } => vec![text.0.clone()],
        Output::DisplayData { data, .. } | Output::ExecuteResult { data, .. } => {
            // Encoded pictures hold no paths, but any letters.
            let texts =
                data.iter().filter(|(kind, _)| !kind.starts_with("image/") || *kind == "image/svg+xml");
            texts.map(|(_, value)| text(value)).collect()
        }
        Output::Error { .. } => Vec::new(),
    });
    texts.into_iter().find_map(|text| {
        let bad = |line: &&str| line.contains(&*root) || MACHINE_PATHS.iter().any(|path| line.contains(path));
        text.lines().find(bad).map(|line| line.trim().chars().take(120).collect())
    })
}

/// The text of an output, which the format allows as one string or as a list of lines.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::lint::tests::{LAST_CELL, notebook};
    use super::*;
    use serde_json::json;

    const FIRST_CELL: &str =
        ":preserve_vars_on_panic 0\n:dep eegenre = { path = \"..\" }\nuse eegenre::notebook::Session;";

    /// A notebook as an update leaves it.
    fn executed() -> Document {
        let mut document = notebook(&[FIRST_CELL, LAST_CELL]);
        for (number, code) in (1..).zip(document.code_mut()) {
            code.execution_count = Some(number);
        }
        let origin = Origin::below(root(), &document).unwrap();
        origin.write_into(&mut document).unwrap();
        document
    }

    /// A project without records and figures.
    fn root() -> &'static Path {
        Path::new("/nowhere/project")
    }

    fn problem(document: &Document) -> Problem {
        let mut problems = problems(Path::new("01.ipynb"), document, root()).unwrap();
        assert_eq!(problems.len(), 1, "{problems:?}");
        problems.remove(0)
    }

    fn with_output(kind: &str, content: Value) -> Document {
        let mut document = executed();
        let output = Output::of_message(kind, content).unwrap();
        document.code_mut().next().unwrap().outputs.push(output);
        document
    }

    #[test]
    fn a_notebook_as_an_update_leaves_it_has_no_problem() {
        assert_eq!(problems(Path::new("01.ipynb"), &executed(), root()), Ok(vec![]));
    }

    #[test]
    fn outputs_name_what_they_came_from() {
        let mut document = executed();
        document.metadata.clear();
        let problem = problem(&document);
        assert_eq!(problem.fault, Fault::STALE_NOTEBOOK);
        assert_eq!(problem.place.to_string(), "01.ipynb, metadata");
    }

    #[test]
    fn outputs_come_from_what_is_committed() {
        for field in ["cells", "records", "figures"] {
            let mut document = executed();
            document.metadata["eegenre"][field] = json!("other");
            let problem = problem(&document);
            assert_eq!(problem.fault, Fault::STALE_NOTEBOOK);
            assert_eq!((problem.place.field.as_deref(), problem.found.as_str()), (Some(field), "other"));
        }
    }

    #[test]
    fn every_cell_was_executed_in_order() {
        let mut document = executed();
        document.code_mut().next().unwrap().execution_count = None;
        let problem = problem(&document);
        assert_eq!((problem.expected.as_str(), problem.found.as_str()), ("execution count 1", "none"));
    }

    #[test]
    fn no_cell_put_out_an_error() {
        let content = json!({"ename": "Error", "evalue": "bad", "traceback": []});
        assert_eq!(problem(&with_output("error", content)).found, "bad");
    }

    #[test]
    fn no_output_holds_progress() {
        let stream = json!({"name": "stderr", "text": "[1/92] training\n"});
        let problem = problem(&with_output("stream", stream));
        assert_eq!((problem.fault, problem.found.as_str()), (Fault::STALE_NOTEBOOK, "[1/92] training"));
    }

    #[test]
    fn no_output_holds_a_path_of_the_machine() {
        for path in ["/home/ada/x", "/root/.cargo/bin", "/nowhere/project/target"] {
            let stream = json!({"name": "stdout", "text": format!("fine\nread {path}\n")});
            let value = json!({"data": {"text/html": [format!("<b>{path}</b>")]}, "execution_count": 1, "metadata": {}});
            for document in [with_output("stream", stream), with_output("execute_result", value)] {
                let problem = problem(&document);
                assert_eq!(problem.fault, Fault::MACHINE_PATH);
                assert!(problem.found.contains(path), "{problem}");
            }
        }
        let picture = json!({"data": {"image/png": "/root/"}, "execution_count": 1, "metadata": {}});
        let document = with_output("execute_result", picture);
        assert_eq!(problems(Path::new("01.ipynb"), &document, root()), Ok(vec![]));
    }
}
