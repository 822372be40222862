//! Random order from a seed, the same on every system and with every version of a library.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Draws orders: ChaCha with 8 rounds whose key is the seed (and the run, counted from 1) as little-endian bytes, then zeros. Each purpose has
/// its own stream of random numbers, so none depends on another.
///
/// The shuffle is written out here because that of `rand` may change with its version, and a split must not.
pub(crate) struct Shuffler(ChaCha8Rng);

impl Shuffler {
    /// Orders of a split.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Self::keyed([seed, 0], stream)
    }

    /// Orders of a training: those of a run of a seed, in an epoch.
    pub(crate) fn of_epoch(seed: u64, run: u64, epoch: u64) -> Self {
        // One more than the run, because 0 is there for splits.
        Self::keyed([seed, run.wrapping_add(1)], epoch)
    }

    /// Orders and numbers of an ablation.
    pub(crate) fn of_ablation(seed: u64, stream: u64) -> Self {
        // No run has this number.
        Self::keyed([seed, u64::MAX], stream)
    }

    /// Possibilities of a statistical test.
    pub(crate) fn of_tests(seed: u64) -> Self {
        // Nor this one.
        Self::keyed([seed, u64::MAX - 1], 0)
    }

    fn keyed(parts: [u64; 2], stream: u64) -> Self {
        let mut key = [0; 32];
        for (bytes, part) in key.chunks_exact_mut(8).zip(parts) {
            bytes.copy_from_slice(&part.to_le_bytes());
        }
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(stream);
        Self(generator)
    }

    /// Brings items into a random order (Fisher and Yates, from the last item to the second).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }

    /// The number of heads among so many tosses of a fair coin: one bit each.
    pub(crate) fn heads(&mut self, tosses: u64) -> u64 {
        let whole: u64 = (0..tosses / 64).map(|_| u64::from(self.0.next_u64().count_ones())).sum();
        match tosses % 64 {
            0 => whole,
            rest => whole + u64::from((self.0.next_u64() >> (64 - rest)).count_ones()),
        }
    }

    /// A number from 0 to `bound - 1`, all equally likely: numbers beyond the last full multiple are drawn again.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        let end = u64::MAX - u64::MAX % bound;
        loop {
            let number = self.0.next_u64();
            if number < end {
                return number % bound;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn order(seed: u64, stream: u64) -> Vec<u32> {
        let mut items: Vec<u32> = (0..10).collect();
        Shuffler::new(seed, stream).shuffle(&mut items);
        items
    }

    #[test]
    fn seed_and_stream_decide_the_order() {
        let orders =
            [order(0, 0), order(1, 0), order(u64::MAX, 0), order(0, 1), order(0, 2), order(0, u64::MAX)];
        for (index, one) in orders.iter().enumerate() {
            assert!(orders[..index].iter().all(|other| other != one), "{index}");
        }
        assert_eq!(order(0, 0), orders[0]);
    }

    #[test]
    fn all_orders_of_three_are_equally_likely() {
        let mut counts = BTreeMap::new();
        let mut shuffler = Shuffler::new(0, 0);
        for _ in 0..6000 {
            let mut items = [0, 1, 2];
            shuffler.shuffle(&mut items);
            *counts.entry(items).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 6);
        // 1000 expected, standard deviation 29.
        assert!(counts.values().all(|count| (850..1150).contains(count)), "{counts:?}");
    }

    #[test]
    fn nothing_and_one_item_stay() {
        let mut shuffler = Shuffler::new(0, 1);
        shuffler.shuffle(&mut [0_u8; 0]);
        let mut one = ["only"];
        shuffler.shuffle(&mut one);
        assert_eq!(one, ["only"]);
    }
}
