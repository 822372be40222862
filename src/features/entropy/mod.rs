//! Entropies: how hard a signal is to predict.
//!
//! | entropy | of what | unit |
//! |---|---|---|
//! | [`approximate`] | whether three samples in a row resemble each other where two did | nats |
//! | [`fuzzy`] | the same, of shapes and with a gradual resemblance | nats |
//! | [`shannon`] | how often each amplitude comes | bits |
//! | [`permutation`] | how often each order of three samples comes | of its greatest |
//!
//! The first two compare parts of a signal with each other, so their time grows with the square of its length: 1.8
//! million pairs for 1900 samples, 1.8 thousand million for 60 000. Approximate entropy looks at neighbours only, which
//! changes no count. In fuzzy entropy every pair has a part, and at this tolerance few parts are too small to matter: its
//! sums are computed in vector registers instead. All features of 60 000 samples take 4 s on one core of an AMD EPYC with
//! AVX-512 (`cargo bench --bench features`).

mod approximate;
mod exponential;
mod fuzzy;
mod permutation;
mod shannon;

pub use approximate::approximate;
pub use fuzzy::{FUZZY_TOLERANCE, fuzzy};
pub use permutation::permutation;
pub use shannon::{SHANNON_BINS, shannon};

/// Samples that are compared at once, m: what S. M. Pincus recommends, and what everybody has taken since.
pub const EMBEDDING: usize = 2;
/// The distance up to which samples resemble each other, r, in standard deviations of the signal (divisor n).
///
/// The middle of Pincus's 0.1 to 0.25. The standard deviation of a heavy-tailed signal is that of its few highest
/// samples, next to which all others resemble each other: its approximate entropy is low, whatever these do.
pub const TOLERANCE: f64 = 0.2;

/// `-Σ p log₂ p` of counts, in bits.
fn bits(counts: &[usize]) -> f64 {
    let all: usize = counts.iter().sum();
    let parts = counts.iter().filter(|count| **count > 0).map(|count| *count as f64 / all as f64);
    // Subtracted from 0, because the sum of nothing but p = 1 would be -0.
    0.0 - parts.map(|part| part * part.log2()).sum::<f64>()
}

/// `√(Σ (xᵢ - x̄)² / n)`.
fn spread(samples: &[f64]) -> f64 {
    let centre = crate::evaluation::statistics::mean(samples);
    let squares: f64 = samples.iter().map(|sample| (sample - centre).powi(2)).sum();
    (squares / samples.len() as f64).sqrt()
}
