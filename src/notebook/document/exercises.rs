//! The exercises of a notebook: each changes one live cell, and has an answer that is checked.
//!
//! A reader finds them in Markdown cells, so written:
//!
//! ```text
//! Change `const UNITS: usize = 32;` to `const UNITS: usize = 8;`: the cell prints `567 weights`.
//! ```

use super::{Cell, Code, Document, LIVE};

/// How an exercise begins.
const CHANGE: &str = "Change `";

/// One exercise.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::notebook) struct Exercise {
    /// The changed cell.
    pub cell: Code,
    /// What was changed to what.
    pub change: String,
    /// What the cell then prints.
    pub prints: String,
}

impl Document {
    /// Its exercises; else what was expected and found of the first that is none.
    pub fn exercises(&self) -> Result<Vec<Exercise>, (String, String)> {
        let texts = self.cells.iter().filter(|cell| matches!(cell, Cell::Markdown(_))).map(Cell::source);
        texts.flat_map(|text| text.split(CHANGE).skip(1)).map(|rest| self.exercise(rest)).collect()
    }

    /// The exercise whose sentence goes on so behind [`CHANGE`]: three texts in backticks, with the words of an exercise
    /// between them.
    fn exercise(&self, rest: &str) -> Result<Exercise, (String, String)> {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let parts: Vec<&str> = rest.split('`').collect();
        let (from, to, prints) = match parts[..] {
            [from, first, to, second, prints, _, ..]
                if words(first) == "to" && words(second) == ": the cell prints" =>
            {
                (from, to, prints)
            }
            _ => {
                let found = rest.lines().next().unwrap_or_default();
                return Err((
                    "Change `this` to `that`: the cell prints `text`".into(),
                    format!("{CHANGE}{found}"),
                ));
            }
        };
        let is_changed =
            |code: &&Code| code.source().starts_with(LIVE) && code.source().matches(from).count() == 1;
        match self.code().filter(is_changed).collect::<Vec<_>>()[..] {
            [cell] => {
                let mut cell = cell.clone();
                cell.source.0 = cell.source().replace(from, to);
                Ok(Exercise { cell, change: format!("`{from}` to `{to}`"), prints: prints.into() })
            }
            ref cells => {
                Err((format!("`{from}` once in one live cell"), format!("{} such cells", cells.len())))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::notebook::document::tests::notebook;

    const LIVE: &str = "// Live: units.\nlet units = 32;";
    const ANSWER: &str = "Change `let units = 32;` to\n`let units = 8;`: the cell\nprints `8 units`.";

    #[test]
    fn an_exercise_changes_one_live_cell() {
        let exercises = notebook(&[LIVE, "let units = 32;"], ANSWER).exercises().unwrap();
        let [exercise] = &exercises[..] else { panic!("{exercises:?}") };
        assert_eq!(exercise.cell.source(), "// Live: units.\nlet units = 8;");
        assert_eq!(exercise.prints, "8 units");
    }

    #[test]
    fn code_that_no_live_cell_has_once_or_two_have_is_no_exercise() {
        let twice = "// Live: units.\nlet units = 32; let units = 32;";
        for (cells, found) in [(vec!["let units = 32;"], 0), (vec![twice], 0), (vec![LIVE, LIVE], 2)] {
            let (_, cells) = notebook(&cells, ANSWER).exercises().unwrap_err();
            assert_eq!(cells, format!("{found} such cells"));
        }
    }

    #[test]
    fn a_sentence_that_begins_as_an_exercise_and_is_none_is_named() {
        for text in ["Change `a` into `b`: the cell prints `c`.", "Change `a` to `b`.", "Change `a"] {
            assert_eq!(notebook(&[], text).exercises().unwrap_err().1, text);
        }
        assert_eq!(notebook(&["x"], "Change nothing.").exercises(), Ok(Vec::new()));
    }
}
