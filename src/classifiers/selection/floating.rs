//! Sequential floating forward selection.

use crate::error::Result;

/// The best set of each size that was met, with its worth.
type Best = Vec<Option<(f64, Vec<usize>)>>;

/// Of `features` features, at most `count` whose worth together is greatest, as far as this search finds them.
///
/// P. Pudil, J. Novovičová and J. Kittler, *Floating search methods in feature selection*, Pattern Recognition Letters 15,
/// 1994. The feature that helps most is added; then, as long as that makes a set worth more than the best of its size so
/// far, the one that helps least is taken away. Of sets of equal worth, the first that was met counts, so the smaller; of
/// features, the first. The result is in ascending order.
///
/// # Errors
/// Those of `worth`, which is asked for the worth of sets, each in ascending order.
pub fn floating_forward(
    features: usize,
    count: usize,
    mut worth: impl FnMut(&[usize]) -> Result<f64>,
) -> Result<Vec<usize>> {
    let count = count.min(features);
    let mut best: Best = vec![None; count + 1];
    let mut current: Vec<usize> = Vec::new();
    while current.len() < count {
        let without = (0..features).filter(|feature| !current.contains(feature));
        let candidates = without.map(|feature| {
            let mut set = current.clone();
            set.push(feature);
            set.sort_unstable();
            set
        });
        let Some(added) = best_candidate(candidates, &mut worth)? else { break };
        // A set that the search came down to and up again to may be worth less than what it left.
        current = keep(&mut best, added);
        while current.len() > 2 {
            let candidates =
                current.iter().map(|feature| without_one(&current, *feature)).collect::<Vec<_>>();
            let Some(reduced) = best_candidate(candidates.into_iter(), &mut worth)? else { break };
            let known = best[reduced.1.len()].as_ref().map_or(f64::NEG_INFINITY, |(worth, _)| *worth);
            if reduced.0 <= known {
                break;
            }
            current = keep(&mut best, reduced);
        }
    }
    let met = best.into_iter().flatten();
    let greatest = met.reduce(|best, other| if other.0 > best.0 { other } else { best });
    Ok(greatest.map_or_else(Vec::new, |(_, set)| set))
}

fn without_one(set: &[usize], feature: usize) -> Vec<usize> {
    set.iter().copied().filter(|other| *other != feature).collect()
}

/// The set of the greatest worth, the first of equals.
fn best_candidate(
    sets: impl Iterator<Item = Vec<usize>>,
    worth: &mut impl FnMut(&[usize]) -> Result<f64>,
) -> Result<Option<(f64, Vec<usize>)>> {
    let mut best: Option<(f64, Vec<usize>)> = None;
    for set in sets {
        let worth = worth(&set)?;
        if best.as_ref().is_none_or(|(most, _)| worth > *most) {
            best = Some((worth, set));
        }
    }
    Ok(best)
}

/// Remembers a set if it is the best of its size; gives the best of its size.
fn keep(best: &mut Best, (worth, set): (f64, Vec<usize>)) -> Vec<usize> {
    let place = &mut best[set.len()];
    if place.as_ref().is_none_or(|(known, _)| worth > *known) {
        *place = Some((worth, set));
    }
    place.as_ref().map_or_else(Vec::new, |(_, set)| set.clone())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all_sets(features: usize, count: usize) -> impl Iterator<Item = Vec<usize>> {
        (1..1_usize << features)
            .map(move |bits| (0..features).filter(|feature| bits >> feature & 1 == 1).collect::<Vec<_>>())
            .filter(move |set| set.len() <= count)
    }

    #[test]
    fn a_feature_that_was_best_alone_is_taken_away_again() {
        // 0 is best alone, 1 and 2 are best together and far better with 3: greedy search would keep 0.
        let worth = |set: &[usize]| {
            Ok(match set {
                [0] => 0.5,
                [_] => 0.4,
                [1, 2] => 0.7,
                [0, _] => 0.6,
                [0, 1, 2] => 0.65,
                [1, 2, 3] => 0.9,
                set => 0.3 + 0.01 * set.len() as f64,
            })
        };
        assert_eq!(floating_forward(5, 3, worth).unwrap(), [1, 2, 3]);
    }

    #[test]
    fn of_equals_the_smaller_and_the_first_is_taken() {
        assert_eq!(floating_forward(4, 3, |_| Ok(1.0)).unwrap(), [0]);
        assert_eq!(floating_forward(4, 0, |_| Ok(1.0)).unwrap(), Vec::<usize>::new());
    }

    proptest! {
        #[test]
        fn worths_that_add_up_are_found_exactly(worths in prop::collection::vec(-1.0..1.0, 1..7), count in 1..7_usize) {
            let worth = |set: &[usize]| Ok(set.iter().map(|feature| worths[*feature]).sum::<f64>());
            let found = floating_forward(worths.len(), count, worth).unwrap();
            let greatest = all_sets(worths.len(), count).map(|set| worth(&set).unwrap()).fold(f64::MIN, f64::max);
            prop_assert!((worth(&found).unwrap() - greatest).abs() < 1e-12);
        }

        #[test]
        fn any_worth_ends_the_search_and_is_never_below_that_of_one(
            table in prop::collection::vec(0..100_u32, 64), count in 1..7_usize,
        ) {
            let worth = |set: &[usize]| {
                Ok(f64::from(table[set.iter().map(|feature| 1 << feature).sum::<usize>()]))
            };
            let found = floating_forward(6, count, worth).unwrap();
            prop_assert!((1..=count).contains(&found.len()));
            let alone = (0..6).map(|feature| worth(&[feature]).unwrap()).fold(f64::MIN, f64::max);
            prop_assert!(worth(&found).unwrap() >= alone);
        }
    }
}
