//! Decimal points and decimal commas.

use crate::error::Fault;

/// The decimal mark of a file: that of its first number with one.
pub(super) struct DecimalMarks {
    commas_are_read: bool,
    first: Option<char>,
}

impl DecimalMarks {
    pub(super) const fn new(commas_are_read: bool) -> Self {
        Self { commas_are_read, first: None }
    }

    /// The number that a text is, or the rule that it breaks.
    pub(super) fn number(&mut self, text: &str) -> Result<f64, Fault> {
        let is_number = |text: &str| text.parse::<f64>().is_ok();
        let pointed = text.replacen(',', ".", 1);
        let mark = match (text.contains('.'), text.contains(',')) {
            (false, false) => None,
            (true, false) if is_number(text) => Some('.'),
            (false, true) if is_number(&pointed) && self.commas_are_read => Some(','),
            // A mark of thousands, or a comma in a file whose columns are separated by commas.
            (_, true) if text.bytes().all(|byte| b"+-.,0123456789eE".contains(&byte)) => {
                return Err(Fault::DECIMAL_MARK);
            }
            _ => return Err(Fault::TEXT_CELL),
        };
        if mark.is_some() && *self.first.get_or_insert(mark.unwrap_or('.')) != mark.unwrap_or('.') {
            return Err(Fault::DECIMAL_MARK);
        }
        match pointed.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            Ok(_) => Err(Fault::NON_FINITE_CELL),
            Err(_) => Err(Fault::TEXT_CELL),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_decimal_mark_is_that_of_the_file() {
        let mut marks = DecimalMarks::new(true);
        let numbers = ["7", "1,5", "-0,25", "1e3", "1,5e-3"].map(|text| marks.number(text));
        assert_eq!(numbers, [7.0, 1.5, -0.25, 1000.0, 0.0015].map(Ok));
        assert_eq!(marks.number("1.5"), Err(Fault::DECIMAL_MARK));
    }

    #[test]
    fn commas_are_ambiguous_where_they_may_be_of_thousands() {
        assert_eq!(DecimalMarks::new(false).number("1,234"), Err(Fault::DECIMAL_MARK));
        for thousands in ["1.234,5", "1,234.5", "1,234,567"] {
            assert_eq!(DecimalMarks::new(true).number(thousands), Err(Fault::DECIMAL_MARK), "{thousands}");
        }
    }

    #[test]
    fn text_and_what_is_not_finite_are_no_numbers() {
        for text in ["n/a", "F7", "", "0x10", "1_000", "1 5", "a,b", "#DIV/0!", "12:30"] {
            assert_eq!(DecimalMarks::new(true).number(text), Err(Fault::TEXT_CELL), "{text}");
        }
        for text in ["nan", "NaN", "inf", "-Infinity", "1e999"] {
            assert_eq!(DecimalMarks::new(true).number(text), Err(Fault::NON_FINITE_CELL), "{text}");
        }
    }
}
