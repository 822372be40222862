//! The exercises of a notebook are done as a reader would: the changed cell runs in the kernel that has run the others.

use crate::error::{Error, Fault, Place, Problem, Result};
use crate::notebook::document::{Code, Exercise, Output};

/// Runs the changed cell of each exercise with `run`, which returns the problem of a cell that failed.
///
/// # Errors
/// The problem of a cell that failed; [`Fault::WRONG_ANSWER`] for each that prints something else.
pub(super) fn done(
    exercises: Vec<Exercise>,
    mut run: impl FnMut(&mut Code) -> Option<(Fault, String, String)>,
) -> Result<()> {
    let done = exercises.into_iter().map(|Exercise { mut cell, change, prints }| {
        let place = Place::field(format!("exercise {change}"));
        if let Some((fault, expected, found)) = run(&mut cell) {
            return Err(Problem::new(fault, place, expected, found).into());
        }
        let printed = printed(&cell);
        if printed.contains(&prints) {
            return Ok(());
        }
        let expected = format!("the changed cell to print `{prints}`");
        Err(Error::new(Fault::WRONG_ANSWER, place, expected, format!("`{}`", printed.trim())))
    });
    Error::gather(done).map(drop)
}

/// What a cell has printed.
fn printed(code: &Code) -> String {
    let texts = code.outputs.iter().filter_map(|output| match output {
        Output::Stream { name, text } if name == "stdout" => Some(text.0.as_str()),
        _ => None,
    });
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::document::Text;
    use crate::notebook::document::tests::notebook;

    #[test]
    fn the_changed_cell_prints_the_answer_or_the_exercise_is_wrong() {
        let answer = "Change `32` to `8`: the cell prints `8 units`.";
        let exercises = notebook(&["// Live: units.\nlet units = 32;"], answer).exercises().unwrap();
        let run = |prints: &str| {
            done(exercises.clone(), |code: &mut Code| {
                assert_eq!(code.source(), "// Live: units.\nlet units = 8;");
                code.outputs = vec![Output::Stream { name: "stdout".into(), text: Text(prints.into()) }];
                prints.is_empty().then(|| (Fault::CELL_FAILED, "an end".into(), "an error".into()))
            })
        };
        assert_eq!(run("now 8 units\n"), Ok(()));
        for (prints, fault) in [("now 9 units\n", Fault::WRONG_ANSWER), ("", Fault::CELL_FAILED)] {
            assert_eq!(run(prints).unwrap_err().problems()[0].fault, fault);
        }
    }
}
