//! Names of participants, stimuli, labels and sessions.

use crate::error::Fault;
use crate::recordings::{LONGEST_NAME, Name};

/// What stands for a cell that has to be filled in: [`init`](super::init) writes it where a folder does not tell.
pub const UNFILLED: &str = "?";

/// A rule that a name breaks, with what was expected in its place.
pub(super) type Flaw = (Fault, &'static str);

/// Whether a text can be a name: 1 to 64 characters, no `/` and no control characters, and not [`UNFILLED`].
pub(super) fn check(name: &str) -> Result<(), Flaw> {
    if name.is_empty() {
        Err((Fault::EMPTY_FIELD, "a name"))
    } else if name == UNFILLED {
        Err((Fault::UNFILLED, "a name in place of the question mark"))
    } else if name.parse::<Name>().is_err() {
        Err((Fault::UNREADABLE_NAME, "1 to 64 characters without / and control characters"))
    } else {
        Ok(())
    }
}

/// A text made a name: what must not be in one is replaced by `-`.
pub(super) fn made_of(text: &str) -> String {
    let cleaned = text.trim().chars().map(|one| if one == '/' || one.is_control() { '-' } else { one });
    let name: String = cleaned.take(LONGEST_NAME).collect();
    if name.is_empty() { UNFILLED.to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_of_one_line() {
        let long = "é".repeat(64);
        for name in ["sub-01", "Für Elise", "1", long.as_str()] {
            assert_eq!(check(name), Ok(()), "{name:?}");
        }
        let fault = |name: &str| check(name).unwrap_err().0;
        assert_eq!(fault(""), Fault::EMPTY_FIELD);
        assert_eq!(fault("?"), Fault::UNFILLED);
        for name in ["n/a", "a\tb", "a\u{7f}", &"x".repeat(65)] {
            assert_eq!(fault(name), Fault::UNREADABLE_NAME, "{name:?}");
        }
    }

    #[test]
    fn any_text_can_be_made_a_name() {
        assert_eq!(["a/b", " ", "x\ty"].map(made_of), ["a-b", "?", "x-y"]);
    }
}
