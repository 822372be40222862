//! Sequences of unequal length in one batch, without padding.
//!
//! Sequences are ordered by falling length, and the batch is stored step by step: first the first frame of every
//! sequence, then the second frame of those that have one, and so on. So the frames of a step lie together, the
//! frames of a step are those of a *prefix* of the step before, and nothing is stored for a sequence that has ended.
//!
//! ```text
//! lengths 3, 1, 4        order: sequence 2, 0, 1
//!
//! step 0   2₀ 0₀ 1₀      rows 0-2
//! step 1   2₁ 0₁         rows 3-4
//! step 2   2₂ 0₂         rows 5-6
//! step 3   2₃            row  7
//! ```
//!
//! PyTorch's `PackedSequence` has the same order; there, a sequence may not be empty.

use std::ops::Range;

/// Which row of a packed batch holds which frame of which sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packing {
    /// Length of each sequence.
    lengths: Vec<usize>,
    /// Position of each sequence in the order of falling length.
    ranks: Vec<usize>,
    /// First row of each step, then the number of rows.
    starts: Vec<usize>,
}

impl Packing {
    /// The packing of sequences of these lengths. Any of them may be 0; of equal ones, the first comes first.
    #[must_use]
    pub fn new(lengths: &[usize]) -> Self {
        let mut order: Vec<usize> = (0..lengths.len()).collect();
        order.sort_by_key(|&sequence| std::cmp::Reverse(lengths[sequence]));
        let mut ranks = vec![0; lengths.len()];
        for (rank, &sequence) in order.iter().enumerate() {
            ranks[sequence] = rank;
        }
        let steps = lengths.iter().copied().max().unwrap_or(0);
        let mut starts = vec![0];
        let mut active = lengths.len();
        for step in 0..steps {
            while lengths[order[active - 1]] <= step {
                active -= 1;
            }
            starts.push(starts[step] + active);
        }
        Self { lengths: lengths.to_owned(), ranks, starts }
    }

    /// Length of each sequence, in the order in which they were given.
    #[must_use]
    pub fn lengths(&self) -> &[usize] {
        &self.lengths
    }

