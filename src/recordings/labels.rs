//! The labels of a study, and the classes that networks and classifiers have of them.

use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

use super::{Genre, Label};

/// The most labels that a study may have.
pub const MOST_LABELS: usize = 64;

/// The labels of a study in natural order. A label's place is its class: the number of the output that stands for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Label>", into = "Vec<Label>")]
pub struct Labels(Arc<[Label]>);

impl Labels {
    /// All that occur.
    pub fn of(labels: impl IntoIterator<Item = Label>) -> Self {
        let mut labels: Vec<Label> = labels.into_iter().collect();
        labels.sort_unstable();
        labels.dedup();
        Self(labels.into())
    }

    /// The genres of the published study.
    #[must_use]
    pub fn published() -> Self {
        static LABELS: LazyLock<Labels> = LazyLock::new(|| Labels::of(Genre::ALL.map(Label::from)));
        LABELS.clone()
    }

    /// Whether they are the genres of the published study.
    #[must_use]
    pub fn are_published(&self) -> bool {
        *self == Self::published()
    }

    /// How many classes there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The class of a label of the study.
    ///
    /// # Panics
    /// If the study has no such label.
    #[must_use]
    pub fn class(&self, label: Label) -> usize {
        self.find(label).unwrap_or_else(|| panic!("{label} is no label of this study"))
    }

    /// The class of a label, if the study has it.
    #[must_use]
    pub fn find(&self, label: Label) -> Option<usize> {
        // Labels are few, and their natural order takes longer to compare than whether they are equal.
        self.0.iter().position(|own| *own == label)
    }

    /// The label of a class, if there is such a class.
    #[must_use]
    pub fn get(&self, class: usize) -> Option<Label> {
        self.0.get(class).copied()
    }

    /// The labels, class after class.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Label> + Clone + '_ {
        self.0.iter().copied()
    }
}

impl TryFrom<Vec<Label>> for Labels {
    type Error = String;

    /// Refuses another order: places are outputs, and sorting would give outputs to other labels.
    fn try_from(labels: Vec<Label>) -> Result<Self, String> {
        let sorted = Self::of(labels.iter().copied());
        if *sorted.0 == labels[..] {
            Ok(sorted)
        } else {
            Err("labels in natural order, each once: places are outputs".to_owned())
        }
    }
}

impl From<Labels> for Vec<Label> {
    fn from(labels: Labels) -> Self {
        labels.0.to_vec()
    }
}

impl std::ops::Index<usize> for Labels {
    type Output = Label;

    fn index(&self, class: usize) -> &Label {
        &self.0[class]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_a_file_are_never_moved_to_other_outputs() {
        assert!(serde_json::from_str::<Labels>(r#"["left", "rest"]"#).is_ok());
        for wrong in [r#"["rest", "left"]"#, r#"["left", "left"]"#] {
            assert!(serde_json::from_str::<Labels>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn classes_are_places_in_natural_order() {
        let labels = Labels::of(["x10", "x9", "x10", "a"].map(|text| text.parse().unwrap()));
        assert_eq!(labels.iter().map(Label::as_str).collect::<Vec<_>>(), ["a", "x9", "x10"]);
        assert_eq!((labels.count(), labels.class(labels[2])), (3, 2));
        assert_eq!((labels.find("b".parse().unwrap()), labels.get(3)), (None, None));
    }
}
