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
/// are new. Rows of a single participant are dealt one by one.
///
/// # Errors
/// [`Fault::TOO_FEW_TO_SPLIT`] for fewer than two rows.
pub fn inner_folds(participants: &[Participant], seed: u64) -> Result<Vec<InnerFold>> {
    let is_single = participants.iter().all(|participant| *participant == participants[0]);
    // What stays together: all rows of a participant, or each row of the only one.
    let unit = |row: usize| (participants[row], if is_single { row } else { 0 });
    let mut order: Vec<(Participant, usize)> = (0..participants.len()).map(unit).collect();
    order.sort_unstable();
    order.dedup();
    if order.len() < 2 {
        let place = Place::field("rows of the training part");
        let found = order.len().to_string();
        return Err(Error::new(Fault::TOO_FEW_TO_SPLIT, place, "at least 2", found));
    }
    Shuffler::new(seed, STREAM).shuffle(&mut order);
    let count = INNER_FOLDS.min(order.len());
    let groups: BTreeMap<(Participant, usize), usize> =
        order.into_iter().enumerate().map(|(place, unit)| (unit, place % count)).collect();
    let rows = |keep: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..participants.len()).filter(|row| keep(groups[&unit(*row)])).collect()
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
    fn rows_of_one_participant_are_dealt_and_one_row_is_refused() {
        let folds = inner_folds(&[Participant::new(1); 4], 0).unwrap();
        assert!(folds.len() == 4 && folds.iter().all(|fold| fold.validation.len() == 1));
        let error = inner_folds(&[Participant::new(1)], 0).unwrap_err();
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
                let is_single = of(&(0..participants.len()).collect::<Vec<_>>()).len() == 1;
                prop_assert!(is_single || of(&fold.training).is_disjoint(&of(&fold.validation)));
                prop_assert!(!fold.training.is_empty() && !fold.validation.is_empty());
            }
        }
    }
}
