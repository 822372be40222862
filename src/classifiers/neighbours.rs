//! k nearest neighbours.

use std::ops::RangeInclusive;

use ndarray::Array2;

use super::examples::check_finite;
use super::{Examples, linfa};
use crate::error::{Error, Fault, Place, Result};

/// The neighbours that Rahman et al. settled on.
pub const RAHMAN_NEIGHBOURS: usize = 9;

/// The numbers of neighbours that are chosen from.
pub const NEIGHBOURS: RangeInclusive<usize> = 3..=30;

/// What problems of it are placed at.
const WHAT: &str = "nearest neighbours";

/// Answers with the label that most of the k nearest training rows have.
///
/// T. M. Cover and P. E. Hart, *Nearest neighbor pattern classification*, IEEE Transactions on Information Theory 13,
/// 1967. Distances are Euclidean. If several labels have most votes, the one of them whose row is nearest wins. Which of
/// several rows at the very same distance counts as the nearer is the search's choice, always the same.
#[derive(Debug, Clone)]
pub struct NearestNeighbours {
    training: Examples,
    count: usize,
}

impl NearestNeighbours {
    /// Keeps the training rows.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] unless there are rows with features, a label for each, and the number of neighbours is from 1
    /// to the number of rows.
    pub fn fit(training: Examples, count: usize) -> Result<Self> {
        training.check(WHAT)?;
        if !(1..=training.len()).contains(&count) {
            let expected = format!("from 1 to the {} training rows", training.len());
            return Err(Error::new(
                Fault::BAD_SETTING,
                Place::field("neighbours"),
                expected,
                count.to_string(),
            ));
        }
        Ok(Self { training, count })
    }

    /// k.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// The class of each row.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] if rows have other features than those it was fitted to, or none; [`Fault::NOT_FINITE`].
    pub fn predict(&self, values: &Array2<f64>) -> Result<Vec<usize>> {
        let nearest = neighbours(&self.training.values, values, self.count)?;
        Ok(nearest.iter().map(|rows| most_frequent(&classes(rows, &self.training))).collect())
    }
}

/// The places of the nearest training rows of each point, nearest first.
fn neighbours(training: &Array2<f64>, points: &Array2<f64>, count: usize) -> Result<Vec<Vec<usize>>> {
    check_finite(WHAT, training)?;
    check_finite(WHAT, points)?;
    linfa::nearest(training, points, count)
}

/// The classes of rows.
fn classes(rows: &[usize], of: &Examples) -> Vec<usize> {
    rows.iter().map(|row| of.classes[*row]).collect()
}

/// The class that comes most often; of several, the one that comes first.
fn most_frequent(classes: &[usize]) -> usize {
    let mut votes = vec![0; classes.iter().max().map_or(0, |highest| highest + 1)];
    for class in classes {
        votes[*class] += 1;
    }
    let most = votes.iter().copied().max().unwrap_or(0);
    let first = classes.iter().copied().find(|class| votes[*class] == most);
    first.expect("there is at least one neighbour")
}