    /// Steps of the longest sequence.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.starts.len() - 1
    }

    /// Frames of all sequences: the rows of the packed batch.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.starts[self.steps()]
    }

    /// Rows of a step.
    ///
    /// # Panics
    /// If there is no such step.
    #[must_use]
    pub fn rows(&self, step: usize) -> Range<usize> {
        self.starts[step]..self.starts[step + 1]
    }

    /// Row of a sequence's frame, if the sequence has so many.
    ///
    /// # Panics
    /// If there is no such sequence.
    #[must_use]
    pub fn row(&self, sequence: usize, step: usize) -> Option<usize> {
        (step < self.lengths[sequence]).then(|| self.starts[step] + self.ranks[sequence])
    }

    /// Row of each sequence's last frame; none for an empty one.
    pub fn ends(&self) -> impl Iterator<Item = Option<usize>> {
        (0..self.lengths.len())
            .map(|sequence| self.lengths[sequence].checked_sub(1).and_then(|last| self.row(sequence, last)))
    }

    /// Position of each sequence in the order of falling length.
    pub(crate) fn ranks(&self) -> &[usize] {
        &self.ranks
    }

    /// Rows of a run of steps that is not empty.
    pub(crate) fn span(&self, steps: &Range<usize>) -> Range<usize> {
        self.starts[steps.start]..self.starts[steps.end]
    }

    /// Runs of rows whose predecessors, one step earlier, are also a run: (first predecessor, rows).
    ///
    /// A row and its predecessor are as far apart as the step before is wide, so a run ends where a sequence ends.
    pub(crate) fn with_previous_rows(
        &self,
        steps: Range<usize>,
    ) -> impl Iterator<Item = (usize, Range<usize>)> {
        let mut step = steps.start.max(1);
        std::iter::from_fn(move || {
            if step >= steps.end {
                return None;
            }
            let (first, batch) = (self.rows(step).start, self.rows(step - 1).len());
            while step < steps.end && self.rows(step - 1).len() == batch {
                step += 1;
            }
            Some((first - batch, first..self.rows(step - 1).end))
        })
    }

    /// Cuts the steps into runs of about `rows` rows, at least one step each.
    pub(crate) fn blocks(&self, rows: usize) -> Vec<Range<usize>> {
        // Two neighbours hold more than `rows` rows together.
        let mut blocks = Vec::with_capacity(2 * self.frames() / rows + 1);
        let mut first = 0;
        while first < self.steps() {
            let bound = self.starts[first] + rows;
            let next = self.starts.partition_point(|&start| start <= bound) - 1;
            let next = next.max(first + 1).min(self.steps());
            blocks.push(first..next);
            first = next;
        }
        blocks
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_of_the_module_is_packed_as_drawn() {
        let packing = Packing::new(&[3, 1, 4]);
        let rows: Vec<_> = (0..packing.steps()).map(|step| packing.rows(step)).collect();
        assert_eq!(rows, [0..3, 3..5, 5..7, 7..8]);
        assert_eq!(packing.row(0, 2), Some(6));
        assert_eq!(packing.row(1, 1), None);
        assert_eq!(packing.ends().collect::<Vec<_>>(), [Some(6), Some(2), Some(7)]);
    }

    #[test]
    fn runs_of_one_row_follow_their_predecessors() {
        let packing = Packing::new(&[5, 3, 3, 1]);
        for (steps, expected) in [(0..5, vec![(0, 4..7), (4, 7..11), (10, 11..12)]), (2..4, vec![(4, 7..11)])]
        {
            let runs: Vec<_> = packing.with_previous_rows(steps).collect();
            for (first, rows) in &runs {
                for row in rows.clone() {
                    let (sequence, step) = (0..4)
                        .flat_map(|sequence| (0..5).map(move |step| (sequence, step)))
                        .find(|&(sequence, step)| packing.row(sequence, step) == Some(row))
                        .unwrap();
                    assert_eq!(packing.row(sequence, step - 1), Some(first + row - rows.start));
                }
            }
            assert_eq!(runs.len(), expected.len());
        }
    }

    #[test]
    fn an_empty_batch_has_no_steps() {
        for lengths in [vec![], vec![0, 0]] {
            let packing = Packing::new(&lengths);
            assert_eq!((packing.steps(), packing.frames(), packing.blocks(8).len()), (0, 0, 0));
        }
    }

    proptest! {
        #[test]
        fn every_frame_has_one_row_and_steps_are_prefixes(
            lengths in prop::collection::vec(0_usize..40, 0..33),
            block in 1_usize..200,
        ) {
            let packing = Packing::new(&lengths);
            let mut rows: Vec<usize> = Vec::new();
            for (sequence, &length) in lengths.iter().enumerate() {
                let own: Vec<usize> = (0..length).filter_map(|step| packing.row(sequence, step)).collect();
                prop_assert_eq!(own.len(), length);
                for (step, &row) in own.iter().enumerate() {
                    prop_assert!(packing.rows(step).contains(&row));
                    prop_assert_eq!(row - packing.rows(step).start, own[0]);
                }
                rows.extend(own);
            }
            rows.sort_unstable();
            prop_assert_eq!(rows, (0..packing.frames()).collect::<Vec<_>>());

            let blocks = packing.blocks(block);
            let steps: Vec<usize> = blocks.iter().cloned().flatten().collect();
            prop_assert_eq!(steps, (0..packing.steps()).collect::<Vec<_>>());
            for steps in blocks {
                let rows = packing.rows(steps.end - 1).end - packing.rows(steps.start).start;
                prop_assert!(rows <= block || steps.len() == 1);
            }
        }
    }
}
