//! What a cell holds: nothing, a number, a text, or what breaks a rule.

use calamine::DataRef;

use crate::error::Fault;

/// Whether a cell counts as blank: nothing in it, or text without a visible character.
pub(crate) fn is_blank(value: &DataRef<'_>) -> bool {
    matches!(value, DataRef::Empty) || text(value).is_some_and(str::is_empty)
}

/// A cell's text without spaces around it.
pub(crate) fn text<'a>(value: &'a DataRef<'_>) -> Option<&'a str> {
    match value {
        DataRef::String(text) => Some(text.trim()),
        DataRef::SharedString(text) => Some(text.trim()),
        _ => None,
    }
}

/// A cell's number, or the rule that it breaks.
pub(crate) fn number(value: &DataRef<'_>) -> Result<f64, Fault> {
    match *value {
        DataRef::Int(number) => Ok(number as f64),
        DataRef::Float(number) if number.is_finite() => Ok(number),
        DataRef::Float(_) => Err(Fault::NonFiniteCell),
        DataRef::Bool(_) => Err(Fault::BooleanCell),
        DataRef::Error(_) => Err(Fault::ErrorCell),
        DataRef::Empty => Err(Fault::BlankCell),
        DataRef::String(_)
        | DataRef::SharedString(_)
        | DataRef::DateTime(_)
        | DataRef::DateTimeIso(_)
        | DataRef::DurationIso(_) => Err(Fault::TextCell),
    }
}

/// A cell in words, cut to a length that fits a line.
pub(crate) fn describe(value: &DataRef<'_>) -> String {
    let shortened = |text: &str| text.chars().take(40).collect::<String>();
    match value {
        DataRef::Int(number) => format!("the number {number}"),
        DataRef::Float(number) => format!("the number {number}"),
        DataRef::Bool(boolean) => format!("the boolean {}", boolean.to_string().to_uppercase()),
        DataRef::Error(error) => format!("the error value {error}"),
        DataRef::Empty => "a blank cell".to_owned(),
        DataRef::String(text) => format!("the text {:?}", shortened(text)),
        DataRef::SharedString(text) => format!("the text {:?}", shortened(text)),
        DataRef::DateTime(date) => format!("a date or duration ({})", date.as_f64()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            format!("a date or duration ({})", shortened(text))
        }
    }
}
