//! Convolutions over time of several runs.

use dfdx::prelude::*;

use super::{Batches, Runs};
use crate::nn::conv1d::windows::WindowsKernel;
use crate::nn::{Signals, random};

/// The convolution of [`nn::conv1d`](crate::nn::conv1d) for each run: `[runs · batch, L, I]`, one run's signals
/// behind the other's, to `[runs · batch, L + 2P - K + 1, O]`.
#[derive(Debug, Clone)]
pub struct Conv1d<const I: usize, const O: usize, const K: usize, const P: usize, E: Dtype, D: Storage<E>> {
    /// w, `[runs, O, I, K]`.
    pub weight: Tensor<(Runs, Const<O>, Const<I>, Const<K>), E, D>,
    /// b, `[runs, O]`.
    pub bias: Tensor<(Runs, Const<O>), E, D>,
}

impl<const I: usize, const O: usize, const K: usize, const P: usize, E: Dtype, D: Device<E>>
    TensorCollection<E, D> for Conv1d<I, O, K, P, E, D>
{
    type To<E2: Dtype, D2: Device<E2>> = Conv1d<I, O, K, P, E2, D2>;

    fn iter_tensors<V: ModuleVisitor<Self, E, D>>(
        visitor: &mut V,
    ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        visitor.visit_fields(
            (
                Self::tensor(
                    "weight",
                    |s| &s.weight,
                    |s| &mut s.weight,
                    TensorOptions::reset_with(|weight| random::fill_symmetric(weight, I * K)),
                ),
                Self::tensor(
                    "bias",
                    |s| &s.bias,
                    |s| &mut s.bias,
                    TensorOptions::reset_with(|bias| random::fill_symmetric(bias, I * K)),
                ),
            ),
            |(weight, bias)| Conv1d { weight, bias },
        )
    }
}

impl<
    const I: usize,
    const O: usize,
    const K: usize,
    const P: usize,
    E: Dtype,
    D: WindowsKernel<E>,
    T: Tape<E, D>,
> Module<Signals<I, E, D, T>> for Conv1d<I, O, K, P, E, D>
{
    type Output = Signals<O, E, D, T>;
    type Error = D::Err;

    fn try_forward(&self, signals: Signals<I, E, D, T>) -> Result<Self::Output, D::Err> {
        let (runs, signal_count) = (self.weight.shape().0, signals.shape().0);
        let windows = D::windows::<I, K, P, T>(signals)?;
        let rows = windows.shape().0;
        // x[t + k - P, i] as [runs, batch T, K I] and w as [runs, K I, O]
        let windows = windows.try_reshape_like(&(runs, rows / runs.0, K * I))?;
        let weight = self.weight.retaped::<T>();
        let weight = weight.try_permute::<(Runs, Const<K>, Const<I>, Const<O>), Axes4<0, 3, 2, 1>>()?;
        let y: Batches<O, E, D, T> =
            windows.try_matmul(weight.try_reshape_like(&(runs, K * I, Const::<O>))?)?;
        let shape = *y.shape();
        let y = y.try_add(self.bias.retaped::<T>().try_broadcast_like::<_, Axis<1>>(&shape)?)?;
        y.try_reshape_like(&(signal_count, rows / signal_count, Const))
    }
}
