//! The classifiers that Rahman et al. gave their features to (IJCNN 2020; paper, section 3.4).
//!
//! ```text
//! FeatureTable ──┐
//!                ├─► Recipe::fit ─► Trained ─► predict ─► labels
//! training rows ─┘   │
//!                    ├─ Selection   which features
//!                    ├─ Scaling     mean 0, standard deviation 1
//!                    └─ Classifier  knn (how many: on inner folds) | svm | mlp
//! ```
//!
//! Everything that is learnt is learnt from the training rows alone: the scale, the features, the number of neighbours,
//! the weights. Choices are made on inner folds of whole participants. The one exception says so:
//! [`SelectedOn::EveryRow`].
//!
//! | | by | settings |
//! |---|---|---|
//! | [`NearestNeighbours`] | linfa-nn | k from 3 to 30 |
//! | [`SupportVectors`] | linfa-svm | one against the rest, C = 1, γ = 1 / features |
//! | [`HiddenLayer`] | dfdx, as all networks here | 30 hidden units, Adam |
//!
//! Why linfa and not smartcore: linfa computes support vectors by sequential minimal optimisation, in milliseconds. smartcore
//! uses two passes of an approximate solver with a random order, and takes sixty times as long. A floating selection needs
//! thousands of such fits.
//!
//! # For null distributions
//! A recipe is fitted to many labellings of the same rows at once: neighbours are searched once, networks trained side by
//! side. The classifiers of [`baselines`](crate::classifiers::trials::baselines) do all that needs no labels once, and then answer for
//! any labels of their training rows: ridge regression, discriminant analysis and logistic regression decompose or factor
//! their rows once, templates multiply courses once. Matrices are decomposed by nalgebra. Trees grow anew. Values of the
//! first three agree with scikit-learn's.
//!
//! # Example
//! ```
//! # fn main() -> eegenre::Result<()> {
//! use eegenre::classifiers::{Classifier, Recipe, accuracy};
//! use eegenre::features::FeatureTable;
//! use eegenre::recordings::synthetic::{self, Settings};
//!
//! # let settings = Settings::default();
//! # let set = synthetic::generate(&settings)?;
//! # use eegenre::recordings::Participant;
//! # let few = |recording: &&eegenre::recordings::Recording| recording.participant <= Participant::new(6);
//! # let short = set.recordings().iter().filter(few).cloned().map(|mut recording| {
//! #     recording.samples.truncate(200);
//! #     recording
//! # });
//! # let set = eegenre::recordings::DataSet::new(short.collect())?;
//! let table = FeatureTable::of(&set);
//! let rows = 0..table.rows().len();
//! let (test, training): (Vec<usize>, Vec<usize>) =
//!     rows.partition(|row| table.rows()[*row].participant == Participant::new(1));
//!
//! let trained = Recipe::of(Classifier::Knn).fit(&table, &training, 0)?;
//! let answers = trained.predict(&table, &test)?;
//! let labels = table.labels();
//! let classes: Vec<usize> = test.iter().map(|row| labels.class(table.rows()[*row].label)).collect();
//! println!("{} of participant 1", accuracy(&answers, &classes));
//! # Ok(())
//! # }
//! ```

mod discriminant;
mod examples;
mod folds;
mod linfa;
mod logistic;
mod nalgebra;
mod neighbours;
mod network;
mod recipe;
mod relabelled;
mod ridge;
mod scaling;
mod selection;
mod support_vectors;
mod template;
#[cfg(test)]
mod testing;
mod trees;
pub mod trials;

pub(crate) use discriminant::Discriminant;
pub use examples::{Examples, accuracy};
pub use folds::INNER_FOLDS;
pub(crate) use logistic::Logistic;
pub use neighbours::{NEIGHBOURS, NearestNeighbours, RAHMAN_NEIGHBOURS};
pub use network::{HIDDEN, HiddenLayer, TRAINING};
pub use recipe::{Classifier, Recipe, Trained};
pub(crate) use relabelled::{Relabelled, Scaled, highest};
pub(crate) use ridge::Ridge;
pub use scaling::FARTHEST;
use scaling::Scaling;
pub use selection::{
    BINS, SelectedOn, Selection, floating_forward, minimum_redundancy, mutual_information,
    rank_by_mutual_information,
};
pub use support_vectors::{COST, SupportVectors};
pub(crate) use template::Template;
pub(crate) use trees::ExtraTrees;
