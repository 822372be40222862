//! What a core can do at most: multiply-adds in registers and nothing else.

use std::hint::black_box;

use super::{Element, Kernel, Simd};

/// Runs so many rounds of independent multiply-adds; gives the number of floating-point operations done.
pub(super) struct Peak {
    pub(super) rounds: u64,
}

/// Chains in flight: two multiply-add units with a latency of four or five cycles need ten.
const CHAINS: usize = 12;

impl Kernel<f32> for Peak {
    type Output = u64;

    #[inline(always)]
    fn run<S: Simd<Scalar = f32>>(self, simd: S) -> u64 {
        let factor = simd.splat(black_box(0.999));
        let mut sums = [simd.splat(black_box(f32::ZERO)); CHAINS];
        for _ in 0..self.rounds {
            for sum in &mut sums {
                *sum = simd.mul_add(*sum, factor, factor);
            }
        }
        black_box(sums);
        self.rounds * 2 * (CHAINS * S::LANES) as u64
    }
}
