//! Dropout (paper, section 2.2: 10 %) whose masks can be had again.
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

use dfdx::prelude::*;

use super::kernels::Element;
use super::random;
use crate::error::{Error, Fault, Place};

/// Sixteen random bits decide over an element, so probabilities are multiples of 2⁻¹⁶.
const RESOLUTION: f64 = 65_536.0;

/// The dropout of one training step.
///
/// ```
/// use dfdx::prelude::*;
/// use eegenre::nn::Dropout;
///
/// let device = Cpu::default();
/// let x: Tensor<Rank1<1000>, f32, _> = device.ones();
/// let dropout = |step| Dropout::new(0.5, 7, 0, step);
/// let y = dropout(12)?.apply(0, x.clone());
/// assert!(y.as_vec().iter().all(|&y| y == 0.0 || y == 2.0));
/// assert_eq!(dropout(12)?.apply(0, x.clone()).array(), y.array());
/// assert_ne!(dropout(13)?.apply(0, x).array(), y.array());
/// # Ok::<(), eegenre::Error>(())
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
    /// [`Fault::BadSetting`] unless 0 ≤ `rate` ≤ 0.99.
    pub fn new(rate: f64, seed: u64, run: u64, step: u64) -> Result<Self, Error> {
        if !(0.0..=0.99).contains(&rate) {
            let place = Place::field("dropout");
            return Err(Error::new(Fault::BadSetting, place, "a rate from 0 to 0.99", rate.to_string()));
        }
        let key = [run, step].into_iter().fold(random::bits(seed, 0), random::bits);
        Ok(Self { threshold: (rate * RESOLUTION).round() as u16, key })
    }

    /// Applies the mask of a layer. Layers of one network have different numbers.
    ///
    /// # Errors
    /// When the device cannot hold the result.
    pub fn try_apply<S: Shape, E: Dtype, D: DropoutKernel<E>, T: Tape<E, D>>(
        self,
        layer: u64,
        input: Tensor<S, E, D, T>,
    ) -> Result<Tensor<S, E, D, T>, D::Err> {
        match self.mask(layer) {
            Some(mask) => D::dropout(input, mask),
            None => Ok(input),
        }
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
    pub fn apply<S: Shape, E: Dtype, D: DropoutKernel<E>, T: Tape<E, D>>(
        self,
        layer: u64,
        input: Tensor<S, E, D, T>,
    ) -> Tensor<S, E, D, T> {
        self.try_apply(layer, input).expect("the device holds what it held before")
    }
}

/// The mask of one layer in one step.
#[derive(Debug, Clone, Copy)]
pub struct Mask {
    threshold: u16,
    key: u64,
}

impl Mask {
    /// An element is dropped if its sixteen bits are less.
    #[cfg(any(test, feature = "cuda"))]
    pub(in crate::nn) const fn threshold(self) -> u16 {
        self.threshold
    }

    /// The stream from which an element's bits come.
    #[cfg(any(test, feature = "cuda"))]
    pub(in crate::nn) const fn key(self) -> u64 {
        self.key
    }

    /// What the elements that stay are multiplied by: 1 / (1 - p).
    pub(in crate::nn) fn scale(self) -> f64 {
        1.0 / (1.0 - f64::from(self.threshold) / RESOLUTION)
    }

    /// Multiplies every element by 0 or by the scale. A product, so that NaN stays NaN where it is dropped.
    pub(crate) fn multiply<E: Element>(self, elements: &mut [E]) {
        let factors = [E::ZERO, E::from_f64(self.scale())];
        for (index, elements) in (0..).zip(elements.chunks_mut(4)) {
            for (element, stays) in elements.iter_mut().zip(self.stays(index)) {
                *element = *element * factors[usize::from(stays)];
            }
        }
    }

    /// Whether an element stays.
    pub(in crate::nn) fn keeps(self, element: usize) -> bool {
        self.stays(element as u64 / 4)[element % 4]
    }

    /// Whether the elements 4 `index` to 4 `index` + 3 stay.
    #[inline(always)]
    fn stays(self, index: u64) -> [bool; 4] {
        let bits = random::bits(self.key, index);
        [0, 16, 32, 48].map(|shift| (bits >> shift) as u16 >= self.threshold)
    }
}

/// A device that has dropout.
///
/// On [`Cpu`] it is one node of the tape that makes the mask again for the gradient; elsewhere the mask is a tensor.
pub trait DropoutKernel<E: Dtype>: Device<E> {
    /// y = x m / (1 - p)
    ///
    /// # Errors
    /// When the device cannot hold the result.
    fn dropout<S: Shape, T: Tape<E, Self>>(
        input: Tensor<S, E, Self, T>,
        mask: Mask,
    ) -> Result<Tensor<S, E, Self, T>, Self::Err>;
}

macro_rules! fused {
    ($($E:ty),*) => {$(
        impl DropoutKernel<$E> for Cpu {
            fn dropout<S: Shape, T: Tape<$E, Self>>(
                input: Tensor<S, $E, Self, T>,
                mask: Mask,
            ) -> Result<Tensor<S, $E, Self, T>, CpuError> {
                cpu::dropout(input, mask)
            }
        }
    )*};
}
fused!(f32, f64);

