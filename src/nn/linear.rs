//! The linear layer.

use dfdx::prelude::*;
use rand_distr::Uniform;

use super::{Rows, Size};

/// y = W x + b: `[runs, batch, I]` to `[runs, batch, O]`. Names and initialisation are those of
/// [`torch.nn.Linear`](https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html).
///
/// ```
/// use dfdx::prelude::*;
/// use eegenre::nn::{Linear, Rows, Size};
///
/// let device = Cpu::default();
/// // Two runs, each with weights of its own.
/// let layer = Linear::new(&device, 2, Const::<8>, Const::<3>)?;
/// let x: Rows<Const<8>, f32, _> = device.ones_like(&(Size(2), 5, Const));
/// assert_eq!(layer.forward(x).shape(), &(Size(2), 5, Const::<3>));
/// # Ok::<(), CpuError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Linear<I: Dim, O: Dim, E: Dtype, D: Storage<E>> {
    /// W, `[runs, O, I]`; initially uniform on ±1/√I.
    pub weight: Tensor<(Size, O, I), E, D>,
    /// b, `[runs, O]`; initially uniform on ±1/√I.
    pub bias: Tensor<(Size, O), E, D>,
}

impl<I: Dim, O: Dim, D: Device<f32>> Linear<I, O, f32, D> {
    /// With initial weights, for so many runs. They come from the device's generator as those of dfdx's own layer do.
    ///
    /// # Errors
    /// When the device cannot hold them.
    pub fn new(device: &D, runs: usize, inputs: I, outputs: O) -> Result<Self, D::Err> {
        let mut layer = Self {
            weight: device.try_zeros_like(&(Size(runs), outputs, inputs))?,
            bias: device.try_zeros_like(&(Size(runs), outputs))?,
        };
        let bound = 1.0 / (inputs.size() as f32).sqrt();
        layer.weight.try_fill_with_distr(Uniform::new(-bound, bound))?;
        layer.bias.try_fill_with_distr(Uniform::new(-bound, bound))?;
        Ok(layer)
    }
}

impl<I: ConstDim, O: ConstDim, E: Dtype, D: Device<E>> TensorCollection<E, D> for Linear<I, O, E, D> {
    type To<E2: Dtype, D2: Device<E2>> = Linear<I, O, E2, D2>;

    fn iter_tensors<V: ModuleVisitor<Self, E, D>>(
        visitor: &mut V,
    ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        visitor.visit_fields(
            (
                Self::tensor(
                    "weight",
                    |s| &s.weight,
                    |s| &mut s.weight,
                    TensorOptions::reset_with(|_| Ok(())),
                ),
                Self::tensor("bias", |s| &s.bias, |s| &mut s.bias, TensorOptions::reset_with(|_| Ok(()))),
            ),
            |(weight, bias)| Linear { weight, bias },
        )
    }
}

impl<I: Dim, O: Dim, E: Dtype, D: Device<E>, T: Tape<E, D>> Module<Rows<I, E, D, T>> for Linear<I, O, E, D> {
    type Output = Rows<O, E, D, T>;
    type Error = D::Err;

    fn try_forward(&self, x: Rows<I, E, D, T>) -> Result<Self::Output, D::Err> {
        let weight = self.weight.retaped::<T>().try_permute::<(Size, I, O), Axes3<0, 2, 1>>()?;
        let y: Rows<O, E, D, T> = x.try_matmul(weight)?;
        let shape = *y.shape();
        y.try_add(self.bias.retaped::<T>().try_broadcast_like::<_, Axis<1>>(&shape)?)
    }
}
