//! Batch normalisations of several runs.

use dfdx::prelude::*;

use super::{Batches, Runs};
use crate::nn::Signals;
use crate::nn::batch_norm::{EPSILON, MOMENTUM, values_per_channel};

/// The normalisation of [`nn::batch_norm`](crate::nn::batch_norm) for each run, by that run's own statistics:
/// `[runs · batch, L, C]`, one run's signals behind the other's, to the same.
///
/// As a [`Module`] it maps signals without a tape by the running statistics. As a [`ModuleMut`] it maps signals with a
/// tape by the batches' own statistics, and updates the running ones.
///
/// # Panics
/// In training, if a run's batch has only one value in each channel.
#[derive(Debug, Clone)]
pub struct BatchNorm1d<const C: usize, E: Dtype, D: Storage<E>> {
    /// w, `[runs, C]`.
    pub weight: Tensor<(Runs, Const<C>), E, D>,
    /// b, `[runs, C]`.
    pub bias: Tensor<(Runs, Const<C>), E, D>,
    /// Running μ, `[runs, C]`. No optimiser moves it.
    pub running_mean: Tensor<(Runs, Const<C>), E, D>,
    /// Running n σ² / (n - 1), `[runs, C]`. No optimiser moves it.
    pub running_var: Tensor<(Runs, Const<C>), E, D>,
}

impl<const C: usize, E: Dtype, D: Device<E>> TensorCollection<E, D> for BatchNorm1d<C, E, D> {
    type To<E2: Dtype, D2: Device<E2>> = BatchNorm1d<C, E2, D2>;

    fn iter_tensors<V: ModuleVisitor<Self, E, D>>(
        visitor: &mut V,
    ) -> Result<Option<Self::To<V::E2, V::D2>>, V::Err> {
        visitor.visit_fields(
            (
                Self::tensor("weight", |s| &s.weight, |s| &mut s.weight, TensorOptions::reset_to_ones()),
                Self::tensor("bias", |s| &s.bias, |s| &mut s.bias, TensorOptions::reset_to_zeros()),
                Self::tensor(
                    "running_mean",
                    |s| &s.running_mean,
                    |s| &mut s.running_mean,
                    TensorOptions::detached(|mean| mean.try_fill_with_zeros()),
                ),
                Self::tensor(
                    "running_var",
                    |s| &s.running_var,
                    |s| &mut s.running_var,
                    TensorOptions::detached(|variance| variance.try_fill_with_ones()),
                ),
            ),
            |(weight, bias, running_mean, running_var)| BatchNorm1d {
                weight,
                bias,
                running_mean,
                running_var,
            },
        )
    }
}

impl<const C: usize, E: Dtype, D: Device<E>> Module<Signals<C, E, D>> for BatchNorm1d<C, E, D> {
    type Output = Signals<C, E, D>;
    type Error = D::Err;

    fn try_forward(&self, input: Signals<C, E, D>) -> Result<Self::Output, D::Err> {
        let signals = *input.shape();
        let x = by_run(input, self.weight.shape().0)?;
        let shape = *x.shape();
        let deviation = self.running_var.clone().try_add(epsilon::<E>())?.try_sqrt()?;
        let scale = self.weight.clone().try_div(deviation)?.try_broadcast_like::<_, Axis<1>>(&shape)?;
        let centred = x.try_sub(self.running_mean.clone().try_broadcast_like::<_, Axis<1>>(&shape)?)?;
        let y =
            centred.try_mul(scale)?.try_add(self.bias.clone().try_broadcast_like::<_, Axis<1>>(&shape)?)?;
        y.try_reshape_like(&signals)
    }
}

impl<const C: usize, E: Dtype, D: Device<E>> ModuleMut<Signals<C, E, D, OwnedTape<E, D>>>
    for BatchNorm1d<C, E, D>
{
    type Output = Signals<C, E, D, OwnedTape<E, D>>;
    type Error = D::Err;

    fn try_forward_mut(&mut self, input: Signals<C, E, D, OwnedTape<E, D>>) -> Result<Self::Output, D::Err> {
        let signals = *input.shape();
        let runs = self.weight.shape().0;
        let values = values_per_channel(signals.0 / runs.0, signals.1) as f64;
        let x = by_run(input, runs)?;
        let shape = *x.shape();
        // μ = Σ x / n
        let mean = x.with_empty_tape().try_mean::<(Runs, Const<C>), Axis<1>>()?;
        self.running_mean.try_axpy(1.0 - MOMENTUM, &mean, MOMENTUM)?;
        let centred = x.try_sub(mean.try_broadcast_like::<_, Axis<1>>(&shape)?)?;
        // σ² = Σ (x - μ)² / n
        let squares = centred.with_empty_tape().try_square()?;
        let variance = squares.try_mean::<(Runs, Const<C>), Axis<1>>()?;
        self.running_var.try_axpy(1.0 - MOMENTUM, &variance, MOMENTUM * values / (values - 1.0))?;
        // y = w (x - μ) / √(σ² + ε) + b
        let deviation = variance.try_add(epsilon::<E>())?.try_sqrt()?;
        let weight = self.weight.retaped::<OwnedTape<E, D>>();
        let scale = weight.try_div(deviation)?.try_broadcast_like::<_, Axis<1>>(&shape)?;
        let bias = self.bias.retaped::<OwnedTape<E, D>>().try_broadcast_like::<_, Axis<1>>(&shape)?;
        centred.try_mul(scale)?.try_add(bias)?.try_reshape_like(&signals)
    }
}

/// All values of a run's channels one below the other: `[runs, batch · L, C]`.
fn by_run<const C: usize, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    signals: Signals<C, E, D, T>,
    runs: Runs,
) -> Result<Batches<C, E, D, T>, D::Err> {
    let (rows, length, _) = *signals.shape();
    signals.try_reshape_like(&(runs, rows / runs.0 * length, Const))
}

fn epsilon<E: Dtype>() -> E {
    E::from_f64(EPSILON).expect("a floating-point type holds every number")
}