/// Chooses k from [`NEIGHBOURS`] for each of several labellings of the same rows, by the right answers on all inner folds
/// together; of several, the smallest.
///
/// `folds` has, for each inner fold and each labelling, the rows that teach and those that validate, scaled.
///
/// # Errors
/// [`Fault::TOO_FEW_TO_SPLIT`] if a fold has fewer training rows than the least number of neighbours.
pub fn choose_neighbours(folds: &[Vec<[Examples; 2]>]) -> Result<Vec<usize>> {
    let fewest = folds.iter().flatten().map(|[training, _]| training.len()).min().unwrap_or(0);
    let most = fewest.min(*NEIGHBOURS.end());
    if most < *NEIGHBOURS.start() {
        let place = Place::field("training part");
        let expected = format!("at least {} rows in each inner fold", NEIGHBOURS.start());
        return Err(Error::new(Fault::TOO_FEW_TO_SPLIT, place, expected, fewest.to_string()));
    }
    let mut right = vec![vec![0; most + 1]; folds[0].len()];
    for labellings in folds {
        let [training, validation] = &labellings[0];
        let nearest = neighbours(&training.values, &validation.values, most)?;
        for ([training, validation], right) in labellings.iter().zip(&mut right) {
            for (rows, class) in nearest.iter().zip(&validation.classes) {
                let classes = classes(rows, training);
                for count in *NEIGHBOURS.start()..=most {
                    right[count] += usize::from(most_frequent(&classes[..count]) == *class);
                }
            }
        }
    }
    let best = |right: Vec<usize>| (*NEIGHBOURS.start()..=most).rev().max_by_key(|count| right[*count]);
    Ok(right.into_iter().map(|right| best(right).unwrap_or(most)).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Scaling;
    use super::super::folds::{InnerFold, inner_folds};
    use super::super::testing::{examples, noise, planted};
    use super::*;

    /// The definition, word for word.
    fn naive(training: &Examples, point: &[f64], count: usize) -> usize {
        let distance = |row: usize| {
            let values = training.values.row(row);
            values.iter().zip(point).map(|(a, b)| (a - b).powi(2)).sum::<f64>()
        };
        let mut rows: Vec<usize> = (0..training.len()).collect();
        rows.sort_by(|a, b| distance(*a).total_cmp(&distance(*b)));
        rows.truncate(count);
        let votes = |class: usize| rows.iter().filter(|row| training.classes[**row] == class).count();
        let mut candidates: Vec<usize> = rows.iter().map(|row| training.classes[*row]).collect();
        // Stable: the nearest of equals stays first.
        candidates.sort_by_key(|class| std::cmp::Reverse(votes(*class)));
        candidates[0]
    }

    #[test]
    fn most_votes_win_and_the_nearest_of_equals() {
        assert_eq!(most_frequent(&[0, 2, 2]), 2);
        assert_eq!(most_frequent(&[2, 0, 0, 2]), 2);
        assert_eq!(most_frequent(&[1, 2, 0]), 1);
    }

    #[test]
    fn more_neighbours_than_rows_are_refused() {
        let training = examples(5, 2, |row, column| noise(row * 2 + column));
        for count in [0, 6] {
            let error = NearestNeighbours::fit(training.clone(), count).unwrap_err();
            assert_eq!(error.problems()[0].fault, Fault::BAD_SETTING);
        }
        assert!(NearestNeighbours::fit(training, 5).is_ok());
    }

    #[test]
    fn rows_of_another_width_are_refused() {
        let model = NearestNeighbours::fit(examples(5, 2, |row, column| noise(row * 2 + column)), 3).unwrap();
        assert!(model.predict(&Array2::zeros((1, 3))).is_err());
    }

    #[test]
    fn the_number_of_neighbours_is_the_best_on_the_inner_folds() {
        let table = planted(60, 4);
        let rows: Vec<usize> = (10..60).collect();
        let participants: Vec<_> = rows.iter().map(|row| table.rows()[*row].participant).collect();
        let folds = inner_folds(&participants, 3).unwrap();
        let sides = |fold: &InnerFold| {
            let of = |places: &[usize]| -> Vec<usize> { places.iter().map(|place| rows[*place]).collect() };
            let scaling = Scaling::learn(&table, &of(&fold.training));
            [&fold.training, &fold.validation].map(|places| scaling.examples(&table, &of(places)))
        };
        let chosen =
            choose_neighbours(&folds.iter().map(|fold| vec![sides(fold)]).collect::<Vec<_>>()).unwrap();
        // Each number tried for itself.
        let right = |count: usize| -> usize {
            let fold_right = |fold: &InnerFold| {
                let [training, validation] = sides(fold);
                let model = NearestNeighbours::fit(training, count).unwrap();
                let found = model.predict(&validation.values).unwrap();
                found.iter().zip(&validation.classes).filter(|(found, genre)| found == genre).count()
            };
            folds.iter().map(fold_right).sum()
        };
        let best = NEIGHBOURS.map(right).max().unwrap();
        assert_eq!(NEIGHBOURS.into_iter().find(|count| right(*count) == best), Some(chosen[0]));
    }

    proptest! {
        #[test]
        fn the_search_is_the_definition(
            values in prop::collection::vec(-1.0..1.0, 60), point in prop::collection::vec(-1.0..1.0, 3),
            count in 1..20_usize,
        ) {
            let training = examples(20, 3, |row, column| values[row * 3 + column]);
            let model = NearestNeighbours::fit(training.clone(), count).unwrap();
            let point_row = Array2::from_shape_vec((1, 3), point.clone()).unwrap();
            prop_assert_eq!(model.predict(&point_row).unwrap(), [naive(&training, &point, count)]);
        }
    }
}
