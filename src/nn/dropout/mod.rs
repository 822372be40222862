//! Dropout (paper, section 2.2: 10 %) with masks that can be computed again.
//!
//! In training, every element is dropped with probability p and the others are scaled up, so that the expectation
//! stays as it is:
//!
//! ```text
//! y = x m / (1 - p),   m = 0 with probability p, else 1
//! ```
//!
//! N. Srivastava et al., *Dropout*, JMLR 15, 2014; the scaling is that of
//! [`torch.nn.Dropout`](https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html). dfdx's own masks come
//! from the device's generator, whose state cannot be saved. These come from numbers alone: the mask of a layer
//! depends on the seed, the run, the training step and the layer, so a resumed run sees the masks that it would have
//! seen, and runs side by side do not disturb one another.

#[cfg(any(test, feature = "cuda"))]
mod composed;
mod cpu;
#[cfg(feature = "cuda")]
mod cuda;

use dfdx::prelude::*;

use super::kernels::Element;
use super::{Rows, random};
use crate::error::{Error, Fault, Place};

/// Sixteen random bits decide over an element, so probabilities are multiples of 2⁻¹⁶.
const RESOLUTION: f64 = 65_536.0;

/// The dropout of one training step of a run.
///
/// ```
/// use dfdx::prelude::*;
/// use eegenre::nn::{Dropout, Rows, Size};
///
/// let x: Rows<Const<1000>, f32, _> = Cpu::default().ones_like(&(Size(1), 1, Const));
/// let dropped = |step| {
///     let of_run = Dropout::new(0.5, 7, 0, step).expect("a rate below 1");
///     Dropout::apply(&[of_run], 0, x.clone()).as_vec()
/// };
/// assert!(dropped(12).iter().all(|&y| y == 0.0 || y == 2.0));
/// assert_eq!(dropped(12), dropped(12));
/// assert_ne!(dropped(12), dropped(13));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropout {
    /// p in units of 1/[`RESOLUTION`].
    threshold: u16,
    /// What seed, run and step come to.
    key: u64,
}

impl Dropout {
    /// Dropout with probability `rate`, to the nearest 1/65536, in a step of a run.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] unless 0 ≤ `rate` ≤ 0.99.
    pub fn new(rate: f64, seed: u64, run: u64, step: u64) -> Result<Self, Error> {
        if !(0.0..=0.99).contains(&rate) {
            let place = Place::field("dropout");
            return Err(Error::new(Fault::BAD_SETTING, place, "a rate from 0 to 0.99", rate.to_string()));
        }
        let key = [run, step].into_iter().fold(random::bits(seed, 0), random::bits);
        Ok(Self { threshold: (rate * RESOLUTION).round() as u16, key })
    }

    /// Applies the mask that a layer has in each run: `[runs, rows, N]` to the same. Layers of one network have different
    /// numbers.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    ///
    /// # Panics
    /// Unless there is a dropout for each run, all of one rate.
    pub fn try_apply<N: Dim, E: Dtype, D: DropoutKernel<E>, T: Tape<E, D>>(
        of_runs: &[Self],
        layer: u64,
        input: Rows<N, E, D, T>,
    ) -> Result<Rows<N, E, D, T>, D::Err> {
        assert_eq!(of_runs.len(), input.shape().0.0, "runs with a dropout");
        assert!(of_runs.iter().all(|own| own.threshold == of_runs[0].threshold), "runs of one rate");
        let masks: Vec<Mask> = of_runs.iter().filter_map(|own| own.mask(layer)).collect();
        if masks.is_empty() { Ok(input) } else { D::dropout(input, masks) }
    }

    /// The mask of a layer; none if nothing is dropped.
    pub(crate) fn mask(self, layer: u64) -> Option<Mask> {
        let Self { threshold, key } = self;
        (threshold > 0).then(|| Mask { threshold, key: random::bits(key, layer) })
    }

    /// As [`Self::try_apply`].
    ///
    /// # Panics
    /// When the device cannot hold the result.
    #[must_use]
    pub fn apply<N: Dim, E: Dtype, D: DropoutKernel<E>, T: Tape<E, D>>(
        of_runs: &[Self],
        layer: u64,
        input: Rows<N, E, D, T>,
    ) -> Rows<N, E, D, T> {
        Self::try_apply(of_runs, layer, input).expect("the device holds what it held before")
    }
}

/// The mask of one layer in one step of a run.
#[derive(Debug, Clone, Copy)]
pub struct Mask {
    threshold: u16,
    key: u64,
}

impl Mask {
    /// An element is dropped if its sixteen bits are less.
    #[cfg(any(test, feature = "cuda"))]
    const fn threshold(self) -> u16 {
        self.threshold
    }

    /// The stream from which an element's bits come.
    #[cfg(any(test, feature = "cuda"))]
    const fn key(self) -> u64 {
        self.key
    }

