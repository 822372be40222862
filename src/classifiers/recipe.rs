//! From a table and a training part to answers: everything that is learnt is learnt here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::folds::{InnerFold, inner_folds};
use super::neighbours::{NearestNeighbours, RAHMAN_NEIGHBOURS, choose_neighbours};
use super::network::HiddenLayer;
use super::selection::{
    SelectedOn, Selection, floating_forward, minimum_redundancy, rank_by_mutual_information,
};
use super::support_vectors::SupportVectors;
use super::{Examples, Scaling};
use crate::error::{Error, Fault, Place, Result};
use crate::features::FeatureTable;
use crate::recordings::Participant;

/// A kind of classifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Classifier {
    /// [`NearestNeighbours`], their number chosen inside the training part.
    Knn,
    /// [`SupportVectors`].
    Svm,
    /// [`HiddenLayer`].
    Mlp,
}

impl Classifier {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Knn, Self::Svm, Self::Mlp];

    /// Its name in files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Knn => "knn",
            Self::Svm => "svm",
            Self::Mlp => "mlp",
        }
    }

    /// What it is, in words.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Knn => "Nearest neighbours",
            Self::Svm => "Support vectors",
            Self::Mlp => "A network of one hidden layer",
        }
    }
}

impl fmt::Display for Classifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Classifier {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|classifier| classifier.name() == name).ok_or_else(|| {
            let found = format!("{name:?}");
            Error::new(Fault::BAD_SETTING, Place::field("classifier"), "knn, svm or mlp", found)
        })
    }
}

/// A classifier and how its features are selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The classifier.
    pub classifier: Classifier,
    /// How its features are selected; all of them, if nothing.
    pub selection: Option<Selection>,
    /// What they are selected on.
    #[serde(default)]
    pub selected_on: SelectedOn,
}

impl Recipe {
    /// A classifier of all features.
    #[must_use]
    pub const fn of(classifier: Classifier) -> Self {
        Self { classifier, selection: None, selected_on: SelectedOn::TrainingPart }
    }

    /// Learns from the rows of a training part: scales, features, neighbours and weights. `seed` decides the inner folds,
    /// and the network's weights and batches.
    ///
    /// # Errors
    /// - [`Fault::BAD_SETTING`] if a row is not in the table, or no feature or more than there are is to be selected;
    /// - [`Fault::EMPTY_PART`] if there are no rows;
    /// - [`Fault::TOO_FEW_TO_SPLIT`] if they are too few to choose in, or of fewer than two participants;
    /// - those of the classifier.
    pub fn fit(&self, table: &FeatureTable, training: &[usize], seed: u64) -> Result<Trained> {
        Ok(self.fit_each(std::slice::from_ref(table), training, seed)?.remove(0))
    }

    /// As [`Self::fit`], for each of several tables that differ in labels alone. Work that needs no labels is done once.
    ///
    /// # Errors
    /// As [`Self::fit`].
    pub(super) fn fit_each(
        &self,
        tables: &[FeatureTable],
        training: &[usize],
        seed: u64,
    ) -> Result<Vec<Trained>> {
        let Some(first) = tables.first() else { return Ok(Vec::new()) };
        self.check(first, training)?;
        let selected = |table| {
            let columns = match self.selected_on {
                SelectedOn::TrainingPart => self.columns(table, training, seed)?,
                SelectedOn::EveryRow => self.columns(table, &all_rows(table), seed)?,
            };
            Ok((table, columns))
        };
        let selected: Vec<(&FeatureTable, Vec<usize>)> =
            tables.iter().map(selected).collect::<Result<_>>()?;
        let scaling = Scaling::learn(first, training);
        let examples: Vec<Examples> = selected
            .iter()
            .map(|(table, columns)| scaling.examples(table, training).with_columns(columns))
            .collect();
        let models: Vec<Model> = match self.classifier {
            Classifier::Knn => {
                let counts = neighbours_of_each(&selected, training, seed)?;
                let fit = |(examples, count)| NearestNeighbours::fit(examples, count).map(Model::Knn);
                examples.into_iter().zip(counts).map(fit).collect::<Result<_>>()?
            }
            Classifier::Svm => {
                let fit = |examples| SupportVectors::fit(examples).map(Model::Svm);
                examples.iter().map(fit).collect::<Result<_>>()?
            }
            Classifier::Mlp => {
                let networks = HiddenLayer::fit_each(&examples, seed)?;
                networks.into_iter().map(|network| Model::Mlp(Box::new(network))).collect()
            }
        };
        let trained = selected.into_iter().zip(models);
        Ok(trained
            .map(|((_, columns), model)| Trained { scaling: scaling.clone(), columns, model })
            .collect())
    }

