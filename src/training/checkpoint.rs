//! Where a training stands: all that is needed to go on as if it had not stopped.

use dfdx::prelude::*;

use super::{Adam, Training};
use crate::error::{Error, Result};
use crate::models::Network;
use crate::nn::StateDict;

/// A run between two epochs. There is no state of random numbers: they follow from the numbers of the seed, the
/// run, the epoch and the step.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// Epochs done.
    pub epochs: usize,
    /// Steps of the optimiser.
    pub steps: u32,
    /// Weights and running statistics.
    pub network: StateDict,
    /// The optimiser's m and v.
    pub moments: [StateDict; 2],
}

impl Checkpoint {
    /// Where each run of a network with its initial weights stands.
    ///
    /// # Errors
    /// [`Fault::DEVICE_FAILED`](crate::error::Fault::DEVICE_FAILED)
    pub fn initial<N: Network<D>, D: Device<f32>>(network: &N) -> Result<Vec<Self>> {
        // Moments do not depend on the learning rate.
        Ok(of(network, &Adam::new(network, 1.0)?, 0))
    }
}

impl Checkpoint {
    /// Refuses a checkpoint of another network than that of another one.
    ///
    /// # Errors
    /// [`Fault::FOREIGN_WEIGHTS`](crate::error::Fault::FOREIGN_WEIGHTS) for every tensor that is another's.
    pub(crate) fn must_be_like(&self, other: &Self) -> Result<()> {
        let own = [&self.network, &self.moments[0], &self.moments[1]];
        let others = [&other.network, &other.moments[0], &other.moments[1]];
        Error::gather(own.into_iter().zip(others).map(|(own, other)| own.must_be_like(other))).map(drop)
    }
}

/// Where each run stands.
fn of<N: Network<D>, D: Device<f32>>(network: &N, adam: &Adam<D>, epochs: usize) -> Vec<Checkpoint> {
    let [first, second] = adam.moments(network).map(|moments| moments.unstack());
    let moments = first.into_iter().zip(second).map(|(first, second)| [first, second]);
    let checkpoint = |(network, moments)| Checkpoint { epochs, steps: adam.steps(), network, moments };
    StateDict::of_runs(network).into_iter().zip(moments).map(checkpoint).collect()
}

impl<N: Network<D>, D: Device<f32>> Training<N, D> {
    /// Where each run stands.
    #[must_use]
    pub fn checkpoints(&self) -> Vec<(u64, Checkpoint)> {
        self.runs.iter().copied().zip(of(&self.network, &self.adam, self.epochs)).collect()
    }

    /// Takes other weights for each run, for evaluation.
    ///
    /// # Errors
    /// Those of [`StateDict::load_runs`].
    pub fn load(&mut self, weights: &[StateDict]) -> Result<()> {
        StateDict::load_runs(weights, &mut self.network)
    }

    /// Each run's weights and running statistics.
    #[must_use]
    pub fn weights(&self) -> Vec<StateDict> {
        StateDict::of_runs(&self.network)
    }
}
