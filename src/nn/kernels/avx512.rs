//! AVX-512: sixteen single-precision elements, thirty-two registers.

use std::arch::x86_64::*;

use super::{Kernel, Simd, math};

/// Proof that the processor has AVX-512's foundation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Avx512(());

impl Avx512 {
    pub(super) fn detect() -> Option<Self> {
        is_x86_feature_detected!("avx512f").then_some(Self(()))
    }
}

#[target_feature(enable = "avx512f")]
fn compiled_for_avx512<K: Kernel<f32>>(token: Avx512, kernel: K) -> K::Output {
    kernel.run(token)
}

impl Simd for Avx512 {
    type Scalar = f32;
    type Vector = __m512;
    const LANES: usize = 16;
    const TILE_ROWS: usize = 6;
    const TILE_REGISTERS: usize = 4;

    #[inline]
    fn vectorize<K: Kernel<f32>>(self, kernel: K) -> K::Output {
        // SAFETY: the token proves AVX-512F.
        unsafe { compiled_for_avx512(self, kernel) }
    }
    #[inline(always)]
    fn splat(self, value: f32) -> __m512 {
        // SAFETY: the token proves AVX-512F.
        unsafe { _mm512_set1_ps(value) }
    }
    #[inline(always)]
    unsafe fn load_at(self, from: *const f32) -> __m512 {
        // SAFETY: the token proves AVX-512F; the caller has sixteen elements there.
        unsafe { _mm512_loadu_ps(from) }
    }
    #[inline(always)]
    unsafe fn store_at(self, value: __m512, to: *mut f32) {
        // SAFETY: the token proves AVX-512F; the caller has sixteen elements there.
        unsafe { _mm512_storeu_ps(to, value) }
    }
    #[inline(always)]
    fn add(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: the token proves AVX-512F.
        unsafe { _mm512_add_ps(a, b) }
    }
    #[inline(always)]
    fn sub(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: the token proves AVX-512F.
        unsafe { _mm512_sub_ps(a, b) }
    }
    #[inline(always)]
    fn mul(self, a: __m512, b: __m512) -> __m512 {
        // SAFETY: the token proves AVX-512F.
        unsafe { _mm512_mul_ps(a, b) }
    }
    #[inline(always)]
    fn mul_add(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        // SAFETY: the token proves AVX-512F.
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn neg_mul_add(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        // SAFETY: the token proves AVX-512F.
        unsafe { _mm512_fnmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn div(self, a: __m512, b: __m512) -> __m512 {
        // The division instruction blocks its unit for sixteen cycles. An estimate of 1/b to 14 bits and one Newton
        // step, y + y (1 - b y), take four.
        // SAFETY: the token proves AVX-512F.
        unsafe {
            let estimate = _mm512_rcp14_ps(b);
            let error = _mm512_fnmadd_ps(b, estimate, _mm512_set1_ps(1.0));
            _mm512_mul_ps(a, _mm512_fmadd_ps(estimate, error, estimate))
        }
    }
    #[inline(always)]
    fn clamp(self, value: __m512, low: f32, high: f32) -> __m512 {
        // `min` and `max` give their second operand when one is NaN.
        // SAFETY: the token proves AVX-512F.
        unsafe { _mm512_max_ps(_mm512_set1_ps(low), _mm512_min_ps(_mm512_set1_ps(high), value)) }
    }
    #[inline(always)]
    fn flush(self, value: __m512, bound: f32) -> __m512 {
        // SAFETY: the token proves AVX-512F.
        unsafe {
            let keep = _mm512_cmp_ps_mask::<_CMP_NLT_UQ>(_mm512_abs_ps(value), _mm512_set1_ps(bound));
            _mm512_maskz_mov_ps(keep, value)
        }
    }
    #[inline(always)]
    fn where_positive(self, value: __m512, of: __m512) -> __m512 {
        // SAFETY: the token proves AVX-512F.
        unsafe {
            let keep = _mm512_cmp_ps_mask::<_CMP_NLE_UQ>(of, _mm512_setzero_ps());
            _mm512_maskz_mov_ps(keep, value)
        }
    }
    #[inline(always)]
    fn round(self, value: __m512) -> __m512 {
        // SAFETY: the token proves AVX-512F.
        unsafe { _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(value) }
    }
    #[inline(always)]
    fn scale(self, value: __m512, n: __m512) -> __m512 {
        // SAFETY: the token proves AVX-512F.
        unsafe { _mm512_scalef_ps(value, n) }
    }
    #[inline(always)]
    fn exp2_slope(self, r: __m512) -> __m512 {
        math::exp2_slope(self, r)
    }
}