    fn check(&self, table: &FeatureTable, training: &[usize]) -> Result<()> {
        check_rows(table, training)?;
        if training.is_empty() {
            let place = Place::field("training part");
            return Err(Error::new(Fault::EMPTY_PART, place, "at least one row", "none"));
        }
        let features = table.names().len();
        match self.selection {
            Some(selection) if !(1..=features).contains(&selection.count()) => {
                let expected = format!("from 1 to the table's {features}");
                let found = selection.count().to_string();
                Err(Error::new(Fault::BAD_SETTING, Place::field("features to select"), expected, found))
            }
            _ => Ok(()),
        }
    }

    /// The features that are selected on these rows, in ascending order but for rankings.
    fn columns(&self, table: &FeatureTable, rows: &[usize], seed: u64) -> Result<Vec<usize>> {
        let examples = || Scaling::learn(table, rows).examples(table, rows);
        match self.selection {
            None => Ok((0..table.names().len()).collect()),
            Some(Selection::MutualInformation { count }) => {
                let mut ranking = rank_by_mutual_information(&examples());
                ranking.truncate(count);
                Ok(ranking)
            }
            Some(Selection::MinimumRedundancy { count }) => Ok(minimum_redundancy(&examples(), count)),
            Some(Selection::FloatingForward { count }) => {
                let folds = inner_folds(&participants(table, rows), seed)?;
                let folds: Vec<[Examples; 2]> = folds.iter().map(|fold| scaled(table, rows, fold)).collect();
                floating_forward(table.names().len(), count, |columns| self.worth(&folds, columns, seed))
            }
        }
    }

    /// The right answers of all inner folds together when a classifier has these features. Neighbours are
    /// [`RAHMAN_NEIGHBOURS`] then: their number is chosen once the features are.
    fn worth(&self, folds: &[[Examples; 2]], columns: &[usize], seed: u64) -> Result<f64> {
        let mut right = 0;
        for [training, validation] in folds {
            let model = Model::fit(self.classifier, training.with_columns(columns), seed)?;
            let predicted = model.predict(&validation.with_columns(columns))?;
            right +=
                predicted.iter().zip(&validation.classes).filter(|(found, class)| found == class).count();
        }
        Ok(right as f64)
    }
}

/// The number of neighbours for each table with its columns. Tables with the same columns share one search.
fn neighbours_of_each(
    selected: &[(&FeatureTable, Vec<usize>)],
    training: &[usize],
    seed: u64,
) -> Result<Vec<usize>> {
    let Some((first, _)) = selected.first() else { return Ok(Vec::new()) };
    let folds = inner_folds(&participants(first, training), seed)?;
    let alike = selected.chunk_by(|one, other| one.1 == other.1);
    let counts = alike.map(|alike| {
        let sides = |fold: &InnerFold| -> Vec<[Examples; 2]> {
            let of = |(table, columns): &(&FeatureTable, Vec<usize>)| {
                scaled(table, training, fold).map(|side| side.with_columns(columns))
            };
            alike.iter().map(of).collect()
        };
        choose_neighbours(&folds.iter().map(sides).collect::<Vec<_>>())
    });
    Ok(counts.collect::<Result<Vec<_>>>()?.concat())
}

