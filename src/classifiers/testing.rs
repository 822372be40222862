//! Small tables for tests, whose truth is known.

use ndarray::Array2;

use super::Examples;
use crate::features::{FeatureRow, FeatureTable};
use crate::nn::random::symmetric;
use crate::recordings::{Labels, Participant};

/// Noise by formula, between -1 and 1, the same in Python.
pub(crate) fn noise(index: usize) -> f64 {
    (0.7 * (index as f64).powi(2)).cos()
}

/// Rows of numbers, one label after the other.
pub(crate) fn examples(rows: usize, columns: usize, value: impl Fn(usize, usize) -> f64) -> Examples {
    Examples {
        values: Array2::from_shape_fn((rows, columns), |(row, column)| value(row, column)),
        classes: (0..rows).map(|row| row % 3).collect(),
        labels: Labels::published(),
        participants: (0..rows).map(|row| Participant::new(row as u32)).collect(),
    }
}

/// A table of rows by six participants, two rows of a label after two of another.
pub(crate) fn table(rows: &[&[Option<f64>]]) -> FeatureTable {
    let row = |(index, values): (usize, &&[Option<f64>])| FeatureRow {
        participant: Participant::new(index as u32 % 6 + 1),
        // Not in step with the participants, so that each has heard all.
        label: Labels::published()[(index + index / 6) % 3],
        stimulus: None,
        take: 1,
        band: None,
        recording: index,
        values: values.to_vec(),
    };
    let columns = rows.first().map_or(0, |row| row.len());
    let names = (0..columns).map(|column| format!("feature {column}")).collect();
    FeatureTable::new(names, rows.iter().enumerate().map(row).collect()).unwrap()
}

/// Rows of which column 0 tells classical from the others and column 1 pop from the others, both with noise; the other
/// columns are noise.
pub(crate) fn planted(rows: usize, columns: usize) -> FeatureTable {
    let label = |row: usize| (row + row / 6) % 3;
    let value = |row: usize, column: usize| {
        let known = usize::from(column < 2 && label(row) == 2 * column);
        Some(2.0 * known as f64 + symmetric(1, (row * columns + column) as u64, 1.0))
    };
    of_values(rows, columns, value)
}

/// Rows that know nothing of the label, others for each key.
pub(crate) fn pure_noise(rows: usize, columns: usize, key: u64) -> FeatureTable {
    of_values(rows, columns, |row, column| Some(symmetric(key, (row * columns + column) as u64, 1.0)))
}

fn of_values(rows: usize, columns: usize, value: impl Fn(usize, usize) -> Option<f64>) -> FeatureTable {
    let values: Vec<Vec<Option<f64>>> =
        (0..rows).map(|row| (0..columns).map(|column| value(row, column)).collect()).collect();
    table(&values.iter().map(Vec::as_slice).collect::<Vec<_>>())
}
