//! Putting features on one scale, as learnt from the training part alone.

use ndarray::Array2;

use super::Examples;
use crate::features::FeatureTable;

/// The furthest that a value may lie from the mean, in standard deviations.
pub const FARTHEST: f64 = 1e6;

/// The mean and the standard deviation of each feature over some rows: `z = (x - x̄) / s`, `s = √(Σ (x - x̄)² / n)`.
///
/// A value that is absent becomes 0, which is the mean: it speaks for no label. A feature that is the same in all rows
/// that it was learnt from, or absent in all, becomes 0 everywhere. What lies further out than [`FARTHEST`] is put there,
/// so that squares of distances stay finite.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaling {
    columns: Vec<(f64, f64)>,
}

impl Scaling {
    /// Learns from the given rows of a table.
    #[must_use]
    pub fn learn(table: &FeatureTable, rows: &[usize]) -> Self {
        let column = |column: usize| {
            let values = rows.iter().filter_map(|row| table.rows()[*row].values[column]);
            let values: Vec<f64> = values.collect();
            let centre = values.iter().sum::<f64>() / values.len() as f64;
            let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
            let spread = (squares / values.len() as f64).sqrt();
            let constant = values.windows(2).all(|pair| pair[0] == pair[1]);
            // Nothing is divided by infinity but to become 0.
            if constant || !spread.is_finite() { (0.0, f64::INFINITY) } else { (centre, spread) }
        };
        Self { columns: (0..table.names().len()).map(column).collect() }
    }

    /// How many features it knows.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns.len()
    }

    /// The given rows of a table, scaled.
    #[must_use]
    pub fn examples(&self, table: &FeatureTable, rows: &[usize]) -> Examples {
        let scaled = |(row, column): (usize, usize)| {
            let (centre, spread) = self.columns[column];
            let value = table.rows()[rows[row]].values[column].map(|value| (value - centre) / spread);
            value.map_or(0.0, |value| value.clamp(-FARTHEST, FARTHEST))
        };
        let values = Array2::from_shape_fn((rows.len(), self.columns.len()), scaled);
        let members = || rows.iter().map(|row| &table.rows()[*row]);
        let labels = table.labels();
        Examples {
            values,
            classes: members().map(|row| labels.class(row.label)).collect(),
            labels,
            participants: members().map(|row| row.participant).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::super::testing::table;
    use super::*;

    #[test]
    fn what_was_learnt_from_has_mean_nought_and_spread_one_and_the_rest_follows() {
        let table = table(&[&[Some(1.0)], &[Some(3.0)], &[Some(8.0)]]);
        let scaling = Scaling::learn(&table, &[0, 1]);
        assert_eq!(scaling.examples(&table, &[0, 1, 2]).values, array![[-1.0], [1.0], [6.0]]);
    }

    #[test]
    fn what_is_absent_or_constant_says_nothing() {
        let table = table(&[
            &[Some(1.0), None, Some(0.25), Some(1.0)],
            &[None, None, Some(0.25), Some(-1e200)],
            &[Some(3.0), Some(5.0), Some(0.75), Some(2.0)],
        ]);
        let scaling = Scaling::learn(&table, &[0, 1]);
        // One value is constant too.
        assert_eq!(scaling.examples(&table, &[0, 1, 2]).values, Array2::<f64>::zeros((3, 4)));
        let scaling = Scaling::learn(&table, &[0, 2]);
        assert_eq!(scaling.examples(&table, &[1]).values.row(0).to_vec(), [0.0, 0.0, -1.0, -FARTHEST]);
    }
}
