//! Linear layers of several runs.

use dfdx::prelude::*;

use super::{Batches, Runs};
use crate::nn::random;

/// y = W x + b for each run: `[runs, batch, I]` to `[runs, batch, O]`. Names and initialisation are those of
/// [`torch.nn.Linear`](https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html).
#[derive(Debug, Clone)]
pub struct Linear<const I: usize, const O: usize, E: Dtype, D: Storage<E>> {
    /// W, `[runs, O, I]`.
    pub weight: Tensor<(Runs, Const<O>, Const<I>), E, D>,
    /// b, `[runs, O]`.
    pub bias: Tensor<(Runs, Const<O>), E, D>,
}

impl<const I: usize, const O: usize, E: Dtype, D: Device<E>> TensorCollection<E, D> for Linear<I, O, E, D> {
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
                    TensorOptions::reset_with(|weight| random::fill_symmetric(weight, I)),
                ),
                Self::tensor(
                    "bias",
                    |s| &s.bias,
                    |s| &mut s.bias,
                    TensorOptions::reset_with(|bias| random::fill_symmetric(bias, I)),
                ),
            ),
            |(weight, bias)| Linear { weight, bias },
        )
    }
}

impl<const I: usize, const O: usize, E: Dtype, D: Device<E>, T: Tape<E, D>> Module<Batches<I, E, D, T>>
    for Linear<I, O, E, D>
{
    type Output = Batches<O, E, D, T>;
    type Error = D::Err;

    fn try_forward(&self, x: Batches<I, E, D, T>) -> Result<Self::Output, D::Err> {
        let weight =
            self.weight.retaped::<T>().try_permute::<(Runs, Const<I>, Const<O>), Axes3<0, 2, 1>>()?;
        let y: Batches<O, E, D, T> = x.try_matmul(weight)?;
        let shape = *y.shape();
        y.try_add(self.bias.retaped::<T>().try_broadcast_like::<_, Axis<1>>(&shape)?)
    }
}
