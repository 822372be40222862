//! Support vector machines, one for each label.

use ndarray::{Array2, ArrayView1};

use super::Examples;
use super::examples::check_finite;
use super::linfa::Machine;
use crate::error::{Error, Fault, Place, Result};
use crate::recordings::Labels;

/// Its name in errors.
const WHAT: &str = "support vector machine";

/// What a row on the wrong side costs: scikit-learn's and LIBSVM's default.
pub const COST: f64 = 1.0;

/// How far the best two candidates for a step may be from optimal: LIBSVM's default.
const TOLERANCE: f64 = 1e-3;

/// One machine against the rest for each label; the answer is the class whose machine is surest.
///
/// C. Cortes and V. Vapnik, *Support-vector networks*, Machine Learning 20, 1995; one-versus-all as Rahman et al. have it.
/// Kernel `exp(-γ ‖x - y‖²)`, γ = 1 / number of features: scikit-learn's `gamma="scale"` for features whose variance
/// is 1. C = 1. The solver is linfa's sequential minimal optimisation, in which nothing is random.
///
/// A label without training rows is never answered.
#[derive(Debug)]
pub struct SupportVectors {
    machines: Vec<(usize, Option<Machine>)>,
    labels: Labels,
    features: usize,
}

impl SupportVectors {
    /// Fits a machine for each label that the training rows have.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] if there are no rows or no features, or not a label for each; [`Fault::NOT_FINITE`] for a value that is not finite.
    pub fn fit(training: &Examples) -> Result<Self> {
        let features = training.values.ncols();
        training.check(WHAT)?;
        check_finite(WHAT, &training.values)?;
        let present = (0..training.labels.count()).filter(|class| training.classes.contains(class));
        let present: Vec<usize> = present.collect();
        let machine = |class: usize| {
            let within = training.classes.iter().map(|other| *other == class).collect();
            Machine::fit(&training.values, within, COST, 1.0 / features as f64, TOLERANCE)
        };
        // There is no rest to tell a single label from.
        let alone = present.len() == 1;
        let machines =
            present.iter().map(|class| Ok((*class, if alone { None } else { Some(machine(*class)?) })));
        Ok(Self { machines: machines.collect::<Result<_>>()?, labels: training.labels.clone(), features })
    }

    /// The class of each row; of several that are equally sure, the lowest.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] if rows have other features than those it was fitted to; [`Fault::NOT_FINITE`] for a value or a
    /// decision that is not finite.
    pub fn predict(&self, values: &Array2<f64>) -> Result<Vec<usize>> {
        if values.ncols() != self.features {
            let expected = format!("rows of {} features", self.features);
            let place = Place::field(WHAT);
            return Err(Error::new(Fault::BAD_SETTING, place, expected, values.ncols().to_string()));
        }
        check_finite(WHAT, values)?;
        (0..).zip(values.rows()).map(|(index, row)| self.answer(index, row)).collect()
    }

    fn answer(&self, index: usize, row: ArrayView1<'_, f64>) -> Result<usize> {
        let decisions = self.decisions(row);
        if let Some((class, value)) = decisions.iter().find(|(_, value)| !value.is_finite()) {
            let place = Place::field(format!("{WHAT}, row {}, {}", index + 1, self.labels[*class]));
            return Err(Error::new(Fault::NOT_FINITE, place, "a finite decision", value.to_string()));
        }
        let surest = decisions.into_iter().reduce(|best, other| if other.1 > best.1 { other } else { best });
        Ok(surest.expect("there is at least one label").0)
    }

    /// What each machine says of a row: above 0 for its class, below for the rest.
    fn decisions(&self, row: ArrayView1<'_, f64>) -> Vec<(usize, f64)> {
        let decision =
            |machine: &Option<Machine>| machine.as_ref().map_or(0.0, |machine| machine.decision(row));
        self.machines.iter().map(|(class, machine)| (*class, decision(machine))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{examples, noise};
    use super::*;

    #[test]
    fn decisions_agree_with_scikit_learn() {
        // tests/classifiers/generate.py
        let value =
            |row: usize, column: usize| noise(row * 6 + column) + if column == row % 3 { 1.0 } else { 0.0 };
        let all = examples(80, 6, value);
        let model = SupportVectors::fit(&all.with_rows(&(0..72).collect::<Vec<_>>())).unwrap();
        let expected = [
            [-0.413_419, -0.404_391, -0.949_333],
            [0.440_509, -0.749_423, -1.364_211],
            [-0.762_65, -1.425_259, 0.886_858],
            [-0.136_373, -0.548_063, -0.974_331],
            [-0.930_396, 0.550_992, -0.997_481],
            [-0.852_4, -1.295_568, 0.869_19],
            [0.130_009, -0.601_904, -0.993_205],
            [-0.927_125, 0.485_69, -0.955_634],
        ];
        for (row, expected) in (72..80).zip(expected) {
            for ((_, found), expected) in model.decisions(all.values.row(row)).into_iter().zip(expected) {
                assert!((found - expected).abs() < 5e-3, "{row}: {found} and not {expected}");
            }
        }
        let rest = all.with_rows(&(72..80).collect::<Vec<_>>());
        assert_eq!(model.predict(&rest.values).unwrap(), [1, 0, 2, 0, 1, 2, 0, 1]);
    }

    #[test]
    fn a_label_that_was_never_seen_is_never_answered() {
        let mut training = examples(20, 2, |row, column| noise(row * 2 + column));
        let points = Array2::from_shape_fn((50, 2), |(row, column)| 3.0 * noise(row * 2 + column + 77));
        training.classes = (0..20).map(|row| if row % 2 == 0 { 2 } else { 0 }).collect();
        let found = SupportVectors::fit(&training).unwrap().predict(&points).unwrap();
        assert!(!found.contains(&1) && found.contains(&2));
        training.classes = vec![1; 20];
        let found = SupportVectors::fit(&training).unwrap().predict(&points).unwrap();
        assert_eq!(found, [1; 50]);
    }

    #[test]
    fn no_rows_and_rows_of_another_width_are_refused() {
        let training = examples(20, 2, |row, column| noise(row * 2 + column));
        let fault = |error: Error| error.problems()[0].fault;
        assert_eq!(fault(SupportVectors::fit(&training.with_rows(&[])).unwrap_err()), Fault::BAD_SETTING);
        assert_eq!(fault(SupportVectors::fit(&training.with_columns(&[])).unwrap_err()), Fault::BAD_SETTING);
        let model = SupportVectors::fit(&training).unwrap();
        assert_eq!(fault(model.predict(&Array2::zeros((1, 3))).unwrap_err()), Fault::BAD_SETTING);
    }
}
