//! Vector arithmetic for the fused layers: one source, three instruction sets.
//!
//! A kernel is written once, over a [`Simd`] token, and compiled for each: for AVX-512, AVX2 with FMA or NEON, and
//! in portable Rust. [`Level::detected`] asks the processor at run time which of them it can run. A token comes
//! only from a [`Level`], and a level only after its instructions were found, so a kernel cannot run where its
//! instructions are missing.
//!
//! Loops over the registers of a product and over the gates of an LSTM count with `enumerate`: parts of `zip`, and of arrays by
//! value, are functions that the compiler need not inline, and so might be compiled without the vector instructions. The loops of
//! the CNN over rows keep `zip`, which is faster there with link-time optimisation.
//!
//! `f32` has them all; `f64`, which only the tests use (finite differences), has the portable one.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod buffer;
mod math;
#[cfg(target_arch = "aarch64")]
mod neon;
mod peak;
mod portable;
mod product;
mod rows;
mod tile;

use std::sync::OnceLock;

use crate::error::{Error, Fault, Place, Result};

pub(crate) use buffer::{Buffer, WorkingMemory};
pub(crate) use math::{SIGMOID_EXPONENT, TANH_EXPONENT, sigmoid, tanh};
pub(crate) use product::{Left, Panels, Right, product};
pub(crate) use rows::{add_rows, append_rows, copy_rows};
pub(crate) use tile::accumulate;

/// A number of columns, padded to whole registers of any level.
#[inline]
pub(crate) const fn padded(columns: usize) -> usize {
    const MOST_LANES: usize = 16;
    columns.next_multiple_of(MOST_LANES)
}

/// With which level this process computes.
static CHOSEN: OnceLock<Level> = OnceLock::new();

/// An instruction set that this processor has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level(Instructions);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Instructions {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(avx512::Avx512),
    #[cfg(target_arch = "aarch64")]
    Neon(neon::Neon),
}

impl Level {
    /// The level with which layers compute: the one that was [chosen](Self::choose), else the widest of this processor.
    #[must_use]
    pub fn detected() -> Self {
        *CHOSEN.get_or_init(|| Self::available()[0])
    }

    /// Lets this process compute with a level of this name, to repeat what another processor computed. dfdx's own linear
    /// layers keep to theirs: AVX2 with FMA where the processor has them.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] if the processor has no such level, or layers have computed with another.
    pub fn choose(name: &str) -> Result<()> {
        let available = Self::available();
        let level = available.iter().copied().find(|level| level.name() == name);
        let level = level.filter(|level| CHOSEN.get_or_init(|| *level) == level);
        level.map(|_| ()).ok_or_else(|| {
            let names: Vec<&str> = available.iter().map(|level| level.name()).collect();
            let expected =
                format!("a level of this processor, before anything computes: {}", names.join(", "));
            Error::new(Fault::BAD_SETTING, Place::field("level"), expected, name)
        })
    }

    /// All levels of this processor, widest first; the portable one is always the last.
    #[must_use]
    pub fn available() -> Vec<Self> {
        [
            #[cfg(target_arch = "x86_64")]
            avx512::Avx512::detect().map(Instructions::Avx512),
            #[cfg(target_arch = "x86_64")]
            avx2::Avx2::detect().map(Instructions::Avx2),
            #[cfg(target_arch = "aarch64")]
            Some(Instructions::Neon(neon::Neon)),
            Some(Instructions::Portable),
        ]
        .into_iter()
        .flatten()
        .map(Self)
        .collect()
    }

    /// Its name: `AVX-512`, `AVX2+FMA`, `NEON` or `portable`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.0 {
            Instructions::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2(_) => "AVX2+FMA",
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512(_) => "AVX-512",
            #[cfg(target_arch = "aarch64")]
            Instructions::Neon(_) => "NEON",
        }
    }

    /// Runs rounds of independent multiply-adds in registers and gives the number of floating-point operations done:
    /// the peak to which the time of a layer is compared.
    #[must_use]
    pub fn multiply_adds(self, rounds: u64) -> u64 {
        self.run(peak::Peak { rounds })
    }

    /// Runs a kernel with these instructions; in double precision, with none.
    pub(crate) fn run<E: Element, K: Kernel<E>>(self, kernel: K) -> K::Output {
        E::run(self, kernel)
    }
}

impl Element for f32 {
    const ZERO: Self = 0.0;

    #[inline]
    fn from_f64(value: f64) -> Self {
        value as Self
    }

