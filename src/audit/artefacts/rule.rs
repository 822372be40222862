//! A rule of one feature: the label that is most frequent among the training recordings of the nearest values.

/// For each test recording the training recordings whose values are nearest, and all that train.
pub(in crate::audit) struct Neighbourhoods {
    training: Vec<usize>,
    tested: Vec<(usize, Vec<usize>)>,
}

/// At least this part of the training recordings are neighbours: fewer than share one stimulus in the published design, so that
/// what one stimulus has alone is not outvoted. It was 10 % at first; then the pads of stimuli 1 and 10 were not found.
const PART: f64 = 0.05;

impl Neighbourhoods {
    /// Those of a split, from the values of all recordings. Recordings are places in the list of values. Training
    /// recordings as near as the last neighbour are neighbours too.
    pub(in crate::audit) fn of(values: &[f64], training: &[usize], test: &[usize]) -> Self {
        let count = (PART * training.len() as f64).ceil() as usize;
        let nearest = |tested: usize| {
            let distance = |other: &usize| (values[*other] - values[tested]).abs();
            let mut near = training.to_vec();
            near.sort_by(|one, other| distance(one).total_cmp(&distance(other)));
            let bound = near.get(count.saturating_sub(1)).map_or(f64::INFINITY, distance);
            near.retain(|other| distance(other) <= bound);
            (tested, near)
        };
        Self { training: training.to_vec(), tested: test.iter().map(|tested| nearest(*tested)).collect() }
    }

    /// Test recordings whose label the rule names, where equally good labels share a recording; and their number.
    ///
    /// A label's part among the neighbours is divided by its part of the training recordings, so that a label that few have
    /// is not at a disadvantage.
    pub(in crate::audit) fn right(&self, labels: &[usize], classes: usize) -> (f64, usize) {
        let count = |of: &[usize]| {
            let mut counts = vec![0_usize; classes];
            of.iter().for_each(|place| counts[labels[*place]] += 1);
            counts
        };
        let all = count(&self.training);
        let right = self.tested.iter().map(|(tested, near)| {
            let near = count(near);
            // Whole numbers: a fraction n / a beats m / b if n b > m a.
            let beats =
                |one: usize, other: usize| near[one] * all[other].max(1) > near[other] * all[one].max(1);
            let best: Vec<usize> =
                (0..classes).filter(|one| !(0..classes).any(|other| beats(other, *one))).collect();
            if best.contains(&labels[*tested]) { 1.0 / best.len() as f64 } else { 0.0 }
        });
        (right.sum(), self.tested.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_values_name_the_label() {
        let values = [1.0, 1.0, 5.0, 5.0, 9.0, 9.0, 1.2, 8.0];
        let near = Neighbourhoods::of(&values, &[0, 1, 2, 3, 4, 5], &[6, 7]);
        assert_eq!(near.right(&[0, 0, 1, 1, 2, 2, 0, 2], 3), (2.0, 2));
        assert_eq!(near.right(&[0, 0, 1, 1, 2, 2, 1, 1], 3), (0.0, 2));
    }

    #[test]
    fn labels_that_are_equally_good_share_a_recording() {
        let near = Neighbourhoods::of(&[1.0; 5], &[0, 1, 2, 3], &[4]);
        assert_eq!(near.right(&[0, 0, 1, 1, 0], 2), (0.5, 1));
        // One of four has label 1, and a value that tells nothing favours no label.
        assert_eq!(near.right(&[0, 0, 0, 1, 1], 2), (0.5, 1));
    }
}
