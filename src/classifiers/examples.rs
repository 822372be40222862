//! What classifiers see: scaled features and classes.

use ndarray::{Array2, Axis};

use crate::error::{Error, Fault, Place, Result};
use crate::recordings::{Labels, Participant};

/// A row of finite numbers for each signal, the class of its label and its participant.
#[derive(Debug, Clone, PartialEq)]
pub struct Examples {
    /// `[rows, features]`, all finite.
    pub values: Array2<f64>,
    /// The class of each row.
    pub classes: Vec<usize>,
    /// The labels of the classes.
    pub labels: Labels,
    /// Who heard it. Classifiers do not see it; it keeps a participant's rows in one fold.
    pub participants: Vec<Participant>,
}

impl Examples {
    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.classes.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    /// Refuses to learn from no rows, from rows of no features, or of another number of labels or participants.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] at `what`, which learns.
    pub(super) fn check(&self, what: &str) -> Result<()> {
        let (rows, features) = self.values.dim();
        let (classes, participants) = (self.classes.len(), self.participants.len());
        if rows > 0 && features > 0 && classes == rows && participants == rows {
            return Ok(());
        }
        let expected = "rows of at least one feature, each with its label and participant";
        let found =
            format!("{rows} rows of {features} features, {classes} labels, {participants} participants");
        Err(Error::new(Fault::BAD_SETTING, Place::field(what), expected, found))
    }

    /// The same with these features only, in this order.
    #[must_use]
    pub(super) fn with_columns(&self, columns: &[usize]) -> Self {
        Self { values: self.values.select(Axis(1), columns), ..self.clone() }
    }

    /// These rows only, in this order.
    #[cfg(test)]
    pub(super) fn with_rows(&self, rows: &[usize]) -> Self {
        Self {
            values: self.values.select(Axis(0), rows),
            classes: rows.iter().map(|row| self.classes[*row]).collect(),
            labels: self.labels.clone(),
            participants: rows.iter().map(|row| self.participants[*row]).collect(),
        }
    }
}

/// Refuses rows with a value that is not finite: no distance, and so no answer, follows from it. `what` reads them.
pub(super) fn check_finite(what: &str, values: &Array2<f64>) -> Result<()> {
    let Some(((row, column), value)) = values.indexed_iter().find(|(_, value)| !value.is_finite()) else {
        return Ok(());
    };
    let place = Place::field(format!("{what}, row {}, feature {}", row + 1, column + 1));
    Err(Error::new(Fault::NOT_FINITE, place, "a finite value", value.to_string()))
}

/// The part of predictions that are right, from 0 to 1.
#[must_use]
pub fn accuracy(predicted: &[usize], classes: &[usize]) -> f64 {
    let right = predicted.iter().zip(classes).filter(|(predicted, class)| predicted == class).count();
    right as f64 / classes.len() as f64
}

#[cfg(test)]
mod tests {
    use super::super::testing::{examples, noise};
    use super::super::{HiddenLayer, NearestNeighbours, SupportVectors};
    use super::*;

    #[test]
    fn no_classifier_learns_or_answers_from_what_is_not_finite() {
        let sound = examples(20, 2, |row, column| noise(row * 2 + column));
        let refused = |result: Result<Vec<usize>>| {
            let error = result.unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::NOT_FINITE, "{error}");
            assert!(error.to_string().contains("row 4, feature 2: expected a finite value"), "{error}");
        };
        let answer = |training: &Examples, points: &Array2<f64>| -> [Result<Vec<usize>>; 3] {
            [
                NearestNeighbours::fit(training.clone(), 3).and_then(|model| model.predict(points)),
                SupportVectors::fit(training).and_then(|model| model.predict(points)),
                HiddenLayer::fit(training, 0).and_then(|model| model.predict(points)),
            ]
        };
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut spoilt = sound.clone();
            spoilt.values[[3, 1]] = value;
            answer(&spoilt, &sound.values).into_iter().for_each(refused);
            answer(&sound, &spoilt.values).into_iter().for_each(refused);
        }
        // Finite in double precision only, which the network does not have.
        let mut enormous = sound.clone();
        enormous.values[[3, 1]] = 1e300;
        refused(HiddenLayer::fit(&sound, 0).unwrap().predict(&enormous.values));
        refused(HiddenLayer::fit(&enormous, 0).and_then(|model| model.predict(&sound.values)));
    }
}