    fn run<K: Kernel<Self>>(level: Level, kernel: K) -> K::Output {
        match level.0 {
            Instructions::Portable => portable::Portable::<Self>::new().vectorize(kernel),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2(token) => token.vectorize(kernel),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx512(token) => token.vectorize(kernel),
            #[cfg(target_arch = "aarch64")]
            Instructions::Neon(token) => token.vectorize(kernel),
        }
    }
}

impl Element for f64 {
    const ZERO: Self = 0.0;

    #[inline]
    fn from_f64(value: f64) -> Self {
        value
    }

    fn run<K: Kernel<Self>>(_: Level, kernel: K) -> K::Output {
        portable::Portable::<Self>::new().vectorize(kernel)
    }
}

/// A scalar that kernels compute with: `f32` or `f64`.
pub trait Element:
    Copy
    + Default
    + std::fmt::Debug
    + std::ops::Add<Output = Self>
    + std::ops::Mul<Output = Self>
    + std::ops::AddAssign
    + PartialOrd
    + Into<f64>
    + 'static
{
    /// 0
    const ZERO: Self;
    /// The nearest number of this type.
    fn from_f64(value: f64) -> Self;
    /// Runs a kernel at a level.
    fn run<K: Kernel<Self>>(level: Level, kernel: K) -> K::Output;
}

/// A computation that can be compiled for any instruction set.
///
/// `run`, and what it calls on the way to an instruction, must be `#[inline(always)]`: only what is inlined into
/// the compiled-for-AVX function of [`Simd::vectorize`] may use AVX registers.
pub trait Kernel<E> {
    /// What it computes.
    type Output;
    /// Computes it.
    fn run<S: Simd<Scalar = E>>(self, simd: S) -> Self::Output;
}

/// A token: proof that the processor has certain instructions, and the way to use them.
pub trait Simd: Copy + 'static {
    /// An element.
    type Scalar: Element;
    /// A register of elements.
    type Vector: Copy;
    /// Elements of a register.
    const LANES: usize;
    /// Rows of the register tile of a matrix product; twice as many where the tile is half as wide or less.
    const TILE_ROWS: usize;
    /// Registers across that tile. `TILE_ROWS * TILE_REGISTERS` sums, the operands beside them, fill the registers.
    const TILE_REGISTERS: usize;

    /// Runs a kernel in a function that is compiled for these instructions.
    fn vectorize<K: Kernel<Self::Scalar>>(self, kernel: K) -> K::Output;

    /// The same value in every lane.
    fn splat(self, value: Self::Scalar) -> Self::Vector;
    /// # Safety
    /// `LANES` elements can be read at `from`.
    unsafe fn load_at(self, from: *const Self::Scalar) -> Self::Vector;
    /// # Safety
    /// `LANES` elements can be written at `to`.
    unsafe fn store_at(self, value: Self::Vector, to: *mut Self::Scalar);
    /// a + b
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a - b
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a · b
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a · b + c
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// c - a · b
    fn neg_mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// a / b for a `b` that is neither zero nor infinite; at most two units in the last place from exact.
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The nearest value between the two bounds; NaN stays NaN.
    fn clamp(self, value: Self::Vector, low: Self::Scalar, high: Self::Scalar) -> Self::Vector;
    /// Zero in place of what is nearer to zero than `bound`; NaN stays NaN.
    fn flush(self, value: Self::Vector, bound: Self::Scalar) -> Self::Vector;
    /// `value` where `of` is positive or NaN, zero elsewhere. So `where_positive(x, x)` is ReLU that keeps NaN.
    fn where_positive(self, value: Self::Vector, of: Self::Vector) -> Self::Vector;
    /// The nearest whole number.
    fn round(self, value: Self::Vector) -> Self::Vector;
    /// value · 2ⁿ for a whole n within ±126.
    fn scale(self, value: Self::Vector, n: Self::Vector) -> Self::Vector;
    /// (2^r - 1) / r for |r| ≤ 1/2.
    fn exp2_slope(self, r: Self::Vector) -> Self::Vector;

    /// The first `LANES` elements of a slice.
    #[inline(always)]
    fn load(self, from: &[Self::Scalar]) -> Self::Vector {
        assert!(from.len() >= Self::LANES);
        // SAFETY: the slice holds at least LANES elements.
        unsafe { self.load_at(from.as_ptr()) }
    }

    /// Writes the first `LANES` elements of a slice.
    #[inline(always)]
    fn store(self, value: Self::Vector, to: &mut [Self::Scalar]) {
        assert!(to.len() >= Self::LANES);
        // SAFETY: the slice holds at least LANES elements.
        unsafe { self.store_at(value, to.as_mut_ptr()) }
    }
}
