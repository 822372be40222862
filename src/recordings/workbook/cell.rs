//! What a cell holds: nothing, a number, a text, or what breaks a rule.

use calamine::DataRef;

use crate::error::Fault;

/// A cell of a sheet: its value, and whether that is the result of a formula.
#[derive(Debug, Clone)]
pub(crate) struct Cell<'a> {
    value: DataRef<'a>,
    formula: Formula,
}

/// Whether a cell has a formula, and whether the result is stored beside it.
///
/// Spreadsheet programs store results; libraries that write workbooks cannot compute them. openpyxl stores none.
/// XlsxWriter stores 0 or an empty text and asks for calculation when the workbook is opened, so a 0 there is none either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Formula {
    None,
    Stored,
    NotComputed,
}

impl<'a> Cell<'a> {
    /// A cell of a workbook that is, or is not, to be calculated when it is opened.
    pub(super) fn new(value: DataRef<'a>, is_formula: bool, calculated_on_opening: bool) -> Self {
        let is_empty = matches!(value, DataRef::Empty) || text(&value).is_some_and(str::is_empty);
        let is_zero =
            matches!(value, DataRef::Int(0)) || matches!(value, DataRef::Float(zero) if zero == 0.0);
        let formula = match is_formula {
            false => Formula::None,
            true if is_empty || (is_zero && calculated_on_opening) => Formula::NotComputed,
            true => Formula::Stored,
        };
        Self { value, formula }
    }

    /// Whether it counts as blank: without a formula, and with nothing in it or text without a visible character.
    pub(crate) fn is_blank(&self) -> bool {
        self.formula == Formula::None
            && (matches!(self.value, DataRef::Empty) || self.text().is_some_and(str::is_empty))
    }

    /// Whether the value is the stored result of a formula.
    pub(super) fn is_result(&self) -> bool {
        self.formula == Formula::Stored
    }

    /// The text without spaces around it.
    pub(crate) fn text(&self) -> Option<&str> {
        text(&self.value)
    }

    /// The number, or the rule that the cell breaks.
    pub(crate) fn number(&self) -> Result<f64, Fault> {
        if self.formula == Formula::NotComputed {
            return Err(Fault::FORMULA_WITHOUT_VALUE);
        }
        match self.value {
            DataRef::Int(number) => Ok(number as f64),
            DataRef::Float(number) if number.is_finite() => Ok(number),
            DataRef::Float(_) => Err(Fault::NON_FINITE_CELL),
            DataRef::Bool(_) => Err(Fault::BOOLEAN_CELL),
            DataRef::Error(_) => Err(Fault::ERROR_CELL),
            DataRef::Empty => Err(Fault::BLANK_CELL),
            DataRef::String(_)
            | DataRef::SharedString(_)
            | DataRef::DateTime(_)
            | DataRef::DateTimeIso(_)
            | DataRef::DurationIso(_) => Err(Fault::TEXT_CELL),
        }
    }

    /// The rule that a cell breaks which should hold something else: `otherwise`, unless nothing was computed.
    pub(crate) fn fault(&self, otherwise: Fault) -> Fault {
        if self.formula == Formula::NotComputed { Fault::FORMULA_WITHOUT_VALUE } else { otherwise }
    }

    /// The cell in words, cut to a length that fits a line.
    pub(crate) fn describe(&self) -> String {
        let shortened = |text: &str| text.chars().take(40).collect::<String>();
        match &self.value {
            DataRef::Int(_) | DataRef::Float(_) if self.formula == Formula::NotComputed => {
                "a formula that was never calculated (the 0 beside it is a placeholder)".to_owned()
            }
            _ if self.formula == Formula::NotComputed => "a formula without a stored value".to_owned(),
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
}

fn text<'a>(value: &'a DataRef<'_>) -> Option<&'a str> {
    match value {
        DataRef::String(text) => Some(text.trim()),
        DataRef::SharedString(text) => Some(text.trim()),
        _ => None,
    }
}