    /// What the elements that stay are multiplied by: 1 / (1 - p).
    fn scale(self) -> f64 {
        1.0 / (1.0 - f64::from(self.threshold) / RESOLUTION)
    }

    /// Multiplies every element by 0 or by the scale. A product, so that NaN stays NaN where it is dropped.
    pub(crate) fn multiply<E: Element>(self, elements: &mut [E]) {
        // Bits of many elements before their products: so the compiler makes the products in vector registers.
        const BLOCK: usize = 64;
        let scale = E::from_f64(self.scale());
        let mut bits = [0; BLOCK];
        for (block, elements) in elements.chunks_mut(BLOCK).enumerate() {
            for (place, four) in bits.as_chunks_mut().0.iter_mut().enumerate() {
                *four = self.bits((block * BLOCK / 4 + place) as u64);
            }
            for (element, bits) in elements.iter_mut().zip(&bits) {
                *element = *element * if *bits < self.threshold { E::ZERO } else { scale };
            }
        }
    }

    /// Sixteen bits for each of the elements 4 `index` to 4 `index` + 3.
    #[inline(always)]
    const fn bits(self, index: u64) -> [u16; 4] {
        let bits = random::bits(self.key, index);
        [bits as u16, (bits >> 16) as u16, (bits >> 32) as u16, (bits >> 48) as u16]
    }
}

/// A device that has dropout.
///
/// On [`Cpu`] it is one node of the tape that makes the masks again for the gradient; elsewhere the masks are a tensor.
pub trait DropoutKernel<E: Dtype>: Device<E> {
    /// y = x m / (1 - p), with a mask for each run.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    fn dropout<N: Dim, T: Tape<E, Self>>(
        input: Rows<N, E, Self, T>,
        masks: Vec<Mask>,
    ) -> Result<Rows<N, E, Self, T>, Self::Err>;
}

macro_rules! fused {
    ($($E:ty),*) => {$(
        impl DropoutKernel<$E> for Cpu {
            fn dropout<N: Dim, T: Tape<$E, Self>>(
                input: Rows<N, $E, Self, T>,
                masks: Vec<Mask>,
            ) -> Result<Rows<N, $E, Self, T>, CpuError> {
                cpu::dropout(input, masks)
            }
        }
    )*};
}
fused!(f32, f64);

#[cfg(feature = "cuda")]
impl DropoutKernel<f32> for Cuda {
    fn dropout<N: Dim, T: Tape<f32, Self>>(
        input: Rows<N, f32, Self, T>,
        masks: Vec<Mask>,
    ) -> Result<Rows<N, f32, Self, T>, Self::Err> {
        let factors = cuda::factors(input.device(), *input.shape(), &masks)?;
        input.try_mul(factors)
    }
}

