//! What a test of a hypothesis gives, counted or drawn.

use serde::Serialize;

use crate::evaluation::shuffle::Shuffler;

/// The most steps that a test takes to count every possibility: some tenths of a second. Beyond, [`DRAWS`] possibilities
/// are drawn.
pub const MAX_STEPS: u128 = 1 << 28;
/// How many possibilities are drawn where there are too many to count.
pub const DRAWS: u32 = 99_999;
/// The seed of what is drawn: the same values always give the same probability.
const SEED: u64 = 0;

/// The probability that a test gives.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Probability {
    /// The probability.
    pub p: f64,
    /// Its standard error, if it was estimated from draws; nothing if all possibilities were counted.
    pub standard_error: Option<f64>,
}

impl Probability {
    /// All possibilities were counted.
    pub(super) fn counted(p: f64) -> Self {
        Self { p: p.min(1.0), standard_error: None }
    }

    /// Estimated by Monte Carlo: `p = (b + 1) / (m + 1)` for `b` of `m` draws at least as extreme as what was found, with
    /// the standard error `√(p (1 - p) / m)`.
    ///
    /// What was found counts as one of the draws, so that p is never 0: B. Phipson and G. K. Smyth, *Permutation p-values
    /// should never be zero*, Statistical Applications in Genetics and Molecular Biology 9, 2010.
    pub(super) fn drawn(mut is_extreme: impl FnMut(&mut Shuffler) -> bool) -> Self {
        let mut chance = Shuffler::of_tests(SEED);
        let extreme = (0..DRAWS).filter(|_| is_extreme(&mut chance)).count();
        let draws = f64::from(DRAWS);
        let p = (extreme as f64 + 1.0) / (draws + 1.0);
        Self { p, standard_error: Some((p * (1.0 - p) / draws).sqrt()) }
    }

    /// The probability as text, and its standard error behind it if it was estimated.
    #[must_use]
    pub fn with_error(text: String, standard_error: Option<f64>) -> String {
        match standard_error {
            None => text,
            Some(error) => format!("{text} ± {error:.4}"),
        }
    }
}