#[cfg(feature = "cuda")]
impl<E: Dtype> DropoutKernel<E> for Cuda
where
    Self: Device<E>,
{
    fn dropout<S: Shape, T: Tape<E, Self>>(
        input: Tensor<S, E, Self, T>,
        mask: Mask,
    ) -> Result<Tensor<S, E, Self, T>, Self::Err> {
        composed::dropout(input, mask)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::testing::TestDevice;

    type Matrix = Tensor<(usize, Const<5>), f32, TestDevice>;

    fn matrix(rows: usize) -> Matrix {
        let values = (0..rows * 5).map(|i| (i as f32).cos() + 2.0).collect();
        TestDevice::default().tensor_from_vec(values, (rows, Const))
    }

    #[test]
    fn a_tenth_is_dropped_and_the_rest_scaled() {
        let x = matrix(20_000);
        let y = Dropout::new(0.1, 1, 2, 3).unwrap().apply(4, x.clone()).as_vec();
        let dropped = y.iter().filter(|&&y| y == 0.0).count() as f64 / 1e5;
        // Standard error: √(0.1 · 0.9 / 1e5) = 9.5e-4.
        assert!((dropped - 0.1).abs() < 4e-3, "{dropped}");
        for (x, y) in x.as_vec().into_iter().zip(y) {
            assert!(y == 0.0 || (y / x - 1.0 / 0.9).abs() < 1e-4, "{x} -> {y}");
        }
    }

    #[test]
    fn each_of_seed_run_step_and_layer_changes_the_mask_and_nothing_else_does() {
        let x = matrix(100);
        let y = |seed, run, step, layer| {
            Dropout::new(0.5, seed, run, step).unwrap().apply(layer, x.clone()).as_vec()
        };
        let reference = y(1, 2, 3, 4);
        assert_eq!(reference, y(1, 2, 3, 4));
        for other in
            [y(2, 2, 3, 4), y(1, 3, 3, 4), y(1, 2, 4, 4), y(1, 2, 3, 5), y(2, 1, 3, 4), y(1, 3, 2, 4)]
        {
            // Two independent masks of one half differ in half of their 500 elements, give or take 11.
            let differing = other.iter().zip(&reference).filter(|(a, b)| a != b).count();
            assert!((200..300).contains(&differing), "{differing}");
        }
    }

    #[test]
    fn the_gradient_passes_where_the_element_stayed() {
        let (x, dropout) = (matrix(7), Dropout::new(0.3, 1, 2, 3).unwrap());
        let y = dropout.apply(4, x.leaky_trace());
        let ratios: Vec<f32> = y.as_vec().iter().zip(x.as_vec()).map(|(y, x)| y / x).collect();
        let gradient = y.sum().backward().get(&x).as_vec();
        for (gradient, ratio) in gradient.iter().zip(&ratios) {
            assert!((gradient - ratio).abs() < 1e-5, "{gradient} {ratio}");
        }
        assert!(gradient.contains(&0.0));
    }

    #[test]
    fn fused_and_composed_agree_to_the_last_bit() {
        for rows in [1, 3, 64] {
            let device = Cpu::default();
            let values = (0..rows * 5).map(|i| (i as f32).sin()).collect();
            let x: Tensor<(usize, Const<5>), f32, Cpu> = device.tensor_from_vec(values, (rows, Const));
            let mask = Mask { threshold: 20_000, key: 9 };
            let fused = cpu::dropout(x.leaky_trace(), mask).unwrap();
            let composed = composed::dropout(x.leaky_trace(), mask).unwrap();
            assert_eq!(fused.as_vec(), composed.as_vec());
            let [fused, composed] = [fused, composed].map(|y| y.square().sum().backward().get(&x).as_vec());
            assert_eq!(fused, composed);
        }
    }

    #[test]
    fn gradients_of_two_passes_add_up() {
        let (x, dropout) = (matrix(3), Dropout::new(0.3, 1, 2, 3).unwrap());
        let once = dropout.apply(0, x.leaky_trace()).sum().backward();
        let first = once.get(&x).as_vec();
        let twice = dropout.apply(0, x.trace(once)).sum().backward();
        assert_eq!(twice.get(&x).as_vec(), first.iter().map(|g| 2.0 * g).collect::<Vec<_>>());
    }

    #[test]
    fn rate_zero_changes_nothing_and_nan_stays_nan() {
        let x = matrix(3);
        assert_eq!(Dropout::new(0.0, 1, 2, 3).unwrap().apply(0, x.clone()).as_vec(), x.as_vec());
        let device = TestDevice::default();
        let nan: Tensor<Rank1<64>, f32, _> = device.tensor([f32::NAN; 64]);
        assert!(Dropout::new(0.5, 1, 2, 3).unwrap().apply(0, nan).as_vec().iter().all(|y| y.is_nan()));
    }

    #[test]
    fn rates_outside_the_range_are_refused() {
        for rate in [-0.1, 1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Dropout::new(rate, 0, 0, 0).unwrap_err().problems()[0].fault, Fault::BadSetting);
        }
    }
}