/// The two sides of an inner fold, scaled as its training side says.
fn scaled(table: &FeatureTable, rows: &[usize], fold: &InnerFold) -> [Examples; 2] {
    let of = |places: &[usize]| -> Vec<usize> { places.iter().map(|place| rows[*place]).collect() };
    let (training, validation) = (of(&fold.training), of(&fold.validation));
    let scaling = Scaling::learn(table, &training);
    [training, validation].map(|rows| scaling.examples(table, &rows))
}

fn all_rows(table: &FeatureTable) -> Vec<usize> {
    (0..table.rows().len()).collect()
}

fn participants(table: &FeatureTable, rows: &[usize]) -> Vec<Participant> {
    rows.iter().map(|row| table.rows()[*row].participant).collect()
}

fn check_rows(table: &FeatureTable, rows: &[usize]) -> Result<()> {
    let end = table.rows().len();
    match rows.iter().find(|row| **row >= end) {
        None => Ok(()),
        Some(row) => {
            let expected = format!("below the table's {end}");
            Err(Error::new(Fault::BAD_SETTING, Place::field("row"), expected, row.to_string()))
        }
    }
}

/// What has been learnt from a training part.
#[derive(Debug)]
pub struct Trained {
    scaling: Scaling,
    columns: Vec<usize>,
    model: Model,
}

#[derive(Debug)]
enum Model {
    Knn(NearestNeighbours),
    Svm(SupportVectors),
    Mlp(Box<HiddenLayer>),
}

impl Model {
    /// A classifier of examples, with [`RAHMAN_NEIGHBOURS`] if they are neighbours.
    fn fit(classifier: Classifier, training: Examples, seed: u64) -> Result<Self> {
        Ok(match classifier {
            Classifier::Knn => {
                let count = RAHMAN_NEIGHBOURS.min(training.len());
                Self::Knn(NearestNeighbours::fit(training, count)?)
            }
            Classifier::Svm => Self::Svm(SupportVectors::fit(&training)?),
            Classifier::Mlp => Self::Mlp(Box::new(HiddenLayer::fit(&training, seed)?)),
        })
    }

    fn predict(&self, examples: &Examples) -> Result<Vec<usize>> {
        match self {
            Self::Knn(model) => model.predict(&examples.values),
            Self::Svm(model) => model.predict(&examples.values),
            Self::Mlp(model) => model.predict(&examples.values),
        }
    }
}

impl Trained {
    /// The class of each of these rows of a table with the same columns.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] if a row is not in the table, or the table has another number of columns.
    pub fn predict(&self, table: &FeatureTable, rows: &[usize]) -> Result<Vec<usize>> {
        check_rows(table, rows)?;
        let (expected, found) = (self.scaling.columns(), table.names().len());
        if expected != found {
            let expected = format!("the {expected} columns that were learnt from");
            return Err(Error::new(Fault::BAD_SETTING, Place::field("table"), expected, found.to_string()));
        }
        self.model.predict(&self.scaling.examples(table, rows).with_columns(&self.columns))
    }

