//! The optimiser: dfdx's Adam, with moments that can be saved.
//!
//! For a gradient g at step t, element by element:
//!
//! ```text
//! m ← β₁ m + (1 - β₁) g         v ← β₂ v + (1 - β₂) g²
//! w ← w - λ m / (1 - β₁ᵗ) / (√(v / (1 - β₂ᵗ)) + ε)
//! ```
//!
//! D. P. Kingma and J. Ba, *Adam: A Method for Stochastic Optimization*, ICLR 2015. β₁ = 0.9, β₂ = 0.999 and ε = 1e-8
//! are the defaults of PyTorch and of dfdx. The arithmetic is dfdx's own kernel
//! ([`AdamConfig::try_update`](dfdx::tensor_ops::AdamConfig)). dfdx's optimiser keeps m and v to itself, so a training
//! that uses it cannot be interrupted and continued; this one shows them.

use dfdx::prelude::*;
use dfdx::tensor_ops::AdamConfig;

use crate::error::{Error, Fault, Place};
use crate::models::device_failed;
use crate::nn::StateDict;
use crate::nn::lent::gradient_of_product;
use crate::training::hyperparameters::check_learning_rate;

/// λ, m, v and t for all weights of a network.
#[derive(Debug, Clone)]
pub struct Adam<D: Device<f32>> {
    config: AdamConfig,
    step: i32,
    first: Gradients<f32, D>,
    second: Gradients<f32, D>,
}

impl<D: Device<f32>> Adam<D> {
    /// Before the first step: moments are zero. λ is the learning rate.
    ///
    /// # Errors
    /// [`Fault::BAD_SETTING`] for a learning rate that is not above 0; [`Fault::DEVICE_FAILED`] if the device cannot hold the
    /// moments.
    pub fn new<M: TensorCollection<f32, D>>(network: &M, learning_rate: f64) -> Result<Self, Error> {
        check_learning_rate(learning_rate)?;
        let config = AdamConfig { lr: learning_rate, ..AdamConfig::default() };
        let moments = || network.try_alloc_grads().map_err(device_failed);
        Ok(Self { config, step: 0, first: moments()?, second: moments()? })
    }

    /// Steps made.
    #[must_use]
    pub const fn steps(&self) -> u32 {
        self.step.unsigned_abs()
    }

    /// Moves a network's trainable tensors one step.
    ///
    /// # Errors
    /// When the device cannot hold the moments.
    pub fn update<M: TensorCollection<f32, D>>(
        &mut self,
        network: &mut M,
        gradients: &mut Gradients<f32, D>,
    ) -> Result<(), D::Err> {
        self.step += 1;
        M::iter_tensors(&mut RecursiveWalker { m: network, f: &mut Update { adam: self, gradients } })
            .map(drop)
    }
}

impl<D: Device<f32>> Adam<D> {
    /// v of a trainable tensor of the network.
    pub(super) fn second_moment<S: Shape>(&self, weight: &Tensor<S, f32, D>) -> Vec<f32> {
        self.second.get(weight).as_vec()
    }

    /// m and v of a network's trainable tensors, under the names of these.
    #[must_use]
    pub fn moments<M: TensorCollection<f32, D>>(&self, network: &M) -> [StateDict; 2] {
        [&self.first, &self.second].map(|moments| StateDict::of_gradients(network, moments))
    }

    /// Goes on where [`Self::moments`] of the same network were taken, after so many steps.
    ///
    /// # Errors
    /// [`Fault::FOREIGN_WEIGHTS`] if a moment is missing or has another size; [`Fault::DEVICE_FAILED`].
    pub fn restore<M: TensorCollection<f32, D>>(
        &mut self,
        network: &M,
        steps: u32,
        moments: &[StateDict; 2],
    ) -> Result<(), Error> {
        let restored = |dict| {
            let moments = network.try_alloc_grads().map_err(device_failed)?;
            let mut write = WriteMoments { moments, dict };
            M::iter_tensors(&mut RecursiveWalker { m: (network, String::new()), f: &mut write })?;
            Ok::<_, Error>(write.moments)
        };
        let (first, second) = (restored(&moments[0])?, restored(&moments[1])?);
        *self = Self { config: self.config, step: steps.cast_signed(), first, second };
        Ok(())
    }
}

struct WriteMoments<'a, D: Device<f32>> {
    moments: Gradients<f32, D>,
    dict: &'a StateDict,
}

impl<D: Device<f32>> TensorVisitor<f32, D> for WriteMoments<'_, D> {
    type Viewer = (ViewTensorRef, ViewTensorName);
    type Err = Error;
    type E2 = f32;
    type D2 = D;

    fn visit<S: Shape>(
        &mut self,
        options: TensorOptions<S, f32, D>,
        (weight, name): (&Tensor<S, f32, D>, String),
    ) -> Result<Option<Tensor<S, f32, D>>, Error> {
        if options.do_gradient_update {
            let shape: Vec<usize> = weight.shape().concrete().into();
            let values = match self.dict.get(&name) {
                Some((found, values)) if found == shape => values.to_vec(),
                found => {
                    let found = found.map_or("none".into(), |(shape, _)| format!("one of shape {shape:?}"));
                    let expected = format!("a moment of shape {shape:?}");
                    return Err(Error::new(Fault::FOREIGN_WEIGHTS, Place::field(name), expected, found));
                }
            };
            // As vectors, because each shape would be compiled for itself.
            let len = (values.len(),);
            let moment = weight.device().try_tensor_from_vec(values, len).map_err(device_failed)?;
            let moments = std::mem::replace(&mut self.moments, Gradients::leaky());
            let weights = weight.trace(moments).try_reshape_like(&len).map_err(device_failed)?;
            self.moments = gradient_of_product(weights, moment).map_err(device_failed)?;
        }
        Ok(None)
    }
}

/// Visits weights and moves each.
struct Update<'a, D: Device<f32>> {
    adam: &'a mut Adam<D>,
    gradients: &'a mut Gradients<f32, D>,
}

impl<D: Device<f32>> TensorVisitor<f32, D> for Update<'_, D> {
    type Viewer = ViewTensorMut;
    type Err = D::Err;
    type E2 = f32;
    type D2 = D;

    fn visit<S: Shape>(
        &mut self,
        options: TensorOptions<S, f32, D>,
        weight: &mut Tensor<S, f32, D>,
    ) -> Result<Option<Tensor<S, f32, D>>, D::Err> {
        if options.do_gradient_update {
            let Adam { config, step, first, second } = &mut *self.adam;
            let (first, second) = (first.get_or_alloc_mut(weight)?, second.get_or_alloc_mut(weight)?);
            config.try_update(*step, weight, first, second, self.gradients.get_or_alloc_mut(weight)?)?;
        }
        Ok(None)
    }
}