#[cfg(feature = "cuda")]
impl DropoutKernel<f64> for Cuda {
    fn dropout<N: Dim, T: Tape<f64, Self>>(
        input: Rows<N, f64, Self, T>,
        masks: Vec<Mask>,
    ) -> Result<Rows<N, f64, Self, T>, Self::Err> {
        composed::dropout(input, &masks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Size;
    use crate::nn::emulation::{Input, answer};
    use crate::nn::testing::TestDevice;

    type Matrix<D = TestDevice> = Rows<Const<5>, f32, D>;

    fn matrix(rows: usize) -> Matrix {
        let values = (0..rows * 5).map(|i| (i as f32).cos() + 2.0).collect();
        TestDevice::default().tensor_from_vec(values, (Size(1), rows, Const))
    }

    fn dropped(rate: f64, [seed, run, step, layer]: [u64; 4], x: &Matrix) -> Vec<f32> {
        Dropout::apply(&[Dropout::new(rate, seed, run, step).unwrap()], layer, x.clone()).as_vec()
    }

    #[test]
    fn a_tenth_is_dropped_and_the_rest_scaled() {
        let x = matrix(20_000);
        let y = dropped(0.1, [1, 2, 3, 4], &x);
        let zeros = y.iter().filter(|&&y| y == 0.0).count() as f64 / 1e5;
        // Standard error: √(0.1 · 0.9 / 1e5) = 9.5e-4.
        assert!((zeros - 0.1).abs() < 4e-3, "{zeros}");
        for (x, y) in x.as_vec().into_iter().zip(y) {
            assert!(y == 0.0 || (y / x - 1.0 / 0.9).abs() < 1e-4, "{x} -> {y}");
        }
    }

    #[test]
    fn each_of_seed_run_step_and_layer_changes_the_mask_and_nothing_else_does() {
        let x = matrix(100);
        let y = |numbers| dropped(0.5, numbers, &x);
        let reference = y([1, 2, 3, 4]);
        assert_eq!(reference, y([1, 2, 3, 4]));
        let others = [[2, 2, 3, 4], [1, 3, 3, 4], [1, 2, 4, 4], [1, 2, 3, 5], [2, 1, 3, 4], [1, 3, 2, 4]];
        for other in others.map(y) {
            // Two independent masks of one half differ in half of their 500 elements, give or take 11.
            let differing = other.iter().zip(&reference).filter(|(a, b)| a != b).count();
            assert!((200..300).contains(&differing), "{differing}");
        }
    }

    #[test]
    fn the_gradient_passes_where_the_element_stayed() {
        let (x, dropout) = (matrix(7), [Dropout::new(0.3, 1, 2, 3).unwrap()]);
        let y = Dropout::apply(&dropout, 4, x.leaky_trace());
        let ratios: Vec<f32> = y.as_vec().iter().zip(x.as_vec()).map(|(y, x)| y / x).collect();
        let gradient = y.sum().backward().get(&x).as_vec();
        for (gradient, ratio) in gradient.iter().zip(&ratios) {
            assert!((gradient - ratio).abs() < 1e-5, "{gradient} {ratio}");
        }
        assert!(gradient.contains(&0.0));
    }

    #[test]
    fn fused_and_composed_agree_to_the_last_bit() {
        for rows in [1, 3, 17, 64] {
            let device = Cpu::default();
            let values = (0..rows * 10).map(|i| (i as f32).sin()).collect();
            let x: Matrix<Cpu> = device.tensor_from_vec(values, (Size(2), rows, Const));
            let masks = [9, 11].map(|key| Mask { threshold: 20_000, key });
            let fused = cpu::dropout(x.leaky_trace(), masks.to_vec()).unwrap();
            let composed = composed::dropout(x.leaky_trace(), &masks).unwrap();
            assert_eq!(fused.as_vec(), composed.as_vec());
            let [fused, composed] = [fused, composed].map(|y| y.square().sum().backward().get(&x).as_vec());
            assert_eq!(fused, composed);
        }
    }

    #[test]
    fn the_kernel_makes_the_factors_of_the_composed_form() {
        let (rows, columns) = (7, 6);
        let masks: Vec<Mask> =
            (0..3).map(|run| Dropout::new(0.3, 5, run, 8).unwrap().mask(2).unwrap()).collect();
        let ones: Rows<Size, f32, Cpu> = Cpu::default().ones_like(&(Size(3), rows, Size(columns)));
        let expected = composed::dropout(ones, &masks).unwrap().as_vec();
        assert!(expected.contains(&0.0) && expected.iter().any(|&factor| factor > 1.0));
        let keys: Vec<u64> = masks.iter().map(|mask| mask.key()).collect();
        let input = Input::default()
            .ints(&[3, rows * columns, usize::from(masks[0].threshold())])
            .floats(&[masks[0].scale() as f32])
            .longs(&keys);
        assert_eq!(answer("dropout", 0, &input), expected);
    }

    #[test]
    fn each_run_has_the_mask_that_it_has_alone() {
        let device = TestDevice::default();
        let of_runs: Vec<Dropout> = (0..3).map(|run| Dropout::new(0.4, 11, run, 3).unwrap()).collect();
        let ones = |runs: usize| -> Matrix { device.ones_like(&(Size(runs), 5, Const)) };
        let found = Dropout::apply(&of_runs, 2, ones(3)).as_vec();
        let alone: Vec<f32> =
            of_runs.iter().flat_map(|own| Dropout::apply(&[*own], 2, ones(1)).as_vec()).collect();
        assert_eq!(found, alone);
        assert!(found.contains(&0.0));
    }

    #[test]
    fn gradients_of_two_passes_add_up() {
        let (x, dropout) = (matrix(3), [Dropout::new(0.3, 1, 2, 3).unwrap()]);
        let once = Dropout::apply(&dropout, 0, x.leaky_trace()).sum().backward();
        let first = once.get(&x).as_vec();
        let twice = Dropout::apply(&dropout, 0, x.trace(once)).sum().backward();
        assert_eq!(twice.get(&x).as_vec(), first.iter().map(|g| 2.0 * g).collect::<Vec<_>>());
    }

    #[test]
    fn rate_zero_changes_nothing_and_nan_stays_nan() {
        let x = matrix(3);
        assert_eq!(dropped(0.0, [1, 2, 3, 0], &x), x.as_vec());
        let nan: Matrix = TestDevice::default().tensor_from_vec(vec![f32::NAN; 60], (Size(1), 12, Const));
        assert!(dropped(0.5, [1, 2, 3, 0], &nan).iter().all(|y| y.is_nan()));
    }

    #[test]
    fn rates_outside_the_range_are_refused() {
        for rate in [-0.1, 1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Dropout::new(rate, 0, 0, 0).unwrap_err().problems()[0].fault, Fault::BAD_SETTING);
        }
    }
}