    /// The columns of the table that are used.
    #[must_use]
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// The number of neighbours that was chosen, if it is of neighbours.
    #[must_use]
    pub const fn neighbours(&self) -> Option<usize> {
        match &self.model {
            Model::Knn(model) => Some(model.count()),
            Model::Svm(_) | Model::Mlp(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::accuracy;
    use super::super::testing::{planted, pure_noise};
    use super::*;
    use crate::recordings::Labels;

    fn classes(table: &FeatureTable, rows: &[usize]) -> Vec<usize> {
        rows.iter().map(|row| table.labels().class(table.rows()[*row].label)).collect()
    }

    #[test]
    fn every_classifier_finds_what_is_planted_in_participants_that_it_has_not_seen() {
        let table = planted(120, 6);
        let (training, test): (Vec<usize>, Vec<usize>) =
            (0..120).partition(|row| table.rows()[*row].participant > Participant::new(2));
        for classifier in Classifier::ALL {
            let trained = Recipe::of(classifier).fit(&table, &training, 0).unwrap();
            let found = trained.predict(&table, &test).unwrap();
            assert!(accuracy(&found, &classes(&table, &test)) > 0.8, "{classifier}");
            assert_eq!(trained.columns(), [0, 1, 2, 3, 4, 5]);
            assert_eq!(trained.neighbours().is_some(), classifier == Classifier::Knn);
        }
    }

    #[test]
    fn every_selection_takes_what_is_planted() {
        // Column 0 and 1 know the label together, the other ten are noise.
        let table = planted(90, 12);
        let rows: Vec<usize> = (0..90).collect();
        for selection in [
            Selection::MutualInformation { count: 2 },
            Selection::MinimumRedundancy { count: 2 },
            Selection::FloatingForward { count: 2 },
        ] {
            let recipe = Recipe { selection: Some(selection), ..Recipe::of(Classifier::Svm) };
            let mut columns = recipe.fit(&table, &rows, 0).unwrap().columns().to_vec();
            columns.sort_unstable();
            assert_eq!(columns, [0, 1], "{selection:?}");
        }
    }

    #[test]
    fn selecting_on_what_is_tested_finds_genres_in_noise() {
        // 1000 features of nothing but noise; each participant's rows are tested once by what the others taught.
        let accuracy_on = |table: &FeatureTable, selected_on| {
            let selection = Some(Selection::MutualInformation { count: 10 });
            let recipe = Recipe { classifier: Classifier::Svm, selection, selected_on };
            let folds = (1..=6).map(|left_out| {
                let (test, training): (Vec<usize>, Vec<usize>) =
                    (0..60).partition(|row| table.rows()[*row].participant == Participant::new(left_out));
                let trained = recipe.fit(table, &training, 0).unwrap();
                accuracy(&trained.predict(table, &test).unwrap(), &classes(table, &test))
            });
            folds.sum::<f64>() / 6.0
        };
        let tables: Vec<FeatureTable> = (2..6).map(|key| pure_noise(60, 1000, key)).collect();
        let mean_accuracy =
            |selected_on| tables.iter().map(|table| accuracy_on(table, selected_on)).sum::<f64>() / 4.0;
        let (honest, leaky) = (mean_accuracy(SelectedOn::TrainingPart), mean_accuracy(SelectedOn::EveryRow));
        // Guessing has 0.33, and a standard error of 0.03 over 240 answers.
        assert!((0.23..0.43).contains(&honest) && leaky > 0.5, "{honest} and {leaky}");
        // scikit-learn's SVC, with the same features, has 0.467 and 0.65 on the first and third of these tables.
        for (table, expected) in [(0, 28.0 / 60.0), (2, 39.0 / 60.0)] {
            let found = accuracy_on(&tables[table], SelectedOn::EveryRow);
            assert!((found - expected).abs() < 1e-9, "{found} and not {expected}");
        }
    }

    #[test]
    fn a_seed_decides_everything_and_what_is_tested_nothing() {
        let table = planted(60, 5);
        let training: Vec<usize> = (0..40).collect();
        let test: Vec<usize> = (40..60).collect();
        let mut other = table.rows().to_vec();
        for row in &mut other[40..] {
            row.values.iter_mut().for_each(|value| *value = value.map(|value| 100.0 - value));
            row.label = Labels::published()[2];
        }
        let other = FeatureTable::new(table.names().to_vec(), other).unwrap();
        for classifier in Classifier::ALL {
            for selection in [None, Some(Selection::MinimumRedundancy { count: 3 })] {
                let recipe = Recipe { selection, ..Recipe::of(classifier) };
                let fit = |table: &FeatureTable| recipe.fit(table, &training, 7).unwrap();
                let answers = fit(&table).predict(&table, &test).unwrap();
                assert_eq!(answers, fit(&table).predict(&table, &test).unwrap());
                assert_eq!(answers, fit(&other).predict(&table, &test).unwrap());
            }
        }
    }

    #[test]
    fn many_labellings_at_once_are_as_each_alone() {
        let table = planted(60, 5);
        let (training, test): (Vec<usize>, Vec<usize>) = (0..60).partition(|row| row % 6 != 1);
        let tables: Vec<FeatureTable> = (0..4).map(|seed| table.with_exchanged_labels(seed)).collect();
        for classifier in Classifier::ALL {
            for selection in [None, Some(Selection::MutualInformation { count: 3 })] {
                let recipe = Recipe { selection, ..Recipe::of(classifier) };
                let together = recipe.fit_each(&tables, &training, 7).unwrap();
                assert_eq!(together.len(), tables.len());
                for (table, together) in tables.iter().zip(together) {
                    let alone = recipe.fit(table, &training, 7).unwrap();
                    assert_eq!(together.columns(), alone.columns());
                    assert_eq!(together.neighbours(), alone.neighbours());
                    assert_eq!(together.predict(table, &test), alone.predict(table, &test));
                }
            }
        }
        let none = Recipe::of(Classifier::Knn).fit_each(&[], &training, 7);
        assert!(none.is_ok_and(|none| none.is_empty()));
    }

    #[test]
    fn what_cannot_be_fitted_is_refused() {
        let table = planted(30, 4);
        let fault = |selection, rows: &[usize]| {
            let recipe = Recipe { selection, ..Recipe::of(Classifier::Knn) };
            recipe.fit(&table, rows, 0).unwrap_err().problems()[0].fault
        };
        assert_eq!(fault(None, &[]), Fault::EMPTY_PART);
        assert_eq!(fault(None, &[0, 30]), Fault::BAD_SETTING);
        for count in [0, 5] {
            assert_eq!(fault(Some(Selection::MutualInformation { count }), &[0, 1, 2]), Fault::BAD_SETTING);
        }
        // Rows 0 and 6 are of one participant.
        assert_eq!(fault(None, &[0, 6]), Fault::TOO_FEW_TO_SPLIT);
        assert_eq!(fault(None, &[0, 1, 2]), Fault::TOO_FEW_TO_SPLIT);
        let trained = Recipe::of(Classifier::Svm).fit(&table, &[0, 1, 2], 0).unwrap();
        assert!(trained.predict(&planted(30, 5), &[0]).is_err() && trained.predict(&table, &[30]).is_err());
    }

    #[test]
    fn rows_without_any_difference_have_an_answer() {
        let same = pure_noise(20, 3, 0);
        let rows = same.rows().iter().cloned().map(|mut row| {
            row.values = vec![Some(1.0), None, Some(0.1)];
            row
        });
        let same = FeatureTable::new(same.names().to_vec(), rows.collect()).unwrap();
        for classifier in Classifier::ALL {
            let trained = Recipe::of(classifier).fit(&same, &(0..20).collect::<Vec<_>>(), 0).unwrap();
            assert_eq!(trained.predict(&same, &[0, 1]).unwrap().len(), 2);
        }
    }

    #[test]
    fn a_recipe_survives_json() {
        let recipe = Recipe {
            classifier: Classifier::Knn,
            selection: Some(Selection::FloatingForward { count: 7 }),
            selected_on: SelectedOn::EveryRow,
        };
        let json = serde_json::to_string(&recipe).unwrap();
        assert_eq!(
            json,
            r#"{"classifier":"knn","selection":{"floating-forward":{"count":7}},"selected_on":"every-row"}"#
        );
        assert_eq!(serde_json::from_str::<Recipe>(&json).unwrap(), recipe);
        for classifier in Classifier::ALL {
            assert_eq!(classifier.name().parse(), Ok(classifier));
        }
    }
}
