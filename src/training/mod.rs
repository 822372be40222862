//! The one training loop of all networks (paper, sections 2.2 to 2.4).
//!
//! ```text
//! each epoch:  examples in a new order ─► batches ─► logits ─► cross-entropy ─► gradients ─► Adam
//! ```
//!
//! Everything random comes from numbers: the order of an epoch from (seed, run, epoch), a dropout mask from (seed,
//! run, step, layer), the initial weights from (seed, run). So there is no state of a generator to be saved, and runs
//! side by side do not disturb one another.

mod adam;
mod checkpoint;
mod evaluation;
mod finite;
mod hyperparameters;
mod runs;

pub use adam::Adam;
pub use checkpoint::Checkpoint;
pub use evaluation::{Answer, Evaluation, Vote};
pub(crate) use finite::not_finite;
pub use hyperparameters::Hyperparameters;
pub use runs::Trainings;

use dfdx::prelude::*;

use crate::error::{Error, Fault, Place, Result};
use crate::models::{GENRES, Logits, Network, device_failed};
use crate::nn::{Dropout, WorkingMemory};
use crate::preparation::Example;
use crate::shuffle::Shuffler;

/// A network on its way from initial weights to trained ones.
#[derive(Debug)]
pub struct Training<N: Network<D>, D: Device<f32>> {
    device: D,
    network: N,
    adam: Adam<D>,
    gradients: Gradients<f32, D>,
    hyperparameters: Hyperparameters,
    seed: u64,
    run: u64,
    epochs: usize,
}

impl<N: Network<D>, D: Device<f32>> Training<N, D> {
    /// A run of a seed, before its first epoch. The network has its initial weights.
    ///
    /// # Errors
    /// Those of [`Hyperparameters::check`]; [`Fault::DeviceFailed`] if the device cannot hold the gradients and moments.
    pub fn new(device: D, network: N, hyperparameters: Hyperparameters, seed: u64, run: u64) -> Result<Self> {
        hyperparameters.check()?;
        let gradients = network.try_alloc_grads().map_err(device_failed)?;
        let adam = Adam::new(&network, hyperparameters.learning_rate)?;
        Ok(Self { device, network, adam, gradients, hyperparameters, seed, run, epochs: 0 })
    }

    /// The network with its present weights.
    #[must_use]
    pub const fn network(&self) -> &N {
        &self.network
    }

    /// Epochs done.
    #[must_use]
    pub const fn epochs(&self) -> usize {
        self.epochs
    }

    /// Trains on every example once. Returns the mean loss, measured on each batch before the step that it causes,
    /// with dropout.
    ///
    /// # Errors
    /// [`Fault::BadSetting`] without examples; [`Fault::NotFinite`] for the first batch whose loss is not finite, which
    /// leaves the network as it is, or whose step leaves a weight, a running statistic or a moment of the optimiser that is
    /// not; those of [`Network::training_logits`].
    pub fn epoch(&mut self, examples: &[N::Example]) -> Result<f64> {
        let _memory = WorkingMemory::of_training();
        check_examples(examples)?;
        let order = order(examples, self.seed, self.run, self.epochs);
        let mut sum = 0.0;
        for (index, batch) in order.chunks(self.hyperparameters.batch).enumerate() {
            let loss = self.step(batch)?;
            let place = || format!("run {}, epoch {}, batch {}", self.run, self.epochs + 1, index + 1);
            if !loss.is_finite() {
                return Err(fault(place(), LOSS, loss));
            }
            if let Some(found) = not_finite(&self.network, &self.adam, 1).remove(0) {
                return Err(fault(place(), STEP, found));
            }
            sum += loss * batch.len() as f64;
        }
        self.epochs += 1;
        Ok(sum / examples.len() as f64)
    }

    /// One batch: the loss, and, if it is finite, a step of the optimiser.
    fn step(&mut self, batch: &[&N::Example]) -> Result<f64> {
        let Self { device, network, adam, hyperparameters, seed, run, .. } = self;
        let dropout = Dropout::new(hyperparameters.dropout, *seed, *run, u64::from(adam.steps()))?;
        // Gradients travel with the tape, so that their memory is used again.
        let gradients = std::mem::replace(&mut self.gradients, Gradients::leaky());
        let logits = network.training_logits(device, batch, gradients, dropout)?;
        let loss = cross_entropy_with_logits_loss(logits, one_hot(device, batch)?);
        let value = f64::from(loss.as_vec()[0]);
        let mut gradients = loss.try_backward().map_err(device_failed)?;
        if value.is_finite() {
            adam.update(network, &mut gradients).map_err(device_failed)?;
        }
        network.try_zero_grads(&mut gradients).map_err(device_failed)?;
        self.gradients = gradients;
        Ok(value)
    }

    /// The network's answers in evaluation mode.
    ///
    /// # Errors
    /// Those of [`Evaluation::of`].
    pub fn evaluate(&self, examples: &[N::Example]) -> Result<Evaluation> {
        Evaluation::of(&self.network, &self.device, examples)
    }
}

/// Refuses to train on nothing, or to answer nothing: no mean follows from it.
fn check_examples<X>(examples: &[X]) -> Result<()> {
    if examples.is_empty() {
        return Err(Error::new(Fault::BadSetting, Place::field("examples"), "at least one", "none"));
    }
    Ok(())
}

/// The examples in the order of an epoch.
fn order<X>(examples: &[X], seed: u64, run: u64, epoch: usize) -> Vec<&X> {
    let mut order: Vec<&X> = examples.iter().collect();
    Shuffler::of_epoch(seed, run, epoch as u64).shuffle(&mut order);
    order
}

/// What is expected of a batch.
const LOSS: &str = "a finite loss";
/// What is expected of a step.
const STEP: &str = "a step that leaves finite numbers";

fn fault(place: String, expected: &str, found: impl ToString) -> Error {
    Error::new(Fault::NotFinite, Place::field(place), expected, found.to_string())
}

/// The labels as probabilities, `[batch, 3]`: 1 for the genre of the example, else 0.
fn one_hot<X: Example, D: Device<f32>>(device: &D, batch: &[&X]) -> Result<Logits<D>> {
    device.try_tensor_from_vec(labels(batch), (batch.len(), Const)).map_err(device_failed)
}

fn labels<X: Example>(batch: &[&X]) -> Vec<f32> {
    let mut values = vec![0.0; batch.len() * GENRES];
    for (row, example) in values.chunks_exact_mut(GENRES).zip(batch) {
        row[example.genre().label()] = 1.0;
    }
    values
}

#[cfg(test)]
mod tests;
