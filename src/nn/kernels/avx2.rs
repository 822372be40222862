//! AVX2 with FMA: eight single-precision elements, sixteen registers.

use std::arch::x86_64::*;

use super::{Kernel, Simd, math};

/// Proof that the processor has AVX2 and FMA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Avx2(());

impl Avx2 {
    pub(super) fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Self(()))
    }
}

#[target_feature(enable = "avx2,fma")]
fn compiled_for_avx2<K: Kernel<f32>>(token: Avx2, kernel: K) -> K::Output {
    kernel.run(token)
}

impl Simd for Avx2 {
    type Scalar = f32;
    type Vector = __m256;
    const LANES: usize = 8;
    const TILE_ROWS: usize = 6;
    const TILE_REGISTERS: usize = 2;

    #[inline]
    fn vectorize<K: Kernel<f32>>(self, kernel: K) -> K::Output {
        // SAFETY: the token proves AVX2 and FMA.
        unsafe { compiled_for_avx2(self, kernel) }
    }
    #[inline(always)]
    fn splat(self, value: f32) -> __m256 {
        // SAFETY: the token proves AVX.
        unsafe { _mm256_set1_ps(value) }
    }
    #[inline(always)]
    unsafe fn load_at(self, from: *const f32) -> __m256 {
        // SAFETY: the token proves AVX; the caller has eight elements there.
        unsafe { _mm256_loadu_ps(from) }
    }
    #[inline(always)]
    unsafe fn store_at(self, value: __m256, to: *mut f32) {
        // SAFETY: the token proves AVX; the caller has eight elements there.
        unsafe { _mm256_storeu_ps(to, value) }
    }
    #[inline(always)]
    fn add(self, a: __m256, b: __m256) -> __m256 {
        // SAFETY: the token proves AVX.
        unsafe { _mm256_add_ps(a, b) }
    }
    #[inline(always)]
    fn sub(self, a: __m256, b: __m256) -> __m256 {
        // SAFETY: the token proves AVX.
        unsafe { _mm256_sub_ps(a, b) }
    }
    #[inline(always)]
    fn mul(self, a: __m256, b: __m256) -> __m256 {
        // SAFETY: the token proves AVX.
        unsafe { _mm256_mul_ps(a, b) }
    }
    #[inline(always)]
    fn mul_add(self, a: __m256, b: __m256, c: __m256) -> __m256 {
        // SAFETY: the token proves FMA.
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn neg_mul_add(self, a: __m256, b: __m256, c: __m256) -> __m256 {
        // SAFETY: the token proves FMA.
        unsafe { _mm256_fnmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn div(self, a: __m256, b: __m256) -> __m256 {
        // SAFETY: the token proves AVX.
        unsafe { _mm256_div_ps(a, b) }
    }
    #[inline(always)]
    fn clamp(self, value: __m256, low: f32, high: f32) -> __m256 {
        // `min` and `max` give their second operand when one is NaN.
        // SAFETY: the token proves AVX.
        unsafe { _mm256_max_ps(_mm256_set1_ps(low), _mm256_min_ps(_mm256_set1_ps(high), value)) }
    }
    #[inline(always)]
    fn flush(self, value: __m256, bound: f32) -> __m256 {
        // SAFETY: the token proves AVX.
        unsafe {
            let magnitude = _mm256_andnot_ps(_mm256_set1_ps(-0.0), value);
            let keep = _mm256_cmp_ps::<_CMP_NLT_UQ>(magnitude, _mm256_set1_ps(bound));
            _mm256_and_ps(keep, value)
        }
    }
    #[inline(always)]
    fn where_positive(self, value: __m256, of: __m256) -> __m256 {
        // SAFETY: the token proves AVX.
        unsafe { _mm256_and_ps(_mm256_cmp_ps::<_CMP_NLE_UQ>(of, _mm256_setzero_ps()), value) }
    }
    #[inline(always)]
    fn round(self, value: __m256) -> __m256 {
        // SAFETY: the token proves AVX.
        unsafe { _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(value) }
    }
    #[inline(always)]
    fn scale(self, value: __m256, n: __m256) -> __m256 {
        // SAFETY: the token proves AVX2.
        unsafe {
            // 2ⁿ has the exponent bits n + 127.
            let exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
            _mm256_mul_ps(value, _mm256_castsi256_ps(_mm256_slli_epi32::<23>(exponent)))
        }
    }
    #[inline(always)]
    fn exp2_slope(self, r: __m256) -> __m256 {
        math::exp2_slope(self, r)
    }
}
