//! How one knows that a cell has come to its end.
//!
//! The kernel reports a `?` that returned early as success (evcxr 0.22): it writes the error to the error stream, and
//! what follows in the cell is silently left out. So each cell is sent with one more statement, which puts out a mark,
//! or, if it ends in a value, it must put out that value.

use serde_json::{Map, Value};

use crate::notebook::document::Output;

/// The media type of the mark.
const MARK: &str = "application/x-eegenre-end";

/// What the first cell of every notebook puts out, which tells a reader nothing: the kernel's answer to a setting.
const SETTING: &str = "Preserve vars on panic: false\n";

/// What a cell puts out only at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::notebook) enum Ending {
    /// The mark of a statement that was added.
    Mark,
    /// The value that the cell ends in.
    Value,
}

impl Ending {
    /// How the end of a cell shows.
    pub fn of(source: &str) -> Self {
        let code = source.lines().map(without_comment).map(str::trim).rfind(|line| !line.is_empty());
        match code {
            Some(line) if !line.ends_with(';') && !line.starts_with(':') => Self::Value,
            _ => Self::Mark,
        }
    }

    /// The cell as it is sent.
    pub fn code(self, source: &str) -> String {
        match self {
            Self::Mark => {
                format!("{source}\nprintln!(\"EVCXR_BEGIN_CONTENT {MARK}\\n\\nEVCXR_END_CONTENT\");")
            }
            Self::Value => source.to_owned(),
        }
    }

    /// Whether the end was reached. Takes the mark, and the kernel's answer to a setting, out of what the cell put out.
    pub fn reached(self, outputs: &mut Vec<Output>) -> bool {
        match self {
            Self::Mark => {
                let marked = outputs.iter_mut().filter_map(data_mut).any(|data| data.remove(MARK).is_some());
                for data in outputs.iter_mut().filter_map(data_mut) {
                    if data.get("text/plain").is_some_and(|text| text == SETTING) {
                        data.remove("text/plain");
                    }
                }
                outputs.retain_mut(|output| data_mut(output).is_none_or(|data| !data.is_empty()));
                marked
            }
            Self::Value => outputs.iter_mut().any(|output| data_mut(output).is_some()),
        }
    }
}

fn data_mut(output: &mut Output) -> Option<&mut Map<String, Value>> {
    match output {
        Output::ExecuteResult { data, .. } | Output::DisplayData { data, .. } => Some(data),
        Output::Stream { .. } | Output::Error { .. } => None,
    }
}

/// A line up to the comment at its end: two slashes after an even number of quotation marks.
fn without_comment(line: &str) -> &str {
    let comment = line.match_indices("//").find(|(at, _)| line[..*at].matches('"').count().is_multiple_of(2));
    comment.map_or(line, |(at, _)| &line[..at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn result(data: Value) -> Output {
        Output::of_message("execute_result", json!({"data": data, "execution_count": 1, "metadata": {}}))
            .unwrap()
    }

    #[test]
    fn a_cell_ends_in_a_value_or_gets_a_mark() {
        for marked in [
            "let x = 1;",
            "let x = 1; // one\n// two\n\n",
            ":dep eegenre = { path = \"..\" }",
            "use eegenre::reproduction::paper;",
            "",
            "println!(\"http://a\");",
        ] {
            assert_eq!(Ending::of(marked), Ending::Mark, "{marked}");
        }
        for valued in
            ["x", "let x = 1;\nx // one", "figure(\n    &set,\n)", "\"a // b\"", "match x { _ => 1 }"]
        {
            assert_eq!(Ending::of(valued), Ending::Value, "{valued}");
        }
    }

    #[test]
    fn the_mark_is_taken_out_and_its_absence_noticed() {
        let mut outputs = vec![result(json!({MARK: ""}))];
        assert!(Ending::Mark.reached(&mut outputs));
        assert_eq!(outputs, []);
        let mut outputs = vec![result(json!({"text/plain": SETTING, MARK: ""}))];
        assert!(Ending::Mark.reached(&mut outputs));
        assert_eq!(outputs, []);
        let figure = json!({"image/png": "abc"});
        let mut outputs = vec![result(json!({"image/png": "abc", MARK: ""}))];
        assert!(Ending::Mark.reached(&mut outputs));
        assert_eq!(outputs, [result(figure.clone())]);
        assert!(!Ending::Mark.reached(&mut outputs));
        assert!(Ending::Value.reached(&mut vec![result(figure)]));
        let error_stream = Output::of_message("stream", json!({"name": "stderr", "text": "bad"})).unwrap();
        assert!(!Ending::Value.reached(&mut vec![error_stream]));
    }
}
