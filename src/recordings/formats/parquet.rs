//! Parquet tables, as pandas and Polars write them: a column of times, and one of numbers for each channel.
//!
//! Pages may be uncompressed or compressed with snappy, which is pandas' default. Problems name cells as if the table stood
//! in a spreadsheet below its headings. Null at the end of a column ends it early; elsewhere it is a gap.
//!
//! # Memory
//! The number of samples is bounded before they are read. A page is inflated whole by the crate, by the size that the page
//! states, which nothing here bounds: take Parquet files from people whom you trust.

use std::fs::File;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

use super::MAX_SAMPLES;
use super::columns::{Columns, Filled, MAX_COLUMNS, too_large};
use super::signals::Signals;
use crate::error::{Error, Fault, Place, Result};
use crate::recordings::workbook::Problems;

/// Rows that are read at a time.
const BATCH: usize = 4096;

/// Reads the wanted channels of a file.
///
/// # Errors
/// All problems of the file, each with its cell.
pub(super) fn read(path: &Path, wanted: &[String]) -> Result<Signals> {
    let not_parquet =
        |found: String| Error::new(Fault::NOT_PARQUET, Place::file(path), "a Parquet file", found);
    // The crate is not ours. Should it panic on a file that nobody thought of, that file is unreadable and the others
    // are still read.
    catch_unwind(AssertUnwindSafe(|| read_file(path, wanted, &not_parquet)))
        .unwrap_or_else(|_| Err(not_parquet("contents that the Parquet reader stumbles over".to_owned())))
}

fn read_file(path: &Path, wanted: &[String], not_parquet: &dyn Fn(String) -> Error) -> Result<Signals> {
    let file = File::open(path).map_err(|cause| {
        Error::new(Fault::UNREADABLE_FILE, Place::file(path), "a file that can be read", cause.to_string())
    })?;
    let damaged = |cause: ParquetError| not_parquet(cause.to_string());
    let reader = SerializedFileReader::new(file).map_err(damaged)?;
    let metadata = reader.metadata().file_metadata();
    let described = metadata.schema_descr().columns().to_vec();
    let rows = usize::try_from(metadata.num_rows()).unwrap_or(usize::MAX);
    if described.len() > MAX_COLUMNS as usize || rows.saturating_mul(described.len()) > MAX_SAMPLES {
        let expected = format!("at most {MAX_COLUMNS} columns and {MAX_SAMPLES} cells");
        let found = format!("{} columns of {rows} rows", described.len());
        return Err(too_large(Place::file(path), expected, found));
    }
    let mut problems = Problems::new(Place::file(path));
    let mut columns = Columns::new(wanted);
    for (column, described) in (0..).zip(&described) {
        // Headings never break a table off.
        let _ = columns.take((0, column), &Cell::Heading(described.name()), &mut problems);
    }
    for (column, described) in (0..).zip(&described) {
        let bounds = (rows, described.max_def_level());
        let mut row = 1_u32;
        let mut take = |number: Option<f64>| {
            let taken = match number {
                Some(number) => columns.take((row, column), &Cell::Number(number), &mut problems),
                None => ControlFlow::Continue(()),
            };
            row = row.saturating_add(1);
            taken
        };
        if !holds_numbers(described) {
            let _ = columns.take((1, column), &Cell::Other(described), &mut problems);
            continue;
        }
        for group in 0..reader.num_row_groups() {
            let group = reader.get_row_group(group).map_err(damaged)?;
            let read = match group.get_column_reader(column as usize).map_err(damaged)? {
                ColumnReader::Int32ColumnReader(reader) => numbers(reader, bounds, f64::from, &mut take),
                ColumnReader::Int64ColumnReader(reader) => {
                    numbers(reader, bounds, |one| one as f64, &mut take)
                }
                ColumnReader::FloatColumnReader(reader) => numbers(reader, bounds, f64::from, &mut take),
                ColumnReader::DoubleColumnReader(reader) => numbers(reader, bounds, |one| one, &mut take),
                _ => Ok(()),
            };
            read.map_err(damaged)?;
        }
    }
    let signals = columns.finish(&mut problems);
    problems.into_result()?;
    Ok(signals)
}

/// Whether a column holds numbers that mean themselves, one in a row: no dates, no lists, no text.
fn holds_numbers(described: &ColumnDescriptor) -> bool {
    use parquet::basic::{ConvertedType, LogicalType, Type};
    let is_number =
        matches!(described.physical_type(), Type::INT32 | Type::INT64 | Type::FLOAT | Type::DOUBLE);
    let means_itself = matches!(described.logical_type_ref(), None | Some(LogicalType::Integer(_)))
        && !matches!(
            described.converted_type(),
            ConvertedType::DATE
                | ConvertedType::DECIMAL
                | ConvertedType::TIME_MILLIS
                | ConvertedType::TIME_MICROS
                | ConvertedType::TIMESTAMP_MILLIS
                | ConvertedType::TIMESTAMP_MICROS
        );
    is_number && means_itself && described.max_rep_level() == 0
}

/// Reads at most `rows` numbers of a column, and nothing for null: where the level is not the full one.
fn numbers<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    (rows, full): (usize, i16),
    to_number: impl Fn(T::T) -> f64,
    take: &mut impl FnMut(Option<f64>) -> ControlFlow<()>,
) -> Result<(), ParquetError> {
    let mut left = rows;
    while left > 0 {
        let (mut levels, mut values) = (Vec::new(), Vec::new());
        let (records, filled, _) =
            reader.read_records(BATCH.min(left), Some(&mut levels), None, &mut values)?;
        if records == 0 {
            break;
        }
        left -= records.min(left);
        let mut values = values.into_iter();
        for row in 0..records {
            // Levels are missing where no value can be null.
            let is_filled = filled == records || levels.get(row) == Some(&full);
            let number = if is_filled { values.next().map(&to_number) } else { None };
            if take(number).is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}

enum Cell<'a> {
    Heading(&'a str),
    Number(f64),
    Other(&'a ColumnDescriptor),
}

impl Filled for Cell<'_> {
    fn text(&self) -> String {
        match self {
            Self::Heading(name) => name.trim().to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Other(_) => self.describe(),
        }
    }

    fn number(&self) -> Result<f64, Fault> {
        match self {
            Self::Number(number) if number.is_finite() => Ok(*number),
            Self::Number(_) => Err(Fault::NON_FINITE_CELL),
            _ => Err(Fault::TEXT_CELL),
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Heading(name) => format!("the heading {name:?}"),
            Self::Number(number) => format!("the number {number}"),
            Self::Other(described) => format!("a column of {}", described.physical_type()),
        }
    }
}
