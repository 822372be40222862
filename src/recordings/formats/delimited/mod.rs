//! Tables of numbers as text: commas, semicolons or tabs between them, decimal points or decimal commas.
//!
//! ```text
//! Time;F7 (uV);F8 (uV)
//! 0;1,5;-0,25
//! 0,004;1,25;0
//! ```
//!
//! A `.tsv` file has tabs. In a `.csv` file the first line says what is between columns: tabs if it has any, else
//! semicolons, else commas. Decimal commas are read where columns are not separated by commas.

mod decimal;

use std::path::Path;

use csv::ReaderBuilder;

use super::MAX_SAMPLES;
use super::columns::{Columns, Filled, MAX_COLUMNS, too_large};
use super::lines::Lines;
use super::signals::Signals;
use super::text;
use crate::error::{Error, Fault, Place, Result};
use crate::recordings::workbook::Problems;
use decimal::DecimalMarks;

/// Reads the wanted channels of a text file.
///
/// # Errors
/// All problems of the file, each with its cell as a spreadsheet would name it: `C14` is the third column in line 14.
pub(super) fn read(path: &Path, wanted: &[String]) -> Result<Signals> {
    let text = text::read(path)?;
    let delimiter = delimiter(path, &text);
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut problems = Problems::new(Place::file(path));
    let mut columns = Columns::new(wanted);
    let mut marks = DecimalMarks::new(delimiter != b',');
    let mut filled = 0_usize;
    let mut line = csv::StringRecord::new();
    let mut lines = Lines::of(&text);
    // Blank lines at the top are no rows.
    let mut first_line = None;
    loop {
        match reader.read_record(&mut line) {
            Ok(false) => break,
            Ok(true) => {}
            Err(cause) => {
                return Err(Error::new(
                    Fault::UNREADABLE_FILE,
                    Place::file(path),
                    "a table",
                    cause.to_string(),
                ));
            }
        }
        let number = lines.line_of(&line);
        let row = u32::try_from(number - *first_line.get_or_insert(number)).unwrap_or(u32::MAX - 1);
        for (column, text) in (0..).zip(&line) {
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            filled += 1;
            if column >= MAX_COLUMNS || filled > MAX_SAMPLES {
                let place = Place::file(path).line(number);
                let expected = format!("at most {MAX_COLUMNS} columns and {MAX_SAMPLES} filled cells");
                return Err(too_large(place, expected, "more"));
            }
            let field = Field { text, number: marks.number(text) };
            if columns.take((row, column), &field, &mut problems).is_break() {
                break;
            }
        }
    }
    let signals = columns.finish(&mut problems);
    problems.into_result()?;
    Ok(signals)
}

/// What separates columns, by the name of the file and what stands outside quotes in the first line.
pub(crate) fn delimiter(path: &Path, text: &str) -> u8 {
    let is_tsv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tsv"));
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let has = |separator: char| first.split('"').step_by(2).any(|outside| outside.contains(separator));
    match (is_tsv || has('\t'), has(';')) {
        (true, _) => b'\t',
        (false, true) => b';',
        (false, false) => b',',
    }
}

struct Field<'a> {
    text: &'a str,
    number: Result<f64, Fault>,
}

impl Filled for Field<'_> {
    fn text(&self) -> String {
        self.text.to_owned()
    }

    fn number(&self) -> Result<f64, Fault> {
        self.number
    }

    fn describe(&self) -> String {
        format!("{:?}", self.text.chars().take(40).collect::<String>())
    }
}

#[cfg(test)]
mod tests;
