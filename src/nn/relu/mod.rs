//! The rectifier, y = max(x, 0), that lets NaN through.
//!
//! dfdx's own gives 0 for NaN, so a network would go on as if nothing had happened; in PyTorch's, and here, NaN stays
//! NaN and reaches the loss, where training sees it. As in PyTorch, the gradient at 0 is 0.

#[cfg(any(test, feature = "cuda"))]
pub(in crate::nn) mod composed;
mod cpu;

use dfdx::prelude::*;

/// y = max(x, 0), element by element.
///
/// ```
/// use dfdx::prelude::*;
/// use eegenre::nn::Relu;
///
/// let x: Tensor<Rank1<3>, f32, _> = Cpu::default().tensor([-1.0, 2.0, f32::NAN]);
/// let y = Relu.forward(x).array();
/// assert_eq!(y[..2], [0.0, 2.0]);
/// assert!(y[2].is_nan());
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Relu;

/// A device that has the rectifier.
///
/// On [`Cpu`] it is one node of the tape; elsewhere it is composed of dfdx's primitives.
pub trait ReluKernel<E: Dtype>: Device<E> {
    /// y = max(x, 0)
    ///
    /// # Errors
    /// When the device cannot hold the result.
    fn relu<S: Shape, T: Tape<E, Self>>(
        input: Tensor<S, E, Self, T>,
    ) -> Result<Tensor<S, E, Self, T>, Self::Err>;
}

macro_rules! fused {
    ($($E:ty),*) => {$(
        impl ReluKernel<$E> for Cpu {
            fn relu<S: Shape, T: Tape<$E, Self>>(
                input: Tensor<S, $E, Self, T>,
            ) -> Result<Tensor<S, $E, Self, T>, CpuError> {
                cpu::relu(input)
            }
        }
    )*};
}
fused!(f32, f64);

#[cfg(feature = "cuda")]
impl<E: Dtype> ReluKernel<E> for Cuda
where
    Self: Device<E>,
{
    fn relu<S: Shape, T: Tape<E, Self>>(
        input: Tensor<S, E, Self, T>,
    ) -> Result<Tensor<S, E, Self, T>, Self::Err> {
        composed::relu(input)
    }
}

impl<S: Shape, E: Dtype, D: ReluKernel<E>, T: Tape<E, D>> Module<Tensor<S, E, D, T>> for Relu {
    type Output = Tensor<S, E, D, T>;
    type Error = D::Err;

    fn try_forward(&self, input: Tensor<S, E, D, T>) -> Result<Self::Output, D::Err> {
        D::relu(input)
    }
}

impl NonMutableModule for Relu {}

impl<E: Dtype, D: Device<E>> BuildOnDevice<D, E> for Relu {
    type Built = Self;
}

impl<E: Dtype, D: Device<E>> TensorCollection<E, D> for Relu {
    type To<E2: Dtype, D2: Device<E2>> = Self;

    fn iter_tensors<V: ModuleVisitor<Self, E, D>>(
        visitor: &mut V,
    ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        visitor.visit_fields((), |()| Self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::nn::testing::TestDevice;

    /// ```python
    /// x = torch.tensor([-2., 0., 3., torch.nan, torch.inf, -torch.inf], requires_grad=True)
    /// y = torch.relu(x)
    /// (y * torch.arange(1., 7.)).sum().backward()
    /// print(y, x.grad)
    /// ```
    #[test]
    fn values_and_gradients_are_those_of_pytorch() {
        let device = TestDevice::default();
        let x: Tensor<Rank1<6>, f32, _> =
            device.tensor([-2.0, 0.0, 3.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY]);
        let y = Relu.forward(x.leaky_trace());
        let values = y.as_vec();
        assert_eq!(
            [values[0], values[1], values[2], values[4], values[5]],
            [0.0, 0.0, 3.0, f32::INFINITY, 0.0]
        );
        assert!(values[3].is_nan());
        let weights: Tensor<Rank1<6>, f32, _> = device.tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let gradient = (y * weights).sum().backward().get(&x).as_vec();
        assert_eq!(gradient, [0.0, 0.0, 3.0, 4.0, 5.0, 0.0]);
    }

    #[test]
    fn gradients_of_two_passes_add_up() {
        let x: Tensor<Rank1<3>, f32, _> = TestDevice::default().tensor([-1.0, 1.0, 2.0]);
        let once = Relu.forward(x.leaky_trace()).sum().backward();
        let twice = Relu.forward(x.trace(once)).sum().backward();
        assert_eq!(twice.get(&x).as_vec(), [0.0, 2.0, 2.0]);
    }

    proptest! {
        #[test]
        fn fused_and_composed_agree_to_the_last_bit(values in prop::collection::vec(any::<f32>(), 1..300)) {
            let device = Cpu::default();
            let len = values.len();
            let x: Tensor<(usize,), f32, Cpu> = device.tensor_from_vec(values, (len,));
            let bits = |y: Tensor<(usize,), f32, Cpu, OwnedTape<f32, Cpu>>| {
                let values: Vec<u32> = y.as_vec().iter().map(|value| value.to_bits()).collect();
                (values, y.sum::<Rank0, _>().backward().get(&x).as_vec())
            };
            let fused = bits(cpu::relu(x.leaky_trace()).unwrap());
            let composed = bits(composed::relu(x.leaky_trace()).unwrap());
            prop_assert_eq!(fused, composed);
        }
    }
}
