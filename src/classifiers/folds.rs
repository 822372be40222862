//! Parts of the training part, to choose by, that no participant is in two of.

use std::collections::BTreeMap;

use crate::error::{Error, Fault, Place, Result};
use crate::evaluation::shuffle::Shuffler;
use crate::recordings::Participant;

/// Parts into which a training part is dealt for choices within it.
pub const INNER_FOLDS: usize = 5;

/// The stream of random numbers; splits use small ones.
const STREAM: u64 = 1 << 32;

/// Rows to learn from, and rows to judge by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InnerFold {
    /// Rows to learn from, ascending.
    pub training: Vec<usize>,
    /// The other rows, ascending: all those of some participants.
    pub validation: Vec<usize>,
}

/// Deals participants, in random order, into [`INNER_FOLDS`] groups, or into as many as there are participants if these
/// are fewer. Each group validates once.
///
/// Without grouping, choices would be made by how well a participant is recognised, which says nothing of those who
/// are new.
///
/// # Errors
/// [`Fault::TOO_FEW_TO_SPLIT`] if the rows are of fewer than two participants.
pub fn inner_folds(participants: &[Participant], seed: u64) -> Result<Vec<InnerFold>> {
    let mut order: Vec<Participant> = participants.to_vec();
    order.sort_unstable();
    order.dedup();
    if order.len() < 2 {
        let place = Place::field("participants of the training part");
        let found = order.len().to_string();
        return Err(Error::new(Fault::TOO_FEW_TO_SPLIT, place, "at least 2", found));
    }
    Shuffler::new(seed, STREAM).shuffle(&mut order);
    let count = INNER_FOLDS.min(order.len());
    let groups: BTreeMap<Participant, usize> =
        order.into_iter().enumerate().map(|(place, participant)| (participant, place % count)).collect();
    let rows = |keep: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..participants.len()).filter(|row| keep(groups[&participants[*row]])).collect()
    };
    let fold =
        |fold| InnerFold { training: rows(&|group| group != fold), validation: rows(&|group| group == fold) };
    Ok((0..count).map(fold).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_participant_cannot_be_dealt() {
        let error = inner_folds(&[Participant::new(1); 4], 0).unwrap_err();
        assert_eq!(error.problems()[0].fault, Fault::TOO_FEW_TO_SPLIT);
        assert_eq!(inner_folds(&[1, 2, 1].map(Participant::new), 0).unwrap().len(), 2);
    }

    proptest! {
        #[test]
        fn each_row_validates_once_and_no_participant_is_on_both_sides(
            participants in prop::collection::vec((1..9_u32).prop_map(Participant::new), 2..40), seed: u64,
        ) {
            let Ok(folds) = inner_folds(&participants, seed) else { return Ok(()) };
            prop_assert_eq!(&folds, &inner_folds(&participants, seed).unwrap());
            let mut validated: Vec<usize> = folds.iter().flat_map(|fold| fold.validation.clone()).collect();
            validated.sort_unstable();
            prop_assert_eq!(validated, (0..participants.len()).collect::<Vec<_>>());
            for fold in &folds {
                prop_assert_eq!(fold.training.len() + fold.validation.len(), participants.len());
                let of = |rows: &[usize]| -> BTreeSet<Participant> {
                    rows.iter().map(|row| participants[*row]).collect()
                };
                prop_assert!(of(&fold.training).is_disjoint(&of(&fold.validation)));
                prop_assert!(!fold.training.is_empty() && !fold.validation.is_empty());
            }
        }
    }
}
