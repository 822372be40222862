//! What classifiers see: scaled features and genres.

use ndarray::{Array2, Axis};

use crate::recordings::{Genre, Participant};

/// A row of finite numbers for each signal, its genre and its participant.
#[derive(Debug, Clone, PartialEq)]
pub struct Examples {
    /// `[rows, features]`, all finite.
    pub values: Array2<f64>,
    /// The label of each row.
    pub genres: Vec<Genre>,
    /// Who heard it. Classifiers do not see it; it keeps a participant's rows in one fold.
    pub participants: Vec<Participant>,
}

impl Examples {
    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.genres.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.genres.is_empty()
    }

    /// The same with these features only, in this order.
    #[must_use]
    pub fn with_columns(&self, columns: &[usize]) -> Self {
        Self { values: self.values.select(Axis(1), columns), ..self.clone() }
    }

    /// These rows only, in this order.
    #[must_use]
    pub fn with_rows(&self, rows: &[usize]) -> Self {
        Self {
            values: self.values.select(Axis(0), rows),
            genres: rows.iter().map(|row| self.genres[*row]).collect(),
            participants: rows.iter().map(|row| self.participants[*row]).collect(),
        }
    }
}

/// The part of predictions that are right, from 0 to 1.
#[must_use]
pub fn accuracy(predicted: &[Genre], genres: &[Genre]) -> f64 {
    let right = predicted.iter().zip(genres).filter(|(predicted, genre)| predicted == genre).count();
    right as f64 / genres.len() as f64
}
