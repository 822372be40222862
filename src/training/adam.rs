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
    #[must_use]
    pub fn new(learning_rate: f64) -> Self {
        Self {
            config: AdamConfig { lr: learning_rate, ..AdamConfig::default() },
            step: 0,
            first: Gradients::leaky(),
            second: Gradients::leaky(),
        }
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
