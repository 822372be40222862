//! NEON, which every 64-bit Arm processor has: four single-precision elements, thirty-two registers.

use std::arch::aarch64::*;

use super::{Kernel, Simd, math};

/// Calls of intrinsics.
macro_rules! neon {
    ($value:expr) => {
        // SAFETY: every target of this architecture has NEON; who loads and stores says where.
        unsafe { $value }
    };
}

/// Needs no proof: NEON is part of every target that is compiled for this architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Neon;

impl Simd for Neon {
    type Scalar = f32;
    type Vector = float32x4_t;
    const LANES: usize = 4;
    const TILE_ROWS: usize = 6;
    const TILE_REGISTERS: usize = 4;

    #[inline]
    fn vectorize<K: Kernel<f32>>(self, kernel: K) -> K::Output {
        kernel.run(self)
    }
    #[inline(always)]
    fn splat(self, value: f32) -> float32x4_t {
        neon!(vdupq_n_f32(value))
    }
    #[inline(always)]
    unsafe fn load_at(self, from: *const f32) -> float32x4_t {
        // SAFETY: the caller has four elements there.
        unsafe { vld1q_f32(from) }
    }
    #[inline(always)]
    unsafe fn store_at(self, value: float32x4_t, to: *mut f32) {
        // SAFETY: the caller has four elements there.
        unsafe { vst1q_f32(to, value) }
    }
    #[inline(always)]
    fn add(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        neon!(vaddq_f32(a, b))
    }
    #[inline(always)]
    fn sub(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        neon!(vsubq_f32(a, b))
    }
    #[inline(always)]
    fn mul(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        neon!(vmulq_f32(a, b))
    }
    #[inline(always)]
    fn mul_add(self, a: float32x4_t, b: float32x4_t, c: float32x4_t) -> float32x4_t {
        neon!(vfmaq_f32(c, a, b))
    }
    #[inline(always)]
    fn neg_mul_add(self, a: float32x4_t, b: float32x4_t, c: float32x4_t) -> float32x4_t {
        neon!(vfmsq_f32(c, a, b))
    }
    #[inline(always)]
    fn div(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        neon!(vdivq_f32(a, b))
    }
    #[inline(always)]
    fn clamp(self, value: float32x4_t, low: f32, high: f32) -> float32x4_t {
        // `min` and `max` give NaN when one operand is NaN.
        neon!(vmaxq_f32(vdupq_n_f32(low), vminq_f32(vdupq_n_f32(high), value)))
    }
    #[inline(always)]
    fn flush(self, value: float32x4_t, bound: f32) -> float32x4_t {
        // Bits of zero where |value| < bound.
        neon!(vreinterpretq_f32_u32(vbicq_u32(
            vreinterpretq_u32_f32(value),
            vcaltq_f32(value, vdupq_n_f32(bound))
        )))
    }
    #[inline(always)]
    fn where_positive(self, value: float32x4_t, of: float32x4_t) -> float32x4_t {
        neon!(vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(value), vclezq_f32(of))))
    }
    #[inline(always)]
    fn round(self, value: float32x4_t) -> float32x4_t {
        neon!(vrndnq_f32(value))
    }
    #[inline(always)]
    fn scale(self, value: float32x4_t, n: float32x4_t) -> float32x4_t {
        // 2ⁿ has the exponent bits n + 127.
        let exponent = neon!(vaddq_s32(vcvtnq_s32_f32(n), vdupq_n_s32(127)));
        neon!(vmulq_f32(value, vreinterpretq_f32_s32(vshlq_n_s32::<23>(exponent))))
    }
    #[inline(always)]
    fn exp2_slope(self, r: float32x4_t) -> float32x4_t {
        math::exp2_slope(self, r)
    }
}
