//! Random order from a seed, the same on every system and with every version of a library.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What an order is drawn for. Each purpose has its own stream of random numbers, so none depends on another.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// All recordings, for the paper's split.
    Recordings,
    /// The songs of each genre.
    Songs,
    /// The participants, before they are dealt into groups.
    Groups,
    /// The participants who may validate in the fold of this index.
    Validation(usize),
}

impl Purpose {
    const fn stream(self) -> u64 {
        match self {
            Self::Recordings => 0,
            Self::Songs => 1,
            Self::Groups => 2,
            Self::Validation(fold) => 3 + fold as u64,
        }
    }
}

/// Draws orders: ChaCha with 8 rounds whose key is the seed in eight little-endian bytes, then zeros.
///
/// The shuffle is written out here because that of `rand` may change with its version, and a split must not.
pub(super) struct Shuffler(ChaCha8Rng);

impl Shuffler {
    pub(super) fn new(seed: u64, purpose: Purpose) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(purpose.stream());
        Self(generator)
    }

    /// Brings items into a random order (Fisher and Yates, from the last item to the second).
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }

    /// A number from 0 to `bound - 1`, all equally likely: numbers beyond the last full multiple are drawn again.
    fn below(&mut self, bound: u64) -> u64 {
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

    fn order(seed: u64, purpose: Purpose) -> Vec<u32> {
        let mut items: Vec<u32> = (0..10).collect();
        Shuffler::new(seed, purpose).shuffle(&mut items);
        items
    }

    #[test]
    fn seed_and_purpose_decide_the_order() {
        let orders = [
            order(0, Purpose::Recordings),
            order(1, Purpose::Recordings),
            order(u64::MAX, Purpose::Recordings),
            order(0, Purpose::Songs),
            order(0, Purpose::Validation(0)),
            order(0, Purpose::Validation(1)),
        ];
        for (index, one) in orders.iter().enumerate() {
            assert!(orders[..index].iter().all(|other| other != one), "{index}");
        }
        assert_eq!(order(0, Purpose::Recordings), orders[0]);
    }

    #[test]
    fn all_orders_of_three_are_equally_likely() {
        let mut counts = BTreeMap::new();
        let mut shuffler = Shuffler::new(0, Purpose::Recordings);
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
        let mut shuffler = Shuffler::new(0, Purpose::Songs);
        shuffler.shuffle(&mut [0_u8; 0]);
        let mut one = ["only"];
        shuffler.shuffle(&mut one);
        assert_eq!(one, ["only"]);
    }
}
